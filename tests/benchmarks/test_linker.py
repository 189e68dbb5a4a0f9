"""The linker's figures, on answers whose figures are known."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import linker
from matcher.stages.text import neutral
from models import concepts
from models.concepts import Concept
from models.linker import FEATURES, Calibration, Candidate, Linker
from models.train import calibrate
from models.train.calibrate import Case
from models.train.draws import Draws
from models.train.hyperparameters import CalibrationParameters, Hyperparameters, ValidationParameters
from models.train.sources import Concept as Source
from models.train.taxonomy import table
from tests.fakes import FakeEncoder

BAKER = Concept("uri:baker", "occupation", "boulanger", "", ("boulanger",), ())


def _calibration() -> Calibration:
    weights = [1.0 if name == "score" else 0.0 for name in FEATURES]
    kinds = ("occupation",)
    return Calibration(
        weights=dict.fromkeys(kinds, weights),
        intercepts=dict.fromkeys(kinds, 0.0),
        exact=dict.fromkeys(kinds, 0.9),
        shared=dict.fromkeys(kinds, 0.5),
        thresholds=dict.fromkeys(kinds, 0.6),
        probes=(),
    )


def test_the_figures_count_what_is_right_and_what_is_given() -> None:
    near, far = (Candidate(BAKER, "boulanger", (score, *[0.0] * (len(FEATURES) - 1))) for score in (1.0, 0.0))
    named = Candidate(BAKER, "boulanger", ())
    cases = [
        Case("a", "uri:baker", "", fitted=False),  # given, right
        Case("b", "uri:baker", "", fitted=False),  # right, but under the threshold
        Case("c", "uri:driver", "", fitted=False),  # given, wrong
        Case("d", None, "", fitted=False),  # none, as it should
        Case("e", None, "", fitted=False),  # given, wrong
    ]
    found = linker.figures(cases, [named, far, near, None, near], _calibration(), "occupation")
    assert found["texts"] == 5
    assert found["accuracy@1"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["precision"] == pytest.approx(1 / 3, abs=1e-4)
    assert found["recall"] == pytest.approx(1 / 3, abs=1e-4)
    assert found["none"] == 0.5


def test_an_honest_confidence_has_no_calibration_error() -> None:
    sure = np.array([0.75] * 4 + [0.25] * 4)
    right = np.array([True, True, True, False, True, False, False, False])
    assert linker.calibration_error(sure, right) == pytest.approx(0.0)
    assert linker.calibration_error(np.ones(4), np.array([True, True, False, False])) == pytest.approx(0.5)


def _kept(*, precision: float, none: float = 0.95) -> CalibrationParameters:
    return CalibrationParameters(precision=precision, none=none)


def test_the_threshold_is_the_lowest_that_keeps_the_precision() -> None:
    sure = np.array([0.95, 0.9, 0.5, 0.45, 0.3])
    right = np.array([True, True, True, False, False])
    known = np.ones(5, dtype=bool)
    assert calibrate.threshold(sure, right, known, _kept(precision=0.99)) == 0.46
    assert calibrate.threshold(sure, ~right, known, _kept(precision=0.99)) == 0.99


def test_the_threshold_keeps_quiet_where_there_is_nothing_too() -> None:
    sure = np.array([0.95, 0.9, 0.5, 0.45, 0.3])
    right = np.array([True, True, True, False, False])
    assert calibrate.threshold(sure, right, right, _kept(precision=0.3, none=0.99)) == 0.46
    assert calibrate.threshold(sure, right, right, _kept(precision=0.3, none=0.0)) == 0.2


def test_a_share_of_few_texts_is_taken_for_less_than_of_many() -> None:
    sure, right = np.linspace(0.99, 0.21, 10), np.array([True] * 9 + [False])
    known = np.ones(10, dtype=bool)
    assert calibrate.threshold(sure, right, known, _kept(precision=0.85)) > 0.21
    assert calibrate.threshold(sure.repeat(20), right.repeat(20), known.repeat(20), _kept(precision=0.85)) == 0.2


def test_no_text_is_asked_for_that_still_stands_in_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    trades = "boulanger pâtissier menuisier plombier juriste comptable infirmier architecte soudeur géomètre".split()
    found = [
        Source(
            f"uri:{place}-{kind}",
            kind,
            "g",
            french=(f"{trade} {kind}", f"agent {trade} {kind}"),
            english=(f"x{place} {kind}",),
        )
        for kind in ("occupation", "skill", "code")
        for place, trade in enumerate(trades * 4)
    ]
    found += [Source("A", "appellation", f"uri:{place}-code", french=("x",)) for place in range(8)]
    monkeypatch.setattr(concepts, "read", lambda _: table(found))
    parameters = Hyperparameters(validation=ValidationParameters(occupations=5, unseen=0.2, codes=4))
    bench, again = (calibrate.bench(found, parameters) for _ in range(2))
    assert bench == again
    for kind, cases in bench.cases.items():
        names = {concepts.fold(form) for one in bench.table if one.kind == kind for form in one.forms}
        assert {case.fitted for case in cases} == {True, False}
        assert any(case.right is None for case in cases)
        for case in cases:
            assert (concepts.fold(neutral(case.text)) in names) == (case.source == "in the table"), case
    fitted = calibrate.fit(bench, FakeEncoder(), parameters.calibration)
    assert set(fitted["families"]) == {"occupation", "skill", "code"}
    calibration = Calibration.of(fitted)
    linking = Linker(bench.table, encoder=FakeEncoder(), neutral=neutral, calibration=calibration)
    report = linker.measure(bench, linking, calibration)
    assert 0 <= report["occupation"]["all"]["calibration error"] <= 1


def test_names_of_every_other_kind_in_both_languages_name_nothing() -> None:
    table = [
        Concept("uri:1", "technology", "outil", "tool", ("outil",), ("tool",)),
        Concept("uri:2", "skill", "cuire", "bake", ("cuire",), ("bake",)),
        Concept("uri:3", "occupation", "boulanger", "baker", ("boulanger",), ("baker",)),
    ]
    cases: dict[str, list[Case]] = {"occupation": [], "skill": []}
    named = {kind: calibrate._named(table, kind) for kind in cases}
    calibrate._add_negatives(cases, [], table, named, CalibrationParameters(), Draws(1))
    said = {kind: {case.text for case in mine if "the name of" in case.source} for kind, mine in cases.items()}
    assert said == {"occupation": {"outil", "tool", "cuire", "bake"}, "skill": {"boulanger", "baker"}}
    assert {"Paris", "Vannes", "Laval", "mai", "salade"} <= {case.text for case in cases["skill"]}


def test_a_code_whose_label_has_two_words_for_man_and_woman_is_called_by_each() -> None:
    labels = ("Homme sage-femme / Sage-femme", "Responsable Commercial / Commerciale")
    midwife, manager = table([Source(f"J{at}", "code", "g", french=(label,)) for at, label in enumerate(labels)])
    assert midwife.forms == ("homme sage-femme, sage-femme", "homme sage-femme", "sage-femme")
    assert manager.forms == ("responsable commercial",)


def test_a_calibration_knows_whether_it_is_of_the_tables_that_are_here(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    for known, is_of_today in (({}, False), ({"tables": {"concepts.tsv.gz": "0"}}, False), (calibrate.tables(), True)):
        path.write_text(json.dumps({"tables": known} if is_of_today else known), encoding="utf-8")
        assert calibrate.is_of_today(path) is is_of_today


def test_what_comes_or_goes_moves_nothing_else_into_another_half_or_draw() -> None:
    draws, names = Draws(7), [f"uri:{number}" for number in range(2000)]
    numbers = {name: draws.number("half", name) for name in names}
    assert 0.45 < sum(number < 0.5 for number in numbers.values()) / len(names) < 0.55
    assert all(0 <= number < 1 for number in numbers.values())
    drawn = draws.some("seen", names, 100)
    assert draws.some("seen", names[::-1], 100) == drawn
    fewer = draws.some("seen", [name for name in names if name not in drawn[:10]], 90)
    assert fewer == drawn[10:], "the others stay where they were"
    assert draws.some("other", names, 100) != drawn != Draws(8).some("seen", names, 100)


def test_the_halves_of_a_concept_hang_on_its_id_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        Source(f"uri:{place}", "occupation", "g", french=(f"métier {place}", f"agent {place}"), english=(f"x{place}",))
        for place in range(60)
    ]
    parameters = Hyperparameters(validation=ValidationParameters(occupations=9, unseen=0.1, codes=0))
    halves = []
    for some in (found, found[::-1], found[5:]):
        monkeypatch.setattr(concepts, "read", lambda _, some=some: table(some))
        cases = calibrate.bench(some, parameters).cases["occupation"]
        halves.append({case.right: case.fitted for case in cases if case.right})
    first, *others = halves
    for other in others:
        shared = first.keys() & other.keys()
        assert len(shared) > 30
        assert {name: first[name] for name in shared} == {name: other[name] for name in shared}


def test_a_concept_is_asked_for_as_often_as_it_has_names() -> None:
    sizes = {"large": 200, **{f"small {place}": 4 for place in range(50)}}
    concepts_ = {
        name: Concept(name, "code", f"{name} 0", "", tuple(f"{name} {at}" for at in range(size)))
        for name, size in sizes.items()
    }
    kept = {name: Source(name, "code", "g", french=one.french) for name, one in concepts_.items()}
    held = calibrate._held(list(kept.values()), kept, concepts_, 60, Draws(1))
    assert 15 < len(held["large"][0]) < 45, "half of the names are its own"
    assert sum(len(forms) for forms, _ in held.values()) == 60
