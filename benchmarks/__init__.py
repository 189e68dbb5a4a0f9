"""Latency and quality, measured."""
