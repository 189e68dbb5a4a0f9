"""The calls, one file a kind of document."""
