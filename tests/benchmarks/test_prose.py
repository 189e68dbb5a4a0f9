"""Halves of texts find each other, in a folder of a handful."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from benchmarks import prose
from matcher.core.errors import UnreadableFile
from models.train.data import REFERENS

SUBJECTS = ("probation", "boulangerie", "archives", "cartographie")
COLUMNS = (
    "referens_id referens_bap_id referens_intitule referens_metiers referens_mission "
    "referens_activites_principales referens_connaissances referens_competences_operationnelles"
).split()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A job sheet a subject, and a feed in which every posting stands twice, and a short one."""
    rows = [
        (
            f"E{at}",
            "E",
            subject,
            subject,
            f"Mission de {subject}",
            f"{subject} a|{subject} b|{subject} c|d",
            subject,
            "",
        )
        for at, subject in enumerate(SUBJECTS)
    ]
    lines = [COLUMNS, *rows, ("short", "E", "", "", "Une mission", "", "", "")]
    (tmp_path / "referens").mkdir()
    (tmp_path / "referens" / REFERENS).write_bytes(gzip.compress("\n".join(map(";".join, lines)).encode()))
    (tmp_path / "pep").mkdir()
    postings = [(name, f"{f'Du travail de {name} et de {name}ique. ' * 12} ") for name in SUBJECTS]
    feed = [
        "id;title;description",
        *(f"{at};{name};{text * 2}" for at, (name, text) in enumerate([*postings, *postings])),
        "short;juriste;Rien de plus.",
    ]
    (tmp_path / "pep" / "feed.csv").write_text("\n".join(feed), encoding="utf-8")
    return tmp_path


def test_each_half_finds_its_other_half(folder: Path) -> None:
    found = prose.measure(folder, ["words*1+terms*2", "words"])
    assert found["texts"] == {"postings": len(SUBJECTS), "sheets": len(SUBJECTS)}
    both = found["measured"]["words*1+terms*2"]["sheets"]
    assert both["body"] == both["terms alone"] == {"MRR": 1.0, "first ten": 1.0}
    assert {*found["measured"]["words"]["sheets"]} == {"body", "vectors alone"}
    assert found["measured"]["words"]["sheets"]["vectors alone"] == both["vectors alone"]
    assert found["measured"][prose.TFIDF]["sheets"]["body"]["first ten"] == 1.0


def test_a_posting_finds_its_other_half_under_any_title(folder: Path) -> None:
    found = prose.under_titles(folder / "pep")
    assert found == {name: {"MRR": 1.0, "first ten": 1.0} for name in ("its own title", "the name of a project")}


def test_what_is_as_near_as_the_right_one_counts_as_before_it() -> None:
    cosines = np.array([[0.5, 0.5, 0.1], [0.2, 0.9, 0.1], [0.3, 0.2, 0.1]])
    assert prose.ranks(cosines) == {"MRR": round((1 / 2 + 1 + 1 / 3) / 3, 4), "first ten": 1.0}


def test_a_folder_of_nothing_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=f"{tmp_path.name}: neither postings"):
        prose.measure(tmp_path, ["words"])
    (tmp_path / "referens").mkdir()
    with pytest.raises(UnreadableFile, match="is missing"):
        prose.measure(tmp_path, ["words"])
