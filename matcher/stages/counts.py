"""How many of the documents that were found lie where: the numbers beside a search's filters."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matcher.compiled import compiled, in_halves
from matcher.core.domain import Contract, Remote
from matcher.core.places import REGIONS
from matcher.core.traits import Mask, Rows, Traits

UNKNOWN = "unknown"
BANDS = {"0-2": (0.0, 3.0), "3-5": (3.0, 6.0), "6-10": (6.0, 11.0), "11+": (11.0, np.inf)}
"""Years of experience, from the first up to but without the second."""
FACETS = ("region", "contract", "experience", "remote")

VALUES = {
    "region": [region.code for region in REGIONS],
    "contract": [contract.value for contract in Contract],
    "experience": [*BANDS],
    "remote": [remote.value for remote in Remote],
}
"""What a document can say; a bit each, in this order, and one more where it says nothing."""
_BITS = max(map(len, VALUES.values())) + 1
_BOUNDS = np.array([*BANDS.values()], dtype=np.float32)

DE_BRUIJN = 0x077CB531
"""A bit times this has a number of its own in its five highest bits.

Source: Leiserson, Prokop and Randall, Using de Bruijn Sequences to Index a 1 in a Computer Word, 1998.
"""
_PLACES = np.argsort([(DE_BRUIJN << bit & 0xFFFFFFFF) >> 27 for bit in range(32)])
"""The bit that each of those numbers tells of."""

Counts = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Filters:
    """What documents must be, if anything: by value, one of those given. What a document does not say is `unknown`."""

    region: frozenset[str] = frozenset()
    """INSEE's codes of regions."""
    contract: frozenset[str] = frozenset()
    experience: frozenset[str] = frozenset()
    """Of BANDS."""
    remote: frozenset[str] = frozenset()


def filtered(traits: Traits, rows: Rows, filters: Filters) -> tuple[Mask, Counts]:
    """Return which documents pass all filters, and by facet and value how many have it and pass the others.

    Args:
        traits: of all documents, as columns.
        rows: those that are asked about.
        filters: what documents must be.
    """
    wanted = np.array([_bits(facet, getattr(filters, facet)) for facet in FACETS], dtype=np.uint32)
    passed = np.empty(len(rows), dtype=np.bool_)
    found: list[npt.NDArray[np.int64]] = []

    def count(some: slice) -> None:
        counts = np.zeros((len(FACETS), _BITS), dtype=np.int64)
        _count(
            traits.regions,
            traits.contracts,
            traits.experience,
            traits.remote,
            rows[some],
            _BOUNDS,
            np.array([len(VALUES[facet]) for facet in FACETS]),
            wanted,
            _PLACES,
            passed[some],
            counts,
        )
        found.append(counts)

    in_halves(count, len(rows))
    return passed, {
        facet: {value: number for value, number in zip([*VALUES[facet], UNKNOWN], numbers, strict=False) if number}
        for facet, numbers in zip(FACETS, np.sum(found, axis=0).tolist(), strict=True)
    }


def _bits(facet: str, wanted: Collection[str]) -> int:
    """Return the bits of values, all where none is wanted; what is no value has none."""
    values = [*VALUES[facet], UNKNOWN]
    return sum(1 << values.index(one) for one in wanted if one in values) if wanted else (1 << _BITS) - 1


@compiled
def _say(
    regions: npt.NDArray[np.uint32],
    contracts: npt.NDArray[np.uint8],
    experience: npt.NDArray[np.float32],
    remote: npt.NDArray[np.int8],
    row: np.uintp,
    bounds: npt.NDArray[np.float32],
    unknown: Rows,
    said: npt.NDArray[np.uint32],
) -> None:
    """Fill in the bits of what a document says of each facet."""
    years, level = experience[row], remote[row]
    said[0], said[1] = regions[row], contracts[row]
    said[2] = 0
    for band in range(len(bounds)):
        if bounds[band, 0] <= years < bounds[band, 1]:
            said[2] = 1 << band
    said[3] = 1 << level if level >= 0 else 0
    # A number of years that lies in no band is not unknown.
    silent = (said[0] == 0, said[1] == 0, np.isnan(years), level < 0)
    for facet in range(4):
        if silent[facet]:
            said[facet] = 1 << unknown[facet]


@compiled
def _count(  # noqa: PLR0913, PLR0917 - likewise
    regions: npt.NDArray[np.uint32],
    contracts: npt.NDArray[np.uint8],
    experience: npt.NDArray[np.float32],
    remote: npt.NDArray[np.int8],
    rows: Rows,
    bounds: npt.NDArray[np.float32],
    unknown: Rows,
    wanted: npt.NDArray[np.uint32],
    places: Rows,
    passed: Mask,
    counts: npt.NDArray[np.int64],
) -> None:
    """Fill in who passes all filters; count each value of those who pass all filters but its own facet's."""
    said = np.zeros(4, dtype=np.uint32)
    for place in range(len(rows)):
        _say(regions, contracts, experience, remote, np.uintp(rows[place]), bounds, unknown, said)
        failed, where = 0, 0
        for facet in range(4):
            if not said[facet] & wanted[facet]:
                failed, where = failed + 1, facet
        passed[place] = failed == 0
        for facet in range(4):
            if failed == 0 or (failed == 1 and facet == where):
                bits = said[facet]
                while bits:
                    lowest = bits & (~bits + np.uint32(1))
                    counts[facet, places[np.uint32(lowest * np.uint32(DE_BRUIJN)) >> np.uint32(27)]] += 1
                    bits ^= lowest
