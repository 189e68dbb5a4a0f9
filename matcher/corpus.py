"""Both sides in memory: vectors and traits of every posting and profile, row by row, and who ranks for whom.

No database and no text here: the engine puts documents in and takes them out as the change log says. Not thread-safe:
the engine holds its lock.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np

from matcher.comparison import Best, Comparison, Question, Ranking, Side
from matcher.core.domain import Facet, Kind, Posting, PostingStatus, Record, kind_of
from matcher.core.errors import NotFound, SnapshotRefused
from matcher.core.pages import NOTHING, Seen
from matcher.core.ports import Named, Thesaurus, Vectors
from matcher.core.scoring import Variety, Weights
from matcher.core.skills import Anchors, Skill
from matcher.core.terms import Terms
from matcher.core.traits import TraitTable
from matcher.figures import Figures, figures, open_postings
from matcher.finding import Bounds, Page, page
from matcher.pairing import Pair, pair
from matcher.stages.counts import Filters
from matcher.stages.eligibility import in_dates
from matcher.stages.index import FacetIndex
from matcher.stages.index.totals import Totals
from matcher.stages.skills import Offered, Reached, Shares, SkillSets, Vocabulary, Wanted
from matcher.varying import varied

BLOCK = 64
"""Queries per matrix product in `match_all`."""
MANY, MANY_SKILLS = 50_000, 64
"""Documents among which a ranking takes some milliseconds, and skills of a document for which it does at first."""
VECTORS = (Facet.TITLE, Facet.BODY)
"""The facets that are compared as one vector each; skills are compared one by one."""


@dataclass(frozen=True, slots=True)
class Derived:
    """What the corpus takes of a document beside the record itself."""

    vectors: Mapping[Facet, Vectors]
    """Unit vectors by facet, of VECTORS; a facet that the document lacks is absent."""
    skills: Sequence[Skill] = ()
    skill_vectors: Sequence[Vectors] = ()
    """A unit vector a skill."""
    terms: Terms | None = None
    """The terms of its body; None where it has none, or none are compared."""
    anchors: Anchors | None = None
    """Where the record holds its skills; None where nobody has looked, or they cannot be anchored."""


class Kept(NamedTuple):
    """A document's skills as the corpus has them: with the record, all that its reasons need."""

    named: Sequence[Named]
    """The name and form of each."""
    vectors: Vectors
    """Unit rows, in the same order, shape (skills, dimension)."""
    anchors: Anchors
    """Where the record held them when it was put."""


