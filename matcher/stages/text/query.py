"""What a recruiter typed, taken apart: words to compare, phrases that must stand there, what must not, and the rest.

`data scientist santé, Lyon, télétravail, Python, -PHP, "open data"`: any text can be read, whatever it asks for.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, product
from operator import add

from matcher.core.domain import Contract, Location, Remote
from matcher.core.letters import has_letters_or_digits
from matcher.stages.text.facets import words
from matcher.stages.text.personal import without_contacts
from matcher.stages.text.query_asks import (
    both,
    seniority_in,
    seniority_refused,
    with_levels_joined,
    years_in,
)
from matcher.stages.text.query_lead import without_later_leads, without_lead
from matcher.stages.text.query_parts import parts_in, with_alternatives_apart
from matcher.stages.text.query_places import EVERYWHERE, Place, with_slashes_apart
from matcher.stages.text.query_qualities import without_qualities
from matcher.stages.text.query_refusals import Ends, names_none, never_ends, without_refused
from matcher.stages.text.query_round import round_numbers_in
from matcher.stages.text.query_terms import refused_terms_in, terms_in
from matcher.stages.text.query_words import (
    CONTRACTS,
    DASHES,
    GAP,
    LITERAL,
    REFUSED_REMOTE,
    REMOTE,
    is_small_in_a_row,
    numbers,
    said_of_one,
    said_of_others,
    singular,
    taken,
)

MOST_CHARACTERS = 2_000
"""Characters of a query that are read; the rest is not."""
MOST_PHRASES = 16
"""Phrases and exclusions that are looked up, each."""

MOST_SPELLINGS = 16
"""Spellings in which one phrase is looked up."""

MOST_PIECES = 4
"""Pieces of the longest phrase that is looked up with and without a blank between any two: `node js`, `nodejs`."""

_SEAMS = re.compile(
    r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])|(?<=[a-zà-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])|(?<=[^\W_])\.(?=[^\W_])|(?<=\w)[-/](?=\w)"
)
"""Where a word may be written as two."""
_NUMBER = re.compile(r"(?<=[^\W\d_])\d{4,}(?!\w)")
_OURS = re.compile(f"[{LITERAL}{GAP}]")
_EITHER = re.compile(rf"[{LITERAL}](?:\s+(?:ou|or)\s+[{LITERAL}])+", re.IGNORECASE)
_PLUS = re.compile(r"(?<!\S)\+(?=[^\W\d])")
"""Before a word that is wanted, as some write it."""
_SPACES = re.compile(r"\s{2,}")
"""Runs of blanks, made one blank first: some patterns would try every part of a run."""
_QUOTED = re.compile(r'["«“]\s*([^"«»“”]*?)\s*["»”]')
_FREE_DASH = re.compile(rf"(?:^|(?<=\s))[{DASHES}]+(?=\s|$)")


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A query as it was understood."""

    words: str
    """What is compared: everything that is nothing else."""
    phrases: tuple[str, ...] = ()
    """What must stand in a document, word by word."""
    excluded: tuple[str, ...] = ()
    """What must not."""
    locations: tuple[Location, ...] = ()
    remote: Remote | None = None
    contracts: tuple[Contract, ...] = ()
    languages: tuple[str, ...] = ()
    """The languages as they were typed, with their levels."""
    experience_years: float | None = None
    """At least so many."""
    experience_years_max: float | None = None
    """Who has more whole years meets it less; nobody is excluded."""
    places: tuple[str, ...] = field(default=())
    """The places as they were typed, for whoever asks what was understood."""
    parts: tuple[str, ...] = field(default=(), compare=False)
    """The words as they stood between commas."""
    excluded_places: tuple[str, ...] = ()
    """As they were typed, the places where what is found must not be."""
    excluded_locations: tuple[Location, ...] = ()
    excluded_contracts: tuple[Contract, ...] = ()
    """Contracts that must not be all that a document names."""
    either: tuple[tuple[str, ...], ...] = ()
    """Groups of phrases, of each of which one must stand in a document: `"open data" ou "big data"`."""
    terms: tuple[str, ...] = ()
    """What it says of pay, degree, category, hours, length, start and qualities of a person, as it was typed."""
    education_level: int | None = None
    """At least so high, of the European Qualifications Framework."""
    salary_min: float | None = None
    """Gross euros a year."""
    salary_max: float | None = None
    apart: str | None = field(default=None, compare=False)
    """CDI or CDD where one is excluded: a record's field has one value for both, its text may tell them apart."""

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing."""
        asked = (
            self.phrases,
            self.either,
            self.locations,
            self.remote,
            self.contracts,
            self.languages,
            self.education_level,
        )
        return not (any(asked) or self.experience_years is not None or any(map(str.isalpha, self.words)))


def parse(
    text: str,
    *,
    is_tool: Callable[[str], bool] = names_none,
    ends: Ends = never_ends,
    ends_else: Ends = never_ends,
) -> SearchQuery:
    """Return what a text asks for; what is not understood is compared as words.

    Args:
        text: as it was typed.
        is_tool: tells whether words, as they are written, are a tool's name; without it, `pas java` refuses nothing.
        ends: which words behind a comma are asked for, whatever is refused before them.
        ends_else: the same, where nothing to compare would be left otherwise.
    """
    query = _parsed(text, is_tool, ends)
    if query.excluded and not (query.words or query.phrases or query.either):
        other = _parsed(text, is_tool, ends_else)
        return other if other.words else query
    return query


def _parsed(text: str, is_tool: Callable[[str], bool], ends: Ends) -> SearchQuery:
    """Return what a text asks for, by what ends a list that it refuses.

    So is what it says of a post's terms, where it says nothing else. What is understood is taken out of the text step
    by step, what binds most first: quotations, years, refusals, then remote work, terms, contracts and levels; places
    and languages are sought in the parts that are left.
    """
    left, quoted = _quoted(without_lead(_cleaned(text)))
    left, years = years_in(without_later_leads(left))
    left, unwanted_terms = refused_terms_in(left)
    left, round_numbers, (round_min, round_max) = round_numbers_in(left)
    left, refused = without_refused(with_slashes_apart(with_levels_joined(left)), is_tool, ends=ends)
    excluded = [_written(one, quoted) for one in refused.words]
    left = _FREE_DASH.sub(",", left)
    left, remote = _remote(left, refused.remote)
    left, terms = terms_in(left)
    left, contracts = _contracts(left, [*excluded, *refused.contracts])
    apart = _apart(refused.contracts)
    excluded[:0] = [apart] if apart else []
    unwanted_contracts = [_contract(name) for name in refused.contracts if not apart or said_of_one(name) is None]
    left, level = seniority_in(left)
    years = both(years, level or seniority_refused(excluded))
    phrases, either = _phrases(left, quoted, excluded)
    parts, places, languages = parts_in(with_alternatives_apart(left, is_tool))
    parts, qualities = without_qualities(parts)
    named = tuple(dict.fromkeys((*terms.named, *round_numbers, *qualities)))
    says_pay = terms.salary_min is not None or terms.salary_max is not None
    unwanted = {place.location for place in refused.places}
    wanted = [place for place in places if place.location not in unwanted]
    written = [*filter(None, (_without(_written(part, quoted).split(), excluded) for part in parts))]
    query = SearchQuery(
        words=" ".join(written),
        parts=tuple(written),
        phrases=phrases,
        either=either,
        excluded=tuple(dict.fromkeys(excluded))[:MOST_PHRASES],
        locations=_locations(wanted),
        remote=remote,
        contracts=tuple(dict.fromkeys(contracts)),
        languages=tuple(dict.fromkeys(languages)),
        experience_years=years.least if years else None,
        experience_years_max=years.most if years else None,
        places=tuple(dict.fromkeys(place.name for place in wanted)),
        excluded_places=tuple(dict.fromkeys(place.name for place in refused.places)),
        excluded_locations=_locations(refused.places),
        excluded_contracts=tuple(dict.fromkeys(one for one in unwanted_contracts if one not in contracts)),
        terms=(*named, *unwanted_terms),
        education_level=terms.education_level,
        salary_min=terms.salary_min if says_pay else round_min,
        salary_max=terms.salary_max if says_pay else round_max,
        apart=apart,
    )
    if query.is_empty and named:
        return replace(query, words=" ".join(named), parts=named, terms=tuple(unwanted_terms))
    return query


def _cleaned(text: str) -> str:
    """Return what is read of a text: without our own signs, contacts and runs of blanks."""
    # Half a character (a lone surrogate) is nothing that a database or a tokenizer could take.
    left = text[:MOST_CHARACTERS].encode("utf-8", "replace").decode().replace("\x00", " ")
    left = _SPACES.sub(lambda found: "\n" if "\n" in found[0] else " ", _OURS.sub(" ", left))
    # Of how a person is reached nothing is searched for, shown or kept.
    return _PLUS.sub("", without_contacts(left))


def _contracts(text: str, unwanted: Sequence[str]) -> tuple[str, list[Contract]]:
    """Return a text with gaps for the contracts that it names, and those that it does not refuse, too."""
    contracts = []
    for pattern, contract in CONTRACTS:
        text, said = taken(pattern, text, lambda found: found[0])
        contracts += [contract] if said and not any(map(pattern.fullmatch, unwanted)) else []
    return text, contracts


def _contract(name: str) -> Contract:
    """Return the kind of a contract that was refused."""
    return next(contract for pattern, contract in CONTRACTS if pattern.fullmatch(name))


def _apart(refused: Sequence[str]) -> str | None:
    """Return the one contract of a kind that is refused, and not the whole kind: CDI without CDD; None otherwise."""
    of_kind = [name for name in refused if _contract(name) is Contract.CONTRACT_AGENT]
    which = {*map(said_of_one, of_kind)}
    return of_kind[0] if len(which) == 1 and None not in which else None


def one_and_others(name: str) -> tuple[Sequence[str], Sequence[str]]:
    """Return how a text says a contract that its record's field does not tell apart, and how the others of its kind."""
    return said_of_one(name) or (), said_of_others(name)


