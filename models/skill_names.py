"""The names of skills, ready to be looked up: what the table of concepts, the lexicon and their companions say."""

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import NamedTuple

from matcher.core.ports import Named
from models import concepts
from models import relations as related
from models.concepts import Concept, is_ambiguous
from models.doubtful import Doubtful
from models.homographs import WORDS_TOO
from models.relations import Said
from models.skill_words import AND, ARTICLES, BESIDE, SMALL, Keys, folded, key_of, key_of_words

LONGEST = 8
"""Words of a name that is looked for in prose."""
SMALL_BETWEEN = 3
"""Small words that may stand in it."""

_TELLING_SMALL = AND | ARTICLES
"""Small words by which two things are told from one, and a verb from a noun."""
_ALONE = SMALL | {*"0123456789s"}
"""Of one sign, and no end of a word: `s'exprimer`."""
_INFINITIVES = ("er", "ir", "re")
_JOINED = re.compile(r"(?<!\w)(?:et|and)(?!\w)")
_GOVERNING = re.compile(r"\w+[ -](?:l['’]|l[ae][ -]|les[ -])")
_COMMON = WORDS_TOO.keys() | frozenset("airflow playwright rail shell sip window".split())
"""Words of names, folded, that are common words of ESCO's skills, too."""
_GENERIC = frozenset(
    "annuaire audiovisuel cic data donnee encadrement habilitation http innovation log management mvp piste "
    "prototype qualification recette supervision veille".split()
)
"""Words that name a skill in a list, and hardly ever where they stand in prose."""
_DONE_BEFORE = frozenset(
    "administration certification configuration developpement framework gestion langage logiciel outil programmation "
    "script suite".split()
)
_DONE_AFTER = frozenset(
    "administration certification certified configuration development framework language management programming script "
    "scripting tool".split()
)
"""Words beside a product's name, folded, with which a list says no more than the name does: `développement Java`."""


class Start(NamedTuple):
    """A word with which names begin."""

    word: str
    alone: str | None
    """The skill of which it is a name by itself."""
    follows: Mapping[str, int]
    """Which words come next, and of how many words the longest such name is without small ones: most words of prose
    begin a name that does not go on so."""
    reach: int
    """Of how many words the longest name in prose is; small words may stand between them."""


