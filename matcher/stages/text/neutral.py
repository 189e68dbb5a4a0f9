"""The gender-neutral form of French titles and skills: one string for every way to write a job's two genders.

`développeur`, `développeuse`, `développeur·se`, `une développeuse ou un développeur` and `Développeur (H/F)` become
`développeur`. Words are made masculine singular where they denote persons, because encoders know that form; things
keep theirs. Text without persons passes lower-cased.
"""

import re
import unicodedata
from functools import lru_cache

from matcher.core.letters import ELIDED, replaced
from matcher.stages.text.gender import (
    LEADING,
    accented,
    adjective,
    colleague,
    is_thing,
    may_be_of_a_thing,
    may_be_person,
    oneself,
    person,
)

_CACHED_TEXTS = 65_536
_LONGEST_DOUBLET = 12
"""Words of a title that may be said twice, once a gender."""
_LONGEST_LEAD = 8
"""Words of an opening such as `un ou une`, `deux`, `3`."""

_SAME_SIGNS = {**dict.fromkeys("’‘ʼ`´", "'"), **dict.fromkeys("•‧⋅∙", "·")}
_DASHES = re.compile(r"[‐‑‒–—―−]")
_NOISE = re.compile(r"[^\w\s+#&.'·/,;:|()\-!?…]|''+")
_OR = r"(?:\s?[/|·•,;&+-]{1,2}\s?|\s(?:ou|et|or)\s)"
_OR_BETWEEN_WORDS = r"(?:\s?[/|·]\s?|\s(?:ou|or)\s)"
_THIRD = r"(?:x|d|n|nb|a|i|\*|autres?|divers)"
_MAN_AND_WOMAN = (
    *((one, _OR, two) for one, two in (("h", "f"), ("m", "f"), ("m", "w"))),
    *(("h", r"\.\s?", "f"), (r"h\.", r"\s?/\s?", r"f\.")),
    *((one, _OR_BETWEEN_WORDS, two) for one, two in (("homme", "femme"), ("man", "woman"), ("male", "female"))),
    *((one, r"\s?/\s?", two) for one, two in (("hommes", "femmes"), ("masculin", "féminin"))),
    (r"(?:mr?|monsieur)", r"(?:\.?\s?[/|]\s?|\s(?:ou|or)\s)", r"(?:mme|mlle|madame|mademoiselle)"),
)
_PAIRED = re.compile(
    # H/F, F/H, (h/f/x), m/w/d, H·F, H.F., homme ou femme, Mme/M., (un/une); `h f` and `hf` only between dashes or in
    # brackets, and where they end a title (clean.py).
    r"(?<![\w/'&.-])(?:"
    rf"(?:{_THIRD}\s?/\s?)?(?:{'|'.join(f'{one}{sign}{two}|{two}{sign}{one}' for one, sign, two in _MAN_AND_WOMAN)})"
    rf"(?:\s?[/|-]\s?{_THIRD})?(?!\.\w)"
    r"|[hfm]\s?(?:[/-]|\bou\b)\s?[hfmw](?:\s?[/-]\s?(?:x|d|n|nb|a|i|\*))?"
    r"|(?:[hm]\.\s?[fw]|[fw]\.\s?[hm])\.\s?[xd]"
    r"|(?<=\()(?:hommes?\s?(?:[-,/]|et\b|ou\b)\s?femmes?|femmes?\s?(?:[-,/]|et\b|ou\b)\s?hommes?)(?=\s?\))"
    r"|(?<=\()une?\s?[/|]\s?une?(?=\s?\))"
    r"|(?:all|any) genders?(?: welcome)?|tou(?:s|t)(?: les)? genres?(?: bienvenus| confondus)?(?=\s*(?:$|[-),]))"
    r")(?![\w/'&+#]|-\w)(?:\.(?!\w))?(?! d(?:e\b|')| toute)",
    re.IGNORECASE,
)
_OF_BOTH = re.compile(
    r"(?:galité|parité|mixité|entre|entre les|professionnelle|violence|droits des)s?\s*$", re.IGNORECASE
)
"""Before women and men who are the work: `égalité femmes/hommes`."""
_WOMAN = re.compile(r"^\s*(?:(?:une )?femme|homme ?(?:/|\bou\b) ?femme|femme ?(?:/|\bou\b) ?homme)(?= d[e']| toute)")
_PAIRED_LOOSE = re.compile(
    r"(?:(?<=-)|(?<=- )|(?<=\())(?:h ?f|f ?h|hfx|fhx|mwd|wmd|mfd)(?=\s*(?:[-)]|$))", re.IGNORECASE
)
_ARTICLE = re.compile(r"\b(u)n\s?[·./(-]\s?(?:n?e)\)?(?!\w)", re.IGNORECASE)
_ACUTE_BY_HAND = re.compile(r"\bcharge\s?\(ée?\)")
_SHOUTED_CHARGE = re.compile(r"(?<!\w)CHARGE(?=E? (?:D'|DE |DES |DU )(?!TRAVAIL))")
"""In lower case, `charge de` is a load."""
_MAY_MARK = re.compile(r"[·./(-][·./(-]?[^\W\d_]|\bun\s?[·./(-]", re.IGNORECASE)
"""Stands wherever an inclusive ending does, and seldom elsewhere."""
_PLURAL = re.compile(r"(?<=\w)(?:\(s\)|·s)(?!\w)", re.IGNORECASE)
_MARK = re.compile(
    r"([^\W\d_])(?:[·./-]|\s?\(|\s-(?=tive\b))[-·./]?"
    r"(e|é|ée|ne|nne|fe|le|te|se|sse|esse|ve|ice|[a-zé]{0,3}euse|[a-zé]{0,3}eure|re|[a-z]{0,4}rice|[a-z]{0,3}ère|[a-z]{0,3}enne"
    r"|[a-z]{0,2}onne|[a-z]{0,2}ive|[a-z]{0,2}elle|[a-z]{0,2}ale|[a-z]{0,2}ante|[a-z]{0,2}ente)"
    r"(?:[·.-]?s|\(s|(?=\)))?(\)?s?)(?!\w)",
    re.IGNORECASE,
)
_MARK_AFTER = (
    # A feminine ending as people write it, and the ends of the masculine that it can complete.
    *(("euse", ("eur", "eux", "er")), ("eure", ("eur",)), ("rice", ("eur",)), ("ice", ("eur",)), ("sse", ("e", "eur"))),
    *(("ère", ("er",)), ("enne", ("en",)), ("onne", ("on",)), ("ive", ("if",)), ("elle", ("el",)), ("ale", ("al",))),
    *(("ante", ("ant",)), ("ente", ("ent",)), ("ée", ("é", "e")), ("é", ("e",)), ("ne", ("n",)), ("fe", ("f",))),
    *(("le", ("l",)), ("te", ("t",)), ("se", ("eur", "er", "s", "x")), ("ve", ("f",)), ("re", ("r",))),
    ("e", tuple("étdsrlniuefh")),
)
_APART = re.compile(
    # The masculine ending set apart too: administrat·eur·rice, développeu(r/se).
    r"(?:(?<=eu)[·./(-](r)|(?<=[^\W\d_]{2})[·./(-]([tds]?eur))[·./|-]{1,2}(?:t?rice|ice|euse|se|eure|re|e)\)?(?:[·.-]?s)?(?!\w)",
    re.IGNORECASE,
)
_FEMININE_FIRST = re.compile(r"(?<=euse|rice)[·./(-]{1,2}[tds]?eurs?\)?(?!\w)", re.IGNORECASE)
_CLAUSE = re.compile(
    # First what each of them begins with: at most signs of a text nothing else is tried then.
    r"(?=[,;:|!?…/+·-])(?:[,;:|!?…]+|(?<=\s)[-/+·]+(?=\s)|(?<=\w)[/-](?=\s)|(?<=\s)[/-](?=\w)|(?<=\s)\+(?=\w)|·)"
)
_FEMININE = re.compile(r"\b((?:une|la) )?([^\W\d_]{3,}es?)\b", re.IGNORECASE)
_SPEAKING = re.compile(
    # The start of a sentence, a verb in the first person, or the second of two words; perhaps with an adverb.
    r"(?:^|[.!?;:…,\n]|\b(?:suis|serais|serai|étais|été|reste|sens|dit|dite|comme|et|m'a|m'ont))"
    r"\s*(?:\w+ment |aussi |très |désormais |toujours |bien |plus )?$",
    re.IGNORECASE,
)
_NOUN_BEFORE = re.compile(r"([^\W\d_]+) $")
_LONGEST_CUE = 30
_PART = re.compile(rf"{ELIDED}(?=\w)|(?<![\w.])\.(?=[a-z])\w+(?:\.\w+)*|\w+[+#]*(?:['.]\w+[+#]*)*|[/,&-]")

