"""Options that several commands take, and what is meant by them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matcher.commands.opening import read_settings

if TYPE_CHECKING:
    from matcher.core.domain import Kind

LANGUAGE = click.option(
    "--language", type=click.Choice(["fr", "en"]), default="fr", show_default=True, help="Of the reasons."
)
SIDE = click.option(
    "--for", "side", type=click.Choice(["postings", "profiles"]), required=True, help="Whose matches to compute."
)
BATCH_TOP = click.option(
    "--top", type=click.IntRange(1, 100_000), default=100, show_default=True, help="How many matches each."
)
TOP = click.option("--top", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many matches.")
LOG = click.option(
    "--log",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of the decision log, if not the one of the settings.",
)
LARGEST_SEED = 2**32 - 1


def kind_of(side: str) -> Kind:
    """Return what `--for postings` or `--for profiles` names."""
    from matcher.core.domain import Kind

    return Kind.POSTING if side == "postings" else Kind.PROFILE


def log_folder(given: Path | None) -> Path:
    """Return the folder of the decision log: what `--log` gives, or the one of the settings."""
    settings = read_settings()
    return given or settings.decision_log_folder or settings.home / "decisions"


def refuse_to_overwrite(output: Path | None, read: Iterable[Path], *, option: str) -> None:
    """Raise where a file that is to be read would be written over first."""
    if output is not None and output.exists() and any(output.samefile(path) for path in read):
        raise click.BadParameter(f"{output} is a file to read: name another", param_hint=option)


def refuse_unwritable(output: Path, *, option: str, in_place: bool = False) -> None:
    """Raise where a file cannot be written, before what takes long is begun.

    Args:
        output: to be written.
        option: that names it.
        in_place: whether one that is there is written over; where not, it is replaced, which is up to its folder.
    """
    if not os.access(output if in_place and output.exists() else output.resolve().parent, os.W_OK):
        raise click.BadParameter(
            f"{output} cannot be written: name a file in a folder that exists and is yours to write to",
            param_hint=option,
        )
