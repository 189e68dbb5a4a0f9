"""What became of a match that was shown: the material from which weights are judged and learned."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from matcher.core.domain import Kind, OrganisationId, PostingId, ProfileId


class Event(StrEnum):
    """What somebody did with a match."""

    SHOWN = "shown"
    OPENED = "opened"
    APPLIED = "applied"
    INTERVIEWED = "interviewed"
    HIRED = "hired"
    DISMISSED = "dismissed"


RELEVANCE: Mapping[Event, int] = {
    Event.SHOWN: 0,
    Event.DISMISSED: 0,
    Event.OPENED: 1,
    Event.APPLIED: 2,
    Event.INTERVIEWED: 3,
    Event.HIRED: 4,
}
"""How good a match each event says it was; which of a pair's counts, `judgements.of_feedback` says."""
Said = tuple[Event, str]
"""An event, and the answer of which it was said."""
OUTCOMES = frozenset({Event.DISMISSED, Event.APPLIED, Event.INTERVIEWED, Event.HIRED})
"""What became of a match, as somebody says."""
STEPS = OUTCOMES - {Event.DISMISSED}
"""How far a match came: a later one takes back what was said before it."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """One event of one match."""

    at: datetime
    asks: Kind
    """Whose answer the match was shown in: a posting's candidates, or a profile's suggestions."""
    posting_id: PostingId
    profile_id: ProfileId
    event: Event
    position: int | None
    """Its rank in that answer, from 1; None where it is not known."""
    request_id: str
    """Of the answer; empty where it is not known."""
    weights: Mapping[str, float]
    """Those in force when it was recorded, by aspect."""
    organisation: OrganisationId | None = None
    """Whose posting it was when it was recorded, as the store has found it; None where it named none."""

    @property
    def match(self) -> tuple[Kind, PostingId, ProfileId, OrganisationId | None]:
        """What it was said of, and whose posting that was."""
        return self.asks, self.posting_id, self.profile_id, self.organisation

    @property
    def said(self) -> Said:
        """What was said."""
        return self.event, self.request_id


def unrecorded(
    events: Sequence[Feedback],
    *,
    is_recorded: Callable[[Feedback], bool],
    outcomes: Callable[[Feedback], Sequence[Said]],
) -> list[Feedback]:
    """Return those events that are new, in order; the others are a call that is made again, as after a lost answer.

    That a match was shown or opened is new once an answer. What became of it can be said anew, for the last counts: the
    outcomes with which a call begins are not new where the recorded ones end with them. So a call that follows itself
    says nothing new, and one that takes back what another has said in between does.

    Args:
        events: of one call.
        is_recorded: whether just this was said of the match.
        outcomes: what was recorded of an event's match, the oldest first; of OUTCOMES alone.
    """
    once: dict[object, int] = {}
    told: dict[object, list[int]] = defaultdict(list)
    for place, event in enumerate(events):
        if event.event not in OUTCOMES:
            once.setdefault((event.match, event.said), place)
        elif not told[event.match] or events[told[event.match][-1]].said != event.said:
            told[event.match].append(place)
    new = {place for place in once.values() if not is_recorded(events[place])}
    for places in told.values():
        new.update(places[_repeated([events[place].said for place in places], outcomes(events[places[0]])) :])
    return [events[place] for place in sorted(new)]


def _repeated(said: Sequence[Said], recorded: Sequence[Said]) -> int:
    """Return how many of what is said, from its beginning, what is recorded ends with."""
    most = min(len(said), len(recorded))
    return next((n for n in range(most, 0, -1) if [*said[:n]] == [*recorded[len(recorded) - n :]]), 0)
