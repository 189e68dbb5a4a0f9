"""How a request begins and ends that is put in sentences: `Bonjour, je recherche un`, `poste de`, `merci d'avance`.

None of it is a word of a trade. The lists are closed: what begins otherwise is compared as words.
"""

import re

from matcher.stages.text.gender import person

# All pieces are read with re.VERBOSE: a blank is `\s`.

_SIR = r"(?: madame | monsieur | mesdames | messieurs | mademoiselle )"
_ALL = rf"""
    (?: \s+ (?: there | all | everyone | team | sir | (?: or \s+ )? madam | colleagues? | {_SIR}
               | (?: [àa] \s+ )? (?:tous | toutes) ) (?!\w) )*
"""
_SALUTATION = re.compile(
    rf"""
    (?: \s*
        (?: (?: bonjour | bonsoir ) (?![\w-]) {_ALL}
          | (?: hello | hi | hey | salut | coucou | greetings | dear | good\s+(?:morning | afternoon | evening) ) {_ALL}
            (?= \s* (?: [,;!.:\n] | $ ) | \s+ (?: je | nous | on | i | we ) \b )
          | ch[eè]re?s? \s+ coll[èe]gues? (?!\w)
          | {_SIR} (?= \s* (?: [,;!.:/\n] | $ ) | \s+ (?: (?: et | ou ) \s+ )? {_SIR} (?!\w)
                      | \s+ (?: je | nous ) \b )
          | (?: et | ou | [àa] ) \s+ (?: {_SIR} | tous | toutes ) (?!\w)
          | urgent (?= \s* (?: [,;!:] | $ ) ) )
        [\s,;!.:/]*
    )+
    """,
    re.IGNORECASE | re.VERBOSE,
)
_WE = r"(?: je | nous | on | we | i )"
_WE_ARE = rf"(?: {_WE}\s+ (?:am\s+ | are\s+)? | i['’]m\s+ | we['’]re\s+ )?"
_FOR_US = r"""
    (?: (?: pour | for | dans | au\s+sein\s+de ) \s+ (?: mon | ma | mes | notre | nos | my | our )
        (?: \s+ [\w'’-]+ ){1,4}? \s+ (?= (?: une? | un\(e\) | un[.·]e | des | an? | some ) \s ) )?
"""
_ASKS = re.compile(
    rf"""
    \s*
    {_WE_ARE}
    (?: (?:re)?cherch(?:e | ons) | recrut(?:e | ons) | (?:avons | ai)\s+besoin | besoin | looking\s+for | need
      | hiring )
    \s* (?: (?<=\s) | (?=:) )
    {_FOR_US}
    (?: :\s*
      | (?: urgen(?:te? | ce | tly) | d['’]urgence ) \s*:?\s+
      | (?: d['’]\s? | de\s+ )? (?: un(?:e | \(e\) | [.·]e)? | des | an? | some | the | \d{{1,2}} ) \s+
      | (?= profils?\b | candidate?s?\b | quelqu | someone ) )+
    (?: (?:personnes? | profils? | candidate?s? | someone) \s+
        (?: de\s+ | pour\s+ | capables?\s+de\s+ | (?:who\s+knows | with)\s+ | (?=[A-Z]) ) )?
  | \s* quelqu['’]un \s+
    (?: qui\s+ (?:sait | sache | conna[iî](?:t | sse) | ma[iî]trise | fait | fasse)\s+
        (?:bien\s+)? (?:faire\s+)? (?:du\s+)? )?
  | \s* (?: {_WE}\s+ (?: (?:re)?cherch(?:e | ons) | need ) | {_WE_ARE} (?: looking\s+for | recrut(?:e | ons) )
          | (?:re)?cherchons | cherche ) (?:\s+ [àa]\s+recruter)? \s+
    (?: un(?:e | \(e\) | [.·]e)? \s+ | des\s+ )?
  | \s* vous\s+[êe]tes\s+ (?: une?\s+ )?
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""`recherche un`, `looking for a`. By itself `recherche` may be a noun, `recherche opérationnelle`; `nous recherchons`
and `recrute` are none."""
_LABEL = re.compile(
    r"""
    \s* (?: (?: postes? | profils? | m[ée]tier | intitul[ée] (?:\s+d[ue]\s+poste)? | offres?\s+d['’]emplois? | job
              | position | role | profile ) \s*:
          | offres?\s+d['’]emplois? (?: \s+ (?: de | pour ) \b | \s+d['’] )? (?=\s*\S)
          | candidat (?:e?s? | \(?e?\)?\(s\) | [·.]e[·.]?s? ) \s+
            (?= (?: parlant | ayant | sachant | connaissant | ma[iî]trisant | avec ) \s ) )
    \s*
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""What is said of the search and not of the trade: `poste : RSSI`."""
_POST = re.compile(
    r"""
    \s* (?: (?: le | un ) \s+ )? (?P<what> (?P<post> postes? | emplois? ) | offres? )
    (?P<of> \s+ de \s+ | \s+ d['’] )? \s* (?P<next> [\w·.()-]+ )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SHORTEST_ACRONYM = 2
_CLOSING = (
    r"(?: svp | s['’]il\s+(?:vous\s+)?(?:te\s+)?pla[iî]t | please | thanks? (?:\s+you)? | merci (?:\s+d['’]avance)? )"
)
_CLOSES = re.compile(
    rf"""
    (?: \s+ {_CLOSING}
      | \s*[,;.\n]\s* (?: {_CLOSING} | (?:bien\s+)?cordialement | best\s+regards | bonne\s+journ[ée]e ) )
    [\s.!]*$
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SAYS_WHO = re.compile(rf"\s* (?: {_WE}\s | i['’]m\s | we['’]re\s | recrut(?:e | ons)\s )", re.IGNORECASE | re.VERBOSE)
_PARTS = re.compile(r"([,;\n]+)")


def without_lead(text: str) -> str:
    """Return a text without what greets, and what says that somebody is looked for, at its beginning and its end."""
    salutation = _SALUTATION.match(text)
    text = text[salutation.end() :] if salutation else text
    for _ in range(2):
        closed = _CLOSES.search(text)
        text = text[: closed.start()] if closed else text
    return _without_request(text)


def without_later_leads(text: str) -> str:
    """Return a text without what says between commas who looks for somebody: `Mairie de Lyon, nous recherchons un`."""
    return "".join(
        _without_request(part) if at and _SAYS_WHO.match(part) else part for at, part in enumerate(_PARTS.split(text))
    )


def _without_request(text: str) -> str:
    if asked := _ASKS.match(text):
        text = text[asked.end() :]
    if label := _LABEL.match(text):
        return text[label.end() :]
    post = _POST.match(text)
    return text[post.start("next") :] if post and _is_of_trade(post) else text


def _is_of_trade(post: re.Match[str]) -> bool:
    """Tell whether what follows `poste de` or `offres` is somebody's trade: not `poste de travail`."""
    name = post["next"]
    if person(name.strip("·.()-").lower()):
        return True
    is_acronym = name.isupper() and name.isalpha() and len(name) >= _SHORTEST_ACRONYM and not post["what"].isupper()
    return is_acronym and bool(post["of"] or not post["post"])
