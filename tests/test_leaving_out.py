"""Rows that cannot be among the best are left out before they are compared: the answers are those of comparing all."""

from collections.abc import Callable
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import comparison as whole
from matcher import compiled
from matcher.core.domain import Facet, Kind, Record, kind_of
from matcher.core.pages import NOTHING
from matcher.core.ports import Encoders, Prose
from matcher.core.scoring import Weights
from matcher.core.traits import Rows, TraitTable
from matcher.corpus import Corpus
from matcher.finding import Bounds
from matcher.offline.demo import forum
from matcher.stages import eligibility
from matcher.stages import index as stage
from matcher.stages.counts import Filters
from matcher.stages.index import FacetIndex, codes, flat, heads
from matcher.stages.index.query import Query
from matcher.stages.rank import SLACK, highest, most, paired, totals
from matcher.stages.rank.order import TICK
from tests.deriving import Deriver
from tests.fakes import FakeEncoder, FakeTerms, FakeThesaurus

pytestmark = pytest.mark.no_cover  # others run the same lines; measured, these take twice as long

TODAY = date(2026, 11, 23)
FORUM = forum(postings=120, profiles=240, today=TODAY)
RECORDS: tuple[Record, ...] = (*FORUM.postings, *FORUM.profiles)
ENCODERS = Encoders(
    FakeEncoder(dimension=24), FakeEncoder(dimension=32), FakeEncoder(dimension=20), Prose(FakeTerms(), 0.6)
)
DERIVE = Deriver(ENCODERS, FakeThesaurus({"python": "skill:python"}))
WEIGHINGS = [
    Weights(),
    Weights().changed({Facet.TITLE: 0.0, Facet.BODY: 1.0}),
    Weights().changed({Facet.SKILLS: 3.0, "place": 0.0}),
]


@cache
def _filled(kept_as: str) -> Corpus:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"HEAD": 6, "MIDDLE": 6}.items():
            patch.setattr(codes, name, value)
        patch.setattr(heads, "HEAD", 20)
        patch.setattr(flat, "HEADS_FROM", 40)
        if kept_as == "codes":
            patch.setattr(stage, "COMPACT_FROM", 60)
        return DERIVE.corpus(RECORDS)


