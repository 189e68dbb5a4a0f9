"""Do the feminine, the masculine and the combined form of a title give the same facet text?

    python -m benchmarks.gender --rome DIR

`DIR` holds `unix_referentiel_appellation_v460_utf8.csv.gz`: ROME 4.60, France Travail, Licence Ouverte 2.0 (the open
data page of the ROME offers it). Mechanism: each appellation that is written `masculine / feminine tail` is taken apart
into its two full forms by the words that the feminine side has more, and all three go through the text stage as titles
of postings. Control: the same with case folded and nothing else.
"""

import argparse
import csv
import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import machine
from matcher.core.domain import Facet, Posting, PostingId
from matcher.stages.text import facet_texts

FILE = "unix_referentiel_appellation_v460_utf8.csv.gz"

Forms = tuple[str, str, str]


def main() -> None:
    """Measure, print, and write results/gender.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rome", type=Path, required=True, metavar="DIR")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print the first N that differ")
    arguments = parser.parse_args()
    forms = pairs(arguments.rome / FILE)
    different = [form for form in forms if not _same(form, _facet_text)]
    for form in different[: arguments.show]:
        print([_facet_text(title) for title in form])
    result: dict[str, Any] = {
        "command": "python -m benchmarks.gender --rome rome",
        "pairs": len(forms),
        "equal": len(forms) - len(different),
        "control_equal": sum(_same(form, str.casefold) for form in forms),
    }
    print(f"{result['equal']} of {result['pairs']} equal; control {result['control_equal']}")
    print(machine.write("gender", result))


def pairs(path: Path) -> list[Forms]:
    """Return the masculine, the feminine and the combined form of every appellation that names both genders."""
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as lines:
        labels = [row["libelle_appellation_long"] for row in csv.DictReader(lines)]
    found = []
    for label in labels:
        masculine, slash, feminine = label.partition(" / ")
        men, women = masculine.split(), feminine.split()
        # `Homme / Femme de chambre`: what the feminine has more is the common tail. Other labels list two trades.
        if slash and " / " not in feminine and len(women) >= len(men):
            found.append((" ".join(men + women[len(men) :]), feminine, label))
    return found


def _same(forms: Forms, form_of: Callable[[str], str]) -> bool:
    return len({form_of(title) for title in forms}) == 1


def _facet_text(title: str) -> str:
    parts = facet_texts(Posting(id=PostingId("rome"), title=title)).get(Facet.TITLE, ())
    return " | ".join(part.text for part in parts)


if __name__ == "__main__":
    main()
