"""Ranks again what was ranked once, and says what differs and why."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matcher.core.domain import Kind
from matcher.core.errors import MatcherError
from matcher.core.storing import Operation
from matcher.decisions.entry import Call, Shown, known_as
from matcher.decisions.pseudonyms import Pseudonyms
from matcher.decisions.reading import Entry
from matcher.decisions.repeat import Asked, Repeated, Repeater
from matcher.engine import Matcher
from matcher.search import READING

TOLERANCE = 1e-6
"""Scores closer than this are equal to the engine too: the order of additions differs after a restart."""
FURTHER = 10
"""How many times more places are ranked, to see where those have gone that were shown."""
FIRST_READING = "1"
"""How the versions read free texts that did not write it down."""
SETTINGS = "settings"
"""The name of their fingerprint."""
CHANGED, DELETED = "changed", "deleted"


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
    excluded_by: tuple[Sequence[str], Sequence[str]] = ((), ())
    """Of one match explained: the hard constraints that the two failed, and fail now."""

    @property
    def is_exact(self) -> bool:
        """Whether all came out the same: places, scores, variants, constraints and the number of eligible ones."""
        excluded_then, excluded_now = self.excluded_by
        is_as_many = self.eligible_then == self.eligible_now
        return not self.moved and not self.regrouped and is_as_many and [*excluded_then] == [*excluded_now]

    @property
    def is_explained(self) -> bool:
        """Whether anything that a ranking hangs on has changed since."""
        return bool(
            self.made_by or self.changed[Kind.POSTING] or self.changed[Kind.PROFILE] or any(self.deleted.values())
        )


class Replayer:
    """Ranks again what lines of the log tell of, one after another."""

    def __init__(
        self,
        matcher: Matcher,
        *,
        pseudonyms: Pseudonyms,
        made_by: Mapping[str, str],
        given: Sequence[Asked] = (),
        after: int = 0,
    ) -> None:
        """Take the parts.

        Args:
            matcher: open, on the database of today; nothing may be written meanwhile.
            pseudonyms: of the installation that wrote the lines.
            made_by: the fingerprints of today.
            given: what the log does not keep: words of searches, and profiles that were not stored.
            after: the sequence of the oldest line, or less.
        """
        self._matcher = matcher
        self._pseudonyms = pseudonyms
        self._made_by = made_by
        self._repeater = Repeater(matcher, pseudonyms, given)
        self._last = _last_changes(matcher, after, pseudonyms)

    def replay(self, entry: Entry) -> Replayed:
        """Rank again what a line of the log tells of, on the same day and under the same weights.

        Raises:
            DecisionLogUnreadable: the document that asked is gone, or what was asked was not handed over; or an earlier
                version has written down too little, or a later one what this one does not know.
        """
        logged = entry.line.content
        asked = self._repeater.asked(logged)
        since = self._since(int(logged["sequence"]))
        then = [Shown(id_, score, tuple(variants)) for id_, score, *variants in logged["shown"]]
        now = self._repeater.repeat(logged, asked)
        # An earlier version did not write down the rank of one explained match.
        first = int(logged.get("first", now.first))
        # As sets: earlier versions had them in the order of rows, which is another one after a rebuild.
        variants = {place.id: {*place.variants} for place in now.shown}
        asker = None if logged["asks"] is None else since.get((Kind(logged["asks"][0]), str(logged["asks"][1])))
        made_by, made_by_now = {**logged["made_by"]}, {**self._made_by}
        if logged["call"] == Call.SEARCH:
            made_by["reading"], made_by_now["reading"] = logged["parameters"].get("reading", FIRST_READING), READING
        return Replayed(
            places=len(then),
            eligible_then=int(logged["eligible"]),
            eligible_now=now.eligible,
            moved=[] if _is_same(then, first, now) else [*self._moved(logged, asked, then, first, now, since)],
            regrouped=[place.id for place in then if variants.get(place.id, {*place.variants}) != {*place.variants}],
            made_by=_differing(made_by, made_by_now),
            asker_since=asker,
            changed=_count(since, CHANGED),
            deleted=_count(since, DELETED),
            excluded_by=(logged.get("excluded_by", now.excluded_by), now.excluded_by),
        )

    def replay_all(self, entries: Iterable[Entry]) -> Iterator[tuple[Entry, "Replayed | MatcherError"]]:
        """Yield each line with what `replay` says of it, or with why it cannot be repeated."""
        for entry in entries:
            try:
                yield entry, self.replay(entry)
            except MatcherError as error:
                yield entry, error

    def _moved(
        self,
        logged: Mapping[str, Any],
        asked: Asked,
        then: Sequence[Shown],
        first: int,
        now: Repeated,
        since: Mapping[tuple[Kind, str], str],
    ) -> Iterable[Moved]:
        shows = Kind(logged["shows"])
        # Where those that are shown end, more of the same ranking tells where the others have gone.
        further = now if logged["call"] == Call.MATCH else self._repeater.repeat(logged, asked, times=FURTHER)
        became = {id_: what for (kind, id_), what in since.items() if kind is shows}
        there = self._repeater.named(shows)
        # The log forgets the ids of what was erased; that it is not there any more, the database says.
        became |= {place.id: DELETED for place in then if place.id not in there}
        return _moves(then, first, now, further.shown, became)

    def _since(self, sequence: int) -> dict[tuple[Kind, str], str]:
        """Return what became of each document since a change, by what the log calls it."""
        return {key: what for key, (at, what) in self._last.items() if at > sequence}


def _last_changes(matcher: Matcher, after: int, pseudonyms: Pseudonyms) -> dict[tuple[Kind, str], tuple[int, str]]:
    """Return the last change of each document above a sequence, by what the log calls it: when and what."""
    words = {Operation.PUT: CHANGED, Operation.DELETE: DELETED}
    last = {
        # A deletion whose id the log has forgotten counts as one of a document of its own.
        (change.kind, change.id or f"#{change.sequence}"): (change.sequence, words[change.operation])
        for change in matcher.changes(after)
        if change.id or change.operation is Operation.DELETE
    }
    return {(kind, known_as(kind, id_, pseudonyms)): change for (kind, id_), change in last.items()}


def _differing(then: Mapping[str, str], now: Mapping[str, str]) -> dict[str, tuple[str | None, str | None]]:
    """Return the fingerprints that differ. One of the settings in another form than today's tells nothing."""
    names = {*then, *now}
    if not str(then.get(SETTINGS, "")).startswith(now.get(SETTINGS, "").partition(":")[0]):
        names.discard(SETTINGS)
    return {name: (then.get(name), now.get(name)) for name in sorted(names) if then.get(name) != now.get(name)}


