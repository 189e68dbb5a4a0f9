"""The table that the linker links to: concepts of ESCO, ROME and this project's own lexicon, with all their names."""

import csv
import gzip
import io
import re
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from matcher.core.errors import ModelUnavailable

FOLDER = Path(__file__).parent / "taxonomy"
TABLE = FOLDER / "concepts.tsv.gz"
LEXICON = FOLDER / "lexicon.tsv"
COLUMNS = ("id", "kind", "fr", "en", "forms_fr", "forms_en")
LEXICON_COLUMNS = ("id", "kind", "fr", "en", "other")
LEXICON_PREFIX = "lexicon:"
"""Before the id of an entry of the lexicon that is a concept of its own."""
BETWEEN = "|"
"""Between the names of one field."""

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "occupation": ("occupation",),
    "skill": ("skill", "technology", "method", "norm"),
    "code": ("code",),
    "term": ("term",),
}
"""What can be asked for, and which kinds of concept answer. `code` is ROME's, `term` the French administration's."""

_SHORTEST = 3
"""Characters from which a name may be written in any case."""
_WORDS_TOO = frozenset(
    """
    access aria bind burp cap cas celery cert chef chorus cucumber dart dat dora elastic expo express helm hive impala
    inspire insomnia jest karma kettle lean lid lio locust loki mantis mocha node notion pia prefect presto pri puppet
    quarto rails rancher rest ria rie roso run sage salt san sas shiny sis sketch slack soap soc spa spark spring stanza
    swift tal torch unity vault vite whisper word zoom
    """.split()
)
"""Names of tools that are words of French or English too."""

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "’": "'"})
_JOINTS = re.compile(r"[\s,;:/()\[\]«»\"–—_-]+")
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)$")

Neutral = Callable[[str], str]
"""The engine's gender-neutral form of a title or skill."""


@dataclass(frozen=True, slots=True)
class Concept:
    """One occupation, skill or code, under all its names."""

    id: str
    """ESCO's URI, ROME's code, or `lexicon:` and an id of the lexicon."""
    kind: str
    fr: str
    en: str
    """Empty where there is no English name: ROME has none."""
    french: tuple[str, ...] = ()
    """Every French name, gender-neutral and in lower case, but the ambiguous ones as they are written."""
    english: tuple[str, ...] = ()

    @property
    def preferred(self) -> tuple[str, ...]:
        """The forms of its two labels, with and without what stands in brackets."""
        return (*self.french[: 1 + self.fr.endswith(")")], *self.english[: 1 + self.en.endswith(")")])

    @property
    def forms(self) -> tuple[str, ...]:
        """Every name in the form in which it is compared, each once."""
        return tuple(dict.fromkeys((*self.french, *self.english)))


def fold(text: str) -> str:
    """Return what counts of a neutral form: no case, accents, hyphens, brackets or stops at its end."""
    plain = text.casefold()
    if not plain.isascii():
        folded = unicodedata.normalize("NFKD", plain.translate(_LIGATURES))
        plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return _JOINTS.sub(" ", plain).strip(" .'!?")


def is_ambiguous(key: str) -> bool:
    """Tell of a folded name whether only its exact spelling says what is meant: `C`, `Go`, `Express`."""
    return len(key.replace(" ", "")) < _SHORTEST or key in _WORDS_TOO


def spellings(names: Iterable[str], neutral: Neutral) -> tuple[str, ...]:
    """Return names as the table holds them: one a neutral form, the ambiguous ones as they are written.

    What stands in brackets at the end (`Python (computer programming)`) makes a second name without it.
    """
    found: dict[str, str] = {}
    for name in names:
        for text in dict.fromkeys((name, _IN_BRACKETS.sub("", name))):
            form = " ".join(text.replace(BETWEEN, " ").split())
            key = fold(neutral(form))
            if key:
                found.setdefault(form if is_ambiguous(key) else key, form if is_ambiguous(key) else neutral(form))
    return tuple(found.values())


def read(neutral: Neutral, *, table: Path = TABLE, lexicon: Path = LEXICON) -> list[Concept]:
    """Return all concepts. One of the lexicon that has ESCO's name for a concept lends it its other names.

    Raises:
        ModelUnavailable: a table is missing or damaged.
    """
    return read_with_owners(neutral, table=table, lexicon=lexicon)[0]


def read_with_owners(
    neutral: Neutral, *, table: Path = TABLE, lexicon: Path = LEXICON
) -> tuple[list[Concept], dict[str, str]]:
    """Return all concepts, and which of them each entry of the lexicon is, by the entry's id.

    Raises:
        ModelUnavailable: a table is missing or damaged.
    """
    ours, theirs = list(_lexicon(lexicon, neutral)), list(_table(table))
    owners = _owners(theirs, ours)
    named = {concept.id.removeprefix(LEXICON_PREFIX): owners.get(concept.id, concept.id) for concept in ours}
    return _lent(theirs, ours, owners), named


