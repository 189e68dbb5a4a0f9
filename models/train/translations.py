"""Folders of public data in, the tables of French words and titles for English ones out.

    python -m models.train.translations --data DIR

DIR holds `esco`, `rome` and, where they are to be had, `referens` and `pep` (docs/training.md says where anyone gets
them). Writes models/taxonomy/translations.tsv and english_titles.tsv, the same bytes from the same folders and models
on the same processor. It changes the vectors of titles and the terms of bodies: a service that holds documents makes
its index anew at its next start.
"""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import click

import models
from matcher.core.domain import Facet, Posting, PostingId
from matcher.core.letters import without_accents
from matcher.core.ports import Encoder
from matcher.stages.text import facet_texts, neutral
from models import bilingual, translations
from models.terms import STEM_LETTERS
from models.train import given, validation
from models.train.alignment import Link, Texts, aligned
from models.train.hyperparameters import Hyperparameters, TranslationParameters
from models.train.sources import LEXICON, Concept, both_genders
from models.words import spelt

PERSONS = frozenset({"occupation", "group"})
KINDS = PERSONS | {"skill", "lexicon"}
TITLES = frozenset({"occupation", "lexicon"})
FRENCH_PROSE = frozenset({"code", "sheet", "posting"})
ENGLISH_PROSE = frozenset({"group", "skill"})
GRAMMAR = frozenset("a au aux d de des du en est et l la le les ou par pour qui sur un une".split())
"""Words that make a text French."""
REFUSED = frozenset(
    """
    about according after along before during excluding other others regarding through two within
    abrasive additive adhesive explosive negatives capsule cargo cash compare container content crane cut decide edit
    encourage fur lift manufacture mix panel people portfolio preserve rack replace report sale storyboard tank trolley
    add cases conditioning flying greeting keep kept meter ore property sensing tumbling wearing workstation
    acceptance airside antique antiquarian associate betting boring cluster cope core deck designer driven edge
    ethical fashion finding fleet foil fund grader hand heat hide household inland kiln lay lead merchant mill mock
    mount new own packet pack performer plies polish precautions prop raw real remote reverse rig rolling router
    score scrap sealing senior sheet shelf state through trial update used well welfare wind appointment
    green made several user users
    """.split()
)
"""English words that say nothing, and those whose lines were wrong when all were read: of several senses, of a phrase
alone (`mise à jour`), or said in French as well."""
PLURALS = (("ies", "y"), ("ses", "s"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"), ("sses", "ss"), ("s", ""))
"""Ends of English plurals, and of their singulars."""
REFUSED_NAMES = frozenset({"activism officer", "court administrator"})
"""English names whose French ones are of other trades, and near."""
HEADING = """\
French words for English ones, in small letters without accents. Made by `python -m models.train.translations`; not to
be edited. Aligned in pairs of names of one thing: of models/taxonomy/lexicon.tsv, and of occupations, their groups and
skills of ESCO 1.0 (French) and 1.1.1 (English), (c) European Union, CC BY 4.0, https://esco.ec.europa.eu; changed:
single words of the names."""

NAMES = """\
French names for English ones, as titles are compared. Made by `python -m models.train.translations`; not to be edited.
The first names of the entries of models/taxonomy/lexicon.tsv, and of occupations of ESCO 1.0 (French) and 1.1.1
(English), (c) European Union, CC BY 4.0, https://esco.ec.europa.eu; changed: genders collapsed into one form, in lower
case."""

_LETTERS = re.compile(r"\w+")

Pair = tuple[str, str]
"""A French text, an English one."""
Numbers = tuple[str, ...]
"""An English word in the numbers that are known of it."""


def translated(
    pairs: Iterable[Pair],
    parameters: TranslationParameters,
    is_french: Callable[[str], bool] = lambda _: False,
    is_english: Callable[[str], bool] = lambda _: False,
) -> dict[str, str]:
    """Return French words by English ones, where both ways are sure.

    Both numbers of an English word have the same French one, or none: French would not meet itself otherwise.

    Args:
        pairs: texts that say the same.
        parameters: when a translation is sure.
        is_french: tells whether an English word is one of French too: it has no line then.
        is_english: tells the same of a French one.
    """
    both = [(spelt(french), spelt(english)) for french, english in pairs]
    both = [(one, other) for one, other in both if one and other and len(one) <= parameters.longest_words]
    french_texts, english_texts = [one for one, _ in both], [other for _, other in both]
    # The forms of a French word apart have too few pairs to be sure of any.
    roots = [[_root(word) for word in one] for one in french_texts]
    in_french, in_english = _counted(french_texts), _counted(english_texts)
    forth, back = (
        aligned(one, other, rounds=parameters.rounds) for one, other in ((english_texts, roots), (roots, english_texts))
    )
    sure = _sure(forth, back, _numbers(in_english), parameters)
    every = _lines(french_texts, english_texts, sure, parameters.fixed_share)
    found = [lines for lines in every if not any(map(is_english, lines.values()))]
    targets = {french for lines in found for french in lines.values()}
    refused = {
        english
        for english, count in in_english.items()
        if english in targets | REFUSED or is_french(english) or count < parameters.english_times * in_french[english]
    }
    short = {word for lines in found for word in (*lines, *lines.values()) if len(word) < parameters.shortest_letters}
    return {
        english: french
        for lines in found
        if refused.isdisjoint(lines) and short.isdisjoint((*lines, *lines.values()))
        for english, french in lines.items()
    }


class FrenchWords:
    """Which words French texts hold as their own: beside French grammar, not in English names that French repeats."""

    def __init__(self, texts: Iterable[str], english: Iterable[str], parameters: TranslationParameters) -> None:
        """Count the words of French texts, and of English ones."""
        self._parameters = parameters
        self._french: Counter[str] = Counter()
        self._among_french: Counter[str] = Counter()
        self._english = Counter(word for text in english for word in spelt(text))
        for text in texts:
            words = spelt(text)
            self._french.update(words)
            if not GRAMMAR.isdisjoint(_LETTERS.findall(without_accents(text.lower()))):
                self._among_french.update(words)

    def hold(self, word: str) -> bool:
        """Tell whether French holds an English word, or another number or gender of it."""
        limits, stem = self._parameters, word.removesuffix("s")
        return any(
            self._among_french[form] > max(limits.few_times, limits.french_share * self._french[form])
            for form in (word, stem, *(f"{stem}{end}" for end in ("s", "e", "es", "x")))
        )

    def lend(self, word: str) -> bool:
        """Tell whether English holds a French word."""
        return self._english[word] > max(self._parameters.few_times, self._parameters.lent_share * self._french[word])


def french_texts(concepts: Iterable[Concept]) -> Iterator[str]:
    """Yield names and prose in French."""
    for concept in concepts:
        yield from concept.french
        if concept.kind in FRENCH_PROSE:
            yield from concept.prose
    for french, _ in sentences_of(LEXICON):
        yield french


def english_texts(concepts: Iterable[Concept]) -> Iterator[str]:
    """Yield names and descriptions in English."""
    for concept in concepts:
        yield from concept.english
        if concept.kind in ENGLISH_PROSE:
            yield from concept.prose


def pairs_of(concepts: Iterable[Concept]) -> Iterator[Pair]:
    """Yield the first names of what has one in either language, persons' gender-neutral."""
    for concept in concepts:
        if concept.kind in KINDS and concept.french and concept.english:
            french = concept.french[0]
            yield (neutral(french) or french) if concept.kind in PERSONS else french, concept.english[0]


def titles_of(
    concepts: Iterable[Concept], parameters: TranslationParameters, encoder: Encoder | None = None
) -> dict[str, str]:
    """Return the French names of trades and skills by the English ones; of two that are called alike, the lexicon's.

    A single word that French names hold too is left out: a `groom` is another trade in each language. So are names that
    lost half of themselves on their way, those that say a word twice, those misspelt, and where an encoder is given
    those of ESCO whose two sides are not near.
    """
    every = list(concepts)
    in_french = _counted([spelt(name) for one in every for name in one.french])
    words = {word for one in every for name in _french(one) for word in _compared(name).split()}
    misspelt = _misspelt(in_french, parameters)
    named = [one for one in every if one.kind in TITLES and one.french and one.english]
    found: dict[str, str] = {}
    doubtful: list[str] = []
    for concept in sorted(named, key=lambda one: one.kind != "lexicon"):
        french, english = _compared(concept.french[0]), _compared(concept.english[0])
        said = spelt(french)
        # `équivalent temps plein` loses two words: they are a contract's.
        is_whole = 2 * len(said) > len(_half(concept.french[0])) and 3 * len(said) >= len(spelt(english))
        if (
            french
            and english
            and english not in found
            and english not in words | REFUSED_NAMES
            and without_accents(french) != without_accents(english)
            and is_whole
            and len({*said}) == len(said)
            and misspelt.isdisjoint(said)
        ):
            found[english] = french
            doubtful += [english] if concept.kind != "lexicon" else []
    if encoder and doubtful:
        one, other = (encoder.encode(texts) for texts in (doubtful, [found[name] for name in doubtful]))
        for name, near in zip(doubtful, (one * other).sum(axis=1).tolist(), strict=True):
            if near < parameters.near_cosine:
                del found[name]
    return found


def _french(concept: Concept) -> Sequence[str]:
    """Return a concept's French names: the lexicon's others are of both languages."""
    return concept.french[:1] if concept.kind == "lexicon" else concept.french


def _half(name: str) -> list[str]:
    """Return the words of a name, of one gender where it says both."""
    return spelt(both_genders(name)[0].partition("/")[0])


def _misspelt(counts: Mapping[str, int], parameters: TranslationParameters) -> set[str]:
    """Return the words that stand once, and are a word that stands often without a letter within."""
    short = {
        word[:place] + word[place + 1 :]
        for word, count in counts.items()
        if count >= parameters.often_names and len(word) >= parameters.long_letters
        for place in range(1, len(word) - 2)
    }
    return {word for word, count in counts.items() if count == 1 and word in short}


def sentences_of(lexicon: Path) -> Iterator[Pair]:
    """Yield what the lexicon says in both languages beside names."""
    with lexicon.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"):
            yield row["sentence_fr"], row["sentence_en"]
            yield row["broader_fr"], row["broader_en"]


def _compared(title: str) -> str:
    """Return a title as the engine compares it, empty where it says nothing."""
    parts = facet_texts(Posting(id=PostingId("title"), title=title)).get(Facet.TITLE, ())
    return "".join(part.text for part in parts)


def _root(word: str) -> str:
    """Return what a French word's numbers and genders share, nearly."""
    bare = word.rstrip("sx").removesuffix("e")
    for end, other in (("au", "al"), ("iv", "if"), ("nn", "n"), ("ll", "l")):
        if bare.endswith(end):
            return bare.removesuffix(end) + other
    return bare


def _numbers(words: Iterable[str]) -> list[Numbers]:
    """Return English words, each with its other number where there is one."""
    known = {*words}
    found: dict[str, list[str]] = defaultdict(list)
    for word in sorted(known):
        singulars = (word.removesuffix(end) + other for end, other in PLURALS if word.endswith(end))
        found[next((one for one in singulars if one in known and not word.endswith("ss")), word)].append(word)
    return [tuple(group) for group in found.values()]


def _sure(
    forth: Mapping[tuple[str, str], Link],
    back: Mapping[tuple[str, str], Link],
    every: Iterable[Numbers],
    parameters: TranslationParameters,
) -> dict[Numbers, str]:
    """Return the root of the French word, where it is sure, by the numbers of the English one."""
    by_word: dict[str, dict[str, float]] = defaultdict(dict)
    for (english, root), link in forth.items():
        by_word[english][root] = link.times
    found = {}
    for numbers in every:
        times: Counter[str] = Counter()
        for english in numbers:
            times.update(by_word[english])
        root, most = max(times.items(), key=lambda one: (one[1], one[0]), default=("", 0.0))
        chance_back = sum(back.get((root, english), Link(0.0, 0.0)).chance for english in numbers)
        if most >= max(parameters.fewest, parameters.sure * times.total()) and chance_back >= parameters.sure_back:
            others = (
                (back.get((other, english), Link(0.0, 0.0)).chance, often)
                for english in numbers
                for other, often in by_word[english].items()
                if other != root and often > by_word[english].get(root, 0.0)
            )
            least = max(parameters.fewest, most / parameters.rival)
            if not any(chance >= parameters.sure_back and often >= least for chance, often in others):
                found[numbers] = root
    return found


def _lines(
    french_texts: Texts, english_texts: Texts, sure: Mapping[Numbers, str], fixed_share: float
) -> Iterator[dict[str, str]]:
    """Yield the numbers of an English word, each with the form of its French root that stands in most of its pairs.

    Forms that do not have one stem in `terms` are made one. A root that is a part of a fixed phrase has none: `pare`
    alone is no `firewall`.
    """
    numbers_of = {english: numbers for numbers in sure for english in numbers}
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    beside: dict[Numbers, Counter[str]] = defaultdict(Counter)
    beside_english: dict[Numbers, Counter[str]] = defaultdict(Counter)
    for french, english in zip(french_texts, english_texts, strict=True):
        roots = [_root(word) for word in french]
        for place, word in enumerate(english):
            numbers = numbers_of.get(word, ())
            if numbers and sure[numbers] in roots:
                at = roots.index(sure[numbers])
                forms[word][french[at]] += 1
                beside[numbers].update(_neighbours(roots, at))
                beside_english[numbers].update(_neighbours(english, place))
    for numbers in sure:
        counts = sum((forms[english] for english in numbers), Counter[str]())
        alone = max(beside[numbers].values(), default=0) - max(beside_english[numbers].values(), default=0)
        if alone < fixed_share * counts.total():
            most = _commonest(counts)
            own = [_commonest(forms[english] or counts) for english in numbers]
            lines = [form if form[:STEM_LETTERS] == most[:STEM_LETTERS] else most for form in own]
            yield dict(zip(numbers, lines, strict=True))


def _commonest(counts: Counter[str]) -> str:
    """Return the word that stands most often, the shortest of equals."""
    return min(counts, key=lambda word: (-counts[word], len(word), word))


def _neighbours(words: Sequence[str], place: int) -> set[str]:
    return {*words[max(place - 1, 0) : place], *words[place + 1 : place + 2]}


def _counted(texts: Texts) -> Counter[str]:
    """Return how many texts hold each word."""
    return Counter(word for text in texts for word in set(text))


@click.command(help=__doc__)
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
def main(data: Path) -> None:
    """Write the tables; what is held out for validation has no part in it."""
    parameters = Hyperparameters()
    kept, _ = validation.split(given.concepts(data, parameters.sources), parameters.validation, seed=parameters.seed)
    ours = parameters.translations
    french = FrenchWords(french_texts(kept), english_texts(kept), ours)
    found = translated([*pairs_of(kept), *sentences_of(LEXICON)], ours, french.hold, french.lend)
    translations.write(found.items(), translations.TABLE, heading=HEADING)
    click.echo(f"{len(found)} words, {translations.TABLE.stat().st_size / 1e3:.0f} kB")
    titles = titles_of(kept, ours, models.load("static+contextual"))
    translations.write(titles.items(), bilingual.TABLE, heading=NAMES)
    click.echo(f"{len(titles)} titles, {bilingual.TABLE.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
