"""Peers that are a library in the process: the caller works out who is eligible, by one loop, within the time."""

import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.population import Constraint, Documents
from matcher import compiled as compiling
from matcher.comparison import FEW_FLAT, MANY, MANY_FLAT, SEEDS, SEEDS_FLAT, SPARE
from matcher.compiled import compiled
from matcher.core.domain import Facet
from matcher.core.ports import Vectors
from matcher.stages.eligibility import AT_ONCE, EIGHT
from matcher.stages.index import FacetIndex
from matcher.stages.rank import SLACK, at_least, contenders, highest


class Columns:
    """Eligibility as the engine computes it: regions and contracts as bits, rows marked and gone through by eights."""

    def __init__(self, documents: Documents) -> None:
        self._regions = (np.uint32(1) << documents.regions.astype(np.uint32)).astype(np.uint32)
        self._contracts = np.array(documents.contracts)
        self._occupations = np.array(documents.occupations)
        self._everyone = np.arange(len(self._contracts))
        self._room = np.empty(len(self._contracts) + EIGHT, dtype=np.int64)
        self.rows(Constraint(contracts=1))  # compiled, or read from the cache on disk
        self.mask(Constraint(contracts=1))

    def mask(self, constraint: Constraint) -> npt.NDArray[np.bool_]:
        """Tell which rows are eligible."""
        mask = np.empty(len(self._contracts), dtype=np.bool_)
        _mark(self._regions, self._contracts, self._occupations, *_asked(constraint), mask.view(np.uint8))
        return mask

    def rows(self, constraint: Constraint) -> npt.NDArray[np.int64]:
        """Return the eligible rows, ascending; valid until the next call."""
        if constraint == Constraint():
            return self._everyone
        count = _fill_rows(self._regions, self._contracts, self._occupations, *_asked(constraint), self._room)
        return self._room[:count]


def _asked(constraint: Constraint) -> tuple[np.uint32, np.uint8, np.uint16, np.uint16]:
    """Return a constraint as bits and bounds; no bits are any."""
    regions = np.uint32(sum(1 << region for region in constraint.regions))
    low, high = constraint.occupations or (0, np.iinfo(np.uint16).max)
    return regions, np.uint8(constraint.contracts), np.uint16(low), np.uint16(high)


@compiled
def _mark(
    regions: npt.NDArray[np.uint32],
    contracts: npt.NDArray[np.uint8],
    occupations: npt.NDArray[np.uint16],
    asked_regions: np.uint32,
    asked_contracts: np.uint8,
    low: np.uint16,
    high: np.uint16,
    passed: npt.NDArray[np.uint8],
) -> None:
    """Fill in 1 for each row that is eligible, else 0; bits that are asked for and none are any."""
    any_region, any_contract = np.uint8(asked_regions == 0), np.uint8(asked_contracts == 0)
    for row in range(len(regions)):
        # No branch, so that the processor does many at once and guesses nothing.
        region = any_region | np.uint8((regions[row] & asked_regions) != 0)
        contract = any_contract | np.uint8((contracts[row] & asked_contracts) != 0)
        occupation = np.uint8(occupations[row] >= low) & np.uint8(occupations[row] <= high)
        passed[row] = region & contract & occupation


