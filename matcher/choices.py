"""Whom open postings choose among and show first, and where profiles would stand that nobody has stored.

For those who examine how groups of people fare: the rankings are those of the batch.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from matcher.comparison import Best, Comparison
from matcher.core.domain import Kind, Profile
from matcher.core.scoring import Weights
from matcher.core.traits import Rows
from matcher.corpus import Corpus, Derived
from matcher.stages.rank import Scores, ticks

Places = npt.NDArray[np.int64]
Ranks = npt.NDArray[np.int64]


class Choice(NamedTuple):
    """What became of some profiles in one ranking of candidates."""

    posting_id: str
    organisation: str | None
    eligible: Places
    """The profiles that passed the hard constraints, ascending, by their places among those that were asked about."""
    shown: Places
    """Those of the eligible that were shown, best first, by their places too."""
    ranks: Ranks
    """The ranks of those that were shown, from 1; profiles that were not asked about take ranks of their own."""


class Worth(NamedTuple):
    """What makes the scores of some profiles in one ranking."""

    eligible: Places
    """The profiles that passed the hard constraints, by their places among those that were asked about."""
    values: npt.NDArray[np.float64]
    """What each aspect adds to each score: shape (those profiles, aspects), in the order of ASPECTS."""


class Standing(NamedTuple):
    """Where the forms of some stored profiles would stand in one posting's ranking, each in its profile's place."""

    places: Places
    """The places of the profiles that are eligible for the posting, ascending."""
    ranks: Ranks
    """The rank of each form, from 1, shape (those profiles, forms); equal scores share the better rank."""


def choices(
    corpus: Corpus, posting_ids: Sequence[str], places: Mapping[str, int], *, k: int, weights: Weights, today: date
) -> Iterator[Choice]:
    """Yield what up to BLOCK postings choose among, and the first k that they show.

    Args:
        corpus: everything that is stored.
        posting_ids: of stored postings.
        places: of the profiles that are asked about, by their ids.
        k: how many are shown.
        weights: what each aspect counts.
        today: the day of the rankings.
    """
    place_of = _places_of_rows(corpus, places)
    for comparison, found, _ in corpus.found_by_block(Kind.POSTING, posting_ids, k=k, weights=weights, today=today):
        asks, eligible, shown = comparison.question, place_of[comparison.eligible()], place_of[found.rows]
        known = shown >= 0
        yield Choice(
            asks.id, asks.organisation, np.sort(eligible[eligible >= 0]), shown[known], np.flatnonzero(known) + 1
        )


def worths(
    corpus: Corpus, posting_ids: Sequence[str], places: Mapping[str, int], *, weights: Weights, today: date
) -> Iterator[Worth]:
    """Yield for each of some postings what makes the scores of all who are eligible; options are those of `choices`."""
    place_of = _places_of_rows(corpus, places)
    for posting_id in posting_ids:
        comparison = _compared(corpus, posting_id, weights, today)
        rows = comparison.eligible()
        rows = rows[place_of[rows] >= 0]
        yield Worth(place_of[rows], comparison.matches(_best(comparison, rows)).values)


def standings(
    corpus: Corpus,
    posting_ids: Sequence[str],
    forms: Mapping[str, Sequence[tuple[Profile, Derived]]],
    *,
    weights: Weights,
    today: date,
) -> Iterator[Standing]:
    """Yield for each of some postings where the forms of stored profiles would stand.

    Whether a form is eligible is what its stored profile is: forms differ in words alone.

    Args:
        corpus: everything that is stored.
        posting_ids: of stored postings.
        forms: equally many of each profile, by its id.
        weights: what each aspect counts.
        today: the day of the rankings.
    """
    rows = np.array([corpus.sides[Kind.POSTING].index.row(name) for name in posting_ids], dtype=np.int64)
    order = np.argsort(rows)
    asked_of = rows[order]
    scores = np.array([[_scores(corpus, form, asked_of, weights, today) for form in some] for some in forms.values()])
    place_of = _places_of_rows(corpus, {name: place for place, name in enumerate(forms)})
    columns = np.argsort(order)
    for posting_id, column in zip(posting_ids, columns.tolist(), strict=True):
        comparison = _compared(corpus, posting_id, weights, today)
        eligible = comparison.eligible()
        stored = ticks(_best(comparison, eligible).scores)
        among = place_of[eligible]
        own, places = stored[among >= 0], among[among >= 0]
        asked = ticks(scores[places, :, column])
        above = len(stored) - np.searchsorted(np.sort(stored), asked, side="right")
        ranks = 1 + above - (own[:, None] > asked)  # nobody stands before themselves
        by_place = np.argsort(places)
        yield Standing(places[by_place], ranks[by_place])


def _places_of_rows(corpus: Corpus, places: Mapping[str, int]) -> Places:
    """Return the place of the profile in each row, −1 where it is not asked about."""
    ids = corpus.sides[Kind.PROFILE].index.ids
    return np.array([places.get(ids[row] or "", -1) for row in range(corpus.sides[Kind.PROFILE].index.rows)], np.int64)


def _scores(corpus: Corpus, form: tuple[Profile, Derived], rows: Rows, weights: Weights, today: date) -> Scores:
    question = corpus.question_of(*form, weights=weights)
    return _best(corpus.compared(question, weights=weights, today=today), rows).scores


def _compared(corpus: Corpus, posting_id: str, weights: Weights, today: date) -> Comparison:
    question = corpus.question(Kind.POSTING, posting_id, weights=weights)
    return corpus.compared(question, weights=weights, today=today)


def _best(comparison: Comparison, rows: Rows) -> Best:
    """Return some rows with their scores, each pair computed alone, which is what decides a ranking."""
    return comparison.scored(rows, np.arange(len(rows)), comparison.skills(rows))