def _locations(named: Sequence[Place]) -> tuple[Location, ...]:
    """Return where some places are; the whole country, wanted or not, constrains nothing."""
    return tuple(dict.fromkeys(place.location for place in named if place.location != EVERYWHERE))


def spellings(phrase: str) -> list[str]:
    """Return a phrase in the ways in which full-text rows may hold it.

    `ISO27001` and `ISO 27001` are one, so are `Node.js`, `NodeJS` and `node js`, and `open data` and `opendata`: words
    are parted at stops, capitals and digits, and put together again in every way.
    """
    pieces = words(_SEAMS.sub(" ", phrase)).split()
    joints = product((" ", ""), repeat=len(pieces) - 1) if len(pieces) in range(2, MOST_PIECES + 1) else ()
    joined = ("".join(map(add, pieces, (*some, ""))) for some in joints)
    return [*dict.fromkeys([words(phrase), *joined])]


def search_words(parts: Sequence[str]) -> str:
    """Return what full-text search is asked for: the words of a query's parts but the small ones, then their spellings.

    Two words side by side may be written as one (`node js`), and a norm's number by itself (`ISO27001`). Words are not
    parted otherwise: who wants JavaScript does not want Java.
    """
    spelt: dict[str, None] = {}
    for part in parts:
        found = _typed_words(part)
        spelt |= dict.fromkeys([*map(add, found, found[1:]), *_NUMBER.findall(part)])
    return " ".join(dict.fromkeys(typed_words(parts)) | spelt)


