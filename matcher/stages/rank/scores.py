"""What a pair is worth: the similarity in each aspect, and the sum of all, of which every number here is a share.

The facets' cosines come from the index as one weighted sum. This stage adds what is compared as numbers: the rest of
what the posting asks (experience, education, languages) and what the candidate wishes (place, contract, remote work,
salary, start), and takes the skills, which are compared one by one. Each similarity lies between 0 and 1. Where either
side is silent it is UNKNOWN; what falls short of what is asked or wished lies at or below that, so that silence never
ranks below a contradiction.
"""

import math
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from matcher.compiled import AHEAD, compiled, fetch, in_halves
from matcher.core.domain import Facet
from matcher.core.matched import counted
from matcher.core.places import distance_km
from matcher.core.scoring import ASPECTS, Weights
from matcher.core.traits import ELSEWHERE, FULL_REMOTE, NO_DAY, PARTLY_REMOTE, Held, Mask, Rows
from matcher.stages.rank.columns import columns

LAID_OUT = 3766490750
"""As `columns` has it: its loop is compiled into these."""
UNKNOWN = 0.5
"""The similarity of what is not known; the most that a contradiction gets."""
BEYOND = 0.25
"""What exceeds the most that is asked gets so much above that, falling to nothing: it contradicts nothing."""
UNASKED = 0.2
"""How well a profile meets the skills of a posting that names none: about the mean where some are named. A profile that
names none covers none: any more, and its first skill could lower its score."""
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

NAMES = (Facet.SKILLS.value, "experience", "education", "languages", "place", "contract", "remote", "salary", "start")
"""What is no vector, in the order of ASPECTS."""
_AGREED = tuple(ASPECTS.index(name) for name in NAMES)
_OF_VECTORS = tuple(place for place in range(len(ASPECTS)) if place not in _AGREED)
COMPARED = len(NAMES) - 1
"""How many of them are compared as numbers: all but the skills."""

AT_ONCE = 256
"""Pairs whose comparisons are kept at one time while they are scored: few enough to stay in the processor's cache."""

Scores = npt.NDArray[np.float64]
"""Shape (pairs,)."""
Compared = tuple[Any, Any]
"""Similarity (meaningless, and perhaps out of bounds, where not compared) and whether it was compared."""
Paired = tuple[Scores, npt.NDArray[np.float64], Mask]
"""Of many pairs: what each scores; how much it agrees in each aspect, shape (pairs, aspects), in the order of ASPECTS;
and whether both sides say something, same shape."""


def paired(
    posting: Held,
    profile: Held,
    *,
    vectors: Compared,
    skills: Compared,
    weights: Weights,
    today: date,
    rows: Rows,
    years_max: float = math.nan,
) -> Paired:
    """Compare one posting with many profiles, or one profile with many postings, in all aspects.

    Args:
        posting: one or many.
        profile: many or one.
        vectors: the cosines of the facets that have vectors, in the order of ASPECTS, and which there are; both of
            shape (pairs, facets).
        skills: how well each pair agrees in skills, and whether both sides name some.
        weights: what each aspect counts.
        today: the day from which a start is counted.
        rows: which of the many.
        years_max: the most years of experience that are asked for; NaN where more is as good.
    """
    similarity = np.empty((len(rows), len(ASPECTS)), dtype=np.float64)
    compared = np.empty((len(rows), len(ASPECTS)), dtype=np.bool_)
    scores: Scores = np.empty(len(rows), dtype=np.float64)
    met, named = np.empty(len(rows), dtype=np.float32), np.empty(len(rows), dtype=np.bool_)
    met[:], named[:] = skills
    shares = counted(weights)
    asked = rows, today.toordinal(), years_max
    _pair_all(*posting, *profile, *asked, *vectors, met, named, shares, similarity, compared, scores)
    return scores, similarity, compared


