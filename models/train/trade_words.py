"""Folders of public data in, the table of words that say a trade out.

    python -m models.train.trade_words --data DIR

DIR holds `esco` and `rome` (docs/training.md says where anyone gets them). Writes models/taxonomy/trade_words.tsv, the
same bytes from the same folders. It decides which titles are compared: a service that holds documents makes its index
anew at its next start.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from matcher.stages.text import neutral
from models.trade_words import FILE, first_word, last_word
from models.train import given
from models.train.hyperparameters import Hyperparameters
from models.train.sources import Concept, both_genders

KINDS = frozenset({"occupation", "group", "appellation", "code"})
HEADING = """\
The words by which names of occupations begin in French and end in English, in small letters without accents. Made by
`python -m models.train.trade_words`; not to be edited. Of ESCO 1.0 (French) and 1.1.1 (English), (c) European Union,
CC BY 4.0, https://esco.ec.europa.eu; ROME 4.60, France Travail, Licence Ouverte 2.0; and models/train/titles.tsv.
Changed: single words of the names, in their gender-neutral form."""


@click.command(help=__doc__)
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
def main(data: Path) -> None:
    """Write the table."""
    parameters = Hyperparameters()
    words = trade_words(given.concepts(data, parameters.sources), fewest=parameters.trade_words.fewest)
    lines = [*(f"# {line}" for line in HEADING.splitlines()), *words]
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    click.echo(f"{len(words)} words, {FILE.stat().st_size / 1e3:.0f} kB")


def trade_words(concepts: Iterable[Concept], *, fewest: int) -> list[str]:
    """Return the words that begin or end so many names of occupations, sorted."""
    counts = Counter(word for concept in concepts if concept.kind in KINDS for word in _of(concept))
    return sorted(word for word, count in counts.items() if count >= fewest)


def _of(concept: Concept) -> Iterator[str]:
    french = (*concept.french, *(title for title, is_french in concept.said if is_french))
    english = (*concept.english, *(title for title, is_french in concept.said if not is_french))
    forms = {neutral(form) for name in french for form in both_genders(name)}
    yield from filter(None, map(first_word, forms))
    yield from filter(None, map(last_word, {*english}))


if __name__ == "__main__":
    main()
