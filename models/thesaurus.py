"""Which texts name the same skill, which skills a text names, and which skills stand in for one.

The names are those of the table of concepts: ESCO's skills, and this project's lexicon of technologies, methods and
norms. What is near what comes from the lexicon's `near` and from relations.tsv, both written by hand: vectors of names
cannot know that React is JavaScript.
"""

import hashlib
import re
import threading
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from matcher.core import denial
from matcher.core.errors import ModelUnavailable
from matcher.core.letters import without_accents
from matcher.core.ports import Mention
from models import concepts, doubtful, homographs
from models import relations as related
from models.concepts import FAMILIES, LEXICON, TABLE, Concept, Neutral, is_ambiguous
from models.doubtful import Doubtful, is_of_a_company
from models.homographs import WORDS_TOO
from models.relations import RELATIONS, Relation

VERSION = "3"
LONGEST = 8
"""Words of a name that is looked for in prose."""
SMALL_BETWEEN = 3
"""Small words that may stand in it."""

_TOKEN = re.compile(
    r"[^\s,;:/()\[\]{}|«»\"“”'’•·…!?–—_<>=*~`\\™®©\u200b-\u200f\u2010-\u2012\u2190-\u2bff"
    r"\ue000-\uf8ff\ufe0f\ufeff\U0001f000-\U0001faff-]+"
)
"""A word: what marks text up, ornaments it or says whose a name is stands outside it."""
_SMALL = frozenset("d l de du des la le les of the en à a aux au et and".split())
"""Words between which a name is the same with or without."""
_GENERIC = frozenset(
    "annuaire audiovisuel cic data encadrement habilitation http innovation log management mvp piste "
    "prototype qualification recette supervision veille".split()
)
"""Words that name a skill in a list, and hardly ever where they stand in prose."""
_NO_PLURALS = frozenset("cics ssas ssis ssrs".split())
"""Abbreviations that end as plurals do: SSIS is not several SSI."""
_WITHIN = re.compile(r"[ \t\u00a0\u202f'’/–-]*")
"""What may stand between two words of a name."""
_EDGES = frozenset("&@")

_ACCENTED = {
    letter: base for letter in range(0x250) if len(base := without_accents(chr(letter))) == 1 and base.isalpha()
}
"""Letters without their accents, where one letter is left."""

_BESIDE = "\n"
"""Between the words of a name by which it is looked up: no word holds it, for it parts words."""
_APART = "\t"
"""Between two such names, likewise."""


