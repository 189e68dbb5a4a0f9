"""Which skills the words of a search name, and which of them are tools.

A search is typed in a hurry: `chef de projet sap`, `Python, data scientist`. A name counts as the thesaurus reads it in
prose; of short parts also in lower case, beside a trade, unless it is a word that people use otherwise.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from matcher.core.ports import Thesaurus
from matcher.stages import text

MOST_SKILL_WORDS = 3
"""Words of the longest part that is taken for a skill though the thesaurus does not know it."""
FEW_WORDS = 4
"""Words of the longest part that is a trade and what it is done with: `chef de projet sap`."""
ACRONYM = 4
"""Letters of the longest word in lower case that is taken for an acronym, where it is no tool: `réseau` is none."""
PAIR = 2
"""Words that may be written as one, with a stop between them."""
MOST_WORDS = 12
"""Words of the longest part in which an acronym is taken at its word; in prose others must bear it out."""
_WORD = re.compile(r"[^\s()]+")
_ACRONYM = re.compile(r"(?<![\w-])[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ\d]+(?![\w-])")
_NO_SKILL = re.compile(
    r"(?:permis [a-e]\b|astreinte|d[ée]placement|travail de nuit|horaires|habilit"
    r"|(?:secret|confidentiel)[ -]d[ée]fense|security clearance|driving licen[cs]e|on[- ]call|night shift"
    r"|rqth\b|travailleu(?:r|se)s? handicap|[fh] ?/ ?[fh]\b)",
    re.IGNORECASE,
)
"""How a condition begins that somebody names between commas; its words are compared."""
_BEFORE = "avec "
"""Stands before what would otherwise begin a sentence."""
_WRITERS = frozenset(
    """
    analyst analyste dev developer developpeur developpeuse engineer ingenieur ingenieure programmer programmeur
    programmeuse scientist statistician statisticien statisticienne
    """.split()
)
"""Trades that write code or queries: beside them a tool whose name is a word, too, is meant: `développeur go`."""
_USERS = frozenset(
    """
    accountant administrateur administrator administratrice architect architecte assistant assistante auditeur
    auditor auditrice charge chargee chef cheffe comptable consultant consultante controleur controleuse
    coordinateur coordinator coordinatrice dba designer directeur director directrice expert experte formateur
    formatrice geomaticien geomaticienne gestionnaire graphiste integrateur integratrice manager operateur operator
    operatrice pilote responsable specialist specialiste technician technicien technicienne tester testeur testeuse
    trainer webmaster webmestre
    """.split()
)
"""Trades beside which a tool, or an acronym, is one in lower case as well: `consultant sap`."""
WORDS_TOO = frozenset(
    """
    ada c cassandra celery confluence cucumber dart delphi docker elastic elixir express flutter framer go groovy
    helm hive impala jasmine jest julia karma leaflet llama locust loki luigi mantis mercurial mocha node nomad
    packer playwright prisma puppet quarto r rails rancher react rollup ruby rust sentry shell shiny solidity sonar
    spark spring superset swagger swift tableau twig vagrant varnish vue
    """.split()
)
"""Tools whose names are words, too: in lower case they are meant beside a trade that writes code, and no other."""
EVERYDAY = frozenset(
    """
    access ad aix annuaire apm aria asm asterisk axe bert bind bonita burp cacti capacitor cas cert contentful data
    dora eid expo fortify gatling gia illustrator insomnia inspire kettle kong lan logs lora maze mural networker
    notion osmose owl pam pia piste pmi pmr prefect presto prettier pri radius rag re rest ria rie ror roso run sae
    safe salt samba san sip sketch slack soap spa spip squid stanza tal torch unity universe vault vite voiceover
    wan wave whisper yolo zoom
    """.split()
)
"""Names that are everyday words, towns or other people's acronyms: in lower case they are never meant."""

_WAYS = frozenset("agile agiles kanban scrum".split())
"""How many trades work: beside one's name, no part of it."""


def skills(parts: Sequence[str], thesaurus: Thesaurus) -> Iterator[str]:
    """Yield the skills that the parts of a query name, as they are written.

    A part is asked for as a name by itself first: `Go` and `Vue` are words, too, and begin a sentence there. Of several
    parts, the first that is no skill's name is the trade; what a short one after it says is a skill, even if nobody
    knows it, unless it is a trade, too.
    """
    after_trade = False
    for part in parts:
        named = [part] if is_skill(part, thesaurus) else [*_named_in(part, thesaurus)]
        is_short = any(map(str.isalpha, part)) and len(part.split()) <= MOST_SKILL_WORDS
        is_guess = after_trade and is_short and not _NO_SKILL.match(part) and not _is_trade(part, thesaurus)
        yield from named or ([part] if is_guess else [])
        after_trade = after_trade or named != [part]


def tools_share(named: Sequence[str], thesaurus: Thesaurus) -> float:
    """Return the share of what a search names (0 to 1) that are tools, 0 where it names nothing."""
    return sum(map(thesaurus.is_tool, filter(None, (_name_of(one, thesaurus) for one in named)))) / max(len(named), 1)


def tools_in(query: str, thesaurus: Thesaurus) -> Callable[[str], bool]:
    """Return what tells of words of a query whether they are a tool's name, in lower case as it is spelt there, too.

    What is a word, too, is meant in lower case where a trade that writes code is named: `développeur, go ou rust`.
    """
    writes = any(text.bare(word) in _WRITERS for word in _WORD.findall(query))

    def is_tool(name: str) -> bool:
        if name.islower() and (name in EVERYDAY or (name in WORDS_TOO and not writes) or not thesaurus.spells(name)):
            return False
        known = _name_of(name, thesaurus) if name else None
        return known is not None and thesaurus.is_tool(known)

    return is_tool