@pytest.fixture(params=["floats", "codes"])
def large(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    """Return a corpus that is kept as ten thousand documents would be, or as a million: no test may change it."""
    for module in (compiled, eligibility):
        monkeypatch.setattr(module, "LONG", 50)
    for name, value in {"SEEDS": 3, "SEEDS_FLAT": 3, "FEW": 1}.items():
        monkeypatch.setattr(whole, name, value)
    return _filled(request.param)


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each call compares in full."""
    numbers: list[int] = []

    def counted(compare: Callable[[FacetIndex, Query, Rows], object]) -> Callable[[FacetIndex, Query, Rows], object]:
        def counting(self: FacetIndex, query: Query, rows: Rows) -> object:
            numbers.append(len(rows))
            return compare(self, query, rows)

        return counting

    for name in ("scores", "similarities"):
        monkeypatch.setattr(FacetIndex, name, counted(getattr(FacetIndex, name)))
    return numbers


@pytest.mark.parametrize("weights", WEIGHINGS)
@pytest.mark.parametrize("k", [0, 1, 4, 30])
def test_the_best_are_those_of_comparing_every_document(
    large: Corpus, compared: list[int], k: int, weights: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts, answers = [], []
    for many in (1, 10_000):
        for name in ("MANY", "MANY_FLAT"):
            monkeypatch.setattr(whole, name, many)
        compared.clear()
        answers.append(
            [
                large.best(
                    large.question(kind_of(record), record.id, weights=weights), k=k, weights=weights, today=TODAY
                )
                for record in RECORDS[::2]
            ]
        )
        counts.append(sum(compared))
    assert answers[0] == answers[1]
    if k == 1 and weights == Weights():
        assert counts[0] < counts[1], "some were left out"


@pytest.mark.parametrize("k", [1, 4, 30])
def test_the_best_of_a_forum_are_those_of_comparing_every_document_with_all_aspects(
    k: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus, answers, counts = DERIVE.corpus(RECORDS), [], list[int]()

    def counting(*args: Any, rows: Rows, **kwargs: Any) -> object:
        counts[-1] += len(rows)
        return paired(*args, rows=rows, **kwargs)

    monkeypatch.setattr(whole, "paired", counting)
    for few in (1, 10_000):
        monkeypatch.setattr(whole, "FEW_FLAT", few)
        counts.append(0)
        questions = [corpus.question(kind_of(record), record.id, weights=Weights()) for record in RECORDS[::2]]
        answers.append([corpus.best(asked, k=k, weights=Weights(), today=TODAY) for asked in questions])
    assert answers[0] == answers[1]
    assert counts[0] < counts[1], "some were left out"


def test_a_search_stands_in_the_order_of_the_scores_that_it_shows(large: Corpus) -> None:
    for record in RECORDS[::2]:
        question = large.question(kind_of(record), record.id, weights=Weights())
        page = large.searched(
            question,
            bounds=Bounds(),
            filters=Filters(),
            weights=Weights(),
            words_weight=0.0,
            k=40,
            seen=NOTHING,
            today=TODAY,
        )
        best = large.best(question, k=40, weights=Weights(), today=TODAY).matches
        scores = [match.score for match in page.matches]
        assert scores == pytest.approx([match.score for match in best], abs=TICK)
        assert all(one >= other - 2 * TICK for one, other in pairwise(scores))


@pytest.mark.parametrize("words_weight", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("every", [1, 3, 1000])
def test_a_search_finds_what_comparing_every_document_finds(
    large: Corpus, compared: list[int], words_weight: float, every: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some hold words, one in `every`; page after page, under filters and without."""
    answers, counts = [], []
    for many in (1, 10_000):
        for name in ("MANY", "MANY_FLAT"):
            monkeypatch.setattr(whole, name, many)
        compared.clear()
        pages = []
        for number, record in enumerate(RECORDS[::7]):
            question = large.question(kind_of(record), record.id, weights=Weights())
            others = large.ids(question.kind.other)
            bounds = Bounds(scores={name: 1 / (1 + at) for at, name in enumerate(others[number % 5 :: every])})
            seen = NOTHING
            for filters in (Filters(), Filters(), Filters(experience=frozenset({"3-5", "unknown"}))):
                page = large.searched(
                    question,
                    bounds=bounds,
                    filters=filters,
                    weights=Weights(),
                    words_weight=words_weight,
                    k=3,
                    seen=seen,
                    today=TODAY,
                )
                pages.append(page)
                seen = page.seen or NOTHING
        answers.append(pages)
        counts.append(sum(compared))
    assert answers[0] == answers[1]
    if words_weight < 1 and every > 1:
        assert counts[0] < counts[1], "some were left out"


def test_a_pair_has_the_rank_that_its_list_gives_it(large: Corpus) -> None:
    for posting in FORUM.postings[::9]:
        question = large.question(Kind.POSTING, posting.id, weights=Weights())
        for match in [*large.best(question, k=60, weights=Weights(), today=TODAY).matches][::7]:
            found = large.pair(posting.id, match.profile_id, weights=Weights(), today=TODAY).match
            assert found == match


@pytest.mark.parametrize("weights", WEIGHINGS)
def test_no_look_takes_a_row_below_what_it_scores(large: Corpus, weights: Weights) -> None:
    lowered = 0
    for record in RECORDS[::5]:
        question = large.question(kind_of(record), record.id, weights=weights)
        comparison = large.compared(question, weights=weights, today=TODAY)
        index, rows = comparison.there.index, comparison.eligible()
        facet_scores = index.scores(question.query, rows)
        _, scores = comparison.rough(rows, facet_scores)
        reach = index.upper_bounds(question.query, rows) + most(
            question.traits,
            is_posting=question.kind is Kind.POSTING,
            has_skills=question.skills is not None,
            weights=weights,
        )
        for short in comparison.shortfalls:
            before, reach = reach, reach - short(rows)
            assert np.all(reach >= scores - SLACK)
            lowered += bool(np.any(reach < before))
    assert lowered > len(RECORDS) // 5, "most of them lower a ceiling"


@pytest.mark.parametrize("weights", WEIGHINGS)
def test_what_is_no_vector_never_adds_more_than_is_said(weights: Weights) -> None:
    tables = {kind: TraitTable() for kind in Kind}
    sides: dict[Kind, list[Record]] = {Kind.POSTING: [*FORUM.postings], Kind.PROFILE: [*FORUM.profiles]}
    for kind, records in sides.items():
        for row, record in enumerate(records):
            tables[kind].put(row, record)
    for kind in Kind:
        others = tables[kind.other].held()
        for row in range(len(sides[kind])):
            asking, held = tables[kind].many(np.array([row])), tables[kind].held(row)
            pair = (held, others) if kind is Kind.POSTING else (others, held)
            rows = np.arange(len(sides[kind.other]))
            nothing = np.zeros(len(rows), dtype=np.float32)
            scores = totals(nothing, *pair, skills=1.0, weights=weights, today=TODAY, rows=rows)
            said = most(asking, is_posting=kind is Kind.POSTING, has_skills=True, weights=weights)
            assert scores.max() <= said + 1e-6


@given(st.lists(st.floats(-2, 2, width=32), min_size=1, max_size=300), st.integers(0, 320))
def test_the_highest_are_as_many_as_asked_for_and_none_is_far_below_one_that_is_not(
    values: list[float], count: int
) -> None:
    every = np.array(values, dtype=np.float32)
    found = highest(every, count)
    assert len(found) == len({*found.tolist()}) == min(count, len(values))
    others = np.delete(every, found)
    if len(found) and len(others) and others.max() > every.max() - 0.49:
        assert every[found].min() >= others.max() - 0.001
