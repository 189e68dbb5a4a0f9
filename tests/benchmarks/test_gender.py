"""How alike two genders are, on lists and titles that were worked out by hand."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from benchmarks import gender
from benchmarks.encoding import Titles
from matcher.core.errors import UnreadableFile
from tests.fakes import FakeEncoder

LABELS = ("Maçon / Maçonne", "Technicien / Technicienne de laboratoire", "Accessoiriste", "Boulanger / Boulangère")


def _folder(folder: Path, labels: tuple[str, ...] = LABELS, column: str = gender.LABEL) -> Path:
    text = "\n".join((f'"code_ogr","{column}"', *(f'"{at}","{label}"' for at, label in enumerate(labels))))
    (folder / f"{gender.FILE}.gz").write_bytes(gzip.compress(text.encode()))
    return folder


def _overlap(first: str, second: str) -> float:
    return float(gender.overlap(*(np.array([[ord(sign) for sign in signs]]) for signs in (first, second)))[0])


def test_the_overlap_of_equal_lists_is_one_and_of_lists_without_a_common_item_zero() -> None:
    assert _overlap("abcdef", "abcdef") == pytest.approx(1)
    assert _overlap("abcdef", "uvwxyz") == 0


def test_the_overlap_is_the_one_worked_out_by_hand() -> None:
    # In common: 0 of the first one, 2 of the first two, 2 of the first three.
    assert _overlap("abc", "bad") == pytest.approx(0.1 / (1 - 0.9**3) * (0 + 0.9 * 2 / 2 + 0.81 * 2 / 3))


def test_the_overlap_is_that_of_the_definition_term_by_term() -> None:
    random = np.random.default_rng(3)
    first, second = (np.stack([random.permutation(70)[:50] for _ in range(20)]) for _ in range(2))
    for one, other, found in zip(first.tolist(), second.tolist(), gender.overlap(first, second), strict=True):
        terms = (0.9 ** (depth - 1) * len({*one[:depth]} & {*other[:depth]}) / depth for depth in range(1, 51))
        assert found == pytest.approx(0.1 / (1 - 0.9**50) * sum(terms))


def test_a_disagreement_near_the_top_costs_more() -> None:
    assert _overlap("abcdef", "bacdef") < _overlap("abcdef", "abcdfe") < 1


def test_the_nearest_are_best_first_without_the_pair_itself_and_ties_go_by_place() -> None:
    offered = np.array([[1, 0], [0.6, 0.8], [0.8, 0.6], [0, 1], [0.6, 0.8]], dtype=np.float32)
    asked = offered[[0, 3]]
    found = gender.nearest(asked, offered, np.array([0, 3]), depth=3)
    assert found.tolist() == [[2, 1, 4], [1, 4, 2]]
    assert gender.nearest(asked, offered, np.array([0, 3]), depth=50).shape == (2, 4)


def test_an_appellation_is_taken_apart_into_its_two_forms() -> None:
    combined = "Technicien / Technicienne de laboratoire"
    assert gender.genders(combined) == ("Technicien de laboratoire", "Technicienne de laboratoire", combined)
    assert gender.genders("Accessoiriste") is None


def test_forms_that_the_engine_makes_one_are_one_in_every_measure(tmp_path: Path) -> None:
    result = gender.measure(_folder(tmp_path), [Titles(FakeEncoder(dimension=64))])
    assert (result["appellations"], result["pairs"], result["equal"], result["control_equal"]) == (4, 3, 3, 0)
    neutral, as_given = (result["measured"]["fake"][how] for how in ("neutral", "as given"))
    assert neutral == {"mean cosine": 1, "identical": 1, "RBO@50": 1}
    assert as_given["identical"] == 0
    assert as_given["mean cosine"] < 0.8
    assert as_given["RBO@50"] < 1


@pytest.mark.parametrize(
    ("labels", "column", "message"),
    [
        (LABELS, "libelle", "line 1: there is no column libelle_appellation_long"),
        (("Maçon / Maçonne", ""), gender.LABEL, "line 3: libelle_appellation_long is empty"),
        (("Accessoiriste",), gender.LABEL, "no appellation names both genders"),
    ],
)
def test_a_wrong_table_is_refused_by_file_and_line(
    tmp_path: Path, labels: tuple[str, ...], column: str, message: str
) -> None:
    with pytest.raises(UnreadableFile, match=message):
        gender.measure(_folder(tmp_path, labels, column), [])


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=f"{gender.FILE} is missing"):
        gender.measure(tmp_path, [])
