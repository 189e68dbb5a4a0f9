"""How much there is, and of whom, without any document's own traits; and which postings are open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from matcher.comparison import Side
from matcher.stages.eligibility import in_dates


@dataclass(frozen=True, slots=True)
class Figures:
    """How much there is, and of whom."""

    open_postings: int
    """Postings that are open and in their dates."""
    visible_profiles: int
    """Profiles that their owners let recruiters see."""
    organisations: Mapping[str, tuple[int, int]]
    """How many postings each has, and how many of them are open; one that no posting names is absent."""


def figures(*, postings: Side, profiles: Side, today: date) -> Figures:
    """Return how much there is on both sides."""
    span = postings.traits.many(slice(None))
    is_open = postings.traits.alive & span.listed & in_dates(span, today=today)
    every = postings.traits.count_by_organisation(postings.traits.alive)
    still = postings.traits.count_by_organisation(is_open)
    return Figures(
        open_postings=int(is_open.sum()),
        visible_profiles=int((profiles.traits.alive & profiles.traits.many(slice(None)).listed).sum()),
        organisations={name: (count, still.get(name, 0)) for name, count in sorted(every.items())},
    )


def open_postings(postings: Side, organisation: str | None, *, today: date, closed: bool = False) -> dict[str, int]:
    """Return the first day of each posting that is open and in its dates, as an ordinal (0 unknown), by id.

    Args:
        postings: the side that has them.
        organisation: whose; None is everybody's, those that name none included.
        today: the day of the request.
        closed: the others instead.
    """
    span = postings.traits.many(slice(None))
    is_open = span.listed & in_dates(span, today=today)
    wanted = postings.traits.alive & (~is_open if closed else is_open)
    if organisation is not None:
        wanted &= np.isin(span.organisation, postings.traits.numbers_of([organisation]))
    rows = np.flatnonzero(wanted)
    first = span.first_day[rows].tolist()
    return {name: day for row, day in zip(rows.tolist(), first, strict=True) if (name := postings.index.ids[row])}
