"""Embedding models: the real ones, and the weights that ship."""
