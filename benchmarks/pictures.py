"""Which plots each result gets: what is drawn, and what stands on the axes."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from benchmarks.peers import GOOD_RECALL
from benchmarks.plots import Axis, Bar, Dot, bars, dots, lines

METRIC = "MRR"
OURS, OTHERS = "this service", "published, or the control"
SHARES = ("none", "50 %", "5 %", "0.5 %", "0.05 %")
FAMILIES = {"random": "at random", "far": "far from what is asked"}
"""Of the constraints, those that are drawn: who is eligible."""

Result = Mapping[str, Any]
Plots = Iterator[tuple[str, str]]


def pictures(name: str, result: Result) -> Plots:
    """Return a result's plots: the name of each, and the SVG."""
    if name in _DRAWN:
        yield from _DRAWN[name](result)


def _latency(result: Result) -> Plots:
    """Latency against the rate that is offered, where the rates are several."""
    rates = {
        float(found[1]): figures
        for name, figures in result.get("http", {}).items()
        if (found := re.fullmatch(r"(\d+) requests/s", name))
    }
    if len(rates) < 2:
        return
    marks = [key for key in next(iter(rates.values())) if re.fullmatch(r"p[\d.]+_ms", key)]
    series = {
        mark.removesuffix("_ms"): points
        for mark in marks
        if (points := [(rate, figures[mark]) for rate, figures in rates.items() if figures[mark] is not None])
    }
    x, y = Axis("requests offered per second"), Axis("latency, ms", is_log=True)
    yield "latency-http", lines("Latency over HTTP of suggestions, by the rate that is offered", series, x=x, y=y)


def _melo(result: Result) -> Plots:
    headline = result["headline"]
    for name, ours in result["measured"][headline["model"]][headline["input"]].items():
        published = result["published"]["figures"].get(name, {})
        low, high = ours[f"{METRIC} 95 %"]
        given = [Bar(headline["model"], ours[METRIC], (low, high)), *_published(published)]
        given.sort(key=lambda bar: -bar.value)
        sizes = result["sets"][name]
        title = f"MELO {name}: {sizes['queries']} queries among {sizes['corpus elements']:,} names of occupations"
        axis = Axis("mean reciprocal rank, with the 95 % interval where there is one")
        yield f"melo-{name.replace('_', '-')}", bars(title, given, axis=axis, legend=(OURS, OTHERS))


def _published(figures: Mapping[str, Mapping[str, float]]) -> Iterator[Bar]:
    for name, found in figures.items():
        yield Bar(name, found[METRIC], colour=1)


def _hires(result: Result) -> Plots:
    metric = "recall@100"
    given = [Bar(name, figures[metric], colour=int("naive" in name)) for name, figures in result["rankings"].items()]
    title = "Real hires: how many of the hired are among the first 100"
    yield "hires", bars(title, given, axis=Axis("recall at 100, share of the hired"), legend=(OURS, OTHERS))


def _speed(result: Result) -> Plots:
    series = {
        way: [(float(tokens), rate) for tokens, rate in figures["texts_per_s"].items()]
        for way, figures in result["ways"].items()
    }
    x, y = Axis("tokens in a text", is_log=True), Axis("texts per second", is_log=True)
    yield "speed", lines(f"Speed of encoding on {result['cores']} cores", series, x=x, y=y)


def _peers(result: Result) -> Plots:
    """The fastest setting of each peer that finds enough; the fastest of all, hollow, where none does."""
    x = Axis("p50, ms", is_log=True)
    for size, found in result["sizes"].items():
        for family, who in FAMILIES.items():
            rows: dict[str, list[Dot]] = {name: [] for name in result["peers"]}
            for colour, share in enumerate(SHARES):
                figures = found["conditions"].get(share if share == "none" else f"{family} {share}", {})
                for name in rows:
                    rows[name] += _best(figures, name, colour)
            rows = {name: row for name, row in rows.items() if row}
            title = f"A search in {int(size):,} documents, eligible {who}; hollow: recall under {GOOD_RECALL}"
            legend = ["no constraint", *(f"{share} eligible" for share in SHARES[1:])]
            yield f"peers-{size}-{family}", dots(title, rows, axis=x, legend=legend)


def _best(figures: Mapping[str, Result], peer: str, colour: int) -> list[Dot]:
    of_peer = re.compile(rf"{re.escape(peer)}( \d+)?")
    asked = [one for name, one in figures.items() if of_peer.fullmatch(name) and one.get("recall_at_10") is not None]
    good = [one["p50_ms"] for one in asked if one["recall_at_10"] >= GOOD_RECALL]
    if good:
        return [Dot(min(good), colour)]
    return [Dot(min(one["p50_ms"] for one in asked), colour, is_hollow=True)] if asked else []


_DRAWN: Mapping[str, Callable[[Result], Plots]] = {
    "latency": _latency,
    "peers": _peers,
    "quality-melo": _melo,
    "quality-hires": _hires,
    "speed": _speed,
}
