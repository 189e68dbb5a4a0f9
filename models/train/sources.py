"""Folders of public data in, concepts out: a concept is one thing under all the names and texts that say it."""

import csv
import gzip
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from matcher.core.domain import Posting
from matcher.stages.ingest import read
from matcher.stages.text import clean, clean_title
from models.train.data import (
    REFERENS,
    ROME_APPELLATIONS,
    ROME_CODES,
    ROME_SKILL_LINKS,
    ROME_SKILLS,
    ROME_TEXTS,
    WrongData,
    existing,
)
from models.train.hyperparameters import SourceParameters

LEXICON = Path(__file__).parent.parent / "taxonomy" / "lexicon.tsv"
"""Our own: technologies and the French administration's words, which ESCO lacks."""

TITLES = Path(__file__).parent / "titles.tsv"
"""Our own: by which titles an occupation of ESCO is advertised and known, in French and English."""

_SENTENCES = re.compile(r"(?<=[.!?;])\s+|\n+")
OCCUPATIONS = "http://data.europa.eu/esco/occupation/"

_NAMES = ("conceptUri", "preferredLabel", "altLabels")
"""The columns of ESCO's tables in French; those in English have some more that are read."""
_REFERENS = (
    *("referens_id", "referens_bap_id", "referens_intitule", "referens_metiers", "referens_mission"),
    *("referens_activites_principales", "referens_connaissances", "referens_competences_operationnelles"),
)


@dataclass(frozen=True, slots=True)
class Concept:
    """One occupation, skill, job sheet or posting."""

    id: str
    kind: str
    """`occupation`, `group` (of occupations), `skill`, `appellation`, `code`, `sheet`, `posting` or `lexicon`."""
    group: str
    """Where it stands in its hierarchy: concepts of one group are near each other and not the same."""
    french: tuple[str, ...] = ()
    """Names, both genders."""
    english: tuple[str, ...] = ()
    prose: tuple[str, ...] = ()
    """Passages that describe it, in either language."""
    said: tuple[tuple[str, bool], ...] = ()
    """Titles by which people call it, beside its names, and whether each is French: our own, of occupations."""


def concepts(data: Path, parameters: SourceParameters) -> list[Concept]:
    """Return what all the folders under `data` hold: `esco`, `rome`, and where present `referens` and `pep`.

    Args:
        data: the folders of public data.
        parameters: how prose is cut.

    Raises:
        FileNotFoundError: a file of a folder is missing; it is named.
        WrongData: a file is damaged, or is another one than its name says.
    """
    found = [*_esco(data / "esco", parameters), *_rome(data / "rome", parameters)]
    if (data / "referens").is_dir():
        found += sheets(data / "referens" / REFERENS, parameters)
    found += _postings(sorted((data / "pep").glob("*.csv")), parameters)
    found += _lexicon(LEXICON)
    return found


def both_genders(label: str) -> tuple[str, ...]:
    """Return the masculine and the feminine form of `Homme / Femme de chambre`; another label comes back alone."""
    masculine, slash, feminine = label.partition(" / ")
    if not slash:
        masculine, slash, feminine = label.partition("/")
    men, women = masculine.split(), feminine.split()
    # What the feminine has more is the common tail. Other labels list two trades.
    if slash and "/" not in feminine and len(women) >= len(men):
        return " ".join(men + women[len(men) :]), feminine
    return (label,)


