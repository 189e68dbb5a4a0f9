"""The places that a query names, as recruiters write them: `à lyon`, `RSSI (69)`, `75012 Paris`, `Lille/Metz`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from matcher.core import places
from matcher.core.domain import Location
from matcher.core.letters import fold, has_letters_or_digits
from matcher.core.places import Department, department_of_postal_code, find_city, find_department, find_region
from matcher.stages.text.query_words import bare, is_literal

LONGEST = 5
"""Words of a place's name."""

HOMONYMS = frozenset(
    """
    ain aisne aix allier antony ardennes arles aube bagneux calvados cannes castres centre chatillon chaumont cher
    creuse dole drome eure foix gard gers grasse indre jura ladefense landes laval lemans loire loiret lot manche
    marne mende meuse moulins nancy nice nievre nord oise orne orsay pau privas reunion rhone rochefort saintes
    sarthe savoie somme tarn tours troyes tulle valence vannes var verdun vichy vienne vosges yonne
    """.split()
)
"""Names of places that are words, rivers or given names too, folded: read where nothing else can be meant."""
_THINGS = frozenset("auch gap lens macon sens".split())
"""Names of towns that are words first, whatever their case: read after `à` alone."""
_AFTER = frozenset("a at en in near sur vers".split())
"""What stands before a place alone, or before a thing that nobody writes in lower case."""
_IN = frozenset({"en", "in"})
_OF = frozenset("d de des of".split())
_BEFORE = frozenset(
    """
    a alentours around at au autour aux base basee basees based d dans de des du en environs grand in l la le les
    located loin near of on pour pres proche region secteur sur vers ville departement
    """.split()
)
"""What goes with a place that follows it."""
_AREA = frozenset("alentours area environs region".split())
"""What may follow a place: `Paris region`, `Lille et environs`."""
_EITHER = frozenset("et ou or and".split())
_OVERSEAS = ("971", "972", "973", "974", "976")
_GROUPS = {
    ("petite", "couronne"): ("92", "93", "94"),
    ("grande", "couronne"): ("77", "78", "91", "95"),
    ("outre-mer",): _OVERSEAS,
    ("drom",): _OVERSEAS,
    ("drom-com",): _OVERSEAS,
}
"""Names of several départements, folded."""
_TOOLS = frozenset({"AIX"})
"""What is no place as long as it is written so."""
_BETS = frozenset("de des les".split())
"""What stands before `paris` where it is bets."""
EVERYWHERE = Location()
"""Where `France entière` is: it constrains nothing."""
_WHOLE = frozenset("france partout toute toutes".split())
"""Words with which the whole country's names begin."""
_LONGEST_WHOLE = 3
_DEPARTMENT = frozenset("departement department dep dept dpt".split())
_CODE = re.compile(r"\(?(\d{2,3}|2[AaBb])\)?")
_BRACKETED = re.compile(r"\(\s*(\d{2,3}|2[AaBb])\s*\)")
_POSTAL = re.compile(r"\(?(\d{5})\)?")
_NORM = frozenset("afnor ansi astm bs din en etsi iec ieee iso nf nist norme ohsas rfc".split())
_NORMS = frozenset(
    """
    12207 13485 14001 15189 15288 15408 15489 17025 18001 19011 19115 20000 20022 22301 25010 26000 26262 27001 27002
    27005 27017 27018 27701 29110 29119 31000 42001 45001 50001 50126 50128 61508 61511 62304 62443
    """.split()
)
"""Norms whose numbers could be postal codes."""
_MONEY = frozenset("€ € brut bruts eur euro euros k k€ net par".split())
_PAY = frozenset("budget gross max min pay remuneration salaire salary".split())
_SLASHED = re.compile(r"[^\s,;]+/[^\s,;]+")
_EDGES = ".,:;!?()[]«»\"'"
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_ARTICLE = re.compile(r"^[dl]['’](?=\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a query names."""

    name: str
    """As it was typed; behind a misspelt one, what it was taken for: `marseile (Marseille)`."""
    location: Location
    """EVERYWHERE, of the whole country."""
    words: int
    """How many words of the query it takes, from the one at which it was looked for."""


def place_at(words: Sequence[str], at: int, *, is_set_apart: bool = False) -> Place | None:
    """Return the longest place whose name begins at a word, or None.

    Lower case is enough for a name that is nothing else: at the end, after `à` and the like, or where nothing else
    stands. What is a word, too (`Nord`, `Tours`), must look like a place. A code in brackets or a postal code beside a
    name decides over it; a number of two digits is a code in brackets, after `dépt`, or where nothing else stands. What
    is a slip of the hand away from a large town means it at the end and after `à`, unless it is excluded.

    Args:
        words: some words of a query, without commas.
        at: the place of one of them.
        is_set_apart: whether what begins there can be nothing but what is named: it was excluded.
    """
    if found := _code_at(words, at, is_set_apart=is_set_apart):
        return found
    if bare(words[at]) in _WHOLE and (whole := _whole_at(words, at, is_set_apart=is_set_apart)):
        return whole
    return _name_at(words, at, is_set_apart=is_set_apart) or (None if is_set_apart else _misspelt_at(words, at))


def _name_at(words: Sequence[str], at: int, *, is_set_apart: bool) -> Place | None:
    """Return the longest place whose own name begins at a word, or None."""
    rest = " ".join(words[at : at + LONGEST]).lstrip(_EDGES)
    elided = _ARTICLE.sub("", rest)
    if not (places.may_begin(rest) or (elided != rest and places.may_begin(elided))):
        return None
    longest = next((n for n, word in enumerate(words[at : at + LONGEST]) if not _may_be_named(word)), LONGEST)
    for length in range(min(longest, len(words) - at), 0, -1):
        name = " ".join(words[at : at + length])
        if location := _named(words, at, length, is_set_apart=is_set_apart):
            code = words[at + length] if at + length < len(words) else ""
            if department := _coded(code):
                return Place(f"{name} {code}", _of(department), length + 1)
            told = _in_brackets(words, at + length) if code.startswith("(") else None
            name = f"{name.strip(_EDGES)} ({told.name})" if told else name.strip(_EDGES)
            return Place(name, told.location if told else location, length + (told.words if told else 0))
    return None


def _misspelt_at(words: Sequence[str], at: int) -> Place | None:
    """Return the large town that a word most likely means, where a place may stand: at the end, or after `à`."""
    word = words[at].strip(_EDGES)
    if not _WORD.fullmatch(word) or not (at + 1 == len(words) or (at and bare(words[at - 1]) in _AFTER)):
        return None
    city = places.misspelt_city(word)
    department = find_city(city) if city and fold(city) not in HOMONYMS else None
    return Place(f"{word} ({city})", _of(department), 1) if department else None


def _whole_at(words: Sequence[str], at: int, *, is_set_apart: bool) -> Place | None:
    """Return the whole country, by a name that begins at a word; `France` alone is part of many other names."""
    for length in range(min(_LONGEST_WHOLE, len(words) - at), 0, -1):
        name = " ".join(words[at : at + length]).strip(_EDGES)
        if len(places.understood(name, None, None)[0]) == len(places.REGIONS):
            after = words[at + 1] if at + 1 < len(words) else ""
            is_meant = is_set_apart or len(words) == 1 or (at > 0 and bare(words[at - 1]) in _IN)
            if length > 1 or (is_meant and not after[:1].isupper()):
                return Place(name, EVERYWHERE, length)
    return None


def _in_brackets(words: Sequence[str], at: int) -> Place | None:
    """Return the département or region in brackets that begin at a word: of two towns of one name, it tells which."""
    some = words[at : at + LONGEST]
    within = next((number for number, word in enumerate(some, start=1) if word.endswith(")")), 0)
    name = " ".join(some[:within]).strip("()")
    location = None if find_city(name) else _location(name)
    return Place(name, location, within) if location else None


def _may_be_named(word: str) -> bool:
    return has_letters_or_digits(word) and not any(map(is_literal, word)) and "(" not in word[1:]


def with_slashes_apart(text: str) -> str:
    """Return a text in which the places of `Paris/Lyon` stand apart."""
    return _SLASHED.sub(lambda found: found[0].replace("/", " / ") if _several([found[0]], 0) else found[0], text)


def places_in(words: Sequence[str]) -> tuple[list[str | None], list[Place]]:
    """Return some words without the places that they name, None where one was, and those places from the left."""
    if codes := _codes(words):
        return [None], codes
    kept: list[str | None] = []
    found: list[Place] = []
    at = 0
    while at < len(words):
        several = _several(words, at) or _group_at(words, at)
        place = None if several else place_at(words, at)
        if not several and place is None:
            kept.append(words[at])
            at += 1
            continue
        _drop_what_leads(kept)
        kept.append(None)
        found += several or [place] if place else several
        at += (place or several[0]).words
        at += _words_of_area(words, at) if place else 0
    return kept, found


def _drop_what_leads(kept: list[str | None]) -> None:
    """Take off the end of some words what goes with a place that follows: `autour de`, `à 30 km de`."""
    while kept and (last := kept[-1]) is not None:
        is_distance = bare(last) == "km" and len(kept) > 1 and (kept[-2] or "").isdigit()
        if not (is_distance or bare(last).rstrip("'") in _BEFORE or re.fullmatch(r"\d+km", last, re.IGNORECASE)):
            return
        del kept[-2 if is_distance else -1 :]


def _words_of_area(words: Sequence[str], at: int) -> int:
    """Return how many words from one on say no more than that the place before them is meant with what lies around."""
    joint = 1 if at < len(words) and bare(words[at]) in _EITHER else 0
    end = at + joint
    is_area = end < len(words) and bare(words[end]) in _AREA
    return joint + 1 if is_area and not (end + 1 < len(words) and place_at(words, end + 1)) else 0


def _codes(words: Sequence[str]) -> list[Place]:
    """Return the départements of codes that stand together and with nothing else: `92 ou 93`."""
    named = [word for word in words if bare(word) not in _EITHER and word != "/"]
    each = [place_at([word], 0) for word in named if _CODE.fullmatch(word)]
    found = [place for place in each if place is not None]
    return found if len(found) > 1 and len(found) == len(named) else []


def _group_at(words: Sequence[str], at: int) -> list[Place]:
    """Return the places of a name of several départements that begins at a word."""
    for length in (2, 1):
        if codes := _GROUPS.get(tuple(bare(word) for word in words[at : at + length])):
            name = " ".join(words[at : at + length]).strip(_EDGES)
            return [Place(name, _of(found), length) for code in codes if (found := find_department(code))]
    return []


def _several(words: Sequence[str], at: int) -> list[Place]:
    """Return the places of `Paris/Lyon`; none unless every part is one."""
    if "/" not in words[at] or not _may_be_named(words[at]):
        return []
    parts = words[at].split("/")
    each = [place_at([part], 0, is_set_apart=True) for part in parts if any(map(str.isalpha, part))]
    named = [place for place in each if place is not None]
    return named if len(named) == len(parts) else []


def _code_at(words: Sequence[str], at: int, *, is_set_apart: bool) -> Place | None:
    word, after = words[at], words[at + 1 : at + 4]
    if not any(map(str.isdigit, "".join([word, *after[:2]]))) or not _may_be_named(word):
        return None
    before = bare(words[at - 1]) if at else ""
    if bare(word) in _DEPARTMENT and after:
        skipped = 1 if bare(after[0]) in {"du", "n°", "no"} and len(after) > 1 else 0
        code = _CODE.fullmatch(after[skipped].strip(".,;:"))
        department = find_department(code[1]) if code else None
        if department:
            return Place(" ".join([word, *after[: skipped + 1]]).strip(".,;:"), _of(department), 2 + skipped)
    if department := _coded(word, bare=is_set_apart or len(words) == 1):
        if _POSTAL.fullmatch(word) and (before in _PAY | _NORM or (after and bare(after[0]) in _MONEY)):
            return None
        longest = next((n for n in range(min(LONGEST, len(words) - at - 1), 0, -1) if _is_city(words, at + 1, n)), 0)
        name = " ".join(words[at : at + 1 + longest])
        return Place(name if longest else name.strip(_EDGES), _of(department), 1 + longest)
    return None


def _coded(word: str, *, bare: bool = False) -> Department | None:
    """Return the département of a code in brackets or of a postal code."""
    if bracketed := (_CODE if bare else _BRACKETED).fullmatch(word.strip(".,;:")):
        return find_department(bracketed[1])
    postal = _POSTAL.fullmatch(word.strip(".,;:"))
    return department_of_postal_code(postal[1]) if postal and postal[1] not in _NORMS else None


def _is_city(words: Sequence[str], at: int, length: int) -> bool:
    name = words[at : at + length]
    return all(map(_may_be_named, name)) and find_city(" ".join(name).strip(_EDGES)) is not None


def _named(words: Sequence[str], at: int, length: int, *, is_set_apart: bool) -> Location | None:
    name = " ".join(words[at : at + length]).strip(_EDGES)
    before = bare(words[at - 1]).rstrip("'") if at else ""
    for one in dict.fromkeys((name, _ARTICLE.sub("", name))):
        location = None if not any(map(str.isalpha, one)) else _location(one)
        if location:
            elided = "" if one == name else name[0].lower()
            if _is_meant(one, elided or before, words, at, length, is_set_apart=is_set_apart):
                return location
    return None


def _is_meant(name: str, before: str, words: Sequence[str], at: int, length: int, *, is_set_apart: bool) -> bool:
    is_first, is_last = at == 0, at + length == len(words)
    if name in _TOOLS:
        return before in _AFTER
    if fold(name) in _THINGS and not is_set_apart:
        return before in {"a", "at"}
    if is_first and is_last and not is_set_apart:
        return True
    if fold(name) not in HOMONYMS:
        is_thing = name == "paris" and before in _BETS
        return not name.islower() or before in _AFTER or is_set_apart or (is_last and not is_thing)
    if name.islower() or not name[:1].isupper():
        return before in {"a", "at"}
    return is_set_apart or before in _AFTER or (not is_first and before not in _OF)


def _location(name: str) -> Location | None:
    if department := (find_city(name) or find_department(name)):
        return _of(department)
    region = find_region(name)
    known = region.name if region else places.find_collectivity(name)
    return Location(region=known) if known else None


def _of(department: Department) -> Location:
    return Location(region=department.region.name, department=department.code)