def totals(
    facet_scores: npt.NDArray[np.floating[Any]],
    posting: Held,
    profile: Held,
    *,
    skills: Any,
    weights: Weights,
    today: date,
    rows: Rows,
    years_max: float = math.nan,
) -> Scores:
    """Return the scores that `paired` gives the same pairs, but for rounding, in one pass that keeps nothing else.

    Args:
        facet_scores: the index's weighted sums of cosines, in the order of the rows.
        posting: as `paired` takes it, and all that follow.
        profile: likewise.
        skills: how well each pair agrees in skills.
        weights: what each aspect counts.
        today: likewise.
        rows: likewise.
        years_max: likewise.
    """
    shares = counted(weights)
    met: npt.NDArray[np.float32] = np.empty(len(rows), dtype=np.float32)
    met[:] = skills
    scores: Scores = np.empty(len(rows), dtype=np.float64)
    asked = today.toordinal(), years_max
    in_halves(
        lambda some: _score_all(
            *posting, *profile, rows[some], *asked, facet_scores[some], met[some], shares, scores[some]
        ),
        len(rows),
    )
    return scores


@compiled
def _pair_all(  # noqa: PLR0913, PLR0917 - columns, one by one: compiled code knows no keywords
    posting: npt.NDArray[np.uint8],
    first_posting: int,
    posting_step: int,
    profile: npt.NDArray[np.uint8],
    first_profile: int,
    profile_step: int,
    rows: Rows,
    today: int,
    years_max: float,
    cosines: npt.NDArray[np.float32],
    has_vectors: Mask,
    skills: npt.NDArray[np.float32],
    has_skills: Mask,
    weights: Scores,
    similarity: npt.NDArray[np.float64],
    compared: Mask,
    scores: Scores,
) -> None:
    """Fill in what `paired` returns."""
    alike = np.empty((COMPARED + 1, len(rows)), dtype=np.float32)
    known = np.empty((COMPARED + 1, len(rows)), dtype=np.bool_)
    _compare_all(
        posting, first_posting, posting_step, profile, first_profile, profile_step, rows, today, years_max, alike, known
    )
    for pair in range(len(rows)):
        alike[0, pair], known[0, pair] = _share(skills[pair]), has_skills[pair]
        by_vectors = agreed = 0.0
        for facet in range(len(_OF_VECTORS)):
            aspect = _OF_VECTORS[facet]
            similarity[pair, aspect], compared[pair, aspect] = cosines[pair, facet], has_vectors[pair, facet]
            by_vectors += weights[aspect] * cosines[pair, facet]
        for place in range(COMPARED + 1):
            aspect = _AGREED[place]
            similarity[pair, aspect], compared[pair, aspect] = alike[place, pair], known[place, pair]
            agreed += weights[aspect] * alike[place, pair]
        scores[pair] = by_vectors + agreed


@compiled
def _score_all(  # noqa: PLR0913, PLR0917 - columns, one by one: compiled code knows no keywords
    posting: npt.NDArray[np.uint8],
    first_posting: int,
    posting_step: int,
    profile: npt.NDArray[np.uint8],
    first_profile: int,
    profile_step: int,
    rows: Rows,
    today: int,
    years_max: float,
    facet_scores: npt.NDArray[np.float32],
    skills: npt.NDArray[np.float32],
    weights: Scores,
    scores: Scores,
) -> None:
    alike = np.empty((COMPARED + 1, AT_ONCE), dtype=np.float32)
    known = np.empty((COMPARED + 1, AT_ONCE), dtype=np.bool_)
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        _compare_all(
            posting,
            first_posting,
            posting_step,
            profile,
            first_profile,
            profile_step,
            some,
            today,
            years_max,
            alike,
            known,
        )
        for pair in range(len(some)):
            # In the order of `_pair_all`: a sum of floats depends on it.
            agreed = weights[_AGREED[0]] * _share(skills[start + pair])
            for place in range(1, COMPARED + 1):
                agreed += weights[_AGREED[place]] * alike[place, pair]
            scores[start + pair] = facet_scores[start + pair] + agreed


