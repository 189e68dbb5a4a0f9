"""The table that the linker links to: concepts of ESCO, ROME and this project's own lexicon, with all their names."""

import csv
import gzip
import io
import re
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from pathlib import Path

from matcher.core.errors import ModelUnavailable
from matcher.core.letters import LIGATURES, without_accents
from models.files import COMES_WITH, lines_of

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
KINDS: Mapping[str, str] = {kind: family for family, kinds in FAMILIES.items() for kind in kinds}
"""Every kind of concept, and its family."""

OF_PEOPLE = frozenset({"occupation", "code"})
"""Kinds whose labels may name a man and a woman; `TCP/IP` does not."""
_SHORTEST = 3
"""Characters from which a name may be written in any case."""
_WORDS_TOO = frozenset(
    """
    access aria bind burp camembert cap cas celery cert chef chorus cucumber dart dat dora elastic expo express helm
    hive impala inspire insomnia jest karma kettle lean lid lio locust loki mantis mocha moulins node notion paris pia
    prefect presto pri puppet quarto rails rancher rest ria rie roso run sage salt san sas shiny sis sketch slack soap
    soc spa spark spring stanza swift tal torch unity vault vite whisper word zoom
    """.split()
)
"""Names of tools and tasks that are words of French or English, or towns, too."""
_PRODUCTS_TOO = frozenset(
    "apache-httpd cloud-pi containerd dbt elk esbuild k6 llama-cpp npm pandas pgvector pytest scikit-learn tcpdump "
    "windows-workstation".split()
)
"""Entries whose names are written without a capital, or not alike in both languages."""

_PLAIN = LIGATURES | {ord("’"): "'"}
_JOINTS = re.compile(r"[\s,;:/()\[\]«»\"–—_-]+")
_EDGES = " .'!?"
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
    lent: tuple[str, ...] = ()
    """Those of its French names that the lexicon lends it; an entry of the lexicon lends itself nothing."""

    @property
    def preferred(self) -> tuple[str, ...]:
        """The forms of its two labels, with and without what stands in brackets; of people, those of both genders too.

        `sage-femme` of `homme sage-femme/sage-femme`, `stewardess` of `steward/stewardess`, where they are names.
        """
        labels = (*self.french[: 1 + self.fr.endswith(")")], *self.english[: 1 + self.en.endswith(")")])
        genders = {fold(half) for label in (self.fr, self.en) for half in both_genders(label)}
        if not genders or self.kind not in OF_PEOPLE:
            return labels
        return tuple(dict.fromkeys((*labels, *(form for form in self.forms if fold(form) in genders))))

    @property
    def forms(self) -> tuple[str, ...]:
        """Every name in the form in which it is compared, each once."""
        return tuple(dict.fromkeys((*self.french, *self.english)))


def _folded(plain: str) -> str:
    return _JOINTS.sub(" ", without_accents(plain.translate(_PLAIN)))


_USUAL = {sign: folded for sign in range(0x250) if (folded := _folded(chr(sign))).isascii()} | {ord("’"): "'"}
"""What is left of the signs of French and English, each of which is folded by itself."""


def fold(text: str) -> str:
    """Return what counts of a neutral form: no case, accents, hyphens, brackets or stops at its end."""
    plain = text.casefold()
    usual = plain.translate(_USUAL)
    return " ".join(usual.split()).strip(_EDGES) if usual.isascii() else _folded(plain).strip(_EDGES)


def is_ambiguous(key: str) -> bool:
    """Tell of a folded name whether only its exact spelling says what is meant: `C`, `Go`, `Express`."""
    return len(key.replace(" ", "")) < _SHORTEST or key in _WORDS_TOO


def both_genders(label: str) -> tuple[str, ...]:
    """Return the two halves of an occupation's label that has one slash: `steward/stewardess`; of others, nothing."""
    halves = tuple(half.strip() for half in label.split("/"))
    return halves if len(halves) == 2 else ()


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
    neutral: Neutral, *, kinds: Container[str] = KINDS, table: Path = TABLE, lexicon: Path = LEXICON
) -> tuple[list[Concept], dict[str, str]]:
    """Return all concepts, and which of them each entry of the lexicon is, by the entry's id.

    Args:
        neutral: the engine's gender-neutral form.
        kinds: those of the concepts that are wanted; a family's are wanted together.
        table: ESCO's and ROME's concepts.
        lexicon: this project's own.

    Raises:
        ModelUnavailable: a table is missing or damaged.
    """
    ours, theirs = list(_lexicon(lexicon, neutral, kinds)), list(_table(table, kinds))
    owners = _owners(theirs, ours)
    named = {concept.id.removeprefix(LEXICON_PREFIX): owners.get(concept.id, concept.id) for concept in ours}
    return _lent(theirs, ours, owners), named


