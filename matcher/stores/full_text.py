"""Search by words: FTS5 on SQLite, tsvector on PostgreSQL. Each method works inside the caller's transaction.

Both find a document that holds any of the words, whatever their case and accents, and put a word in the title above
one in the skills above one in the body. Both score alike, and a document's score hangs on nothing but its own words:
neither on how many others hold them nor on how long they are on average, as FTS5's bm25 does, which would tell of
documents that nobody may see.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from typing import Any, Protocol

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Insert,
    Table,
    TextClause,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    text,
)

from matcher.core.domain import Kind
from matcher.core.storing import TextHit
from matcher.stores.database import chunks
from matcher.stores.tables import FACETS, document, postgres_full_text, sqlite_full_text
from matcher.stores.words import MAX_QUERY_WORDS, fold, indexable, query_words, storable, words_of

Rows = Mapping[int, Mapping[str, str] | None]
"""Words by facet name, by the document's number; None or no words at all gives no row."""

_TITLE, _SKILLS, _BODY = 10, 4, 1
"""What a word counts each time that it stands there."""
_COUNTED = "10000 * times / (10 * times + 12)"
"""What it counts for having been counted so many times: less and less, up to 1,000; BM25's with k1 = 1.2."""
_WEIGHT_STEPS = 100
"""Of a word's weight: scores are sums of whole numbers, the same in whatever order they are added up."""
_ONCE = _WEIGHT_STEPS * (10_000 * _TITLE // (10 * _TITLE + 12))
"""What comes of a word of weight 1 that stands in the title alone, and there once."""


class FullText(Protocol):
    """The full-text rows of both kinds."""

    tables: Mapping[Kind, Table]

    def write(self, connection: Connection, kind: Kind, rows: Rows, *, new: AbstractSet[int]) -> None:
        """Make the full-text rows what `rows` says; `new` are the numbers that have none yet."""
        ...

    def remove(self, connection: Connection, kind: Kind, numbers: Sequence[int]) -> None:
        """Delete those rows, and what the index remembers of their words."""
        ...

    def search(
        self, connection: Connection, kind: Kind, words: str, *, weigh: Callable[[str], float], limit: int
    ) -> list[TextHit]:
        """Return the documents that hold any of the words, best first, ties by id.

        Args:
            connection: of the caller's transaction.
            kind: of the documents.
            words: those that are looked for.
            weigh: what a word counts, above 0.
            limit: how many documents at most.
        """
        ...

    def holding(self, connection: Connection, kind: Kind, phrase: str) -> set[str]:
        """Return the documents one of whose columns holds the words of a phrase, side by side and in this order."""
        ...


def page(
    connection: Connection, table: Table, kind: Kind, *, after: str, limit: int
) -> list[tuple[str, Mapping[str, str]]]:
    """Return the next rows by ascending id: (id, words by facet name); a facet without words is absent."""
    rows = (
        select(document.c.id, *(table.c[facet] for facet in FACETS))
        .join_from(document, table, table.c.number == document.c.number)
        .where(document.c.kind == kind.value, document.c.id > after)
        .order_by(document.c.id)
        .limit(limit)
    )
    return [
        (id_, {facet: words for facet, words in zip(FACETS, columns, strict=True) if words})
        for id_, *columns in connection.execute(rows)
    ]


def _filled(rows: Rows) -> list[dict[str, str | int]]:
    """Return the parameters of the rows that hold any word."""
    filled: list[dict[str, str | int]] = []
    for number, words in rows.items():
        columns = {facet: storable(words.get(facet, "")) for facet in FACETS} if words else {}
        if any(columns.values()):
            filled.append({"number": number, **columns})
    return filled


@cache
def _replacement(table: Table) -> Insert:
    return insert(table).prefix_with("OR REPLACE")


@cache
def _removal(table: Table) -> Delete:
    return delete(table).where(table.c.number.in_(bindparam("numbers", expanding=True)))


def _weighed(words: Iterable[str], weigh: Callable[[str], float]) -> list[tuple[str, int]]:
    """Return words that differ in more than case and accents, each with its weight as a whole number."""
    return [
        (word, max(round(weigh(word) * _WEIGHT_STEPS), 1)) for word in {fold(word): word for word in words}.values()
    ]


def _hits(rows: Iterable[Any]) -> list[TextHit]:
    return [TextHit(id_, int(score) / _ONCE) for id_, score in rows]


def _ids(connection: Connection, table: Table, found: ColumnElement[bool]) -> set[str]:
    ids = select(document.c.id).join_from(table, document, document.c.number == table.c.number).where(found)
    return set(connection.scalars(ids))


class SqliteFullText:
    """FTS5, an index of merged segments: a delete only marks, so erasing merges the segments into one."""

    tables: Mapping[Kind, Table] = sqlite_full_text

    def write(self, connection: Connection, kind: Kind, rows: Rows, *, new: AbstractSet[int]) -> None:
        """Make the full-text rows what `rows` says; `new` are the numbers that have none yet."""
        table = self.tables[kind]
        filled = _filled(rows)
        kept = new | {row["number"] for row in filled}
        self._mark(connection, table, [number for number in rows if number not in kept])
        if filled:
            connection.execute(_replacement(table), filled)

    def remove(self, connection: Connection, kind: Kind, numbers: Sequence[int]) -> None:
        """Delete those rows, and what the index remembers of their words.

        Takes about 10 µs for each document that stays (0.6 s at 60,000). FTS5's own `secure-delete` would not, but
        needs SQLite 3.42, newer than Debian 12's.
        """
        table = self.tables[kind]
        self._mark(connection, table, numbers)
        # FTS5 takes its orders as values of a column that is named after the table.
        connection.execute(text(f"INSERT INTO {table.name} ({table.name}) VALUES ('optimize')"))  # noqa: S608 - a constant

    def search(
        self, connection: Connection, kind: Kind, words: str, *, weigh: Callable[[str], float], limit: int
    ) -> list[TextHit]:
        """Return the documents that hold any of the words, best first, ties by id."""
        found = _weighed(query_words(words), weigh)
        if not found or limit <= 0:
            return []
        asked = [part for word, weight in found for part in (weight, fold(word))]
        return _hits(connection.exec_driver_sql(self._search(self.tables[kind], len(found)), (*asked, limit)))

    def holding(self, connection: Connection, kind: Kind, phrase: str) -> set[str]:
        """Return the documents one of whose columns holds the words of a phrase, side by side and in this order."""
        table = self.tables[kind]
        words = words_of(phrase)[:MAX_QUERY_WORDS]
        if not words:
            return set()
        name: ColumnElement[str] = literal_column(table.name)
        return _ids(connection, table, name.bool_op("MATCH")(f'"{" ".join(words)}"'))

    @staticmethod
    @cache
    def _search(table: Table, words: int) -> str:
        """Return the statement that looks for so many words."""
        one = (
            f"SELECT doc AS number, ? AS weight, sum(CASE col WHEN 'title' THEN {_TITLE} WHEN 'skills' THEN {_SKILLS} "  # noqa: S608 - constants
            f"ELSE {_BODY} END) AS times FROM temp.{table.name}_words WHERE term = ? GROUP BY doc"
        )
        return (
            f"SELECT document.id, score FROM (SELECT number, sum(weight * ({_COUNTED})) AS score "  # noqa: S608 - likewise
            f"FROM ({' UNION ALL '.join([one] * words)}) GROUP BY number) AS found "
            "JOIN document ON document.number = found.number ORDER BY score DESC, document.id LIMIT ?"
        )

    @staticmethod
    def _mark(connection: Connection, table: Table, numbers: Sequence[int]) -> None:
        for chunk in chunks(numbers):
            connection.execute(_removal(table), {"numbers": chunk})


class PostgresFullText:
    """A tsvector and a GIN index."""

    tables: Mapping[Kind, Table] = postgres_full_text

    # `simple` changes nothing: the words are neutral, and folded here so that both databases agree on accents.
    _configuration: ColumnElement[str] = literal_column("'simple'::regconfig")

    def write(self, connection: Connection, kind: Kind, rows: Rows, *, new: AbstractSet[int]) -> None:
        """Make the full-text rows what `rows` says; `new` are the numbers that have none yet."""
        self.remove(connection, kind, [number for number in rows if number not in new])
        filled = _filled(rows)
        for row in filled:
            row |= {f"{facet}_words": indexable(str(row[facet])) for facet in FACETS}
        if filled:
            connection.execute(self._insertion(self.tables[kind]), filled)

    def remove(self, connection: Connection, kind: Kind, numbers: Sequence[int]) -> None:
        """Delete those rows. Their pages keep what they held until `remains.py` writes them anew."""
        table = self.tables[kind]
        for chunk in chunks(numbers):
            connection.execute(_removal(table), {"numbers": chunk})

    def search(
        self, connection: Connection, kind: Kind, words: str, *, weigh: Callable[[str], float], limit: int
    ) -> list[TextHit]:
        """Return the documents that hold any of the words, best first, ties by id."""
        found = _weighed(query_words(fold(words)), weigh)
        if not found or limit <= 0:
            return []
        names = [(f"word_{number}", f"weight_{number}") for number in range(len(found))]
        asked: dict[str, str | int] = {"any": " | ".join(word for word, _ in found), "most": limit}
        for (word, weight), (word_name, weight_name) in zip(found, names, strict=True):
            asked |= {word_name: word, weight_name: weight}
        return _hits(connection.execute(self._search(self.tables[kind], len(found)), asked))

    def holding(self, connection: Connection, kind: Kind, phrase: str) -> set[str]:
        """Return the documents one of whose columns holds the words of a phrase, side by side and in this order."""
        table = self.tables[kind]
        words = words_of(fold(phrase))[:MAX_QUERY_WORDS]
        if not words:
            return set()
        near = table.c.words.bool_op("@@")(func.to_tsquery(self._configuration, " <-> ".join(words)))
        # One column's last word stands beside the next one's first in the tsvector: only the columns tell.
        together = [func.to_tsvector(self._configuration, table.c[facet]) for facet in FACETS]
        query = func.to_tsquery(self._configuration, " <-> ".join(words))
        return _ids(connection, table, near & or_(*(column.bool_op("@@")(query) for column in together)))

    @staticmethod
    @cache
    def _search(table: Table, words: int) -> TextClause:
        """Return the statement that looks for so many words."""
        # Of one word, ts_rank_cd is the sum of its weights; ts_rank counts the second time a quarter.
        places = f"{{0, {_BODY / _TITLE}, {_SKILLS / _TITLE}, 1}}"
        times = ", ".join(
            f"CAST(round({_TITLE} * ts_rank_cd('{places}', words, to_tsquery('simple', :word_{number}))) AS int) "
            f"AS times_{number}"
            for number in range(words)
        )
        score = " + ".join(
            f":weight_{number} * ({_COUNTED.replace('times', f'times_{number}')})" for number in range(words)
        )
        return text(
            f"SELECT document.id, score FROM (SELECT number, {score} AS score FROM ("  # noqa: S608 - constants
            f"SELECT number, {times} FROM ("
            # Unpacked once for all words.
            f"SELECT number, words || CAST('' AS tsvector) AS words FROM {table.name} "
            "WHERE words @@ to_tsquery('simple', :any) OFFSET 0) AS held OFFSET 0) AS counted) AS found "
            "JOIN document ON document.number = found.number ORDER BY score DESC, document.id LIMIT :most"
        )

    @classmethod
    @cache
    def _insertion(cls, table: Table) -> Insert:
        title, skills, body = (
            func.setweight(
                func.to_tsvector(cls._configuration, bindparam(f"{facet}_words")), literal_column(f"'{label}'")
            )
            for facet, label in zip(FACETS, "ABC", strict=True)
        )
        return insert(table).values(words=title.op("||")(skills).op("||")(body))