@compiled
def _compare_all(  # noqa: C901, PLR0913, PLR0917 - what it calls takes no columns, so each is asked for here
    all_postings: npt.NDArray[np.uint8],
    first_posting: int,
    posting_step: int,
    all_profiles: npt.NDArray[np.uint8],
    first_profile: int,
    profile_step: int,
    rows: Rows,
    today: int,
    years_max: float,
    alike: npt.NDArray[np.float32],
    known: Mask,
) -> None:
    """Fill the rows of both matrices below that of the skills, in the order of NAMES.

    What is called in here takes single values: handing over whole columns would count references, pair by pair.
    """
    posting, profile, start = columns(all_postings), columns(all_profiles), np.uintp(0)
    for pair in range(len(rows)):
        p, q = first_posting + rows[pair] * posting_step, first_profile + rows[pair] * profile_step
        soon = np.uintp(first_profile + rows[min(pair + AHEAD, len(rows) - 1)] * profile_step)
        for aspect in range(1, COMPARED + 1):
            alike[aspect, pair], known[aspect, pair] = UNKNOWN, False
        # What a posting does not say is not looked up: each column of a million profiles is memory of its own.
        if not math.isnan(posting.experience[p]):
            fetch(profile.experience, soon, start)
            alike[1, pair], known[1, pair] = _experience(posting.experience[p], years_max, profile.experience[q])
        if posting.education[p] > 0:
            fetch(profile.education, soon, start)
            alike[2, pair], known[2, pair] = _education(posting.education[p], profile.education[q])
        if posting.languages[p]:
            fetch(profile.languages, soon, start)
            alike[3, pair], known[3, pair] = _languages(posting.languages[p], profile.languages[q])
        km, has_department, is_coarse = math.nan, False, True
        if not math.isnan(posting.latitude[p]):
            km = _distance_km(posting.latitude[p], posting.longitude[p], profile.latitude[q], profile.longitude[q])
        low, high = posting.departments[p], posting.departments_high[p]
        if low or high:
            fetch(profile.departments, soon, start)
            fetch(profile.departments_high, soon, start)
            other_low, other_high = profile.departments[q], profile.departments_high[q]
            has_department = (low & other_low) != 0 or (high & other_high) != 0
            # Of a region that either side names as a whole, any part will do, whatever else they name. Without a
            # département the posting names all of its own so.
            fetch(profile.vague, soon, start)
            is_coarse = ((posting.vague[p] & profile.regions[q]) | (profile.vague[q] & posting.regions[p])) != 0
        fetch(profile.regions, soon, start)
        alike[4, pair], known[4, pair] = _place(
            km,
            has_department,
            is_coarse,
            posting.regions[p],
            posting.reach[p],
            posting.remote[p],
            profile.regions[q],
        )
        if posting.contracts[p]:
            fetch(profile.contracts, soon, start)
            wished = profile.contracts[q]
            alike[5, pair], known[5, pair] = 1.0 if posting.contracts[p] & wished else 0.0, wished != 0
        if posting.remote[p] >= 0:
            fetch(profile.remote, soon, start)
            alike[6, pair], known[6, pair] = _remote(posting.remote[p], profile.remote[q])
        if not (math.isnan(posting.salary_min[p]) and math.isnan(posting.salary_max[p])):
            fetch(profile.salary_min, soon, start)
            alike[7, pair], known[7, pair] = _salary(
                posting.salary_min[p], posting.salary_max[p], profile.salary_min[q]
            )
        fetch(profile.first_day, soon, start)
        alike[8, pair], known[8, pair] = _start(profile.first_day[q], today)
        for aspect in range(1, COMPARED + 1):
            if not known[aspect, pair]:
                alike[aspect, pair] = UNKNOWN


@compiled
def _share(met: float) -> float:
    """Return a share without what rounding has put beyond its bounds."""
    return min(max(met, np.float32(0.0)), np.float32(1.0))  # type: ignore[return-value]  # one of the two


