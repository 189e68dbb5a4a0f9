"""The little French and English grammar that made-up sentences need: agreement, elision, tenses."""

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple


class Pair(NamedTuple):
    """A text in the masculine and in the feminine; index it with True for the feminine."""

    masculine: str
    feminine: str


class _Noun(NamedTuple):
    feminine: str
    dotted: str
    bracketed: str


_NOUNS = {
    "adjoint": _Noun("adjointe", "adjoint·e", "adjoint(e)"),
    "administrateur": _Noun("administratrice", "administrateur·rice", "administrateur(trice)"),
    "assistant": _Noun("assistante", "assistant·e", "assistant(e)"),
    "auditeur": _Noun("auditrice", "auditeur·rice", "auditeur(trice)"),
    "chargé": _Noun("chargée", "chargé·e", "chargé(e)"),
    "chef": _Noun("cheffe", "chef·fe", "chef(fe)"),
    "concepteur": _Noun("conceptrice", "concepteur·rice", "concepteur(trice)"),
    "confirmé": _Noun("confirmée", "confirmé·e", "confirmé(e)"),
    "conseiller": _Noun("conseillère", "conseiller·ère", "conseiller(ère)"),
    "consultant": _Noun("consultante", "consultant·e", "consultant(e)"),
    "coordinateur": _Noun("coordinatrice", "coordinateur·rice", "coordinateur(trice)"),
    "débutant": _Noun("débutante", "débutant·e", "débutant(e)"),
    "délégué": _Noun("déléguée", "délégué·e", "délégué(e)"),
    "décisionnel": _Noun("décisionnelle", "décisionnel·le", "décisionnel(le)"),
    "développeur": _Noun("développeuse", "développeur·se", "développeur(se)"),
    "directeur": _Noun("directrice", "directeur·rice", "directeur(trice)"),
    "expert": _Noun("experte", "expert·e", "expert(e)"),
    "expérimenté": _Noun("expérimentée", "expérimenté·e", "expérimenté(e)"),
    "facilitateur": _Noun("facilitatrice", "facilitateur·rice", "facilitateur(trice)"),
    "fonctionnel": _Noun("fonctionnelle", "fonctionnel·le", "fonctionnel(le)"),
    "formateur": _Noun("formatrice", "formateur·rice", "formateur(trice)"),
    "géomaticien": _Noun("géomaticienne", "géomaticien·ne", "géomaticien(ne)"),
    "ingénieur": _Noun("ingénieure", "ingénieur·e", "ingénieur(e)"),
    "intégrateur": _Noun("intégratrice", "intégrateur·rice", "intégrateur(trice)"),
    "référent": _Noun("référente", "référent·e", "référent(e)"),
    "statisticien": _Noun("statisticienne", "statisticien·ne", "statisticien(ne)"),
    "technicien": _Noun("technicienne", "technicien·ne", "technicien(ne)"),
    "testeur": _Noun("testeuse", "testeur·se", "testeur(se)"),
}
_WORD = re.compile(r"[^\W\d_]+")
_CHOICE = re.compile(r"\[([^|\]]*)\|([^\]]*)\]")
_VOWEL = re.compile(r"[aàâäeéèêëiîïoôöuùûühœ]", re.IGNORECASE)

_PARTICIPLES = {
    "concevoir": "conçu",
    "conduire": "conduit",
    "construire": "construit",
    "convaincre": "convaincu",
    "écrire": "écrit",
    "faire": "fait",
    "instruire": "instruit",
    "maintenir": "maintenu",
    "mettre": "mis",
    "produire": "produit",
    "promouvoir": "promu",
    "réduire": "réduit",
    "rendre": "rendu",
    "reprendre": "repris",
    "répondre": "répondu",
    "suivre": "suivi",
    "tenir": "tenu",
    "traduire": "traduit",
}
_FUTURES = {
    "appuyer": "appuierez",
    "concevoir": "concevrez",
    "déployer": "déploierez",
    "faire": "ferez",
    "lever": "lèverez",
    "maintenir": "maintiendrez",
    "mener": "mènerez",
    "promouvoir": "promouvrez",
    "recueillir": "recueillerez",
    "tenir": "tiendrez",
}
_PASTS = {
    "build": "built",
    "keep": "kept",
    "lead": "led",
    "map": "mapped",
    "model": "modelled",
    "plan": "planned",
    "run": "ran",
    "set": "set",
    "write": "wrote",
}


