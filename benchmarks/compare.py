"""Did the last change make it slower? Two versions of the engine side by side in one run, or this one and a file.

    python -m benchmarks.compare --base COMMIT_OR_FILE

A commit: it and the working tree get one generated forum (300 postings, 2,000 profiles), which each of them stores and
indexes itself, and three processes each: first of the engine (documents that nobody has asked for before, then stored
ones, drafts, searches, writes), then of the server, over HTTP. Mechanism: blocks of the same calls, in which only one
process works, in an order drawn anew for each block; of each block the median counts, and the p90 where there are 40
calls or more. The interval is by bootstrap over processes and blocks. Control: the processes of one version among each
other; how far they differ is the noise. Slower is what lies above 1 + the noise (or + 3 %) with its whole interval, and
does so again when three fresh processes of each version are asked; then the exit status is 1. What the base cannot be
asked is named and left out. Where nothing could be compared the status is 2.

A file (a results/latency.json): figures of another run on the same machine, so only a change of more than 25 % counts.

Source of the interval: Efron, Bootstrap methods, Annals of Statistics 1979 (percentile); of the levels that are
resampled: Kalibera and Jones, Rigorous benchmarking in reasonable time, ISMM 2013.
"""

import argparse
import json
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from benchmarks import machine, servers
from benchmarks.served import HTTP
from benchmarks.verdicts import Comparison, Times, verdict
from benchmarks.versions import TREE, Served, Side, Timed, checked_out, forum, ingested, served, settle, started

SEED = 2021
PROCESSES, BLOCKS, CALLS = 3, 20, 100
ACROSS_RUNS = 0.25
"""What two runs on different days may differ by, with nothing changed."""
RARER = {"upsert": 5, "HTTP write": 5, "draft": 2, "search": 2, "HTTP draft": 2, "HTTP search": 2}
"""What takes many times as long as an answer: so many times fewer calls a block."""
TAIL, FROM = 90, 40
"""A percentile beside the median, and the calls a block from which on it says something."""
RECORDED = ("suggestions", "candidates")
"""The operations that results/latency.json asks for as a side does."""
BASE, NEW = "base", "new"
NOTHING_COMPARED, INTERRUPTED = 2, 130
"""Exit statuses."""

Processes = Mapping[str, Sequence[Timed]]
"""By version."""
Process = TypeVar("Process", Side, Served)


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    postings: int = 300
    profiles: int = 2000
    seed: int = SEED
    processes: int = PROCESSES
    """Of each version."""
    blocks: int = BLOCKS
    calls: int = CALLS
    """In a block."""


@dataclass(slots=True)
class _Measured:
    """What was seen, by operation and percentile, and which operations a version lacks."""

    times: dict[str, Times] = field(default_factory=dict)
    missing: dict[str, dict[str, str]] = field(default_factory=lambda: {BASE: {}, NEW: {}})
    """By version and operation, why."""