def is_skill(name: str, thesaurus: Thesaurus) -> bool:
    """Tell whether a name is a skill's, `vue js` among those of `Vue.js`, and no trade's."""
    return _name_of(name, thesaurus) is not None and not thesaurus.is_trade(name)


def is_asked(refused: Sequence[str], word: str, *, thesaurus: Thesaurus) -> bool:
    """Tell whether a word behind a list of tools that a search refuses is a trade: `sans PHP, juriste`.

    Args:
        refused: the list, in its order.
        word: what stands behind the comma that follows.
        thesaurus: what is known of them.
    """
    if not all(_is_tool(one, thesaurus) for one in refused):
        return False
    # A word in capitals that nobody knows may be a tool, too.
    is_a_name = _name_of(word, thesaurus) is not None or word.isupper()
    return thesaurus.is_trade(word) or (not is_a_name and thesaurus.says_trade(word))


def is_no_tool(refused: Sequence[str], word: str, *, thesaurus: Thesaurus) -> bool:
    """Tell whether a word behind a list of tools that a search refuses is none: `sans PHP, comptabilité`."""
    return not _is_tool(word, thesaurus) and all(_is_tool(one, thesaurus) for one in refused)


def without_way(part: str, thesaurus: Thesaurus) -> str:
    """Return a trade without how it is to be worked in: `développeur agile` is a title far nearer to agile coaches."""
    left = [word for word in part.split() if text.bare(word) not in _WAYS]
    rest = " ".join(left)
    is_known = thesaurus.is_trade(rest) or (len(left) == 1 and text.bare(rest) in _WRITERS)
    return rest if is_known and not thesaurus.is_trade(part) else part


def _name_of(name: str, thesaurus: Thesaurus) -> str | None:
    words = name.split()
    return next(filter(None, thesaurus.names([name, ".".join(words)] if len(words) == PAIR else [name])), None)


def _is_tool(word: str, thesaurus: Thesaurus) -> bool:
    name = _name_of(word, thesaurus)
    return name is not None and thesaurus.is_tool(name)


def _is_trade(part: str, thesaurus: Thesaurus) -> bool:
    words = {text.bare(word) for word in _WORD.findall(part)}
    return thesaurus.is_trade(part) or not words.isdisjoint(_WRITERS | _USERS)


def _named_in(part: str, thesaurus: Thesaurus) -> Iterator[str]:
    """Yield the skills that a part names among other words, in its order."""
    said = [(one.start - len(_BEFORE), one.end - len(_BEFORE)) for one in thesaurus.mentions(f"{_BEFORE}{part}")]
    words = [found.span() for found in _WORD.finditer(part) if any(map(str.isalnum, found[0]))]
    single = [(start, end) for start, end in words if end - start == 1 and part[start].isupper()]
    pairs = [(one[0], other[1]) for one, other in pairwise(words)]
    shouted = [found.span() for found in _ACRONYM.finditer(part)] if len(words) <= MOST_WORDS else []
    found = [
        *said,
        *((start, end) for start, end in pairs if thesaurus.names([".".join(part[start:end].split())])[0]),
        *((start, end) for start, end in single if thesaurus.names([part[start:end]])[0]),
        *((start, end) for start, end in shouted if _is_read(part[start:end], thesaurus)),
        *_in_lower_case(part, words, thesaurus),
    ]
    end = 0
    for start, stop in sorted(found, key=lambda span: (span[0], -span[1])):
        if start >= end:
            yield part[start:stop]
            end = stop


def _in_lower_case(part: str, words: Sequence[tuple[int, int]], thesaurus: Thesaurus) -> Iterator[tuple[int, int]]:
    """Yield where skills stand in lower case beside a trade.

    Those are all other words of a short part; of a longer one, those that follow a trade that writes code, and such as
    are words, too, only as long as nothing else stands between.
    """
    is_short = len(words) <= FEW_WORDS
    folded = [text.bare(part[slice(*span)]) for span in words]
    of_trades = _WRITERS | _USERS if is_short else _WRITERS
    trade = next((place for place, word in enumerate(folded if is_short else folded[:1]) if word in of_trades), None)
    if trade is None:
        return
    writes = not _WRITERS.isdisjoint(folded)
    for place, span in enumerate(words):
        word = part[slice(*span)]
        if place == trade or not word.islower():
            continue
        if _is_meant(word, thesaurus, writes=writes, is_short=is_short):
            yield span
        elif not is_short:
            writes = False


def _is_meant(word: str, thesaurus: Thesaurus, *, writes: bool, is_short: bool) -> bool:
    """Tell whether a word in lower case is a skill's name beside a trade, which may write code."""
    if word in EVERYDAY or (word in WORDS_TOO and not writes) or text.is_small_in_a_row(word):
        return False
    name = thesaurus.names([word])[0]
    # Of plurals in lower case most are words: `prix` is no PRI.
    if name is None or not thesaurus.spells(word):
        return False
    if thesaurus.is_tool(name):
        return True
    return is_short and word.isascii() and 1 < len(word) <= ACRONYM and thesaurus.reads(word.upper())


def _is_read(name: str, thesaurus: Thesaurus) -> bool:
    """Tell whether a name is a skill's, and one that prose may name: `IT` is known and says nothing."""
    return thesaurus.names([name])[0] is not None and thesaurus.reads(name)
