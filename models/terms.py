"""The words of prose as a dense vector: hashed stems, each weighed by how telling it is.

Prose shares subjects, not phrases: single words meet where pairs of words hardly ever do, and a pair that meets nothing
only adds noise to a hashed vector. Measured on halves of real postings (docs/decisions/0026): of 628, words and pairs
of them without weights find the other half first in .25 of the cases, this in .35, both in 256 buckets.

Sources: Weinberger et al., Feature Hashing for Large Scale Multitask Learning, ICML 2009; Spärck Jones, A Statistical
Interpretation of Term Specificity, Journal of Documentation, 1972.
"""

import gzip
import hashlib
import math
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import dropwhile
from pathlib import Path

import numpy as np

from matcher.core.errors import ModelUnavailable
from matcher.core.ports import Vectors
from models.words import STOP_WORDS

BUCKETS = 256
"""Measured: 512 gain two hundredths on halves of postings, at half as much again of memory a body."""
STEM_LETTERS = 6
"""A word counts by its first letters: `développeur` and `développement` meet, in both languages, without a stemmer."""
TABLE = Path(__file__).parent / "taxonomy" / "frequencies.tsv.gz"
RARE = 3
"""Passages that a stem is taken to stand in where the table does not know it: it may be a name, or misspelt."""

_WORD = re.compile(r"[\w+#]{2,}")
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})


class TermsEncoder:
    """Signed feature hashing of stems, sublinear in how often each stands there, times its inverse frequency."""

    name = "terms"
    dimension = BUCKETS

    def __init__(self, table: Path = TABLE) -> None:
        """Take a table of frequencies on trust until the first text."""
        self._table = table

    @property
    def fingerprint(self) -> str:
        """The table's digest: the same table gives the same vectors.

        Raises:
            ModelUnavailable: there is no table.
        """
        return f"terms-{BUCKETS}-{STEM_LETTERS}-{hashlib.sha256(self._bytes).hexdigest()[:16]}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row a text, float32, in order; no text gives shape (0, dimension).

        A text without a single word gets the first axis: it has length 1 and resembles its like, and the few words that
        are hashed there.

        Raises:
            ModelUnavailable: the table is missing or damaged.
        """
        if not texts:
            return np.zeros((0, BUCKETS), dtype=np.float32)
        from models.hashing import hashed  # noqa: PLC0415 - only who encodes needs its compiler

        rows: Vectors = np.stack([hashed(*self._weighed(text), BUCKETS) for text in texts]).astype(np.float32)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        # Two stems of one bucket and opposite signs may leave nothing, or a trace of rounding.
        empty = lengths[:, 0] < 1e-6
        rows[empty], lengths[empty] = 0.0, 1.0
        rows[empty, 0] = 1.0
        rows /= lengths
        return rows

    def _weighed(self, text: str) -> tuple[list[str], list[float]]:
        """Return a text's stems, and what each counts."""
        weights, unknown = self._weights
        counts = Counter(stems(text))
        return [*counts], [(1 + math.log(count)) * weights.get(stem, unknown) for stem, count in counts.items()]

    @cached_property
    def _weights(self) -> tuple[Mapping[str, float], float]:
        """Inverse frequencies by stem, and that of a stem that is not in the table."""
        try:
            lines = gzip.decompress(self._bytes).decode().splitlines()
            passages, *rows = (line.split("\t") for line in dropwhile(_is_heading, lines))
            total = 1 + int(passages[0])
            return {stem: _inverse(total, int(count)) for stem, count in rows}, _inverse(total, RARE)
        except (OSError, EOFError, ValueError, zlib.error) as error:
            raise ModelUnavailable(f"{self._table.name} cannot be read ({error}): install the package again") from error

    @cached_property
    def _bytes(self) -> bytes:
        try:
            return self._table.read_bytes()
        except OSError as error:
            raise ModelUnavailable(
                f"{self._table.name} cannot be read ({error.strerror}): install the package again"
            ) from error


def stems(text: str) -> list[str]:
    """Return the stems of a text's words in order, without stop words, accents and case."""
    # Half of a character (a lone surrogate) is refused by the hasher; to a reader it says nothing anyway.
    plain = unicodedata.normalize("NFKD", text.encode("utf-8", "replace").decode().translate(_LIGATURES)).casefold()
    folded = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return [word[:STEM_LETTERS] for word in _WORD.findall(folded) if word not in STOP_WORDS]


def write(passages: Iterable[str], path: Path, *, heading: str, fewest: int) -> int:
    """Write the table of how many passages each stem stands in, and return how many stems it holds.

    The same passages give the same bytes.

    Args:
        passages: texts in the languages that are to be encoded.
        path: of the table.
        heading: what a reader should know of it, in lines.
        fewest: passages from which a stem is worth a row.
    """
    counts: Counter[str] = Counter()
    total = 0
    for passage in passages:
        counts.update({*stems(passage)})
        total += 1
    rows = sorted((stem, count) for stem, count in counts.items() if count >= fewest)
    lines = [*(f"# {line}" for line in heading.splitlines()), str(total), *(f"{stem}\t{count}" for stem, count in rows)]
    path.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), mtime=0))
    return len(rows)


def _is_heading(line: str) -> bool:
    return line.startswith("# ")


def _inverse(total: int, count: int) -> float:
    return math.log(total / (1 + count)) + 1
