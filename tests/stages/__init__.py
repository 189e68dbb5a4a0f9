"""Tests of matcher/stages."""
