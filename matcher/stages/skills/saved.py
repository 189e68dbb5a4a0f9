"""What a snapshot's files of skills hold."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt


def read(path: Path, names: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
    """Return a file's arrays.

    Raises:
        ValueError: it cannot be read, or does not hold them.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as saved:
            return {name: saved[name] for name in names}
    # numpy lets through what zipfile and its own parser raise, each after its fashion.
    except (OSError, EOFError, LookupError, TypeError, AttributeError, RuntimeError, BadZipFile) as error:
        raise ValueError(f"{path.name} does not hold skills") from error
