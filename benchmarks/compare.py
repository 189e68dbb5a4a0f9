"""Did the last change make it slower? Two versions of the engine side by side in one run, or this one and a file.

    python -m benchmarks.compare --base COMMIT_OR_FILE

A commit: three processes, the base, the base once more, and the working tree, on one generated forum (300 postings,
2,000 profiles), which each of them stores and indexes itself. Mechanism: blocks of the same calls, in which only one of
the three works, in an order drawn anew for each block; the ratio of two blocks' medians is one observation, and the
median ratio has an interval by bootstrap. Control: the base against itself; how far its interval strays from 1 is the
noise. Slower is what lies above 1 + the noise (or + 3 %) with its whole interval; then the exit status is 1.

A file (a results/latency.json): figures of another run on the same machine, so only a change of more than 25 % counts.

Source of the interval: Efron, Bootstrap methods, Annals of Statistics 1979 (percentile).
"""

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks import machine
from benchmarks.versions import TREE, Side, checked_out, forum, started

SEED = 2021
BLOCKS, CALLS = 30, 100
LEAST = 0.03
"""A difference below this is not called one, however quiet the machine."""
ACROSS_RUNS = 0.25
"""What two runs on different days may differ by, with nothing changed."""
RESAMPLES = 5_000
RARER = {"upsert": 5}
"""An upsert takes ten times as long as an answer, and waits for the disk: a fifth of the calls a block."""
RECORDED = ("suggestions", "candidates")
"""The operations that results/latency.json asks for as a side does."""
BASE, TWIN, NEW = "base", "base again", "new"

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    postings: int = 300
    profiles: int = 2000
    seed: int = SEED
    blocks: int = BLOCKS
    calls: int = CALLS
    """In a block."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times as long one side takes as the other: the median of the blocks, with its 95 % interval."""

    median: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of one operation."""

    operation: str
    base_ms: float
    new_ms: float
    change: Ratio
    noise: float
    """How far the interval of the base against itself strays from 1."""

    @property
    def allowed(self) -> float:
        """The share that a change must exceed to be called one."""
        return max(self.noise, LEAST)

    @property
    def is_slower(self) -> bool:
        """Whether the whole interval lies above what noise explains."""
        return self.change.lower > 1 + self.allowed

    @property
    def is_faster(self) -> bool:
        """Whether the whole interval lies below what noise explains."""
        return self.change.upper < 1 - self.allowed

    def sentence(self) -> str:
        """Say it in words."""
        lower, upper = sorted(abs(100 * (bound - 1)) for bound in (self.change.lower, self.change.upper))
        changed = f"by {abs(100 * (self.change.median - 1)):.0f} % (95 %: {lower:.0f} to {upper:.0f} %)"
        if self.is_slower:
            return f"{self.operation}: SLOWER {changed}"
        if self.is_faster:
            return f"{self.operation}: faster {changed}"
        seen = self.allowed + self.change.upper - self.change.median
        return f"{self.operation}: no difference found; less than about {100 * seen:.0f} % would not have been"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was found of all operations."""

    verdicts: tuple[Verdict, ...]
    skipped: Mapping[str, str] = field(default_factory=dict)
    """By operation, why the base cannot be asked it."""
    lost: Mapping[str, str] = field(default_factory=dict)
    """By operation, why the new version cannot be asked it, though the base can."""

    @property
    def is_worse(self) -> bool:
        """Whether an operation is slower, or lost."""
        return bool(self.lost) or any(verdict.is_slower for verdict in self.verdicts)


