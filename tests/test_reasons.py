"""How much is kept of reasons that were told, and that it is the same as told anew."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from matcher import reasons
from matcher.core.domain import Facet, Kind, Posting, PostingId, Profile, ProfileId, Record, kind_of
from matcher.core.matched import Matched
from matcher.core.ports import Encoders
from matcher.core.scoring import ASPECTS, Weights
from matcher.core.skills import Skill
from matcher.core.storing import Document
from matcher.corpus import Corpus, Kept
from matcher.derive import derive
from matcher.reasons import Reasons
from matcher.stages import text
from matcher.stages.embed import Embedder, Embedders
from matcher.stages.explain import Met, Sheet
from tests.engines import RECORDS as FORUM_RECORDS
from tests.fakes import FakeEncoder, FakeStore, FakeThesaurus

POSTINGS = [f"p{number}" for number in range(6)]
PROFILES = [f"c{number}" for number in range(4)]
SIZE = 1_000 + 2 * 100 + len("Python" + "R" + "Python")
"""What one pair is counted as."""


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Reasons:
    """Of at most three postings a profile, and of seven pairs."""
    monkeypatch.setattr(reasons, "PAIRS", 3)
    monkeypatch.setattr(reasons, "PAIR_BYTES", 1_000)
    monkeypatch.setattr(reasons, "SKILL_BYTES", 100)
    monkeypatch.setattr(reasons, "ALL_BYTES", 7 * SIZE)
    store = FakeStore()
    records: list[Record] = [Posting(PostingId(name), "Data scientist", skills=("Python", "R")) for name in POSTINGS]
    records += [Profile(ProfileId(name), "Data scientist", skills=("Python",)) for name in PROFILES]
    store.put([Document(record) for record in records])
    return Reasons(store, Embedder(FakeEncoder(), stored=lambda _: {}), FakeThesaurus(), kept=lambda *_: {})


def matched(posting: str, profiles: Sequence[str] = PROFILES) -> Matched:
    pairs = [(PostingId(posting), ProfileId(profile)) for profile in profiles]
    shape = (len(pairs), len(ASPECTS))
    return Matched.of(pairs, np.zeros(shape), np.zeros(shape, dtype=np.bool_), Weights())


def met(told: Reasons, posting: str, profiles: Sequence[str] = PROFILES) -> list[Met | None]:
    """What is told of one posting and some profiles."""
    return [*told.met(Kind.POSTING, posting, matched(posting, profiles))]


def kept(told: Reasons) -> dict[str, list[str]]:
    return {profile: [*others] for profile, others in told._met.items() if others}


def test_what_was_told_is_told_again_without_being_worked_out(told: Reasons) -> None:
    first = met(told, "p0")
    assert all(one is other for one, other in zip(first, met(told, "p0"), strict=True))


@pytest.mark.parametrize(
    ("limit", "most", "is_told", "is_told_again"),
    [("AT_HAND", 4 * 802, True, True), ("AT_HAND", 4 * 802 - 1, False, True), ("SHOWN", 7, False, False)],
)
def test_what_takes_long_to_compare_or_to_tell_is_not_at_hand(
    told: Reasons, monkeypatch: pytest.MonkeyPatch, limit: str, most: int, *, is_told: bool, is_told_again: bool
) -> None:
    told.prepare(Kind.POSTING, POSTINGS)
    told.prepare(Kind.PROFILE, PROFILES)
    monkeypatch.setattr(reasons, limit, most)
    asked = Kind.POSTING, "p0", matched("p0")
    first = told.met_at_hand(*asked)
    assert (first is not None) is is_told
    assert first is None or [*first] == met(told, "p0")
    met(told, "p0")
    assert (told.met_at_hand(*asked) is not None) is is_told_again


def test_of_one_profile_the_oldest_pairs_go_first(told: Reasons) -> None:
    for posting in POSTINGS:
        met(told, posting, ["c0"])
    assert kept(told) == {"c0": ["p3", "p4", "p5"]}
    assert told._bytes == 3 * SIZE


def test_of_all_pairs_those_of_the_profile_that_came_first_go_first(told: Reasons) -> None:
    met(told, "p0")
    met(told, "p1", ["c0", "c1", "c2"])
    assert told._bytes == 7 * SIZE
    met(told, "p2", ["c3"])
    assert kept(told) == {"c1": ["p0", "p1"], "c2": ["p0", "p1"], "c3": ["p0", "p2"]}
    assert told._bytes == 6 * SIZE


def test_of_pairs_with_many_skills_fewer_are_kept(told: Reasons) -> None:
    rich = Posting(PostingId("rich"), "Data scientist", skills=tuple(f"Compétence {number}" for number in range(40)))
    told._store.put([Document(rich)])
    met(told, "p0")
    met(told, "rich", ["c3"])
    assert kept(told) == {"c3": ["p0", "rich"]}
    assert told._bytes <= 7 * SIZE


def test_pairs_of_a_profile_that_changed_are_forgotten_and_no_longer_counted(told: Reasons) -> None:
    met(told, "p0")
    met(told, "p1")
    told.forget([(kind_of(Profile(ProfileId("c0"), "")), "c0"), (Kind.PROFILE, "nobody")])
    assert "c0" not in kept(told)
    assert told._bytes == SIZE * sum(map(len, kept(told).values()))
    told.clear()
    assert (kept(told), told._bytes) == ({}, 0)


def test_a_pair_of_which_one_has_changed_is_worked_out_anew_and_counted_once(told: Reasons) -> None:
    before = met(told, "p0", ["c0"])
    told.forget([(Kind.POSTING, "p0")])
    after = met(told, "p0", ["c0"])
    assert after[0] is not before[0]
    assert told._bytes == SIZE


@pytest.mark.parametrize(
    ("kind", "name", "left"),
    [
        (Kind.POSTING, "p1", {"c0": ["p0"], "c1": ["p0"], "c2": ["p0"], "c3": ["p0"]}),
        (Kind.PROFILE, "c0", {"c1": ["p0", "p1"], "c2": ["p0"], "c3": ["p0"]}),
    ],
)
def test_no_pair_holds_what_was_deleted(told: Reasons, kind: Kind, name: str, left: dict[str, list[str]]) -> None:
    met(told, "p0")
    met(told, "p1", ["c0", "c1"])
    told.forget([(kind, name)])
    assert kept(told) == left
    assert told._bytes == SIZE * sum(map(len, left.values()))


def test_no_pair_outlives_the_sheets_that_are_kept(told: Reasons, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reasons, "SHEETS", 3)
    for posting in POSTINGS:
        met(told, posting, ["c0"])
    assert set(told._sheets) >= {(Kind.POSTING, name) for name in kept(told)["c0"]}


def test_a_sheet_of_kept_skills_is_the_one_that_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = Corpus(dict.fromkeys(Facet, FakeEncoder().dimension), thesaurus=FakeThesaurus())
    embedders = Embedders(Encoders.alike(FakeEncoder()), stored=lambda *_, **__: {})
    store = FakeStore()
    store.put([Document(record) for record in FORUM_RECORDS])
    made = derive(FORUM_RECORDS, thesaurus=FakeThesaurus(), embedders=embedders)
    for record, derived in zip(FORUM_RECORDS, made.derived, strict=True):
        corpus.put(record, derived)
    anew = Reasons(store, embedders[Facet.SKILLS], FakeThesaurus(), kept=lambda *_: {})
    kept = Reasons(store, embedders[Facet.SKILLS], FakeThesaurus(), kept=corpus.kept)
    expected = _sheets(anew)
    monkeypatch.setattr(text, "skills", None)
    found = _sheets(kept)
    assert [(sheet.record, sheet.skills) for sheet in found] == [(sheet.record, sheet.skills) for sheet in expected]
    assert all(np.array_equal(one.vectors, other.vectors) for one, other in zip(found, expected, strict=True))
    assert any(skill.quoted and skill.listed for sheet in found for skill in sheet.skills)


def test_skills_that_were_kept_of_other_words_are_not_used(told: Reasons) -> None:
    store = FakeStore()
    now = Profile(ProfileId("c0"), "Data scientist", summary="J’ai appris Rust.", skills=("Rust",))
    store.put([Document(now)])
    before = replace(now, summary="J’ai appris R.", skills=("R",))
    named = [("R", "R")]
    anchors = text.anchors_of(before, [Skill("R", "R", listed="R")])
    assert anchors
    vectors = np.ones((1, FakeEncoder().dimension), dtype=np.float32)
    reasons = Reasons(store, told._embedder, FakeThesaurus(), kept=lambda *_: {"c0": Kept(named, vectors, anchors)})
    (sheet,) = reasons._prepared(Kind.PROFILE, ["c0"]).values()
    assert [skill.listed for skill in sheet.skills] == ["Rust"]


def _sheets(reasons: Reasons) -> list[Sheet]:
    return [
        sheet
        for kind in Kind
        for sheet in reasons._prepared(kind, [one.id for one in FORUM_RECORDS if kind_of(one) is kind]).values()
    ]
