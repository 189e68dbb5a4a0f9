"""Qualities that a query wishes of a person: `motivé`, `very rigorous`. Nothing that a record holds can tell them.

A profile that calls itself motivated is no more so than another: as a rare word it would stand above all who have the
trade, and as a skill nobody would have it. So qualities are shown as understood, and compared with nothing. What may be
said of a thing, too, is one between commas alone: `véhicule autonome` and `tableau dynamique` are words.
"""

import re

from matcher.stages.text.query_words import GAP

# All pieces are read with re.VERBOSE: a blank is `\s`.

_FEMININE = r"(?: [·.-]? e | \(e\) )?"
_PLURAL = r"(?: [·.-]? s | \(s\) )?"
_ENDINGS = {
    "é": rf"[ée] {_FEMININE} {_PLURAL}",
    "eux": r"eu (?: x [·./-] (?:eu)? ses? | x \( (?:eu)? se \) s? | x | ses? )",
    "if": r"i (?: f [·./-] i? ves? | f \( i? ve \) s? | fs? | ves? )",
    "t": rf"t {_FEMININE} {_PLURAL}",
    "d": rf"d {_FEMININE} {_PLURAL}",
    "e": rf"e {_PLURAL}",
}


def _any_of(ending: str, stems: str) -> str:
    return rf"(?: {' | '.join(stems.split())} ) {_ENDINGS[ending]}"


_SAID_OF_PEOPLE = " | ".join(
    [
        _any_of("é", "motiv passionn"),
        _any_of("eux", "rigour curi conscienci ambiti"),
        _any_of("e", "enthousiast"),
        "(?: self- )? motivated | rigorous | curious | passionate | enthusiastic | conscientious | ambitious",
        "hard-?[ ]?working | self-driven",
    ]
)
"""Of nobody but a person: also right behind a trade, at its end (`développeur motivé`, `développeur passionné`)."""
_SAID_OF_THINGS_TOO = " | ".join(
    [
        _any_of("é", "organis impliqu engag d[ée]termin"),
        _any_of("eux", "s[ée]ri"),
        _any_of("if", "r[ée]act pro-?act cr[ée]at"),
        _any_of("t", "polyvalen pers[ée]v[ée]ran bienveillan sourian"),
        _any_of("d", "d[ée]brouillar"),
        _any_of("e", "dynamiqu autonom fiabl flexibl adaptabl m[ée]thodiqu"),
        rf"(?: investi {_FEMININE} | ponctuel (?:le)? ) {_PLURAL}",
        "dynamic | autonomous | serious | versatile | reactive | proactive | (?: well- )? organi[sz]ed",
        "committed | reliable | punctual | creative | friendly",
    ]
)
_VERY = r"(?: (?: tr[èe]s | vraiment | bien | hyper | super | ultra | very | really | highly ) \s+ )*"
_WHO = r"""
    (?: (?: profils? | personnes? | personnalit[ée]s? | candidat (?:e|\(e\)|·e)? s? | quelqu['’]une? \s+ d[e'’]
          | someone | somebody | (?:a\s+)? (?:person | candidate) ) \s+ (?: qui \s+ (?: est | soit ) \s+ )? )?
"""
_AND = r"\s* (?: [&/] | \b et \b | \b and \b ) \s*"
_ENDS = rf"""
    (?= \s* (?: [,;)|\n{GAP}] | \.(?=\s|$) | $ ) | \s+ (?: [àa] | pour | sur | avec | for | in | at | with ) \s )
"""
_ANY = f"{_SAID_OF_PEOPLE} | {_SAID_OF_THINGS_TOO}"


def _some(first: str) -> str:
    return rf"{_VERY} (?: {first} ) (?: {_AND} {_VERY} (?: {_ANY} ) )* {_ENDS}"


QUALITIES = re.compile(
    rf"""
    (?: (?<=^) | (?<=[,;(|\n{GAP}]) | (?<=[,;(|\n{GAP}][ ]) ) {_WHO} {_some(_ANY)}
  | (?<=\w[ ]) {_some(_SAID_OF_PEOPLE)}
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Qualities between commas, or at the end of what stands there."""
