"""The telling words of prose: hashed stems, each weighed by how telling it is.

Prose shares subjects, not phrases: single words meet where pairs of words hardly ever do (docs/decisions/0026), and a
vector of a few hundred buckets makes any two texts meet a little (docs/decisions/0028).

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
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import dropwhile
from pathlib import Path

from matcher.core.errors import ModelUnavailable
from matcher.core.letters import LIGATURES, without_accents
from matcher.core.terms import BUCKETS, HEAVIEST, STEMS, Terms, terms_of
from models.translations import shipped
from models.words import STOP_WORDS

STEM_LETTERS = 6
"""A word counts by its first letters: `développeur` and `développement` meet, in both languages, without a stemmer."""
TABLE = Path(__file__).parent / "taxonomy" / "frequencies.tsv.gz"
RARE = 3
"""Passages that a stem is taken to stand in where the table does not know it: it may be a name, or misspelt."""

_WORD = re.compile(r"[\w+#]{2,}")


class TermWeights:
    """Stems in buckets, sublinear in how often each stands there, times its inverse frequency."""

    name = "terms"

    def __init__(self, table: Path = TABLE) -> None:
        """Take a table of frequencies on trust until the first text."""
        self._table = table

    @property
    def fingerprint(self) -> str:
        """The tables' digests and the layout: the same gives the same terms.

        Raises:
            ModelUnavailable: a table is missing.
        """
        layout = f"{STEM_LETTERS}-{BUCKETS}-{STEMS}-{HEAVIEST}"
        return f"terms-{layout}-{hashlib.sha256(self._bytes).hexdigest()[:16]}-{shipped().fingerprint}"

    def terms(self, text: str) -> Terms:
        """Return a text's terms. One without a single word gets that of no stem: it resembles its like.

        Raises:
            ModelUnavailable: a table is missing or damaged.
        """
        weights, unknown = self._weights
        found: dict[int, float] = {}
        for stem, count in Counter(stems(text) or [""]).items():
            bucket = bucket_of(stem)
            found[bucket] = found.get(bucket, 0.0) + (1 + math.log(count)) * weights.get(stem, unknown)
        return terms_of(found)

    def telling(self, word: str) -> float:
        """Return a word's inverse frequency: 1 of one that stands in every text.

        Raises:
            ModelUnavailable: a table is missing or damaged.
        """
        weights, unknown = self._weights
        # What is no word here (`C`, `R`) is a name.
        return max((weights.get(stem, unknown) for stem in stems(word)), default=1.0 if word in STOP_WORDS else unknown)

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


def bucket_of(stem: str) -> int:
    """Return the bucket that a stem falls into."""
    return zlib.crc32(stem.encode()) % BUCKETS


def stems(text: str) -> list[str]:
    """Return the stems of a text's words in order, without stop words, accents and case.

    An English word has the stem of the French one that it is translated by.

    Raises:
        ModelUnavailable: the table of translations is missing or damaged.
    """
    french = shipped().french
    # Half of a character (a lone surrogate) cannot be encoded; to a reader it says nothing anyway.
    readable = text.encode("utf-8", "replace").decode().translate(LIGATURES)
    # Case before accents: in small letters the iota below a Greek letter is one, and stored terms hold it.
    plain = without_accents(unicodedata.normalize("NFKD", readable).casefold())
    return [french.get(word, word)[:STEM_LETTERS] for word in _WORD.findall(plain) if word not in STOP_WORDS]


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
