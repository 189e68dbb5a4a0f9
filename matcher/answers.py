"""What the matcher answers with, and where the next page of an answer begins."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from matcher.comparison import Ranking
from matcher.core.domain import Kind, Profile
from matcher.core.feedback import Feedback
from matcher.core.pages import NOTHING, Seen, lot, signature
from matcher.core.scoring import MERGED, Circumstances, Explanation, Variety
from matcher.core.storing import Dated
from matcher.records import serialise
from matcher.stages.explain import Met
from matcher.stages.text import clean
from matcher.written import told, write


@dataclass(frozen=True, slots=True)
class Answer:
    """The best matches of one document, with their reasons."""

    explanations: tuple[Explanation, ...]
    eligible: int
    """How many documents passed the hard constraints, shown or not."""
    under: Circumstances
    before: Seen = NOTHING
    """What the pages before this one have shown."""
    cursor: str | None = None
    """Where the next page begins; None after the last."""


class Written(NamedTuple):
    """The best matches of one document with their reasons, as they are sent."""

    content: bytes
    """JSON."""
    shown: Sequence[tuple[str, float, tuple[str, ...]]]
    """Best first: whose places they are, their scores, and what is shown with them."""
    eligible: int
    under: Circumstances
    before: Seen = NOTHING


@dataclass(frozen=True, slots=True)
class Paired:
    """One posting and one profile, with the reasons."""

    explanation: Explanation | None
    """With its rank among all candidates; None where the two are no match."""
    excluded_by: tuple[str, ...]
    """The hard constraints that they fail: `open`, `dates`, `visible`, `contract`, `place`, `hidden`."""
    eligible: int
    """How many profiles pass them."""
    under: Circumstances


@dataclass(frozen=True, slots=True)
class Held:
    """All that is held on a person."""

    profile: Profile
    texts: int
    """How many texts of it are compared."""
    vectors: int
    """How many vectors are stored of those texts."""
    changes: Sequence[Dated]
    """When it was written, and whatever had its id before it; ascending."""
    feedback: Sequence[Feedback]
    """The oldest first."""


@dataclass(frozen=True, slots=True)
class Erased:
    """That a document was deleted: from the database, from every answer, and from memory."""

    kind: Kind
    at: datetime
    sequence: int
    """A change of the log: the deletion is among those up to here."""


class Ranked(NamedTuple):
    """The best matches of one document, before their reasons."""

    kind: Kind
    document_id: str
    ranking: Ranking
    under: Circumstances
    variety: Variety = MERGED
    before: Seen = NOTHING
    """What the pages before this one have shown."""

    unsaved: Profile | None = None
    """The profile that asks, where it is not stored."""

    def explained(self, explanations: Iterable[Explanation]) -> Answer:
        """Return these matches with their reasons."""
        return Answer(
            explanations=tuple(explanations),
            eligible=self.ranking.eligible,
            under=self.under,
            before=self.before,
            cursor=self._cursor(self._lots()),
        )

    def written(self, mets: Sequence[Met | None]) -> Written:
        """Return the same as it is sent.

        Args:
            mets: how the document and each match meet in skills; None leaves a match out.
        """
        found, eligible, other = self.ranking.matches, self.ranking.eligible, self._other
        every = told(found, mets)
        shown = [
            (pair[other], one.score, variants)
            for one, pair, variants in zip(every, found.pairs, found.variants, strict=True)
            if one is not None
        ]
        lots = [(met.profile if other else met.posting).lot for met in mets if met]
        cursor = self._cursor(lots if len(lots) == len(mets) else self._lots())
        content = write(every, found, eligible=eligible, cursor=cursor)
        return Written(content, shown, eligible, self.under, self.before)

    @property
    def _other(self) -> int:
        """The place in a pair of those that are shown."""
        return 1 if self.kind is Kind.POSTING else 0

    def _lots(self) -> Iterator[bytes]:
        """Yield the lots of those at whose places the matches stand."""
        other = self._other
        return (lot("", pair[other]) for pair in self.ranking.matches.pairs)

    def _cursor(self, shown: Iterable[bytes]) -> str | None:
        """Return where the next page begins; None after the last.

        Args:
            shown: the lots of those at whose places the matches stand.
        """
        if not self.ranking.has_more:
            return None
        variants = (lot("", name) for names in self.ranking.matches.variants for name in names)
        asks = self.unsaved or self.document_id
        return self.before.and_then(shown, variants).cursor(list_of(self.kind, asks, self.variety))


def list_of(kind: Kind, asks: str | Profile, variety: Variety) -> bytes:
    """Return what binds a cursor to the list of a document's best matches.

    Args:
        kind: the document's.
        asks: its id, or the profile itself where it is not stored.
        variety: how the list is kept from saying one thing again and again.
    """
    name = asks if isinstance(asks, str) else serialise(asks).decode()
    options = f"{variety.merged} {variety.per_organisation} {variety.diversity}"
    return signature(f"{kind}\0{options}\0{isinstance(asks, str)}\0{name}")


def plain_text(prose: str) -> str:
    """Return prose for a person to read, as the encoders get it: without HTML and Markdown, its lines kept."""
    return clean(prose)
