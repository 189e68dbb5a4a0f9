"""The card says what was measured, and says so where nothing was."""

from pathlib import Path

import pytest

from models.catalogue import ENTRIES
from models.train import card
from models.train.data import DATA_SETS


def test_the_card_is_that_of_the_committed_results() -> None:
    written = (card.WEIGHTS.parent / "CARD.md").read_text(encoding="utf-8")
    assert written == card.render(card.RESULTS, card.record(card.WEIGHTS)), "run `python -m models.train.card`"


def test_what_was_not_measured_is_said_to_be_so(tmp_path: Path) -> None:
    written = card.render(tmp_path, {})
    assert written.count(card.NOT_MEASURED.strip()) == 6
    assert "$" not in written


@pytest.mark.parametrize("said", ["In-taxonomy", "Unsuitable", "WECHSEL", "256 word pieces", "Licence Ouverte 2.0"])
def test_what_a_reader_must_know_is_in_the_card(tmp_path: Path, said: str) -> None:
    assert said in card.render(tmp_path, {})


def test_every_source_and_every_model_is_in_the_card(tmp_path: Path) -> None:
    written = card.render(tmp_path, {})
    assert all(one.attribution in written for one in DATA_SETS)
    assert all(f"| `{name}` |" in written for name in ENTRIES)


def test_a_model_that_saw_esco_is_told_from_the_published_ones(tmp_path: Path) -> None:
    figures = {"MRR": 0.6, "success@1": 0.5, "success@10": 0.7}
    result = {
        "headline": {"model": "contextual + static", "input": "neutral"},
        "sets": {"one": {"queries": 2, "corpus elements": 3}},
        "measured": {
            "contextual + static": {"neutral": {"one": figures}},
            "all-MiniLM-L6-v2 + words": {"neutral": {"one": {**figures, "MRR": 0.4}}},
        },
        "published": {"source": "somebody", "figures": {"one": {"large": {**figures, "MRR": 0.5}}}},
    }
    _write(tmp_path / "quality-melo.json", result)
    rows = [line for line in card.render(tmp_path, {}).splitlines() if "0.500 | 0.700" in line]
    assert rows == [
        "| **contextual + static** | yes | 0.600 | 0.500 | 0.700 |",
        "| large (published) | no | 0.500 | 0.500 | 0.700 |",
        "| all-MiniLM-L6-v2 + words | no | 0.400 | 0.500 | 0.700 |",
    ]


def test_a_control_that_learned_nothing_is_not_said_to_have_seen_esco(tmp_path: Path) -> None:
    figures = {"MRR": 0.2, "success@1": 0.1, "success@10": 0.3}
    result = {
        "headline": {"model": "contextual", "input": "neutral"},
        "sets": {"one": {"queries": 2, "corpus elements": 3}},
        "measured": {
            name: {"neutral": {"one": figures}} for name in ("contextual", "character TF-IDF (measured here)")
        },
    }
    _write(tmp_path / "quality-melo.json", result)
    written = card.render(tmp_path, {})
    assert "| character TF-IDF (measured here) | no |" in written


def test_the_linker_has_a_row_for_each_kind_and_for_texts_that_are_no_name(tmp_path: Path) -> None:
    figures = {"texts": 9, "accuracy@1": 0.7, "precision": 0.9, "recall": 0.5, "none": 1.0, "calibration error": 0.04}
    found = {"threshold": 0.7, "all": figures, "not in the table": {**figures, "recall": 0.25}, "by source": {}}
    result = {"machine": {"cores": 2}, "command": "python -m benchmarks.linker", "measured": {"code": found}}
    _write(tmp_path / "linker.json", result)
    written = card.render(tmp_path, {})
    assert "| code, all | 9 | 0.700 | 0.900 | 0.500 | 1.000 | 0.040 |" in written
    assert "| code, not in the table | 9 | 0.700 | 0.900 | 0.250 | 1.000 | 0.040 |" in written


@pytest.mark.parametrize(
    ("changed", "commit", "said"),
    [
        (False, "abc1234", "Measured on 2026-11-30 at commit abc1234 (a processor, 2 cores)."),
        (True, "abc1234", "Measured on 2026-11-30 at commit abc1234 and changes after it (a processor, 2 cores)."),
        (False, "", "Measured on 2026-11-30 (a processor, 2 cores)."),
    ],
)
def test_a_result_says_when_and_at_which_commit_it_was_measured(
    tmp_path: Path, *, changed: bool, commit: str, said: str
) -> None:
    machine = {"date": "2026-11-30", "commit": commit, "changed_since_commit": changed}
    result = {
        "machine": {**machine, "processor": "a processor", "cores": 2},
        "model": "some",
        "rankings": {"title": {"MRR": 0.1}},
    }
    _write(tmp_path / "quality-hires.json", result)
    assert f"\n{said}\n" in card.render(tmp_path, {})


def test_every_committed_result_in_the_card_says_when_it_was_measured() -> None:
    written = card.render(card.RESULTS, card.record(card.WEIGHTS))
    assert written.count("Measured on ") == 5


def _write(path: Path, result: object) -> None:
    import json

    path.write_text(json.dumps(result), encoding="utf-8")
