"""The columns that pairs are compared by, taken out of a table's block in compiled code."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from matcher.compiled import compiled
from matcher.core.traits import ROW_BYTES, STARTS


class Columns(NamedTuple):
    """As `Traits` has them."""

    departments: Any
    departments_high: Any
    regions: Any
    reach: Any
    vague: Any
    languages: Any
    experience: Any
    salary_min: Any
    salary_max: Any
    latitude: Any
    longitude: Any
    first_day: Any
    contracts: Any
    remote: Any
    education: Any


LAID_OUT = 3766490750
"""A digest of where the columns begin. Numba keeps what it has compiled as long as the text of its file is the same:
whoever moves them writes the new digest here and in `scores`, or loops compiled before read the wrong ones."""
_AT = tuple(STARTS[name] for name in Columns._fields)


@compiled
def columns(block: npt.NDArray[np.uint8]) -> Columns:
    """Return views of a block's columns."""
    rows = len(block) // ROW_BYTES
    return Columns(
        block[_AT[0] * rows : (_AT[0] + 8) * rows].view(np.uint64),
        block[_AT[1] * rows : (_AT[1] + 8) * rows].view(np.uint64),
        block[_AT[2] * rows : (_AT[2] + 4) * rows].view(np.uint32),
        block[_AT[3] * rows : (_AT[3] + 4) * rows].view(np.uint32),
        block[_AT[4] * rows : (_AT[4] + 4) * rows].view(np.uint32),
        block[_AT[5] * rows : (_AT[5] + 8) * rows].view(np.uint64),
        block[_AT[6] * rows : (_AT[6] + 4) * rows].view(np.float32),
        block[_AT[7] * rows : (_AT[7] + 4) * rows].view(np.float32),
        block[_AT[8] * rows : (_AT[8] + 4) * rows].view(np.float32),
        block[_AT[9] * rows : (_AT[9] + 4) * rows].view(np.float32),
        block[_AT[10] * rows : (_AT[10] + 4) * rows].view(np.float32),
        block[_AT[11] * rows : (_AT[11] + 4) * rows].view(np.int32),
        block[_AT[12] * rows : (_AT[12] + 1) * rows].view(np.uint8),
        block[_AT[13] * rows : (_AT[13] + 1) * rows].view(np.int8),
        block[_AT[14] * rows : (_AT[14] + 1) * rows].view(np.int8),
    )