_STOPS = frozenset(
    "de du des en à a au aux pour sur dans par avec sans chez entre vers près le la les son sa ses leur leurs "
    "d' l' qu' un une and of the for in".split()
)
_JOINERS = frozenset(("et", "ou", "&"))
_TIGHT = frozenset("/-")
_TRADES_AFTER = frozenset("équipe hôtel partie cuisine patrouille clientèle place rang bord poste".split())
"""Complements that a second noun of persons follows: chef d'équipe foreur, chef de partie poissonnier."""
_SURE_ENDINGS = ("euse", "trice", "eur", "iste", "ienne", "ien", "cheffe")
_SEPARATORS = _JOINERS | _TIGHT | {","}
_ARTICLES = frozenset(("un", "une"))
_COUNTS = frozenset("des les le la l' deux trois quatre cinq six sept huit neuf dix plusieurs".split())


def neutral(text: str) -> str:
    """Return the gender-neutral, lower-case form of a title or skill, one space between words.

    Never empty for a text with a letter; neutral(neutral(x)) == neutral(x).
    """
    return _neutral(text) if len(text) < 500 else _to_fixed_point(text)


@lru_cache(maxsize=_CACHED_TEXTS)
def _neutral(text: str) -> str:
    return _to_fixed_point(text)


def forget_texts() -> None:
    """Drop the memory of `neutral`."""
    _neutral.cache_clear()


