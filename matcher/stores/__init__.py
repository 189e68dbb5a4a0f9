"""The database behind the store port: SQLite and PostgreSQL through SQLAlchemy."""