def nearness(lexicon: Path = LEXICON) -> dict[str, list[str]]:
    """Return the entries that the lexicon puts near each of its entries, by id.

    Raises:
        ModelUnavailable: the lexicon is missing or damaged.
    """
    rows = _rows(lexicon, (*LEXICON_COLUMNS, "near"), mend="it comes with the project")
    return {row["id"]: row["near"].split() for row in rows}


def merged(concepts: Sequence[Concept], lexicon: Sequence[Concept]) -> list[Concept]:
    """Add the lexicon: to the one concept that has the same label, else as concepts of its own.

    Labels alone: ESCO has `Bash` among the other names of computer programming.
    """
    return _lent(concepts, lexicon, _owners(concepts, lexicon))


def _lent(concepts: Sequence[Concept], lexicon: Sequence[Concept], owners: Mapping[str, str]) -> list[Concept]:
    lent: dict[str, list[str]] = defaultdict(list)
    for concept in lexicon:
        if concept.id in owners:
            lent[owners[concept.id]] += concept.forms
    alone = [concept for concept in lexicon if concept.id not in owners]
    return [*(replace(c, french=(*c.french, *lent[c.id])) if c.id in lent else c for c in concepts), *alone]


def _owners(concepts: Sequence[Concept], lexicon: Sequence[Concept]) -> dict[str, str]:
    """Return the one concept that has the same label as a concept of the lexicon, by the latter's id."""
    labels: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for concept in concepts:
        for form in concept.preferred:
            labels[family(concept.kind), fold(form)][concept.id] = None
    owners = {}
    for concept in lexicon:
        forms = [fold(form) for form in concept.preferred]
        same = {owner for form in forms for owner in labels.get((family(concept.kind), form), ())}
        if len(same) == 1:
            owners[concept.id] = same.pop()
    return owners


def family(kind: str) -> str:
    """Return what one asks for to get a concept of this kind."""
    return next(name for name, kinds in FAMILIES.items() if kind in kinds)


def write(concepts: Iterable[Concept], path: Path, *, heading: str) -> None:
    """Write a table: the same concepts give the same bytes.

    Args:
        concepts: in the order in which they shall stand.
        path: a file name that ends in `.gz`.
        heading: what stands above the columns, each line behind a `#`.
    """
    text = io.StringIO(newline="")
    text.writelines(f"# {line}\n" for line in heading.splitlines())
    rows = csv.writer(text, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\n")
    rows.writerow(COLUMNS)
    for concept in concepts:
        names = (BETWEEN.join(forms) for forms in (concept.french, concept.english))
        rows.writerow((concept.id, concept.kind, concept.fr, concept.en, *names))
    path.write_bytes(gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0))


def _table(path: Path) -> Iterator[Concept]:
    for row in _rows(path, COLUMNS, mend="python -m models.train.taxonomy --data DIR makes it"):
        french, english = (tuple(filter(None, row[name].split(BETWEEN))) for name in ("forms_fr", "forms_en"))
        yield Concept(row["id"], row["kind"], row["fr"], row["en"], french, english)


def _lexicon(path: Path, neutral: Neutral) -> Iterator[Concept]:
    for row in _rows(path, LEXICON_COLUMNS, mend="it comes with the project"):
        french = spellings((row["fr"], *filter(None, row["other"].split(" | "))), neutral)
        english = spellings((row["en"],), neutral)
        yield Concept(f"{LEXICON_PREFIX}{row['id']}", row["kind"], row["fr"], row["en"], french, english)


def _rows(path: Path, columns: Sequence[str], *, mend: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a tab-separated file, gzipped if its name says so; lines that start with `#` are left out."""
    kinds = {kind for family in FAMILIES.values() for kind in family}
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
    except FileNotFoundError as error:
        raise ModelUnavailable(f"{path.name} is missing: install it again, or {mend}") from error
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise ModelUnavailable(f"{path.name} is damaged ({error}): install it again, or {mend}") from error
    lines = [line for line in text.split("\n") if line and not line.startswith("#")]
    names = lines[0].split("\t") if lines else []
    if any(column not in names for column in columns):
        raise ModelUnavailable(f"{path.name} has not the columns {', '.join(columns)}: install it again, or {mend}")
    for number, line in enumerate(lines[1:], start=1):
        fields = line.split("\t")
        if len(fields) != len(names) or not fields[0] or fields[names.index("kind")] not in kinds:
            raise ModelUnavailable(f"{path.name}: concept {number} cannot be read: install it again, or {mend}")
        yield dict(zip(names, fields, strict=True))