def _to_fixed_point(text: str) -> str:
    # Dropping one thing can bring two others together; almost always the second pass changes nothing.
    for _ in range(6):
        before, text = text, _pass(text)
        if text == before:
            break
    return text


def fold_marks(text: str) -> str:
    """Return the text, case kept, with inclusive endings folded into the masculine: `chargé·e·s` becomes `chargé`."""
    text = replaced(text, _SAME_SIGNS)
    if not _MAY_MARK.search(text):
        return text
    text = _ACUTE_BY_HAND.sub("chargé", text)
    text = _FEMININE_FIRST.sub("", text)
    text = _APART.sub(lambda found: found[1] or found[2], _ARTICLE.sub(r"\1n", text))
    return _PLURAL.sub("", _MARK.sub(_fold_mark, text))


def fold_agreement(text: str) -> str:
    """Return a sentence, case kept, with what people say of themselves in the masculine: `je suis passionnée par…`.

    What is said of things stays, but for a few words that are said of both.
    """
    return _FEMININE.sub(_fold_feminine, text)


def _fold_feminine(match: re.Match[str]) -> str:
    article, word = match[1] or "", match[2]
    before = match.string[max(0, match.start() - _LONGEST_CUE) : match.start()]
    plain = word.lower()
    masculine = oneself(plain, speaking=False)
    if not article:
        # What stands before is looked at where it makes a difference: of most words it makes none.
        if (of_me := oneself(plain, speaking=True)) != masculine and _SPEAKING.search(before):
            masculine = of_me
        agreed = adjective(plain)
        if agreed != masculine and (noun := _NOUN_BEFORE.search(before)) and person(noun[1].lower()):
            masculine = agreed
    if masculine == plain:
        return match[0]
    article = article[:1] + {"une": "n ", "la": "e ", "": ""}[article.strip().lower()]
    return article + (masculine.upper() if word.isupper() else masculine.title() if word[0].isupper() else masculine)


