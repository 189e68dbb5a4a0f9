"""Are the feminine and the masculine form of a title one to the engine?

The folder holds `unix_referentiel_appellation_v460_utf8.csv.gz`: ROME 4.60, France Travail, Licence Ouverte 2.0 (the
open data page of the ROME offers it). Mechanism: each appellation that is written `masculine / feminine tail` is taken
apart into its two full forms by the words that the feminine side has more.

Two measures. In text: the two forms and the combined one must give one facet text; control: the same with case folded
and nothing else. In vectors: cosine of the two forms, the share of pairs with one vector, and rank-biased overlap of
their 50 nearest neighbours among all other appellations (in their masculine form); control: the same without the text
stage, as the titles are given.

    python -m benchmarks.gender --twins [--profiles N] [--postings N] [--names]

measures whole rankings instead: twins.py.
"""

import argparse
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import commandline, folders, machine, twins
from benchmarks.encoding import INPUTS, Titles, neutral
from matcher.core.errors import UnreadableFile
from matcher.core.ports import Vectors

FILE = "unix_referentiel_appellation_v460_utf8.csv"
LABEL = "libelle_appellation_long"
DEPTH = 50
PERSISTENCE = 0.9
BLOCK = 256
"""Pairs compared at once."""
SAME = 1e-6
"""Two vectors are one if no coordinate differs by more."""

Forms = tuple[str, str, str]
Places = NDArray[np.int64]


def measure(folder: Path, encoders: Sequence[Titles]) -> dict[str, Any]:
    """Return how alike the two genders of ROME's appellations are, in text and by every encoder.

    Raises:
        UnreadableFile: the file is missing, or is not the table of appellations.
    """
    labels = appellations(folder)
    forms = {place: found for place, label in enumerate(labels) if (found := genders(label))}
    if not forms:
        raise UnreadableFile(f"{folder.name}/{FILE}: no appellation names both genders")
    return {
        "appellations": len(labels),
        "pairs": len(forms),
        "equal": sum(_same(found, neutral) for found in forms.values()),
        "control_equal": sum(_same(found, str.casefold) for found in forms.values()),
        "neighbours": f"rank-biased overlap of the first {DEPTH}, p = {PERSISTENCE}",
        "measured": {titles.name: {how: _figures(titles, how, labels, forms) for how in INPUTS} for titles in encoders},
    }


def appellations(folder: Path) -> list[str]:
    """Return the long label of every appellation.

    Raises:
        UnreadableFile: the file is missing, or is not the table of appellations.
    """
    lines = csv.DictReader(io.StringIO(folders.read(folder / FILE), newline=""))
    if LABEL not in (lines.fieldnames or ()):
        raise UnreadableFile(f"{folder.name}/{FILE}, line 1: there is no column {LABEL}")
    labels = []
    for row in lines:
        if not row[LABEL]:
            raise UnreadableFile(f"{folder.name}/{FILE}, line {lines.line_num}: {LABEL} is empty")
        labels.append(row[LABEL])
    return labels


def genders(label: str) -> Forms | None:
    """Return the masculine, the feminine and the combined form of an appellation; None if it does not name both."""
    masculine, slash, feminine = label.partition(" / ")
    men, women = masculine.split(), feminine.split()
    # `Homme / Femme de chambre`: what the feminine has more is the common tail. Other labels list two trades.
    if slash and " / " not in feminine and len(women) >= len(men):
        return " ".join(men + women[len(men) :]), feminine, label
    return None


