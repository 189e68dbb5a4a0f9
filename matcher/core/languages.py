"""The languages that postings ask for and profiles name, in French, in English, or by their ISO 639-1 code."""

import re
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
    ("cs", "tcheque", "czech"),
    ("hu", "hongrois", "hungarian"),
    ("bg", "bulgare", "bulgarian"),
    ("da", "danois", "danish"),
    ("fi", "finnois", "finlandais", "finnish"),
    ("nb", "norvegien", "norwegian"),
    ("sk", "slovaque", "slovak"),
    ("sl", "slovene", "slovenian"),
    ("hr", "croate", "croatian"),
    ("sr", "serbe", "serbian"),
    ("bs", "bosniaque", "bosnian"),
    ("mk", "macedonien", "macedonian"),
    ("sq", "albanais", "albanian"),
    ("lt", "lituanien", "lithuanian"),
    ("lv", "letton", "latvian"),
    ("estonien", "estonian"),
    ("ga", "irlandais", "irish"),
    ("maltais", "maltese"),
    ("islandais", "icelandic"),
    ("armenien", "armenian"),
    ("georgien", "georgian"),
    ("fa", "persan", "persian", "farsi"),
    ("pachto", "pashto"),
    ("ourdou", "urdu"),
    ("bengali",),
    ("tamoul", "tamil"),
    ("thai", "thailandais"),
    ("indonesien", "indonesian"),
    ("malais", "malay"),
    ("swahili", "kiswahili"),
    ("wolof",),
    ("malgache", "malagasy"),
    ("berbere", "tamazight", "kabyle"),
    ("latin",),
    ("basque", "euskara"),
    ("catalan",),
    ("corse", "corsican"),
    ("creole",),
    ("alsacien", "alsatian"),
)
"""Append, never reorder: each place is a bit of a column of 64. Codes that are words (`et`, `is`) are left out."""

_SHOWN = """
fr français French; en anglais English; de allemand German; es espagnol Spanish; it italien Italian
pt portugais Portuguese
nl néerlandais Dutch; ar arabe Arabic; zh chinois Chinese; ja japonais Japanese; ru russe Russian; pl polonais Polish
ro roumain Romanian; uk ukrainien Ukrainian; tr turc Turkish; el grec Greek; sv suédois Swedish; hi hindi Hindi
ko coréen Korean; he hébreu Hebrew; vi vietnamien Vietnamese; br breton Breton; oc occitan Occitan; cs tchèque Czech
hu hongrois Hungarian; bg bulgare Bulgarian; da danois Danish; fi finnois Finnish; nb norvégien Norwegian
sk slovaque Slovak; sl slovène Slovenian; hr croate Croatian; sr serbe Serbian; bs bosniaque Bosnian
mk macédonien Macedonian; sq albanais Albanian; lt lituanien Lithuanian; lv letton Latvian; ga irlandais Irish
fa persan Persian
"""
_NAMES_OF_CODES = {code: names for code, *names in map(str.split, _SHOWN.strip().replace("\n", ";").split(";"))}

ALSO_PLACES = frozenset("basque catalan corse creole georgien georgian latin malais malay thai".split())
"""Names that in a sentence are more often something else: the `Pays basque`, a cuisine."""

_BITS = {name: 1 << bit for bit, names in enumerate(LANGUAGES) for name in names}
_CODE_LENGTH = 2
_LONGEST = max(len(name.split()) for name in _BITS)
_TESTS = {
    **dict.fromkeys(("toeic", "toefl", "ielts", "linguaskill"), "en"),
    **dict.fromkeys(("delf", "dalf"), "fr"),
    "jlpt": "ja",
    "hsk": "zh",
}
"""Examinations that are of one language."""
_NONE = frozenset("0 aucun aucune neant no non none not nul nulle pas sans".split())
"""What says that the language is not spoken, or not asked for, before its name or behind it."""
_BESIDE_NONE = frozenset(
    """
    all any at connaissance de demande demandee du encore exige exigee indispensable knowledge l la le maitrise
    mandatory necessaire necessary needed niveau notion obligatoire parle pratique requested required requis requise
    spoken tout yet
    """.split()
)
_JOINTS = re.compile(r"[/,;+&|]|(?<![^\W_])(?:et|and)(?![^\W_])")
_OR = "\n"
_EITHER = re.compile(r"(?<![^\W_])(?:(?:et|and)\s*/\s*)?(?:ou|or)(?![^\W_])")


def language_name(text: str, language: str) -> str:
    """Return what people who read French (`fr`) or English call a language that is given by its code; else the text."""
    french, english = _NAMES_OF_CODES.get(text.strip().casefold(), (text, text))
    return french if language == "fr" else english


def language_bits(languages: tuple[str, ...], *, either: bool = False) -> int:
    """Return the languages as a set of bits, by their place in LANGUAGES; one that is not known has no bit.

    A level is read over, and so is what stands around the name: `anglais (C1)`, `English: fluent` and `maîtrise de
    l'anglais` are all English, `anglais et allemand` are two. `Anglais : aucun` is none.

    Args:
        languages: as a record lists them.
        either: whether of `anglais ou allemand` one is enough, as where they are asked for: then neither is, for sure.
    """
    found = 0
    for language in languages:
        # NFD, not letters.without_accents: `anglais™` says English, and `anglaistm` nothing.
        folded = unicodedata.normalize("NFD", language.casefold())
        plain = "".join(c for c in folded if not unicodedata.combining(c))
        for part in _JOINTS.split(_EITHER.sub(_OR if either else ",", plain.replace("\n", ","))):
            each = ("".join(c if c.isalnum() else " " for c in one).split() for one in part.split(_OR))
            named = {bits for words in each if (bits := _spoken(words))}
            found |= named.pop() if len(named) == 1 else 0
    return found


def _spoken(words: list[str]) -> int:
    """Return the languages that some words name and do not deny."""
    at = next((place for place in range(len(words)) if _denies(words, place)), len(words))
    if at < len(words) and _BESIDE_NONE.issuperset(words[at + 1 :]):
        return 0
    return _named(words[:at]) or _coded(words[:at])


def _denies(words: list[str], place: int) -> bool:
    """Tell whether a word denies the language before it or what comes after; `NO` behind a language is Norway."""
    before = words[place - 1] if place else ""
    is_norway = words[place] == "no" and (len(before) == _CODE_LENGTH or before.startswith(("norv", "norw")))
    return words[place] in _NONE and not is_norway


def _named(words: list[str]) -> int:
    """Return the languages whose names stand among some words."""
    found = at = 0
    while at < len(words):
        # The longest first: `langue des signes française` begins with a name of several words.
        for length in range(min(_LONGEST, len(words) - at), 0, -1):
            name = " ".join(words[at : at + length])
            if len(name) > _CODE_LENGTH and (bits := _BITS.get(name) or _BITS.get(_TESTS.get(name, ""))):
                found |= bits
                at += length - 1
                break
        at += 1
    if not found and words[:1] == ["langue"] and len(words) > 1:
        # `langue anglaise`, `langue bretonne`
        found = _BITS.get(words[1].removesuffix("e")) or _BITS.get(words[1].removesuffix("ne")) or 0
    return found


def _coded(words: list[str]) -> int:
    """Return the language whose code some words begin with: `en-GB`, and not `notions de`."""
    return _BITS.get(words[0], 0) if words and len(words[0]) == _CODE_LENGTH else 0
