"""How good are the matches? Every measure that has a target, from folders of data.

    python -m benchmarks.quality [--melo DIR] [--trec DIR] [--hires DIR] [--rome DIR] [--prose DIR]
        [--model RECIPE]... [--body RECIPE]... [--baselines]

At least one folder. Each writes results of its own: quality-melo.json (melo.py), quality-trec.json (trec.py: any set in
the form of TREC or BEIR), quality-hires.json (hires.py), quality-gender.json (gender.py) and quality-prose.json
(prose.py). For titles, always measured are what `models.load()`
gives, first (not for hires), and what the engine compares titles with; `--model` measures others beside them. Titles
are compared in two ways: `as given`, which the figures of `models.load()` are quoted for, as it makes them
gender-neutral by itself; and `neutral`, through the engine's own title facet, as the engine does. Prose is compared as
the engine compares bodies; `--body` measures others beside that.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import models
from benchmarks import commandline, gender, hires, machine, melo, prose, trec
from benchmarks.encoding import Titles, default_encoder, title_encoder
from matcher.core.domain import Facet
from matcher.core.errors import MatcherError
from matcher.core.ports import Encoder

BASELINE = "all-MiniLM-L6-v2"
MEASURES = {
    "melo": "quality-melo",
    "trec": "quality-trec",
    "hires": "quality-hires",
    "rome": "quality-gender",
    "prose": "quality-prose",
}
SEEDS = {"melo": melo.SEED, "trec": melo.SEED, "hires": hires.SEED}
"""Of the measures that draw something by chance."""


def main(words: Sequence[str] | None = None) -> None:
    """Measure what the arguments ask for, print it, and write it to results/."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--melo", type=Path, metavar="DIR", help="one MELO set, or several in sub-folders")
    parser.add_argument("--trec", type=Path, metavar="DIR", help="one set in the form of TREC or BEIR, or several")
    parser.add_argument("--hires", type=Path, metavar="DIR", help="postings, profiles, who was hired, domains")
    parser.add_argument("--rome", type=Path, metavar="DIR", help="the ROME's appellations")
    parser.add_argument("--prose", type=Path, metavar="DIR", help="postings in pep/, job sheets in referens/")
    parser.add_argument("--model", action="append", default=[], metavar="RECIPE", help="what models.load() takes")
    parser.add_argument("--body", action="append", default=[], metavar="RECIPE", help="prose: as MATCHER_BODY_MODEL")
    parser.add_argument("--baselines", action="store_true", help=f"measure {BASELINE} and character TF-IDF too")
    parser.add_argument("--no-control", action="store_true", help="hires: leave the naive way out, which is slow")
    commandline.add_write(parser)
    arguments = parser.parse_args(words)
    if not any(getattr(arguments, name) for name in MEASURES):
        parser.error("name at least one folder: --melo, --trec, --hires, --rome or --prose")
    here = machine.begin()
    try:
        for name, result in measured(arguments):
            print(*rows(result), sep="\n")
            told = {"command": command(name, arguments), **result}
            partial = name == "hires" and arguments.no_control
            path = machine.write(
                MEASURES[name], told, here=here, seed=SEEDS.get(name), partial=partial, anyway=arguments.write
            )
            print(path, flush=True)
    except (MatcherError, ValueError) as error:
        sys.exit(f"benchmarks.quality: {error}")


def measured(arguments: argparse.Namespace) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each measure that is asked for, by its argument's name, with its results."""
    others = [title_encoder(), *map(models.load, [*arguments.model, *([BASELINE] if arguments.baselines else [])])]
    encoders = titles_of([default_encoder(), *others])
    for name in MEASURES:
        folder = getattr(arguments, name)
        if folder is None:
            continue
        if name == "melo":
            result = melo.measure(folder, encoders, tfidf=arguments.baselines)
        elif name == "trec":
            result = trec.measure(folder, encoders, tfidf=arguments.baselines)
        elif name == "hires":
            result = hires.measure(folder, titles_of(others), control=not arguments.no_control)
        elif name == "prose":
            result = prose.measure(folder, [models.DEFAULTS[Facet.BODY], *arguments.body])
        else:
            result = gender.measure(folder, encoders)
        yield name, {"data": folder.resolve().name, **result}


def titles_of(encoders: Sequence[Encoder]) -> list[Titles]:
    """Return encoders that are asked for every text once, each encoder once."""
    found: dict[str, Titles] = {}
    names: set[str] = set()
    for encoder in encoders:
        if encoder.fingerprint in found:
            continue
        titles = found[encoder.fingerprint] = Titles(encoder)
        while titles.name in names:  # two folders of one name
            titles.name += "′"
        names.add(titles.name)
    return list(found.values())


def command(name: str, arguments: argparse.Namespace) -> str:
    """Return the command that measures this, with the names of folders but not where they are on this machine."""
    words = ["python -m benchmarks.quality", f"--{name} {getattr(arguments, name).resolve().name}"]
    of_bodies = name == "prose"
    option, recipes = ("--body", arguments.body) if of_bodies else ("--model", arguments.model)
    words += [f"{option} '{re.sub(r'[^*+ ]*/', '', recipe)}'" for recipe in recipes]
    words += ["--baselines"] if arguments.baselines and not of_bodies else []
    words += ["--no-control"] if name == "hires" and arguments.no_control else []
    return " ".join(words)


def rows(result: Mapping[str, Any]) -> Iterator[str]:
    """Yield one line a group of figures, to be read on a terminal."""
    for name in ("rankings", "measured", "published"):
        yield from _rows(result.get(name, {}), path=())
    if "pairs" in result:
        yield f"one facet text: {result['equal']} of {result['pairs']} pairs; control {result['control_equal']}"


def _rows(node: Any, path: tuple[str, ...]) -> Iterator[str]:
    if not isinstance(node, Mapping):
        return
    figures = {key: value for key, value in node.items() if isinstance(value, float)}
    if figures:
        yield f"{' · '.join(path):64}" + "  ".join(f"{key} {value:.4f}" for key, value in figures.items())
    for key, value in node.items():
        yield from _rows(value, (*path, key))


if __name__ == "__main__":
    main()
