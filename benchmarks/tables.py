"""The README's table: what a newcomer wants to know, generated from the committed results.

    python -m benchmarks.tables

Rewrites what stands between the markers in README.md; a test fails when the two have drifted apart.
benchmarks/README.md (report.py) holds everything.
"""

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.machine import RESULTS
from benchmarks.melo import METRICS

TOLD_RANKINGS = ("facets (default)", "title facet alone", "whole text (naive)")
TOLD_LOADS = (
    "alone, one connection",
    "closed loop, 16 connections",
    "mixed, 16 connections",
    "overload",
    "control: bare",
)
"""Beginnings of their names."""
TOLD_SIZES = frozenset({100_000, 1_000_000})
TOLD_PEERS = 50_000

README = Path(__file__).parent.parent / "README.md"
START, END = "<!-- results:start -->", "<!-- results:end -->"


def main() -> None:
    """Write the table into README.md."""
    before, _, rest = README.read_text(encoding="utf-8").partition(START)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{START}\n{render()}{END}{after}", encoding="utf-8")


def render() -> str:
    """Return the table as Markdown, from results/*.json."""
    lines = ["| what | measured | command |", "|---|---|---|"]
    machines = []
    notes = []
    for name, rows in ROWS.items():
        path = RESULTS / f"{name}.json"
        if path.exists():
            result = json.loads(path.read_text(encoding="utf-8"))
            lines += [f"| {what} | {value} | `{result['command']}` |" for what, value in rows(result)]
            machines.append(f"{name}: {_machine(result['machine'])}")
            if "published" in result:
                notes.append(f"Published figures: {result['published']['source']}.")
    return "\n".join([*lines, "", *(f"{line}  " for line in (*machines, *notes))]) + "\n"


def _melo(result: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """One row a set: the default model with the input that the engine uses, and the best that is published."""
    model, how = result["headline"]["model"], result["headline"]["input"]
    for name, found in result["measured"][model][how].items():
        published = result["published"]["figures"].get(name, {})
        best = max(published, key=lambda other: published[other][METRICS[0]], default=None)
        against = f"; best published, {best}: {_three(published[best])}" if best else ""
        yield f"MELO {name}, {model}: {' / '.join(METRICS)}", _three(found) + against


def _three(figures: dict[str, float]) -> str:
    return " / ".join(f"{figures[name]:.3f}" for name in METRICS)


def _hires(result: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name in TOLD_RANKINGS:
        figures = result["rankings"].get(name)
        if figures is None:
            continue
        yield f"real hires, {name}: {' / '.join(figures)}", _values(figures)


def _latency(result: dict[str, Any]) -> Iterator[tuple[str, str]]:
    forum = f"{result['forum']['postings']} × {result['forum']['profiles']}"
    for name, figures in result["engine"].items():
        if "p50_ms" in figures:
            yield f"engine call, {name}, {forum}, with reasons: p50 / p99", _pair(figures)
    for name, figures in result["http"].items():
        if "p50_ms" in figures and name.startswith(TOLD_LOADS):
            rate = f"; {figures['requests_per_s']:.0f} requests/s"
            yield f"HTTP, {name}: p50 / p99", _pair(figures) + rate


def _soak(result: dict[str, Any]) -> Iterator[tuple[str, str]]:
    load, figures = result["load"], result["latency"]
    what = f"{load['minutes']:g} minutes of mixed requests at a steady {figures['requests_per_s']:.0f} a second"
    yield f"{what}: p50 / p99; answers of 500 and above", f"{_pair(figures)}; {result['failures']}"
    yield f"{what}: memory's slope after warm-up", f"{result['memory']['slope_mb_per_minute']:.2f} MB a minute"


def _scale(result: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for size, found in result["sizes"].items():
        if int(size) not in TOLD_SIZES:
            continue
        what = f"{int(size):,} profiles"
        memory = f"{found['resident_mb']} MB / {found['of_which_process_mb']} MB"
        yield f"{what}: memory / of which before the first profile", memory
        yield f"{what}: ready from a snapshot, every byte checked", f"{found['ready_s']:.1f} s"
        yield f"{what}: recall@10 against the exact vectors", f"{found['recall@10']:.3f}"
        for share, figures in found["candidates"].items():
            yield f"{what}, candidates with reasons, {share.partition(' of ')[0]} eligible: p50 / p99", _pair(figures)
        for who, figures in found.get("search", {}).items():
            yield f"{what}, a page of a search among {who.partition(' of ')[0]}: p50 / p99", _pair(figures)


def _peers(result: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for size, found in result["sizes"].items():
        if int(size) != TOLD_PEERS:
            continue
        for name, best in found["best_peer"].items():
            if best is None:
                continue
            ours = found["conditions"][name]["this project"]["p50_ms"]
            what = f"{int(size):,} vectors, {name} eligible: ours / the best peer with recall ≥ .95, p50"
            yield what, f"{ours:.3f} ms / {best['p50_ms']:.3f} ms ({best['peer']})"


def _gender(result: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield (
        "masculine, feminine and combined form of a ROME title give one facet text",
        (f"{result['equal']} of {result['pairs']} ({100 * result['equal'] / result['pairs']:.2f} %)"),
    )
    for name, by_input in itertools.islice(result.get("measured", {}).items(), 1):
        (first, figures), *others = by_input.items()
        control = "; ".join(f"{how}: {_values(found)}" for how, found in others)
        what = f"the two genders of a ROME title, {name}, {first}: {' / '.join(figures)}"
        yield what, f"{_values(figures)} ({control})"


def _values(figures: dict[str, float]) -> str:
    return " / ".join(f"{value:.3f}" for value in figures.values())


def _pair(figures: dict[str, float]) -> str:
    return f"{figures['p50_ms']:.2f} ms / {figures['p99_ms']:.2f} ms"


def _machine(facts: dict[str, Any]) -> str:
    return f"{facts['date']}, {facts['processor']}, {facts['cores']} cores, Python {facts['python']}"


ROWS: Mapping[str, Callable[[dict[str, Any]], Iterator[tuple[str, str]]]] = {
    "quality-melo": _melo,
    "quality-hires": _hires,
    "quality-gender": _gender,
    "latency": _latency,
    "soak": _soak,
    "scale": _scale,
    "peers": _peers,
}
"""By result file, what turns it into rows."""


if __name__ == "__main__":
    main()
