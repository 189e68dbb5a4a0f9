"""The terms of a post that a query names: pay, degree, category, hours, length, start. They are no words of a trade.

A degree and a yearly pay (`query_pay`) are compared, as what a posting asks and offers. Of the others no field of a
record tells: they are shown as understood, and compared with nothing. So are terms that are refused
(`hors catégorie C`).
"""

import re
from dataclasses import dataclass

from matcher.stages.text.query_pay import pay_in
from matcher.stages.text.query_qualities import QUALITIES
from matcher.stages.text.query_words import GAP, IS_NEEDED, NOT_NEEDED, behind, beside, taken


@dataclass(frozen=True, slots=True)
class Terms:
    """What a query says of the post."""

    named: tuple[str, ...] = ()
    """Every term, as it was typed."""
    education_level: int | None = None
    """The least, of the European Qualifications Framework."""
    salary_min: float | None = None
    """Gross euros a year."""
    salary_max: float | None = None


# All pieces are read with re.VERBOSE: a blank is `\s`.

_PART = rf"(?: (?<=^) | (?<=[,;(\n{GAP}]) | (?<=[,;(\n{GAP}][ ]) )"
"""Where something begins that stands between commas."""

_MONTH = r"""
    (?: janvier | f[ée]vrier | mars | avril | mai | juin | juillet | ao[ûu]t | septembre | octobre | novembre
      | d[ée]cembre
      | january | february | march | april | may | june | july | august | september | october | november | december )
"""
_DAY = rf"""
    (?: (?:1er | \d{{1,2}}) \s+ {_MONTH} (?:\s+20\d\d)?                                 # 1er septembre 2026
      | (?: (?:d[ée]but | mi | fin | early | late) [\s-]+ )? {_MONTH} (?:\s+20\d\d)?    # mi-mars
      | \d{{1,2}} [/.] \d{{1,2}} (?: [/.] (?:20)? \d\d )?                               # 01/09/26
      | 20\d\d-\d\d-\d\d
      | (?:la\s+)? rentrée (?:\s+20\d\d)? )
"""
_AS_SOON_AS_POSSIBLE = (
    r"d[eè]s\s+que\s+possible",
    r"au\s+plus\s+(?:vite | t[ôo]t)",
    r"as\s+soon\s+as\s+possible",
)
_SOON = rf"""
    (?: imm[ée]diat(?:e | ement)? | (?:tout\s+)? de\s+suite | rapidement | maintenant | now | immediately | asap
      | {" | ".join(_AS_SOON_AS_POSSIBLE)}
      | (?:sous | within) \s+ \d{{1,2}} \s+ (?:mois | semaines? | jours? | months? | weeks? | days?) )
"""
_FROM = r"""
    (?: [àa]\s+(?:partir | compter)\s+d[ue] | d[eè]s | from | starting | apr[eè]s | avant | before | after | courant
      | pour | by | en | in | au | le )
"""
_BEGINS = r"""
    (?: disponib(?:les? | ilit[ée]) | dispo | available | libres? | prise\s+de\s+poste | (?:poste\s+)?[àa]\s+pourvoir
      | d[ée]marrage | d[ée]but | entr[ée]e\s+en\s+fonctions? | start(?:ing)? )
"""
_START = rf"""
    {_BEGINS} (?: \s*:?\s+ (?: {_SOON} | (?:{_FROM}\s+){{1,2}} {_DAY} | {_DAY} ) )
  | {_FROM} \s+ (?:le\s+)? {_DAY} (?:\s+20\d\d)?
  | {_MONTH} \s+ 20\d\d
  | \d{{1,2}}/\d{{1,2}}/20\d\d
  | (?:d[ée]but | fin) \s+ {_MONTH}
  | asap
  | {" | ".join(_AS_SOON_AS_POSSIBLE)}
"""

