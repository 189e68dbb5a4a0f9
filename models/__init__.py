"""Embedding models: texts in, vectors out."""
