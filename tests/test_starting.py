"""Starting from a snapshot, or from the database where it is not sound; deriving anew, and erasing."""

import logging
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from matcher.core.domain import Facet, Kind, Posting, PostingId, Profile, ProfileId
from matcher.core.errors import StoreUnavailable
from matcher.core.ports import Encoders
from matcher.corpus import Corpus
from matcher.engine import Matcher
from matcher.following import Follower
from matcher.stores import open_store
from matcher.stores.snapshots import CURRENT, Snapshots
from tests.engines import (
    ANA,
    BOB,
    CANARY,
    DATA,
    ERASED,
    FEW,
    FORUM,
    KNOWN,
    LAW,
    RECORDS,
    TODAY,
    Opener,
    everything,
    holding,
    in_memory,
    pairs,
    profiles_of,
)
from tests.fakes import FakeEncoder

# Snapshots.


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
def test_an_engine_opened_from_a_snapshot_answers_as_one_rebuilt(
    opener: Opener, caplog: pytest.LogCaptureFixture
) -> None:
    matcher = opener()
    matcher.put(RECORDS)
    for posting in FORUM.postings[:3]:
        matcher.delete(Kind.POSTING, posting.id)
    expected = everything(matcher)
    matcher.snapshot()
    matcher.put(FEW)
    later = everything(matcher)
    opener.close()
    restored = opener()
    assert pairs(everything(restored)) == pairs(later)
    assert restored.fsck() == []
    for record in FEW:
        restored.delete(Kind.POSTING if isinstance(record, Posting) else Kind.PROFILE, record.id)
    opener.close()
    shutil.rmtree(opener.home / "snapshots")
    rebuilt = opener()
    assert pairs(everything(rebuilt)) == pairs(expected)
    assert [m.score for found in everything(rebuilt)[Kind.POSTING] for m in found] == pytest.approx(
        [m.score for found in expected[Kind.POSTING] for m in found], abs=1e-6
    )
    assert not caplog.records


def test_a_snapshot_is_used_and_not_made_anew(opener: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    matcher = opener()
    matcher.put(FEW)
    matcher.snapshot()
    opener.close()

    def refuse(_: Follower) -> None:
        pytest.fail("rebuilt although the snapshot is sound")

    monkeypatch.setattr(Follower, "_rebuild", refuse)
    assert profiles_of(opener().candidates("data")) == ["ana", "bob"]


def test_a_snapshot_of_nothing_is_sound(opener: Opener, caplog: pytest.LogCaptureFixture) -> None:
    opener().snapshot()
    opener.close()
    matcher = opener()
    matcher.put(FEW)
    assert profiles_of(matcher.candidates("data")) == ["ana", "bob"]
    assert not caplog.records


def test_a_snapshot_is_written_only_when_something_has_changed(opener: Opener) -> None:
    matcher = opener()
    matcher.put(FEW)
    pointer = opener.home / "snapshots" / CURRENT
    matcher.snapshot_if_behind()
    first = pointer.read_text()
    matcher.snapshot_if_behind()
    assert pointer.read_text() == first
    matcher.delete(Kind.PROFILE, "bob")
    matcher.snapshot_if_behind()
    second = pointer.read_text()
    assert second != first
    pointer.write_text("damaged")
    matcher.snapshot_if_behind()
    assert pointer.read_text() not in ("damaged", second)


def test_words_that_came_back_while_their_owner_was_deleted_go_with_the_snapshot(matcher: Matcher) -> None:
    matcher.put(FEW)
    matcher.delete(Kind.PROFILE, "bob")
    matcher._deriver.made([BOB])  # as an answer does that was under way
    embedders = matcher._deriver.embedders._by_model.values()
    assert any(embedder._memory for embedder in embedders)
    matcher.snapshot()
    assert not any(embedder._memory for embedder in embedders)


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x01
    path.write_bytes(content)


IN_A_SNAPSHOT = [
    "../CURRENT",
    "manifest.json",
    *(
        f"{kind}/{name}"
        for kind in Kind
        for name in ("ids.json", "skills.npz", "sums.npz", "traits.npz", "vectors.faiss")
    ),
    "vocabulary.npz",
]
DAMAGES: dict[str, Callable[[Path], object]] = {
    "flipped": flip,
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-1] if path.name != CURRENT else b"x"),
    "emptied": lambda path: path.write_bytes(b""),
}


