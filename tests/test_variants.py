"""The variants of every posting, kept as postings come and go."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher import variants, varying
from matcher.core.domain import Facet, Kind, Location, Posting, PostingId, Profile, ProfileId, Record
from matcher.core.pages import NOTHING, Seen, lot
from matcher.core.scoring import Variety, Weights
from matcher.core.traits import Rows
from matcher.corpus import Corpus
from matcher.offline.demo import forum
from matcher.stages.index import FacetIndex, Ids
from matcher.variants import Known, ranked_below, same_among
from tests.engines import in_memory
from tests.test_corpus import DERIVE, TODAY, corpus_of, load

POSTINGS = forum(postings=12, profiles=0, today=TODAY).postings
ANA = Profile(ProfileId("ana"), POSTINGS[0].title, languages=POSTINGS[0].languages)
PLACES = ((), (Location(department="35"),), (Location(department="29"),))


def _known(corpus: Corpus) -> dict[str, set[str]]:
    side = corpus.sides[Kind.POSTING]
    ids = side.index.ids
    known = side.known_variants()
    assert known is not None
    return {
        ids[row] or "": {ids[other] or "" for other in known.of(row).tolist()}
        for row in np.flatnonzero(known.has).tolist()
    }


def _found(corpus: Corpus) -> dict[str, set[str]]:
    """What comparing all with all finds."""
    side = corpus.sides[Kind.POSTING]
    ids = side.index.ids
    rows: Rows = np.array([row for row in range(side.index.rows) if ids[row] is not None], dtype=np.int64)
    found: dict[str, set[str]] = {}
    for one, other in (
        rows[np.argwhere(same_among(side.index, side.traits, side.skills, rows))].tolist() if len(rows) else ()
    ):
        found.setdefault(ids[one] or "", set()).add(ids[other] or "")
    return found


edits = st.tuples(st.integers(0, 15), st.none() | st.tuples(st.integers(0, 3), st.sampled_from(PLACES)))
"""The number of a posting, and what is published under it; None takes it away."""


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(edits, max_size=9), max_size=4), st.sampled_from([2, 200]))
def test_what_is_known_is_what_comparing_all_would_find(
    writes: list[list[tuple[int, tuple[int, tuple[Location, ...]] | None]]], together: int
) -> None:
    corpus = corpus_of([])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(variants, "AT_ONCE", together)
        patch.setattr(variants, "OTHERS", together)
        patch.setattr(variants, "LEAST_ROOM", together)
        for some in writes:
            for number, edit in some:
                if edit is None:
                    corpus.remove(Kind.POSTING, f"p{number}")
                else:
                    text, places = edit
                    posting = replace(POSTINGS[text], id=PostingId(f"p{number}"), locations=places)
                    corpus.put(posting, DERIVE(posting))
            assert _known(corpus) == _found(corpus)


def _twins() -> list[Posting]:
    return [replace(POSTINGS[0], id=PostingId(name)) for name in "ab"]


def test_a_snapshot_has_what_was_known(tmp_path: Path) -> None:
    corpus = corpus_of(_twins())
    corpus.save(tmp_path)
    assert _known(load(tmp_path)) == _known(corpus) == {"a": {"b"}, "b": {"a"}}


def test_where_there_are_too_many_nothing_is_known_until_there_are_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = corpus_of(_twins())
    assert _known(corpus)
    monkeypatch.setattr(variants, "MOST_KNOWN", 1)
    assert corpus.sides[Kind.POSTING].known_variants() is None
    monkeypatch.undo()
    assert _known(corpus) == {"a": {"b"}, "b": {"a"}}


def test_a_variant_of_two_belongs_to_the_first_and_none_has_a_place_already() -> None:
    same = np.zeros((10, 10), dtype=np.bool_)
    for one, other in ((1, 2), (1, 3), (1, 9), (2, 4), (3, 4)):
        same[one, other] = same[other, one] = True
    known = Known(same, np.array([row.any() for row in same]))
    ids: Ids = [f"p{row}" for row in range(10)]
    among = np.array([1, 2, 3, 4])
    below = ranked_below([1, 4], known, among=among, looked_at=[1, 4], ids=ids, seen=NOTHING)
    assert below == [[2, 3], []]
    seen = Seen((lot("", "p2"),))
    below = ranked_below([4, 1], known, among=among, looked_at=[4, 1], ids=ids, seen=seen)
    assert below == [[3], []]


def _copies(count: int, *, number: int = 0) -> list[Posting]:
    return [replace(POSTINGS[number], id=PostingId(f"p{number}-{copy:03d}")) for copy in range(count)]


JAVA, PHP, BOTH = ("Java", "Spring"), ("PHP", "Symfony"), ("Symfony", "Java")


def test_one_skill_in_two_spellings_is_shared(tmp_path: Path) -> None:
    text = "Vous rejoignez une équipe qui conçoit des services numériques pour les usagers."
    posting = Posting(PostingId("a"), "Administrateur", description=text, skills=("Kubernetes",))
    matcher = in_memory(folder=tmp_path)
    matcher.put([posting, replace(posting, id=PostingId("b"), skills=("k8s",))])
    assert len({*matcher.leaders({"a", "b"}).values()}) == 1
    matcher.close()


@pytest.mark.parametrize("most_known", [variants.MOST_KNOWN, 0])
@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [(JAVA, PHP, False), (JAVA, BOTH, True), (JAVA, (), True), ((), (), True), (JAVA, JAVA[:1], True)],
)
def test_a_posting_that_lists_none_of_another_s_skills_is_another(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    one: tuple[str, ...],
    other: tuple[str, ...],
    most_known: int,
    *,
    is_one: bool,
) -> None:
    monkeypatch.setattr(variants, "MOST_KNOWN", most_known)
    text = "Vous rejoignez une équipe qui conçoit des services numériques pour les usagers, avec du SQL."
    posting = Posting(PostingId("a"), "Développeur", description=text, skills=one)
    matcher = in_memory(folder=tmp_path)
    matcher.put([posting, replace(posting, id=PostingId("b"), skills=other), Profile(ProfileId("c"), "Développeur")])
    assert len(matcher.suggestions("c").explanations) == (1 if is_one else 2)
    assert len({*matcher.leaders({"a", "b"}).values()}) == (1 if is_one else 2)
    matcher.close()


def test_of_many_copies_each_two_are_compared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    between = FacetIndex.between

    def counting(index: FacetIndex, rows: Rows, others: Rows, facets: Sequence[Facet]) -> npt.NDArray[np.float32]:
        nonlocal compared
        compared += len(rows) * len(others)
        return between(index, rows, others, facets)

    monkeypatch.setattr(FacetIndex, "between", counting)
    monkeypatch.setattr(variants, "AT_ONCE", 30)
    corpus = corpus_of(_copies(300))
    assert {*map(len, _known(corpus).values())} == {299}
    assert compared <= 300 * (300 + 30) / 2
    compared = 0
    corpus.put(_copies(1)[0], DERIVE(_copies(1)[0]))
    assert {*map(len, _known(corpus).values())} == {299}
    assert compared <= 300


def test_a_few_at_a_time_all_is_known_that_is_known_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(variants, "AT_ONCE", 4)
    corpus = corpus_of([*_copies(5), *_copies(3, number=1), *POSTINGS])
    side = corpus.sides[Kind.POSTING]
    assert side.look_for_variants()
    corpus.remove(Kind.POSTING, "p0-000")
    corpus.remove(Kind.POSTING, "p1-002")
    while side.look_for_variants():
        pass
    assert _known(corpus) == _found(corpus)


def test_who_prepares_spares_the_first_question_the_search_for_variants(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    matcher = in_memory(folder=tmp_path)
    matcher.put([*_copies(9), ANA])
    matcher.prepare(stop=lambda: False)
    monkeypatch.delattr(FacetIndex, "between")
    assert any(one.match.variants for one in matcher.suggestions(ANA.id).explanations)
    matcher.close()


def test_many_new_postings_are_looked_at_apart_from_who_asks_for_something_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(variants, "AT_ONCE", 4)
    corpus = corpus_of([*_copies(5), ANA])
    assert corpus.takes_long(Kind.PROFILE, ANA.id)
    _known(corpus)
    assert not corpus.takes_long(Kind.PROFILE, ANA.id)
    for one in _copies(5):
        corpus.put(one, DERIVE(one))
    assert corpus.takes_long(Kind.PROFILE, ANA.id)
    monkeypatch.setattr(variants, "MOST_KNOWN", 4)
    assert not corpus.takes_long(Kind.PROFILE, ANA.id), "they are not looked at"


def test_what_was_half_found_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(variants, "OTHERS", 2)
    corpus = corpus_of(_copies(9))
    left = 2
    between = FacetIndex.between

    def failing(index: FacetIndex, rows: Rows, others: Rows, facets: Sequence[Facet]) -> npt.NDArray[np.float32]:
        nonlocal left
        left -= 1
        if left < 0:
            raise MemoryError
        return between(index, rows, others, facets)

    monkeypatch.setattr(FacetIndex, "between", failing)
    with pytest.raises(MemoryError):
        _known(corpus)
    monkeypatch.undo()
    corpus.put(POSTINGS[1], DERIVE(POSTINGS[1]))
    assert _known(corpus) == _found(corpus)


@pytest.mark.parametrize("variety", [Variety(), Variety(diversity=0.5)])
def test_of_thousands_that_say_the_same_not_all_are_compared(variety: Variety, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(varying, "MOST_SEEN", 10)
    monkeypatch.setattr(variants, "MOST_KNOWN", 1)
    corpus = corpus_of([*_copies(300), ANA])
    looked_at: list[int] = []
    among = FacetIndex.among

    def counting(index: FacetIndex, rows: Rows) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
        looked_at.append(len(rows))
        return among(index, rows)

    monkeypatch.setattr(FacetIndex, "among", counting)
    question = corpus.question(Kind.PROFILE, ANA.id, weights=Weights())
    ranking = corpus.varied(question, k=3, weights=Weights(), variety=variety, today=TODAY)
    assert len(ranking.matches) == 1
    assert not ranking.has_more
    assert max(looked_at) < 100


@pytest.mark.parametrize("k", [1, 10])
def test_variants_stand_in_the_same_order_whatever_was_written_when(k: int) -> None:
    copies = [replace(one, locations=PLACES[place % 2]) for place, one in enumerate([*_copies(25), *POSTINGS])]
    records: list[Record] = [*copies, ANA]
    answers = []
    for written in (records, records[::-1], sorted(records, key=lambda record: record.id[::-1])):
        corpus = corpus_of(written)
        question = corpus.question(Kind.PROFILE, ANA.id, weights=Weights())
        ranking = corpus.varied(question, k=k, weights=Weights(), variety=Variety(), today=TODAY)
        answers.append([(match.posting_id, match.variants) for match in ranking.matches])
    assert max(len(named) for _, named in answers[0]) > 9
    assert answers[0] == answers[1] == answers[2]
