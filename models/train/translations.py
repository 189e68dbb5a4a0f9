"""Folders of public data in, the tables of French words and titles for English ones out.

    python -m models.train.translations --data DIR

DIR holds `esco` and `rome` (docs/data.md says where anyone gets them). Writes models/taxonomy/translations.tsv and
english_titles.tsv, the same bytes from the same folders. It changes the vectors of titles and the terms of bodies: a
service that holds documents makes its index anew at its next start.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from matcher.core.domain import Facet, Posting, PostingId
from matcher.core.letters import without_accents
from matcher.stages.text import facet_texts, neutral
from models import bilingual, translations
from models.train import sources, validation
from models.train.alignment import Link, aligned
from models.train.hyperparameters import Hyperparameters
from models.train.sources import LEXICON, Concept
from models.words import spelt

PERSONS = frozenset({"occupation", "group"})
KINDS = PERSONS | {"skill", "lexicon"}
TITLES = frozenset({"occupation", "lexicon"})
SURE = 0.15
"""Chance that a word is translated by another, times the chance of the way back."""
FEWEST = 2
"""Times that it must be, as far as can be told."""
ENGLISH = 3
"""Times as many English texts as French ones hold a word of English alone."""
LONGEST = 40
"""Words of a text."""
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

Pair = tuple[str, str]
"""A French text, an English one."""


def translated(pairs: Iterable[Pair]) -> dict[str, str]:
    """Return French words by English ones, where both ways are sure and no French text holds the English word.

    Args:
        pairs: texts that say the same.
    """
    both = [(spelt(french), spelt(english)) for french, english in pairs]
    both = [(one, other) for one, other in both if one and other and len(one) <= LONGEST]
    french_texts, english_texts = [one for one, _ in both], [other for _, other in both]
    back = aligned(french_texts, english_texts)
    nothing = 0.0, ""
    best: dict[str, tuple[float, str]] = {}
    for (english, french), link in aligned(english_texts, french_texts).items():
        sure = link.chance * back.get((french, english), Link(0.0, 0.0)).chance
        if english != french and sure >= SURE and link.times >= FEWEST:
            best[english] = max(best.get(english, nothing), (sure, french))
    in_french, in_english = _counted(french_texts), _counted(english_texts)
    targets = {french for _, french in best.values()}
    return {
        english: french
        for english, (_, french) in best.items()
        if english not in targets and in_english[english] >= ENGLISH * in_french[english]
    }


def pairs_of(concepts: Iterable[Concept]) -> Iterator[Pair]:
    """Yield the first names of what has one in either language, persons' gender-neutral."""
    for concept in concepts:
        if concept.kind in KINDS and concept.french and concept.english:
            french = concept.french[0]
            yield (neutral(french) or french) if concept.kind in PERSONS else french, concept.english[0]


def titles_of(concepts: Iterable[Concept]) -> dict[str, str]:
    """Return the French names of trades and skills by the English ones; of two that are called alike, the lexicon's.

    A single word that French names hold too is left out: a `groom` is another trade in each language.
    """
    every = list(concepts)
    in_french = {word for one in every for name in one.french for word in _compared(name).split()}
    named = [one for one in every if one.kind in TITLES and one.french and one.english]
    found: dict[str, str] = {}
    for concept in sorted(named, key=lambda one: one.kind != "lexicon"):
        french, english = _compared(concept.french[0]), _compared(concept.english[0])
        if french and english not in in_french and without_accents(french) != without_accents(english):
            found.setdefault(english, french)
    found.pop("", None)
    return found


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


def _counted(texts: Sequence[Sequence[str]]) -> Counter[str]:
    """Return how many texts hold each word."""
    return Counter(word for text in texts for word in set(text))


@click.command(help=__doc__)
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
def main(data: Path) -> None:
    """Write the tables; what is held out for validation has no part in it."""
    parameters = Hyperparameters()
    kept, _ = validation.split(sources.concepts(data), parameters.validation, seed=parameters.seed)
    found = translated([*pairs_of(kept), *sentences_of(LEXICON)])
    translations.write(found.items(), translations.TABLE, heading=HEADING)
    click.echo(f"{len(found)} words, {translations.TABLE.stat().st_size / 1e3:.0f} kB")
    titles = titles_of(kept)
    translations.write(titles.items(), bilingual.TABLE, heading=NAMES)
    click.echo(f"{len(titles)} titles, {bilingual.TABLE.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