def overlap(first: Places, second: Places, *, persistence: float = PERSISTENCE) -> NDArray[np.float64]:
    """Return the rank-biased overlap of lists of equal depth, best first and without repeats: shape (rows,).

    (1 - p) / (1 - p^k) times the sum, over depths d to k, of p^(d-1) times the share that the first d have in common:
    equation 4 of the source cut at depth k, and scaled so that equal lists give 1.

    Args:
        first: shape (rows, k).
        second: the same.
        persistence: p, between 0 and 1: how likely a reader goes on to the next place.

    Source: Webber, Moffat and Zobel, A Similarity Measure for Indefinite Rankings, TOIS 28(4), 2010.
    """
    depths = np.arange(1, first.shape[1] + 1)
    # What stands in both lists counts from the deeper of its two places on.
    weights = np.cumsum((persistence ** (depths - 1) / depths)[::-1])[::-1]
    deeper = np.maximum.outer(depths, depths) - 1
    common = first[:, :, None] == second[:, None, :]
    scale = (1 - persistence) / (1 - persistence ** first.shape[1])
    found: NDArray[np.float64] = scale * np.where(common, weights[deeper], 0.0).sum(axis=(1, 2))
    return found


def nearest(asked: Vectors, offered: Vectors, own: Places, *, depth: int = DEPTH) -> Places:
    """Return the places of the nearest rows of `offered`, best first, the one in `own` left out: (queries, depth).

    Equal scores go by place. Fewer rows than `depth` give shorter lists.
    """
    scores = asked @ offered.T
    scores[np.arange(len(scores)), own] = -np.inf
    depth = min(depth, offered.shape[0] - 1)
    kept = np.sort(np.argpartition(-scores, depth - 1, axis=1)[:, :depth], axis=1)
    order = np.argsort(-np.take_along_axis(scores, kept, axis=1), axis=1, kind="stable")
    return np.take_along_axis(kept, order, axis=1)


def _figures(titles: Titles, how: str, labels: Sequence[str], forms: dict[int, Forms]) -> dict[str, float]:
    prepare = INPUTS[how]
    offered = titles.rows([prepare(forms[at][0] if at in forms else label) for at, label in enumerate(labels)])
    places = np.fromiter(forms, dtype=np.int64)
    masculine, feminine = offered[places], titles.rows([prepare(feminine) for _, feminine, _ in forms.values()])
    cosines = np.einsum("ij,ij->i", masculine, feminine)
    identical = np.abs(masculine - feminine).max(axis=1) <= SAME
    overlaps = np.concatenate(list(_overlaps(masculine, feminine, offered, places)))
    return {
        "mean cosine": round(float(cosines.mean()), 4),
        "identical": round(float(identical.mean()), 4),
        f"RBO@{DEPTH}": round(float(overlaps.mean()), 4),
    }


def _overlaps(masculine: Vectors, feminine: Vectors, offered: Vectors, places: Places) -> Iterator[NDArray[np.float64]]:
    for start in range(0, len(places), BLOCK):
        block = slice(start, start + BLOCK)
        lists = (nearest(side[block], offered, places[block]) for side in (masculine, feminine))
        yield overlap(*lists)


def _same(forms: Forms, form_of: Callable[[str], object]) -> bool:
    return len({form_of(title) for title in forms}) == 1


def main(words: Sequence[str] | None = None) -> None:
    """Measure what twins of both genders get from every posting, print it, and write it to results/."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--twins", action="store_true", required=True, help="the only measure that needs no folder")
    number = commandline.count()
    parser.add_argument("--profiles", type=number, default=twins.PROFILES, metavar="N", help="pairs of twins")
    parser.add_argument("--postings", type=number, default=twins.POSTINGS, metavar="N", help="fewer are a trial")
    parser.add_argument("--names", action="store_true", help="with a first name in the summary")
    commandline.add_write(parser)
    asked = parser.parse_args(words)
    here = machine.begin()
    result = twins.measure(profiles=asked.profiles, postings=asked.postings, named=asked.names)
    print(*(f"{name}: {value}" for name, value in result.items()), sep="\n")
    command = machine.command("benchmarks.gender", words)
    name = "gender-twins-named" if asked.names else "gender-twins"
    partial = asked.profiles < twins.PROFILES or asked.postings < twins.POSTINGS
    told = {"command": command, **result}
    print(machine.write(name, told, here=here, seed=twins.SEED, partial=partial, anyway=asked.write))


if __name__ == "__main__":
    main()