def main() -> None:
    """Compare, print, and end with status 1 where it is worse."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", required=True, metavar="COMMIT_OR_FILE")
    parser.add_argument("--blocks", type=int, default=BLOCKS, help="of each operation and side; at least 5")
    parser.add_argument("--calls", type=int, default=CALLS, help="in a block")
    arguments = parser.parse_args()
    if arguments.blocks < 5 or arguments.calls < 1:
        parser.error("--blocks must be 5 or more, --calls 1 or more: fewer say nothing")
    if Path(arguments.base).is_file():
        is_worse = _against_file(Path(arguments.base))
    else:
        with checked_out(arguments.base) as tree:
            found = compare(tree, TREE, size=Size(blocks=arguments.blocks, calls=arguments.calls))
        _print(found, base=arguments.base)
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
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        # The base makes it: a newer version reads an older one's records, and the reverse may not hold.
        files = _forum(base, Path(folder), size)
        sides: dict[str, Side] = {}
        for name, tree in ((BASE, base), (TWIN, base), (NEW, new)):
            sides[name] = stack.enter_context(started(name, tree, Path(folder) / name, files))
            # One after the other: the first of a version compiles its loops, the second reads them.
            sides[name].greet()
        common = [name for name in sides[BASE].prepared if name in sides[NEW].prepared]
        measured = {name: _measured(sides, name, size=size) for name in common}
    lost = {name: why for name, why in sides[NEW].missing.items() if name in sides[BASE].prepared}
    verdicts = tuple(verdict(name, found, seed=size.seed) for name, found in measured.items())
    return Comparison(verdicts, sides[BASE].missing, lost)


def verdict(operation: str, medians_ms: Mapping[str, Floats], *, seed: int) -> Verdict:
    """Judge one operation.

    Args:
        operation: its name.
        medians_ms: by side (`base`, `base again`, `new`), the median of each block, in the same order.
        seed: of the resampling.
    """
    change = ratio(medians_ms[NEW] / medians_ms[BASE], seed=seed)
    control = ratio(medians_ms[TWIN] / medians_ms[BASE], seed=seed)
    return Verdict(
        operation,
        base_ms=float(np.median(medians_ms[BASE])),
        new_ms=float(np.median(medians_ms[NEW])),
        change=change,
        # Not half its width: two processes of one version may differ all their lives, by where their memory lies.
        noise=max(control.upper - 1, 1 - control.lower),
    )


def ratio(observed: Floats, *, seed: int) -> Ratio:
    """Return the median of paired ratios (one a block), with the 95 % interval of 5,000 resamples of the blocks."""
    drawn = np.random.default_rng(seed).integers(len(observed), size=(RESAMPLES, len(observed)))
    lower, upper = np.percentile(np.median(observed[drawn], axis=1), [2.5, 97.5])
    return Ratio(float(np.median(observed)), float(lower), float(upper))


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
        _ = recorded["engine"], recorded["forum"]
    except (KeyError, TypeError):
        return "this is no result of benchmarks.latency: name a results/latency.json, or a commit"
    now = {name: here[name] for name in before}
    if before != now:
        return (
            f"recorded on {before['processor']} with {before['cores']} cores, this is {now['processor']} with "
            f"{now['cores']}: compare with a commit instead, which is measured here"
        )
    return None


def _against_file(path: Path) -> bool:
    try:
        recorded = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise SystemExit(f"{path} is not JSON: name a results/latency.json, or a commit") from error
    here = machine.facts()
    if why := refusal(recorded, here):
        raise SystemExit(f"{path}: {why}")
    size = Size(**{name: recorded["forum"][name] for name in ("postings", "profiles", "seed")})
    rows = against(recorded, _fresh(size))
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
        with started(NEW, TREE, Path(folder) / NEW, files) as side:
            side.greet()
            found = {}
            for name in RECORDED:
                side.times_ms(name, first=0, calls=side.prepared[name])
                found[name] = float(np.median(side.times_ms(name, first=0, calls=side.prepared[name])))
    return found


def _forum(tree: Path, folder: Path, size: Size) -> list[Path]:
    return forum(tree, folder, postings=size.postings, profiles=size.profiles, seed=size.seed)


def _measured(sides: Mapping[str, Side], operation: str, *, size: Size) -> dict[str, Floats]:
    """Return each side's medians in ms, one a block, after everything was asked once."""
    for side in sides.values():
        side.times_ms(operation, first=0, calls=side.prepared[operation])
    medians: dict[str, list[float]] = {name: [] for name in sides}
    calls = max(size.calls // RARER.get(operation, 1), 1)
    orders = np.random.default_rng(size.seed)
    for block in range(size.blocks):
        for name in orders.permutation(list(sides)):
            times = sides[name].times_ms(operation, first=block * calls, calls=calls)
            medians[name].append(float(np.median(times)))
    return {name: np.array(values) for name, values in medians.items()}


def _print(found: Comparison, *, base: str) -> None:
    print(f"{'':14}{'base ms':>9}{'new ms':>9}{'new/base':>10}{'95 %':>16}{'noise':>9}")
    for one in found.verdicts:
        interval = f"{one.change.lower:.3f}-{one.change.upper:.3f}"
        print(
            f"{one.operation:14}{one.base_ms:9.3f}{one.new_ms:9.3f}{one.change.median:10.3f}{interval:>16}"
            f"{100 * one.noise:7.1f} %"
        )
    for one in found.verdicts:
        print(one.sentence())
    for name, why in found.skipped.items():
        print(f"{name}: not compared, {base} has none that can be asked ({why})")
    for name, why in found.lost.items():
        print(f"{name}: LOST, {base} answers it and the working tree does not ({why})")
    print(f"The working tree is {'WORSE than' if found.is_worse else 'not found worse than'} {base}.")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was checked out is taken away then too
    main()
