"""Matches job postings and candidate profiles: the engine, importable with no web server and no model."""
