"""How a query says at least and at most, of years and of pay: `pas plus de 3 ans`, `50k maxi`, `salary below 60k`.

All pieces are in brackets of their own and read as with re.VERBOSE, whatever pattern they become a part of.
"""

import re
from collections.abc import Iterable

from matcher.core.numbers import NUMBER
from matcher.stages.text.query_words import bare

_OR_EQUAL = r"(?: \s+ (?: ou | or ) \s+ (?: [ée]gale?s? | equal ) )?"
_NO = r"(?: pas | non | not? )"
_MORE_THAN = rf"""
    (?: plus | more | greater | higher | longer ) \s+ (?: d[e'’] | que | than )
  | over | above | exceeding | au[- ]del[àa] \s+ (?: de | d['’] ) | au[- ]dessus \s+ d[e'’]
  | sup[ée]rieure?s? {_OR_EQUAL} \s+ [àa]
"""
_LESS_THAN = r"""
    (?: moins | less | fewer | lower ) \s+ (?: d[e'’] | que | than )
  | under | below | en[- ]de[çc][àa] \s+ (?: de | d['’] ) | (?: en[- ] | au[- ] )? dessous \s+ d[e'’]
"""
_NOT_OVER = r"""
    (?: qui \s+ )? (?: ne \s+ )? d[ée]pass (?: ant | e | ent | era ) \s+ pas | sans \s+ d[ée]passer
"""
_MOST = r"(?<! 3ds[ ]) max(?: i(?: mum)? )? \b \.?"
_LEAST = r"min(?: i(?: mum)? )? \b \.?"
_OF = r"(?: \s* : | \s+ (?: de | of ) \b )?"

BELOW = rf"(?x: (?: (?<! ni[ ]) (?<! plus[ ]ou[ ]) (?: {_LESS_THAN} ) | inf[ée]rieure?s? \s+ [àa] | < (?!=) ) )"
"""Before a number that is too many already."""
AT_MOST = rf"""(?x:
    (?: {_NO} \s+ (?: {_MORE_THAN} ) | {_NOT_OVER} | inf[ée]rieure?s? {_OR_EQUAL} \s+ [àa]
      | (?: au | at (?: \s+ the )? ) \s+ (?: plus | most | max(?: imum)? ) \b (?! \s+ (?: t[ôo]t | vite | tard ) )
      | {_MOST} {_OF} | jusqu['’]? \s? [àa] | up \s+ to | < = | ≤ )
)"""
"""Before the most; no word of BELOW begins so but `inférieur à`, which is tried first."""
AT_LEAST = rf"""(?x:
    (?: {_NO} \s+ (?: {_LESS_THAN} | inf[ée]rieure?s? {_OR_EQUAL} \s+ [àa] ) | {_MORE_THAN}
      | \+ \s? (?: de \s )? | (?: au | at ) \s+ (?: moins | minimum | least ) | {_LEAST} {_OF}
      | [àa] \s+ partir \s+ de | d[eè]s | [>≥] =? )
)"""
"""Before the least."""

_NOT_OF_WHAT_FOLLOWS = rf"(?! \s* :? \s* {NUMBER} [\d\s.]* (?: k\b | k?\s?€ | euros?\b | ans?\b | years?\b ) )"
OR_MORE = rf"""(?x:
    (?: \s? \+ | \s* (?: et | ou | and | or ) \s+ (?: plus | more | above | over | davantage ) \b
      | \s+ (?: (?: au | at ) \s+ )? (?: {_LEAST} | moins \b | least \b ) {_NOT_OF_WHAT_FOLLOWS} )
)"""
"""Behind the least."""
OR_LESS = rf"""(?x:
    (?: \s* (?: et | ou | and | or ) \s+ (?: moins | less | fewer | under | below ) \b
      | \s+ (?: (?: au \s+ )? max(?: i(?: mum)? )? \b \.? | au \s+ plus \b
              | at (?: \s+ the )? \s+ (?: most | maximum) \b ) {_NOT_OF_WHAT_FOLLOWS} )
)"""
"""Behind the most."""

OF_NUMBER = re.compile(rf"(?:{AT_MOST}|{AT_LEAST})\s*[≤≥]?\s*{NUMBER}", re.IGNORECASE)
"""A bound and its number: `no more than 50k` refuses nothing called `more`."""

_SAYS_ONLY_THAT = frozenset(
    """
    a about above again approximativement approximately around at au autour bruts brut compris d de dela dessous
    dessus du e environ et euros experience experiences fewer gross inferieur inferieure less maxi maximum mini
    minimum moins more most ne ou or of ou over par pas plus remuneration salaire salary souhaite souhaitee superieur
    superieure than the to under up year years an ans annee annees
    """.split()
)


def says_only_how_many(words: Iterable[str]) -> bool:
    """Tell whether words beside a number say no more than how it is compared: `expérience supérieure`."""
    return all(bare(word) in _SAYS_ONLY_THAT for word in words)
