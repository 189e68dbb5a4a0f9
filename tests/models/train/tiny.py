"""A handful of rows of ESCO, ROME, REFERENS and State postings, in the layouts of the real files."""

import csv
import gzip
from collections.abc import Iterable, Sequence
from pathlib import Path

from models.train import data, sources
from models.train.hyperparameters import (
    ContextualParameters,
    Hyperparameters,
    JointParameters,
    StaticParameters,
    ValidationParameters,
    VocabularyParameters,
)

PARAMETERS = Hyperparameters(
    seed=3,
    vocabulary=VocabularyParameters(pieces=3000, french_candidates=600),
    static=StaticParameters(dimension=16, rounds=2, batch=512),
    contextual=ContextualParameters(rounds=1, batch=16, longest=12, most_steps=2),
    cooling=ContextualParameters(rounds=1, batch=16, longest=8, most_steps=1),
    finish=ContextualParameters(rounds=1, batch=16, longest=8, most_steps=1),
    joint=JointParameters(rounds=2, batch=16),
    validation=ValidationParameters(occupations=4, unseen=0.15, codes=1),
)

# French (both genders), English, another French name, another English name.
OCCUPATIONS = (
    ("boucher/bouchère", "butcher", "découpeur de viande/découpeuse de viande", "meat cutter"),
    ("boulanger/boulangère", "baker", "artisan du pain/artisane du pain", "bread maker"),
    ("infirmier/infirmière", "nurse", "soignant diplômé/soignante diplômée", "registered carer"),
    ("serveur/serveuse", "waiter", "employé de salle/employée de salle", "table attendant"),
    ("menuisier/menuisière", "joiner", "façonneur de bois/façonneuse de bois", "wood worker"),
    ("plombier/plombière", "plumber", "installateur sanitaire/installatrice sanitaire", "pipe fitter"),
    ("jardinier/jardinière", "gardener", "ouvrier paysagiste/ouvrière paysagiste", "landscape worker"),
    ("cuisinier/cuisinière", "cook", "chef de partie/cheffe de partie", "kitchen hand"),
    ("traducteur/traductrice", "translator", "spécialiste de langues/spécialiste de langues", "language expert"),
    ("avocat/avocate", "lawyer", "conseil juridique/conseil juridique", "legal counsel"),
    ("médecin", "doctor", "praticien/praticienne", "physician"),
    ("statisticien/statisticienne", "statistician", "analyste de données/analyste de données", "number cruncher"),
    ("développeur web/développeuse web", "web developer", "programmeur internet/programmeuse internet", "site coder"),
    ("administrateur réseau/administratrice réseau", "network administrator", "gestionnaire télécom", "LAN manager"),
    ("urbaniste", "urban planner", "aménageur de villes/aménageuse de villes", "town designer"),
    ("géomètre", "surveyor", "topographe", "land measurer"),
)
SKILLS = (
    ("cuire du pain", "bake bread"),
    ("couper la viande", "cut meat"),
    ("soigner les malades", "care for the sick"),
    ("programmer en Python", "program in Python"),
    ("parler des langues", "speak languages"),
    ("tailler des arbres", "prune trees"),
    ("dresser une table", "lay a table"),
    ("mesurer un terrain", "measure land"),
    ("souder des tuyaux", "weld pipes"),
    ("conseiller un client", "advise a client"),
)
URI = "http://data.europa.eu/esco/{}/{}"
DESCRIPTION = (
    "They work with great care in a team of several people and report to the head of their unit every week. "
    "They use modern tools, follow the rules of safety and hygiene, and train those who are new to the occupation. "
    "They also keep records."
)


def write(folder: Path) -> Path:
    """Fill a folder with the tiny data and return it."""
    _esco(folder / "esco")
    _rome(folder / "rome")
    _table(
        folder / "referens" / data.REFERENS,
        "referens_id referens_bap_id referens_intitule referens_metiers referens_mission "
        "referens_activites_principales referens_connaissances referens_competences_operationnelles".split(),
        [
            (
                *("E1A01", "E", "Architecte des systèmes d'information", "Urbaniste SI|Architecte technique"),
                "Concevoir l'architecture des systèmes d'information de l'établissement",
                "Écrire un schéma directeur|Conduire des audits|Choisir des solutions|Animer un réseau",
                "Génie logiciel|Réseaux",
                "Conduire un projet|Rédiger",
            )
        ],
        delimiter=";",
    )
    return folder


