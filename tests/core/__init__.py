"""Tests of matcher/core."""
