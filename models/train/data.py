"""The public data that the recipe reads: which files, where anyone gets them, and under which licence."""

from dataclasses import dataclass
from pathlib import Path

from matcher.core.errors import UnreadableFile
from matcher.core.files import sha256

REFERENS = "fr-esr_referentiel_metier_referens_3.csv.gz"
ROME_APPELLATIONS = "unix_referentiel_appellation_v460_utf8.csv.gz"
ROME_CODES = "unix_referentiel_code_rome_v460_utf8.csv.gz"
ROME_TEXTS = "unix_texte_v347_utf8.csv.gz"
ROME_SKILLS = "unix_referentiel_competence_v347_utf8.csv.gz"
ROME_SKILL_LINKS = "unix_coherence_item_v347_utf8.csv.gz"


@dataclass(frozen=True, slots=True)
class DataSet:
    """One folder of public data."""

    folder: str
    title: str
    source: str
    """Where anyone downloads it, and in which version."""
    attribution: str
    files: tuple[str, ...]
    """Any file may stand there without `.gz`, as it was downloaded."""
    is_needed: bool = True


ESCO = DataSet(
    folder="esco",
    title="ESCO: occupations and skills of the European Union",
    source=(
        "https://esco.ec.europa.eu/en/use-esco/download (classification, CSV: the English files of version 1.1.1, "
        "the French files of a version 1.0.x)"
    ),
    attribution="© European Union, ESCO, CC BY 4.0",
    files=(
        "occupations_en.csv.gz",
        "occupations_fr.csv.gz",
        "skills_en.csv.gz",
        "skills_fr.csv.gz",
        "ISCOGroups_en.csv.gz",
        "ISCOGroups_fr.csv.gz",
        "occupationSkillRelations.csv.gz",
    ),
)
ROME = DataSet(
    folder="rome",
    title="ROME: the French directory of occupations",
    source=(
        "https://www.francetravail.org (open data, ROME) or https://www.data.gouv.fr, data set `ROME`: the CSV "
        "archives of versions 4.60 and 3.47"
    ),
    attribution="France Travail, Licence Ouverte 2.0",
    files=(ROME_APPELLATIONS, ROME_CODES, ROME_TEXTS, ROME_SKILLS, ROME_SKILL_LINKS),
)
REFERENS_III = DataSet(
    folder="referens",
    title="REFERENS III: job sheets of French higher education",
    source="https://data.enseignementsup-recherche.gouv.fr, data set `fr-esr_referentiel_metier_referens_3`, CSV",
    attribution="Ministry of higher education and research, Licence Ouverte",
    files=(REFERENS,),
    is_needed=False,
)
PEP = DataSet(
    folder="pep",
    title="Postings of the French State",
    source="https://www.data.gouv.fr, data set `Offres d'emploi publiées sur Place de l'emploi public`, CSV",
    attribution="Place de l'emploi public, Licence Ouverte",
    files=("*.csv",),
    is_needed=False,
)
DATA_SETS = (ESCO, ROME, REFERENS_III, PEP)


class WrongData(UnreadableFile):
    """A file of the data is damaged, or is another one than its name says."""

    def __init__(self, path: Path, why: str) -> None:
        named = [f". {one.title}: get it anew from {one.source}" for one in DATA_SETS if one.folder == path.parent.name]
        super().__init__(f"{path} {why}{''.join(named)}")


def existing(path: Path) -> Path:
    """Return a file whose name ends in `.gz`, or the same one unpacked.

    Raises:
        FileNotFoundError: there is neither.
    """
    for candidate in (path, path.with_suffix("")):
        if candidate.is_file():
            return candidate
    raise FileNotFoundError(str(path))


def complaint(data: Path) -> str | None:
    """Return a line that names the files missing from a folder of data, and where to get them; None if all are there.

    A folder that is not needed may be absent, but not empty.
    """
    for wanted in DATA_SETS:
        folder = data / wanted.folder
        if wanted.is_needed or folder.is_dir():
            missing = [
                name
                for name in wanted.files
                if not any(path.is_file() for form in {name, name.removesuffix(".gz")} for path in folder.glob(form))
            ]
            if missing:
                return f"{folder}: {', '.join(missing)} missing. {wanted.title}: get it from {wanted.source}"
    return None


def digests(data: Path) -> dict[str, str]:
    """Return the SHA-256 of every file that the recipe reads, by folder and name; absent ones are left out."""
    found = {}
    for wanted in DATA_SETS:
        for name in wanted.files:
            for form in sorted({name, name.removesuffix(".gz")}):
                for path in sorted((data / wanted.folder).glob(form)):
                    found[f"{wanted.folder}/{path.name}"] = sha256(path)
    return found