class Thesaurus:
    """The shipped one. What it needs is read where it is first asked for. Thread-safe."""

    def __init__(
        self,
        neutral: Neutral,
        *,
        table: Path = TABLE,
        lexicon: Path = LEXICON,
        relations: Path = RELATIONS,
        doubtful: Path = doubtful.FILE,
    ) -> None:
        """Take the files.

        Args:
            neutral: the engine's gender-neutral form, in which the table stands.
            table: ESCO's and ROME's concepts.
            lexicon: this project's own.
            relations: which skills are more general than which.
            doubtful: which names mean something else as well, and what has to stand beside them.
        """
        self._neutral = neutral
        self._files = (table, lexicon, relations, doubtful)
        self._lock = threading.Lock()

    @cached_property
    def fingerprint(self) -> str:
        """Changes whenever an answer could: the files, or what is made of them."""
        digest = hashlib.sha256(VERSION.encode())
        for path in self._files:
            digest.update(_bytes(path))
        return digest.hexdigest()[:16]

    def names(self, texts: Sequence[str]) -> list[str | None]:
        """Return each skill's one name, None where it is not known."""
        return [self._tables.listed.get(key) if (key := _key(text)) else None for text in texts]

    def mentions(self, text: str) -> list[Mention]:
        """Return the skills that a text names, in the order of the text, the longest where they overlap.

        A name that is a word of French or English too counts in its exact spelling, and where a sentence begins as an
        item of a list alone: `homographs`. A single letter never counts. What means something else as well ("ERP")
        counts beside what tells that it is meant: `doubtful`. What is denied ("pas de Java") is not named: `denial`.
        """
        tables = self._tables
        spans, words, odd = _words(text)
        runs = []
        for place, start in enumerate(tables.starts(words, odd)):
            if start:
                for length, name in reversed(tables.named(start, words, odd, place)):
                    if self._counts(text, spans[place : place + length], start.word):
                        runs.append((name not in tables.ours, -length, place, name))
                        break
        places = _apart(runs)
        alone = {at: odd.get(words[at]) or _folded(words[at]) for at, end, _ in places if end - at == 1}
        found = [Mention(spans[at][0], _end(text, spans[end - 1]), name) for at, end, name in places]
        refused: set[int] = set()
        if found and not denial.WORDS.isdisjoint(words):
            denying = [span[0] for span, word in zip(spans, words, strict=True) if word in denial.WORDS]
            refused = denial.denied(text, [(one.start, one.end) for one in found], denying)
        if not tables.doubtful.keys().isdisjoint(alone.values()):
            # After what is denied: a denied list may have a doubtful name in it, and a denied skill bears nothing out.
            doubted = {place: alone[at] for place, (at, _, _) in enumerate(places) if alone.get(at) in tables.doubtful}
            refused |= self._unborne(text, found, doubted, refused)
        return [one for place, one in enumerate(found) if place not in refused]

    def reads(self, name: str) -> bool:
        """Tell whether `mentions` knows a name: where it leaves the word out, a text does not mean the skill."""
        return self._tables.quoted(_key(name)) is not None

    def near(self, name: str) -> Mapping[str, float]:
        """Return the skills that partly stand in for one, with how far, without itself."""
        return self._tables.near.get(name, {})

    def _counts(self, text: str, run: Sequence[tuple[int, int]], first: str) -> bool:
        start, end = run[0][0], _end(text, run[-1])
        gaps = (text[one[1] : other[0]] for one, other in pairwise(run))
        if text[max(start - 1, 0) : start] in _EDGES or text[end : end + 1] in _EDGES:
            return False
        if not all(map(_WITHIN.fullmatch, gaps)):
            return False
        if len(run) == 1 and (written := self._tables.doubtful.get(first)):
            return any(one.is_written(text[start:end]) for one in written) and not is_of_a_company(text, start, end)
        spellings = self._tables.exact.get(first) if len(run) == 1 else None
        return spellings is None or homographs.is_name(text, start, end, spellings)

    def _unborne(
        self, text: str, found: Sequence[Mention], doubted: Mapping[int, str], denied: Container[int]
    ) -> set[int]:
        """Return which doubtful names nothing in the text bears out, by their places.

        Args:
            text: as it stands.
            found: what the text seems to name.
            doubted: the word of each doubtful one, folded, by its place.
            denied: the places of what the text denies: it bears nothing out.
        """
        tables = self._tables
        named = {one.name for place, one in enumerate(found) if place not in doubted and place not in denied}
        doubts: dict[tuple[str, str], list[int]] = defaultdict(list)
        for place, word in doubted.items():
            doubts[word, found[place].name].append(place)
        folded, ends = _plain(text), doubtful.sentence_ends(text)
        unborne = set(doubted)
        for (key, name), places in doubts.items():
            where = {(found[place].start, found[place].end): place for place in places}
            for one in tables.doubtful[key]:
                written = [span for span in where if one.is_written(text[slice(*span)])]
                if written:
                    near = not named.isdisjoint(tables.field(name, one))
                    meant = one.meant(text, folded, ends, written, otherwise=name in named, beside=near)
                    unborne.difference_update(map(where.__getitem__, meant))
        return unborne

    @cached_property
    def _tables(self) -> "_Tables":
        with self._lock:
            if "_made" not in self.__dict__:
                self.__dict__["_made"] = _Tables(*self._read())
            made: _Tables = self.__dict__["_made"]
            return made

    def _read(self) -> tuple[Any, ...]:
        table, lexicon, relations, unsure = self._files
        skills, owners = concepts.read_with_owners(self._neutral, kinds=FAMILIES["skill"], table=table, lexicon=lexicon)
        said = concepts.nearness(lexicon), related.read(relations), concepts.groups(lexicon)
        return skills, owners, *said, doubtful.read(unsure, _plain)


class _Start(NamedTuple):
    """A word with which names begin."""

    word: str
    alone: str | None
    """The skill of which it is a name by itself."""
    follows: Mapping[str, int]
    """Which words come next, and of how many words the longest such name is without small ones: most words of prose
    begin a name that does not go on so."""
    reach: int
    """Of how many words the longest name in prose is; small words may stand between them."""