def _is_same(then: Sequence[Shown], first: int, now: Repeated) -> bool:
    return (len(then), first) == (len(now.shown), now.first) and all(
        a.id == b.id and abs(a.score - b.score) <= TOLERANCE for a, b in zip(then, now.shown, strict=True)
    )


def _moves(
    then: Sequence[Shown], first: int, now: Repeated, further: Sequence[Shown], since: Mapping[str, str]
) -> Iterable[Moved]:
    """Yield whose place or score is another: those that were shown first, then those that have come in."""
    was = {place.id: (rank, place.score) for rank, place in enumerate(then, start=first)}
    order = [*now.shown, *(place for place in further if place.id not in {one.id for one in now.shown})]
    is_now = {place.id: (rank, place.score) for rank, place in enumerate(order, start=now.first)}
    for id_ in dict.fromkeys([*was, *(place.id for place in now.shown)]):
        (rank_then, score_then), (rank_now, score_now) = was.get(id_, (None, None)), is_now.get(id_, (None, None))
        if rank_then != rank_now or abs((score_then or 0.0) - (score_now or 0.0)) > TOLERANCE:
            yield Moved(id_, rank_then, rank_now, score_then, score_now, since.get(id_))


def _count(since: Mapping[tuple[Kind, str], str], wanted: str) -> dict[Kind, int]:
    return {kind: sum(what == wanted and side is kind for (side, _), what in since.items()) for kind in Kind}
