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
from typing import Any

from matcher.core import denial
from matcher.core.ports import Mention, Named, Trade
from matcher.core.skill_levels import without_level
from models import concepts, doubtful, homographs, trade_words, trades
from models import relations as related
from models.concepts import FAMILIES, LEXICON, TABLE, Neutral
from models.doubtful import is_of_a_company
from models.files import bytes_of
from models.relations import APART, RELATIONS
from models.skill_names import Tables
from models.skill_words import key_of, key_of_words, plain, words_of
from models.trade_words import TradeWords
from models.trades import Trades

VERSION = "14"
_WITHIN = re.compile(r"[ \t\u00a0\u202f'’/–-]*")
"""What may stand between two words of a name."""
_EDGES = frozenset("&@")
_BRACKETED = re.compile(r"\s*([^()]*[^()\s])\s*\(([^()]+)\)\s*")
"""A skill and what stands behind it in brackets: what it is called otherwise, or what it is done with."""
_IN_A_SENTENCE = "avec "
"""Stands before what would otherwise begin a sentence, where a name that is a word, too, does not count."""
_FEW_LETTERS = 4
"""Of a word that is another's beginning: `cyber (cybersécurité)`."""


class Thesaurus:
    """The shipped one. What it needs is read where it is first asked for. Thread-safe."""

    def __init__(
        self,
        neutral: Neutral,
        *,
        table: Path = TABLE,
        lexicon: Path = LEXICON,
        relations: Path = RELATIONS,
        apart: Path = APART,
        doubtful: Path = doubtful.FILE,
        trades: Path = trades.FILE,
        trade_words: Path = trade_words.FILE,
    ) -> None:
        """Take the files.

        Args:
            neutral: the engine's gender-neutral form, in which the table stands.
            table: ESCO's and ROME's concepts.
            lexicon: this project's own.
            relations: which skills are more general than which.
            apart: which skills only an encoder holds near.
            doubtful: which names mean something else as well, and what has to stand beside them.
            trades: which skills the names of trades say.
            trade_words: by which words a title says a trade.
        """
        self._neutral = neutral
        self._files = (table, lexicon, relations, apart, doubtful, trades, trade_words)
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[Any, ...]:
        """Go to another process as what it was made of: each reads its own tables."""
        return _of, (self._neutral, self._files)

    @cached_property
    def fingerprint(self) -> str:
        """Changes whenever an answer could: the files, or what is made of them."""
        digest = hashlib.sha256(VERSION.encode())
        for path in self._files:
            digest.update(bytes_of(path))
        return digest.hexdigest()[:16]

    def names(self, texts: Sequence[str]) -> list[str | None]:
        """Return each skill's one name, None where it is not known.

        What is known by a part of it has that part's: `développement Java` is Java, `réseaux (LAN, WAN)` what stands
        before the brackets. What stands in them names it where it is the same or near it: `saisie comptable (Excel)` is
        not Excel. A level is no part of a skill: `core/skill_levels.py`.
        """
        return [self._listed(text) for text in texts]

    def mentions(self, text: str) -> list[Mention]:
        """Return the skills that a text names, in the order of the text, the longest where they overlap.

        A name that is a word of French or English too counts in its exact spelling, and where a sentence begins as an
        item of a list alone: `homographs`. A single letter never counts. What means something else as well ("ERP")
        counts beside what tells that it is meant: `doubtful`. What is denied ("pas de Java") is not named: `denial`.
        """
        tables = self._tables
        spans, words, odd = words_of(text)
        runs = []
        for place, start in enumerate(tables.starts(words, odd)):
            if start:
                for length, name in reversed(tables.named(start, words, odd, place)):
                    run = slice(place, place + length)
                    if self._counts(text, spans[run], start.word) and tables.is_worded_so(words[run], odd):
                        runs.append((name not in tables.ours, -length, place, name))
                        break
        places = _apart(runs)
        keys = {at: key_of_words(words[at:end], odd) for at, end, _ in places}
        found = [Mention(spans[at][0], _end(text, spans[end - 1]), name) for at, end, name in places]
        refused: set[int] = set()
        # With the stop that ends its sentence, a word is an odd one.
        if found and not (denial.WORDS.isdisjoint(words) and denial.WORDS.isdisjoint(word.rstrip(".") for word in odd)):
            denying = [span[0] for span, word in zip(spans, words, strict=True) if word.rstrip(".") in denial.WORDS]
            refused = denial.denied(text, [(one.start, one.end) for one in found], denying)
        if not tables.doubtful.keys().isdisjoint(keys.values()):
            # After what is denied: a denied list may have a doubtful name in it, and a denied skill bears nothing out.
            doubted = {place: keys[at] for place, (at, _, _) in enumerate(places) if keys[at] in tables.doubtful}
            refused |= self._unborne(text, found, doubted, refused)
        return [one for place, one in enumerate(found) if place not in refused]

    def trades(self, title: str) -> list[Trade]:
        """Return the trades that a title of a person's says are theirs, in its order: `models/trades.py`."""
        return self._trades.of(title)

    def says_trade(self, title: str) -> bool:
        """Tell whether a title in its gender-neutral form says what somebody does: `models/trade_words.py`."""
        return self._trade_words.stand_in(title)

    def reads(self, name: str) -> bool:
        """Tell whether `mentions` knows a name: where it leaves the word out, a text does not mean the skill."""
        key = key_of(name)
        rows = self._tables.doubtful.get(key)
        is_listed_alone = rows is not None and all(row.field == "never" and row.beside is None for row in rows)
        return self._tables.quoted(key) is not None and not is_listed_alone

    def spells(self, word: str) -> bool:
        """Tell whether a name of a skill of the lexicon is spelt so, whatever its case: `oracle`, not `oracles`."""
        return word.casefold() in self._tables.spelt

    def is_tool(self, name: str) -> bool:
        """Tell of a skill's one name whether it is known by a name of its own: Python, and neither agility nor law."""
        return name in self._tables.products

    def is_trade(self, text: str) -> bool:
        """Tell whether a text is the name of a trade that the lexicon or the table of trades knows."""
        return self._trades.knows(text)

    def near(self, name: str) -> Mapping[str, float]:
        """Return the skills that partly stand in for one, with how far, without itself."""
        return self._tables.near.get(name, {})

    def tells_apart(self, one: Named, other: Named) -> bool:
        """Tell whether it knows two skills so well that what it does not say of them is not so."""
        return self._tables.tells_apart(one, other)

    def _listed(self, text: str) -> str | None:
        tables = self._tables
        if key := key_of(text):
            if name := tables.listed.get(key) or tables.product_of(key):
                return name
            if "(" in text and (parts := _BRACKETED.fullmatch(text)) and without_level(text) == text:
                before, within = parts.groups()
                name = self._listed(before)
                if name is None and (other := self._listed(within)) and self._explains(other, before, within):
                    return other
                return name
        return None

    def _explains(self, name: str, before: str, within: str) -> bool:
        """Tell whether brackets say what the words before them mean, which nobody knows.

        They do where one is short for the other, or the words begin another name of the skill (`analyse d'impact
        (AIPD)`) or name one near it.
        """
        if _is_short_for(before, within) or _is_short_for(within, before) or self._tables.begins(before, name):
            return True
        named = {one.name for one in self.mentions(f"{_IN_A_SENTENCE}{before}")}
        return any(one == name or name in self.near(one) or one in self.near(name) for one in named)

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
            doubted: the words of each doubtful one, folded, by its place.
            denied: the places of what the text denies: it bears nothing out.
        """
        tables = self._tables
        named = {one.name for place, one in enumerate(found) if place not in doubted and place not in denied}
        doubts: dict[tuple[str, str], list[int]] = defaultdict(list)
        for place, key in doubted.items():
            doubts[key, found[place].name].append(place)
        small, ends = plain(text), doubtful.sentence_ends(text)
        unborne = set(doubted)
        for (key, name), places in doubts.items():
            where = {(found[place].start, found[place].end): place for place in places}
            for one in tables.doubtful[key]:
                written = [span for span in where if one.is_written(text[slice(*span)])]
                if written:
                    near = not named.isdisjoint(tables.field(name, one))
                    meant = one.meant(text, small, ends, written, otherwise=name in named, beside=near)
                    unborne.difference_update(map(where.__getitem__, meant))
        return unborne

    @cached_property
    def _tables(self) -> Tables:
        with self._lock:
            if "_made" not in self.__dict__:
                self.__dict__["_made"] = Tables(*self._read())
            made: Tables = self.__dict__["_made"]
            return made

    @cached_property
    def _trades(self) -> Trades:
        return Trades(self._neutral, self._files[5], occupations=concepts.trades(self._neutral, self._files[1]))

    @cached_property
    def _trade_words(self) -> TradeWords:
        return TradeWords(self._files[6])

    def _read(self) -> tuple[Any, ...]:
        table, lexicon, relations, apart, unsure, _, _ = self._files
        skills, owners = concepts.read_with_owners(self._neutral, kinds=FAMILIES["skill"], table=table, lexicon=lexicon)
        said = related.Said(concepts.nearness(lexicon), related.read(relations), related.read_apart(apart))
        named = concepts.groups(lexicon), concepts.products(lexicon)
        return skills, owners, said, *named, doubtful.read(unsure), concepts.trades_and_terms(self._neutral, lexicon)


def _is_short_for(short: str, long: str) -> bool:
    """Tell whether one name is made of the other's first letters, or begins it: `SIRH`, `cyber`."""
    one, other = plain(short).strip(), plain(long).strip()
    if not one.isalnum():
        return False
    letters = iter([word[0] for word in words_of(other)[1] if word])
    is_acronym = short.strip().isupper() and one[0] == other[0] and all(letter in letters for letter in one)
    return is_acronym or (len(one) >= _FEW_LETTERS and other.startswith(one))


def _of(neutral: Neutral, files: tuple[Path, Path, Path, Path, Path, Path, Path]) -> Thesaurus:
    names = ("table", "lexicon", "relations", "apart", "doubtful", "trades", "trade_words")
    return Thesaurus(neutral, **dict(zip(names, files, strict=True)))


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


def _end(text: str, word: tuple[int, int]) -> int:
    """Return where a word ends without the stop that ends its sentence."""
    start, end = word
    while end > start + 1 and text[end - 1] == ".":
        end -= 1
    return end