def main() -> None:
    """Compare, print, and end with status 1 where it is worse.

    Raises:
        SystemExit: with a sentence, where nothing could be compared.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", required=True, metavar="COMMIT_OR_FILE")
    parser.add_argument("--processes", type=int, default=PROCESSES, help="of each version; at least 2")
    parser.add_argument("--blocks", type=int, default=BLOCKS, help="of each operation and process; at least 5")
    parser.add_argument("--calls", type=int, default=CALLS, help="in a block")
    arguments = parser.parse_args()
    for name, least in (("processes", 2), ("blocks", 5), ("calls", 1)):
        if getattr(arguments, name) < least:
            parser.error(f"--{name} must be {least} or more: fewer say nothing")
    if Path(arguments.base).is_file():
        is_worse = _against_file(Path(arguments.base))
    else:
        with checked_out(arguments.base) as tree:
            size = Size(processes=arguments.processes, blocks=arguments.blocks, calls=arguments.calls)
            found = compare(tree, TREE, size=size)
        _print(found, base=arguments.base)
        if not (found.verdicts or found.lost):
            raise SystemExit(f"nothing could be compared with {arguments.base}")
        is_worse = found.is_worse
    sys.exit(1 if is_worse else 0)


def compare(base: Path, new: Path, *, size: Size) -> Comparison:
    """Measure two versions side by side.

    Args:
        base: the folder of the version to compare with.
        new: the folder of the version that is judged.
        size: how much is measured.

    Raises:
        SystemExit: a version cannot be started, or ended while it was asked.
    """
    trees = {BASE: base, NEW: new}
    with tempfile.TemporaryDirectory() as folder:
        # The base makes it: a newer version reads an older one's records, and the reverse may not hold.
        files = _forum(base, Path(folder), size)
        homes = {name: ingested(name, tree, Path(folder) / name, files) for name, tree in trees.items()}

        def judged(asked: Collection[str] | None) -> tuple[Comparison, _Measured]:
            seen = _measured(trees, homes, files, size=size, asked=asked)
            return Comparison(tuple(verdict(name, one, seed=size.seed) for name, one in seen.times.items())), seen

        found, seen = judged(None)
        if slower := {one.operation for one in found.verdicts if one.looks_slower}:
            print(f"Once more, with fresh processes: {'; '.join(sorted(slower))}", file=sys.stderr, flush=True)
            again, _ = judged({_operation(name) for name in slower})
            found = found.repeated({one.operation: one for one in again.verdicts if one.operation in slower})
    lost = {name: why for name, why in seen.missing[NEW].items() if name not in seen.missing[BASE]}
    return Comparison(found.verdicts, seen.missing[BASE], lost)


def _measured(
    trees: Mapping[str, Path],
    homes: Mapping[str, Path],
    files: Sequence[Path],
    *,
    size: Size,
    asked: Collection[str] | None,
) -> _Measured:
    """Measure fresh processes of both versions, the engine's and then the servers'.

    Args:
        trees: by version, its folder.
        homes: by version, where it has stored the forum; each process gets a copy.
        files: of the forum.
        size: how much is measured.
        asked: the operations; None is all of them.
    """
    seen = _Measured()
    if asked is None or not all(name.startswith(HTTP) for name in asked):
        with _running(started, trees, homes, files, size=size) as sides:
            _measure(sides, seen, size=size, asked=asked)
    if asked is not None and not any(name.startswith(HTTP) for name in asked):
        return seen
    try:
        with _running(served, trees, homes, files, size=size) as those:
            settle([one for some in those.values() for one in some])
            _measure(those, seen, size=size, asked=asked)
    except _NotReady as error:
        seen.missing[error.version][HTTP] = "its server does not become ready"
    return seen


class _NotReady(Exception):
    """The server of a version does not start."""

    def __init__(self, version: str) -> None:
        super().__init__(version)
        self.version = version


@contextmanager
def _running(
    start: Callable[[str, Path, Path, Sequence[Path]], AbstractContextManager[Process]],
    trees: Mapping[str, Path],
    homes: Mapping[str, Path],
    files: Sequence[Path],
    *,
    size: Size,
) -> Iterator[Mapping[str, Sequence[Process]]]:
    """Start the processes, each on a copy of its version's home folder, and stop them again."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        running: dict[str, list[Process]] = {name: [] for name in trees}
        for number in range(size.processes):
            for name, tree in trees.items():
                home = Path(folder) / f"{name}-{number}"
                shutil.copytree(homes[name], home)
                try:
                    one = stack.enter_context(start(name, tree, home, files))
                except servers.NotReady as error:
                    raise _NotReady(name) from error
                # One after the other: the first of a version compiles its loops, the others read them.
                one.greet()
                running[name].append(one)
        yield running


def against(recorded: Mapping[str, Any], fresh_ms: Mapping[str, float]) -> list[tuple[str, float, float, bool]]:
    """Return each operation that both have: its recorded and its fresh p50 in ms, and whether that is worse."""
    rows = []
    for name, now in fresh_ms.items():
        before = recorded.get("engine", {}).get(name, {}).get("p50_ms")
        if before:
            rows.append((name, float(before), now, now > before * (1 + ACROSS_RUNS)))
    return rows


def refusal(recorded: Mapping[str, Any], here: Mapping[str, Any]) -> str | None:
    """Say why recorded figures cannot be compared with those of this machine; None where they can."""
    try:
        before = {name: recorded["machine"][name] for name in ("processor", "cores")}
        _ = [recorded["machine"][name] for name in ("date", "commit", "versions")]
        _ = {**recorded["engine"]}, _size(recorded)
    except (KeyError, TypeError, ValueError):
        return "this is no result of benchmarks.latency: name a results/latency.json, or a commit"
    now = {name: here[name] for name in before}
    if before != now:
        return (
            f"recorded on {before['processor']} with {before['cores']} cores, this is {now['processor']} with "
            f"{now['cores']}: compare with a commit instead, which is measured here"
        )
    return None


def _size(recorded: Mapping[str, Any]) -> Size:
    """Return the size of a recorded forum.

    Raises:
        KeyError, TypeError, ValueError: it is not told.
    """
    return Size(**{name: int(recorded["forum"][name]) for name in ("postings", "profiles", "seed")})


def _against_file(path: Path) -> bool:
    try:
        recorded = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise SystemExit(f"{path} is not JSON: name a results/latency.json, or a commit") from error
    here = machine.facts()
    if why := refusal(recorded, here):
        raise SystemExit(f"{path}: {why}")
    rows = against(recorded, _fresh(_size(recorded)))
    if not rows:
        raise SystemExit(f"{path} holds no p50_ms of {' or '.join(RECORDED)} in the engine: compare with a commit")
    print(f"{'p50 in ms':14}{'recorded':>10}{'now':>10}{'ratio':>8}")
    for name, before, now, is_worse in rows:
        print(f"{name:14}{before:10.3f}{now:10.3f}{now / before:8.2f}{'  SLOWER' if is_worse else ''}")
    facts = recorded["machine"]
    changed = [name for name, version in facts["versions"].items() if here["versions"].get(name) != version]
    print(
        f"Recorded on {facts['date']} at commit {facts['commit']}; another run on the same kind of machine, so only a "
        f"change of more than {100 * ACROSS_RUNS:.0f} % counts. For less, compare with a commit."
        + (f" Other versions now: {', '.join(changed)}." if changed else "")
    )
    return any(is_worse for *_, is_worse in rows)


