"""Foreign formats in, postings and profiles out, or a rejection by name."""
