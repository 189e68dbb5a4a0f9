"""How well a skill is known, which is no part of its name: `Excel avancé`, `notions de SQL`, `anglais courant`."""

import re

from matcher.core.languages import LANGUAGES

_LEVEL = r"(?:avancé(?:e?s?)|confirmé(?:e?s?)|débutant(?:e?s?)|intermédiaires?|advanced|intermediate|beginner)"
_ANY = (
    rf"(?:{_LEVEL}|experte?s?|courante?s?|professionnel(?:le)?s?|bilingues?|basiques?|basic|fluent|proficient"
    r"|maîtrisé(?:e?s?))"
)
_SET_APART = re.compile(
    r"[ :(–-]{1,3}[1-9][0-9]? ?/ ?[0-9]{1,2}\)?$"
    rf"|(?: ?[,:(–]| [-–]| (?=niveau |level )) ?(?:niveau ?:? ?|level ?:? ?)?{_ANY}\)?$"
    r"|^(?:(?:très )?bonnes? |solides |good |strong |basic )?(?:connaissances?|notions?|bases(?! de données)) "
    r"(?:de (?:la |l['’])?|d['’]|du |des |en |sur )|^(?:(?:good |strong |basic )?knowledge of|proficiency in) ",
    re.IGNORECASE,
)
"""What is no part of any name."""
_BESIDE = re.compile(
    rf" {_LEVEL}$|^(?:(?:très )?bonne |excellente |good )?maîtrise (?:de (?:l['’])?|d['’]|du )|^advanced ",
    re.IGNORECASE,
)
"""What may be: `signature électronique avancée`, `maîtrise de l'énergie`."""
_SPOKEN = re.compile(rf" {_ANY}$", re.IGNORECASE)
_NAMES_OF_LANGUAGES = frozenset(name for names in LANGUAGES for name in names)


def without_level(text: str) -> str:
    """Return a skill without what says how well it is known; as it is, where that may be a part of its name."""
    bare = _SET_APART.sub("", text)
    if bare == text:
        beside, spoken = _BESIDE.sub("", text), _SPOKEN.sub("", text)
        if all(map(_is_name, beside.split())):
            bare = beside
        else:
            bare = next((one for one in (beside, spoken) if one.casefold() in _NAMES_OF_LANGUAGES), text)
    return bare.strip() or text


def _is_name(word: str) -> bool:
    """Tell whether a word is written as the names of tools are: `Excel`, `SQL`, `k8s`."""
    return word != word.lower() or any(map(str.isdigit, word))
