"""The folder of `--data`, as the commands read it that make a table each."""

from pathlib import Path

import click

from models.train import sources
from models.train.data import WrongData, complaint
from models.train.hyperparameters import SourceParameters


class Refused(click.ClickException):
    """Ends a command with one line and the status that `models.train` has for such data."""

    exit_code = 2


def concepts(data: Path, parameters: SourceParameters) -> list[sources.Concept]:
    """Return what all the folders under `data` hold.

    Args:
        data: the folders of public data.
        parameters: how prose is cut.

    Raises:
        Refused: a file is missing, damaged, or another one than its name says.
    """
    if line := complaint(data):
        raise Refused(line)
    try:
        return sources.concepts(data, parameters)
    except WrongData as error:
        raise Refused(str(error)) from error
