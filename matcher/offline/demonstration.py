"""An invented forum as files, for a first look and for benchmarks."""

from datetime import date
from pathlib import Path

from matcher.offline import demo


def generate(folder: Path, *, postings: int, profiles: int, seed: int, today: date) -> tuple[Path, Path]:
    """Write an invented forum's postings.jsonl and profiles.jsonl into a folder; return the two files."""
    folder.mkdir(parents=True, exist_ok=True)
    forum = demo.forum(postings=postings, profiles=profiles, seed=seed, today=today)
    return demo.write(forum, folder)
