"""Scores of eligible pairs, both sides counted, best first. Every number here is a share of the final score.

The facets' cosines come from the index as one weighted sum. This stage adds what is compared as numbers: the rest of
what the posting asks (experience, education, languages) and what the candidate wishes (place, contract, remote work,
salary, start), and takes the skills, which are compared one by one. Each similarity lies between 0 and 1. Where either
side is silent it is UNKNOWN; what falls short of what is asked or wished lies at or below that, so that silence never
ranks below a contradiction.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt

from matcher.core.domain import ASPECTS, Contribution, Facet, Match, PostingId, ProfileId, Standing, Weights
from matcher.core.traits import FULL_REMOTE, NO_DAY, PARTLY_REMOTE, Mask, Rows, Traits

UNKNOWN = 0.5
"""The similarity of what is not known; the most that a contradiction gets."""
UNASKED = 0.2
"""How well a profile meets the skills of a posting that names none: about the mean where some are named. A profile that
names none covers none: any more, and its first skill could lower its score."""
TICK = 1e-6
"""Scores closer than this are equal: the order of additions must not decide a ranking."""

SLACK = 1e-5
"""How far a score from a matrix product may lie from the same score computed alone."""

EDUCATION_STEP = 0.34
"""What each missing level of the European Qualifications Framework costs: three levels short is no match."""
SAME_REGION = 0.6
"""Places that share a region but no département."""
NEXT_REGION = 0.4
"""Places in two regions that touch, where a part of the work is remote."""
REACH_KM = 60.0
"""Distance that halves the agreement of two places whose coordinates are known."""
READY_DAYS = 90
"""A candidate who can start within this time is as good as one who can start today (public recruitments are slow)."""
LATE_DAYS = 365
"""A start later than this is no match."""
EARTH_KM = 6371.0

LOT_BYTES = 8

Scores = npt.NDArray[np.float64]
Compared = tuple[Any, Any]
"""Similarity (meaningless, and perhaps out of bounds, where not compared) and whether it was compared."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """One aspect of many pairs."""

    similarity: npt.NDArray[np.float32]
    """0 to 1; UNKNOWN where not compared."""
    compared: Mask


@dataclass(frozen=True, slots=True)
class Agreements(Mapping[str, Agreement]):
    """All aspects of many pairs, an aspect a row of two matrices: a few large operations instead of many small ones."""

    similarity: npt.NDArray[np.float32]
    """Shape (aspects, pairs), in the order of NAMES; 0 to 1."""
    compared: Mask
    """Same shape."""

    def __getitem__(self, name: str) -> Agreement:
        row = NAMES.index(name)
        return Agreement(self.similarity[row], self.compared[row])

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __len__(self) -> int:
        return len(NAMES)

    def take(self, places: npt.NDArray[np.int64]) -> "Agreements":
        """Return those of some pairs, in their order."""
        return Agreements(self.similarity[:, places], self.compared[:, places])


def agreements(posting: Traits, profile: Traits, *, skills: Compared, today: date) -> Agreements:
    """Compare what is no vector: one posting with many profiles, or one profile with many postings.

    Args:
        posting: one row or many.
        profile: many rows or one; the two broadcast.
        skills: how well each pair agrees in skills, and whether both sides name some.
        today: the day from which a start is counted.

    Returns:
        Skills, experience, education, languages, place, contract, remote, salary and start of every pair.
    """
    pairs = np.broadcast(posting.listed, profile.listed).size
    similarity = np.empty((len(NAMES), pairs), dtype=np.float32)
    compared = np.empty((len(NAMES), pairs), dtype=np.bool_)
    for row, comparer in enumerate(COMPARERS.values(), start=1):
        similarity[row], compared[row] = comparer(posting, profile, today)
    similarity[~compared] = UNKNOWN
    similarity[0], compared[0] = skills
    return Agreements(np.clip(similarity, 0.0, 1.0, out=similarity), compared)


def total(facet_scores: npt.NDArray[np.floating[Any]], agreed: Agreements, weights: Weights) -> Scores:
    """Add the weighted agreements to the index's weighted sum of cosines, in double precision, one score a pair."""
    shares = np.array([[getattr(weights, name)] for name in NAMES])
    score: Scores = facet_scores + (shares * agreed.similarity).sum(axis=0)
    return score


