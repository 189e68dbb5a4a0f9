"""Stand-ins behind the engine's ports, as simple as the contract allows. tests/contracts/ keeps them honest."""

import hashlib
import re
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from uuid import uuid4

import numpy as np

from matcher.core.access import ApiKey
from matcher.core.domain import Facet, Kind, Outcome, Posting, Record, kind_of
from matcher.core.errors import AlreadyExists, InvalidRecord, UnknownKey
from matcher.core.feedback import OUTCOMES, Event, Feedback, unrecorded
from matcher.core.ports import Mention, ModelVectors, Named, Trade, Vectors
from matcher.core.storing import (
    Change,
    Dated,
    Document,
    Guard,
    Logged,
    Mark,
    Operation,
    Put,
    Recorded,
    Seen,
    TextHit,
    alike,
)
from matcher.core.terms import BUCKETS, Terms, terms_of
from matcher.stores.words import fold, is_storable, words_of

_WEIGHTS = {Facet.TITLE: 10.0, Facet.SKILLS: 4.0, Facet.BODY: 1.0}


@lru_cache(maxsize=16_384)
def _vector(seed: str, dimension: int) -> Vectors:
    numbers = list(hashlib.sha256(seed.encode("utf-8", "replace")).digest())
    return np.random.default_rng(numbers).standard_normal(dimension).astype(np.float32)


class FakeEncoder:
    """Words in common give vectors in common: the unit sum of one seeded vector a word, case and accents ignored."""

    def __init__(self, *, dimension: int = 16, name: str = "fake") -> None:
        self.name = name
        self.dimension = dimension
        self.encoded = 0
        """How many texts it has been given so far."""

    @property
    def fingerprint(self) -> str:
        return f"{self.name}-{self.dimension}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.encoded += len(texts)
        return np.array([self._unit(text) for text in texts], dtype=np.float32).reshape(len(texts), self.dimension)

    def _unit(self, text: str) -> Vectors:
        words = words_of(fold(text)) or [text]
        total = sum((_vector(f"{self.fingerprint} {word}", self.dimension) for word in words), np.float32(0))
        return np.asarray(total / np.linalg.norm(total), dtype=np.float32)


class FakeTerms:
    """Every word counts the same, in a bucket of its own chance."""

    def __init__(self, name: str = "fake") -> None:
        self.name = name

    @property
    def fingerprint(self) -> str:
        return f"{self.name}-terms"

    def terms(self, text: str) -> Terms:
        words = words_of(fold(text)) or [""]
        digests = (hashlib.sha256(f"{self.name} {word}".encode("utf-8", "replace")).digest() for word in words)
        return terms_of(Counter(int.from_bytes(digest[:2], "big") % BUCKETS for digest in digests))

    def telling(self, word: str) -> float:
        return 1.0


class FakeKeys:
    """Keys in a list."""

    def __init__(self) -> None:
        self._keys: dict[str, ApiKey] = {}

    def add(self, key: ApiKey) -> None:
        self._keys[key.id] = key

    def all(self) -> list[ApiKey]:
        return sorted(self._keys.values(), key=lambda key: (key.created_at, key.id))

    def revoke(self, key_id: str, *, now: datetime) -> None:
        if key_id not in self._keys:
            raise UnknownKey
        key = self._keys[key_id]
        self._keys[key_id] = replace(key, revoked_at=key.revoked_at or now)