class Corpus:
    """All documents that can be matched now."""

    def __init__(
        self,
        dimensions: Mapping[Facet, int],
        *,
        thesaurus: Thesaurus,
        terms_share: float = 0.0,
        exact: bool = False,
    ) -> None:
        """Make an empty one.

        Args:
            dimensions: of each facet's vectors.
            thesaurus: which skills stand in for one.
            terms_share: what the cosine of terms counts in a body's; 0 means that no terms are kept.
            exact: whether vectors stay floats, however many there are.
        """
        self._dimensions = dimensions
        self._terms_share = terms_share
        compared = _compared_whole(dimensions)
        self.sides = {kind: Side(FacetIndex(compared, terms_share=terms_share, exact=exact)) for kind in Kind}
        self.vocabulary = Vocabulary(dimensions[Facet.SKILLS], thesaurus)
        self._introduce()

    def count(self, kind: Kind) -> int:
        """Return how many documents of a kind there are."""
        return len(self.sides[kind].index)

    def ids(self, kind: Kind) -> list[str]:
        """Return the ids of a kind, ascending."""
        return sorted(name for name in self.sides[kind].index.ids if name is not None)

    def present(self, kind: Kind, ids: Sequence[str]) -> list[str]:
        """Return those of some ids that documents of a kind have here, in their order."""
        return [name for name in ids if name in self.sides[kind].index]

    def totals(self, kind: Kind) -> Totals:
        """Return the sums over the documents of a kind."""
        return self.sides[kind].index.totals()

    def count_as_part_of(self, kind: Kind, whole: Totals) -> None:
        """Have the documents of a kind taken for a part of all: what is unknown counts as it does there."""
        self.sides[kind].index.count_as_part_of(whole)

    def organisation_of(self, posting_id: str) -> str | None:
        """Return a posting's organisation, None when it names none.

        Raises:
            NotFound: there is no such posting.
        """
        side = self.sides[Kind.POSTING]
        row = side.index.row(posting_id)
        if row is None:
            raise NotFound(Kind.POSTING)
        return side.traits.organisation_of(row)

    def figures(self, *, today: date) -> Figures:
        """Return how much there is, without any document's own traits."""
        return figures(postings=self.sides[Kind.POSTING], profiles=self.sides[Kind.PROFILE], today=today)

    def open_postings(self, organisation: str | None, *, today: date, closed: bool = False) -> dict[str, int]:
        """Return the first day of each posting that is open and in its dates, as an ordinal (0 unknown), by id.

        Args:
            organisation: whose; None is everybody's, those that name none included.
            today: the day of the request.
            closed: the others instead.
        """
        return open_postings(self.sides[Kind.POSTING], organisation, today=today, closed=closed)

    def shown(self, kind: Kind, ids: Sequence[str], *, organisation: str | None, today: date) -> list[str]:
        """Return those of some documents that a search may show, in their order.

        Args:
            kind: of the documents.
            ids: theirs.
            organisation: who asks: of profiles, those that hide from it are not shown.
            today: the day of the request.
        """
        side = self.sides[kind]
        rows = np.array([-1 if (row := side.index.row(name)) is None else row for name in ids], dtype=np.int64)
        span = side.traits.many(slice(None))
        may = side.traits.alive & span.listed
        if kind is Kind.POSTING:
            may &= in_dates(span, today=today)
        elif organisation is not None:
            may[side.traits.hidden_from(organisation)] = False
        return [name for name, row, one in zip(ids, rows.tolist(), may[rows].tolist(), strict=True) if one and row >= 0]

    def put(self, record: Record, derived: Derived) -> None:
        """Add or replace a document.

        Raises:
            InvalidVectors: a vector is not a finite unit vector of its facet's dimension, or terms are missing.
        """
        side = self.sides[kind_of(record)]
        row = side.index.put(record.id, derived.vectors, derived.terms, counts=_may_all_see(record))
        side.traits.put(row, record)
        side.variants.changed(row)
        numbers = [*map(self.vocabulary.take, derived.skills, derived.skill_vectors)]
        shares = [skill.share for skill in derived.skills]
        self._release(side.skills.put(row, numbers, shares, derived.anchors))

    def remove(self, kind: Kind, document_id: str) -> None:
        """Take a document out of every answer; nothing happens if it is not there."""
        side = self.sides[kind]
        row = side.index.remove(document_id)
        if row is not None:
            side.traits.remove(row)
            side.variants.changed(row)
            self._release(side.skills.remove(row))

    def _release(self, numbers: Sequence[int]) -> None:
        """Give up the skills that a document had; number all anew where most numbers are no skill's any more."""
        self.vocabulary.release(numbers)
        if self.vocabulary.is_mostly_gone:
            table = self.vocabulary.compact()
            for side in self.sides.values():
                side.skills.renumber(table)

    def kept(self, kind: Kind, ids: Sequence[str]) -> dict[str, Kept]:
        """Return the skills of those of some documents that are here and have them anchored."""
        side = self.sides[kind]
        found = {}
        for name in ids:
            row = side.index.row(name)
            if row is not None and (anchors := side.skills.anchors(row)):
                found[name] = Kept(*self.vocabulary.of(side.skills.of(row)[0]), anchors)
        return found

    def question(self, kind: Kind, document_id: str, *, weights: Weights) -> Question:
        """Return a document's question to the other side.

        Raises:
            NotFound: there is no such document.
        """
        here, there = self.sides[kind], self.sides[kind.other]
        row = here.index.row(document_id)
        if row is None:
            raise NotFound(kind)
        numbers, shares = here.skills.of(row)
        reached = self.vocabulary.asked(numbers) if kind is Kind.POSTING else self.vocabulary.offered(numbers)
        facets, known = here.index.side_by_side(row)
        return Question(
            kind=kind,
            id=document_id,
            query=there.index.query_of(
                facets,
                known,
                here.index.terms(row),
                weights=weights.facets(),
                unknown=here.index.mean_similarity(there.index),
            ),
            traits=here.traits.one(row),
            held=here.traits.held(row),
            organisation=here.traits.organisation_of(row) if kind is Kind.POSTING else None,
            hides=here.traits.hides(row),
            skills=self._tables(reached, shares, asks=kind is Kind.POSTING),
            asks=kind is Kind.POSTING,
        )

    def question_of(
        self,
        record: Record,
        derived: Derived,
        *,
        weights: Weights,
        years_max: float | None = None,
        asks: bool = False,
    ) -> Question:
        """Return the question of a document that need not be stored; nothing of it is kept.

        Args:
            record: the document.
            derived: what is made of it.
            weights: what each aspect counts.
            years_max: of a posting, the most years of experience that are asked for; None where more is as good.
            asks: whether a profile's skills are asked of postings, as a posting's are of profiles: where postings are
                searched, what is typed is what they are to name.
        """
        kind = kind_of(record)
        asks = asks or kind is Kind.POSTING
        here, there = self.sides[kind], self.sides[kind.other]
        traits = TraitTable(capacity=1)
        traits.put(0, record)
        reach = self.vocabulary.asked_now if asks else self.vocabulary.offered_now
        reached = Reached.of([*map(reach, derived.skills, derived.skill_vectors)])
        shares = np.array([skill.share for skill in derived.skills], dtype=np.float32)
        return Question(
            kind=kind,
            id=record.id,
            query=there.index.query(
                derived.vectors,
                weights=weights.facets(),
                unknown=here.index.mean_similarity(there.index),
                terms=derived.terms,
            ),
            traits=traits.many(slice(0, 1)),
            held=traits.held(0),
            organisation=traits.organisation_of(0) if kind is Kind.POSTING else None,
            hides=traits.hides(0),
            skills=self._tables(reached, shares, asks=asks),
            asks=asks,
            years_max=math.nan if years_max is None else years_max,
        )

    def _tables(self, reached: Reached, shares: Shares, *, asks: bool) -> Wanted | Offered | None:
        if not len(reached.sizes):
            return None
        numbers = len(self.vocabulary)
        return Wanted.of(reached, shares, numbers=numbers) if asks else Offered.of(reached, numbers=numbers)

    def takes_long(self, kind: Kind, document_id: str) -> bool:
        """Tell whether to rank for a document may take more than a few milliseconds.

        What is near a document's skills is looked for among all skills, the first time that it asks; and which postings
        say the same, where many are new.
        """
        here, there = self.sides[kind], self.sides[kind.other]
        row = here.index.row(document_id)
        has_many = row is not None and here.skills.count(row) > MANY_SKILLS
        is_behind = kind is Kind.PROFILE and there.variants.takes_long(there.index)
        return has_many or is_behind or there.index.rows >= MANY

    def compared(self, question: Question, *, weights: Weights, today: date) -> Comparison:
        """Return a question beside the documents that it asks for, as they are now."""
        there = self.sides[question.kind.other]
        return Comparison(question, there, numbers=len(self.vocabulary), weights=weights, today=today)

    def best(self, question: Question, *, k: int, weights: Weights, today: date) -> Ranking:
        """Return the k best matches of one document."""
        return self.compared(question, weights=weights, today=today).best(k=k)

    def varied(
        self,
        question: Question,
        *,
        k: int,
        weights: Weights,
        variety: Variety,
        today: date,
        seen: Seen = NOTHING,
    ) -> Ranking:
        """Return the k best matches of one document, without saying one thing again and again.

        Args:
            question: the document's.
            k: how many at most.
            weights: what each aspect counts.
            variety: how one thing is kept from being said again and again.
            today: the day of the request.
            seen: what the pages before have shown: it is not shown again, and its organisations and its likes count.
        """
        return varied(self.compared(question, weights=weights, today=today), k=k, variety=variety, seen=seen)

    def searched(
        self,
        question: Question,
        *,
        bounds: Bounds,
        filters: Filters,
        weights: Weights,
        words_weight: float,
        k: int,
        seen: Seen,
        today: date,
    ) -> Page:
        """Return a page of the documents that a question finds under filters, and how many there are of what.

        Args:
            question: of a document that need not be stored.
            bounds: what a query leaves of them, and what full-text search says.
            filters: what documents must be.
            weights: what each aspect counts.
            words_weight: what full-text search counts; the others share the rest.
            k: how many at most.
            seen: what the pages before have shown: it is not shown again.
            today: the day of the request.
        """
        comparison = self.compared(question, weights=weights, today=today)
        return page(comparison, bounds, filters, words_weight=words_weight, k=k, seen=seen)

    def pair(self, posting_id: str, profile_id: str, *, weights: Weights, today: date) -> Pair:
        """Return one pair as the list of the posting's candidates has it.

        Raises:
            NotFound: there is no such posting or no such profile.
        """
        question = self.question(Kind.POSTING, posting_id, weights=weights)
        row = self.sides[Kind.PROFILE].index.row(profile_id)
        if row is None:
            raise NotFound(Kind.PROFILE)
        return pair(self.compared(question, weights=weights, today=today), row)

    def best_of_block(
        self, kind: Kind, ids: Sequence[str], *, k: int, weights: Weights, today: date
    ) -> Iterator[Ranking]:
        """Yield what `best` returns of each of up to BLOCK documents, from one matrix product."""
        for comparison, found, eligible in self.found_by_block(kind, ids, k=k, weights=weights, today=today):
            yield comparison.ranking(found, eligible=eligible)

    def found_by_block(
        self, kind: Kind, ids: Sequence[str], *, k: int, weights: Weights, today: date
    ) -> Iterator[tuple[Comparison, Best, int]]:
        """Yield the k best rows of each of up to BLOCK documents, not yet as matches, and how many are eligible."""
        questions = [self.question(kind, name, weights=weights) for name in ids]
        scores = self.sides[kind.other].index.scores_of_all([question.query for question in questions])
        for question, every in zip(questions, scores, strict=True):
            comparison = self.compared(question, weights=weights, today=today)
            eligible = comparison.eligible()
            found = comparison.ranked(eligible, k=k, facet_scores=every[eligible])
            yield comparison, found, len(eligible)

    def skills(self, kind: Kind, row: int) -> list[tuple[str, float]]:
        """Return what is held of a document's skills: their names and shares."""
        numbers, shares = self.sides[kind].skills.of(row)
        return [
            (self.vocabulary.name(number), share)
            for number, share in zip(numbers.tolist(), shares.tolist(), strict=True)
        ]

    def save(self, folder: Path) -> None:
        """Write everything into an empty folder; `load` brings it back. Nothing is moved: somebody may be reading."""
        self.vocabulary.save(folder / "vocabulary.npz")
        renumbered = self.vocabulary.renumbered()
        for kind, side in self.sides.items():
            (folder / kind).mkdir()
            side.index.save(folder / kind)
            side.traits.save(folder / kind / "traits.npz", rows=side.index.rows)
            side.skills.save(folder / kind / "skills.npz", renumbered=renumbered)

    @classmethod
    def load(
        cls, folder: Path, dimensions: Mapping[Facet, int], *, thesaurus: Thesaurus, terms_share: float = 0.0
    ) -> Self:
        """Read what `save` wrote; the caller has checked the files' digests.

        Raises:
            SnapshotRefused: the files cannot be read or do not fit each other.
        """
        corpus = cls(dimensions, thesaurus=thesaurus, terms_share=terms_share)
        try:
            corpus.vocabulary = Vocabulary.load(
                folder / "vocabulary.npz", dimension=dimensions[Facet.SKILLS], thesaurus=thesaurus
            )
            for kind in Kind:
                corpus.sides[kind] = corpus._load_side(folder / kind)
            corpus._introduce()
        except (OSError, ValueError) as error:  # another process may have swept it away since it was checked
            raise SnapshotRefused(f"the snapshot cannot be read ({error}): rebuilding from the database") from error
        return corpus

    def _introduce(self) -> None:
        for kind, side in self.sides.items():
            side.index.asking = self.sides[kind.other].index
            side.skills.one_of_name = self.vocabulary.one_of_name

    def _load_side(self, folder: Path) -> Side:
        index = FacetIndex.load(folder, _compared_whole(self._dimensions), terms_share=self._terms_share)
        traits = TraitTable.load(folder / "traits.npz")
        skills = SkillSets.load(folder / "skills.npz", numbers=len(self.vocabulary))
        taken = [row for row, name in enumerate(index.ids) if name is not None]
        if len(traits.alive) < index.rows or np.flatnonzero(traits.alive).tolist() != taken:
            raise ValueError("its traits are of other rows")
        if not set(skills.rows().tolist()).issubset(taken):
            raise ValueError("its skills are of other rows")
        return Side(index, traits, skills)


def _may_all_see(record: Record) -> bool:
    """Tell whether a record may show in what is worked out from all: whoever hides from one organisation may not."""
    if isinstance(record, Posting):
        return record.status is PostingStatus.OPEN
    return record.visible_to_recruiters and not record.hidden_from


def _compared_whole(dimensions: Mapping[Facet, int]) -> dict[Facet, int]:
    return {facet: dimensions[facet] for facet in VECTORS}
