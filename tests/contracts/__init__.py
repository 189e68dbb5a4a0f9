"""One suite a port, run on every implementation: what a fake promises, the real thing keeps, and the other way."""
