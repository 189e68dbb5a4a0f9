"""benchmarks/README.md and its plots, generated from the committed results and the benchmarks' own docstrings.

    python -m benchmarks.report

A test fails when what is committed has drifted from what this would write. A result that is not there is left out; one
that nobody has planned for is shown all the same.
"""

import ast
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.machine import PARTIAL, RESULTS
from benchmarks.peers import FEW_QUESTIONS
from benchmarks.pictures import pictures

FOLDER = Path(__file__).parent
README = "README.md"
PLOTS = "plots"
MOST_LISTED = 4
"""Values of a list that are written out."""

Result = Mapping[str, Any]
Row = tuple[tuple[str, ...], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Section:
    """One benchmark: the module that explains it, and the results that it writes."""

    title: str
    module: str
    results: tuple[str, ...] = ()
    is_told: bool = False
    """Explained where nothing was measured, too."""


SECTIONS = (
    Section("Latency", "latency", ("latency",)),
    Section("A steady load", "soak", ("soak",)),
    Section("Scale", "scale", ("scale",)),
    Section("Peers", "peers", ("peers",)),
    Section("Quality: MELO", "melo", ("quality-melo",)),
    Section("Quality: a set of your own", "trec", ("quality-trec",), is_told=True),
    Section("Quality: real hires", "hires", ("quality-hires",)),
    Section("Quality: the two genders of a title", "gender", ("quality-gender",)),
    Section("Quality: prose", "prose", ("quality-prose",)),
    Section("Quality: twins of the other gender", "twins", ("gender-twins", "gender-twins-named")),
    Section("The linker", "linker", ("linker",)),
    Section("Speed of the model", "speed", ("speed",)),
    Section("Was it made slower? Two versions side by side", "compare", is_told=True),
)
HEAD = """# Benchmarks

Generated from `results/*.json` and the docstrings beside this file: change those, then run `make bench-report`.
`make bench` measures anew, `make bench-compare BASE=<commit>` says whether the working tree is slower than a commit.
Data that is not shipped: [docs/data.md](../docs/data.md). What measures less than a committed result holds (fewer
sizes, questions, seconds or peers) is written beside it, as `results/NAME-partial.json`, which git and these tables
leave out; `--write` replaces the committed one.
"""


def main() -> None:
    """Write the README and the plots, and take away plots that nothing makes any more."""
    written = generate(results())
    (FOLDER / PLOTS).mkdir(exist_ok=True)
    for old in (FOLDER / PLOTS).glob("*.svg"):
        if f"{PLOTS}/{old.name}" not in written:
            old.unlink()
    for name, text in written.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        print(FOLDER / name)


def results() -> dict[str, Result]:
    """Return the committed results by name."""
    whole = (path for path in sorted(RESULTS.glob("[!.]*.json")) if not path.stem.endswith(PARTIAL))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in whole}


def generate(found: Mapping[str, Result]) -> dict[str, str]:
    """Return what should stand in this folder: the text of README.md and of each plot, by file name."""
    known = {name for section in SECTIONS for name in section.results}
    unplanned = [Section(name, name.replace("-", "_"), (name,)) for name in found if name not in known]
    files: dict[str, str] = {}
    text = [HEAD]
    for section in (*SECTIONS, *unplanned):
        present = [name for name in section.results if name in found]
        if not present and not section.is_told:
            continue
        text.append(f"## {section.title}\n\n{_explained(section.module)}")
        for name in present:
            plots = {f"{PLOTS}/{stem}.svg": svg for stem, svg in pictures(name, found[name])}
            files |= plots
            text.append(_result(name, found[name], plots))
    return {README: "\n".join(text), **files}


def tables(result: Result) -> Iterator[str]:
    """Write everything that a result holds as Markdown: one table for each group of rows with the same columns."""
    result = {key: value for key, value in result.items() if value not in ({}, [])}
    facts = {key: _fact(value) for key, value in result.items() if _is_fact(value)}
    if facts:
        yield "\n".join(f"- **{_spaced(key)}**: {text}" for key, text in facts.items()) + "\n"
    for key, value in result.items():
        if key not in facts:
            yield from _tables_of(key, value)


def _is_fact(value: Any) -> bool:
    """Whether a line says it: a value, or a few beside each other."""
    return not _is_nested(value) or (isinstance(value, Mapping) and not any(map(_is_nested, value.values())))


def _fact(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{_spaced(key)} {_cell(one)}" for key, one in value.items())
    return _cell(value)


def _tables_of(key: str, value: Any) -> Iterator[str]:
    groups: dict[tuple[str, ...], list[Row]] = {}
    for path, row in _rows(value, ()):
        groups.setdefault(tuple(row), []).append((path, row))
    for columns, rows in groups.items():
        (path, row), *others = rows
        if not path and not others:
            yield f"- **{_spaced(key)}**: {_fact(row)}\n"
            continue
        head = [_spaced(key), *map(_spaced, columns)]
        body = [[" · ".join(path), *(_cell(row[column]) for column in columns)] for path, row in rows]
        yield _table(head, body)


def _rows(value: Any, path: tuple[str, ...]) -> Iterator[Row]:
    """Take a tree apart: what is single at a place is a row, named by the way to it."""
    if isinstance(value, list):
        for row in value:
            yield from _rows(row, path)
        return
    if single := {key: one for key, one in value.items() if not _is_nested(one)}:
        yield path, single
    for key, one in value.items():
        if _is_nested(one):
            yield from _rows(one, (*path, key))


def _is_nested(value: Any) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list) and any(isinstance(one, Mapping) for one in value))


