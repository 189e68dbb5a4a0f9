"""Ranks again what was ranked once, and says what differs and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from matcher.core.domain import Kind, Match, Profile, Variety, Weights
from matcher.core.errors import DecisionLogUnreadable
from matcher.core.ports import Operation
from matcher.decisions.entry import Call, Shown, canonical, known_as, places
from matcher.decisions.pseudonyms import Pseudonyms
from matcher.decisions.reading import Entry
from matcher.engine import Matcher

TOLERANCE = 1e-6
"""Scores closer than this are equal to the engine too: the order of additions differs after a restart."""
FURTHER = 10
"""How many times more places are ranked, to see where those have gone that were shown."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One document whose place or score is not what it was."""

    id: str
    """A posting's, or a person's pseudonym."""
    rank_then: int | None
    """None where it was not shown."""
    rank_now: int | None
    """None where it is not among the first ones."""
    score_then: float | None
    score_now: float | None
    since: str | None
    """What the change log says of it since: `changed` (or new), `deleted`; None: nothing."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """A ranking of then beside the same one now."""

    places: int
    eligible_then: int
    eligible_now: int
    moved: Sequence[Moved]
    regrouped: Sequence[str]
    """The postings that are shown with other variants."""
    made_by: Mapping[str, tuple[str | None, str | None]]
    """The fingerprints that differ, then and now."""
    asker_since: str | None
    """What became of the document that asked."""
    changed: Mapping[Kind, int]
    """How many documents of each kind were written since, new ones included."""
    deleted: Mapping[Kind, int]

    @property
    def is_exact(self) -> bool:
        """Whether the ranking came out the same: places, scores, variants and the number of eligible ones."""
        return not self.moved and not self.regrouped and self.eligible_then == self.eligible_now

    @property
    def is_explained(self) -> bool:
        """Whether anything that a ranking hangs on has changed since."""
        return bool(
            self.made_by or self.changed[Kind.POSTING] or self.changed[Kind.PROFILE] or any(self.deleted.values())
        )


def replay(
    matcher: Matcher,
    entry: Entry,
    *,
    pseudonyms: Pseudonyms,
    made_by: Mapping[str, str],
    profile: Profile | None = None,
) -> Replayed:
    """Rank again what a line of the log tells of, on the same day and under the same weights.

    Args:
        matcher: open, on the database of today.
        entry: the line.
        pseudonyms: of the installation that wrote it.
        made_by: the fingerprints of today.
        profile: the one that asked, where it was not stored.

    Raises:
        DecisionLogUnreadable: the document that asked is gone, or is not the one that is given; or the line is of a
            ranking that cannot be repeated.
    """
    logged = entry.line.content
    since = _since(matcher, int(logged["sequence"]), pseudonyms)
    shows = Kind(logged["shows"])
    asked = _asked(matcher, logged, pseudonyms, profile)
    then = [Shown(id_, score, tuple(variants)) for id_, score, *variants in logged["shown"]]
    now, eligible = _rank(matcher, logged, asked, pseudonyms)
    if len(then) == len(now) and all(
        a.id == b.id and abs(a.score - b.score) <= TOLERANCE for a, b in zip(then, now, strict=True)
    ):
        moved: list[Moved] = []
    else:
        further, _ = _rank(matcher, logged, asked, pseudonyms, times=FURTHER)
        became = {id_: what for (kind, id_), what in since.items() if kind is shows}
        there = {known_as(shows, id_, pseudonyms) for id_ in matcher.ids(shows)}
        # The log forgets the ids of what was erased; that it is not there any more, the database says.
        became |= {place.id: "deleted" for place in then if place.id not in there}
        moved = [*_moves(then, now, further, became)]
    variants = {place.id: place.variants for place in now}
    asker = None if logged["asks"] is None else since.get((Kind(logged["asks"][0]), str(logged["asks"][1])))
    return Replayed(
        places=len(then),
        eligible_then=int(logged["eligible"]),
        eligible_now=eligible,
        moved=moved,
        regrouped=[place.id for place in then if variants.get(place.id, place.variants) != place.variants],
        made_by={
            name: (logged["made_by"].get(name), made_by.get(name))
            for name in sorted({*logged["made_by"], *made_by})
            if logged["made_by"].get(name) != made_by.get(name)
        },
        asker_since=asker,
        changed=_count(since, "changed"),
        deleted=_count(since, "deleted"),
    )


def _since(matcher: Matcher, sequence: int, pseudonyms: Pseudonyms) -> dict[tuple[Kind, str], str]:
    """Return what became of each document since a change, by what the log calls it."""
    words = {Operation.PUT: "changed", Operation.DELETE: "deleted"}
    last = {
        # A deletion whose id the log has forgotten counts as one of a document of its own.
        (change.kind, change.id or f"#{change.sequence}"): words[change.operation]
        for change in matcher.changes(sequence)
        if change.id or change.operation is Operation.DELETE
    }
    return {(kind, known_as(kind, id_, pseudonyms)): what for (kind, id_), what in last.items()}


def _asked(
    matcher: Matcher, logged: Mapping[str, Any], pseudonyms: Pseudonyms, profile: Profile | None
) -> str | Profile:
    """Return the question that was asked, after making sure of it."""
    call = Call(logged["call"])
    if call in {Call.SEARCH, Call.SIMILAR, Call.MATCH}:
        raise DecisionLogUnreadable(f"a ranking of the kind {call.value!r} cannot be repeated yet")
    if call is not Call.UNSAVED:
        kind = Kind(logged["asks"][0])
        known = {known_as(kind, id_, pseudonyms): id_ for id_ in matcher.ids(kind)}
        found = known.get(logged["asks"][1])
        if found is None:
            raise DecisionLogUnreadable(
                f"the {kind} that asked is not in the database: it was deleted since, or another secret made the "
                "pseudonyms (MATCHER_PSEUDONYM_KEY, or pseudonym.key in MATCHER_HOME)"
            )
        return found
    if profile is None:
        raise DecisionLogUnreadable("the profile that asked is not stored: hand it over with --profile FILE")
    if pseudonyms.of_question(canonical(call, profile, logged["parameters"])) != logged["question"]:
        raise DecisionLogUnreadable("this is not the profile that asked: its digest differs")
    return profile


def _rank(
    matcher: Matcher,
    logged: Mapping[str, Any],
    asked: str | Profile,
    pseudonyms: Pseudonyms,
    *,
    times: int = 1,
) -> tuple[list[Shown], int]:
    """Return the ranking of now, and how many are eligible."""
    parameters, shows = logged["parameters"], Kind(logged["shows"])
    k, today = int(parameters["k"]) * times, date.fromisoformat(parameters["today"])
    variety = Variety(
        merged=parameters["merged"],
        per_organisation=parameters["per_organisation"],
        diversity=parameters["diversity"],
    )
    try:
        weights = Weights(**logged["weights"])
    except TypeError as error:
        raise DecisionLogUnreadable("this version weighs other aspects: replay with the version of the line") from error
    if isinstance(asked, Profile):
        answer = matcher.suggest(asked, k=k, variety=variety, today=today, weights=weights)
        found: Sequence[Match] = [each.match for each in answer.explanations]
        eligible = answer.eligible
    else:
        ranked = matcher.rank(shows.other, asked, k=k, variety=variety, today=today, weights=weights)
        found, eligible = ranked.ranking.matches, ranked.ranking.eligible
    return [
        Shown(known_as(shows, place.id, pseudonyms), place.score, place.variants) for place in places(found, shows)
    ], eligible


def _moves(
    then: Sequence[Shown], now: Sequence[Shown], further: Sequence[Shown], since: Mapping[str, str]
) -> Iterable[Moved]:
    """Yield whose place or score is another: those that were shown first, then those that have come in."""
    was = {place.id: (rank, place.score) for rank, place in enumerate(then, start=1)}
    # Where those that are shown end, more of the same ranking tells where the others have gone.
    order = [*now, *(place for place in further if place.id not in {one.id for one in now})]
    is_now = {place.id: (rank, place.score) for rank, place in enumerate(order, start=1)}
    for id_ in dict.fromkeys([*was, *(place.id for place in now)]):
        (rank_then, score_then), (rank_now, score_now) = was.get(id_, (None, None)), is_now.get(id_, (None, None))
        if rank_then != rank_now or abs((score_then or 0.0) - (score_now or 0.0)) > TOLERANCE:
            yield Moved(id_, rank_then, rank_now, score_then, score_now, since.get(id_))


def _count(since: Mapping[tuple[Kind, str], str], wanted: str) -> dict[Kind, int]:
    return {kind: sum(what == wanted and side is kind for (side, _), what in since.items()) for kind in Kind}
