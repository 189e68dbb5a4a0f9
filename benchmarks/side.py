"""One side of a comparison: times blocks of calls of the version that stands on the path, and is told when.

    PYTHONPATH=TREE python -P benchmarks/side.py HOME POSTINGS.jsonl PROFILES.jsonl
    PYTHONPATH=TREE python -P benchmarks/side.py --ingest HOME POSTINGS.jsonl PROFILES.jsonl
    PYTHONPATH=TREE python -P benchmarks/side.py --generate FOLDER POSTINGS PROFILES SEED

Started by `benchmarks.compare`, several times a version. It stands on its own and calls only what older versions have
too; an operation that a version lacks is named with the reason. First line out: `{"tree", "missing", "prepared",
"once"}`; then, for each line in, `{"operation", "first", "calls"}`, the milliseconds of each call.
"""

import itertools
import json
import os
import random
import sys
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
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
    """How many calls touch everything once; 0 where the first time is what is timed."""
    once: int | None = None
    """How many calls there are for which that is so."""


def main() -> None:
    """Generate a forum, or ingest one, or open what was ingested and answer the parent until it hangs up."""
    if sys.argv[1] == "--generate":
        folder, postings, profiles, seed = sys.argv[2:]
        today = datetime.now().astimezone().date()
        generate(Path(folder), postings=int(postings), profiles=int(profiles), seed=int(seed), today=today)
        return
    if sys.argv[1] == "--ingest":
        _ingest(*map(Path, sys.argv[2:]))
        return
    home, *files = (Path(name) for name in sys.argv[1:])
    # What a version prints must not be read as an answer, not even where it writes from C.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    engine = open_matcher(Settings(home=home))
    operations, missing = _tried(engine, *files)
    greeting = {
        "tree": str(Path(matcher.__file__).parent.parent),
        "missing": missing,
        "prepared": {name: operation.prepared for name, operation in operations.items()},
        "once": {name: operation.once for name, operation in operations.items() if operation.once is not None},
    }
    print(json.dumps(greeting), file=answers, flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        times = _timed(operations[asked["operation"]], asked["first"], asked["calls"])
        print(json.dumps(times), file=answers, flush=True)
    engine.close()


def _ingest(home: Path, *files: Path) -> None:
    engine = open_matcher(Settings(home=home))
    ingest_files(engine, files)
    if hasattr(engine, "snapshot"):  # with one the processes that open it start quickly
        engine.snapshot()
    engine.close()


def _tried(engine: Matcher, postings: Path, profiles: Path) -> tuple[dict[str, Operation], dict[str, str]]:
    """Return the operations that this version has, and by name why the others cannot be timed."""
    titles = [posting["title"] for posting in _lines(postings)]
    texts = [f"{profile['headline']} {profile.get('summary') or ''}" for profile in _lines(profiles)]
    new, known = _halved(engine.ids(Kind.PROFILE))
    new_postings, known_postings = _halved(engine.ids(Kind.POSTING))

    def sent(name: str, *, k: int) -> object:
        return engine.written(engine.rank(Kind.PROFILE, name, k=k)).content

    builders: dict[str, Callable[[], Operation]] = {
        # First, while nobody has asked for anything.
        "suggestions, the first time": lambda: _first_time(engine.suggestions, new),
        "candidates, the first time": lambda: _first_time(engine.candidates, new_postings),
        "suggestions": lambda: _answers(engine.suggestions, known),
        "suggestions, as they are sent": lambda: _answers(sent, known),
        "candidates": lambda: _answers(engine.candidates, known_postings),
        "draft": lambda: _draft(engine, known),
        "search": lambda: _search(engine, titles),
        "upsert": lambda: _upsert(engine, texts),
    }
    found, missing = {}, {}
    for name, build in builders.items():
        try:
            operation = build()
            operation.make(-1)()
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


def _answers(answer: Callable[..., object], ids: Sequence[str]) -> Operation:
    return Operation(lambda place: lambda: answer(ids[place % len(ids)], k=10), len(ids))


def _first_time(answer: Callable[..., object], ids: Sequence[str]) -> Operation:
    """Return answers for documents that nothing else asks for; the last one is spent on the trial."""
    return Operation(lambda place: lambda: answer(ids[place % len(ids)], k=10), 0, once=len(ids) - 1)


def _draft(engine: Matcher, ids: Sequence[str]) -> Operation:
    """Return suggestions for profiles that are not stored, each with a headline that was not encoded before."""

    def make(place: int) -> Callable[[], object]:
        stored = engine.get_profile(ids[place % len(ids)])
        draft = replace(stored, id=ProfileId("draft"), headline=f"{stored.headline} {place}")
        return lambda: engine.suggest(draft, k=10)

    return Operation(make, min(len(ids), UPSERTED))


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


def _halved(stored: Collection[str]) -> tuple[list[str], list[str]]:
    """Return half of the ids for what is asked once, and half for what is asked again and again."""
    ids = _shuffled(stored)
    return ids[: len(ids) // 2], ids[len(ids) // 2 :]


def _shuffled(texts: Collection[str]) -> list[str]:
    return random.Random(SEED).sample(sorted(texts), len(texts))  # noqa: S311 - the order of a benchmark is no secret


if __name__ == "__main__":
    main()