def typed_words(parts: Iterable[str]) -> list[str]:
    """Return the different words of a query's parts but the small ones, as the full-text rows hold them."""
    return [*dict.fromkeys(word for part in parts for word in _typed_words(part))]


def _typed_words(part: str) -> list[str]:
    return [word for word in words(part).split() if not is_small_in_a_row(word)]


def in_any_number(phrase: str) -> list[str]:
    """Return the words of a phrase as the full-text rows hold them, each in the singular and in the plural."""
    each = [numbers(word) for word in words(phrase).split()]
    return [" ".join(one) for one in islice(product(*each), MOST_SPELLINGS)]


def refused_spellings(phrase: str) -> list[str]:
    """Return a phrase that must not stand in a document in all its spellings, in the singular and in the plural."""
    return [*dict.fromkeys([*in_any_number(phrase), *spellings(phrase)])]


def _quoted(text: str) -> tuple[str, dict[str, str]]:
    """Return a text with a sign for each phrase that it quotes, and the phrases by sign: nothing is read into them."""
    quoted: dict[str, str] = {}
    first, last = (ord(sign) for sign in LITERAL.split("-"))

    def kept(found: re.Match[str]) -> str:
        if not has_letters_or_digits(found[1]):
            return " "
        if first + len(quoted) > last:
            return f" {found[1]} "
        sign = chr(first + len(quoted))
        quoted[sign] = found[1]
        # A dash right before it refuses it.
        return f"{sign} " if found.start() and found.string[found.start() - 1] in DASHES else f" {sign} "

    return _QUOTED.sub(kept, text), quoted


