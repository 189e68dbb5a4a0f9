"""Names that mean something else as well in the administration: SPIP, ERP, BDD. The file says what has to stand beside.

A name of doubtful.tsv counts in prose where the same text tells that the skill is meant: by another name of it, by
another skill of its field, or by words of the file. An abbreviation that the text itself spells out differently is that
text's own.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models import concepts
from models.files import damaged, lines_of
from models.skill_words import SMALL, plain

FILE = concepts.FOLDER / "doubtful.tsv"
COLUMNS = ("names", "field", "beside", "unless")
FIELDS = ("group", "near", "own", "free", "led", "never")

_WORD = re.compile(r"[^\W_]+")
_SPELT_OUT_CHARACTERS = 90
_FAR = 1 << 40
"""More characters than a text has."""
_SENTENCE_END = re.compile(r"[.!?](?=\s)|\n(?![ \t]*[a-zà-ÿ])")
"""A line that begins with a small letter goes on with the one before."""
_LED_CHARACTERS = 60
_LEADS = re.compile(
    r"[\w().·*/-]{0,20}(?:\s*[,/&+-])?\s+(?:(?:et|and|de|du|des|le|la|les|en)\s+|[dl]')?(?:(?:les?|la)\s+|l')?"
)
"""What may stand between a word that tells, of which the beginning is given, and a name right behind it."""
_COMPANY = re.compile(r"[A-ZÀ-Þ][a-zà-ÿ][\w&'’-]*[ \t\u00a0]$")
_AFTER_A_COMPANY = frozenset({"SAS"})
"""Legal forms, after a company's name."""
_IN_BRACKET = re.compile(r"\s*\(([^()]{4,90})")


@dataclass(frozen=True, slots=True)
class Doubtful:
    """What is said of one name."""

    written: str
    """As it must stand in a text; all small letters, or several words: in any case."""
    field: str
    beside: re.Pattern[str] | None
    """Finds, in folded text, words that tell that the skill is meant."""
    unless: re.Pattern[str] | None
    """Finds what tells that it is not."""

    def is_written(self, word: str) -> bool:
        """Tell whether words of a text are this name; of several it has been told."""
        if " " in self.written:
            return True
        return word.lower() == self.written if self.written.islower() else word in (self.written, f"{self.written}s")

    def meant(
        self,
        text: str,
        folded: str,
        ends: Sequence[int],
        spans: Sequence[tuple[int, int]],
        *,
        otherwise: bool,
        beside: bool,
    ) -> Sequence[tuple[int, int]]:
        """Return where the name means the skill in a text, of where it stands in it.

        What tells that it does may stand anywhere. What tells that it does not counts in the name's own sentence,
        unless words of `beside` are nearer: so a sentence about something else makes no text name less.

        Args:
            text: as it stands.
            folded: the same in small letters without accents, letter by letter.
            ends: of its sentences.
            spans: where the name stands in it.
            otherwise: whether the text names the skill by another name, too.
            beside: whether it names another skill of its field.
        """
        if self.field in ("led", "never"):
            return [span for span in spans if self._leads_to(folded, span[0])]
        if otherwise:
            return spans
        free = self.field == "free"
        if not free and not self.written.islower() and any(is_own_abbreviation(text, *span) for span in spans):
            return ()
        if not free and not beside and not (self.beside and self.beside.search(folded)):
            return ()
        against = [found.span() for found in self.unless.finditer(folded)] if self.unless else []
        if not against:
            return spans
        told = [found.span() for found in self.beside.finditer(folded)] if self.beside else []
        return [span for span in spans if _nearest(told, span, ends) < _nearest(against, span, ends, none=_FAR + 1)]

    def _leads_to(self, folded: str, start: int) -> bool:
        """Tell whether one of the words of `beside` stands right before a place: `ingénieure système, réseau`."""
        if self.beside is None or (self.unless and self.unless.match(folded, start)):
            return False
        found = self.beside.finditer(folded, max(0, start - _LED_CHARACTERS), start)
        return any(_LEADS.fullmatch(folded, one.end(), start) for one in found)


def sentence_ends(text: str) -> list[int]:
    """Return where each sentence of a text ends, or each line."""
    return [found.end() for found in _SENTENCE_END.finditer(text)]


def is_of_a_company(text: str, start: int, end: int) -> bool:
    """Tell whether a word is the legal form of a company: `Dupont SAS`."""
    return text[start:end] in _AFTER_A_COMPANY and bool(
        _COMPANY.search(text, max(0, start - _SPELT_OUT_CHARACTERS), start)
    )


def read(path: Path) -> list[Doubtful]:
    """Return what the file says of each name.

    Raises:
        ModelUnavailable: it is missing or damaged.
    """
    rows = [line.split("\t") for line in lines_of(path)]
    if (
        not rows
        or tuple(rows[0]) != COLUMNS
        or any(len(row) != len(COLUMNS) or row[1] not in FIELDS for row in rows[1:])
    ):
        raise damaged(path, f"a row has not the columns {', '.join(COLUMNS)}")
    return [
        Doubtful(name, field, _any_of(plain(beside)), _any_of(plain(unless)))
        for names, field, beside, unless in rows[1:]
        for name in names.split(" | ")
    ]


def is_own_abbreviation(text: str, start: int, end: int) -> bool:
    """Tell whether a text spells an abbreviation out: `Département Réseau Fixe (DRF)`, `DRF (Département …)`."""
    letters = text[start:end].lower()
    before = text[max(0, start - _SPELT_OUT_CHARACTERS) : start].rstrip()
    if before.endswith("("):
        return _initials(before).endswith(letters)
    inside = _IN_BRACKET.match(text, end)
    return inside is not None and _initials(inside[1]).startswith(letters)


def _nearest(found: Sequence[tuple[int, int]], name: tuple[int, int], ends: Sequence[int], none: int = _FAR) -> int:
    """Return how many characters lie between a name and the nearest of what was found in its sentence, else `none`."""
    sentence, place = bisect_left(ends, name[1]), bisect_left(found, name)
    gaps = [
        max(name[0] - end, start - name[1], 0)
        for start, end in found[max(place - 1, 0) : place + 1]
        if bisect_right(ends, start) == sentence
    ]
    return min(gaps, default=none)


def _initials(words: str) -> str:
    return "".join(word[0] for word in map(str.lower, _WORD.findall(words)) if word not in SMALL)


def _any_of(words: str) -> re.Pattern[str] | None:
    if not words:
        return None
    ways = [r"\s+".join(map(re.escape, way.split())) for way in words.split(" | ")]
    return re.compile(rf"(?<!\w)(?:{'|'.join(ways)})")
