"""Arrays and texts in one file: what a snapshot keeps of traits, skills and sums.

Texts are UTF-8, one behind another, beside where each ends: in numpy's own arrays of texts each takes the room of the
longest.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt


class Archive(NamedTuple):
    """What a file holds."""

    arrays: dict[str, npt.NDArray[Any]]
    texts: dict[str, list[str]]


def write(
    path: Path, arrays: Mapping[str, npt.NDArray[Any]], *, texts: Mapping[str, Sequence[str]] | None = None
) -> None:
    """Write arrays and lists of texts, by name; `read` brings them back. Raises OSError."""
    kept: dict[str, Any] = dict(arrays)
    for name, column in (texts or {}).items():
        encoded = [text.encode("utf-8", "surrogatepass") for text in column]
        kept[_utf8(name)] = np.frombuffer(b"".join(encoded), dtype=np.uint8)
        kept[_ends(name)] = np.cumsum([*map(len, encoded)], dtype=np.int64)
    np.savez(path, **kept)


def read(path: Path, arrays: Iterable[str], *, texts: Iterable[str] = ()) -> Archive:
    """Return some of what `write` wrote, by name. What the arrays hold is not looked at.

    Raises:
        ValueError: the file cannot be read, or does not hold them.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as saved:
            return Archive(
                {name: saved[name] for name in arrays},
                {name: _split(saved[_utf8(name)], saved[_ends(name)]) for name in texts},
            )
    except Exception as error:  # numpy lets through what zipfile, zlib and its own parser raise, each after its fashion
        raise ValueError(f"{path.name} is damaged, or does not hold what it should") from error


def _utf8(name: str) -> str:
    return f"{name}_utf8"


def _ends(name: str) -> str:
    return f"{name}_ends"


def _split(utf8: npt.NDArray[Any], ends: npt.NDArray[Any]) -> list[str]:
    """Return the texts that end there.

    Raises:
        ValueError: they do not end one behind another and with the last byte, or are no UTF-8.
    """
    if utf8.dtype != np.uint8 or ends.dtype != np.int64 or utf8.ndim != 1 or ends.ndim != 1:
        raise ValueError("the texts are of another kind")
    bounds = np.append(0, ends)
    if np.any(bounds[1:] < bounds[:-1]) or bounds[-1] != len(utf8):
        raise ValueError("the texts end where they cannot")
    whole = utf8.tobytes()
    return [whole[start:end].decode("utf-8", "surrogatepass") for start, end in pairwise(bounds.tolist())]