_DEGREES = {
    8: r"bac\s*\+\s*8 | doctorats? | ph\.?\s?d\b | dipl[ôo]me\s+de\s+niveau\s+8",
    7: r"""
        bac\s*\+\s*5 | niveau\s+master | dipl[ôo]me\s+de\s+niveau\s+7 | (?:dipl[ôo]me | titulaire)\s+d['’]un\s+master
      | master(?:e)?\s?[12] | dipl[ôo]me\s+d['’]ing[ée]nieure? | [ée]coles?\s+d['’]ing[ée]nieure?s?
      | master['’]?s\s+degree
    """,
    6: r"""
        bac\s*\+\s*[34] | niveau\s+licence | dipl[ôo]me\s+de\s+niveau\s+6 | licence\s+pro(?:fessionnelle)?
      | bachelor['’]?s\s+degree
    """,
    5: r"bac\s*\+\s*2 | dipl[ôo]me\s+de\s+niveau\s+5 | (?-i:BTS | DUT | DEUG)",
}
"""What names each level of the European Qualifications Framework."""
_DEGREE = re.compile(
    rf"""
    (?<![\w+])
    (?: (?:de\s+)? niveau\s+ | minimum\s+ | au\s+moins\s+ | dipl[ôo]me\s+(?:de\s+)? )?
    (?: {" | ".join(f"(?P<level_{level}> {names} )" for level, names in _DEGREES.items())} )
    (?: \s* (?:/ | [àa] | ou) \s* \+? \s* \d (?!\d) )?                                  # bac+3/4
    (?: \s+ (?: minimum | mini? | au\s+moins | requis | exig[ée] | souhait[ée] | (?:ou | et)\s+plus | required
              | or\s+more ) )?
    (?![\w+])
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SUBJECT = re.compile(
    r"\s* (?: $ | (?:en | in | of | de | du | des | dans | ou | or)\b | d['’] )", re.IGNORECASE | re.VERBOSE
)
"""What follows a degree: its subject, another degree, or nothing."""

_CATEGORY = r"""
    (?:cat[ée]gories? | cat\.?) \s+ [abc]\+? (?![+#])                                   # not `cat. C++`
    (?: \s* (?:/ | ou | et) \s* (?-i:[ABC]) \+? )?
"""
_HOURS = rf"""
    (?:[àa]\s+)? temps\s+(?:plein | complet | partiel | non\s+complet) (?:\s+\d{{2,3}}\s?%)? (?:\s+uniquement)?
  | mi-temps
  | \d{{2,3}}\s?% \s+ (?:ETP | d['’]un\s+ETP)
  | {_PART} (?:à\s+)? \d{{2,3}}\s?% (?= \s* (?: [,;)] | $ ) )                                 # alone between commas
  | \d(?:[.,]\d)? \s? ETP
  | (?:full | part)[- ]time
  | 3[5-9] \s? h(?:eures)?
"""
_WAYS_IN = r"(?: d[ée]tachement | mutation | mise\s+[àa]\s+disposition | int[ée]rim (?:aire)? )"
_COMES = rf"""
    (?: par \s+ (?: voie \s+ (?: de | d['’] ) \s* )? | en ) \s* {_WAYS_IN} (?! \s+ d[eu]\b | \s+ d['’] )
  | {_PART} (?: (?: par \s+ )? voie \s+ de \s+ )? {_WAYS_IN} (?: \s* (?: / | ou | et ) \s* {_WAYS_IN} )*
    (?= \s* (?: [,;)\n{GAP}] | $ ) )
  | {_PART} (?: d[ée]tachement | intérim (?:aire)? ) (?= \s+ (?! d[eu]\b | des\b | d['’] | intra | inter ) \w )
  | {_PART} mutation (?= \s+ (?-i:[A-ZÀ-Þ][a-zà-ÿ]) )
"""
"""How a civil servant comes, or somebody is lent; `mutation numérique` and `mise à disposition de locaux` are works."""
_UNNAMED_PAY = r"(?:salaire | r[ée]mun[ée]ration) \s+ (?: selon\s+\w+ | attracti(?:f | ve) | [àa]\s+n[ée]gocier )"
_DAILY_PAY = r"TJM \s*:?\s* (?:de\s+)? \d{3,4} (?:\s?€)?"
_LENGTH = r"""
    (?: pour\s+ | pendant\s+ | d['’]une\s+ | de\s+ )?
    (?: dur[ée]e\s*:?\s* (?:de\s+)? )?
    \d{1,2} \s* (?:mois | months?) (?:\s+renouvelables?)?
    (?! \s+ (?:d['’] | of\s | de\s) \s? (?:exp | anciennet) )
"""
_SAYS_NO_LENGTH = re.compile(
    r"""
    (?<!\w)
    (?: exp[ée]rien\w+ | exp | anciennet[ée] | feuilles? | roadmaps? | plan | planning | programme | garanties?
      | horizon | historique | pr[ée]avis | d[ée]lais? | pratique | formation | enfants? )
    (?!\w)
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Beside what lasts so many months, and is no contract."""
_HIRED_FOR = re.compile(
    r"""
    (?<!\w)
    (?: CDD | contrat | mission | stage | alternance | remplacement | int[ée]rim | vacation | dur[ée]e | d[ée]tachement
      | apprentissage | contract | assignment | internship )
    s?\s*$
    """,
    re.IGNORECASE | re.VERBOSE,
)


def _term(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w+-]) (?:{words}) (?![\w%])", re.IGNORECASE | re.VERBOSE)


_PAID_BY_DAY, _LASTS = _term(_DAILY_PAY), _term(_LENGTH)
_UNCOMPARED = (*map(_term, (_CATEGORY, _START, _HOURS, _UNNAMED_PAY, _COMES)), QUALITIES)
"""Terms and qualities that no field of a record tells, and that mean the same whatever stands beside them."""

_REFUSABLE = rf"""
    (?: {_CATEGORY} | {_WAYS_IN} (?! \s+ (?: d[eu]s?\b | d['’] ) ) | {_HOURS} | {_LENGTH}
      | {" | ".join(_DEGREES.values())} )
"""
_NO_DEGREE = rf"""
    (?: sans | pas\s+de | aucun | no | without ) \s+ (?: une?\s+ | an?\s+ )? (?: dipl[ôo]mes? | degrees? | diplomas? )
    (?: \s+ (?: sp[ée]cifiques? | particuliers? | universitaires? | sup[ée]rieurs? ) )? (?: \s+ {IS_NEEDED.pattern} )?
"""
"""Whoever has one is as welcome."""
_REFUSED = re.compile(
    rf"""
    (?<![\w-])
    (?: (?: hors | hormis | sauf | sans | pas\s+(?:de | en | [àa]) | ni | not? | without | except ) \s+ (?:d['’])?
        {_REFUSABLE} (?![\w%+])
      | {_NO_DEGREE} (?! \s+ (?: d[eu]s? | en | in | of )\b | \s+ d['’] | \w )
      | {_REFUSABLE} \s+ (?:exclue?s? | excluded) (?!\w) )
    """,
    re.IGNORECASE | re.VERBOSE,
)


def refused_terms_in(text: str) -> tuple[str, list[str]]:
    """Return a text with gaps for the terms that it refuses, and those with what refuses them."""
    return taken(_REFUSED, text, lambda found: found[0])


def degree_before(text: str, start: int, end: int) -> int | None:
    """Return where the degree begins that ends a part of a text, with its subject; None where none does."""
    degrees = [*_DEGREE.finditer(text, start, end)]
    return degrees[-1].start() if degrees and _SUBJECT.match(text[degrees[-1].end() : end]) else None


def terms_in(text: str) -> tuple[str, Terms]:
    """Return a text with gaps for the terms that it names, and those; among them the qualities of a person."""
    named: list[str] = []
    levels: list[int] = []

    def name(found: re.Match[str]) -> str:
        named.append(found[0].strip())
        return f" {GAP} "

    def name_degree(found: re.Match[str]) -> str:
        if not _is_unneeded(found):
            levels.append(next(level for level in _DEGREES if found[f"level_{level}"]))
        return name(found)

    def name_length(found: re.Match[str]) -> str:
        return name(found) if _is_length(found) else found[0]

    text = _DEGREE.sub(name_degree, text)
    text = _PAID_BY_DAY.sub(name, text)
    text, pay = pay_in(text, name)
    for pattern in _UNCOMPARED:
        text = pattern.sub(name, text)
    text = _LASTS.sub(name_length, text)
    least, most = next(iter(pay), (None, None))
    return text, Terms(tuple(dict.fromkeys(named)), min(levels, default=None), least, most)


def _is_unneeded(degree: re.Match[str]) -> bool:
    """Tell whether what stands behind a degree, its subject at most between them, says that nobody asks for it."""
    after = behind(degree)
    refusal = NOT_NEEDED.search(after)
    return refusal is not None and _SUBJECT.match(after[: refusal.start()]) is not None


def _is_length(months: re.Match[str]) -> bool:
    """Tell whether so many months are how long a contract lasts; not `expérience de 6 mois`."""
    before, after = beside(months)
    if _SAYS_NO_LENGTH.search(before) or _SAYS_NO_LENGTH.search(after):
        return False
    return not (before.strip() and months[0].lower().startswith("de ")) or _HIRED_FOR.search(before) is not None