def _fold_mark(match: re.Match[str]) -> str:
    last, ending, at = match[1], match[2].lower(), match.start()
    stem = match.string[max(0, at - 2) : at + 1].lower()
    ends = next(ends for tail, ends in _MARK_AFTER if ending.endswith(tail))
    if len(stem) < 3 or not stem.isalpha() or not stem.endswith(ends):
        return match[0]
    return "é" if last in "eE" and ending in {"e", "é", "ée"} else last


def without_paired(text: str) -> str:
    """Return text without `H/F`, `(f/h/x)`, `m/w/d`, `homme ou femme`, `Mme/M.`, `- h f -`."""
    return _PAIRED_LOOSE.sub(" ", _PAIRED.sub(_unless_both_are_the_work, text))


def _unless_both_are_the_work(found: re.Match[str]) -> str:
    before = found.string[max(0, found.start() - _LONGEST_CUE) : found.start()]
    return found[0] if len(found[0]) > 8 and _OF_BOTH.search(before) else " "


def _pass(text: str) -> str:
    text = _SHOUTED_CHARGE.sub(r"CHARGÉ", replaced(text, _SAME_SIGNS))
    plain = unicodedata.normalize("NFC", text.lower())
    plain = _NOISE.sub(" ", _DASHES.sub("-", plain))
    plain = _WOMAN.sub("homme", plain)
    tokens = _tokens(fold_marks(without_paired(plain)))
    tokens = _undouble(_masculine(_without_leads(tokens)))
    return _joined(tokens) or _joined(_tokens(plain)) or " ".join(plain.split())


def _tokens(text: str) -> list[str]:
    """Split into words, elisions (`d'`), tight `/` and `-`, and `,` for whatever separates clauses."""
    return [accented(part) for chunk in _CLAUSE.sub(" , ", text).split() for part in _PART.findall(chunk)]


def _without_leads(tokens: list[str]) -> list[str]:
    """Drop `un·e`, `une ou un`, `deux`, `3`, `des personnes` before a person, and `un` before anything at the start."""
    kept: list[str] = []
    at, fresh = 0, True
    while at < len(tokens):
        if fresh:
            at = _after_lead(tokens, at, anything=not kept)
        if at < len(tokens):
            kept.append(tokens[at])
            fresh = tokens[at] in _SEPARATORS
        at += 1
    return kept


def _after_lead(tokens: list[str], start: int, *, anything: bool) -> int:
    at, only_articles = start, True
    while at < len(tokens) and at - start < _LONGEST_LEAD:
        word = tokens[at]
        if word in _COUNTS or word.isdigit():
            only_articles = False
        elif word not in _ARTICLES and not (at > start and word in _SEPARATORS):
            break
        at += 1
    if at >= len(tokens):
        return start
    if tokens[at] in {"personne", "personnes"} and at + 1 < len(tokens) and person(tokens[at + 1]):
        return at + 1
    if at > start and (person(tokens[at]) or (anything and only_articles)):
        return at
    return start


def _masculine(tokens: list[str]) -> list[str]:
    """Make persons masculine singular, with the adjectives beside them; a preposition or a thing ends the agreement."""
    words: list[str] = []
    opened = tail = plural = joined = False
    for at, word in enumerate(tokens):
        if word in _SEPARATORS:
            opened, tail = (False, False) if word in {",", "/"} else (opened, tail)
            joined = word in _JOINERS
            words.append(word)
            continue
        someone = None
        if (opened and not tail) or _may_name_someone(word, words, tail=tail, joined=joined):
            someone = person(word)
        joined = False
        if someone:
            plural = word.endswith("s") and not someone.endswith("s")
            opened, tail = True, False
            _agree_article(words)
            words.append(someone)
        elif word in LEADING and at + 1 < len(tokens) and person(tokens[at + 1]):
            words.append(LEADING[word])
        elif tail:
            _append_colleague(words, word)
        else:
            tail = word in _STOPS or is_thing(word) or (opened and not plural and _is_plural(word))
            words.append(_agreed(word, plural=plural) if opened and not tail else word)
    return words