class FakeThesaurus:
    """Knows what it is told: names of skills by spelling, in lower case, which are near, apart, or no tools; trades.

    Every title says a trade but those that are told to say none.
    """

    fingerprint = "fake"

    def __init__(
        self,
        names: Mapping[str, str] | None = None,
        near: Mapping[str, Mapping[str, float]] | None = None,
        apart: Iterable[Collection[str]] = (),
        trades: Mapping[str, str] | None = None,
        methods: Collection[str] = (),
        no_trades: Collection[str] = (),
    ) -> None:
        self._no_trades = no_trades
        self._names = names or {}
        self._methods = methods
        self._trades = trades or {}
        self._near = near or {}
        self._apart = frozenset(map(frozenset, apart))

    def names(self, texts: Sequence[str]) -> list[str | None]:
        return [self._names.get(text.lower()) for text in texts]

    def mentions(self, text: str) -> list[Mention]:
        spans = {
            found.span(): name
            for spelling, name in self._names.items()
            for found in re.finditer(rf"(?<!\w){re.escape(spelling)}(?!\w)", text, re.IGNORECASE)
        }
        outer = [one for one in spans if not any(one != o and o[0] <= one[0] and one[1] <= o[1] for o in spans)]
        return [Mention(*span, spans[span]) for span in sorted(outer)]

    def trades(self, title: str) -> list[Trade]:
        skill = self._trades.get(title.lower())
        return [Trade(0, len(title), skill)] if skill else []

    def says_trade(self, title: str) -> bool:
        return title.lower() not in self._no_trades

    def reads(self, name: str) -> bool:
        return name.lower() in self._names

    def spells(self, word: str) -> bool:
        return word.lower() in self._names

    def is_tool(self, name: str) -> bool:
        return name in self._names.values() and name not in self._methods

    def is_trade(self, text: str) -> bool:
        return text.lower() in self._trades

    def near(self, name: str) -> Mapping[str, float]:
        return self._near.get(name, {})

    def tells_apart(self, one: Named, other: Named) -> bool:
        return frozenset((one[0], other[0])) in self._apart


class FakeFeedbacks:
    """Events in a list, on the documents of a store."""

    def __init__(self, store: "FakeStore") -> None:
        self._store = store
        self._events: list[Feedback] = []

    def add(self, events: Sequence[Feedback], *, seen: Seen = lambda _: True) -> Recorded:
        with self._store._lock:
            accepted: list[Feedback] = []
            before, refused = len(self._events), {}
            for place, event in enumerate(events):
                named = {Kind.POSTING: event.posting_id, Kind.PROFILE: event.profile_id}
                here = {kind: self._store.get(kind, [id_]).get(id_) for kind, id_ in named.items()}
                missing = [kind for kind, record in here.items() if record is None or not seen(record)]
                if missing:
                    refused[place] = missing[0]
                    continue
                posting = here[Kind.POSTING]
                owner = posting.organisation if isinstance(posting, Posting) else None
                accepted.append(replace(event, organisation=owner.id if owner else None))
            self._events += unrecorded(
                accepted,
                is_recorded=lambda event: (event.match, event.said) in [(one.match, one.said) for one in self._events],
                outcomes=lambda event: [
                    one.said for one in self._events if one.match == event.match and one.event in OUTCOMES
                ],
            )
            return Recorded(len(self._events) - before, refused)

    def scan(self, *, batch: int = 10_000) -> Iterator[Feedback]:
        yield from [*self._events]

    def of_profile(self, profile_id: str) -> list[Feedback]:
        return [one for one in self._events if one.profile_id == profile_id]

    def about(
        self,
        posting_id: str,
        profile_id: str | None = None,
        *,
        events: Collection[Event] = tuple(Event),
        organisation: str | None = None,
    ) -> list[Feedback]:
        return [
            one
            for one in self._events
            if one.posting_id == posting_id
            and profile_id in {None, one.profile_id}
            and organisation in {None, one.organisation}
            and one.event in events
        ]

    def orphans(self, kind: Kind) -> list[str]:
        side = "posting_id" if kind is Kind.POSTING else "profile_id"
        named = {getattr(event, side) for event in self._events}
        return sorted(named - self._store.get(kind, [*named]).keys())

    def forget_orphans(self) -> int:
        before = len(self._events)
        for kind in Kind:
            self.forget(kind, self.orphans(kind))
        return before - len(self._events)

    def forget(self, kind: Kind, ids: Sequence[str]) -> None:
        side = "posting_id" if kind is Kind.POSTING else "profile_id"
        self._events = [event for event in self._events if getattr(event, side) not in ids]