def contenders(scores: Scores, k: int) -> npt.NDArray[np.int64]:
    """Return the places of all that may be among the k best, ascending: a few more than k.

    A matrix product rounds a pair's score by how many pairs go with it. What decides an order is computed pair by pair
    from these, so that a batch answers as a single question does.
    """
    if k <= 0 or k >= len(scores):
        return np.arange(len(scores) if k > 0 else 0)
    return np.flatnonzero(scores >= np.partition(scores, len(scores) - k)[len(scores) - k] - SLACK)


def top(scores: Scores, rows: Rows, ids: Sequence[str | None], k: int, *, asker: str) -> npt.NDArray[np.int64]:
    """Return the places of the k best scores, best first.

    Equal scores go by lot, so that no candidate comes first everywhere for the sake of their id: hundreds of people
    say of themselves "développeur" and nothing else. The lot is drawn by a digest of both ids: the same question gets
    the same answer, whatever came when.

    Args:
        scores: one an eligible row.
        rows: the eligible rows, in the same order.
        ids: the id at every row, eligible or not.
        k: how many at most.
        asker: the id of the document that asks.
    """
    if k <= 0 or not len(scores):
        return np.empty(0, dtype=np.int64)
    ticks = np.rint(scores / TICK).astype(np.int64)
    contenders = np.arange(len(ticks))
    if k < len(ticks):
        contenders = np.flatnonzero(ticks >= np.partition(ticks, len(ticks) - k)[len(ticks) - k])
    keyed = zip((-ticks[contenders]).tolist(), rows[contenders].tolist(), contenders.tolist(), strict=True)
    order = sorted((tick, lot(asker, ids[row] or ""), place) for tick, row, place in keyed)
    return np.array([place for _, _, place in order[:k]], dtype=np.int64)


def in_order(
    scores: Scores, rows: Rows, ids: Sequence[str | None], *, k: int, seen: Collection[bytes]
) -> list[tuple[bytes, int]]:
    """Return the k + 1 best scores that have not been seen, best first: lot, and place.

    Args:
        scores: one a row.
        rows: the rows, in the same order.
        ids: the id at every row.
        k: how many at most, and one to tell that more follow.
        seen: the lots of those that have been shown before.
    """
    depth = k + 1 + len(seen)
    ticks = -np.rint(scores / TICK).astype(np.int64)
    near = np.arange(len(ticks))
    if depth < len(near):
        near = np.flatnonzero(ticks <= np.partition(ticks, depth - 1)[depth - 1])
    keyed = (
        (tick, lot("", ids[rows[at]] or ""), at) for tick, at in zip(ticks[near].tolist(), near.tolist(), strict=True)
    )
    return [(drawn, at) for _, drawn, at in sorted(keyed) if drawn not in seen][: k + 1]


def lot(asker: str, other: str) -> bytes:
    """Return what orders a pair among those of the same score."""
    return blake2b(f"{asker}\0{other}".encode("utf-8", "surrogatepass"), digest_size=LOT_BYTES).digest()


def matches(
    pairs: Sequence[tuple[PostingId, ProfileId]],
    *,
    facets: Mapping[Facet, Compared],
    agreed: Agreements,
    weights: Weights,
) -> list[Match]:
    """Return ranked pairs as matches with their contributions, which add up to the score.

    Args:
        pairs: best first.
        facets: by facet with vectors, each pair's cosine, and whether both sides have the facet.
        agreed: each aspect of the same pairs, in the same order.
        weights: those that ranked them.
    """
    aspects: dict[str, Compared] = {facet.value: one for facet, one in facets.items()}
    aspects |= {name: (one.similarity, one.compared) for name, one in agreed.items()}
    similarity = np.array([aspects[name][0] for name in ASPECTS], dtype=np.float64).reshape(len(ASPECTS), len(pairs)).T
    compared = np.array([aspects[name][1] for name in ASPECTS], dtype=np.bool_).reshape(len(ASPECTS), len(pairs)).T
    weight = [getattr(weights, name) for name in ASPECTS]
    rows = zip(pairs, (np.array(weight) * similarity).tolist(), similarity.tolist(), compared.tolist(), strict=True)
    found = []
    for rank, ((posting_id, profile_id), values, alike, known) in enumerate(rows, start=1):
        standings = [Standing.COMPARED if each else Standing.UNKNOWN for each in known]
        contributions = tuple(map(Contribution, ASPECTS, values, alike, standings, weight))
        found.append(Match(posting_id, profile_id, rank, sum(values), contributions))
    return found


