"""Every kind of damage has its sentence, and what is sound has none."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text as sql

from matcher import fsck
from matcher.core.domain import (
    Education,
    Facet,
    Kind,
    Organisation,
    OrganisationId,
    Posting,
    PostingId,
    Profile,
    ProfileId,
    Record,
    kind_of,
)
from matcher.core.errors import NotFound
from matcher.core.feedback import Event, Feedback
from matcher.core.ports import Encoders, Prose
from matcher.core.traits import COLUMNS
from matcher.corpus import Derived
from matcher.engine import Matcher
from matcher.offline import retention
from matcher.offline.demo import forum
from matcher.stages import text
from matcher.stages.embed import digest
from matcher.stores import SqlStore
from matcher.stores.snapshots import Snapshots
from tests.fakes import FakeEncoder, FakeStore, FakeTerms, FakeThesaurus

TODAY = date(2026, 11, 23)
FORUM = forum(postings=8, profiles=16, today=TODAY)
SPARSE: list[Record] = [
    Posting(PostingId("no words"), "—", description="?"),
    Profile(ProfileId("no words"), "…"),
    Profile(ProfileId("title only"), "Data scientist"),
    Posting(PostingId("skills only"), "!", skills=("Python",)),
    Posting(PostingId("odd"), "C++ / C# ﬁn", description="İstanbul ²½", languages=("?",)),
    Profile(ProfileId("schooled"), "Juriste", education=(Education("Bac"),), hidden_from=(OrganisationId("a"),)),
    Posting(PostingId("owned"), "Juriste", organisation=Organisation(OrganisationId("a"))),
]


@pytest.fixture
def matcher(sqlite_store: SqlStore, tmp_path: Path) -> Iterator[Matcher]:
    engine = opened(sqlite_store, tmp_path)
    engine.put([*FORUM.postings, *FORUM.profiles])
    yield engine
    engine.close()


def opened(store: SqlStore | FakeStore, folder: Path, encoders: Encoders | None = None) -> Matcher:
    engine = Matcher(
        store=store,
        encoders=encoders or Encoders.alike(FakeEncoder()),
        thesaurus=FakeThesaurus(),
        snapshots=Snapshots(folder / "snapshots"),
        today=lambda: TODAY,
    )
    engine.open()
    return engine


def run(store: SqlStore, statement: str) -> None:
    with store._database.writing() as connection:
        assert connection.execute(sql(statement)).rowcount != 0


def test_a_fresh_store_is_sound(sqlite_store: SqlStore, tmp_path: Path) -> None:
    assert opened(sqlite_store, tmp_path).fsck() == []


def test_a_filled_store_is_sound_through_updates_deletions_snapshots_and_a_restart(
    matcher: Matcher, sqlite_store: SqlStore, tmp_path: Path
) -> None:
    assert matcher.fsck() == []
    matcher.delete(Kind.POSTING, FORUM.postings[0].id)
    matcher.put([Profile(FORUM.profiles[0].id, "Juriste"), Posting(PostingId("new"), "Juriste")])
    assert matcher.fsck() == []
    matcher.snapshot()
    assert matcher.fsck() == []
    assert opened(sqlite_store, tmp_path).fsck() == []


@pytest.mark.parametrize("mended_by", ["reindex", "erasure", "retention"])
def test_feedback_on_who_is_not_there_is_named_and_goes(
    matcher: Matcher, sqlite_store: SqlStore, mended_by: str
) -> None:
    posting, person = FORUM.postings[0].id, FORUM.profiles[0].id
    said = Feedback(datetime.now(UTC), Kind.POSTING, posting, person, Event.HIRED, 1, "r1", {})
    assert matcher.feedback.add([said]).new == 1
    # What an earlier version did, beside an erasure.
    run(
        sqlite_store,
        "INSERT INTO feedback (at, asks, posting_id, profile_id, event, request_id, weights) "
        "SELECT at, asks, posting_id, 'gone', event, 'r', weights FROM feedback",
    )
    assert matcher.fsck() == ["1 profile(s) with feedback but no record: gone"]
    if mended_by == "reindex":
        matcher.reindex()
    elif mended_by == "retention":
        assert retention.erase(matcher, retention.expired(matcher, days=9, now=datetime.now(UTC))) == 0
    else:
        with pytest.raises(NotFound):
            matcher.erase(Kind.PROFILE, "gone")
    assert [one.profile_id for one in matcher.feedback.scan()] == [person]
    assert matcher.fsck() == []


def test_what_others_write_while_it_looks_is_no_damage(
    matcher: Matcher, sqlite_store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes = iter(range(100))

    def write() -> None:
        # As a server does: what is new, what is changed, and what is gone.
        number = next(writes)
        other.put([Profile(ProfileId(f"new {number}"), "Juriste"), Profile(FORUM.profiles[0].id, f"Juriste {number}")])
        if number < len(FORUM.postings):
            other.delete(Kind.POSTING, FORUM.postings[number].id)

    def beside(scan: Callable[[Kind], Iterator[list[Record]]]) -> Callable[[Kind], Iterator[list[Record]]]:
        def scanned(kind: Kind) -> Iterator[list[Record]]:
            for records in scan(kind):
                for record in records:
                    with ThreadPoolExecutor(1) as writer:
                        writer.submit(write).result()
                    yield [record]

        return scanned

    other = opened(sqlite_store, tmp_path / "other")
    monkeypatch.setattr(sqlite_store, "scan", beside(sqlite_store.scan))
    assert matcher.fsck() == []
    assert next(writes) == 8 + 16
    monkeypatch.undo()
    assert matcher.fsck() == []


def test_documents_with_little_or_odd_content_are_sound(matcher: Matcher) -> None:
    matcher.put(SPARSE)
    assert matcher.fsck() == []


def test_the_fake_store_is_sound_too(tmp_path: Path) -> None:
    engine = opened(FakeStore(), tmp_path)
    engine.put([*FORUM.postings, *SPARSE])
    assert engine.fsck() == []


def in_batches_of(size: int, store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    scan, full_text = store.scan, store.full_text
    monkeypatch.setattr(store, "scan", lambda kind: scan(kind, batch=size))
    monkeypatch.setattr(store, "full_text", lambda kind: full_text(kind, batch=size))


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_damage_is_found_in_any_batch_and_once(
    size: int, matcher: Matcher, sqlite_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    matcher.put(SPARSE)
    ids = sorted(profile.id for profile in FORUM.profiles)
    in_batches_of(size, sqlite_store, monkeypatch)
    assert matcher.fsck() == []
    rows = "rowid IN (SELECT number FROM document WHERE kind = 'profile' AND id"
    run(sqlite_store, f"DELETE FROM full_text_profile WHERE {rows} IN ('{ids[0]}', '{ids[9]}'))")  # noqa: S608 - our own
    run(sqlite_store, f"UPDATE full_text_profile SET body = 'autre' WHERE {rows} = '{ids[5]}')")  # noqa: S608 - our own
    side = matcher._follower._corpus.sides[Kind.PROFILE]
    for name in (ids[2], ids[-1]):
        matcher._follower._corpus.remove(Kind.PROFILE, name)
    side.index.put(ids[4], {Facet.TITLE: np.eye(1, 16, dtype=np.float32)[0]})
    side.skills.remove(side.index.row(ids[6]) or 0)
    assert matcher.fsck() == [
        f"2 profile(s) in the database but not in the index: {ids[2]}, {ids[-1]}",
        f"1 profile(s) with other vectors in the index: {ids[4]}",
        f"1 profile(s) with other skills in the index: {ids[6]}",
        f"2 profile(s) without a full-text row: {ids[0]}, {ids[9]}",
        f"1 profile(s) with another full-text row than its record's: {ids[5]}",
    ]


def test_each_record_s_texts_are_made_once(matcher: Matcher, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Counter[str]()

    def counted(make: Callable[..., object]) -> Callable[..., object]:
        def counting(record: Record, *given: object, **named: object) -> object:
            made[f"{make.__name__} {record.id}"] += 1
            return make(record, *given, **named)

        return counting

    for name in ("skills", "body_of", "facet_texts", "full_text"):
        monkeypatch.setattr(text, name, counted(getattr(text, name)))
    assert matcher.fsck() == []
    assert {*made.values()} == {1}
    assert len(made) == 4 * 24
    made.clear()
    matcher.reindex()
    assert {*made.values()} == {1}


def test_a_missing_full_text_row_is_found(matcher: Matcher, sqlite_store: SqlStore) -> None:
    run(sqlite_store, "DELETE FROM full_text_posting WHERE rowid = (SELECT min(rowid) FROM full_text_posting)")
    assert matcher.fsck() == [f"1 posting(s) without a full-text row: {FORUM.postings[0].id}"]


def test_a_changed_full_text_row_is_found(matcher: Matcher, sqlite_store: SqlStore) -> None:
    run(
        sqlite_store,
        "UPDATE full_text_profile SET title = 'autre' WHERE rowid = (SELECT min(rowid) FROM full_text_profile)",
    )
    assert matcher.fsck() == [f"1 profile(s) with another full-text row than its record's: {FORUM.profiles[0].id}"]


def test_a_full_text_row_of_no_words_is_found(matcher: Matcher, sqlite_store: SqlStore) -> None:
    matcher.put([Posting(PostingId("no words"), "—")])
    with sqlite_store._database.writing() as connection:
        number = connection.scalar(sql("SELECT number FROM document WHERE id = 'no words'"))
        connection.execute(
            sql("INSERT INTO full_text_posting (rowid, title, skills, body) VALUES (:number, 'a', '', '')"),
            {"number": number},
        )
    assert matcher.fsck() == ["1 posting(s) with another full-text row than its record's: no words"]


def test_a_full_text_row_without_a_record_is_found(tmp_path: Path) -> None:
    class Haunted(FakeStore):
        def full_text(self, kind, *, batch=1000):  # type: ignore[no-untyped-def]
            yield from super().full_text(kind, batch=batch)
            yield [("ghost", {"title": "juriste"})]

    assert opened(Haunted(), tmp_path).fsck() == [
        "1 posting(s) with a full-text row but no record: ghost",
        "1 profile(s) with a full-text row but no record: ghost",
    ]


def test_reindexing_mends_the_full_text_rows(matcher: Matcher, sqlite_store: SqlStore) -> None:
    run(sqlite_store, "DELETE FROM full_text_posting")
    run(sqlite_store, "UPDATE full_text_profile SET title = 'autre', body = ''")
    assert len(matcher.fsck()) == 2
    matcher.reindex()
    assert matcher.fsck() == []


def test_a_document_that_the_index_lacks_is_found(matcher: Matcher) -> None:
    matcher._follower._corpus.remove(Kind.PROFILE, FORUM.profiles[3].id)
    assert matcher.fsck() == [f"1 profile(s) in the database but not in the index: {FORUM.profiles[3].id}"]


def test_a_document_that_the_database_lacks_is_found(matcher: Matcher) -> None:
    stray = Posting(PostingId("stray"), "Juriste")
    matcher._follower._corpus.put(stray, Derived({}))
    assert matcher.fsck() == ["1 posting(s) in the index but not in the database: stray"]


def test_other_vectors_in_the_index_are_found(matcher: Matcher) -> None:
    index = matcher._follower._corpus.sides[Kind.PROFILE].index
    one, other = FORUM.profiles[:2]
    index.put(one.id, {Facet.TITLE: np.eye(1, 16, dtype=np.float32)[0]})
    row = index.row(other.id)
    assert row is not None
    index.put(other.id, index.facet_vectors(row) | {Facet.BODY: np.eye(1, 16, dtype=np.float32)[0]})
    assert matcher.fsck() == [f"2 profile(s) with other vectors in the index: {one.id}, {other.id}"]


def test_other_terms_in_the_index_are_found(sqlite_store: SqlStore, tmp_path: Path) -> None:
    encoder = FakeEncoder()
    matcher = opened(sqlite_store, tmp_path, Encoders(encoder, encoder, encoder, Prose(FakeTerms(), 0.5)))
    matcher.put([*FORUM.postings, *FORUM.profiles, *SPARSE])
    assert matcher.fsck() == []
    index = matcher._follower._corpus.sides[Kind.POSTING].index
    one, other = FORUM.postings[:2]
    row = index.row(one.id)
    assert row is not None
    index.put(one.id, index.facet_vectors(row), index.terms(index.row(other.id) or 0))
    assert index.term_rows
    index.term_rows.put(index.row(other.id) or 0, None)
    assert matcher.fsck() == [f"2 posting(s) with other terms in the index: {one.id}, {other.id}"]
    matcher.reindex()
    assert matcher.fsck() == []


def test_a_vector_that_was_altered_in_the_database_is_found(
    matcher: Matcher, sqlite_store: SqlStore, tmp_path: Path
) -> None:
    matcher.snapshot()
    run(sqlite_store, "UPDATE vector SET coordinates = (SELECT max(coordinates) FROM vector)")
    restarted = opened(sqlite_store, tmp_path)
    assert any("posting(s) with other vectors in the index" in problem for problem in restarted.fsck())


def test_other_skills_in_the_index_are_found(matcher: Matcher) -> None:
    matcher.put([Profile(ProfileId("new"), "Juriste", skills=("COBOL", "Fortran"))])
    assert matcher.fsck() == []
    side = matcher._follower._corpus.sides[Kind.PROFILE]
    row = side.index.row("new")
    assert row is not None
    side.skills.remove(row)
    assert matcher.fsck() == ["1 profile(s) with other skills in the index: new"]


def test_skills_that_the_index_holds_to_stand_elsewhere_are_found(matcher: Matcher) -> None:
    matcher.put([Profile(ProfileId("new"), "Juriste", skills=("COBOL", "Fortran"))])
    side = matcher._follower._corpus.sides[Kind.PROFILE]
    row = side.index.row("new")
    assert row is not None
    assert matcher.fsck() == []
    side.skills._anchors[side.skills._span(row)] += 1
    assert matcher.fsck() == ["1 profile(s) with other skills in the index: new"]


@pytest.mark.parametrize("facet", Facet)
def test_a_vector_that_one_facet_s_model_lacks_in_the_database_is_found(
    facet: Facet, sqlite_store: SqlStore, tmp_path: Path
) -> None:
    encoders = Encoders(FakeEncoder(name="t"), FakeEncoder(name="s", dimension=8), FakeEncoder(name="b"))
    matcher = opened(sqlite_store, tmp_path, encoders)
    matcher.put(
        [
            Profile(ProfileId("same"), "python", summary="python", skills=("python",)),
            Profile(ProfileId("other"), "Juriste"),
        ]
    )
    assert matcher.fsck() == []
    one_text = "SELECT digest FROM vector GROUP BY digest HAVING count(*) = 3"
    model = encoders.fingerprints[facet]
    run(sqlite_store, f"DELETE FROM vector WHERE model = '{model}' AND digest IN ({one_text})")  # noqa: S608 - our own
    assert matcher.fsck() == ["1 profile(s) with a vector that is missing or damaged in the database: same"]
    matcher.close()


@pytest.mark.parametrize(
    "damage", ["zeroblob(64)", "zeroblob(0)", "substr(coordinates, 1, 32)", "substr(coordinates, 1, 33)"]
)
def test_a_damaged_vector_is_found_also_by_who_starts_anew_and_mended_by_reindexing(
    damage: str, matcher: Matcher, sqlite_store: SqlStore, tmp_path: Path
) -> None:
    matcher.put([Profile(ProfileId("one"), "Juriste des affaires rares")])
    title = digest("juriste des affaires rares").hex()
    run(sqlite_store, f"UPDATE vector SET coordinates = {damage} WHERE hex(digest) = upper('{title}')")  # noqa: S608 - our own
    problem = "1 profile(s) with a vector that is missing or damaged in the database: one"
    assert matcher.fsck() == [problem]
    other = Matcher(
        store=sqlite_store,
        encoders=Encoders.alike(FakeEncoder()),
        thesaurus=FakeThesaurus(),
        snapshots=Snapshots(tmp_path / "other"),
        keeps=False,
    )
    other.open()
    assert other.fsck() == [problem]
    matcher.reindex()
    assert matcher.fsck() == other.fsck() == []


SEEN = Profile(ProfileId("new"), "Juriste", visible_to_recruiters=True)
ASKED = Posting(PostingId("new"), "Juriste")


@pytest.mark.parametrize(
    ("stored", "indexed"),
    [
        (SEEN, replace(SEEN, visible_to_recruiters=False)),
        (SEEN, replace(SEEN, hidden_from=(OrganisationId("secret"),))),
        (SEEN, replace(SEEN, experience_years=77.0)),
        (ASKED, replace(ASKED, organisation=Organisation(OrganisationId("other")))),
        (ASKED, replace(ASKED, experience_years_min=77.0)),
    ],
)
def test_other_traits_are_found(matcher: Matcher, stored: Record, indexed: Record) -> None:
    matcher.put([stored])
    assert matcher.fsck() == []
    side = matcher._follower._corpus.sides[kind_of(stored)]
    row = side.index.row("new")
    assert row is not None
    side.traits.put(row, indexed)
    problem = f"1 {kind_of(stored)}(s) with other traits in the index: new"
    assert matcher.fsck() == [problem]
    side.traits.put(row, stored)
    assert matcher.fsck() == []
    side.traits.remove(row)
    assert matcher.fsck() == [problem]


def test_every_column_of_traits_is_compared(matcher: Matcher) -> None:
    matcher.put([SEEN])
    side = matcher._follower._corpus.sides[Kind.PROFILE]
    row = side.index.row("new")
    for name in {*(COLUMNS.names or ())} - {"organisation"}:  # names are compared, not their numbers
        column = side.traits._columns[name]
        kept = column[row].copy()
        column[row] = not kept if column.dtype == np.bool_ else 1 if kept != 1 else 2
        assert matcher.fsck() == ["1 profile(s) with other traits in the index: new"], name
        column[row] = kept
    assert matcher.fsck() == []


def test_many_problems_of_a_kind_are_counted_after_the_first(matcher: Matcher, sqlite_store: SqlStore) -> None:
    run(sqlite_store, "DELETE FROM full_text_profile")
    (problem,) = matcher.fsck()
    first = ", ".join(sorted(profile.id for profile in FORUM.profiles)[: fsck.NAMED])
    assert problem == f"16 profile(s) without a full-text row: {first} and 11 more"


def test_a_damaged_snapshot_is_found(matcher: Matcher) -> None:
    (matcher.snapshot() / "manifest.json").write_text("{}")
    assert matcher.fsck() == ["the snapshot's manifest is damaged: the index is rebuilt from the database"]


def test_no_problem_quotes_what_a_candidate_wrote(matcher: Matcher, sqlite_store: SqlStore) -> None:
    matcher.put([Profile(ProfileId("c"), "Zxqcanari", summary="zxqcanari")])
    run(sqlite_store, "UPDATE full_text_profile SET title = 'zxqcanari'")
    assert "zxqcanari" not in " ".join(matcher.fsck()).lower()