class _Tables:
    """What the files say, ready to be looked up."""

    def __init__(
        self,
        skills: Iterable[Concept],
        owners: Mapping[str, str],
        siblings: Mapping[str, Sequence[str]],
        said: Sequence[Relation],
        groups: Mapping[str, str],
        unsure: Iterable[Doubtful],
    ) -> None:
        """Take the skills, which skill each entry of the lexicon is, and what is said of the entries and of names."""
        self.ours = {*owners.values()}
        """Those that the lexicon knows: they go before those that ESCO alone knows."""
        labels: dict[str, str] = {}
        others: dict[str, str] = {}
        our_labels: dict[str, str] = {}
        our_others: dict[str, str] = {}
        spelt: dict[str, set[str]] = defaultdict(set)
        folded = _Folded()
        for one in skills:
            preferred, forms = {*one.preferred}, one.forms
            label, alternative = (our_labels, our_others) if one.id in self.ours else (labels, others)
            for form, key in zip(forms, folded.keys_of(forms), strict=False):  # one key too many where there is no form
                if key:
                    (label if form in preferred else alternative).setdefault(key, one.id)
                    if _BESIDE not in key:
                        spelt[key].add(form)
        # What the lexicon says goes before ESCO, whose SPARK is another; and a label before an alternative one.
        self.listed = {**others, **labels, **our_others, **our_labels}
        """Names of skills, by their words."""
        reach: dict[str, int] = {}
        follows: dict[str, dict[str, int]] = defaultdict(dict)
        for key, named in self.listed.items():
            if self._is_telling(key, named):
                first, *rest = key.split(_BESIDE)
                length = 1 + len(rest) + (SMALL_BETWEEN if rest else 0)
                if length > reach.get(first, 0):
                    reach[first] = length
                if rest and len(rest) >= follows[first].get(rest[0], 0):
                    follows[first][rest[0]] = 1 + len(rest)
        self._starts = {
            word: _Start(word, self.quoted(word), follows.get(word, {}), most) for word, most in reach.items()
        }
        self._written = {
            written: start
            for word, start in self._starts.items()
            for written in (word, f"{word}s", f"{word}x")
            if _folded(written) == word
        }
        """The same by a word as it stands in prose, if it has neither accents nor stops: one look, and no folding."""
        self.exact = {
            key: {WORDS_TOO[key]} if key in WORDS_TOO else forms
            for key, forms in spelt.items()
            if self.quoted(key) and (key in WORDS_TOO or any(is_ambiguous(concepts.fold(form)) for form in forms))
        }
        """Names that are words, too: how they must be written."""
        self.near = related.nearness(owners, siblings, said)
        self.doubtful: dict[str, list[Doubtful]] = defaultdict(list)
        """Names that mean something else as well, by their word."""
        for name in unsure:
            self.doubtful[_key(name.written)].append(name)
        self._group_of = {owners[entry]: group for entry, group in groups.items() if entry in owners}
        self._fields: dict[tuple[str, str], set[str]] = {}

    def field(self, skill: str, name: Doubtful) -> set[str]:
        """Return the skills that tell of one, as doubtful.tsv says of its name."""
        if (skill, name.field) not in self._fields:
            near = self.near.get(skill, {}).keys() if name.field in ("group", "near") else ()
            group = self._group_of.get(skill) if name.field == "group" else None
            same = (other for other, of in self._group_of.items() if of == group)
            self._fields[skill, name.field] = {*near, *same} - {skill}
        return self._fields[skill, name.field]

    def starts(self, words: Iterable[str], odd: Mapping[str, str]) -> list["_Start | None"]:
        """Return what begins with each word of a text.

        Args:
            words: as `_words` returns them.
            odd: likewise.
        """
        return [self._starts.get(odd[word]) if word in odd else self._written.get(word) for word in words]

    def named(self, start: "_Start", words: Sequence[str], odd: Mapping[str, str], place: int) -> list[tuple[int, str]]:
        """Return the names that begin at a place: of how many words each is, and the skill, the shortest first."""
        found = [(1, start.alone)] if start.alone else []
        if not start.follows:
            return found
        key, longest, length = start.word, 0, 1
        for at in range(place + 1, min(place + start.reach, len(words))):
            word = odd.get(words[at]) or _folded(words[at])
            if word not in _SMALL:  # else no name ends here
                longest, length = longest or start.follows.get(word, 0), length + 1
                if length > longest:
                    break
                key += _BESIDE + word
                if one := self.quoted(key):
                    found.append((at - place + 1, one))
        return found

    def quoted(self, key: str) -> str | None:
        """Return the skill that these words name where they stand in prose."""
        one = self.listed.get(key)
        return one if one and self._is_telling(key, one) else None

    def _is_telling(self, key: str, one: str) -> bool:
        if _BESIDE in key:
            return key.count(_BESIDE) < LONGEST
        return one in self.ours and len(key) > 1 and key not in _GENERIC


