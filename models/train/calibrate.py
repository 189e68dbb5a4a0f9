"""How likely a link is right: a logistic regression on names held out of the table, and on texts that name nothing.

    python -m models.train.calibrate --data DIR [--encoder FOLDER]

DIR holds `esco` and `rome`, and where present `pep` (docs/training.md). Writes models/taxonomy/calibration.json. The
texts of a concept stand in one half, by the digest of its id: this fits on one, `python -m benchmarks.linker` reports
on the other. After a change of the lexicon or of the table of concepts it is to be run again: both say to
which they belong.

Positives: for occupations, the labels that the validation split takes from the encoder's training (only such as no
other name of the concept nearly spells: hard ones); for skills and codes, names of concepts that the split leaves out
of the training altogether; for all, other names that the encoder has seen; and names that stand in the table.
Negatives: names of concepts that are taken out of the table with all their names, French and English names of the other
kinds, places, organisations, invented persons, everyday words, sentences of State postings.
"""

import json
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open

import models
from matcher.core.files import sha256
from matcher.core.places import DEPARTMENTS, REGIONS
from matcher.core.ports import Encoder
from matcher.stages.text import neutral
from models import concepts, linker
from models.concepts import Concept
from models.linker import Calibration, Candidate, Linker
from models.static import WEIGHTS, StaticEncoder
from models.train import given, sources, validation
from models.train.draws import Draws
from models.train.hyperparameters import CalibrationParameters, Hyperparameters

KINDS = ("occupation", "skill", "code")
_CITIES = """Lyon Marseille Toulouse Nantes Strasbourg Montpellier Bordeaux Lille Rennes Reims Toulon Grenoble Dijon
Angers Brest Limoges Tours Amiens Perpignan Metz Besançon Orléans Rouen Mulhouse Caen Nancy Saint-Denis Avignon
Poitiers Pau
Versailles Cergy Évry Créteil Nanterre Bobigny London Berlin Brussels Madrid Geneva Luxembourg Montréal Rome Paris Nice
Nîmes Alès Arles Vannes Laval Moulins Gap Digne Sète Lens Albi Agen Auch Foix Troyes Tulle Privas Mende Rodez Cahors
Vichy Niort Lorient Quimper Saint-Malo Cholet Bourges Nevers Auxerre Mâcon Dole Belfort Colmar Épinal Vesoul Chaumont
Beauvais Laon Arras Calais Dunkerque Douai Cambrai Lisieux Évreux Alençon Chartres Blois Saumur Royan Bergerac Périgueux
Bayonne Biarritz Dax Béziers Narbonne Orange Cannes Antibes Grasse Menton Ajaccio Bastia Cayenne Annecy Chambéry Valence
Vienne Roanne Aurillac PACA Dublin Oxford Reading Leeds Manchester Boston Rotterdam Lisbonne""".split()
_FIRST = "Camille Jean Fatima Nicolas Aïcha Pierre Sophie Mehdi Lucie Thomas Inès Olivier Chloé David Emma John".split()
_LAST = "Martin Bernard Dubois Benali Moreau Laurent Nguyen Lefèvre Garcia Roux Fournier Diallo Girard Smith".split()
_OFFICES = """Ministère de l'intérieur|Ministère de la culture|Préfecture de police|Direction des ressources humaines|
Secrétariat général|Rectorat de l'académie de Lille|Agence régionale de santé|Cour des comptes|Conseil d'État|
Bureau des affaires juridiques|Sous-direction des finances|Department of Health|Home Office|Conseil départemental|
Mairie de Paris|Université de Bordeaux|Centre hospitalier universitaire|Service du numérique|Ministry of Justice|
Direction interrégionale des douanes|Caisse des dépôts|Banque de France|Office français de la biodiversité|
European Commission|Météo-France|Tribunal administratif|Direction départementale des territoires|
Human Resources Department
""".replace("\n", "").split("|")
_NOTHING = """divers|autres|à définir|poste vacant|temps plein|permis B|urgent|n/a|aucune|bac+5|CDI|full time|
open to work|master 2|en recherche d'emploi|bonjour|voir description|catégorie A|télétravail|à pourvoir|
Paris 12e|other|to be defined
""".replace("\n", "").split("|")
_EVERYDAY = """janvier février mars avril mai juin juillet août septembre octobre novembre décembre January February
March April May June July August September October November December lundi mardi mercredi jeudi vendredi samedi
dimanche Monday Tuesday Wednesday Thursday Friday Saturday Sunday hiver été automne printemps winter summer autumn
matin midi soir nuit demain hier semaine année week tomorrow camembert salade soupe carotte tomate oignon poireau
beurre yaourt jambon saucisson raclette crêpe gaufre confiture couscous moutarde persil cannelle saumon crevette
huître agneau canard abricot cerise pomme poire citron banane cheese butter apple lemon salad honey lune soleil
étoile nuage neige pluie orage rivière montagne forêt chaise fenêtre oreille genou épaule chat cheval mouton renard
moon cloud rain snow river horse window knee rouge bleu jaune""".split()


