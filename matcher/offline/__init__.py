"""Work over everything at once: no request waits for it."""
