"""Whether a title says what somebody does: `chargée d'études` does, and the name of a project (`CartoFlux`) does not.

A title that says nothing of a trade is as far from every other title as the next one; what is left is noise, and half
of a score would be drawn by it. The table holds the words by which names of occupations begin in French and end in
English. In doubt a title says something: what it says is lost where it is left out.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from matcher.core.letters import without_accents
from models import concepts
from models.concepts import Neutral
from models.files import lines_of

FILE = concepts.FOLDER / "trade_words.tsv"
MOST_CHARACTERS = 300
"""Letters of a title that are read; the rest is not."""
_WORD = re.compile(r"[^\W\d_]+")
_ENDINGS = re.compile(r"(?:eur(?:t?r?ice)?|iste|logue|graphe|ops|ement|[aict]tion|age)s?$")
"""How a word for somebody, or for what they do, ends that no table holds: `intrapreneur`, `InfraOps`, `déploiement`."""
_NO_WORK = frozenset(
    """
    abonnement classement complement element evenement image logement message page paiement paysage recrutement stage
    village
    """.split()
)
"""Words that end so, and say nothing of what is done, folded."""
_SHORT = frozenset(
    """
    admin adsi assist bi bizdev ceo cfo cio ciso coord cpo cto daf dba dev devs dga dgs dir dpd dpo drh dsi gest ing moa
    moe pm pmo po qa resp rh rssi sg sig sre ssi tech ui ux
    """.split()
)
"""Trades and fields of work in short, in small letters."""
_ACRONYM = re.compile(r"(?<![^\W_])[A-ZÀ-Ý]{2,5}(?![^\W_])")
"""What may be a trade in short, where not all of the title is in capitals."""
_NO_TRADE = frozenset("CDD CDI CV FH HF MF FM SI".split())
_LONG = 7
"""Letters from which on a word may be misspelt."""
_ALIKE = 0.87
"""Share of letters in common from which on it is one of the table, misspelt."""
_STARTS = 2
"""Letters that are right even so."""


class TradeWords:
    """The words of names of occupations that say who does the work, or what is done."""

    def __init__(self, neutral: Neutral, path: Path = FILE) -> None:
        """Take a table; it is read where a title is first asked about.

        Args:
            neutral: the engine's gender-neutral form.
            path: of the table, a word a line.
        """
        self._neutral = neutral
        self._path = path

    def stand_in(self, title: str) -> bool:
        """Tell whether a title holds one, a short form of a trade, or one that is misspelt.

        Raises:
            ModelUnavailable: the table is missing or damaged.
        """
        title = title[:MOST_CHARACTERS]
        words = [folded(word) for word in _WORD.findall(self._neutral(title))]
        if any(self._is_known(word) for word in words):
            return True
        acronyms = {*_ACRONYM.findall(title)} - _NO_TRADE
        if acronyms and (not title.isupper() or acronyms == {title.strip()}):
            return True
        return any(self._is_misspelt(word) for word in words if len(word) >= _LONG)

    def _is_known(self, word: str) -> bool:
        one = word.removesuffix("s")
        return not {word, one}.isdisjoint(self._words) or (one not in _NO_WORK and bool(_ENDINGS.search(word)))

    def _is_misspelt(self, word: str) -> bool:
        return bool(get_close_matches(word, self._by_start.get(word[:_STARTS], ()), n=1, cutoff=_ALIKE))

    @cached_property
    def _words(self) -> frozenset[str]:
        return _SHORT | frozenset(lines_of(self._path))

    @cached_property
    def _by_start(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._words):
            if len(word) >= _LONG - 1:
                found[word[:_STARTS]].append(word)
        return found


def folded(word: str) -> str:
    """Return a word as the table has it: in small letters, without accents."""
    return without_accents(word.casefold())


def first_word(french: str) -> str | None:
    """Return the word by which the French name of a trade begins, as the table has it; None where it has none."""
    return next((folded(word) for word in _WORD.findall(french) if len(word) > 2), None)


def last_word(english: str) -> str | None:
    """Return the word by which an English one ends, before what it is of: `head of data` is a head."""
    words = _WORD.findall(re.split(r"\b(?:of|for|in|and|at|on|with|to)\b|[,/(]", english, maxsplit=1)[0])
    return folded(words[-1]) if words and len(words[-1]) > 2 else None