def _may_name_someone(word: str, before: list[str], *, tail: bool, joined: bool) -> bool:
    """Tell whether a noun of persons may stand here: not in a complement, unless it starts a second one."""
    if may_be_of_a_thing(word) and before and before[-1] not in {",", "/", "-"}:
        return False
    if not tail:
        return True
    if joined:
        return word.endswith(_SURE_ENDINGS)
    return before[-1] in _TRADES_AFTER


def _is_plural(word: str) -> bool:
    # Beside one person, what is plural is a thing: `dev fiches territoriales`.
    return (word.endswith("es") and adjective(word) == word) or word.endswith("ales")


def _agreed(word: str, *, plural: bool) -> str:
    masculine = adjective(word)
    return masculine[:-1] if plural and masculine.endswith("s") and not masculine.endswith("ss") else masculine


def _append_colleague(words: list[str], word: str) -> None:
    masculine = colleague(word)
    if masculine:
        _agree_article(words)
    words.append(masculine or word)


def _agree_article(words: list[str]) -> None:
    """Turn the feminine article that ends `words` into the masculine: `à la` (directrice) becomes `au`."""
    if not words or words[-1] not in {"la", "une"}:
        return
    article = words.pop()
    before = words[-1] if words else ""
    contracted = {"à": "au", "de": "du"}.get(before) if article == "la" else None
    if contracted:
        words[-1] = contracted
    else:
        words.append("le" if article == "la" else "un")


def _undouble(tokens: list[str]) -> list[str]:
    """Keep one of two equal forms: `chef de projet / chef de projet santé` becomes `chef de projet santé`."""
    kept: list[str] = []
    at = 0
    while at < len(tokens):
        word = tokens[at]
        separator = word in _SEPARATORS
        if kept and (separator or person(word)):
            size = _repeated(kept, tokens, at + separator)
            if size:
                kept[-size:] = [adjective(a) if a != b else a for a, b in _pairs(kept, tokens, at + separator, size)]
                at += size + separator
                continue
        kept.append(word)
        at += 1
    return kept


def _pairs(kept: list[str], tokens: list[str], start: int, size: int) -> list[tuple[str, str]]:
    return list(zip(kept[-size:], tokens[start : start + size], strict=True))


def _repeated(kept: list[str], tokens: list[str], start: int) -> int:
    """Return how many words from `start` repeat the last ones kept, gender aside; a person must be among them."""
    longest = min(_LONGEST_DOUBLET, len(kept), len(tokens) - start)
    first = adjective(tokens[start]) if longest > 0 else ""
    for size in range(longest, 0, -1):
        if adjective(kept[-size]) != first:  # as hardly ever
            continue
        pairs = _pairs(kept, tokens, start, size)
        if all(a == b or adjective(a) == adjective(b) for a, b in pairs):
            return size if any(may_be_person(word) for word, _ in pairs) else 0
    return 0


def _joined(tokens: list[str]) -> str:
    """Return the tokens as text: tight `/` and `-` stay tight, clauses are set off by a comma."""
    text: list[str] = []
    glue = True
    for at, word in enumerate(tokens):
        tight = word in _TIGHT
        if (tight or word == ",") and (glue or at + 1 == len(tokens) or tokens[at + 1] in _SEPARATORS):
            continue
        if not (glue or tight or word == ","):
            text.append(" ")
        text.append(word)
        glue = tight or word.endswith("'")
    return "".join(text).strip(" ,")
