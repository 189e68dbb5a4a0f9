"""The file of weights: what each aspect counts, as it was learned or chosen, with the reasons as comments."""

import tomllib
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from matcher.core.errors import UnreadableFile
from matcher.core.scoring import ASPECTS, Weights

SHIPPED = Path(__file__).with_name("weights.toml")
TABLE = "weights"
DIGITS = 4


def read_weights(path: Path = SHIPPED) -> Weights:
    """Return the weights that a TOML file holds: every aspect once in its table `weights`, scaled to add up to 1.

    Raises:
        UnreadableFile: it cannot be read, or an aspect is missing, unknown or no number.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableFile(f"{path.name}: {error.strerror}: name a file with --weights or MATCHER_WEIGHTS") from error
    except ValueError as error:  # of the encoding too
        raise UnreadableFile(f"{path.name} is no TOML file: write a table [{TABLE}] with a number an aspect") from error
    table = content.get(TABLE)
    if not isinstance(table, dict) or table.keys() != set(ASPECTS):
        raise UnreadableFile(f"{path.name}: the table [{TABLE}] must name each of {', '.join(ASPECTS)}, and no other")
    for name, value in table.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise UnreadableFile(f"{path.name}: {name} is no number")
    try:
        return Weights().changed(table)
    except ValueError as error:
        raise UnreadableFile(f"{path.name}: {error}") from error


def written(weights: Weights, reasons: Iterable[str]) -> str:
    """Return a file of weights, its reasons above them as comments."""
    comments = [f"# {line}".rstrip() for line in reasons]
    values = [f"{field.name} = {getattr(weights, field.name):.{DIGITS}f}" for field in fields(weights)]
    return "\n".join([*comments, f"[{TABLE}]", *values, ""])
