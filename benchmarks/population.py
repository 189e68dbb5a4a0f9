"""Made documents of realistic structure: vectors, columns, and constraints that a known share of them passes.

Vectors of real documents are neither uniform nor isotropic: they lie around occupations of very different sizes, and
vary in few directions. Here 500 occupations in 25 families have Zipf sizes; each document is its occupation's centre,
a specialty within it and noise, whose spectrum decays, and all is scaled to unit length. What stands in the columns
does not depend on the vectors, but for the occupation's number: families, occupations and specialties follow each
other, so that a range of numbers is a neighbourhood. Constraints on it are the hard ones for an approximate index.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from matcher.core.ports import Vectors

FAMILIES, OCCUPATIONS, SPECIALTIES = 25, 500, 8
OCCUPATION_SPREAD, SPECIALTY_SPREAD, DOCUMENT_SPREAD = 0.9, 0.45, 0.7
"""Lengths of what is added, next to a family's centre of length 1."""
SPECTRUM = 0.45
"""The j-th direction's standard deviation falls as 1 / j to this power."""
NUMBERS = 65_536
"""Occupation numbers are spread over these, so that a share of the documents is the same share of the numbers."""

_LARGE = (0.35, 0.11, 0.085, 0.075, 0.0625, 0.06, 0.055, 0.05, 0.04, 0.035, 0.025, 0.02)
_SMALL = (0.0086, 0.006, 0.0055, 0.005, 0.0044, 0.003)
REGION_SHARES = np.array((*_LARGE, *_SMALL))
"""Eighteen regions, from Île-de-France to the smallest."""
CONTRACT_SHARES = np.array([0.8, 0.5, 0.25, 0.1, 0.08, 0.03])
"""How many accept each kind of contract; bit 0 is the first."""
BLOCK = 50_000


@dataclass(frozen=True, slots=True)
class Constraint:
    """What a document must be to be eligible: each part that is given must hold."""

    regions: tuple[int, ...] = ()
    """One of these; empty: any."""
    contracts: int = 0
    """Bits, one of which must be among the document's; 0: any."""
    occupations: tuple[int, int] | None = None
    """The lowest and the highest number, both included."""

    @property
    def contract_sets(self) -> list[int]:
        """All sets of contracts that share a bit with `contracts`: the same constraint for who cannot compare bits."""
        return [bits for bits in range(1 << len(CONTRACT_SHARES)) if bits & self.contracts]

    def mask(self, documents: "Documents") -> npt.NDArray[np.bool_]:
        """Tell which documents are eligible."""
        passed = np.ones(len(documents.vectors), dtype=np.bool_)
        if self.regions:
            passed &= np.isin(documents.regions, self.regions)
        if self.contracts:
            passed &= (documents.contracts & self.contracts) != 0
        if self.occupations:
            low, high = self.occupations
            passed &= (documents.occupations >= low) & (documents.occupations <= high)
        return passed


