"""What became of a match that was shown: the material from which weights are judged and learned."""

from collections.abc import Mapping
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
    """Of the answer; empty where it is not known. The same event of the same answer is recorded once."""
    weights: Mapping[str, float]
    """Those in force when it was recorded, by aspect."""
    organisation: OrganisationId | None = None
    """Whose posting it was when it was recorded, as the store has found it; None where it named none."""
