"""Titles from the words of an address, and back: `charge-e-de-contentieux` reads `Chargé·e de contentieux`."""

import re
from collections import Counter

from matcher.core.letters import fold

# Words of titles whose accent the posting's own text may not show.
_ACCENTS = {
    fold(word): word
    for word in (
        "chargé chargée délégué déléguée député attaché attachée contrôleur contrôleuse développeur développeuse "
        "ingénieur ingénieure rédacteur rédactrice secrétaire sécurité cybersécurité système systèmes réseau réseaux "
        "données numérique étude études télécom télécoms matériel équipe opérateur opératrice qualité unité pôle "
        "département délégation direction général générale généraux départemental départementale régional régionale "
        "référent référente supérieur spécialiste médico médical médicale hôpital enquêteur conseillère cheffe "
        "financière gérant métier métiers marché marchés comptabilité société université élève énergie économie "
        "économique médiateur médiatrice bibliothèque préfecture préfet école états état événement à"
    ).split()
}
_BOTH_GENDERS = re.compile(r"(?:[-_ ]+(?:h-?f|f-?h))+[-_ ]*$", re.IGNORECASE)
_INNER_GENDERS = re.compile(r"-(?:hf|fh)(?:-+ref[a-z-]{0,20}\d[\d-]{0,12}$|(?=-))")
"""The same before something else, with the service's own reference if that is what follows: `-fh-refsc2`."""
_ELISION = re.compile(r"\b(d|l|qu|n|s|j)-(?=[aeiouyh])")
_FEMININE = re.compile(r"\b(\w{3,})-(e|fe|ne|ere|rice|trice|euse|se|ve)\b(?!-e\b)")
_LEADING_CODE = re.compile(r"^(?:[a-z]{2,5} ?[0-9]{2}[0-9ab]?|[a-z]{2,4}) –", re.IGNORECASE)
"""A service before a dash, as in `dggn 92 – technicien`: in capitals, so that it is seen to be no word."""
_LONGEST_ACRONYM = 5
_WORD = re.compile(r"[^\W\d_]+")


def slug(text: str) -> str:
    """Return a text as lower-case ASCII words between hyphens."""
    return "-".join(filter(None, map(fold, re.split(r"[^\w]+", text))))


def readable(words: str, context: str) -> str:
    """Return an address's words as a title, or nothing if they hold none.

    Accents come back from the posting's own text: of the ways in which it spells a word, the most frequent.
    """
    bare = _INNER_GENDERS.sub("", _BOTH_GENDERS.sub("", words.strip("-_ ").lower()))
    if sum(map(str.isalpha, bare)) < 4:
        return ""
    bare = _ELISION.sub(r"\1'", bare)
    bare = _FEMININE.sub(r"\1·\2", bare)
    bare = re.sub(r"-{2,}", " – ", bare).replace("-", " ")
    spellings = _spellings(context)
    title = _WORD.sub(lambda word: spellings.get(word[0], _ACCENTS.get(word[0], word[0])), bare)
    title = _LEADING_CODE.sub(lambda code: code[0].upper(), title)
    title = re.sub(r"\bcharge (?=de |d')", "chargé ", title.replace("charge·e", "chargé·e")).strip()
    return title[:1].upper() + title[1:]


def _spellings(context: str) -> dict[str, str]:
    """Return, by bare word, its most frequent spelling; in capitals if the text never writes a short one otherwise."""
    found = Counter(_WORD.findall(context.replace("\\n", "\n")))
    best: dict[str, str] = {}
    for word, _count in sorted(found.items(), key=lambda entry: (entry[1], entry[0])):
        is_acronym = word.isupper() and len(word) <= _LONGEST_ACRONYM and not {word.lower(), word.title()} & set(found)
        best[fold(word)] = word if is_acronym else word.lower()
    return best