@compiled
def _fill_rows(
    regions: npt.NDArray[np.uint32],
    contracts: npt.NDArray[np.uint8],
    occupations: npt.NDArray[np.uint16],
    asked_regions: np.uint32,
    asked_contracts: np.uint8,
    low: np.uint16,
    high: np.uint16,
    found: npt.NDArray[np.int64],
) -> int:
    """Fill in the rows, with room for EIGHT more, and return how many they are."""
    count = 0
    # Some rows at a time: their marks stay in the processor's cache, and eight that all fail are passed over at once.
    passed = np.zeros(AT_ONCE, dtype=np.uint8)
    eights = passed.view(np.uint64)
    for start in range(0, len(regions), AT_ONCE):
        some = slice(start, min(start + AT_ONCE, len(regions)))
        length = some.stop - start
        passed[length:] = 0
        marks = passed[:length]
        _mark(regions[some], contracts[some], occupations[some], asked_regions, asked_contracts, low, high, marks)
        for eight in range((length + EIGHT - 1) // EIGHT):
            if eights[eight]:
                for at in range(EIGHT * eight, EIGHT * eight + EIGHT):
                    found[count] = start + at
                    count += passed[at]
    return count


class Ours:
    """The index of this project, as the engine calls it: most rows are left out by their codes or their heads.

    From how many rows on, and by how many seeds, are the engine's own numbers: those of floats, and those of codes.
    """

    efforts = (0,)

    def __init__(self, documents: Documents, _: Path) -> None:
        compiling.LONG = sys.maxsize  # one thread, as everyone
        self._columns = Columns(documents)
        self._index = FacetIndex({Facet.TITLE: documents.vectors.shape[1]})
        for row, vector in enumerate(documents.vectors):
            self._index.put(str(row), {Facet.TITLE: vector})
        self._unknown = np.zeros(1, dtype=np.float32)

    def search(self, vector: Vectors, constraint: Constraint, *, k: int, effort: int) -> list[int]:
        """Return the k nearest eligible rows."""
        del effort
        many, seeds = (MANY_FLAT, SEEDS_FLAT) if self._index.is_flat else (MANY, SEEDS)
        rows = self._columns.rows(constraint)
        query = self._index.query({Facet.TITLE: vector}, weights={Facet.TITLE: 1.0}, unknown=self._unknown)
        coarse = self._index.coarse_scores(query, rows) if len(rows) >= FEW_FLAT else None
        if coarse:
            scores, off = coarse
            rows = rows[contenders(scores.astype(np.float64), k, slack=2 * off + SLACK)]
        elif self._index.has_upper_bounds and len(rows) >= max(many, SPARE * (seeds + k)):
            reach = self._index.upper_bounds(query, rows)
            nearest = self._index.scores(query, rows[highest(reach, seeds + k)])
            rows, _ = at_least(rows, reach, float(np.partition(nearest, -k)[-k]) - SLACK)
        found: list[int] = rows[_best(self._index.scores(query, rows), k)].tolist()
        return found


class Numpy:
    """What anyone writes first: eligible rows times the question."""

    efforts = (0,)

    def __init__(self, documents: Documents, _: Path) -> None:
        self._columns = Columns(documents)
        self._vectors = np.array(documents.vectors)

    def search(self, vector: Vectors, constraint: Constraint, *, k: int, effort: int) -> list[int]:
        """Return the k nearest eligible rows."""
        del effort
        rows = self._columns.rows(constraint)
        scores = self._vectors @ vector if len(rows) == len(self._vectors) else self._vectors[rows] @ vector
        found: list[int] = rows[_best(scores, k)].tolist()
        return found


class Faiss:
    """FAISS's HNSW with a bitmap of who is eligible."""

    efforts = (64, 256, 1024)

    def __init__(self, documents: Documents, _: Path) -> None:
        self._faiss = import_module("faiss")
        self._faiss.omp_set_num_threads(1)
        self._columns = Columns(documents)
        self._index = self._faiss.IndexHNSWFlat(documents.vectors.shape[1], 32, self._faiss.METRIC_INNER_PRODUCT)
        self._index.hnsw.efConstruction = 200
        self._index.add(np.array(documents.vectors))

    def search(self, vector: Vectors, constraint: Constraint, *, k: int, effort: int) -> list[int]:
        """Return the k nearest eligible rows that the graph finds."""
        chosen = {}
        if constraint != Constraint():
            bits = np.packbits(self._columns.mask(constraint), bitorder="little")
            chosen["sel"] = self._faiss.IDSelectorBitmap(bits)
        parameters = self._faiss.SearchParametersHNSW(efSearch=effort, **chosen)
        _, rows = self._index.search(vector[None, :], k, params=parameters)
        return [row for row in rows[0].tolist() if row >= 0]


class Hnswlib:
    """hnswlib with its filter, a Python function that it calls for each row it looks at."""

    efforts = (64, 256, 1024)

    def __init__(self, documents: Documents, _: Path) -> None:
        self._columns = Columns(documents)
        rows, dimension = documents.vectors.shape
        self._index = import_module("hnswlib").Index(space="ip", dim=dimension)
        self._index.init_index(max_elements=rows, ef_construction=200, M=16)
        self._index.add_items(np.array(documents.vectors), np.arange(rows), num_threads=1)

    def search(self, vector: Vectors, constraint: Constraint, *, k: int, effort: int) -> list[int]:
        """Return the k nearest eligible rows that the graph finds; fewer where it finds fewer."""
        self._index.set_ef(effort)
        keep = None
        if constraint != Constraint():
            mask = self._columns.mask(constraint)
            k = min(k, int(mask.sum()))
            keep = bytearray(mask).__getitem__
        while k:
            try:
                rows, _ = self._index.knn_query(vector, k=k, num_threads=1, filter=keep)
            except RuntimeError:  # it found fewer than k, and says only that
                k //= 2
            else:
                found: list[int] = rows[0].astype(np.int64).tolist()
                return found
        return []


class Usearch:
    """usearch's HNSW. Its Python interface has no filter: more are asked for, and those not eligible dropped."""

    efforts = (64, 512, 4096)

    def __init__(self, documents: Documents, _: Path) -> None:
        self._columns = Columns(documents)
        rows, dimension = documents.vectors.shape
        self._index = import_module("usearch.index").Index(ndim=dimension, metric="ip", dtype="f32")
        self._index.add(np.arange(rows), np.array(documents.vectors), threads=1)

    def search(self, vector: Vectors, constraint: Constraint, *, k: int, effort: int) -> list[int]:
        """Return the k nearest eligible rows among the `effort` nearest."""
        self._index.expansion_search = effort
        if constraint == Constraint():
            found: list[int] = self._index.search(vector, k, threads=1).keys.tolist()
            return found
        rows = self._index.search(vector, effort, threads=1).keys.astype(np.int64)
        kept: list[int] = rows[self._columns.mask(constraint)[rows]][:k].tolist()
        return kept


class UsearchExact:
    """usearch's exact search over the eligible rows."""

    efforts = (0,)

    def __init__(self, documents: Documents, _: Path) -> None:
        self._library = import_module("usearch.index")
        self._columns = Columns(documents)
        self._vectors = np.array(documents.vectors)

    def search(self, vector: Vectors, constraint: Constraint, *, k: int, effort: int) -> list[int]:
        """Return the k nearest eligible rows."""
        del effort
        rows = self._columns.rows(constraint)
        if not len(rows):
            return []
        those = self._vectors if len(rows) == len(self._vectors) else self._vectors[rows]
        metric = self._library.MetricKind.IP
        matches = self._library.search(those, vector, min(k, len(rows)), metric, exact=True, threads=1)
        found: list[int] = rows[matches.keys.astype(np.int64)].tolist()
        return found


def _best(scores: npt.NDArray[np.float32], k: int) -> npt.NDArray[np.int64]:
    """Return the places of the k highest scores, best first."""
    places = np.argpartition(scores, len(scores) - k)[len(scores) - k :] if k < len(scores) else np.arange(len(scores))
    ordered: npt.NDArray[np.int64] = places[np.argsort(-scores[places])]
    return ordered