class FakeStore:
    """A store that forgets: the documents in a dictionary, the log in a list, one lock around both."""

    def __init__(self) -> None:
        self.database_id = str(uuid4())
        self.keys = FakeKeys()
        self.feedback = FakeFeedbacks(self)
        self._documents: dict[tuple[Kind, str], Document] = {}
        self._log: list[Change] = []
        self._log_at: list[datetime] = []
        self._vectors: dict[tuple[bytes, str], Vectors] = {}
        self._lock = threading.RLock()

    def put(
        self,
        documents: Sequence[Document],
        *,
        vectors: ModelVectors | None = None,
        guard: Guard | None = None,
        token: str | None = None,
    ) -> Put:
        with self._lock:
            for document in documents if guard else ():
                self._show(_key(document), guard)
            outcomes, before = [], len(self._log)
            written: set[bytes] = set()
            for key, document in [(_key(document), document) for document in documents]:
                previous = self._documents.get(key)
                if previous is not None and previous.record == document.record:
                    outcomes.append(Outcome.UNCHANGED)
                    continue
                outcomes.append(Outcome.ACCEPTED if previous is None else Outcome.UPDATED)
                self._documents[key] = document
                self._append(Operation.PUT, [key], token)
                written.update(document.digests)
            for model, made in (vectors or {}).items():
                new = {digest for digest in written & made.keys() if (digest, model) not in self._vectors}
                self.add_vectors({model: {digest: made[digest] for digest in new}})
            self._forget_unused()
            if len(self._log) != before + 1:
                return Put(outcomes, None, None)
            return Put(outcomes, self._log[-1], self._log[before - 1].mark if before else Mark())

    def insert(self, document: Document, *, vectors: ModelVectors | None = None, token: str | None = None) -> None:
        with self._lock:
            kind, _ = key = _key(document)
            if key in self._documents:
                raise AlreadyExists(kind)
            self.put([document], vectors=vectors, token=token)

    def delete(self, kind: Kind, ids: Sequence[str], *, guard: Guard | None = None) -> list[str]:
        with self._lock:
            for id_ in ids:
                self._show((kind, id_), guard)
            gone = [id_ for id_ in dict.fromkeys(ids) if self._documents.pop((kind, id_), None)]
            self.feedback.forget(kind, ids)
            self._append(Operation.DELETE, [(kind, id_) for id_ in gone])
            self._forget_unused()
            return gone

    @contextmanager
    def still(self) -> Iterator[None]:
        with self._lock:
            yield

    def get(self, kind: Kind, ids: Sequence[str]) -> dict[str, Record]:
        with self._lock:
            return {id_: self._documents[kind, id_].record for id_ in ids if (kind, id_) in self._documents}

    def scan(self, kind: Kind, *, batch: int = 1000) -> Iterator[list[Record]]:
        for page in self._pages([key for key in self._documents if key[0] is kind], batch):
            yield [document.record for document in page]

    def count(self, kind: Kind) -> int:
        return sum(side is kind for side, _ in self._documents)

    def changes(self, after: int, *, limit: int = 10_000) -> list[Change]:
        return self._log[max(after, 0) :][: max(limit, 0)]

    def forget_deleted(self, *, up_to: int) -> None:
        with self._lock:
            self._log = [
                change
                if change.sequence > up_to or (change.kind, change.id) in self._documents
                else replace(change, id="")
                for change in self._log
            ]

    def scrub(self, *, within_s: float = 0) -> bool:
        return True

    def last_written(self, kind: Kind) -> dict[str, datetime]:
        return {
            change.id: at
            for change, at in zip(self._log, self._log_at, strict=True)
            if change.kind is kind and (kind, change.id) in self._documents
        }

    def changes_of(self, kind: Kind, id_: str) -> list[Dated]:
        return [
            Dated(change.sequence, change.operation, at)
            for change, at in zip(self._log, self._log_at, strict=True)
            if (change.kind, change.id) == (kind, id_)
        ]

    def history(self, *, up_to: int) -> Iterator[Logged]:
        for change, at in [*zip(self._log, self._log_at, strict=True)][:up_to]:
            yield Logged(change.kind, change.id, at)

    def clock(self) -> datetime | None:
        return None

    def change(self, sequence: int) -> Change | None:
        return self._log[sequence - 1] if 1 <= sequence <= len(self._log) else None

    def last_sequence(self) -> int:
        return len(self._log)

    def vectors(self, digests: Sequence[bytes], *, model: str) -> dict[bytes, Vectors]:
        return {digest: self._vectors[digest, model].copy() for digest in digests if (digest, model) in self._vectors}

    def add_vectors(self, vectors: ModelVectors) -> None:
        with self._lock:
            for model, made in vectors.items():
                for digest in self._used() & made.keys():
                    self._vectors[digest, model] = np.array(made[digest], dtype=np.float32)

    def drop_vectors(self, *, keep_models: Collection[str]) -> int:
        with self._lock:
            before = len(self._vectors)
            self._vectors = {key: vector for key, vector in self._vectors.items() if key[1] in keep_models}
            self._forget_unused()
            return before - len(self._vectors)

    def rewrite_derived(self, documents: Sequence[Document]) -> None:
        with self._lock:
            for document in documents:
                stored = self._documents.get(_key(document))
                if stored is not None and stored.record == document.record:
                    self._documents[_key(document)] = document
            self._forget_unused()

    def search_text(
        self, kind: Kind, words: str, *, weigh: Callable[[str], float] = alike, limit: int = 100
    ) -> list[TextHit]:
        wanted = set(words_of(fold(words)))
        hits = []
        for (side, id_), document in self._documents.items():
            texts = document.full_text or {}
            found = {facet: Counter(words_of(fold(texts.get(facet, "")))) for facet in Facet}
            times = {word: sum(_WEIGHTS[facet] * found[facet][word] for facet in Facet) for word in wanted}
            score = sum(weigh(word) * times[word] * 1.12 / (times[word] + 1.2) for word in sorted(wanted))
            if side is kind and score:
                hits.append(TextHit(id_, score))
        return sorted(hits, key=lambda hit: (-hit.score, hit.id))[: max(limit, 0)]

    def ids_with(self, kind: Kind, phrase: str) -> set[str]:
        wanted = f" {' '.join(words_of(fold(phrase)))} "
        return {
            id_
            for (side, id_), document in self._documents.items()
            if side is kind and wanted.strip()
            for words in (document.full_text or {}).values()
            if wanted in f" {' '.join(words_of(fold(words)))} "
        }

    def full_text(self, kind: Kind, *, batch: int = 1000) -> Iterator[list[tuple[str, Mapping[str, str]]]]:
        filled = [
            key for key in self._documents if key[0] is kind and any((self._documents[key].full_text or {}).values())
        ]
        for page in self._pages(filled, batch):
            yield [
                (document.record.id, {facet: text for facet, text in (document.full_text or {}).items() if text})
                for document in page
            ]

    def close(self) -> None:
        pass

    def _show(self, key: tuple[Kind, str], guard: Guard | None) -> None:
        stored = self._documents.get(key)
        if guard is not None:
            guard(stored.record if stored else None)

    def _pages(self, keys: Iterable[tuple[Kind, str]], batch: int) -> Iterator[list[Document]]:
        ordered = [self._documents[key] for key in sorted(keys)]
        for start in range(0, len(ordered), batch):
            yield ordered[start : start + batch]

    def _append(self, operation: Operation, keys: Iterable[tuple[Kind, str]], token: str | None = None) -> None:
        token = token or secrets.token_hex(8)
        self._log.extend(
            Change(sequence, kind, id_, operation, token)
            for sequence, (kind, id_) in enumerate(keys, start=len(self._log) + 1)
        )
        self._log_at += [datetime.now(UTC)] * (len(self._log) - len(self._log_at))

    def _used(self) -> set[bytes]:
        return {digest for document in self._documents.values() for digest in document.digests}

    def _forget_unused(self) -> None:
        used = self._used()
        self._vectors = {key: vector for key, vector in self._vectors.items() if key[0] in used}


def _key(document: Document) -> tuple[Kind, str]:
    if not is_storable(document.record.id):
        raise InvalidRecord(field="id", reason="cannot be stored")
    return kind_of(document.record), document.record.id