@dataclass(frozen=True, slots=True)
class Documents:
    """Rows of vectors and of columns."""

    vectors: Vectors
    """Shape (documents, dimension), float32, unit length."""
    regions: npt.NDArray[np.uint8]
    """By place in REGION_SHARES."""
    contracts: npt.NDArray[np.uint8]
    """Bits, by place in CONTRACT_SHARES; 0: says nothing, and fails every constraint on it."""
    occupations: npt.NDArray[np.uint16]
    """Neighbours have near numbers."""

    def save(self, folder: Path) -> None:
        """Write one file a field; `load` brings them back."""
        for name in self.__dataclass_fields__:
            np.save(folder / f"{name}.npy", getattr(self, name))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Map what `save` wrote: several processes share the memory."""
        return cls(**{name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in cls.__dataclass_fields__})

    def part(self, rows: slice) -> "Documents":
        """Return some rows."""
        return Documents(self.vectors[rows], self.regions[rows], self.contracts[rows], self.occupations[rows])


def population(size: int, dimension: int, seed: int, *, questions: int = 200) -> tuple[Documents, Documents]:
    """Return documents, and others like them to ask with. Same arguments, same population."""
    chance = np.random.default_rng(seed)
    total = size + questions
    scale = np.arange(1, dimension + 1) ** -SPECTRUM
    scale /= np.sqrt(np.square(scale).sum())
    turn = np.linalg.qr(chance.normal(size=(dimension, dimension)))[0]

    def around(shape: int, spread: float) -> npt.NDArray[np.float32]:
        spread_out: npt.NDArray[np.float32] = (chance.normal(size=(shape, dimension)) * scale * spread) @ turn
        return spread_out.astype(np.float32)

    families = around(FAMILIES, 1.0)
    family_of = np.sort(np.arange(OCCUPATIONS) % FAMILIES)
    occupations = families[family_of] + around(OCCUPATIONS, OCCUPATION_SPREAD)
    specialties = np.repeat(occupations, SPECIALTIES, axis=0) + around(OCCUPATIONS * SPECIALTIES, SPECIALTY_SPREAD)
    popularity = 1.0 / (1.0 + chance.permutation(OCCUPATIONS))
    occupation_of = chance.choice(OCCUPATIONS, size=total, p=popularity / popularity.sum())
    specialty_of = occupation_of * SPECIALTIES + chance.integers(SPECIALTIES, size=total)
    vectors = np.empty((total, dimension), dtype=np.float32)
    for start in range(0, total, BLOCK):
        block = slice(start, min(start + BLOCK, total))
        vectors[block] = specialties[specialty_of[block]] + around(block.stop - start, DOCUMENT_SPREAD)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    numbers = np.empty(total, dtype=np.uint16)
    order = np.lexsort((vectors @ around(1, 1.0)[0], specialty_of))
    numbers[order] = np.arange(total) * NUMBERS // total
    accepts = chance.random((total, len(CONTRACT_SHARES))) < CONTRACT_SHARES
    everyone = Documents(
        vectors=vectors,
        regions=chance.choice(len(REGION_SHARES), size=total, p=REGION_SHARES).astype(np.uint8),
        contracts=(accepts << np.arange(len(CONTRACT_SHARES))).sum(axis=1).astype(np.uint8),
        occupations=numbers,
    )
    return everyone.part(slice(0, size)), everyone.part(slice(size, total))


RANDOM: dict[str, Constraint] = {
    "50 %": Constraint(regions=(0, 1, 2, 3), contracts=0b000001),
    "5 %": Constraint(regions=(4,), contracts=0b000001),
    "0.5 %": Constraint(regions=(13,), contracts=0b000001),
    "0.05 %": Constraint(regions=(13,), contracts=0b010000),
}
"""Constraints that about so many pass, wherever the question lies."""
SHARES: dict[str, float] = {"50 %": 0.5, "5 %": 0.05, "0.5 %": 0.005, "0.05 %": 0.0005}


def neighbourhood(number: int, share: float, *, near: bool) -> Constraint:
    """Return the range of occupations that a share of the documents has: around a number, or as far off as can be."""
    width = max(1, round(NUMBERS * share))
    centre = number if near else (number + NUMBERS // 2) % NUMBERS
    low = min(max(centre - width // 2, 0), NUMBERS - width)
    return Constraint(occupations=(low, low + width - 1))


def conditions(asking: Documents) -> dict[str, list[Constraint]]:
    """Return, by name, the constraint of each question: none, independent of it, around it, far from it."""
    numbers = asking.occupations.tolist()
    found = {"none": [Constraint()] * len(numbers)}
    found |= {f"random {name}": [constraint] * len(numbers) for name, constraint in RANDOM.items()}
    for where in ("near", "far"):
        for name, share in SHARES.items():
            found[f"{where} {name}"] = [neighbourhood(number, share, near=where == "near") for number in numbers]
    return found
