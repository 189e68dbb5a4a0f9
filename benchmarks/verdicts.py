"""What is concluded from two versions' times: how much longer one takes, and whether chance explains it.

Each version runs in several processes, and two processes of one version may differ all their lives, by where their
memory lies: that is a part of the noise which no number of calls averages out. So the interval comes from resampling
processes and, within them, blocks; a version must be slower than its processes differ among each other; and what looks
slower is measured again with fresh processes and must look so again.

Source: Efron, Bootstrap methods, Annals of Statistics 1979 (percentile); Kalibera and Jones, Rigorous benchmarking in
reasonable time, ISMM 2013 (levels of repetition).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

LEAST = 0.03
"""A difference below this is not called one, however quiet the machine."""
RESAMPLES = 5_000

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Times:
    """What was seen of one operation: milliseconds, shape (processes, blocks), a percentile of each block's calls."""

    base: Floats
    new: Floats
    """Measured in turns with the base's, block by block."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times as long the new version takes: the mean of its processes over the base's, with its 95 % interval.

    Means are geometric, and each process counts with the median of its blocks.
    """

    middle: float
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
    """How much longer one process of a version takes than another of the same version, at most: a share."""
    again: "Verdict | None" = None
    """The same from fresh processes, where the first ones looked slower."""

    @property
    def allowed(self) -> float:
        """The share that a change must exceed to be called one."""
        return max(self.noise, LEAST)

    @property
    def looks_slower(self) -> bool:
        """Whether the whole interval lies above what noise explains."""
        return self.change.lower > 1 + self.allowed

    @property
    def is_slower(self) -> bool:
        """Whether it looks slower each time that it was measured."""
        return self.looks_slower and (self.again is None or self.again.looks_slower)

    @property
    def is_faster(self) -> bool:
        """Whether the whole interval lies below what noise explains."""
        return self.change.upper < 1 - self.allowed

    def sentence(self) -> str:
        """Say it in words."""
        lower, upper = sorted(abs(100 * (bound - 1)) for bound in (self.change.lower, self.change.upper))
        changed = f"by {abs(100 * (self.change.middle - 1)):.0f} % (95 %: {lower:.0f} to {upper:.0f} %)"
        if self.is_slower:
            again = f"; with fresh processes by {100 * (self.again.change.middle - 1):.0f} %" if self.again else ""
            return f"{self.operation}: SLOWER {changed}{again}"
        if self.is_faster:
            return f"{self.operation}: faster {changed}"
        if self.again:
            return f"{self.operation}: looked slower {changed}, and not with fresh processes: no difference found"
        seen = self.allowed + self.change.upper - self.change.middle
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

    def repeated(self, again: Mapping[str, Verdict]) -> "Comparison":
        """Return the same with what fresh processes showed, by operation."""
        verdicts = tuple(replace(one, again=again.get(one.operation)) for one in self.verdicts)
        return replace(self, verdicts=verdicts)


def verdict(operation: str, seen: Times, *, seed: int, resamples: int = RESAMPLES) -> Verdict:
    """Judge one operation.

    Args:
        operation: its name.
        seen: its times; two processes of each version at least.
        seed: of the resampling.
        resamples: how many.
    """
    levels = [np.median(logs, axis=1) for logs in _logs(seen)]
    return Verdict(
        operation,
        base_ms=float(np.median(seen.base)),
        new_ms=float(np.median(seen.new)),
        change=ratio(seen, seed=seed, resamples=resamples),
        noise=float(np.exp(max(np.ptp(level) for level in levels)) - 1),
    )


def ratio(seen: Times, *, seed: int, resamples: int = RESAMPLES) -> Ratio:
    """Return how many times as long the new version takes, with the interval of resampled processes and blocks."""
    base, new = _logs(seen)
    random = np.random.default_rng(seed)
    blocks = random.integers(base.shape[1], size=(resamples, base.shape[1]))

    def resampled(logs: Floats) -> Floats:
        levels = np.median(logs[:, blocks], axis=2)  # (processes, resamples)
        chosen = random.integers(len(logs), size=(len(logs), resamples))
        means: Floats = np.take_along_axis(levels, chosen, axis=0).mean(axis=0)
        return means

    lower, upper = np.exp(np.percentile(resampled(new) - resampled(base), [2.5, 97.5]))
    middle = np.exp(np.median(new, axis=1).mean() - np.median(base, axis=1).mean())
    # The median of few blocks is not in the middle of its own resamples always.
    return Ratio(float(middle), float(min(lower, middle)), float(max(upper, middle)))


def _logs(seen: Times) -> tuple[Floats, Floats]:
    """Return logarithms without what a block has in common: the machine's mood while it was measured."""
    base, new = np.log(seen.base), np.log(seen.new)
    mood = base.mean(axis=0)
    return base - mood, new - mood
