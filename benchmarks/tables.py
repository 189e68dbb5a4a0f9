"""The README's figures: what a newcomer wants to know, generated from the committed results.

    python -m benchmarks.tables

Rewrites what stands between the markers in README.md, the headlines and the tables; a test fails when they have drifted
from the results. benchmarks/README.md (report.py) holds everything.
"""

import itertools
import json
import textwrap
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.machine import RESULTS
from benchmarks.melo import METRICS
from benchmarks.peers import FEW_QUESTIONS, GOOD_RECALL

TOLD_RANKINGS = ("facets (default)", "title facet alone", "whole text (naive)")
TOLD_LOADS = (
    "alone, one connection",
    "closed loop, 16 connections",
    "mixed, 16 connections",
    "overload",
    "control: bare",
)
"""Beginnings of their names."""
TOLD_SIZES = ("50000", "100000", "1000000")
TOLD_PEERS = "50000"
SURELY_FASTER = 0.95
"""A peer's time over ours, from which on it is called faster in a sentence."""
LARGE = ("50000", "1000000")
TOLD_SETS = {"bel_q_fr_c_fr": "French to French", "bel_q_fr_c_en": "French to English"}
TOLD_SHARE = "5.00% of 1000000"

WIDTH = 120
"""Letters of a line in README.md."""

README = Path(__file__).parent.parent / "README.md"
START, END = "<!-- results:start -->", "<!-- results:end -->"
HEADLINES_START, HEADLINES_END = "<!-- headlines:start -->", "<!-- headlines:end -->"
LIMITS_START, LIMITS_END = "<!-- limits:start -->", "<!-- limits:end -->"
MANY_SAMPLES = 1_000
"""Of fewer it is said how many a p99 is of."""

Result = Mapping[str, Any]


class Section(NamedTuple):
    """What is told of one result."""

    title: str
    about: str
    """What the figures mean, for whoever has not read benchmarks/README.md."""
    table: Sequence[Sequence[str]]
    """The first row has the columns' names."""


def main() -> None:
    """Write the headlines and the tables into README.md."""
    text = README.read_text(encoding="utf-8")
    text = _between(text, HEADLINES_START, HEADLINES_END, headlines())
    text = _between(text, LIMITS_START, LIMITS_END, limits())
    README.write_text(_between(text, START, END, render()), encoding="utf-8")


def headlines() -> str:
    """Return how good and how fast it is, as two items of a list in Markdown, from results/*.json."""
    found = {name: _read(name) for name in ("quality-melo", "quality-hires", "gender-twins", "latency", "scale")}
    lines = []
    for what, sentences in (("How good", _GOOD), ("How fast", _FAST)):
        said = [sentence for name, say in sentences.items() if (result := found[name]) and (sentence := say(result))]
        if said:
            lines.append(f"{_wrapped(f'- **{what}?** ' + ' '.join(said), indent='  ')}\n")
    return "".join(lines)


def limits() -> str:
    """Return what the service and its search are slow at, as items of a list in Markdown, from results/*.json."""
    found = {name: _read(name) for name in ("scale", "peers", "latency")}
    items = [_limit_of_scale(found["scale"], found["peers"]), _limit_of_load(found["latency"])]
    return "".join(f"{_wrapped(f'- {item}', indent='  ')}\n" for item in items if item)


def render() -> str:
    """Return the tables as Markdown, from results/*.json: for each result what it says, its command and its machine."""
    parts = []
    for name, section_of in SECTIONS.items():
        if (result := _read(name)) and (section := section_of(result)):
            title, about, (heads, *rows) = section
            sides = ["---" if name in {heads[0], "model"} else "---:" for name in heads]
            table = [heads, sides, *rows]
            lines = "\n".join(f"| {' | '.join(cells)} |" for cells in table)
            how = f"`{result['command']}`, {_machine(result['machine'])}."
            parts.append(f"### {title}\n\n{_wrapped(about, indent='')}\n\n{lines}\n\n{how}\n")
    return "\n".join(parts)


