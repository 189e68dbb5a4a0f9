"""Names of tools that are words of French or English too, `Go` or `Vue`: does a text mean the tool where it writes one?

It does in the name's own spelling, but not where a sentence begins, for there every word has a capital; unless it is an
item of a list by itself ("- Go", "Maîtrise de : Spring", "Hive, Pig").
"""

import re
import unicodedata
from collections.abc import Collection

_SPELLINGS = """
    ARIS Ada Asana Asterisk BERT Bokeh Capacitor Cassandra Confluence Contentful Delphi Eleventy Elixir Excel Fedora
    Fortify Framer GIMP Groovy Illustrator JAWS Jaeger Jasmine Jekyll Julia Leaflet Llama MURAL Maze Mercurial Miro
    NetWorker Nomad Osmose Outlook Prettier Prisma RADIUS React Ruby Rust SAFe Samba Sentry Snort Solidity Squid
    Superset Twig Varnish VoiceOver Vue WAVE Workday YOLO
""".split()
WORDS_TOO = {spelling.lower(): spelling for spelling in _SPELLINGS}
"""Names that are words or given names, besides those of the table, and how they must be written."""
_LOOSE = frozenset("Elixir Excel Leaflet React Ruby Rust Word".split())
"""Those that are also written small, where what stands beside shows that the tool is meant, and in capitals."""
_LED_TO = re.compile(
    r"(?:(?<!\w)(?:sur|sous|avec|via|using|en|logiciels?|outils?|framework|langage|tableaux?|fichiers?)[ \t]"
    r"|d['’]|/[ \t]*)$",
    re.IGNORECASE,
)
_GIVEN_NAMES = frozenset("Ada Cassandra Jasmine Julia Ruby".split())
_SURNAME = re.compile(r"[ \t\u00a0](?:[A-ZÀ-Þ]\.[ \t])?[A-ZÀ-Þ][\w'’-]+")
_MEASURES = frozenset({"Go"})
"""Units, after a number."""

_SENTENCE_ENDS = frozenset(".!?")
_ITEMS_BEGIN = frozenset('\n:*•>-«“"')
_DASH = re.compile(r"(?:^|\n)[ \t]*[–—·]$")
"""An item's, not one between two parts of a title."""
_BLANKS = " \t\u00a0\u202f"
_HYPHENS = frozenset("-‐–—")
_ALONE = re.compile(
    r"\.?[ \t\u00a0\u202f]*(?:$|[\n/()\[\];|+*•·<>»”\"™®©\u2190-\u2bff\ue000-\uf8ff\ufe0f\U0001f000-\U0001faff]"
    r"|[-–—][ \t]|,[ \t]*(?=[A-ZÀ-Þ0-9.]|\n|$)|(?:et|and|ou|or|avec|with)[ \t]+(?=[A-ZÀ-Þ0-9.]))"
)
"""What stands behind an item of a list that is a name alone."""
_READ_BEFORE = 40
"""Characters before a word that are looked at."""


def is_name(text: str, start: int, end: int, spellings: Collection[str]) -> bool:
    """Tell whether the word between two places of a text names the tool.

    Args:
        text: as it stands.
        start: of the word.
        end: of the word.
        spellings: how the tool is written.
    """
    word = text[start:end]
    gap = text[max(0, start - _READ_BEFORE) : start]
    if word not in spellings:
        loose = word.capitalize() in _LOOSE.intersection(spellings)
        return loose and bool(word.isupper() or _LED_TO.search(gap) or text[end : end + 1] == "/")
    before = gap.rstrip(_BLANKS)
    if len(word) > 1 and word.isupper():
        return True  # nothing begins with two capitals but what is written so
    if (word in _MEASURES and before[-1:].isdigit()) or (word in _GIVEN_NAMES and _SURNAME.match(text, end)):
        return False
    if not before or before[-1] in _ITEMS_BEGIN or _is_ornament(before[-1]) or _DASH.search(before):
        hyphenated = gap == before and before[-1:] in _HYPHENS and before[-2:-1].isalnum()
        return not hyphenated and bool(_ALONE.match(text, end))
    return before[-1] not in _SENTENCE_ENDS


def _is_ornament(sign: str) -> bool:
    """Tell whether a sign is a bullet or a picture: a symbol, one of private use, or what selects its variant."""
    return not sign.isascii() and unicodedata.category(sign) in ("So", "Sm", "Co", "Cf", "Mn")