class _Folded(dict[str, str]):
    """The folded words of whatever stands between two spaces of a name: some 20,000 make all names.

    What is learned of them goes when the tables are made.
    """

    def __init__(self) -> None:
        super().__init__({concepts.BETWEEN: _APART})

    def __missing__(self, written: str) -> str:
        words = self[written] = _BESIDE.join(_folded_words(written))
        return words

    def keys_of(self, names: Iterable[str]) -> list[str]:
        """Return each name's key, as `_key` does: all at once, for there are a hundred thousand.

        Args:
            names: without concepts.BETWEEN.
        """
        written = f" {concepts.BETWEEN} ".join(names).split()
        folded = _BESIDE.join(filter(None, map(self.__getitem__, written))).split(_APART)
        return [_without_small(key.strip(_BESIDE)) for key in folded]


def _apart(runs: Iterable[tuple[bool, int, int, str]]) -> list[tuple[int, int, str]]:
    """Return the runs of words that remain where they overlap, the best of each heap, in the order of the text.

    Args:
        runs: what goes before what; then the first word and the name. The second entry is the length, negative.
    """
    taken: set[int] = set()
    found = []
    for _, length, start, name in sorted(runs):
        places = range(start, start - length)
        if taken.isdisjoint(places):
            taken.update(places)
            found.append((start, start - length, name))
    return sorted(found)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelUnavailable(f"{path.name} is missing: install it again, it comes with the project") from error


def _words(text: str) -> tuple[list[tuple[int, int]], list[str], dict[str, str]]:
    """Return where each word of a text begins and ends; the words in lower case; those with accents or stops, folded.

    What is nothing once it is folded is no word.
    """
    plain = text.casefold()
    # All of them at once, unless a letter becomes two.
    spans = [found.span() for found in _TOKEN.finditer(plain if len(plain) == len(text) else text)]
    if len(plain) == len(text):
        words = [plain[start:end] for start, end in spans]
    else:
        words = [text[start:end].casefold() for start, end in spans]
    odd = {word: _folded(word) for word in words if word[-1] == "." or not word.isascii()}
    if not all(odd.values()):
        spans = [span for span, word in zip(spans, words, strict=True) if odd.get(word, word)]
        words = [word for word in words if odd.get(word, word)]
    return spans, words, odd


def _plain(text: str) -> str:
    """Return a text in small letters without accents, letter by letter."""
    return text.replace("İ", "I").lower().translate(_ACCENTED).replace("’", "'")


def _key(text: str) -> str:
    """Return the words by which a name is looked up."""
    return _without_small(_BESIDE.join(_folded_words(text)))


def _folded_words(text: str) -> list[str]:
    return [word for word in map(_fold, _TOKEN.findall(text)) if word]


def _without_small(key: str) -> str:
    words = key.split(_BESIDE)
    if len(words) < 2 or _SMALL.isdisjoint(words):
        return key
    if words[0] in _SMALL or words[-1] in _SMALL:
        return ""  # it begins or ends with a word that says nothing: the shorter run is the name
    return _BESIDE.join([word for word in words if word not in _SMALL])


def _fold(word: str) -> str:
    """Return a word without case, accents, plural and the stops at its end."""
    return _folded(word.casefold())


def _folded(word: str) -> str:
    """Return the same of a word in lower case."""
    plain = word.rstrip(".")
    if not plain.isascii():
        plain = without_accents(plain.translate(_ACCENTED))
    if len(plain) > 3 and plain[-1] in "sx" and plain[-2] not in "su." and plain not in _NO_PLURALS:
        plain = plain[:-1]
    return plain


def _end(text: str, word: tuple[int, int]) -> int:
    """Return where a word ends without the stop that ends its sentence."""
    start, end = word
    while end > start + 1 and text[end - 1] == ".":
        end -= 1
    return end
