"""Folders of public data in, the linker's table of concepts out.

    python -m models.train.taxonomy --data DIR

DIR holds `esco` and `rome` (docs/training.md says where anyone gets them). Writes models/taxonomy/concepts.tsv.gz, the
same bytes from the same folders. `python -m models.train.calibrate` comes next: confidences belong to a table.
"""

from collections.abc import Iterable
from pathlib import Path

import click

from matcher.stages.text import neutral
from models import concepts
from models.concepts import Concept
from models.train import given, sources
from models.train.hyperparameters import Hyperparameters

KINDS = frozenset({"occupation", "skill", "code"})
HEADING = """\
Concepts that texts are linked to. Made by `python -m models.train.taxonomy`; not to be edited.
Occupations and skills: ESCO 1.0 (French names) and 1.1.1 (English names), (c) European Union, CC BY 4.0,
https://esco.ec.europa.eu; changed: genders collapsed into one form, names in lower case.
Codes and their appellations: ROME 4.60, France Travail, Licence Ouverte 2.0, changed likewise.
Names in forms_fr and forms_en stand between | signs."""


def table(data: Iterable[sources.Concept]) -> list[Concept]:
    """Return the concepts of ESCO and ROME as the linker knows them, by kind and id."""
    found = [_concept(concept) for concept in data if concept.kind in KINDS]
    return sorted((concept for concept in found if concept.fr or concept.en), key=lambda one: (one.kind, one.id))


def _concept(concept: sources.Concept) -> Concept:
    french, english = concept.french, concept.english
    if french and concept.kind in concepts.OF_PEOPLE:
        french = (french[0], *_two_names(_plain(french[0])), *french[1:])
    return Concept(
        id=concept.id,
        kind=concept.kind,
        fr=_plain(french[0]) if french else "",
        en=_plain(english[0]) if english else "",
        french=concepts.spellings(french, neutral),
        english=concepts.spellings(english, neutral),
    )


def _two_names(label: str) -> tuple[str, ...]:
    """Return the halves of a label whose genders have no form in common: `Homme sage-femme / Sage-femme`."""
    genders = concepts.both_genders(label)
    return genders if concepts.fold(neutral(label)) == " ".join(concepts.fold(neutral(one)) for one in genders) else ()


def _plain(label: str) -> str:
    return " ".join(label.split())


@click.command(help=__doc__)
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
def main(data: Path) -> None:
    """Write the table."""
    found = table(given.concepts(data, Hyperparameters().sources))
    concepts.write(found, concepts.TABLE, heading=HEADING)
    click.echo(f"{len(found)} concepts, {concepts.TABLE.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