def rows(path: Path, columns: Sequence[str], *, delimiter: str = ",") -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV file by their column's name.

    Args:
        path: the gzipped file; unpacked, without `.gz`, it serves too.
        columns: those that are read, among others.
        delimiter: between columns.

    Raises:
        FileNotFoundError: there is no such file.
        WrongData: it cannot be read, has not these columns, a row without them, or no row.
    """
    found = existing(path)
    opened = gzip.open if found.suffix == ".gz" else open
    row = None
    try:
        with opened(found, "rt", encoding="utf-8-sig", newline="") as lines:
            table = csv.DictReader(lines, delimiter=delimiter)
            if missing := [column for column in columns if column not in (table.fieldnames or ())]:
                raise WrongData(found, f"has no column {', '.join(missing)} (separated by {delimiter!r})")
            for row in table:
                if any(row[column] is None for column in columns):
                    raise WrongData(found, f"has a row that is too short, at line {table.line_num}")
                yield row
    except (OSError, EOFError, UnicodeDecodeError, csv.Error, zlib.error) as error:
        raise WrongData(found, f"cannot be read ({error})") from error
    if row is None:
        raise WrongData(found, "has no row")


def _esco(folder: Path, parameters: SourceParameters) -> Iterator[Concept]:
    skills = list(rows(folder / "skills_en.csv.gz", (*_NAMES, "description", "skillType")))
    occupations = list(rows(folder / "occupations_en.csv.gz", (*_NAMES, "description", "iscoGroup")))
    groups = list(rows(folder / "ISCOGroups_en.csv.gz", (*_NAMES, "description", "code")))
    french = {**_french(folder, "occupations", occupations), **_french(folder, "skills", skills)}
    essential = _essential(folder)
    said = _said(TITLES)
    label: dict[str, str] = {}
    for row in skills:
        label[row["conceptUri"]] = row["preferredLabel"]
    for row in skills:
        yield _esco_concept(
            row, french.get(row["conceptUri"]), kind="skill", group=row["skillType"], parameters=parameters
        )
    french_groups = _french(folder, "ISCOGroups", groups)
    for row in groups:
        yield _esco_concept(
            row, french_groups.get(row["conceptUri"]), kind="group", group=row["code"][:2], parameters=parameters
        )
    for row in occupations:
        uri = row["conceptUri"]
        ours = [skill for skill in essential.get(uri, ()) if skill in label]
        few = parameters.listed_skills
        lists = (
            ", ".join(label[skill] for skill in ours[:few]),
            ", ".join(french[skill]["preferredLabel"] for skill in ours[-few:] if skill in french),
        )
        concept = _esco_concept(
            row, french.get(uri), kind="occupation", group=row["iscoGroup"], more=lists, parameters=parameters
        )
        known = {*map(str.casefold, (*concept.french, *concept.english))}
        yield replace(concept, said=tuple(one for one in said.get(uri, ()) if one[0].casefold() not in known))


def _french(folder: Path, kind: str, english: Iterable[Mapping[str, str]]) -> dict[str, dict[str, str]]:
    path = folder / f"{kind}_fr.csv.gz"
    found = {row["conceptUri"]: row for row in rows(path, _NAMES)}
    if not any(row["conceptUri"] in found for row in english):
        raise WrongData(existing(path), f"has no conceptUri of {kind}_en.csv.gz")
    return found


def _esco_concept(
    english: Mapping[str, str],
    french: Mapping[str, str] | None,
    *,
    kind: str,
    group: str,
    more: tuple[str, ...] = (),
    parameters: SourceParameters,
) -> Concept:
    labels: list[str] = []
    if french:
        for name in _names(french):
            labels += both_genders(name) if kind == "occupation" else (name,)
    return Concept(
        id=english["conceptUri"],
        kind=kind,
        group=group,
        french=_distinct(labels),
        english=_distinct(_names(english)),
        prose=_distinct([*_passages(english["description"], parameters), *(text for text in more if text)]),
    )


def _said(path: Path) -> dict[str, list[tuple[str, bool]]]:
    found = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"):
            french = [(title, True) for title in row["fr"].split(" | ") if title]
            english = [(title, False) for title in row["en"].split(" | ") if title]
            found[f"{OCCUPATIONS}{row['id']}"] = french + english
    return found


def _names(row: Mapping[str, str]) -> list[str]:
    return [row["preferredLabel"], *(name.strip() for name in (row["altLabels"] or "").split("\n"))]


def _essential(folder: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows(folder / "occupationSkillRelations.csv.gz", ("occupationUri", "relationType", "skillUri")):
        if row["relationType"] == "essential":
            found[row["occupationUri"]].append(row["skillUri"])
    return found


def _rome(folder: Path, parameters: SourceParameters) -> Iterator[Concept]:
    texts: dict[str, list[str]] = defaultdict(list)
    for row in rows(folder / ROME_TEXTS, ("code_rome", "libelle_type_texte", "libelle_texte")):
        if row["libelle_type_texte"] == "definition":
            texts[row["code_rome"]] += _passages(row["libelle_texte"].replace("''", "'"), parameters)
    named_skills = rows(folder / ROME_SKILLS, ("code_ogr", "libelle_competence"))
    skills = {row["code_ogr"]: row["libelle_competence"].replace("''", "'") for row in named_skills}
    of_code: dict[str, list[str]] = defaultdict(list)
    for row in rows(folder / ROME_SKILL_LINKS, ("code_rome", "code_ogr")):
        if row["code_ogr"] in skills:
            of_code[row["code_rome"]].append(skills[row["code_ogr"]])
    columns = ("code_rome", "code_ogr", "libelle_appellation_long", "libelle_appellation_court")
    appellations = list(rows(folder / ROME_APPELLATIONS, columns))
    named: dict[str, list[str]] = defaultdict(list)
    for row in appellations:
        named[row["code_rome"]] += both_genders(row["libelle_appellation_long"])
    for row in rows(folder / ROME_CODES, ("code_rome", "libelle_rome")):
        code = row["code_rome"]
        asked = of_code.get(code, [])
        lists = [", ".join(some) for some in _cut(asked, parameters.listed_skills)[: parameters.code_lists]]
        yield Concept(
            id=code,
            kind="code",
            group=code[:3],
            french=_distinct([*both_genders(row["libelle_rome"]), *named[code]]),
            prose=_distinct([*texts.get(code, ()), *lists]),
        )
    for row in appellations:
        forms = [*both_genders(row["libelle_appellation_long"]), row["libelle_appellation_court"]]
        yield Concept(id=row["code_ogr"], kind="appellation", group=row["code_rome"], french=_distinct(forms))


def sheets(path: Path, parameters: SourceParameters) -> Iterator[Concept]:
    """Yield the job sheets of REFERENS.

    Args:
        path: the gzipped file, or the same one unpacked.
        parameters: how much a passage lists.

    Raises:
        FileNotFoundError: there is no such file.
        WrongData: it is damaged, or another one.
    """
    for row in rows(path, _REFERENS, delimiter=";"):
        activities = row["referens_activites_principales"].split("|")
        skills = row["referens_connaissances"].split("|") + row["referens_competences_operationnelles"].split("|")
        yield Concept(
            id=row["referens_id"],
            kind="sheet",
            group=row["referens_bap_id"],
            french=_distinct([row["referens_intitule"], *row["referens_metiers"].split("|")]),
            prose=_distinct(
                [
                    row["referens_mission"],
                    *("; ".join(some) for some in _cut(activities, parameters.listed_activities)),
                    *(", ".join(some) for some in _cut(skills, parameters.listed_knowledge)[:2]),
                ]
            ),
        )


def _postings(paths: Iterable[Path], parameters: SourceParameters) -> Iterator[Concept]:
    seen = set()
    for path in paths:
        records = list(read(path, clean=clean, clean_title=clean_title))
        if not any(isinstance(record, Posting) for record in records):
            raise WrongData(path, "holds no posting that can be read")
        for record in records:
            if isinstance(record, Posting) and record.id not in seen:
                seen.add(record.id)
                passages = _distinct(_passages(f"{record.description}\n{record.qualifications}", parameters))
                prose = passages[: parameters.posting_passages]
                yield Concept(id=record.id, kind="posting", group="", french=(record.title,), prose=prose)


def _lexicon(path: Path) -> Iterator[Concept]:
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"):
            yield Concept(
                id=row["id"],
                kind="lexicon",
                group=row["broader_en"],
                french=_distinct([row["fr"], *row["other"].split(" | ")]),
                english=_distinct([row["en"]]),
                prose=_distinct([row["sentence_fr"], row["sentence_en"], row["broader_fr"], row["broader_en"]]),
            )


def _passages(text: str, parameters: SourceParameters) -> list[str]:
    """Cut prose at the ends of sentences."""
    passages: list[str] = []
    words: list[str] = []
    for sentence in _SENTENCES.split(text or ""):
        words += sentence.split()
        if len(words) >= parameters.passage_words // 2:
            passages.append(" ".join(words[: parameters.passage_words]))
            words = []
    return [text for text in [*passages, " ".join(words)] if len(text) >= parameters.shortest_passage]


def _cut(items: list[str], each: int) -> list[list[str]]:
    return [items[start : start + each] for start in range(0, len(items), each)]


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text.strip() for text in texts if text and text.strip()))