def _phrases(
    text: str, quoted: dict[str, str], excluded: Sequence[str]
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return the quoted phrases that must stand in a document, and groups of which one must: `"a" ou "b"`.

    Args:
        text: with a sign for each phrase.
        quoted: the phrases by sign.
        excluded: what must not stand there; a phrase of nothing else is left out.
    """
    wanted = {sign: phrase for sign, phrase in quoted.items() if sign in text and _without(phrase.split(), excluded)}
    groups = [
        [wanted.pop(sign) for sign in _OURS.findall(said[0]) if sign in wanted] for said in _EITHER.finditer(text)
    ]
    alone = [*wanted.values(), *(group[0] for group in groups if len(group) == 1)]
    either = tuple(tuple(dict.fromkeys(group)) for group in groups if len(group) > 1)
    return tuple(dict.fromkeys(alone))[:MOST_PHRASES], either


def _written(text: str, quoted: dict[str, str]) -> str:
    """Return a text with the phrases themselves."""
    return text.translate({ord(sign): f" {phrase} " for sign, phrase in quoted.items()}).strip()


def _remote(text: str, refused: Sequence[Remote]) -> tuple[str, Remote | None]:
    """Return a text without what it says of remote work, and that; what is refused counts where it is all."""
    levels = []
    for pattern, level in REMOTE:
        text, said = taken(pattern, text, lambda found: found[0])
        levels += [level] if said else []
    left = [level for level in levels if level not in refused]
    if Remote.PARTIAL in refused:
        return text, Remote.NONE
    return text, next(iter(left), None) or next((REFUSED_REMOTE[one] for one in refused), None)


def _without(typed: Sequence[str], excluded: Sequence[str]) -> str:
    """Return words without those that are excluded."""
    plain = [_as_looked_up(word) for word in typed]
    unwanted = [[_as_looked_up(word) for word in one.split()] for one in excluded]
    gone = {
        at + more
        for one in unwanted
        for at in range(len(plain))
        if plain[at : at + len(one)] == one
        for more in range(len(one))
    }
    return " ".join(word for at, word in enumerate(typed) if at not in gone)


def _as_looked_up(word: str) -> str:
    return " ".join(map(singular, words(word).split())) or word
