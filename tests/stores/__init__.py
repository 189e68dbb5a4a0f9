"""What is particular to each database; what both promise is in tests/contracts."""