def _table(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    has_names = any(row[0] for row in body)
    rows = [head, ["---", *("---:" for _ in head[1:])], *body]
    return "\n".join(f"| {' | '.join(row if has_names else row[1:])} |" for row in rows) + "\n"


UNITS = {"mb": "MB", "gb": "GB", "us": "µs"}
"""As a reader writes what a result's keys name in small letters."""


def _spaced(name: str) -> str:
    """Write a name in words: `p50_ms` is `p50 ms`; what is words already keeps its own."""
    return name if " " in name else " ".join(UNITS.get(word, word) for word in name.split("_"))


def _cell(value: Any) -> str:
    if isinstance(value, list):
        shown = ", ".join(_cell(one) for one in value[:MOST_LISTED])
        return shown + (f", … ({len(value)})" if len(value) > MOST_LISTED else "")
    if isinstance(value, float):
        # What is not quite 1 must not be written as 1.
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.6g}" if 0.9999 < value < 1 else f"{value:.4g}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}" if abs(value) >= 10_000 else str(value)
    return "—" if value is None else str(value).replace("|", "\\|")


def _explained(module: str) -> str:
    """Return a benchmark's docstring, read and not imported: some need what is not installed here."""
    for source in (FOLDER / f"{module}.py", FOLDER / module / "__main__.py"):
        if source.is_file():
            # What the docstring indents is code in Markdown too.
            return f"{ast.get_docstring(ast.parse(source.read_text(encoding='utf-8')))}\n"
    return ""


def _result(name: str, result: Result, plots: Mapping[str, str]) -> str:
    measured = {key: value for key, value in result.items() if key not in {"machine", "command"}}
    shown = [f"![{_title(svg)}]({file})\n" for file, svg in plots.items()]
    where = f"[results/{name}.json](results/{name}.json)"
    about = f"Measured by `{result['command']}` on {_machine(result['machine'])} All of it: {where}.\n"
    return "\n".join([about, *shown, *_TABLES.get(name, tables)(measured)])


def _machine(facts: Mapping[str, Any]) -> str:
    changed = " and changes after it" if facts.get("changed_since_commit") else ""
    # Outside a checkout there is none to note.
    at = f", at commit {facts['commit']}{changed}" if facts["commit"] else ""
    return f"{facts['processor']}, {facts['cores']} cores, Python {facts['python']}, {facts['date']}{at}."


_RATIOS = {
    "the best peer's time over ours": "best_peer",
    "of those that filter themselves": "best_filtering_peer",
}


def _peers(result: Result) -> Iterator[str]:
    """Write one table a number of documents: a row a peer, a column a constraint."""
    yield from tables({key: value for key, value in result.items() if key not in {"peers", "sizes"}})
    yield _table(
        ["peer", "versions", "setting"],
        [[name, _fact(peer["versions"]), peer["setting"]] for name, peer in result["peers"].items()],
    )
    for size, found in result["sizes"].items():
        conditions = found["conditions"]
        names = dict.fromkeys(name for figures in conditions.values() for name in figures)
        body = [[name, *(_peer(figures.get(name)) for figures in conditions.values())] for name in names]
        for what, key in _RATIOS.items():
            if key in found:
                ratios = [_times(best["times_ours"]) if best else "—" for best in found[key].values()]
                body.append([f"**{what}**", *ratios])
        yield _table([f"{int(size):,} documents: p50 in ms (recall@{result['k']})", *conditions], body)
        if found["left_out"]:
            yield "\n".join(f"- left out: {name}: {why}" for name, why in found["left_out"].items()) + "\n"


def _times(ratio: float) -> str:
    """Write a ratio; one that is far below 1 must not be written as 0."""
    return f"{ratio:.1f}×" if ratio >= 1 else f"{ratio:.2g}×"


def _peer(figures: Mapping[str, Any] | None) -> str:
    if figures is None:
        return "—"
    if "p50_ms" not in figures:
        return "error"
    recall = figures["recall_at_10"]
    few = f", {figures['questions']} questions" if figures.get("questions", FEW_QUESTIONS) < FEW_QUESTIONS else ""
    return f"{figures['p50_ms']:.3g} ({'—' if recall is None else f'{recall:.3f}'}{few})"


_TABLES: Mapping[str, Callable[[Result], Iterator[str]]] = {"peers": _peers}
"""By result, what writes its tables where `tables` would fill pages."""


def _title(svg: str) -> str:
    found = re.search("<title>(.*?)</title>", svg)
    return found[1] if found else ""


if __name__ == "__main__":
    main()
