"""Compiles what Numba compiles, once, while the test processes collect: each of them would, slowly under coverage."""

import tempfile
from pathlib import Path

from matcher.core.domain import Kind
from matcher.search import Search
from tests.engines import FORUM, RECORDS, in_memory


def main() -> None:
    """Ask a small forum everything that there is to ask."""
    with tempfile.TemporaryDirectory() as folder:
        matcher = in_memory(folder=Path(folder))
        matcher.put(RECORDS)
        posting, profile = FORUM.postings[0], FORUM.profiles[0]
        for kind in Kind:
            list(matcher.match_all(kind, k=5))
            matcher.search(Search(kind, "data scientist, Paris, Python", k=5))
        matcher.candidates(posting.id)
        matcher.suggestions(profile.id)
        matcher.close()


if __name__ == "__main__":
    main()
