"""What a query names and does not need: `Java non requis`, `doctorat en informatique non exigé`."""

import re

from matcher.core.denial import WELCOME, YET
from matcher.core.letters import has_letters_or_digits
from matcher.stages.text.query_terms import degree_before
from matcher.stages.text.query_words import GAP, NOT_NEEDED, WITHIN, bare

_WELCOME = re.compile(rf"[^;\n]{{0,40}}{YET}[^;\n]{{0,40}}{WELCOME}", re.IGNORECASE)
"""What is not required and asked for all the same."""
_SEGMENT = re.compile(rf"[,;\n({GAP}]|[.!?](?=\s)|\b(?:mais|but|avec|with)\b", re.IGNORECASE)
_SEGMENT_CHARACTERS = 120
_SEGMENT_WORDS = 8
_KNOWING = re.compile(
    r"\s*(?:(?:la|le|les|une?|des|the|a|an)\s+)?(?:(?:bonne|good)\s+)?(?:connaissances?|ma[iî]trise|exp[ée]riences?"
    r"|comp[ée]tences?|pratique|knowledge|skills?|expertise)\b",
    re.IGNORECASE,
)


def without_unneeded(text: str) -> str:
    """Return a query with a gap for what it says is not needed, after naming it: `Java non requis`.

    That is all that stands before it since the last comma; of the query's beginning, which names the trade, one word,
    or a degree and its subject.
    """
    kept: list[str] = []
    at = 0
    for said in NOT_NEEDED.finditer(text):
        if _WELCOME.match(text, said.end()):
            continue
        begin = max(at, said.start() - _SEGMENT_CHARACTERS)
        start = max((cut.end() for cut in _SEGMENT.finditer(text, begin, said.start())), default=begin)
        if text[max(start - 1, 0) : start] == "(":
            start -= 1
            if not text[start + 1 : said.start()].strip():
                # `Java (non requis)`: what is meant stands before the bracket.
                start = max((cut.end() for cut in _SEGMENT.finditer(text, begin, max(start, begin))), default=begin)
        words = [*re.finditer(r"[^\s:(–-]\S*", text[start : said.start()])]
        is_first = not has_letters_or_digits(text[:start])
        if len(words) > 1 and not _KNOWING.match(text, start) and (is_first or len(words) > _SEGMENT_WORDS):
            last = len(words) - 1
            while last > 1 and bare(words[last - 1][0]) in WITHIN:
                last -= 2
            degree = degree_before(text, start, said.start())
            start = start + words[last].start() if degree is None else degree
        kept += [text[at:start], f" {GAP} "]
        at = said.end()
    return "".join([*kept, text[at:]])
