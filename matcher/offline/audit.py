"""Does the matching treat groups of people unequally? What it did to each group, of the rankings of today or of a log.

The rankings are those that are served; the groups are those that records hold. What comes out names no person.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np

from matcher.choices import Choice
from matcher.core.scoring import Weights
from matcher.decisions.pseudonyms import Pseudonyms
from matcher.engine import Matcher
from matcher.offline.counterfactual import Moves, forms_of, moves
from matcher.offline.gaps import score_gaps
from matcher.offline.groups import ATTRIBUTES, groups_of
from matcher.offline.logged import Logged
from matcher.offline.ratios import FEW_UNITS, Attribute, Compared, Group, compared
from matcher.offline.tally import Grouped, Tally, grouped

MOST_POSTINGS = 300
"""Where every pair is looked into, of more postings so many are drawn."""


@dataclass(frozen=True, slots=True)
class Audit:
    """What rankings did to groups of people."""

    day: date
    """On which it was made."""
    model: str
    weights: Weights
    """In force on the day."""
    smallest: int
    """Of fewer people nothing is told."""
    people: int
    """Those who are visible to recruiters."""
    hidden: int
    """Those who are not, and so are in no ranking."""
    rankings: int
    contested: int
    """Those with more people than places."""
    units: int
    """How many organisations or postings the rankings are of."""
    by_organisation: bool
    """Whether those are organisations; where few recruit, they are postings."""
    attributes: Sequence[Attribute]
    since: date | None = None
    """The first day of logged rankings; None where they are those of the day."""
    places: int | None = None
    """How many of each ranking count as shown; None where all that was shown does."""
    twins: bool = False
    """Whether it was asked what the gender of words alone does."""
    moves: Moves | None = None
    """What it does; None where too few people could be tried."""
    left_out: Mapping[str, int | str] = field(default_factory=dict)
    """What of the log could not be counted, by what it is: how many, or that it is of too few people to say."""

    @property
    def comparisons(self) -> list[tuple[Attribute, Group, Compared]]:
        """Every group in every measure in which it was compared with another."""
        return [
            (attribute, group, one)
            for attribute in self.attributes
            for group in attribute.groups
            for one in group.compared
            if one.low is not None
        ]


class People(NamedTuple):
    """Those who are visible to recruiters, by ascending id."""

    ids: list[str]
    attributes: list[Grouped]
    """Of which enough is known."""
    hidden: int
    """How many others there are."""
    with_forms: list[str]
    """Those whose words have two genders, if it was looked for."""


def of_forum(matcher: Matcher, *, day: date, places: int, smallest: int, twins: int) -> Audit:
    """Return what the rankings of today do: those of `matcher match --for postings`.

    Args:
        matcher: open.
        day: today.
        places: how many of each ranking count as shown.
        smallest: of fewer people nothing is told.
        twins: how many people are put into the rankings in either gender; 0: nobody. Of few nothing is told.
    """
    people = people_of(matcher, smallest=smallest, forms=twins > 0)
    found = ((choice, places) for choice in matcher.examiner.choices(people.ids, k=places))
    recruiting = [name for name, (_, still) in matcher.figures().organisations.items() if still]
    audit = _audited(matcher, people, found, recruiting, day=day, smallest=smallest)
    rng = np.random.default_rng(0)
    postings = _drawn(rng, sorted(matcher.open_postings()), MOST_POSTINGS)
    gaps = score_gaps(matcher, people.attributes, people.ids, postings)
    attributes = [
        replace(one, groups=[replace(group, score_gaps=gap) for group, gap in zip(one.groups, of, strict=True)])
        for one, of in zip(audit.attributes, gaps, strict=True)
    ]
    some = _drawn(rng, people.with_forms, twins)
    tried = moves(matcher, some, postings, could_be=len(people.with_forms), places=places, smallest=smallest)
    return replace(audit, places=places, attributes=attributes, twins=twins > 0, moves=tried)


def of_log(matcher: Matcher, folder: Path, pseudonyms: Pseudonyms, *, day: date, since: date, smallest: int) -> Audit:
    """Return what the logged rankings of candidates did since a day: what was shown, each time it was.

    The pages of one list count as one ranking, as far as the reader went.

    Who was eligible is worked out for the day of the ranking from what is stored now: people who were erased since are
    left out, and so are rankings of postings that are closed by now.

    Args:
        matcher: open, on the database whose rankings were logged.
        folder: of the decision log.
        pseudonyms: of the installation that wrote it.
        day: today.
        since: the first day, in UTC.
        smallest: of fewer people nothing is told.

    Raises:
        DecisionLogUnreadable: a line is broken.
    """
    people = people_of(matcher, smallest=smallest, forms=False)
    logged = Logged(matcher, people.ids, pseudonyms, folder, since=since)
    audit = _audited(matcher, people, logged.choices(), logged.organisations(), day=day, smallest=smallest)
    return replace(audit, since=since, left_out=logged.left_out(smallest))


def people_of(matcher: Matcher, *, smallest: int, forms: bool) -> People:
    """Return those who are visible to recruiters, with their groups.

    Args:
        matcher: open.
        smallest: how many people a group has at least.
        forms: whether it is looked for whose words have two genders.
    """
    ids, with_forms, hidden = list[str](), list[str](), 0
    groups: dict[str, list[str]] = {name: [] for name in ATTRIBUTES}
    for profile in matcher.profiles():
        if not profile.visible_to_recruiters:
            hidden += 1
            continue
        ids.append(profile.id)
        for name, group in groups_of(profile).items():
            groups[name].append(group)
        if forms and forms_of(profile):
            with_forms.append(profile.id)
    attributes = [one for name, some in groups.items() if (one := grouped(name, some, smallest=smallest))]
    return People(ids, attributes, hidden, with_forms)


def _audited(
    matcher: Matcher,
    people: People,
    found: Iterable[tuple[Choice, int]],
    recruiting: Collection[str],
    *,
    day: date,
    smallest: int,
) -> Audit:
    """Return what some rankings, of organisations that recruit, did, each with its number of places."""
    tally = Tally(people.attributes, len(people.ids))
    by_organisation = len(recruiting) >= FEW_UNITS
    for choice, places in found:
        unit = (by_organisation and choice.organisation) or choice.posting_id
        tally.add(choice, unit=unit, places=places)
    return Audit(
        day=day,
        model=matcher.model,
        weights=matcher.weights,
        smallest=smallest,
        people=len(people.ids),
        hidden=people.hidden,
        rankings=tally.rankings,
        contested=tally.contested,
        units=tally.units,
        by_organisation=by_organisation,
        attributes=compared(tally),
    )


def _drawn(rng: np.random.Generator, names: Sequence[str], count: int) -> Sequence[str]:
    """Return so many of some names, all where there are no more, in their order."""
    if len(names) <= count:
        return names
    return [names[place] for place in sorted(rng.choice(len(names), size=count, replace=False).tolist())]