@compiled
def _short(share: float) -> float:
    """Return the similarity of what is met in part: 1 for all of it, at most UNKNOWN for less."""
    return 1.0 if share >= 1.0 else UNKNOWN * max(share, 0.0)


@compiled
def _experience(asked: float, most: float, had: float) -> tuple[float, bool]:
    """Compare years; in whole ones, who has more than the most that is asked for has more than is asked."""
    if had >= most + 1.0:
        return UNKNOWN + BEYOND * (most + 1.0) / had, True
    lacking = asked - had
    return _short(1.0 - max(lacking, 0.0) / max(asked, 1.0)), not math.isnan(lacking)


@compiled
def _education(asked: int, reached: int) -> tuple[float, bool]:
    return _short(1.0 - EDUCATION_STEP * max(asked - reached, 0)), asked > 0 and reached > 0


@compiled
def _languages(asked: int, spoken: int) -> tuple[float, bool]:
    return _short(_ones(asked & spoken) / max(_ones(asked), 1)), asked != 0 and spoken != 0


@compiled
def _ones(bits: int) -> int:
    count = 0
    while bits:
        bits &= bits - np.uint64(1)  # type: ignore[assignment]  # stays as wide as the column
        count += 1
    return count


@compiled
def _place(
    km: float, has_department: bool, is_coarse: bool, regions: int, reach: int, remote: int, wished: int
) -> tuple[float, bool]:
    """Compare by distance, by département, or by region, as far as both sides say and are understood.

    Args:
        km: the distance, NaN where it is not known.
        has_department: whether both name one département.
        is_coarse: whether either side names a region as a whole that the other names, too.
        regions: the posting's, as bits.
        reach: those and the regions that touch them.
        remote: the posting's.
        wished: the profile's regions.
    """
    if remote == FULL_REMOTE:
        return 1.0, True
    if not math.isnan(km):
        return 1.0 / (1.0 + (km / REACH_KM) ** 2), True
    known = regions != 0 and wished != 0
    if has_department:
        return 1.0, known
    if regions & wished & np.uint32(~ELSEWHERE & 0xFFFF_FFFF):
        return 1.0 if is_coarse else SAME_REGION, known
    if known and (regions | wished) & np.uint32(ELSEWHERE):
        return UNKNOWN, False
    return NEXT_REGION if remote == PARTLY_REMOTE and (reach & wished) != 0 else 0.0, known


_on_earth_km = compiled(distance_km)


@compiled
def _distance_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """NaN where either side has no coordinates."""
    if math.isnan(latitude) or math.isnan(other_latitude):
        return math.nan
    return _on_earth_km(latitude, longitude, other_latitude, other_longitude)


@compiled
def _remote(offered: int, wished: int) -> tuple[float, bool]:
    """One step away from the wish (some remote work instead of none or full) is half an agreement."""
    return 1.0 - abs(offered - wished) / 2.0, offered >= 0 and wished >= 0


@compiled
def _salary(least: float, most: float, wished: float) -> tuple[float, bool]:
    """The share of the wished salary that the posting's best offer reaches; half of it or less is no match.

    Where the posting names no most, and a least below the wish, its best offer is not known.
    """
    offer = least if math.isnan(most) else most if math.isnan(least) else max(least, most)
    is_open = math.isnan(most) and least < wished
    known = not (math.isnan(offer) or math.isnan(wished) or is_open)
    short = max(wished - offer, 0.0) / max(wished, 1.0)
    return _short(1.0 - 2.0 * short), known


@compiled
def _start(first_day: int, today: int) -> tuple[float, bool]:
    """No posting says when work begins, so only the profile decides."""
    late = (first_day - today - READY_DAYS) / (LATE_DAYS - READY_DAYS)
    return _short(1.0 - max(late, 0.0)), first_day != NO_DAY