@dataclass(frozen=True, slots=True)
class Case:
    """A text, and the concept that it names, if any."""

    text: str
    right: str | None
    source: str
    """Where it comes from, for the report."""
    fitted: bool
    """In the half that is fitted on."""


@dataclass(frozen=True, slots=True)
class Bench:
    """The table without what is asked for, and the questions, by kind."""

    table: list[Concept]
    cases: Mapping[str, list[Case]]


def bench(found: Sequence[sources.Concept], parameters: Hyperparameters) -> Bench:
    """Hold names and whole concepts out of the shipped table, and ask for them.

    Args:
        found: all concepts of the data folder.
        parameters: those of the encoder's training, whose validation split is used, and of the calibration.
    """
    ours, draws = parameters.calibration, Draws(parameters.seed)
    table = {concept.id: concept for concept in concepts.read(neutral)}
    kept = {one.id: one for one in validation.split(found, parameters.validation, seed=parameters.seed)[0]}
    held = _held(found, kept, table, ours.seen, draws)
    cases: dict[str, list[Case]] = {kind: [] for kind in KINDS}
    gone = set()
    for concept in (table[one.id] for one in found if one.id in table and one.id not in kept):
        if concept.kind == "occupation" or draws.number("gone", concept.id) < ours.gone:
            gone.add(concept.id)
            is_fitted = _is_fitted(concept.id, ours, draws)
            for text in draws.some("names of what is gone", concept.forms, ours.names_gone):
                cases[concept.kind].append(Case(text, None, "a concept not in the table", is_fitted))
        else:
            count = ours.names_new_of_code if concept.kind == "code" else ours.names_new_of_skill
            held[concept.id] = _others(concept, draws, count=count), "new to the encoder"
    for name, (forms, source) in held.items():
        is_fitted = _is_fitted(name, ours, draws)
        cases[table[name].kind] += [Case(text, name, source, is_fitted) for text in forms]
    left = [
        _without(concept, held.get(concept.id, ((), ""))[0]) for concept in table.values() if concept.id not in gone
    ]
    named = {kind: _named(left, kind) for kind in KINDS}
    for kind in KINDS:
        # What another concept is called too is no question that has one answer.
        cases[kind] = [case for case in cases[kind] if _key(case.text) not in named[kind]]
        members = draws.some("in the table", [one for one in left if one.kind == kind], ours.in_table, name=_id)
        for one in members:
            (text,) = draws.some("a name of the table", one.forms, 1)
            cases[kind].append(Case(text, one.id, "in the table", _is_fitted(one.id, ours, draws)))
    _add_negatives(cases, found, left, named, ours, draws)
    return Bench(left, cases)


def _is_fitted(name: str, parameters: CalibrationParameters, draws: Draws) -> bool:
    """Tell in which half a concept stands, by its id, or a text that names nothing, by itself."""
    return draws.number("half", name) < parameters.fitted


def _id(concept: Concept) -> str:
    return concept.id


Held = dict[str, tuple[Sequence[str], str]]


