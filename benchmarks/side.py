"""One side of a comparison: times blocks of calls of the version that stands on the path, and is told when.

    PYTHONPATH=TREE python -P benchmarks/side.py HOME POSTINGS.jsonl PROFILES.jsonl
    PYTHONPATH=TREE python -P benchmarks/side.py --generate FOLDER POSTINGS PROFILES SEED

Started by `benchmarks.compare`, once a version. It stands on its own and calls only what older versions have too; an
operation that a version lacks is named with the reason. First line out: `{"tree", "missing", "prepared"}`; then, for
each line in, `{"operation", "first", "calls"}`, the milliseconds of each call.
"""

import itertools
import json
import os
import random
import sys
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import matcher
from matcher.compose import open_matcher
from matcher.core.domain import Kind, Profile, ProfileId
from matcher.engine import Matcher
from matcher.offline.demonstration import generate
from matcher.offline.intake import ingest_files
from matcher.settings import Settings

SEED = 2021
UPSERTED = 100
"""Profiles at most that are written again and again, beside those of the forum."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What is timed: `make` gives the call of a place in the walk, and its own cost does not count."""

    make: Callable[[int], Callable[[], object]]
    prepared: int
    """How many calls touch everything once."""


def main() -> None:
    """Generate a forum, or ingest one and answer the parent until it hangs up."""
    if sys.argv[1] == "--generate":
        folder, postings, profiles, seed = sys.argv[2:]
        today = datetime.now().astimezone().date()
        generate(Path(folder), postings=int(postings), profiles=int(profiles), seed=int(seed), today=today)
        return
    home, *files = (Path(name) for name in sys.argv[1:])
    # What a version prints must not be read as an answer, not even where it writes from C.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    engine = open_matcher(Settings(home=home))
    ingest_files(engine, files)
    operations, missing = _tried(engine, *files)
    prepared = {name: operation.prepared for name, operation in operations.items()}
    greeting = {"tree": str(Path(matcher.__file__).parent.parent), "missing": missing, "prepared": prepared}
    print(json.dumps(greeting), file=answers, flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        times = _timed(operations[asked["operation"]], asked["first"], asked["calls"])
        print(json.dumps(times), file=answers, flush=True)
    engine.close()


def _tried(engine: Matcher, postings: Path, profiles: Path) -> tuple[dict[str, Operation], dict[str, str]]:
    """Return the operations that this version has, and by name why the others cannot be timed."""
    titles = [posting["title"] for posting in _lines(postings)]
    texts = [f"{profile['headline']} {profile.get('summary') or ''}" for profile in _lines(profiles)]
    builders: dict[str, Callable[[], Operation]] = {
        "suggestions": lambda: _answers(engine.suggestions, engine.ids(Kind.PROFILE)),
        "candidates": lambda: _answers(engine.candidates, engine.ids(Kind.POSTING)),
        "search": lambda: _search(engine, titles),
        "upsert": lambda: _upsert(engine, texts),
    }
    found, missing = {}, {}
    for name, build in builders.items():
        try:
            operation = build()
            operation.make(0)()
        except Exception as error:  # noqa: BLE001 - whatever an old version says of a call that it does not know
            missing[name] = type(error).__name__
        else:
            found[name] = operation
    return found, missing


def _timed(operation: Operation, first: int, calls: int) -> list[float]:
    times = []
    for place in range(first, first + calls):
        call = operation.make(place)
        started = time.perf_counter()
        call()
        times.append((time.perf_counter() - started) * 1000)
    return times


def _answers(answer: Callable[..., object], stored: Sequence[str]) -> Operation:
    ids = _shuffled(stored)
    return Operation(lambda place: lambda: answer(ids[place % len(ids)], k=10), len(ids))


def _search(engine: Matcher, titles: Sequence[str]) -> Operation:
    from matcher.search import Search  # noqa: PLC0415 - the first versions have none

    texts = _shuffled(set(titles))

    def make(place: int) -> Callable[[], object]:
        asked = Search(Kind.PROFILE, texts[place % len(texts)], k=10)
        return lambda: engine.search(asked)

    return Operation(make, len(texts))


def _upsert(engine: Matcher, texts: Sequence[str]) -> Operation:
    """Return the replacement of a profile by one with another headline and summary: both are encoded anew."""
    versions = itertools.count()
    names = [f"compared-{number}" for number in range(min(UPSERTED, len(texts)))]

    def make(place: int) -> Callable[[], object]:
        version, text = next(versions), texts[place % len(texts)]
        profile = Profile(ProfileId(names[place % len(names)]), f"{text[:60]} {version}", f"{text} {version}")
        return lambda: engine.put([profile])

    return Operation(make, len(names))


def _lines(file: Path) -> list[Any]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def _shuffled(texts: Collection[str]) -> list[str]:
    return random.Random(SEED).sample(sorted(texts), len(texts))  # noqa: S311 - the order of a benchmark is no secret


if __name__ == "__main__":
    main()