def _wrapped(text: str, *, indent: str) -> str:
    return textwrap.fill(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _between(text: str, start: str, end: str, new: str) -> str:
    before, _, rest = text.partition(start)
    return f"{before}{start}\n{new}{end}{rest.partition(end)[2]}"


def _read(name: str) -> Result:
    path = RESULTS / f"{name}.json"
    found: Result = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def _say_melo(result: Result) -> str:
    measured = result["measured"][result["headline"]["model"]][result["headline"]["input"]]
    told = {name: what for name, what in TOLD_SETS.items() if name in measured}
    if not told:
        return ""
    best = [_published(result, name)[0] for name in told]
    names = " or ".join(dict.fromkeys(name for name, _ in best))
    ours = " and ".join(f"{measured[name][METRICS[0]]:.2f} {what}" for name, what in told.items())
    theirs = " and ".join(f"{figures[METRICS[0]]:.2f}" for _, figures in best)
    return (
        f"Job titles find their occupation in ESCO (MELO benchmark) with a mean reciprocal rank of {ours}; the best "
        f"published model, {names}, has {theirs}, but was not trained on ESCO's labels as ours were."
    )


def _say_hires(result: Result) -> str:
    figures, naive = (result["rankings"].get(TOLD_RANKINGS[one]) for one in (0, 2))
    if not figures or not naive:
        return ""
    return (
        f"Of the people whom a public service really hired, {100 * figures['recall@100']:.0f} % are among the first "
        f"100 of 3,484 (with one embedding of each whole text, by all-MiniLM-L6-v2: {100 * naive['recall@100']:.0f} "
        f"%), and {100 * figures['domain P@10']:.0f} % of the first ten work in the posting's field."
    )


def _say_twins(result: Result) -> str:
    return (
        f"{result['profiles']:,} invented people and their twins of the other gender (titles, agreement, pronouns, "
        f"forms of address) stand next to each other in {100 * result['adjacent']:.1f} % of rankings."
    )


def _say_latency(result: Result) -> str:
    alone, mixed = (result["http"][load] for load in TOLD_LOADS[:1] + TOLD_LOADS[2:3])
    operations = result.get("operations", {})
    asked = {"suggestions": "the first time", "draft": "for a draft"}
    firsts = " and ".join(
        f"{operations[name]['first time']['p50_ms']:.1f} ms {when}"
        for name, when in asked.items()
        if name in operations
    )
    return (
        f"With {_forum(result)} on {result['machine']['cores']} cores, ten suggestions with reasons take "
        f"{alone['p50_ms']:.1f} ms over HTTP{_p99(alone)} where they are asked for again{firsts and f', {firsts}'}; "
        f"one process answers {mixed['requests_per_s']:,.0f} mixed requests a second."
    )


def _p99(figures: Mapping[str, Any], *, digits: int = 1) -> str:
    """Return a p99 in brackets; nothing where there is none, of too few samples."""
    slow = figures.get("p99_ms")
    return "" if slow is None else f" (p99 {slow:.{digits}f} ms)"


def _limit_of_scale(scale: Result, peers: Result) -> str:
    """Say where much is eligible, and where a graph index is faster at the recall that a peer must reach."""
    told = ""
    candidates = scale.get("sizes", {}).get("1000000", {}).get("candidates", {})
    half, few, far = (
        next((figures for name, figures in candidates.items() if name.startswith(start)), None)
        for start in ("50.00%", "5.00%", "far")
    )
    if half and few and far:
        told = (
            f" At a million a ranking takes {half['p50_ms']:.0f} ms{_p99(half, digits=0)} with half of the profiles "
            f"eligible, {few['p50_ms']:.0f} ms with 5 %, and {far['p50_ms']:.0f} ms for a trade that is far from "
            "everybody's."
        )
    faster = [
        f"at {int(size):,} documents {', '.join(_times_faster(found['best_peer']))}"
        for size, found in peers.get("sizes", {}).items()
        if size in LARGE and _times_faster(found["best_peer"])
    ]
    beside = (
        " The search over vectors alone is exact up to 50,000. Others that reach a recall of "
        f"{GOOD_RECALL} are faster in these conditions, so many times: "
        f"{'; '.join(faster)} ([benchmarks](benchmarks/README.md#peers), "
        "[record 29](docs/decisions/0029-the-tail-at-a-million.md))."
    )
    return f"**A million profiles, few constraints.**{told}{beside if faster else ''}" if told or faster else ""


def _times_faster(best_peer: Mapping[str, Any]) -> list[str]:
    """Return in which conditions a peer is faster than we are, and how many times."""
    return [
        f"{'no constraint' if name == 'none' else name} {1 / best['times_ours']:.1f}×"
        for name, best in best_peer.items()
        if best and best["times_ours"] <= SURELY_FASTER
    ]


def _limit_of_load(result: Result) -> str:
    if not result:
        return ""
    http, facts = result["http"], result["machine"]
    mixed, empty = http[TOLD_LOADS[2]], http.get("control: empty answer, 16 connections")
    beside = f", where an empty answer of the same server gets {empty['requests_per_s']:,.0f}" if empty else ""
    write = result.get("operations", {}).get("upsert", {}).get("first time")
    writes = (
        f" A write of new texts, alone, takes {write['p50_ms']:.0f} ms, and its commit waits for the disk."
        if write
        else ""
    )
    size = result["floor"]["answer_bytes"]
    return (
        f"**Thousands of requests a second.** One worker answers {mixed['requests_per_s']:,.0f} mixed requests a second"
        f"{_p99(mixed, digits=0)} on the {facts['processor']} of the table{beside}: ten matches with all reasons are "
        f"{size / 1000:.0f} kB, and one request in twenty is a write.{writes} Another machine, or a busy one, may give "
        "half of it ([records 24](docs/decisions/0024-an-answer-is-written-once.md) "
        "[and 30](docs/decisions/0030-a-write-waits-for-one-read.md)). More workers need PostgreSQL."
    )


def _say_scale(result: Result) -> str:
    found = result["sizes"].get("1000000")
    if not found:
        return ""
    figures = found["candidates"].get(TOLD_SHARE)
    if not figures:
        return ""
    return (
        f"With a million profiles, of whom 5 % pass the hard constraints, a ranking takes {figures['p50_ms']:.0f} ms"
        f"{_p99(figures, digits=0)}, HTTP and database left out, and "
        f"{found['resident_mb'] / 1000:.1f} GB of memory."
    )


def _published(result: Result, name: str) -> list[tuple[str, Mapping[str, float]]]:
    """Return the published figures on a set, the best first."""
    figures = result["published"]["figures"].get(name, {})
    return sorted(figures.items(), key=lambda one: -one[1][METRICS[0]])


def _melo(result: Result) -> Section:
    """One row a set and model: the default with the input that the engine uses, and the best that is published."""
    model, how = result["headline"]["model"], result["headline"]["input"]
    rows = []
    for name, found in result["measured"][model][how].items():
        rows.append([f"`{name}`", f"this project: {model}", *_three(found)])
        rows += [
            [f"`{name}`", f"{other} (published)", *_three(theirs)] for other, theirs in _published(result, name)[:1]
        ]
    return Section(
        "Titles: the MELO benchmark",
        "Is the right ESCO occupation found by a national job title? `fr` and `en` are the languages of the query "
        "(`q`) and of ESCO's names (`c`). Our models were trained on ESCO's labels, published ones were not: the "
        f"comparison shows that they do well on ESCO, no more. Published figures: {result['published']['source']}.",
        [["set", "model", *METRICS], *rows],
    )


def _three(figures: Mapping[str, float]) -> list[str]:
    return [f"{figures[name]:.3f}" for name in METRICS]


def _hires(result: Result) -> Section:
    told = {name: result["rankings"][name] for name in TOLD_RANKINGS if name in result["rankings"]}
    names = list(next(iter(result["rankings"].values())))
    return Section(
        "Rankings: people who were hired",
        "142 postings of a public service, 3,484 people, of whom 235 were hired. recall@100: the share of the hired "
        "who are among the first 100. MRR: the mean of 1 / rank of the first of them. domain P@10, P@50: the share of "
        "the first 10 or 50 who work in the posting's field. Profiles of this set hold a title and skills alone, and "
        "many are equal: one order of equal scores moves recall by up to ±.06; figures of the title facet are means "
        "over 200 orders. The naive ranking compares one embedding of each whole text, by all-MiniLM-L6-v2.",
        [["ranking", *names], *([name, *_values(figures)] for name, figures in told.items())],
    )


def _gender(result: Result) -> Section:
    rows = [
        [f"{model}, {how}", *_values(found)]
        for model, by_input in itertools.islice(result.get("measured", {}).items(), 1)
        for how, found in by_input.items()
    ]
    names = next((list(found) for by in result.get("measured", {}).values() for found in by.values()), [])
    return Section(
        "Titles: both genders",
        f"Of {result['pairs']:,} titles of the ROME with both genders, {result['equal']:,} "
        f"({100 * result['equal'] / result['pairs']:.2f} %) give one text in their masculine, feminine and combined "
        "form. The table has the vectors of the two forms, as given and after the engine has made them gender-neutral; "
        "RBO@50: how alike their 50 nearest titles are.",
        [["model", *names], *rows],
    )


def _latency(result: Result) -> Section:
    rows = [
        [f"engine: {name}", *_pair(figures), ""] for name, figures in result["engine"].items() if "p50_ms" in figures
    ]
    rows += [
        [f"HTTP, one connection: {name}, {when}", *_pair(figures), ""]
        for name, two in result.get("operations", {}).items()
        for when, figures in two.items()
    ]
    rows += [
        [f"HTTP: {name}", *_pair(figures), f"{figures['requests_per_s']:,.0f}"]
        for name, figures in result["http"].items()
        if "p50_ms" in figures and name.startswith(TOLD_LOADS)
    ]
    return Section(
        "Latency: a forum",
        f"{_forum(result)}, ten matches with reasons a call, one server process; clients on the same cores. “As they "
        "are sent”: written as JSON straight away, as over HTTP. Mixed: half suggestions, a quarter candidates, a "
        "fifth records, one in twenty a write. Overload: four times that load; what is too much is refused (503).",
        [["call", "p50 ms", "p99 ms", "requests/s"], *rows],
    )


def _soak(result: Result) -> Section:
    load, figures, memory = result["load"], result["latency"], result["memory"]
    rate = f"{figures['requests_per_s']:,.0f}"
    cells = [*_pair(figures), str(result["failures"]), f"{memory['slope_mb_per_minute']:.2f}"]
    return Section(
        "Latency: a steady load",
        "The mixed load of the table above, at a fixed rate. Failures are answers of 500 and above. Each write brings "
        "new texts: memory grows until the caches of texts and vectors are full (16,384 vectors a model, 32,768 to "
        "65,536 texts).",
        [
            ["minutes", "requests/s", "p50 ms", "p99 ms", "failures", "growth of memory, MB/minute"],
            [f"{load['minutes']:g}", rate, *cells],
        ],
    )


def _beside_its_floor(scanned: Result) -> str:
    """Write a time and the least possible one; alone where that was measured wrongly (record 46)."""
    floor = f" ({scanned['floor_ms']:.2f})" if "floor_ms" in scanned else ""
    return f"{scanned['p50_ms']:.2f}{floor}"


def _scale(result: Result) -> Section | None:
    told = {size: result["sizes"][size] for size in TOLD_SIZES if size in result["sizes"]}
    if not told:
        return None
    heads = ["", *(f"{int(size):,} profiles" for size in told)]
    rows = [
        ["memory, MB (before the first profile)"]
        + [f"{found['resident_mb']:,} ({found['of_which_process_mb']:,})" for found in told.values()],
        ["reading a snapshot, s"] + [f"{found['ready_s']:.1f}" for found in told.values()],
        ["recall@10 against the exact vectors"] + [f"{found['recall@10']:.3f}" for found in told.values()],
    ]
    if starts := [found.get("start_s") for found in told.values()]:
        started = [
            "from the start of a process to its first answer, s",
            *("" if one is None else f"{one:.1f}" for one in starts),
        ]
        rows[2:2] = [started] if any(starts) else []
    scanned = [found.get("exact_scan", {}) for found in told.values()]
    if any(scanned):
        floors = any("floor_ms" in one for one in scanned)
        name = f"exact scan of all vectors, ms{' (the time in which memory is read)' if floors else ''}"
        rows.append([name, *(_beside_its_floor(one) if one else "" for one in scanned)])
    shares: dict[str, list[str]] = {}
    for found in told.values():
        for share, figures in found["candidates"].items():
            shares.setdefault(share.partition(" of ")[0].replace("%", " %"), []).append(" / ".join(_pair(figures)))
    rows += [[f"{share} eligible: p50 / p99 ms", *cells] for share, cells in shares.items()]
    return Section(
        "Latency: large databases",
        "Ten candidates with reasons for a posting, in process: HTTP and the database are left out. Eligible: the "
        "share of profiles that pass the posting's hard constraints. Near, far: the eligible are those of the "
        "posting's own trade, or of one far from it, which is harder for an index.",
        [heads, *rows],
    )


def _peers(result: Result) -> Section | None:
    found = result["sizes"].get(TOLD_PEERS)
    if found is None:
        return None
    known = [best for best in found["best_peer"].values() if best is not None]
    faster = sum(best["times_ours"] < 1 for best in known)
    rows = [
        [
            "no constraint" if name == "none" else name,
            _asked(found["conditions"][name]["this project"]),
            f"{_asked(found['conditions'][name].get(best['peer'], best))} ({best['peer']})",
            _asked(found["conditions"][name].get("numpy", {})),
        ]
        for name, best in found["best_peer"].items()
        if best is not None
    ]
    return Section(
        "The search alone, beside other libraries",
        f"{int(TOLD_PEERS):,} vectors, one thread, the ten nearest of those that pass a constraint. Ours is exact; of "
        "the others the fastest setting with a recall of .95 or more. "
        f"{'A peer is' if faster else 'No peer is'} faster in {faster or 'any'} of these {len(known)} conditions. "
        "numpy, what anyone writes first, is the control and no peer. Vectors are all that is compared here: no peer "
        "does the whole matching job. All of them, and the other sizes: "
        "[benchmarks/README.md](benchmarks/README.md#peers).",
        [["eligible", "this project, p50 ms", "best peer, p50 ms", "numpy (control), p50 ms"], *rows],
    )


def _asked(figures: Mapping[str, Any]) -> str:
    """Write a median, and of how many questions it is where they are few."""
    if "p50_ms" not in figures:
        return ""
    count = figures.get("questions", FEW_QUESTIONS)
    return f"{figures['p50_ms']:.3f}{f' of {count} questions' if count < FEW_QUESTIONS else ''}"


def _forum(result: Result) -> str:
    return f"{result['forum']['postings']:,} postings and {result['forum']['profiles']:,} profiles"


def _values(figures: Mapping[str, float]) -> list[str]:
    return [f"{value:.3f}" for value in figures.values()]


def _pair(figures: Mapping[str, Any]) -> list[str]:
    """Write the median and the p99, with of how many samples that is where they are not many."""
    slow = figures["p99_ms"]
    count = figures.get("samples", MANY_SAMPLES)
    of = f" of {count}" if slow is not None and count < MANY_SAMPLES else ""
    return [f"{figures['p50_ms']:.2f}", "—" if slow is None else f"{slow:.2f}{of}"]


def _machine(facts: Mapping[str, Any]) -> str:
    return f"{facts['date']}, {facts['processor']}, {facts['cores']} cores, Python {facts['python']}"


_GOOD: Mapping[str, Callable[[Result], str]] = {
    "quality-hires": _say_hires,
    "quality-melo": _say_melo,
    "gender-twins": _say_twins,
}
_FAST: Mapping[str, Callable[[Result], str]] = {"latency": _say_latency, "scale": _say_scale}
SECTIONS: Mapping[str, Callable[[Result], Section | None]] = {
    "quality-hires": _hires,
    "quality-melo": _melo,
    "quality-gender": _gender,
    "latency": _latency,
    "soak": _soak,
    "scale": _scale,
    "peers": _peers,
}
"""By result file, what is told of it; None where what would be told was not measured."""


if __name__ == "__main__":
    main()