def _held(
    found: Sequence[sources.Concept],
    kept: Mapping[str, sources.Concept],
    table: Mapping[str, Concept],
    seen: int,
    draws: Draws,
) -> Held:
    """Return the names to take out by concept: the validation split's for occupations, others drawn here."""
    held: Held = {}
    for one in found:
        if one.kind == "occupation" and one.id in kept and one.id in table:
            names = {*one.french, *one.english} - {*kept[one.id].french, *kept[one.id].english}
            if forms := concepts.spellings(sorted(names), neutral):
                held[one.id] = forms, "held out of the encoder's training"
    for kind in KINDS:
        # Drawn by name: drawn by concept, those with many names would be asked for too seldom, and seem to be wrong.
        named = [
            (one.id, form)
            for one in table.values()
            if one.kind == kind and one.id in kept and one.id not in held
            for form in _others(one, draws)
        ]
        drawn: dict[str, list[str]] = defaultdict(list)
        for name, form in draws.some("seen", named, seen, name="\n".join):
            drawn[name].append(form)
        held |= {name: (forms, "seen by the encoder") for name, forms in drawn.items()}
    return held


def _others(concept: Concept, draws: Draws, *, count: int | None = None) -> list[str]:
    """Draw some of a concept's names, at most half of them, which is what None means, and no label."""
    names = [form for form in concept.forms if form not in concept.preferred]
    half = (len(names) + 1) // 2
    return draws.some(f"names of {concept.id}", names, half if count is None else min(count, half))


def _without(concept: Concept, forms: Sequence[str]) -> Concept:
    keys = {concepts.fold(form) for form in forms}
    french, english = (
        tuple(form for form in names if concepts.fold(form) not in keys) for names in (concept.french, concept.english)
    )
    return replace(concept, french=french, english=english)


def _add_negatives(
    cases: Mapping[str, list[Case]],
    found: Sequence[sources.Concept],
    table: Sequence[Concept],
    named: Mapping[str, frozenset[str]],
    parameters: CalibrationParameters,
    draws: Draws,
) -> None:
    prose = [text for one in found if one.kind == "posting" for text in one.prose]
    texts = {
        "a place": [*_CITIES, *(one.name for one in DEPARTMENTS), *(one.name for one in REGIONS)],
        "a person": [f"{first} {last}" for first in _FIRST for last in draws.some(first, _LAST, parameters.last_names)],
        "an organisation": _OFFICES,
        "no name": _NOTHING,
        "an everyday word": _EVERYDAY,
        "a sentence": [
            " ".join(text.split()[: parameters.sentence_words])
            for text in draws.some("sentence", dict.fromkeys(prose), parameters.strange)
        ],
    }
    for kind, mine in cases.items():
        other = "skill" if kind != "skill" else "occupation"
        ours = [one for one in table if concepts.family(one.kind) == other]
        name = "the name of an occupation" if other == "occupation" else "the name of a skill"
        french, english = [one.french[0] for one in ours if one.french], [one.english[0] for one in ours if one.english]
        for source, some in {**texts, name: french, f"{name}, English": english}.items():
            for text in draws.some(source, dict.fromkeys(some), parameters.strange):
                if _key(text) not in named[kind]:  # a few names are both
                    mine.append(Case(text, None, source, _is_fitted(text, parameters, draws)))


def _named(table: Sequence[Concept], kind: str) -> frozenset[str]:
    return frozenset(concepts.fold(form) for one in table if concepts.family(one.kind) == kind for form in one.forms)


def _key(text: str) -> str:
    return concepts.fold(neutral(text))


