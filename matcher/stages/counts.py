"""How many of the documents that were found lie where: the numbers beside a search's filters."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matcher.core.domain import Contract, Remote
from matcher.core.places import REGIONS
from matcher.core.traits import NOWHERE, Mask, Traits

UNKNOWN = "unknown"
BANDS = {"0-2": (0.0, 3.0), "3-5": (3.0, 6.0), "6-10": (6.0, 11.0), "11+": (11.0, np.inf)}
"""Years of experience, from the first up to but without the second."""
FACETS = ("region", "contract", "experience", "remote")


@dataclass(frozen=True, slots=True)
class Filters:
    """What documents must be, if anything: by value, one of those given. What a document does not say is `unknown`."""

    region: frozenset[str] = frozenset()
    """INSEE's codes of regions."""
    contract: frozenset[str] = frozenset()
    experience: frozenset[str] = frozenset()
    """Of BANDS."""
    remote: frozenset[str] = frozenset()


def values(traits: Traits) -> dict[str, dict[str, Mask]]:
    """Return, by facet and value, which documents have it; shape (documents,) each. A document may have several."""
    regions = {region.code: (traits.regions & (1 << bit)) != 0 for bit, region in enumerate(REGIONS)}
    contracts = {one.value: (traits.contracts & (1 << bit)) != 0 for bit, one in enumerate(Contract)}
    years = traits.experience
    experience = {name: (years >= low) & (years < high) for name, (low, high) in BANDS.items()}
    remote = {one.value: traits.remote == level for level, one in enumerate(Remote)}
    return {
        "region": {**regions, UNKNOWN: traits.regions == 0},
        "contract": {**contracts, UNKNOWN: traits.contracts == 0},
        "experience": {**experience, UNKNOWN: np.isnan(years)},
        "remote": {**remote, UNKNOWN: traits.remote == NOWHERE},
    }


def filtered(found: Mapping[str, Mapping[str, Mask]], filters: Filters) -> dict[str, Mask]:
    """Return, by facet, which documents pass its filter; a facet without one passes all."""
    passed = {}
    for facet in FACETS:
        wanted: frozenset[str] = getattr(filters, facet)
        masks = [found[facet][value] for value in sorted(wanted) if value in found[facet]]
        length = len(found[facet][UNKNOWN])
        none: Mask = np.zeros(length, dtype=np.bool_)
        passed[facet] = np.logical_or.reduce(masks, axis=0) if masks else (none if wanted else ~none)
    return passed


def counted(found: Mapping[str, Mapping[str, Mask]], passed: Mapping[str, Mask]) -> dict[str, dict[str, int]]:
    """Return, by facet and value, how many documents have it and pass the filters of all other facets."""
    counts = {}
    for facet in FACETS:
        others: npt.NDArray[np.bool_] = np.logical_and.reduce(
            [passed[name] for name in FACETS if name != facet], axis=0
        )
        numbers = {value: int(np.count_nonzero(mask & others)) for value, mask in found[facet].items()}
        counts[facet] = {value: number for value, number in numbers.items() if number}
    return counts
