"""Which skill the name of a trade says: a data scientist does data science, a `chef de projet` manages projects.

In titles that people give themselves and their posts, and there only where the trade is their own: `assistant chef de
projet`, `recruteur de data scientists` and `futur data scientist` are none. What is found is quoted as it was written.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from matcher.core.ports import Trade
from models import concepts
from models.concepts import Neutral
from models.files import damaged, lines_of

FILE = concepts.FOLDER / "trades.tsv"
COLUMNS = ("skill", "trades", "unless")

MOST_CHARACTERS = 300
"""Letters of a title that are read; the rest is not."""
_LONGEST = 8
"""Words of a trade in both genders: `chef de projet / cheffe de projet`."""
_WORD = re.compile(r"[^\s,;:|/&+–—•]+")
_STOPS = ".!?"
_PARTED = re.compile(r"[,;:|–—•&+]|\s-|-\s")
"""What does not stand inside a trade."""
_BOUNDARY = re.compile(r"(?:^|[,;|/&+–—•(]|\s-|(?<!\w)(?:et|and|puis|then|ou|or))\s*$", re.IGNORECASE)
"""How the words before a trade end where it is not a part of a longer one."""
_LAST_WORD = re.compile(r"[^\s,;:|/&+()–—•]+\s*$")
_NEXT_WORD = re.compile(r"\s*(d['’]|[^\s,;:|/&+()–—•]+)")
_PLAIN = re.compile(r"[^\W_]+")
_QUALIFYING = frozenset(
    """
    a agile an ancien certifie certified chief confirme confirmed consultant consulting digital ex experimente expert
    former freelance independant independent ingenieur it junior jr lead principal senior sr staff technical un une web
    """.split()
)
"""What may stand before a trade, folded: it stays the same."""
_LEARNING = frozenset(
    """
    alternance alternant apprenti apprentissage apprentice apprenticeship aspirant aspiring becoming devenir eleve
    etudiant futur future intern internship stage stagiaire student trainee wannabe
    """.split()
)
"""Who is one of these is not yet what they name."""
_ABOUT_OTHERS = frozenset(
    """
    adjoint assistant become chasseur cherche coach enseignant formateur formation hiring ingenierie jamais looking
    mentor never no non not objectif pas professeur recherche reconversion recruiter recruiting recrutement recruteur
    recruitment sales sans secretaire seeking sourceur sourcing souhaite support talent teacher trainer training vendeur
    vers want wish without
    """.split()
)
"""Before a trade: it is another's, or one that is wished for."""
_ANOTHER_TRADE = frozenset(
    """
    academy adjoint assistant coordinator hiring recruiter recruiting recruitment sales support teacher trainer training
    """.split()
)
"""Right behind a trade: it is part of another one's name."""
_NOT_YET = re.compile(r"\s*en\s+(?:formation|herbe|reconversion)\b", re.IGNORECASE)


class Trades:
    """What a table says of titles."""

    def __init__(self, neutral: Neutral, path: Path = FILE, *, occupations: Iterable[str] = ()) -> None:
        """Read a table.

        Args:
            neutral: the engine's gender-neutral form.
            path: of the table.
            occupations: names of other trades, whose names say no skill.

        Raises:
            ModelUnavailable: it is missing or damaged.
        """
        self._neutral = neutral
        self._skills: dict[str, tuple[str, frozenset[str]]] = {}
        """By the folded trade, the skill, and what must not stand right behind."""
        for skill, trades, unless in _read(path):
            for trade in trades:
                self._skills[concepts.fold(trade)] = skill, frozenset(unless)
        self._occupations = {*map(concepts.fold, occupations), *self._skills}
        self._any = re.compile("|".join(rf"\b{re.escape(trade)}\b" for trade in self._skills))

    @property
    def skills(self) -> set[str]:
        """The skills of all trades."""
        return {skill for skill, _ in self._skills.values()}

    @property
    def names(self) -> set[str]:
        """The trades, folded."""
        return {*self._skills}

    def of(self, title: str) -> list[Trade]:
        """Return the trades that a title says are somebody's own, and the skill of each, in the order of the title."""
        title = title[:MOST_CHARACTERS]
        # Most titles hold none, in no form.
        if not self._any.search(self._folded(title)):
            return []
        if not _LEARNING.isdisjoint(self._words(title)):
            return []
        found: list[Trade] = []
        spans = [word.span() for word in _WORD.finditer(title)]
        at = 0
        while at < len(spans):
            trade = self._at(title, spans[at : at + _LONGEST])
            if trade and self._is_own(title, trade):
                found.append(trade)
            at += 1
            while trade and at < len(spans) and spans[at][0] < trade.end:
                at += 1
        return found

    def knows(self, text: str) -> bool:
        """Tell whether a text is a trade's name, and nothing else."""
        return self._folded(text) in self._occupations

    def _at(self, title: str, spans: Sequence[tuple[int, int]]) -> Trade | None:
        """Return the trade that begins with the first of some words, if one does."""
        start = spans[0][0]
        for _, last in spans:
            end = start + len(title[start:last].rstrip(_STOPS))
            written = title[start:end]
            if _PARTED.search(written):
                return None
            key = self._folded(written)
            if key in self._skills:
                return None if _is_plural(written, key) else Trade(start, end, self._skills[key][0])
        return None

    def _is_own(self, title: str, trade: Trade) -> bool:
        before, after = title[: trade.start], title[trade.end :]
        if not _ABOUT_OTHERS.isdisjoint(self._words(before)):
            return False
        while not _BOUNDARY.search(before):
            last = _LAST_WORD.search(before)
            if not last or not {*self._words(last[0])} <= _QUALIFYING:
                return False
            before = before[: last.start()]
        behind = _NEXT_WORD.match(after)
        word = concepts.fold(self._neutral(behind[1])) if behind else ""
        unless = self._skills[self._folded(title[trade.start : trade.end])][1]
        return word not in _ANOTHER_TRADE | unless and not _NOT_YET.match(after)

    def _words(self, text: str) -> list[str]:
        return _PLAIN.findall(self._folded(text))

    def _folded(self, text: str) -> str:
        return concepts.fold(self._neutral(text))


def _is_plural(written: str, key: str) -> bool:
    """Tell whether several people are named: the neutral form is of one."""
    return _plurals(concepts.fold(written)) > _plurals(key)


def _plurals(folded: str) -> int:
    return sum(word.rstrip(")").endswith("s") for word in folded.split())


def _read(path: Path) -> list[tuple[str, list[str], list[str]]]:
    header, *rows = lines_of(path) or [""]
    if tuple(header.split("\t")) != COLUMNS:
        raise damaged(path, f"its columns are not {', '.join(COLUMNS)}")
    found = []
    for number, row in enumerate(rows, start=1):
        fields = row.split("\t")
        if len(fields) != len(COLUMNS) or not all(fields[:2]):
            raise damaged(path, f"row {number} cannot be read")
        skill, trades, unless = fields
        found.append((skill, trades.split(" | "), [concepts.fold(word) for word in unless.split(" | ") if word]))
    return found
