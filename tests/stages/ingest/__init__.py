"""Tests of matcher/stages/ingest."""
