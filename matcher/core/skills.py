"""Skills one by one: what a document has or asks for, and how far one skill stands in for another.

The ranking and its explanation both ask `nearnesses`, so that what is called matched is what was counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from matcher.core.ports import Named, Thesaurus

SAME = 0.8
"""The cosine from which two names are names of one skill (`accessibilité`, `accessibilité numérique`)."""
NEAR = 0.55
"""The cosine from which two skills are of one trade; under it one says nothing of the other."""
SLACK = 1e-3
"""How far a cosine from a matrix product may lie from the same cosine computed alone."""
PROSE_SHARE = 0.5
"""What a skill that a posting only mentions counts beside one that it lists."""


@dataclass(frozen=True, slots=True)
class Skill:
    """One skill of a document, under all the names that the document gives it."""

    name: str
    """Equal for all spellings and both languages where the thesaurus knows it, else `form`."""
    form: str
    """The gender-neutral text that is encoded."""
    listed: str | None = None
    """The document's own words in its list of skills, verbatim."""
    quoted: str | None = None
    """The document's own words in its prose or titles, verbatim."""

    @property
    def written(self) -> str:
        """Return the document's own words."""
        return self.listed or self.quoted or self.form

    @property
    def named(self) -> Named:
        """Return its name and form."""
        return self.name, self.form

    @property
    def share(self) -> float:
        """Return what it counts where a posting asks for it."""
        return 1.0 if self.listed else PROSE_SHARE


class Anchors(NamedTuple):
    """Where a record's words hold the names of its skills."""

    spans: npt.NDArray[np.uint16]
    """Shape (skills, 4): where what is listed begins, how long it is, 0 for none; the same of what is quoted."""
    digest: int
    """Of those words, 64 bits: other words are anchored otherwise."""


def nearnesses(
    asked: Sequence[Skill],
    asked_vectors: npt.NDArray[np.float32],
    *,
    offered: Sequence[Skill],
    vectors: npt.NDArray[np.float32],
    thesaurus: Thesaurus,
) -> npt.NDArray[np.float32]:
    """Return how far each of some skills stands in for each asked for: 1 the same, 0 not at all; shape (asked, skills).

    The same name is the same skill; else what the thesaurus says; else what the vectors say, to which rivals are often
    the same (`AKS`, `EKS`), and not of what the thesaurus tells apart. What else is asked for changes no value, not in
    the last bit.

    Args:
        asked: the skills that a posting asks for.
        asked_vectors: their unit vectors, shape (asked, dimension).
        offered: the other skills.
        vectors: their unit vectors, shape (skills, dimension).
        thesaurus: what is known of them.
    """
    found = graded(np.einsum("ad,rd->ar", asked_vectors, vectors))
    places: dict[str, list[int]] = {}
    for place, skill in enumerate(offered):
        places.setdefault(skill.name, []).append(place)
    for at, place in np.argwhere(found).tolist():
        if thesaurus.tells_apart(asked[at].named, offered[place].named):
            found[at, place] = 0.0
    for row, skill in zip(found, asked, strict=True):
        known = thesaurus.near(skill.name)
        for name in places.keys() & known.keys():
            row[places[name]] = known[name]
        if skill.name in places:
            row[places[skill.name]] = 1.0
    return found


def cosines(vectors: npt.NDArray[np.float32], vector: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return each row's cosine with a vector: the same to the last bit, whatever other rows stand beside it."""
    found: npt.NDArray[np.float32] = np.einsum("rd,d->r", vectors, vector)
    return found


def graded(cosine: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return what cosines say: 1 from SAME on, nothing under NEAR."""
    said: npt.NDArray[np.float32] = np.where(cosine >= SAME, 1.0, np.where(cosine >= NEAR, cosine, 0.0))
    return said.astype(np.float32)
