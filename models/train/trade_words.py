"""Folders of public data in, the table of words that say a trade out.

    python -m models.train.trade_words --data DIR

DIR holds `esco` and `rome` (docs/training.md says where anyone gets them). Writes models/taxonomy/trade_words.tsv, the
same bytes from the same folders. It decides which titles are compared: a service that holds documents makes its index
anew at its next start.
"""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import click

from matcher.stages.text import neutral
from models.trade_words import FIELD, FILE, MOST_SHORT, WHO, words_of
from models.train import given
from models.train.hyperparameters import Hyperparameters, TradeWordParameters
from models.train.sources import Concept, both_genders
from models.words import STOP_WORDS

KINDS = frozenset({"occupation", "group", "appellation", "code"})
_BEHIND = re.compile(r"\b(?:of|for|in|and|at|on|with|to)\b|[,/(]")
HEADING = """\
The words by which names of occupations begin in French and end in English (who), and others that many of them hold
(field), in small letters without accents. Made by `python -m models.train.trade_words`; not to be edited. Of ESCO 1.0
(French) and 1.1.1 (English), (c) European Union, CC BY 4.0, https://esco.ec.europa.eu; ROME 4.60, France Travail,
Licence Ouverte 2.0; and models/train/titles.tsv. Changed: single words of the names, in their gender-neutral form."""


@click.command(help=__doc__)
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
def main(data: Path) -> None:
    """Write the table."""
    parameters = Hyperparameters()
    words = trade_words(given.concepts(data, parameters.sources), parameters.trade_words)
    lines = [*(f"# {line}" for line in HEADING.splitlines()), *(f"{word}\t{kind}" for word, kind in words.items())]
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    click.echo(f"{len(words)} words, {FILE.stat().st_size / 1e3:.0f} kB")


def trade_words(concepts: Iterable[Concept], parameters: TradeWordParameters) -> dict[str, str]:
    """Return the words that say a trade, sorted, each with its kind: WHO before FIELD.

    Args:
        concepts: those of trades are looked at.
        parameters: how many names a word must stand in.
    """
    who: Counter[str] = Counter()
    fields: Counter[str] = Counter()
    for concept in concepts:
        if concept.kind in KINDS:
            french, english = _names(concept, french=True), _names(concept, french=False)
            who.update(filter(None, map(_first_word, french)))
            who.update(filter(None, map(_last_word, english)))
            fields.update({word for name in french | english for word in words_of(name) if len(word) > MOST_SHORT})
    found = {word: FIELD for word, count in fields.items() if count >= parameters.fewest_of_field}
    found |= {word: WHO for word, count in who.items() if count >= parameters.fewest}
    return {word: found[word] for word in sorted(found.keys() - STOP_WORDS)}


def _names(concept: Concept, *, french: bool) -> set[str]:
    """Return what a trade is called in one language; in French each gender by itself, in its neutral form."""
    names = (*(concept.french if french else concept.english), *(title for title, is_ in concept.said if is_ is french))
    return {neutral(form) for name in names for form in both_genders(name)} if french else {*names}


def _first_word(french: str) -> str | None:
    return next((word for word in words_of(french) if len(word) >= MOST_SHORT), None)


def _last_word(english: str) -> str | None:
    """Return the word by which an English name ends, before what it is of: `head of data` is a head."""
    words = words_of(_BEHIND.split(english, maxsplit=1)[0])
    return words[-1] if words and len(words[-1]) >= MOST_SHORT else None


if __name__ == "__main__":
    main()
