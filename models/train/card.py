"""The model card, generated from the committed results, the record of the training and the catalogue.

    python -m models.train.card

Rewrites models/CARD.md; a test fails when the card and the results have drifted apart.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Template
from typing import Any

from models.catalogue import ENTRIES
from models.train.data import DATA_SETS

ROOT = Path(__file__).parent.parent.parent
RESULTS = ROOT / "benchmarks" / "results"
WEIGHTS = ROOT / "models" / "weights"
TEMPLATE = Path(__file__).parent / "card.md"
NOT_MEASURED = "Not measured yet.\n"
OUTSIDE_TAXONOMY = frozenset({"all-MiniLM-L6-v2", "words", "character TF-IDF (measured here)"})
"""What never saw ESCO's labels."""
MRR = ("MRR", "success@1", "success@10")
LINKER = ("accuracy@1", "precision", "recall", "none", "calibration error")

Figures = Mapping[str, Any]


def main() -> None:
    """Write the card of the shipped weights."""
    print(write(WEIGHTS))  # noqa: T201 - a command says what it made


def write(weights: Path) -> Path:
    """Write the card beside the folder of the weights and return its path."""
    path = weights.parent / "CARD.md"
    path.write_text(render(RESULTS, record(weights)), encoding="utf-8")
    return path


def record(weights: Path) -> Figures:
    """Return what the training left beside the weights; nothing if there are none yet."""
    return _read(weights / "training.json")


def render(results: Path, training: Figures) -> str:
    """Return the card as Markdown.

    Args:
        results: the folder of the benchmarks' results; one that is absent is said not to be measured.
        training: what `record` gives.
    """
    melo, hires, gender = (_read(results / f"quality-{name}.json") for name in ("melo", "hires", "gender"))
    parts = {
        "catalogue": _catalogue_table(),
        "sizes": _sizes(training),
        "data": _data_table(),
        "melo": _melo_tables(melo),
        "hires": _hires_table(hires),
        "validation": validation_table(training),
        "gender": _gender_table(gender),
        "linker": _linker_table(_read(results / "linker.json")),
        "speed": _speed_table(_read(results / "speed.json")),
    }
    template = Template(TEMPLATE.read_text(encoding="utf-8"))
    return template.substitute({name: text.rstrip("\n") for name, text in parts.items()})


def validation_table(training: Figures) -> str:
    """Return the figures of the recipe's own split: one row a model, one column a task."""
    found = training.get("validation")
    if not found:
        return NOT_MEASURED
    tasks = list(next(iter(found.values())))
    queries = training.get("queries", {})
    heads = [f"{task} ({queries[task]})" if task in queries else task for task in tasks]
    return _table(
        ["MRR (queries)", *heads], ([name, *(_three(row[task]) for task in tasks)] for name, row in found.items())
    )


def _catalogue_table() -> str:
    return _table(
        ["model", "dimensions", "languages", "licence"],
        (
            [f"`{entry.name}`", str(entry.dimension), ", ".join(entry.languages), entry.licence]
            for entry in ENTRIES.values()
        ),
    )


def _sizes(training: Figures) -> str:
    models = training.get("models", {})
    if not models:
        return "Size: not measured yet.\n"
    sizes = ", ".join(f"{name} {found['bytes'] / 1e6:.1f} MB" for name, found in models.items())
    return f"Size: {sizes}.{_made(training)}\n"


def _made(training: Figures) -> str:
    machine = training.get("machine")
    if not machine:
        return ""
    on = machine["gpu"] or f"{machine['processor']}, {machine['cores']} cores"
    taken = "".join(f"; {name} {seconds / 60:.0f} minutes" for name, seconds in training.get("seconds", {}).items())
    return f" Made on {machine['date']} ({on}{taken})."


def _data_table() -> str:
    lexicon = ["our lexicon of technologies and of the French administration's words", "models/taxonomy", "Apache-2.0"]
    titles = ["our titles by which people call the occupations of ESCO", "models/train/titles.tsv", "Apache-2.0"]
    teacher = ["all-MiniLM-L6-v2, the teacher's weights", "sentence-transformers", "Apache-2.0"]
    return _table(
        ["data", "from", "attribution and licence"],
        [*([one.title, one.source, one.attribution] for one in DATA_SETS), lexicon, titles, teacher],
    )