def _short(share: Any) -> Any:
    """Return the similarity of what is met in part: 1 for all of it, at most UNKNOWN for less."""
    return np.where(share >= 1.0, 1.0, UNKNOWN * np.maximum(share, 0.0))


def _experience(posting: Traits, profile: Traits, _: date) -> Compared:
    lacking = posting.experience - profile.experience
    met = 1.0 - np.maximum(lacking, 0.0) / np.maximum(posting.experience, 1.0)
    return _short(met), ~np.isnan(lacking)


def _education(posting: Traits, profile: Traits, _: date) -> Compared:
    lacking = posting.education.astype(np.float32) - profile.education
    met = 1.0 - EDUCATION_STEP * np.maximum(lacking, 0.0)
    return _short(met), (posting.education > 0) & (profile.education > 0)


def _languages(posting: Traits, profile: Traits, _: date) -> Compared:
    asked = np.bitwise_count(posting.languages)
    met = np.bitwise_count(posting.languages & profile.languages)
    return _short(met / np.maximum(asked, 1)), (posting.languages != 0) & (profile.languages != 0)


def _place(posting: Traits, profile: Traits, _: date) -> Compared:
    same_department = ((posting.departments & profile.departments) != 0) | (
        (posting.departments_high & profile.departments_high) != 0
    )
    same_region = (posting.regions & profile.regions) != 0
    coarse = ((profile.departments | profile.departments_high) == 0) | (
        (posting.departments | posting.departments_high) == 0
    )
    anywhere = posting.remote == FULL_REMOTE
    within_reach = (posting.remote == PARTLY_REMOTE) & ((posting.reach & profile.regions) != 0)
    near = np.where(same_region, np.where(coarse, 1.0, SAME_REGION), np.where(within_reach, NEXT_REGION, 0.0))
    similarity = np.where(same_department | anywhere, 1.0, near)
    known = ((posting.regions != 0) & (profile.regions != 0)) | anywhere
    km = _distance_km(posting, profile)
    measured = ~np.isnan(km) & ~anywhere
    similarity = np.where(measured, 1.0 / (1.0 + np.square(np.where(measured, km, 0.0) / REACH_KM)), similarity)
    return similarity, known | measured


def _distance_km(posting: Traits, profile: Traits) -> Any:
    """Great-circle distance (haversine), NaN where either side has no coordinates."""
    phi, other = np.radians(posting.latitude), np.radians(profile.latitude)
    turn = np.radians(posting.longitude) - np.radians(profile.longitude)
    chord = np.square(np.sin((phi - other) / 2)) + np.cos(phi) * np.cos(other) * np.square(np.sin(turn / 2))
    return 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0)))


def _contract(posting: Traits, profile: Traits, _: date) -> Compared:
    known = (posting.contracts != 0) & (profile.contracts != 0)
    return (posting.contracts & profile.contracts) != 0, known


def _remote(posting: Traits, profile: Traits, _: date) -> Compared:
    """One step away from the wish (some remote work instead of none or full) is half an agreement."""
    known = (posting.remote >= 0) & (profile.remote >= 0)
    return 1.0 - np.abs(posting.remote.astype(np.float32) - profile.remote) / 2.0, known


def _salary(posting: Traits, profile: Traits, _: date) -> Compared:
    """The share of the wished salary that the posting's best offer reaches; half of it or less is no match."""
    offer = np.fmax(posting.salary_max, posting.salary_min)
    short = 1.0 - offer / np.maximum(profile.salary_min, 1.0)
    return _short(1.0 - 2.0 * np.maximum(short, 0.0)), ~np.isnan(offer) & ~np.isnan(profile.salary_min)


def _start(_: Traits, profile: Traits, today: date) -> Compared:
    """No posting says when work begins, so only the profile decides."""
    late = (profile.first_day.astype(np.float32) - today.toordinal() - READY_DAYS) / (LATE_DAYS - READY_DAYS)
    return _short(1.0 - np.maximum(late, 0.0)), profile.first_day != NO_DAY


COMPARERS: Mapping[str, Callable[[Traits, Traits, date], Compared]] = {
    "experience": _experience,
    "education": _education,
    "languages": _languages,
    "place": _place,
    "contract": _contract,
    "remote": _remote,
    "salary": _salary,
    "start": _start,
}
"""What is compared as numbers, in the order of ASPECTS."""
NAMES = (Facet.SKILLS.value, *COMPARERS)