def _fresh(size: Size) -> dict[str, float]:
    """Measure the working tree as benchmarks.latency does: everything once, then everything once more, by the clock."""
    with tempfile.TemporaryDirectory() as folder:
        files = _forum(TREE, Path(folder), size)
        home = ingested(NEW, TREE, Path(folder) / NEW, files)
        with started(NEW, TREE, home, files) as side:
            side.greet()
            found = {}
            for name in RECORDED:
                side.times_ms(name, first=0, calls=side.prepared[name])
                found[name] = float(np.median(side.times_ms(name, first=0, calls=side.prepared[name])))
    return found


def _forum(tree: Path, folder: Path, size: Size) -> list[Path]:
    return forum(tree, folder, postings=size.postings, profiles=size.profiles, seed=size.seed)


def _measure(running: Processes, seen: _Measured, *, size: Size, asked: Collection[str] | None) -> None:
    """Add what the processes take for each operation that both versions have."""
    for name, some in running.items():
        seen.missing[name] |= some[0].missing
    for name in running[BASE][0].prepared:
        if name in running[NEW][0].prepared and (asked is None or name in asked):
            seen.times |= _times(running, name, size=size)


def _times(running: Processes, operation: str, *, size: Size) -> dict[str, Times]:
    """Return the processes' times, after everything was asked once: the medians, and the tails where they say much."""
    first = running[BASE][0]
    calls, blocks = max(size.calls // RARER.get(operation, 1), 1), size.blocks
    prepared = max(some[0].prepared[operation] for some in running.values())
    if (once := first.once.get(operation)) is not None:
        calls = max(min(calls, once // blocks), 1)
        blocks = min(blocks, once)
    for some in running.values():
        for one in some:
            one.times_ms(operation, first=0, calls=prepared)
    every = {name: np.empty((len(some), blocks, calls)) for name, some in running.items()}
    order = [(name, number) for name, some in running.items() for number in range(len(some))]
    orders = np.random.default_rng(size.seed)
    for block in range(blocks):
        for place in orders.permutation(len(order)):
            name, number = order[place]
            start = prepared + block * calls
            every[name][number, block] = running[name][number].times_ms(operation, first=start, calls=calls)
    marks = {operation: 50, _tail(operation): TAIL} if calls >= FROM else {operation: 50}
    return {
        name: Times(*(np.percentile(every[version], mark, axis=2) for version in (BASE, NEW)))
        for name, mark in marks.items()
    }


def _tail(operation: str) -> str:
    return f"{operation}, p{TAIL}"


def _operation(name: str) -> str:
    """Return whose median or tail it is."""
    return name.removesuffix(_tail(""))


def _print(found: Comparison, *, base: str) -> None:
    print(f"{'':36}{'base ms':>9}{'new ms':>9}{'new/base':>10}{'95 %':>16}{'noise':>9}")
    for one in found.verdicts:
        interval = f"{one.change.lower:.3f}-{one.change.upper:.3f}"
        print(
            f"{one.operation:36}{one.base_ms:9.3f}{one.new_ms:9.3f}{one.change.middle:10.3f}{interval:>16}"
            f"{100 * one.noise:7.1f} %"
        )
    for one in found.verdicts:
        print(one.sentence())
    for name, why in found.skipped.items():
        print(f"{name}: not compared, {base} has none that can be asked ({why})")
    for name, why in found.lost.items():
        print(f"{name}: LOST, {base} answers it and the working tree does not ({why})")
    print(f"The working tree is {'WORSE than' if found.is_worse else 'not found worse than'} {base}.")


def ended(run: Callable[[], None]) -> int:
    """Run to the end and return the exit status: 1 says that it is worse, and nothing else does."""
    try:
        run()
    except KeyboardInterrupt:
        return INTERRUPTED
    except SystemExit as why:
        if isinstance(why.code, int):
            return why.code
        if why.code:
            print(why.code, file=sys.stderr)
        return NOTHING_COMPARED if why.code else 0
    except Exception:  # noqa: BLE001 - Python's own status of it would say that it is worse
        traceback.print_exc()
        return NOTHING_COMPARED
    return 0


def _stop(number: int, _: object) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    for ending in (signal.SIGTERM, signal.SIGHUP):  # so that what was checked out is taken away then too
        if signal.getsignal(ending) != signal.SIG_IGN:  # as under nohup
            signal.signal(ending, _stop)
    sys.exit(ended(main))