def _melo_tables(result: Figures) -> str:
    if not result:
        return NOT_MEASURED
    how = result["headline"]["input"]
    published = result.get("published", {})
    tables = []
    for name, size in result["sets"].items():
        ours = [
            [
                f"**{model}**" if model == result["headline"]["model"] else model,
                _taxonomy(model),
                *_metrics(by[how][name]),
            ]
            for model, by in result["measured"].items()
        ]
        theirs = [
            [f"{model} (published)", "no", *_metrics(row)]
            for model, row in published.get("figures", {}).get(name, {}).items()
        ]
        rows = sorted([*ours, *theirs], key=lambda row: row[2], reverse=True)
        tables.append(
            f"`{name}`, {size['queries']} queries, {size['corpus elements']} corpus elements:\n\n"
            + _table(["model", "saw ESCO's labels", *MRR], rows)
        )
    source = f" Published figures: {published['source']}." if published else ""
    return "\n".join([*tables, f"The default is in bold.{source} {_when(result)}"])


def _taxonomy(model: str) -> str:
    return "no" if set(model.split(" + ")) <= OUTSIDE_TAXONOMY else "yes"


def _metrics(figures: Figures) -> list[str]:
    return [_three(figures[name]) for name in MRR]


def _hires_table(result: Figures) -> str:
    if not result:
        return NOT_MEASURED
    names = list(next(iter(result["rankings"].values())))
    table = _table(
        ["ranking", *names],
        ([ranking, *(_three(row[name]) for name in names)] for ranking, row in result["rankings"].items()),
    )
    return f"Model: {result['model']}. Evaluation only; never trained on.\n\n{table}\n{_when(result)}"


def _gender_table(result: Figures) -> str:
    if not result:
        return NOT_MEASURED
    rows = [
        [model, how, *(_four(value) for value in figures.values())]
        for model, by_input in result["measured"].items()
        for how, figures in by_input.items()
    ]
    names = list(next(iter(next(iter(result["measured"].values())).values())))
    table = _table(["model", "titles", *names], rows)
    return f"{result['pairs']} pairs of ROME appellations:\n\n{table}\n{_when(result)}"


def _speed_table(result: Figures) -> str:
    if not result:
        return NOT_MEASURED
    lengths = list(next(iter(result["ways"].values()))["texts_per_s"])
    table = _table(
        [
            "way",
            *(f"{length} tokens, texts/s" for length in lengths),
            "alone, p50 ms",
            "load s",
            "memory MB",
            "top-10 overlap",
        ],
        (
            [
                way,
                *(str(row["texts_per_s"][length]) for length in lengths),
                str(row["alone_p50_ms"]),
                str(row["load_s"]),
                str(row["peak_memory_mb"]),
                str(result["faithful"].get(way, {}).get("top_10_overlap", "")),
            ]
            for way, row in result["ways"].items()
        ),
    )
    alone = "".join(
        f"- `{recipe}`: {rate:,.0f} titles a second on one core\n"
        for recipe, rate in result["titles_per_s_on_one_core"].items()
    )
    return f"{result['model']} on {result['cores']} cores; `{result['command']}`.\n\n{table}\n{alone}\n{_when(result)}"


def _linker_table(result: Figures) -> str:
    """Return one row a kind of concept and set of texts; the figures by source of text are in benchmarks/README.md."""
    if not result:
        return NOT_MEASURED
    rows = [
        [f"{kind}, {texts}", str(found[texts]["texts"]), *(_three(found[texts][name]) for name in LINKER)]
        for kind, found in result["measured"].items()
        for texts in ("all", "not in the table")
        if texts in found
    ]
    return f"{_table(['links', 'texts', *LINKER], rows)}\n`{result['command']}`. {_when(result)}"


def _when(result: Figures) -> str:
    """Say when, on what and at which commit a result was measured: models or tables may have changed since."""
    machine = result.get("machine", {})
    if "date" not in machine:
        return ""
    changed = " and changes after it" if machine["changed_since_commit"] else ""
    # Outside a checkout there is none to note.
    at = f" at commit {machine['commit']}{changed}" if machine["commit"] else ""
    return f"Measured on {machine['date']}{at} ({machine['processor']}, {machine['cores']} cores).\n"


def _table(heads: list[str], rows: Iterable[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _three(value: float) -> str:
    return f"{value:.3f}"


def _four(value: float) -> str:
    return f"{value:.4f}"


def _read(path: Path) -> Figures:
    found: Figures = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found


if __name__ == "__main__":
    main()
