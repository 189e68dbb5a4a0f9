"""The files that come with the models: read, or a word on what to do where one is not as it should be."""

import gzip
import hashlib
import zlib
from collections.abc import Mapping
from pathlib import Path

from matcher.core.errors import ModelUnavailable
from matcher.core.files import sha256

COMES_WITH = "install it again, it comes with the project"


def bytes_of(path: Path, *, mend: str = COMES_WITH) -> bytes:
    """Return what a file holds.

    Args:
        path: of the file.
        mend: how to, where it is missing.

    Raises:
        ModelUnavailable: it is missing or cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ModelUnavailable(f"{path.name} is missing: {mend}") from error
    except OSError as error:
        raise damaged(path, str(error), mend=mend) from error


def lines_of(path: Path, *, mend: str = COMES_WITH) -> list[str]:
    """Return the lines of a table, gzipped if its name says so, without empty ones and those that begin with `#`.

    Args:
        path: of the file.
        mend: how to, where it is missing or damaged.

    Raises:
        ModelUnavailable: it is missing or damaged.
    """
    data = bytes_of(path, mend=mend)
    try:
        text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise damaged(path, str(error), mend=mend) from error
    return [line for line in text.split("\n") if line and not line.startswith("#")]


def damaged(path: Path, why: str, *, mend: str = COMES_WITH) -> ModelUnavailable:
    """Return the error that says so of a file."""
    return ModelUnavailable(f"{path.name} is damaged ({why}): {mend}")


def fingerprint_of(model: str, known: Mapping[str, str], *, runtime: str = "") -> str:
    """Return what changes whenever a model's vectors could.

    Args:
        model: its name.
        known: as `check_digests` takes it.
        runtime: what runs it, where that changes its vectors.
    """
    digests = "".join(f"{file}{known[file]}" for file in sorted(known))
    return f"{model}-{hashlib.sha256(f'{runtime}{digests}'.encode()).hexdigest()[:16]}"


def check_digests(folder: Path, known: Mapping[str, str], *, model: str) -> None:
    """Hold a model's files against their digests.

    Args:
        folder: of the model.
        known: the SHA-256 of each file, by its path inside.
        model: its name.

    Raises:
        ModelUnavailable: a file is missing or another one.
    """
    for file, expected in known.items():
        path = folder / file
        if not path.is_file() or sha256(path) != expected:
            said = "is not the file that is known" if path.is_file() else "is missing"
            raise ModelUnavailable(
                f"{file} of {model} {said}: install it again; a model that was changed on purpose is named by the path "
                "of its own folder"
            )
