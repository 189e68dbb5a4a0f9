"""The database behind the `Store` port: SQLite for one process, PostgreSQL for several.

connecting.py says where it is, database.py opens it and owns its transactions, tables.py says what it holds,
migrations/ how it came to be; documents.py, vectors.py and full_text.py each write their rows inside a transaction that
sql_store.py opens.
"""

from matcher.stores.sql_store import SqlStore, open_store

__all__ = ["SqlStore", "open_store"]