def answers(
    cases: Sequence[Case], found: Sequence[Candidate | None]
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the features of the nearest concepts, shape (answered, features), which are right, which have a right one.

    Texts that are a name of the table are left out.
    """
    asked = [(case, one) for case, one in zip(cases, found, strict=True) if one is not None and one.features]
    right = np.array([one.concept.id == case.right for case, one in asked])
    known = np.array([case.right is not None for case, _ in asked])
    return np.array([one.features for _, one in asked]), right, known


def fit(on: Bench, encoder: Encoder, parameters: CalibrationParameters) -> dict[str, Any]:
    """Return what calibration.json holds."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - a second of import time

    linking = Linker(on.table, encoder=encoder, neutral=neutral, calibration=None)
    families = {}
    for kind in KINDS:
        mine = [case for case in on.cases[kind] if case.fitted]
        found = linking.candidates([case.text for case in mine], kind=kind)
        features, right, known = answers(mine, found)
        fitted = LogisticRegression(C=parameters.inverse_penalty, max_iter=10_000).fit(features, right)
        sure = fitted.predict_proba(features)[:, 1]
        families[kind] = {
            "weights": {
                name: round(float(value), 4) for name, value in zip(linker.FEATURES, fitted.coef_[0], strict=True)
            },
            "intercept": round(float(fitted.intercept_[0]), 4),
            "exact": _rate(mine, found, shared=False),
            "shared": _rate(mine, found, shared=True),
            "threshold": threshold(sure, right, known, parameters),
            "texts": len(mine),
        }
    shares = f"{parameters.precision:.0%}", f"{parameters.none:.0%}"
    return {
        "about": [
            "Turns the features of a link (models/linker.py) into how likely it is right, by logistic regression.",
            "Made by `python -m models.train.calibrate --data DIR`; that file says what it was fitted on.",
            f"threshold: the lowest confidence from which {shares[0]} of the links are right, and {shares[1]} of",
            "the texts that name nothing get none, of what was fitted on and with a standard error to spare.",
            "exact: the confidence of a text that is a name of the table; shared: of one that several concepts have.",
            "probes: cosines by which the encoder is known again that all this belongs to.",
            "tables: the SHA-256 of the tables of concepts that it was fitted with.",
        ],
        "tables": tables(),
        "probes": linker.probe(encoder),
        "families": families,
    }


def tables() -> dict[str, str]:
    """Return the digests of the tables of concepts, by file."""
    return {path.name: sha256(path) for path in (concepts.TABLE, concepts.LEXICON)}


def is_of_today(path: Path = linker.CALIBRATION) -> bool:
    """Tell whether the calibration was fitted with the tables that are here."""
    return bool(json.loads(path.read_text(encoding="utf-8")).get("tables") == tables())


def _rate(cases: Sequence[Case], found: Sequence[Candidate | None], *, shared: bool) -> float:
    """Return how often a name of the table is right, as if one more had been right and one more wrong."""
    right = [
        one.concept.id == case.right
        for case, one in zip(cases, found, strict=True)
        if one is not None and not one.features and one.shared is shared
    ]
    return round((sum(right) + 1) / (len(right) + 2), 4)


def threshold(
    sure: NDArray[np.float64],
    right: NDArray[np.bool_],
    known: NDArray[np.bool_],
    parameters: CalibrationParameters,
) -> float:
    """Return the lowest confidence, in hundredths, that keeps both shares with a standard error to spare.

    Args:
        sure: how likely each answer is right.
        right: whether it is.
        known: whether its text names a concept.
        parameters: the two shares, and the lowest threshold that may be.
    """
    first, last = (round(100 * limit) for limit in (parameters.least, parameters.most))
    for least in (hundredths / 100 for hundredths in range(first, last + 1)):
        given = sure >= least
        if given.any() and _surely(right[given], parameters.precision) and _surely(~given[~known], parameters.none):
            return least
    return parameters.most


def _surely(of: NDArray[np.bool_], share: float) -> bool:
    """Tell whether a share is reached, less a standard error; of nothing it is."""
    if not len(of):
        return True
    mean = float(of.mean())
    return mean - math.sqrt(mean * (1 - mean) / len(of)) >= share


def open_encoder(folder: Path | None) -> Encoder:
    """Return the shipped static model, or the one in a folder."""
    if folder is None:
        return models.load(linker.ENCODER)
    with safe_open(folder / "model.safetensors", framework="numpy") as file:
        dimension = file.get_slice(WEIGHTS).get_shape()[1]
    return StaticEncoder(name=folder.name, folder=folder, dimension=dimension, sha256={})


def calibrations(fitted: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line of figures a family."""
    for kind, one in fitted["families"].items():
        yield f"{kind}: {one['texts']} texts, threshold {one['threshold']}, {one['weights']}"


@click.command(help=__doc__)
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option("--encoder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="A StaticEmbedding.")
def main(data: Path, encoder: Path | None) -> None:
    """Fit, and write the file."""
    parameters = Hyperparameters()
    on = bench(given.concepts(data, parameters.sources), parameters)
    fitted = fit(on, open_encoder(encoder), parameters.calibration)
    linker.CALIBRATION.write_text(json.dumps(fitted, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    Calibration.read()
    for line in calibrations(fitted):
        click.echo(line)


if __name__ == "__main__":
    main()
