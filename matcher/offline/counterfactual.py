"""The same people in the masculine and in the feminine, in the rankings of today: what the words' gender alone does."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matcher.core.domain import Profile
from matcher.core.errors import NotFound
from matcher.engine import Matcher
from matcher.offline.groups import language_of
from matcher.offline.twins import INCLUSIVE, said_by

LARGEST = 5
"""Moves that are told one by one."""


@dataclass(frozen=True, slots=True)
class Moves:
    """What became of people who were put into each ranking twice, each time in their own place."""

    people: int
    could_be: int
    """People whose words have two genders: some of them were drawn."""
    postings: int
    pairs: int
    """Of a person and a posting that they are eligible for."""
    within_one: float
    """The share of pairs in which the two forms stand at most one place apart."""
    down: float
    """The share in which the feminine form stands further down."""
    up: float
    """The share in which it stands further up."""
    only_masculine: int
    """Pairs in which the masculine form alone is among the first."""
    only_feminine: int
    largest: Sequence[tuple[int, int]]
    """The ranks, masculine and feminine, of the pairs that are furthest apart."""


def forms_of(profile: Profile) -> tuple[Profile, Profile] | None:
    """Return the masculine and the feminine form of a profile in French; None where its words have no two.

    Those who write both genders at once (`développeur·se`) have none.
    """
    titles = " ; ".join((profile.headline, *(job.title for job in profile.experiences)))
    if language_of(profile) != "French" or INCLUSIVE.search(titles):
        return None
    forms = said_by(profile, feminine=False), said_by(profile, feminine=True)
    return forms if forms[0] != forms[1] else None


def moves(
    matcher: Matcher,
    profile_ids: Sequence[str],
    posting_ids: Sequence[str],
    *,
    could_be: int,
    places: int,
    smallest: int,
) -> Moves | None:
    """Return what the gender of words does to people's places; None where too few stand in a ranking to tell of.

    Args:
        matcher: open.
        profile_ids: of stored profiles that are visible and have two forms.
        posting_ids: of open postings.
        could_be: how many such profiles there are.
        places: how many count as the first.
        smallest: of fewer people nothing is told.
    """
    forms = {}
    for name in profile_ids:
        with suppress(NotFound):  # deleted meanwhile
            if both := forms_of(matcher.get_profile(name)):
                forms[name] = both
    standings = matcher.examiner.standings(posting_ids, forms) if forms and len(forms) >= smallest else []
    ranked = np.unique(np.concatenate([np.empty(0, np.int64), *(one.places for one in standings)]))
    if not len(ranked) or len(ranked) < smallest:
        return None
    ranks = np.concatenate([one.ranks for one in standings])
    masculine, feminine = ranks.T
    apart: npt.NDArray[np.int64] = feminine - masculine
    furthest = np.argsort(-np.abs(apart), kind="stable")[:LARGEST]
    return Moves(
        people=len(forms),
        could_be=could_be,
        postings=len(standings),
        pairs=len(ranks),
        within_one=float((np.abs(apart) <= 1).mean()),
        down=float((apart > 0).mean()),
        up=float((apart < 0).mean()),
        only_masculine=int(((masculine <= places) & (feminine > places)).sum()),
        only_feminine=int(((feminine <= places) & (masculine > places)).sum()),
        largest=[(one, other) for one, other in ranks[furthest].tolist() if one != other],
    )
