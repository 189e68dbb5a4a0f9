"""What benchmarks take on the command line: a number that makes no sense is refused before anything runs."""

import argparse
import math
from collections.abc import Callable, Sequence
from pathlib import Path


def count(least: int = 1) -> Callable[[str], int]:
    """Return what reads a whole number, `least` at least."""

    def read(text: str) -> int:
        try:
            found = int(text)
        except ValueError:
            found = least - 1
        if found < least:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number of {least} or more")
        return found

    return read


def counts(least: int = 1) -> Callable[[str], Sequence[int]]:
    """Return what reads whole numbers with commas between them, each `least` at least."""
    one = count(least)
    return lambda text: [one(part) for part in text.split(",")]


def amount(text: str) -> float:
    """Read a number above 0.

    Raises:
        ArgumentTypeError: it is none.
    """
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return found


def folder(text: str) -> Path:
    """Read the name of a folder that is there.

    Raises:
        ArgumentTypeError: it is none.
    """
    found = Path(text)
    if not found.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {text!r}")
    return found


def add_write(parser: argparse.ArgumentParser) -> None:
    """Add `--write`: what was measured replaces the committed result, however much less it is."""
    parser.add_argument(
        "--write", action="store_true", help="replace the committed result even with less than it holds"
    )
