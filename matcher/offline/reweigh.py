"""What other weights would have shown: logged requests ranked again under those in force and under others."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from matcher.core.domain import Kind
from matcher.core.errors import DecisionLogUnreadable
from matcher.core.scoring import Weights
from matcher.core.storing import Feedbacks
from matcher.decisions import reading
from matcher.decisions.entry import Call, known_as
from matcher.decisions.pseudonyms import Pseudonyms
from matcher.decisions.repeat import check_question, variety_in
from matcher.engine import Matcher
from matcher.offline.judgements import of_feedback

REPEATED = frozenset({Call.SUGGESTIONS, Call.CANDIDATES})
"""The calls that can be made again: their question is stored."""
FURTHER = 10
"""How many times deeper is looked for where a match stands that somebody wanted."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One logged request under both weights, on the data of today and the day of then."""

    place: str
    """Of the line in the log."""
    call: Call
    asks: str
    """A posting's id, or a person's pseudonym."""
    shown: int
    entered: Sequence[str]
    """Who would be shown that is not, likewise named."""
    left: Sequence[str]
    """Who would no longer be shown."""
    is_reordered: bool
    """Whether the same would stand in another order."""
    wanted: Sequence[tuple[int | None, int | None]]
    """The ranks, before and after, of each match of which feedback says that it was opened or more."""


@dataclass(frozen=True, slots=True)
class Reweighed:
    """All logged requests."""

    changed: Sequence[Changed]
    skipped: Counter[str]
    """How many requests were left out, by reason."""


def reweighed(matcher: Matcher, folder: Path, pseudonyms: Pseudonyms, *, weights: Weights) -> Reweighed:
    """Rank every logged request again, under the weights in force and under others.

    Args:
        matcher: open; its weights are those in force.
        folder: of the decision log.
        pseudonyms: of the installation that wrote it.
        weights: the others.

    Raises:
        DecisionLogUnreadable: a line is broken.
    """
    ids = {kind: {known_as(kind, id_, pseudonyms): id_ for id_ in matcher.ids(kind)} for kind in Kind}
    wanted = _wanted(matcher.feedback)
    found, skipped = [], Counter[str]()
    for entry in reading.rankings(folder):
        try:
            check_question(entry.line.content)
        except DecisionLogUnreadable as error:
            skipped[str(error)] += 1
            continue
        call = Call(entry.line.content["call"])
        if call not in REPEATED:
            skipped[f"its question is not stored ({call})"] += 1
            continue
        kind, name = Kind(entry.line.content["asks"][0]), str(entry.line.content["asks"][1])
        if name not in ids[kind]:
            skipped["who asked has been deleted"] += 1
            continue
        asks, skipped_places = ids[kind][name], int(entry.line.content.get("first", 1)) - 1
        k = skipped_places + int(entry.line.content["parameters"]["k"])
        before = _ranked(matcher, entry, kind, asks, k=k * FURTHER, weights=None)
        after = _ranked(matcher, entry, kind, asks, k=k * FURTHER, weights=weights)
        here, there = before[skipped_places:k], after[skipped_places:k]
        entered = [other for other in there if other not in here]
        left = [other for other in here if other not in there]
        found.append(
            Changed(
                place=entry.place,
                call=call,
                asks=name,
                shown=len(here),
                entered=[known_as(kind.other, other, pseudonyms) for other in entered],
                left=[known_as(kind.other, other, pseudonyms) for other in left],
                is_reordered=not entered and here != there,
                wanted=[(_rank(before, other), _rank(after, other)) for other in sorted(wanted[kind, asks])],
            )
        )
    return Reweighed(found, skipped)


def _wanted(feedback: Feedbacks) -> dict[tuple[Kind, str], set[str]]:
    """Return the matches that somebody opened or more, as judgements have it, by whose answer they stood in."""
    wanted: dict[tuple[Kind, str], set[str]] = defaultdict(set)
    for kind in Kind:
        for asks, judged in of_feedback(feedback.scan(), kind).items():
            wanted[kind, asks] = {other for other, relevance in judged.items() if relevance}
    return wanted


def _ranked(
    matcher: Matcher, entry: reading.Entry, kind: Kind, asks: str, *, k: int, weights: Weights | None
) -> list[str]:
    """Return the ids that a logged request would show today, as of its day."""
    logged = entry.line.content["parameters"]
    variety = variety_in(logged)
    today = date.fromisoformat(logged["today"])
    found = matcher.rank(kind, asks, k=k, variety=variety, today=today, weights=weights).ranking.matches
    return [match.id_of(kind.other) for match in found]


def lines(reweighed: Reweighed) -> Iterator[str]:
    """Yield what there is to say, a line a request that would be another, then the sum."""
    for one in reweighed.changed:
        if one.entered or one.is_reordered:
            what = f"{len(one.entered)} of {one.shown} others" if one.entered else "the same in another order"
            yield f"{one.place}\t{one.call}\t{one.asks}\t{what}\t+ {' '.join(one.entered)}\t- {' '.join(one.left)}"
    changed = reweighed.changed
    others, shown = sum(len(one.entered) for one in changed), sum(one.shown for one in changed)
    yield (
        f"{len(changed)} requests: {sum(bool(one.entered) for one in changed)} would show others, "
        f"{sum(one.is_reordered for one in changed)} the same in another order; {others} of {shown} places would change"
    )
    wanted = [pair for one in changed for pair in one.wanted]
    if wanted:
        ranks = [sum(1 / rank for rank in side if rank) / len(wanted) for side in zip(*wanted, strict=True)]
        yield f"mean reciprocal rank of {len(wanted)} wanted matches: {ranks[0]:.4f} -> {ranks[1]:.4f}"
    for reason, count in sorted(reweighed.skipped.items()):
        yield f"left out: {count} request(s): {reason}"


def _rank(names: Sequence[str], name: str) -> int | None:
    return names.index(name) + 1 if name in names else None