def feminine(title: str) -> str:
    """Return the title in the feminine: `chef de projet` gives `cheffe de projet`."""
    return _WORD.sub(lambda word: noun.feminine if (noun := _NOUNS.get(word[0])) else word[0], title)


def dotted(title: str) -> str:
    """Return the title with middle dots: `chef·fe de projet`."""
    return _WORD.sub(lambda word: noun.dotted if (noun := _NOUNS.get(word[0])) else word[0], title)


def bracketed(title: str) -> str:
    """Return the title with brackets: `chef(fe) de projet`."""
    return _WORD.sub(lambda word: noun.bracketed if (noun := _NOUNS.get(word[0])) else word[0], title)


def both(title: str) -> str:
    """Return the title with its first noun in both genders: `chef/cheffe de projet`; unchanged where they agree."""
    marked = feminine(title)
    head, _, rest = title.partition(" ")
    marked_head, _, marked_rest = marked.partition(" ")
    return f"{head}/{marked_head} {rest}".strip() if head != marked_head and rest == marked_rest else title


@cache
def pair(title: str) -> Pair:
    """Return the title in both genders."""
    return Pair(title, feminine(title))


def agree(*templates: str) -> tuple[Pair, ...]:
    """Return each template in both genders: `[curieux|curieuse]` holds the two forms of a word."""
    return tuple(Pair(_CHOICE.sub(r"\1", text), _CHOICE.sub(r"\2", text)) for text in templates)


def capital(text: str) -> str:
    """Return the text with its first letter in upper case, and nothing else changed."""
    return text[:1].upper() + text[1:]


@cache
def of(text: str) -> str:
    """Return `de` and the text, elided and contracted: `d’architecte`, `du portail`, `des marchés`, `de l’État`."""
    if text.startswith("le "):
        return f"du {text[3:]}"
    if text.startswith("les "):
        return f"des {text[4:]}"
    return f"d’{text}" if _VOWEL.match(text) else f"de {text}"


def to(text: str) -> str:
    """Return `à` and the text, contracted: `au portail`, `aux marchés`, `à l’État`."""
    if text.startswith("le "):
        return f"au {text[3:]}"
    return f"aux {text[4:]}" if text.startswith("les ") else f"à {text}"


@cache
def participle(mission: str) -> str:
    """Return the mission with its leading infinitive as a past participle: `piloter un projet` gives `piloté un…`."""
    verb, _, rest = mission.partition(" ")
    done = _PARTICIPLES.get(verb) or (f"{verb[:-2]}é" if verb.endswith("er") else verb[:-1])
    return f"{done} {rest}"


@cache
def future(mission: str) -> str:
    """Return the mission with its leading infinitive as the future of `vous`: `piloterez un projet`."""
    verb, _, rest = mission.partition(" ")
    return f"{_FUTURES.get(verb) or verb.removesuffix('e') + 'ez'} {rest}"


@cache
def past(mission: str) -> str:
    """Return the English mission with its leading verb in the past: `design a service` gives `designed a service`."""
    verb, _, rest = mission.partition(" ")
    if verb in _PASTS:
        return f"{_PASTS[verb]} {rest}"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return f"{verb[:-1]}ied {rest}"
    return f"{verb}{'d' if verb.endswith('e') else 'ed'} {rest}"


def listed(items: Sequence[str], *, last: str = "et") -> str:
    """Return the items as a person lists them: `a, b et c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}"


def years_fr(years: int) -> str:
    """Return a number of years in French: `un an`, `8 ans`."""
    return "un an" if years == 1 else f"{years} ans"


def years_en(years: int) -> str:
    """Return a number of years in English: `one year`, `8 years`."""
    return "one year" if years == 1 else f"{years} years"


def bare(noun: str) -> str:
    """Return the noun without its article: `le portail` gives `portail`."""
    return noun[2:] if noun.startswith("l’") else noun.partition(" ")[2]
