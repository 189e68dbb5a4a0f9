"""What is written of one ranking, or of records that were read: no name, no id and no word of a person."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from matcher.core.domain import Kind, Profile
from matcher.core.pages import LOT_BYTES, NOTHING, Seen
from matcher.core.scoring import ASPECTS, MERGED, Circumstances, Match, Variety, Weights
from matcher.decisions.pseudonyms import Pseudonyms
from matcher.records import serialise

SEEN, SEEN_VARIANTS = "seen", "seen_variants"
"""The parameters of a page that say what those before it have shown: keyed digests, one after another, in base64."""

_SORTED = json.JSONEncoder(sort_keys=True, separators=(",", ":"))

Parameter = str | int | float | bool | None | Sequence[str]


class Call(StrEnum):
    """What was asked."""

    SUGGESTIONS = "suggestions"
    UNSAVED = "suggestions of an unsaved profile"
    CANDIDATES = "candidates"
    SEARCH = "search"
    SIMILAR = "similar"
    MATCH = "one match explained"


class Reading(StrEnum):
    """What was read of people where nothing was ranked; stands where a ranking has its Call."""

    RECORD = "record"
    """One person's."""
    RECORDED = "people of whom something was recorded"
    """By name, beside a posting that ranks nobody."""


class Asker(NamedTuple):
    """Who asked, and when: a role, never a person or a key."""

    at: datetime
    request_id: str
    role: str | None = None
    """None where nobody is asked who they are."""
    organisation: str | None = None
    """A recruiter's."""


class Shown(NamedTuple):
    """One place of a ranking."""

    id: str
    score: float
    variants: tuple[str, ...] = ()
    """Of a posting: those that say the same, shown with it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Whom an explanation of one match was about."""

    profile_id: str
    rank: int | None
    """Among all candidates; None where the two are no match."""
    excluded_by: Sequence[str]
    """The hard constraints that they fail."""


class Decision(NamedTuple):
    """One ranking that was shown to somebody."""

    call: Call
    asker: Asker
    question: str | Profile
    """The id of the document that asked, the profile itself where it is not stored, or the words of a search."""
    asks: Kind | None
    """The kind of the document that asked; None for a search."""
    shows: Kind
    shown: Sequence[tuple[str, float, tuple[str, ...]]]
    """Best first, as Shown."""
    eligible: int
    """How many passed the hard constraints."""
    under: Circumstances
    k: int
    variety: Variety = MERGED
    filters: Mapping[str, Parameter] = MappingProxyType({})
    """A search's. Of no person: a filter names regions and contracts."""
    before: Seen = NOTHING
    """What the pages before this one have shown."""
    pair: Pair | None = None
    """Of one match explained."""

    def content(self, pseudonyms: Pseudonyms, made_by: Mapping[str, str]) -> dict[str, Any]:
        """Return what is written of it, as JSON values.

        Args:
            pseudonyms: the installation's.
            made_by: the fingerprints of whatever made the ranking.
        """
        # By name: dataclasses.asdict copies as it goes, and takes a quarter of a line's time.
        parameters = {
            "k": self.k,
            "merged": self.variety.merged,
            "per_organisation": self.variety.per_organisation,
            "diversity": self.variety.diversity,
            "today": self.under.today.isoformat(),
            **self.filters,
            **_seen(self.before, pseudonyms),
        }
        return {
            "at": self.asker.at.isoformat(timespec="milliseconds"),
            "call": self.call.value,
            "request": self.asker.request_id,
            "role": self.asker.role,
            "organisation": self.asker.organisation,
            "question": pseudonyms.of_question(canonical(self.call, self.question, parameters)),
            "asks": self._asks(pseudonyms),
            "parameters": parameters,
            "weights": _by_name(self.under.weights),
            "sequence": self.under.sequence,
            "made_by": made_by,
            "eligible": self.eligible,
            "shows": self.shows.value,
            **self._pair(pseudonyms),
            "first": (self.pair and self.pair.rank) or self.before.first,
            "shown": [[known_as(self.shows, id_, pseudonyms), score, *variants] for id_, score, variants in self.shown],
        }

    def _pair(self, pseudonyms: Pseudonyms) -> dict[str, Any]:
        if self.pair is None:
            return {}
        return {"about": pseudonyms.of_profile(self.pair.profile_id), "excluded_by": [*self.pair.excluded_by]}

    def _asks(self, pseudonyms: Pseudonyms) -> list[str | None] | None:
        if self.asks is None:
            return None
        if isinstance(self.question, Profile):
            return [self.asks.value, None]
        return [self.asks.value, known_as(self.asks, self.question, pseudonyms)]


class Look(NamedTuple):
    """Records of people that somebody was shown outside of any ranking: nothing of it can be repeated or audited."""

    reading: Reading
    asker: Asker
    profile_ids: Sequence[str]
    posting_id: str | None = None
    """The posting beside which they stood."""

    def content(self, pseudonyms: Pseudonyms, _made_by: Mapping[str, str]) -> dict[str, Any]:
        """Return what is written of it, as JSON values: without `shown`, by which rankings are known."""
        return {
            "at": self.asker.at.isoformat(timespec="milliseconds"),
            "call": self.reading.value,
            "request": self.asker.request_id,
            "role": self.asker.role,
            "organisation": self.asker.organisation,
            "asks": None if self.posting_id is None else [Kind.POSTING.value, self.posting_id],
            "read": [pseudonyms.of_profile(name) for name in self.profile_ids],
        }


def _seen(before: Seen, pseudonyms: Pseudonyms) -> dict[str, Parameter]:
    """Return what the pages before have shown, in the parameters of a page that comes after others."""
    parts = {SEEN: before.shown, SEEN_VARIANTS: before.variants}
    return {
        name: base64.b64encode(b"".join(map(pseudonyms.of_lot, lots))).decode() for name, lots in parts.items() if lots
    }


def seen_in(parameters: Mapping[str, Any], known: Mapping[bytes, bytes]) -> Seen:
    """Return what the pages before have shown, by the parameters that were written: as far as it is known.

    Args:
        parameters: of a page.
        known: lots by what `Pseudonyms.of_lot` makes of them.
    """
    found = []
    for name in (SEEN, SEEN_VARIANTS):
        packed = base64.b64decode(parameters.get(name, ""))
        digests = [packed[at : at + LOT_BYTES] for at in range(0, len(packed), LOT_BYTES)]
        found.append(tuple(known[one] for one in digests if one in known))
    return Seen(*found)


@lru_cache(maxsize=64)
def _by_name(weights: Weights) -> Mapping[str, float]:
    return {name: getattr(weights, name) for name in ASPECTS}


def places(found: Sequence[Match], shows: Kind) -> list[Shown]:
    """Return the places of ranked matches: the ids of the side that is shown."""
    return [Shown(match.id_of(shows), match.score, match.variants) for match in found]


def known_as(kind: Kind, document_id: str, pseudonyms: Pseudonyms) -> str:
    """Return what a document is called in the log: a posting by its id, a person by their pseudonym."""
    return pseudonyms.of_profile(document_id) if kind is Kind.PROFILE else document_id


def canonical(call: Call, question: str | Profile, parameters: Mapping[str, Parameter]) -> str:
    """Return a request in the one form of which its digest is taken."""
    asked = serialise(question).decode() if isinstance(question, Profile) else question
    return _SORTED.encode([call.value, asked, parameters])
