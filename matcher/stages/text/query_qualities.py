"""Qualities that a query wishes of a person: `motivé`, `very rigorous`. Nothing that a record holds can tell them.

A profile that calls itself motivated is no more so than another: as a rare word it would stand above all who have the
trade, and as a skill nobody would have it. So qualities are shown as understood, and compared with nothing. What may be
said of a thing, too, is one between commas alone: `véhicule autonome` and `tableau dynamique` are words.
"""

import re
from collections.abc import Iterable

from matcher.stages.text.query_words import GAP, taken

# All pieces are read with re.VERBOSE: a blank is `\s`.

_FEMININE = r"(?: [·.-]? e | \(e\) )?"
_PLURAL = r"(?: [·.-]? s | \(s\) )?"
_ENDINGS = {
    "é": rf"[ée] {_FEMININE} {_PLURAL}",
    "eux": r"eu (?: x [·./-] (?:eu)? ses? | x \( (?:eu)? se \) s? | x | ses? )",
    "if": r"i (?: f [·./-] i? ves? | f \( i? ve \) s? | fs? | ves? )",
    "(e)": rf"{_FEMININE} {_PLURAL}",
    "(s)": _PLURAL,
}


def _any_of(ending: str, stems: str) -> str:
    return rf"(?: {' | '.join(stems.split())} ) {_ENDINGS[ending]}"


_SAID_OF_PEOPLE = " | ".join(
    [
        _any_of("é", "motiv passionn"),
        _any_of("eux", "rigour curi conscienci ambiti"),
        _any_of("(s)", "enthousiaste"),
        "(?: self- )? motivated | rigorous | curious | passionate | enthusiastic | conscientious | ambitious",
        "hard-?[ ]?working | self-driven",
    ]
)
"""Of nobody but a person: also right behind a trade, at its end (`développeur motivé`, `développeur passionné`)."""
_SAID_ALONE = " | ".join(
    [
        _any_of("é", "organis impliqu engag d[ée]termin"),
        _any_of("eux", "s[ée]ri"),
        _any_of("if", "pro-?act"),
        _any_of("(e)", "polyvalent pers[ée]v[ée]rant bienveillant souriant d[ée]brouillard investi"),
        _any_of("(s)", "autonome fiable adaptable m[ée]thodique ponctuel ponctuelle"),
        # In the singular: `réactifs` and `flexibles` are things.
        r"dynamique | flexible | (?: réact | créat ) ive",
        r"(?: r[ée]act | cr[ée]at ) if (?: [·./-] i? ve | \( i? ve \) )?",
        "dynamic | serious | versatile | proactive | (?: well[ -] )? organi[sz]ed | committed | reliable | punctual",
        "friendly",
    ]
)
"""Between commas of a person, elsewhere of things, too."""
_SAID_BESIDE = "autonomous | reactive | creative"
"""Between commas techniques and products, too: beside another quality alone."""
_VERY = r"(?: (?: tr[èe]s | vraiment | bien | hyper | super | ultra | very | really | highly ) \s+ )*"
_WHO = r"""
    (?: profils? | personne | personnalit[ée] | candidat (?:e|\(e\)|·e)? s? | quelqu['’]une? \s+ d[e'’]
      | someone | somebody | (?:a\s+)? (?:person | candidate) ) \s+ (?: qui \s+ (?: est | soit ) \s+ )?
"""
_AND = r"\s* (?: [&/] | \b et \b | \b ou \b | \b and \b | \b or \b ) \s*"
_ENDS = rf"""
    (?= \s* (?: [,;)|\n{GAP}] | \.(?=\s|$) | $ ) | \s+ (?: [àa] | pour | sur | avec | for | in | at | with ) \s )
"""
_ANY = f"{_SAID_OF_PEOPLE} | {_SAID_ALONE} | {_SAID_BESIDE}"
_PART = rf"(?: (?<=^) | (?<=[,;(|\n{GAP}]) | (?<=[,;(|\n{GAP}][ ]) )"


def _some(first: str, *, least: int = 0) -> str:
    return rf"{_VERY} (?: {first} ) (?: {_AND} {_VERY} (?: {_ANY} ) ){{{least},}} {_ENDS}"


QUALITIES = re.compile(
    rf"""
    {_PART} (?: {_WHO} {_some(_ANY)} | {_some(f"{_SAID_OF_PEOPLE} | {_SAID_ALONE}")} | {_some(_SAID_BESIDE, least=1)} )
  | (?<=[^\s,;][ ]) {_some(_SAID_OF_PEOPLE)}
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Qualities between commas, or at the end of what stands there."""


def without_qualities(parts: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return what stands between commas without qualities, and those: by now a place is gone from behind one."""
    left, named = [], []
    for part in parts:
        rest, said = taken(QUALITIES, part, lambda found: found[0].strip())
        named += said
        left.append(" ".join(rest.replace(GAP, " ").split()))
    return [part for part in left if part], named
