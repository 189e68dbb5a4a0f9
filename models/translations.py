"""French words for English ones, so that exact words meet across languages: `developer` counts as `développeur`.

A word is looked up by itself, whatever language the text is in: a title mixes both. The table holds what is a word of
English alone; a name of a tool, and a word that both languages write alike, has no entry.
"""

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from pathlib import Path

from models.files import bytes_of, damaged, lines_of

TABLE = Path(__file__).parent / "taxonomy" / "translations.tsv"
MEND = "install it again, or python -m models.train.translations --data DIR makes it"


class Translations:
    """A table of words, read where it is first asked."""

    def __init__(self, table: Path = TABLE) -> None:
        self._table = table

    @cached_property
    def fingerprint(self) -> str:
        """The table's digest.

        Raises:
            ModelUnavailable: there is no table.
        """
        return hashlib.sha256(bytes_of(self._table, mend=MEND)).hexdigest()[:16]

    @cached_property
    def french(self) -> Mapping[str, str]:
        """French words by English ones, in small letters without accents. No word stands on both sides.

        Raises:
            ModelUnavailable: the table is missing or damaged.
        """
        return dict(pairs_in(self._table))


@cache
def shipped() -> Translations:
    """Return the table that ships, one a process."""
    return Translations()


def pairs_in(table: Path) -> list[tuple[str, str]]:
    """Return what a table holds: English and French.

    Raises:
        ModelUnavailable: it is missing or damaged.
    """
    rows = [line.split("\t") for line in lines_of(table, mend=MEND)]
    if not all(len(row) == 2 and all(row) for row in rows):
        raise damaged(table, "a line is not English, a tab, French", mend=MEND)
    return [(english, french) for english, french in rows]


def write(pairs: Iterable[tuple[str, str]], path: Path, *, heading: str) -> None:
    """Write a table: the same words give the same bytes.

    Args:
        pairs: English and French; nothing stands there twice in English.
        path: of the table.
        heading: what a reader should know of it, in lines.
    """
    lines = [*(f"# {line}" for line in heading.splitlines()), *("\t".join(pair) for pair in sorted(pairs))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