def assert_rebuilt(opener: Opener, caplog: pytest.LogCaptureFixture, reason: str = "rebu") -> None:
    with caplog.at_level(logging.WARNING):
        matcher = opener()
    assert any(reason in record.message for record in caplog.records), caplog.text
    fresh = in_memory(folder=opener.home / "fresh")
    fresh.put([*(matcher.get(kind, name) for kind in Kind for name in matcher.ids(kind))])
    assert pairs(everything(matcher)) == pairs(everything(fresh))
    assert matcher.ids(Kind.PROFILE)
    matcher.snapshot()
    assert matcher.fsck() == []


@pytest.fixture
def snapshot(opener: Opener) -> Path:
    """The folder of a sound snapshot, with all processes ended."""
    matcher = opener()
    matcher.put(FEW)
    folder = matcher.snapshot()
    opener.close()
    return folder


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", IN_A_SNAPSHOT)
def test_a_damaged_snapshot_is_refused_and_rebuilt(
    name: str, damage: str, opener: Opener, snapshot: Path, caplog: pytest.LogCaptureFixture
) -> None:
    DAMAGES[damage](snapshot / name)
    assert_rebuilt(opener, caplog)


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@pytest.mark.parametrize("name", IN_A_SNAPSHOT[1:])
def test_a_snapshot_that_lacks_a_file_is_refused_and_rebuilt(
    name: str, opener: Opener, snapshot: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (snapshot / name).unlink()
    assert_rebuilt(opener, caplog)


def test_the_parametrised_files_are_all_that_a_snapshot_holds(snapshot: Path) -> None:
    found = {path.relative_to(snapshot).as_posix() for path in snapshot.rglob("*") if path.is_file()}
    assert found == set(IN_A_SNAPSHOT[1:])
    assert sorted(path.name for path in snapshot.parent.iterdir()) == sorted([CURRENT, snapshot.name])


def test_a_snapshot_with_an_extra_file_is_refused_and_rebuilt(
    opener: Opener, snapshot: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (snapshot / "posting" / "stray").touch()
    assert_rebuilt(opener, caplog)


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@pytest.mark.parametrize("name", IN_A_SNAPSHOT[1:])
def test_files_swapped_between_generations_are_refused_and_rebuilt(
    name: str, opener: Opener, snapshot: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept = opener.home / "kept"
    shutil.copytree(snapshot, kept)
    matcher = opener()
    skills = ("Fortran",)
    ana = replace(ANA, headline="Juriste", skills=skills, experience_years=3.0)
    data = replace(DATA, title="UX designer", skills=skills, experience_years_min=1.0)
    matcher.put([ana, replace(BOB, id=ProfileId("cam"))])
    matcher.put([data, replace(LAW, id=PostingId("new"))])
    newer = matcher.snapshot()
    opener.close()
    shutil.copy(kept / name, newer / name)
    assert_rebuilt(opener, caplog)


def test_the_snapshot_of_another_model_is_refused_and_rebuilt(
    opener: Opener, snapshot: Path, caplog: pytest.LogCaptureFixture
) -> None:
    other = opener(Encoders.alike(FakeEncoder(dimension=8)))
    assert "another model" in caplog.text
    assert profiles_of(other.candidates("data")) == ["ana", "bob"]
    assert other.fsck() == []


def test_the_snapshot_of_another_database_is_refused_and_rebuilt(
    tmp_path: Path, opener: Opener, snapshot: Path, caplog: pytest.LogCaptureFixture
) -> None:
    elsewhere = Opener(tmp_path / "elsewhere")
    elsewhere().put([DATA, LAW, ANA, replace(BOB, headline="Architecte")])
    elsewhere.close()
    shutil.copytree(opener.home / "snapshots", elsewhere.home / "snapshots")
    assert_rebuilt(elsewhere, caplog, "another database")
    elsewhere.close()


def test_the_snapshot_of_another_empty_database_is_refused(
    tmp_path: Path, opener: Opener, caplog: pytest.LogCaptureFixture
) -> None:
    opener().snapshot()
    opener.close()
    elsewhere = Opener(tmp_path / "elsewhere")
    elsewhere().put(FEW)
    elsewhere.close()
    shutil.copytree(opener.home / "snapshots", elsewhere.home / "snapshots")
    assert_rebuilt(elsewhere, caplog, "another database")
    elsewhere.close()


def _copy_database(home: Path, target: Path) -> None:
    target.mkdir()
    for path in home.glob("matcher.db*"):
        shutil.copy(path, target)


def _restore_database(home: Path, source: Path) -> None:
    for path in home.glob("matcher.db*"):
        path.unlink()
    for path in source.iterdir():
        shutil.copy(path, home)


@pytest.mark.parametrize("since", [0, 1, 2, 5])
def test_an_older_database_restored_beneath_the_snapshot_is_noticed(
    since: int, tmp_path: Path, opener: Opener, caplog: pytest.LogCaptureFixture
) -> None:
    opener().put(FEW)
    opener.close()
    _copy_database(tmp_path, tmp_path / "backup")
    matcher = opener()
    matcher.put([replace(ANA, headline="Juriste"), replace(BOB, id=ProfileId("lost"))])
    matcher.snapshot()
    opener.close()
    _restore_database(tmp_path, tmp_path / "backup")
    # Other changes have been written since, as many as were lost or more: the number alone would not tell.
    for number in range(since):
        store = open_store(None, home=tmp_path)
        other = Matcher(
            store=store,
            encoders=Encoders.alike(FakeEncoder()),
            thesaurus=KNOWN,
            snapshots=Snapshots(tmp_path / "none"),
            today=lambda: TODAY,
        )
        other.put([replace(BOB, headline=f"Juriste {number}")])
        other.close()
    assert_rebuilt(opener, caplog, "another database")
    assert "lost" not in opener().ids(Kind.PROFILE)


def test_a_snapshot_that_counts_other_rows_is_refused(
    opener: Opener, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    matcher = opener()
    matcher.put(FEW)
    with monkeypatch.context() as patch:
        patch.setattr(Corpus, "count", lambda *_: 7)
        matcher.snapshot()
    opener.close()
    assert_rebuilt(opener, caplog, "other rows")


def test_a_disk_error_is_explained_and_costs_nothing_but_the_snapshot(opener: Opener) -> None:
    matcher = opener()
    matcher.put(FEW)
    (opener.home / "snapshots").write_text("not a folder")
    with pytest.raises(StoreUnavailable):
        matcher.snapshot()
    with pytest.raises(StoreUnavailable):
        matcher.erase(Kind.PROFILE, "ana")
    assert profiles_of(matcher.candidates("data")) == ["bob"]


# Deriving anew, and erasing.


def test_after_a_change_of_model_reindexing_leaves_nothing_of_the_old(opener: Opener, snapshot: Path) -> None:
    other = FakeEncoder(dimension=8, name="other")
    matcher = opener(Encoders.alike(other))
    matcher.reindex()
    assert matcher.fsck() == []
    store = open_store(None, home=opener.home)
    assert store.drop_vectors(keep_models=[other.fingerprint]) == 0
    store.close()
    encoded = other.encoded
    opener.close()
    again = opener(Encoders.alike(other))
    assert other.encoded == encoded, "the new snapshot and the new vectors are used"
    assert profiles_of(again.candidates("data")) == ["ana", "bob"]


def test_reindexing_changes_no_answer(matcher: Matcher) -> None:
    matcher.put(RECORDS)
    before = everything(matcher)
    matcher.reindex()
    assert pairs(everything(matcher)) == pairs(before)
    assert matcher.lag() == 0


def test_what_is_erased_is_in_no_file(opener: Opener) -> None:
    matcher = opener()
    matcher.put([*FEW, ERASED])
    index = matcher._follower._corpus.sides[Kind.PROFILE].index
    row = index.row("erased")
    assert row is not None
    vector = index.facet_vectors(row)[Facet.TITLE].tobytes()
    number, *_ = matcher._follower._corpus.sides[Kind.PROFILE].skills.of(row)[0].tolist()
    skill = matcher._follower._corpus.vocabulary._vectors[number].tobytes()
    salary = np.float32(43_219.0).tobytes()
    matcher.candidates("data")
    matcher.snapshot()
    assert holding(opener.home, CANARY.encode())
    assert any(vector in path.read_bytes() for path in opener.home.rglob("vectors.faiss"))
    assert any(skill in path.read_bytes() for path in opener.home.rglob("vocabulary.npz"))
    assert any(salary in path.read_bytes() for path in opener.home.rglob("traits.npz"))
    matcher.erase(Kind.PROFILE, "erased")
    assert holding(opener.home, CANARY.encode()) == []
    for one in (vector, skill):
        assert not any(one in path.read_bytes() for path in opener.home.rglob("*") if path.is_file())
    assert CANARY not in str(vars(matcher._follower._corpus.vocabulary)).lower()
    assert not any(salary in path.read_bytes() for path in opener.home.rglob("traits.npz"))
    assert profiles_of(matcher.candidates("data")) == ["ana", "bob"]
    assert not any(CANARY in str(sheet) for sheet in matcher._reasons._sheets.values())
    opener.close()
    assert holding(opener.home, CANARY.encode()) == []
    assert opener().fsck() == []


def test_an_erased_text_is_encoded_anew_when_it_comes_back(opener: Opener) -> None:
    encoder = FakeEncoder()
    matcher = opener(Encoders.alike(encoder))
    matcher.put([ERASED])
    first = encoder.encoded
    matcher.erase(Kind.PROFILE, "erased")
    matcher.put([ERASED])
    assert encoder.encoded == 2 * first


def test_closing_twice_is_fine(matcher: Matcher) -> None:
    matcher.close()
    matcher.close()


def test_a_vector_that_the_store_dropped_is_stored_again_with_the_next_document_that_needs_it(opener: Opener) -> None:
    matcher = opener()
    with_skill = Profile(ProfileId("a"), "Juriste", skills=("Kubernetes",))
    matcher.put([with_skill])
    matcher.put([replace(with_skill, skills=())])
    matcher.put([replace(with_skill, id=ProfileId("b"))])
    assert matcher.fsck() == []


def test_erasing_is_not_undone_by_a_process_that_stops_later(opener: Opener) -> None:
    one, other = opener(), opener()
    one.put([Profile(ProfileId("a"), "Juriste"), Profile(ProfileId("b"), "Juriste")])
    other.follow()
    one.erase(Kind.PROFILE, "a")
    other.snapshot_if_behind()
    assert opener().ids(Kind.PROFILE) == ["b"]
    assert (one.ids(Kind.PROFILE), other.ids(Kind.PROFILE)) == (["b"], ["b"])


def test_ranking_needs_no_database_and_says_whether_reasons_do(matcher: Matcher) -> None:
    matcher.put(FEW)
    ranked = matcher.rank(Kind.POSTING, "data", k=5)
    assert matcher.written_at_hand(ranked) is None
    assert matcher.explain(ranked) == matcher.candidates("data", k=5)
    assert matcher.written_at_hand(ranked) == matcher.written(ranked)
