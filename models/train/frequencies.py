"""Folders of public data in, the table of how common words are out.

    python -m models.train.frequencies --data DIR

DIR holds `esco`, `rome` and, where they are to be had, `referens` and `pep` (docs/training.md says where anyone gets
them). Writes models/taxonomy/frequencies.tsv.gz, the same bytes from the same folders. It changes the terms of bodies:
a service that holds documents makes its index anew at its next start.
"""

from pathlib import Path

import click

from models import terms
from models.train import given
from models.train.hyperparameters import Hyperparameters

HEADING = """\
How many passages of prose each stem stands in; the first number is how many there are. Made by
`python -m models.train.frequencies`; not to be edited. Counted in: ESCO 1.1.1, descriptions, (c) European Union,
CC BY 4.0; ROME 3.47, France Travail, Licence Ouverte 2.0; REFERENS III, Ministry of higher education and research,
Licence Ouverte; postings of Place de l'emploi public, Licence Ouverte."""


@click.command(help=__doc__)
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
def main(data: Path) -> None:
    """Write the table."""
    parameters = Hyperparameters()
    passages = (passage for concept in given.concepts(data, parameters.sources) for passage in concept.prose)
    stems = terms.write(passages, terms.TABLE, heading=HEADING, fewest=parameters.frequencies.fewest)
    click.echo(f"{stems} stems, {terms.TABLE.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
