"""The matcher: the stages in order, over one store.

    writing     records → text → embed → store, in one transaction with the change log
    following   change log → store → text → embed → corpus (index and traits)
    asking      corpus: eligibility → index → rank; then explain

The database is the truth; the corpus is derived from it by following the log, this process's own writes included.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

from matcher.answers import Answer, Erased, Held, Paired, Ranked, Written
from matcher.core.domain import Facet, Kind, OrganisationId, Outcome, Posting, Profile, Record, kind_of
from matcher.core.errors import MatcherError, NotFound
from matcher.core.pages import NOTHING, Seen
from matcher.core.ports import Encoders, Thesaurus
from matcher.core.scoring import MERGED, Circumstances, Match, Variety, Weights
from matcher.core.storing import Change, Feedbacks, Guard, Keys, Logged, Store
from matcher.corpus import Corpus, Kept
from matcher.derive import Deriver, document
from matcher.examining import Examiner
from matcher.figures import Figures
from matcher.following import FOLLOW_BATCH, Follower
from matcher.reasons import SHEETS, Reasons
from matcher.rehearsal import rehearse
from matcher.search import Found, Search, Searcher
from matcher.stages.embed import digests
from matcher.stores.snapshots import Snapshots
from matcher.varying import leaders

PREPARED = 20
"""Documents in one go of `prepare`: requests are answered between two."""


class Matcher:
    """Stores postings and profiles, and matches them. Thread-safe.

    Whatever needs the database raises StoreUnavailable where that is away, whatever needs the index WentBack where the
    database has gone back to an earlier state, until `follow` has made the index anew of that, or Behind where `follow`
    has failed for half a minute, until it succeeds, and whatever encodes a text ModelUnavailable where the model is
    away: the calls below do not repeat it.
    """

    def __init__(
        self,
        *,
        store: Store,
        encoders: Encoders,
        thesaurus: Thesaurus,
        snapshots: Snapshots,
        weights: Weights | None = None,
        today: Callable[[], date] = date.today,
        keeps: bool = True,
    ) -> None:
        """Take the parts; `open` makes it ready.

        Args:
            store: the database.
            encoders: what turns each facet's texts into vectors.
            thesaurus: which texts name the same skill, and which skills are near.
            snapshots: where the index is kept between runs.
            weights: what each aspect counts.
            today: the clock.
            keeps: whether what the store lacks of what is derived (after a change of model, say) is added to it.
        """
        self.weights = weights or Weights()
        """What each aspect counts where a call names no others."""
        self.model = encoders.name
        """What a person calls the encoders."""
        self._store = store
        self._today = today
        self._deriver = Deriver(encoders, thesaurus=thesaurus, store=store, keeps=keeps)
        self._reasons = Reasons(store, self._deriver.embedders[Facet.SKILLS], thesaurus, kept=self._kept)
        self._follower = Follower(store, self._deriver, self._reasons, snapshots)
        self._searcher = Searcher(
            store, thesaurus=thesaurus, deriver=self._deriver, follower=self._follower, reasons=self._reasons
        )
        self.examiner = Examiner(self._follower, self._deriver, weights=self.weights, today=today)
        """For those who examine how groups of people fare."""
        self.fingerprint = self._follower.fingerprint
        """Changes whenever what is derived of a record could: a snapshot of another is outdated."""
        self.fingerprints = {"database": self._follower.database_id, **self._follower.fingerprints}
        """What decides a ranking beside the records, by name: the parts of `fingerprint`, and the database's id."""

    def open(self) -> None:
        """Load the snapshot, or rebuild from the database where it is missing or not to be trusted; then follow."""
        self._follower.open()

    def warm(self) -> None:
        """Load or compile what is otherwise made ready where it is first needed: encoders, thesaurus, loops."""
        rehearse(self._deriver, weights=self.weights, today=self._today())

    def prepare(self, *, stop: Callable[[], bool]) -> None:
        """Make ready what the first answers need, so that they are as quick as others: reasons, and who says the same.

        Args:
            stop: asked between two batches.
        """
        with suppress(MatcherError):  # then the first who ask look for themselves
            while not stop():
                with self._follower.reading() as corpus:
                    if not corpus.sides[Kind.POSTING].look_for_variants():
                        break
        for kind in Kind:
            ids = self.ids(kind)[: SHEETS // len(Kind)]
            for start in range(0, max(len(ids), 1), PREPARED):  # once at least: what comes later is made ready too
                if stop():
                    return
                self._reasons.prepare(kind, ids[start : start + PREPARED])

    def close(self) -> None:
        """Release the database. Idempotent."""
        self._store.close()

    # Writing: records, through text and embed, into the store.

    def put(self, records: Sequence[Record], *, guard: Guard | None = None) -> list[Outcome]:
        """Store records (create or replace), and apply them here at once.

        Returns an outcome a record, in order: accepted, updated or unchanged. All in one transaction: when this
        returns, every one of them is safe. Where the database has gone back, whoever follows next applies them.

        Args:
            records: both kinds mixed.
            guard: sees what is stored under each id, in the transaction itself; what it raises leaves all as it was.
        """
        # Of one record, to make its texts costs about what the comparison does.
        changed = [*range(len(records))] if guard or len(records) == 1 else self._changed(records)
        made = self._deriver.made([records[place] for place in changed], words=True)
        documents = [document(records[place], reading) for place, reading in zip(changed, made.readings, strict=True)]
        ours = zip((records[place] for place in changed), made.derived, strict=True)
        with self._follower.writing(ours) as token:
            written = self._store.put(documents, vectors=made.vectors, guard=guard, token=token)
            self._follower.follow_own(written)
        outcomes = [Outcome.UNCHANGED] * len(records)
        for place, outcome in zip(changed, written.outcomes, strict=True):
            outcomes[place] = outcome
        return outcomes

    def insert(self, record: Record) -> None:
        """Store a new record.

        Raises:
            AlreadyExists: its id is taken.
        """
        made = self._deriver.made([record], words=True)
        with self._follower.writing([(record, made.derived[0])]) as token:
            self._store.insert(document(record, made.readings[0]), vectors=made.vectors, token=token)
            self._follower.follow_own()

    def _changed(self, records: Sequence[Record]) -> list[int]:
        """Return the places of the records that the store does not hold just so.

        Making facet texts costs a hundred times what the comparison does. An id that comes twice is left to the store.
        """
        times = Counter((kind_of(record), record.id) for record in records)
        stored = {kind: self._store.get(kind, [r.id for r in records if kind_of(r) is kind]) for kind in Kind}
        return [
            place
            for place, record in enumerate(records)
            if times[kind_of(record), record.id] > 1 or stored[kind_of(record)].get(record.id) != record
        ]

    def delete(self, kind: Kind, document_id: str, *, guard: Guard | None = None) -> Erased:
        """Delete a document with all that was derived from it, and take it out of every answer.

        Its vectors and its id stay in the snapshot's files until `snapshot` or `sweep` replaces them.

        Raises:
            NotFound: there is no such document (feedback on it is deleted all the same, should there be any); or what
                the guard raises, and nothing is deleted.
        """
        if not self._store.delete(kind, [document_id], guard=guard):
            raise NotFound(kind)
        sequence = self._follower.follow_own()
        return Erased(kind, datetime.now(UTC), sequence)

    def erase(self, kind: Kind, document_id: str) -> Erased:
        """Delete a document and replace the snapshot, so that no file here holds it any more.

        Raises:
            NotFound: there is no such document.
            StoreUnavailable: the snapshot could not be replaced; the document is deleted all the same.
        """
        try:
            erased = self.delete(kind, document_id)
        except NotFound:
            self.sweep(within_s=0)
            raise
        self.sweep(within_s=0)
        return erased

    def forget_orphans(self) -> int:
        """Delete the feedback that names what is not stored, should there be any; return how much there was."""
        return self._store.feedback.forget_orphans()

    # Following: the change log, into the corpus and its snapshot.

    def follow(self) -> int:
        """Apply what the change log has that this process has not; return how many changes that were.

        Where the log has gone back, as after the restore of a backup, the index is made anew first.
        """
        return self._follower.follow()

    def catch_up(self) -> None:
        """Apply what the change log has, if it has anything: otherwise nothing is waited for."""
        self._follower.catch_up()

    @property
    def sequence(self) -> int:
        """The last change of the log that this process has applied."""
        return self._follower.sequence

    @property
    def without_snapshot(self) -> str | None:
        """Why the index was not taken from a snapshot; None where it was, or one of it has been written since."""
        return self._follower.without_snapshot

    def lag(self) -> int:
        """Return how many changes the database has that this process has not applied: all, where its log is shorter."""
        return self._follower.lag()

    @property
    def went_back(self) -> bool:
        """Whether the database is in an earlier state than the index, which is being made anew."""
        return self._follower.went_back

    @property
    def is_stale(self) -> bool:
        """Whether following has failed for so long that nothing is ranked until it succeeds."""
        return self._follower.is_stale

    def behind_s(self) -> float:
        """Return for how many seconds this process has not caught up with the log; 0 when it has nothing to apply."""
        return self._follower.behind_s()

    def snapshot(self) -> Path:
        """Write the index to disk, so that the next start is quick; return the generation's folder.

        Raises:
            StoreUnavailable: it could not be written; the database is complete all the same.
        """
        return self._follower.snapshot()

    def snapshot_if_behind(self) -> None:
        """Write the index to disk if anything has changed since the snapshot that is there."""
        self._follower.snapshot_if_behind()

    def sweep(self, *, within_s: float) -> bool:
        """Replace the snapshot if it has held for so long what was deleted; return whether it was.

        What has been in the database's own files for so long is brought out of them, whoever has deleted it. To be
        called again and again: where something stands in the way of that, the next call tries it again.

        Raises:
            StoreUnavailable: it could not be replaced.
        """
        return self._follower.sweep(within_s=within_s)

    def reindex(self) -> None:
        """Derive everything anew from the records: facet texts, vectors, full-text rows, index, snapshot."""
        self._follower.reindex()

    def fsck(self, *, named: Callable[[Kind, str], str] = lambda _, id_: id_) -> list[str]:
        """Return what is wrong between database, full-text rows, index and snapshot; nothing when all agree.

        Args:
            named: what a document is called in a sentence.
        """
        return self._follower.fsck(named=named)

    # Asking: the corpus for a ranking, then for its reasons.

    def suggestions(self, profile_id: str, *, k: int = 10, variety: Variety = MERGED) -> Answer:
        """Return the best postings for a stored profile, with reasons.

        Raises:
            NotFound: there is no such profile.
        """
        return self.explain(self.rank(Kind.PROFILE, profile_id, k=k, variety=variety))

    def candidates(self, posting_id: str, *, k: int = 10, variety: Variety = MERGED) -> Answer:
        """Return the best profiles for a posting, with reasons: only those that its organisation may see.

        Raises:
            NotFound: there is no such posting.
        """
        return self.explain(self.rank(Kind.POSTING, posting_id, k=k, variety=variety))

    def rank(
        self,
        kind: Kind,
        document_id: str,
        *,
        k: int,
        variety: Variety = MERGED,
        today: date | None = None,
        weights: Weights | None = None,
        before: Seen = NOTHING,
    ) -> Ranked:
        """Return the k best matches of a document, without reasons: from memory, whatever the database does.

        Args:
            kind: the document's.
            document_id: its id.
            k: how many at most.
            variety: how the answer is kept from saying one thing again and again.
            today: the day to rank for; the clock's where it is not given.
            weights: what each aspect counts; the matcher's own where they are not given.
            before: what the pages before have shown: `seen_by` a cursor of the list that `list_of` names.

        Raises:
            NotFound: there is no such document.
        """
        with self._follower.reading() as corpus:
            under = self._under(today, weights)
            question = corpus.question(kind, document_id, weights=under.weights)
            ranking = corpus.varied(
                question, k=k, weights=under.weights, variety=variety, today=under.today, seen=before
            )
        return Ranked(kind, document_id, ranking, under, variety, before)

    def explain(self, ranked: Ranked) -> Answer:
        """Return ranked matches with their reasons; reads the database where a document is not in memory."""
        return ranked.explained(self._reasons.explain(ranked.kind, ranked.document_id, ranked.ranking.matches))

    def written(self, ranked: Ranked) -> Written:
        """Return what `explain` does as JSON, for a part of its price."""
        return ranked.written(self._reasons.met(ranked.kind, ranked.document_id, ranked.ranking.matches))

    def takes_long(self, kind: Kind, document_id: str) -> bool:
        """Tell whether `rank` may take more than a few milliseconds for a stored document."""
        with self._follower.reading() as corpus:
            return corpus.takes_long(kind, document_id)

    def written_at_hand(self, ranked: Ranked) -> Written | None:
        """Return what `written` does from memory alone, None where the database would have to be read."""
        mets = self._reasons.met_at_hand(ranked.kind, ranked.document_id, ranked.ranking.matches)
        return None if mets is None else ranked.written(mets)

    def suggest(
        self,
        profile: Profile,
        *,
        k: int = 10,
        variety: Variety = MERGED,
        today: date | None = None,
        weights: Weights | None = None,
        before: Seen = NOTHING,
    ) -> Answer:
        """Return the best postings for a profile that is not stored, with reasons; nothing of it is kept on disk.

        The options are those of `rank`.
        """
        derived = self._deriver.made([profile]).derived[0]
        with self._follower.reading() as corpus:
            under = self._under(today, weights)
            question = corpus.question_of(profile, derived, weights=under.weights)
            ranking = corpus.varied(
                question, k=k, weights=under.weights, variety=variety, today=under.today, seen=before
            )
        ranked = Ranked(Kind.PROFILE, profile.id, ranking, under, variety, before, unsaved=profile)
        return ranked.explained(self._reasons.explain_unsaved(profile, derived, ranking.matches))

    def pair(
        self, posting_id: str, profile_id: str, *, today: date | None = None, weights: Weights | None = None
    ) -> Paired:
        """Return one posting and one profile as the posting's candidates have them, with the reasons.

        Args:
            posting_id: the posting's.
            profile_id: the profile's.
            today: as `rank` takes it.
            weights: likewise.

        Raises:
            NotFound: there is no such posting or no such profile.
        """
        with self._follower.reading() as corpus:
            under = self._under(today, weights)
            found = corpus.pair(posting_id, profile_id, weights=under.weights, today=under.today)
        reasons = self._reasons.explain(Kind.POSTING, posting_id, [found.match]) if found.match else ()
        return Paired(next(iter(reasons), None), tuple(found.excluded_by), eligible=found.eligible, under=under)

    def search(self, asked: Search, *, today: date | None = None, before: Seen | None = None) -> Found:
        """Return a page of what a free text finds, with reasons and facet counts.

        Args:
            asked: the search.
            today: the day to search for; the clock's where it is not given.
            before: what the pages before have shown, where no cursor names it.

        Raises:
            InvalidRecord: the text asks for nothing, or the cursor is not this search's.
        """
        weights = asked.weights or self.weights
        return self._searcher.search(asked, today=today or self._today(), weights=weights, before=before)

    def similar(
        self,
        kind: Kind,
        document_id: str,
        *,
        k: int = 10,
        organisation: OrganisationId | None = None,
        cursor: str | None = None,
        today: date | None = None,
        weights: Weights | None = None,
        before: Seen | None = None,
    ) -> Found:
        """Return a page of the documents of the same kind that are most like one, with reasons.

        Args:
            kind: of the document, and of those that are looked for.
            document_id: its id.
            k: how many at most.
            organisation: on whose behalf profiles are looked for: who hides from it is not there.
            cursor: where the page begins, None at the start.
            today: as `search` takes it.
            weights: what each aspect counts; the matcher's own where they are not given.
            before: as `search` takes it.

        Raises:
            NotFound: there is no such document.
            InvalidRecord: the cursor is not of these pages.
        """
        record = self.get(kind, document_id)
        asked = Search(
            kind, document_id, organisation=organisation, words_weight=0.0, weights=weights, k=k, cursor=cursor
        )
        return self._searcher.like(
            record, asked, today=today or self._today(), weights=weights or self.weights, before=before
        )

    def match_all(self, kind: Kind, *, k: int = 100) -> Iterator[list[Match]]:
        """Yield the k best matches of every document of a kind, by ascending id: the same as the single answers."""
        today = self._today()

        def best(corpus: Corpus, ids: Sequence[str]) -> Iterator[list[Match]]:
            for ranking in corpus.best_of_block(kind, ids, k=k, weights=self.weights, today=today):
                yield [*ranking.matches]

        yield from self._follower.ask_in_blocks(kind, self.ids(kind), best)

    def leaders(self, posting_ids: Collection[str]) -> dict[str, str]:
        """Return of each of some postings the one that stands for it where they are shown as one: nearly always itself.

        Of one that was published twice, or by two services, all variants have the same. What is not stored is left out.
        """
        with self._follower.reading() as corpus:
            return leaders(corpus.sides[Kind.POSTING], posting_ids)

    def _kept(self, kind: Kind, ids: Sequence[str]) -> Mapping[str, Kept]:
        with self._follower.reading() as corpus:
            return corpus.kept(kind, ids)

    def _under(self, today: date | None, weights: Weights | None) -> Circumstances:
        """Return what is ranked under, for who reads the corpus."""
        return Circumstances(self.sequence, today or self._today(), weights or self.weights)

    # What is stored.

    def get(self, kind: Kind, document_id: str) -> Record:
        """Return a stored record.

        Raises:
            NotFound: there is no such document.
        """
        record = self._store.get(kind, [document_id]).get(document_id)
        if record is None:
            raise NotFound(kind)
        return record

    def get_posting(self, posting_id: str) -> Posting:
        """Return a stored posting. Raises NotFound."""
        record = self.get(Kind.POSTING, posting_id)
        assert isinstance(record, Posting)  # noqa: S101 - for the type checker: the store keeps kinds apart
        return record

    def get_profile(self, profile_id: str) -> Profile:
        """Return a stored profile. Raises NotFound."""
        record = self.get(Kind.PROFILE, profile_id)
        assert isinstance(record, Profile)  # noqa: S101 - likewise
        return record

    def record_at_hand(self, kind: Kind, document_id: str) -> Record | None:
        """Return a record as this process has applied it, where it is in memory and not stale; None says nothing."""
        return None if self._follower.is_stale else self._reasons.record(kind, document_id)

    def held_on(self, profile_id: str) -> Held:
        """Return all that the database holds on a person. Raises NotFound."""
        with self._store.still():
            profile = self.get_profile(profile_id)
            keys = digests(self._deriver.texts(profile))
            vectors = sum(len(self._store.vectors(keys, model=model)) for model in {*self._deriver.models.values()})
            return Held(
                profile,
                texts=len({*keys}),
                vectors=vectors,
                changes=self._store.changes_of(Kind.PROFILE, profile_id),
                feedback=self._store.feedback.of_profile(profile_id),
            )

    def organisation_of(self, posting_id: str) -> str | None:
        """Return a posting's organisation, None when it names none; from memory. Raises NotFound."""
        with self._follower.reading() as corpus:
            return corpus.organisation_of(posting_id)

    def figures(self) -> Figures:
        """Return how much there is, from memory."""
        with self._follower.reading() as corpus:
            return corpus.figures(today=self._today())

    def open_postings(self, organisation: str | None = None, *, closed: bool = False) -> dict[str, int]:
        """Return the first day of each posting that is open today, as an ordinal (0 unknown), by id; from memory.

        Args:
            organisation: whose; None is everybody's.
            closed: those that are not open today instead.
        """
        with self._follower.reading() as corpus:
            return corpus.open_postings(organisation, today=self._today(), closed=closed)

    def profiles(self) -> Iterator[Profile]:
        """Yield every stored profile, by ascending id."""
        for some in self._store.scan(Kind.PROFILE):
            yield from (record for record in some if isinstance(record, Profile))

    def postings(self, ids: Sequence[str]) -> list[Posting]:
        """Return stored postings, in the order of their ids; one that is not there is left out."""
        kept = {name: self.record_at_hand(Kind.POSTING, name) for name in ids}
        missing = [name for name, record in kept.items() if record is None]
        found = {**kept, **(self._store.get(Kind.POSTING, missing) if missing else {})}
        return [record for name in ids if isinstance(record := found[name], Posting)]

    def ids(self, kind: Kind) -> list[str]:
        """Return the ids of a kind, ascending."""
        with self._follower.reading() as corpus:
            return corpus.ids(kind)

    def count(self, kind: Kind) -> int:
        """Return how many documents can be matched."""
        return self._follower.count(kind)

    def changes(self, after: int) -> Iterator[Change]:
        """Yield what the change log holds above a sequence, ascending; the id is empty where it has been forgotten."""
        while found := self._store.changes(after, limit=FOLLOW_BATCH):
            yield from found
            after = found[-1].sequence

    def last_written(self, kind: Kind) -> Mapping[str, datetime]:
        """Return when each stored document was last changed, in UTC, by id."""
        return self._store.last_written(kind)

    def history(self, *, up_to: int) -> Iterator[Logged]:
        """Yield when each change of the log up to a sequence was written, in order."""
        return self._store.history(up_to=up_to)

    def database_clock(self) -> datetime | None:
        """Return what time it is for the database, in UTC; None where its clock is this machine's own."""
        return self._store.clock()

    @property
    def keys(self) -> Keys:
        """Who may ask."""
        return self._store.keys

    @property
    def feedback(self) -> Feedbacks:
        """What became of matches that were shown."""
        return self._store.feedback