def nearness(lexicon: Path = LEXICON) -> dict[str, list[str]]:
    """Return the entries that the lexicon puts near each of its entries, by id.

    Raises:
        ModelUnavailable: the lexicon is missing or damaged.
    """
    rows = _rows(lexicon, ("id", "kind", "near"))
    return {entry: near.split() for entry, _, near in rows}


def trades(neutral: Neutral, lexicon: Path = LEXICON) -> set[str]:
    """Return the names of the trades that the lexicon knows.

    Raises:
        ModelUnavailable: the lexicon is missing or damaged.
    """
    return {form for concept in _lexicon(lexicon, neutral, FAMILIES["occupation"]) for form in concept.forms}


def trades_and_terms(neutral: Neutral, lexicon: Path = LEXICON) -> set[str]:
    """Return the names of what the lexicon knows and is no skill: `DPO` is a trade, `DDI` a service of the State.

    Raises:
        ModelUnavailable: the lexicon is missing or damaged.
    """
    kinds = frozenset(KINDS).difference(FAMILIES["skill"])
    return {form for concept in _lexicon(lexicon, neutral, kinds) for form in concept.forms}


def products(lexicon: Path = LEXICON) -> set[str]:
    """Return the entries of the lexicon that are known by a name of their own, by id: `Rust`, `dbt`, not `antivirus`.

    Raises:
        ModelUnavailable: the lexicon is missing or damaged.
    """
    rows = _rows(lexicon, ("id", "kind", "fr", "en"))
    # What has a name of its own is called so in both languages.
    return {
        entry
        for entry, kind, french, english in rows
        if kind == "technology" and (entry in _PRODUCTS_TOO or (french == english and french != french.lower()))
    }


def groups(lexicon: Path = LEXICON) -> dict[str, str]:
    """Return the group of each entry of the lexicon, by id: what is broader than it.

    Raises:
        ModelUnavailable: the lexicon is missing or damaged.
    """
    return {entry: broader for entry, _, broader in _rows(lexicon, ("id", "kind", "broader_fr"))}


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
    return [*(_with(c, tuple(lent[c.id])) if c.id in lent else c for c in concepts), *alone]


def _with(concept: Concept, lent: tuple[str, ...]) -> Concept:
    return replace(concept, french=(*concept.french, *lent), lent=lent)


def _owners(concepts: Sequence[Concept], lexicon: Sequence[Concept]) -> dict[str, str]:
    """Return the one concept that has the same label as a concept of the lexicon, by the latter's id."""
    asked = {concept.id: [(family(concept.kind), fold(form)) for form in concept.preferred] for concept in lexicon}
    labels: dict[tuple[str, str], set[str]] = {label: set() for forms in asked.values() for label in forms}
    for concept in concepts:
        of_family = family(concept.kind)
        for form in concept.preferred:
            if (label := (of_family, fold(form))) in labels:
                labels[label].add(concept.id)
    owners = {}
    for concept in lexicon:
        same = {owner for label in asked[concept.id] for owner in labels[label]}
        if len(same) == 1:
            owners[concept.id] = same.pop()
    return owners


def family(kind: str) -> str:
    """Return what one asks for to get a concept of this kind."""
    return KINDS[kind]


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


def _table(path: Path, kinds: Container[str]) -> Iterator[Concept]:
    for row in _rows(path, COLUMNS, mend="install it again, or python -m models.train.taxonomy --data DIR makes it"):
        if row[1] in kinds:
            id_, kind, fr, en, french, english = row
            yield Concept(id_, kind, fr, en, _names(french), _names(english))


def _names(forms: str) -> tuple[str, ...]:
    return tuple(filter(None, forms.split(BETWEEN)))


def _lexicon(path: Path, neutral: Neutral, kinds: Container[str]) -> Iterator[Concept]:
    for entry, kind, fr, en, other in _rows(path, LEXICON_COLUMNS):
        if kind in kinds:
            french = spellings((fr, *filter(None, other.split(" | "))), neutral)
            yield Concept(f"{LEXICON_PREFIX}{entry}", kind, fr, en, french, spellings((en,), neutral))


def _rows(path: Path, columns: Sequence[str], *, mend: str = COMES_WITH) -> Iterator[tuple[str, ...]]:
    """Yield some columns of a tab-separated file, gzipped if its name says so; lines that start with `#` are left out.

    Args:
        path: of the file.
        columns: two or more, in the order in which they are wanted.
        mend: how to, where the file is missing or damaged.
    """
    lines = lines_of(path, mend=mend)
    names = lines[0].split("\t") if lines else []
    if any(column not in names for column in columns):
        raise ModelUnavailable(f"{path.name} has not the columns {', '.join(columns)}: {mend}")
    wanted, kind = itemgetter(*map(names.index, columns)), names.index("kind")
    for number, line in enumerate(lines[1:], start=1):
        fields = line.split("\t")
        if len(fields) != len(names) or not fields[0] or fields[kind] not in KINDS:
            raise ModelUnavailable(f"{path.name}: concept {number} cannot be read: {mend}")
        yield wanted(fields)
