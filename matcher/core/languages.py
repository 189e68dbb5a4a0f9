"""The languages that postings ask for and profiles name, in French, in English, or by their ISO 639-1 code."""

import unicodedata

LANGUAGES: tuple[tuple[str, ...], ...] = (
    ("fr", "francais", "french"),
    ("en", "anglais", "english"),
    ("de", "allemand", "german", "deutsch"),
    ("es", "espagnol", "spanish", "espanol"),
    ("it", "italien", "italian", "italiano"),
    ("pt", "portugais", "portuguese"),
    ("nl", "neerlandais", "dutch"),
    ("ar", "arabe", "arabic"),
    ("zh", "chinois", "chinese", "mandarin"),
    ("ja", "japonais", "japanese"),
    ("ru", "russe", "russian"),
    ("pl", "polonais", "polish"),
    ("ro", "roumain", "romanian"),
    ("uk", "ukrainien", "ukrainian"),
    ("tr", "turc", "turkish"),
    ("el", "grec", "greek"),
    ("sv", "suedois", "swedish"),
    ("hi", "hindi"),
    ("ko", "coreen", "korean"),
    ("he", "hebreu", "hebrew"),
    ("vi", "vietnamien", "vietnamese"),
    ("br", "breton"),
    ("oc", "occitan"),
    ("lsf", "langue des signes", "sign language"),
)

_BITS = {name: 1 << bit for bit, names in enumerate(LANGUAGES) for name in names}


def language_bits(languages: tuple[str, ...]) -> int:
    """Return the languages as a set of bits, by their place in LANGUAGES; one that is not known has no bit.

    A level is read over: `anglais (C1)`, `English: fluent` and `anglais courant` are all English.
    """
    found = 0
    for language in languages:
        # NFD, not letters.without_accents: `anglais™` says English, and `anglaistm` nothing.
        folded = unicodedata.normalize("NFD", language.casefold())
        words = "".join(c if c.isalnum() else " " for c in folded if not unicodedata.combining(c)).split()
        # The longest first: `langue des signes française` begins with a name of several words.
        names = (" ".join(words[:length]) for length in range(len(words), 0, -1))
        found |= next((_BITS[name] for name in names if name in _BITS), 0)
    return found