def concepts(folder: Path) -> dict[str, sources.Concept]:
    """Return the tiny data's concepts by id, without our own lexicon's."""
    return {one.id: one for one in sources.concepts(write(folder), PARAMETERS.sources) if one.kind != "lexicon"}


def occupation(number: int) -> str:
    """Return an occupation's id."""
    return URI.format("occupation", number)


def _esco(folder: Path) -> None:
    _table(
        folder / "occupations_en.csv.gz",
        "conceptUri iscoGroup preferredLabel altLabels description".split(),
        [
            (occupation(at), str(2000 + at // 4), english, f"{english}\n{other}", DESCRIPTION)
            for at, (_, english, _, other) in enumerate(OCCUPATIONS)
        ],
    )
    _table(
        folder / "occupations_fr.csv.gz",
        "conceptUri iscoGroup preferredLabel altLabels description".split(),
        [(occupation(at), "", french, other, "") for at, (french, _, other, _) in enumerate(OCCUPATIONS)],
    )
    for language, place in (("fr", 0), ("en", 1)):
        _table(
            folder / f"skills_{language}.csv.gz",
            "conceptUri skillType preferredLabel altLabels description".split(),
            [
                (URI.format("skill", at), "skill/competence", names[place], "", DESCRIPTION if place else "")
                for at, names in enumerate(SKILLS)
            ],
        )
    _table(
        folder / "occupationSkillRelations.csv.gz",
        "occupationUri relationType skillType skillUri".split(),
        [
            (occupation(at), relation, "skill/competence", URI.format("skill", (at + more) % len(SKILLS)))
            for at in range(len(OCCUPATIONS))
            for relation, more in (("essential", 0), ("essential", 1), ("optional", 2))
        ],
    )
    for language, name in (("fr", "Professions libérales"), ("en", "Professionals")):
        _table(
            folder / f"ISCOGroups_{language}.csv.gz",
            "conceptUri code preferredLabel altLabels description".split(),
            [(URI.format("isco", "C2"), "2", name, "", "")],
        )


def _rome(folder: Path) -> None:
    codes = {"D1101": ("Boucherie", 0), "D1102": ("Boulangerie", 4), "M1805": ("Études informatiques", 8)}
    _table(
        folder / data.ROME_CODES,
        ["code_rome", "libelle_rome"],
        [(code, name) for code, (name, _) in codes.items()],
    )
    _table(
        folder / data.ROME_APPELLATIONS,
        ["code_ogr", "libelle_appellation_long", "libelle_appellation_court", "code_rome"],
        [
            (f"{code}-{at}", _appellation(OCCUPATIONS[at][0]), OCCUPATIONS[at][0].partition("/")[0].title(), code)
            for code, (_, first) in codes.items()
            for at in range(first, first + 4)
        ],
    )
    _table(
        folder / data.ROME_TEXTS,
        ["code_rome", "libelle_texte", "libelle_type_texte"],
        [
            ("D1101", "Prépare l''étal et découpe les viandes selon les règles d''hygiène.", "definition"),
            ("D1101", "Ce métier est accessible avec un CAP.", "acces_em"),
        ],
    )
    _table(
        folder / data.ROME_SKILLS,
        ["code_ogr", "libelle_competence"],
        [("1", "Découpe de l''agneau"), ("2", "Pétrissage de la pâte à pain")],
    )
    _table(folder / data.ROME_SKILL_LINKS, ["code_rome", "code_ogr"], [("D1101", "1"), ("D1102", "2"), ("D1102", "9")])


def _appellation(label: str) -> str:
    masculine, slash, feminine = label.title().partition("/")
    return f"{masculine} / {feminine}" if slash else masculine


def _table(path: Path, heads: Sequence[str], rows: Iterable[Sequence[str]], *, delimiter: str = ",") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([heads, *rows])
