"""The large population of `benchmarks.scale`, made as it says there: each profile from its number alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from matcher.compose import load_encoders, load_thesaurus
from matcher.core.domain import Contract, Facet, Kind, Location, Posting, Profile, ProfileId, Record, Remote
from matcher.core.places import REGIONS
from matcher.core.terms import HEAVIEST, WEIGHT_BITS, Terms, terms_of
from matcher.corpus import Corpus, Derived
from matcher.derive import derive
from matcher.offline import demo
from matcher.settings import Settings
from matcher.stages.embed import Embedders

POSTINGS, PROFILES, SEED = 300, 5_000, 2021
TODAY = date(2026, 1, 1)
NOISE = 0.33
"""Length of the noise on a vector of length 1: cosine .95."""
REPLACED = 0.1
"""The share of a body's stems that are taken from another profile: cosine .9."""


def _shares(weights: Sequence[float]) -> npt.NDArray[np.float64]:
    shares: npt.NDArray[np.float64] = np.array(weights) / np.array(weights).sum()
    return shares


REGION_SHARES = _shares([0.35, 0.13, 0.1, 0.08, 0.07, 0.06, 0.05, 0.04, 0.03, 0.03, 0.02, 0.02] + [0.004] * 6)
"""The share of the people in each region, by place in REGIONS."""
CONTRACT_SHARES = _shares([0.5, 0.3, 0.1, 0.05, 0.03, 0.02])
"""The share of the people who want each contract, by place in Contract."""
UNDRAWN = 255


class Population:
    """Profiles by number: of each, its record and what is derived of it, the same whenever it is asked for."""

    def __init__(self) -> None:
        encoders = load_encoders(Settings())
        self._embedders = Embedders(encoders, stored=_nothing_stored)
        self.thesaurus = load_thesaurus()
        self.dimensions, self.terms_share = encoders.dimensions, encoders.terms_share
        forum = demo.forum(postings=POSTINGS, profiles=PROFILES, seed=SEED, today=TODAY)
        self.postings = [replace(one, remote=Remote.NONE) for one in forum.postings]
        self._profiles = [*forum.profiles]
        records: list[Record] = [*self.postings, *self._profiles]
        self._wishes = bytearray()
        self._derived: dict[str, Derived] = {}
        for some in _batches(records, 500):
            derived = derive(some, thesaurus=self.thesaurus, embedders=self._embedders).derived
            self._derived |= dict(zip([one.id for one in some], derived, strict=True))

    def empty(self) -> Corpus:
        """Return a corpus of nothing."""
        return Corpus(self.dimensions, thesaurus=self.thesaurus, terms_share=self.terms_share)

    @property
    def embedder(self) -> Any:
        """That of the skills."""
        return self._embedders[Facet.SKILLS]

    def record(self, number: int) -> Profile:
        """Return a profile."""
        place, contract = self._wishes_of(number)
        origin = self._profiles[number % len(self._profiles)]
        return replace(
            origin,
            id=ProfileId(f"c{number:07d}"),
            locations=(Location(region=REGIONS[place].name),),
            contracts=([*Contract][contract],),
            visible_to_recruiters=True,
        )

    def _wishes_of(self, number: int) -> tuple[int, int]:
        """Return the places of a profile's region and contract; two bytes a profile are kept, for drawing is slow."""
        at = 2 * number
        if at >= len(self._wishes):
            self._wishes.extend(bytes([UNDRAWN]) * (at + 2 - len(self._wishes)))
        if self._wishes[at] == UNDRAWN:
            draw = np.random.default_rng((SEED, number))
            self._wishes[at : at + 2] = bytes([draw.choice(18, p=REGION_SHARES), draw.choice(6, p=CONTRACT_SHARES)])
        return self._wishes[at], self._wishes[at + 1]

    def derived(self, number: int) -> Derived:
        """Return what the corpus takes of it."""
        draw = np.random.default_rng((SEED, number, 1))
        origin = self._derived[self._profiles[number % len(self._profiles)].id]
        vectors = {}
        for facet, vector in origin.vectors.items():
            moved = vector + draw.standard_normal(len(vector), dtype=np.float32) * (NOISE / len(vector) ** 0.5)
            vectors[facet] = (moved / np.linalg.norm(moved)).astype(np.float32)
        return replace(origin, vectors=vectors, terms=self._moved(origin.terms, draw))

    def _moved(self, terms: Terms | None, draw: np.random.Generator) -> Terms | None:
        """Return terms of which some are replaced by those of a profile drawn by chance."""
        other = self._derived[self._profiles[draw.integers(len(self._profiles))].id].terms
        if terms is None or other is None:
            return terms
        codes = np.where(draw.random(len(terms)) < REPLACED, other, terms)
        return terms_of(weights_of(codes))

    def of_posting(self, posting: Posting) -> Derived:
        """Return what the corpus takes of a posting."""
        return self._derived[posting.id]

    @property
    def titles(self) -> npt.NDArray[np.float32]:
        """The title vectors of the profiles that all are made of, shape (PROFILES, dimension); 0 where one has none."""
        none = np.zeros(self.dimensions[Facet.TITLE], dtype=np.float32)
        return np.stack([self._derived[one.id].vectors.get(Facet.TITLE, none) for one in self._profiles])

    def get(self, kind: Kind, ids: Sequence[str]) -> Mapping[str, Record]:
        """Answer as a store: what the reasons of a match are made of."""
        if kind is Kind.PROFILE:
            return {name: self.record(int(name[1:])) for name in ids}
        known = {str(one.id): one for one in self.postings}
        return {name: known[name] for name in ids if name in known}


def weights_of(terms: Terms) -> dict[int, int]:
    """Return what each bucket's stem counts."""
    codes = terms[terms > 0]
    return dict(zip((codes >> WEIGHT_BITS).tolist(), (codes & HEAVIEST).tolist(), strict=True))


def _nothing_stored(digests: Sequence[bytes], *, model: str) -> Mapping[bytes, npt.NDArray[np.float32]]:  # noqa: ARG001 - a port
    return {}


def _batches(records: Sequence[Record], size: int) -> Iterator[Sequence[Record]]:
    for start in range(0, len(records), size):
        yield records[start : start + size]