class Tables:
    """What the files say, ready to be looked up."""

    def __init__(
        self,
        skills: Iterable[Concept],
        owners: Mapping[str, str],
        said: Said,
        groups: Mapping[str, str],
        products: Container[str],
        unsure: Iterable[Doubtful],
        unskilled: Iterable[str],
    ) -> None:
        """Take the skills, which skill each entry of the lexicon is, and what is said of the entries and of names.

        `products` are the entries that are known by a name of their own.

        What the lexicon knows as something else than a skill is no alternative name of one: ESCO has `DPO` for a
        consensus of blockchains.
        """
        self.ours = {*owners.values()}
        """Those that the lexicon knows: they go before those that ESCO alone knows."""
        self.products = {skill for entry, skill in owners.items() if entry in products}
        """Those that are known by a name of their own."""
        self.spelt: set[str] = set()
        """Names of one word of those that the lexicon knows, in lower case."""
        labels: dict[str, str] = {}
        others: dict[str, str] = {}
        our_labels: dict[str, str] = {}
        our_others: dict[str, str] = {}
        spelt: dict[tuple[str, str], set[str]] = defaultdict(set)
        keys = Keys()
        self._joined: set[str] = set()
        """Names in which `et` or `and` may stand."""
        self._governing: set[str] = set()
        """Names whose first word may have an object."""
        for one in skills:
            preferred, forms = {*one.preferred}, one.forms
            if one.id in self.ours:
                self.spelt.update(form.casefold() for form in forms if " " not in form)
            label, alternative = (our_labels, our_others) if one.id in self.ours else (labels, others)
            for form, key in zip(forms, keys.of(forms), strict=False):  # one key too many where there is no form
                if key:
                    (label if form in preferred else alternative).setdefault(key, one.id)
                    self._take_wording(form, key)
                    if BESIDE not in key:
                        spelt[key, one.id].add(form)
        for other in map(key_of, unskilled):
            others.pop(other, None)
        # What the lexicon says goes before ESCO, whose SPARK is another; and a label before an alternative one.
        self.listed = {**others, **labels, **our_others, **our_labels}
        """Names of skills, by their words."""
        self._known = {*self.listed.values()}
        self._starts = self._first_words()
        self._written = {
            written: start
            for word, start in self._starts.items()
            for written in (word, f"{word}s", f"{word}x")
            if folded(written) == word
        }
        """The same by a word as it stands in prose, if it has neither accents nor stops: one look, and no folding."""
        self.exact = {
            key: {WORDS_TOO[key]} if key in WORDS_TOO else forms
            for (key, named), forms in spelt.items()
            if self.quoted(key) == named
            and (key in WORDS_TOO or any(is_ambiguous(concepts.fold(form)) for form in forms))
        }
        """Names that are words, too: how they must be written."""
        self.near = related.nearness(owners, said.siblings, said.relations)
        self.doubtful: dict[str, list[Doubtful]] = defaultdict(list)
        """Names that mean something else as well, by their word."""
        for name in unsure:
            self.doubtful[key_of(name.written)].append(name)
        self._apart = {
            owners[entry]: {self.listed.get(key, key) for key in map(key_of, names)}
            for entry, names in said.apart.items()
            if entry in owners
        }
        """By skill of the lexicon, those that it is not near: their names, or their words where they have none."""
        self._group_of = {owners[entry]: group for entry, group in groups.items() if entry in owners}
        self._fields: dict[tuple[str, str], set[str]] = {}

    def _first_words(self) -> dict[str, Start]:
        reach: dict[str, int] = {}
        follows: dict[str, dict[str, int]] = defaultdict(dict)
        for key, named in self.listed.items():
            if self._is_telling(key, named):
                first, *rest = key.split(BESIDE)
                length = 1 + len(rest) + (SMALL_BETWEEN if rest else 0)
                if length > reach.get(first, 0):
                    reach[first] = length
                if rest and len(rest) >= follows[first].get(rest[0], 0):
                    follows[first][rest[0]] = 1 + len(rest)
        return {word: Start(word, self.quoted(word), follows.get(word, {}), most) for word, most in reach.items()}

    def _take_wording(self, form: str, key: str) -> None:
        if _JOINED.search(form):
            self._joined.add(key)
        if _GOVERNING.match(form):
            self._governing.add(key)

    def field(self, skill: str, name: Doubtful) -> set[str]:
        """Return the skills that tell of one, as doubtful.tsv says of its name."""
        if (skill, name.field) not in self._fields:
            near = self.near.get(skill, {}).keys() if name.field in ("group", "near") else ()
            group = self._group_of.get(skill) if name.field == "group" else None
            same = (other for other, of in self._group_of.items() if of == group)
            self._fields[skill, name.field] = {*near, *same} - {skill}
        return self._fields[skill, name.field]

    def tells_apart(self, one: Named, other: Named) -> bool:
        """Tell whether two skills are nearer than the files say to nobody but an encoder.

        What the lexicon holds was compared by hand. Beside one of its entries, what begins with the same word and goes
        on with another is another thing (`parc informatique`, `parc automobile`): had it to do with the entry, it would
        be one itself. To an encoder the name of a product is made of pieces of words that have nothing to do with it
        (`Rust`, `rustines`): with what else is known it has to share all of the name.
        """
        both = {one[0], other[0]}
        if both <= self.ours or self._are_apart(one, other) or self._are_apart(other, one):
            return True
        if not both.isdisjoint(self.ours) and _begin_alike(one[1], other[1]):
            return True
        return not both.isdisjoint(self.products) and both <= self._known and not _goes_on(one[1], other[1])

    def product_of(self, key: str) -> str | None:
        """Return the product that words name with what is done with it: `développement Java`, `Python scripting`."""
        first, _, rest = key.partition(BESIDE)
        start, _, last = key.rpartition(BESIDE)
        names = [rest] * (first in _DONE_BEFORE) + [start] * (last in _DONE_AFTER)
        found = (self.listed.get(name) for name in names if len(name) > 1)
        return next((skill for skill in found if skill in self.products), None)

    def _are_apart(self, ours: Named, other: Named) -> bool:
        theirs = self._apart.get(ours[0])
        return theirs is not None and (other[0] in theirs or (other[0] == other[1] and key_of(other[1]) in theirs))

    def starts(self, words: Iterable[str], odd: Mapping[str, str]) -> list[Start | None]:
        """Return what begins with each word of a text.

        Args:
            words: as `words_of` returns them.
            odd: likewise.
        """
        return [self._starts.get(odd[word]) if word in odd else self._written.get(word) for word in words]

    def named(self, start: Start, words: Sequence[str], odd: Mapping[str, str], place: int) -> list[tuple[int, str]]:
        """Return the names that begin at a place: of how many words each is, and the skill, the shortest first."""
        found = [(1, start.alone)] if start.alone else []
        if not start.follows:
            return found
        key, longest, length = start.word, 0, 1
        for at in range(place + 1, min(place + start.reach, len(words))):
            word = odd.get(words[at]) or folded(words[at])
            if word not in SMALL:  # else no name ends here
                longest, length = longest or start.follows.get(word, 0), length + 1
                if length > longest:
                    break
                key += BESIDE + word
                if one := self.quoted(key):
                    found.append((at - place + 1, one))
        return found

    def is_worded_so(self, run: Sequence[str], odd: Mapping[str, str]) -> bool:
        """Tell whether a name is ever worded so: not `développement et de partenariats`, nor `analyse les données`.

        Small words may be others than the name's, but two things that are joined are two, and what has an object
        without a preposition is a verb: it does so where the name does. A first letter is the end of a word: that of
        `chargé·e de l'administration` is no `e-administration`.

        Args:
            run: the words of the name, in lower case, with the small ones.
            odd: as `words_of` returns them.
        """
        if len(run) < 3:
            return True
        if len(run[0]) == 1 and run[0] not in _ALONE and not SMALL.isdisjoint(run):
            return False
        if _TELLING_SMALL.isdisjoint(run):
            return True
        key = key_of_words(run, odd)
        if not AND.isdisjoint(run) and key not in self._joined:
            return False
        governs = run[1] in ARTICLES and not run[0].endswith(_INFINITIVES)
        return not governs or key in self._governing

    def quoted(self, key: str) -> str | None:
        """Return the skill that these words name where they stand in prose."""
        one = self.listed.get(key)
        return one if one and self._is_telling(key, one) else None

    def begins(self, text: str, skill: str) -> bool:
        """Tell whether some words, more than one, begin a name of a skill. Looks at every name: for what is rare."""
        begun = f"{key_of(text)}{BESIDE}"
        return begun.count(BESIDE) > 1 and any(
            one == skill and key.startswith(begun) for key, one in self.listed.items()
        )

    def _is_telling(self, key: str, one: str) -> bool:
        if BESIDE in key:
            return key.count(BESIDE) < LONGEST
        return one in self.ours and len(key) > 1 and key not in _GENERIC


def _begin_alike(one: str, other: str) -> bool:
    """Tell whether two names begin with the same word, and each goes on with one that the other has not."""
    if one[:2].lower() != other[:2].lower():  # nearly always, and to part and fold all words takes forty times as long
        return False
    ours, theirs = key_of(one).split(BESIDE), key_of(other).split(BESIDE)
    return ours[0] == theirs[0] and bool({*ours} - {*theirs}) and bool({*theirs} - {*ours})


def _goes_on(one: str, other: str) -> bool:
    """Tell whether one text holds all words of the other, one after the other: `six sigma`, `six sigma methods`.

    One that is a common word too says nothing: `leaflet`, `rust`.
    """
    shorter, longer = sorted((key_of(one), key_of(other)), key=len)
    is_telling = bool(shorter) and shorter not in _COMMON and not is_ambiguous(shorter)
    return is_telling and f"{BESIDE}{shorter}{BESIDE}" in f"{BESIDE}{longer}{BESIDE}"
