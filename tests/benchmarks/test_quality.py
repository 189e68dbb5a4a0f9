"""The command measures what it is asked for, and writes what the tables read."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import encoding, gender, machine, quality, tables
from models.words import WordsEncoder


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for results, and exact words as the default model: nothing to load."""
    folder = tmp_path / "results"
    folder.mkdir()
    for module in (machine, tables):
        monkeypatch.setattr(module, "RESULTS", folder)
    for door in ("default_encoder", "title_encoder"):
        monkeypatch.setattr(quality, door, WordsEncoder)
    return folder


@pytest.fixture
def melo_set(tmp_path: Path) -> Path:
    """One query, found at once."""
    folder = tmp_path / "bel_q_fr_c_fr"
    folder.mkdir()
    for name, text in (("queries", "Q\tMaçonne"), ("corpus_elements", "C\tmaçon"), ("annotations", "Q\t0\tC\t1")):
        (folder / f"{name}.tsv").write_text(f"{text}\n", encoding="utf-8")
    return folder


@pytest.fixture
def rome(tmp_path: Path) -> Path:
    """Two appellations with both genders."""
    folder = tmp_path / "rome"
    folder.mkdir()
    text = f"code,{gender.LABEL}\n1,Maçon / Maçonne\n2,Boulanger / Boulangère\n"
    (folder / f"{gender.FILE}.gz").write_bytes(gzip.compress(text.encode()))
    return folder


def _written(results: Path, name: str) -> dict[str, Any]:
    written: dict[str, Any] = json.loads((results / f"{name}.json").read_text(encoding="utf-8"))
    return written


def test_each_folder_gives_a_result_file_that_the_table_reads(results: Path, melo_set: Path, rome: Path) -> None:
    quality.main(["--melo", str(melo_set), "--rome", str(rome)])
    assert sorted(path.name for path in results.iterdir()) == ["quality-gender.json", "quality-melo.json"]
    melo = _written(results, "quality-melo")
    assert melo["measured"]["words"]["neutral"]["bel_q_fr_c_fr"]["MRR"] == 1
    assert melo["command"] == "python -m benchmarks.quality --melo bel_q_fr_c_fr"
    table = tables.render()
    assert "| `bel_q_fr_c_fr` | this project: words | 1.000 | 1.000 | 1.000 |" in table
    assert "| `bel_q_fr_c_fr` | OpenAI text-embedding-3-large (published) | 0.578 | 0.500 | 0.738 |" in table
    assert "Retyk et al., MELO, RecSys in HR 2024" in " ".join(table.split())
    assert "| words, as given | 0.000 | 0.000 | 1.000 |" in table
    assert "| words, neutral | 1.000 | 1.000 | 1.000 |" in table
    assert "Of 2 titles of the ROME with both genders, 2 (100.00 %) give one text" in table


def test_the_headlines_say_what_was_measured_alone(results: Path, melo_set: Path) -> None:
    assert tables.headlines() == ""
    quality.main(["--melo", str(melo_set)])
    said = " ".join(tables.headlines().split())
    assert "a mean reciprocal rank of 1.00 French to French; the best published model, OpenAI text-embedding" in said
    assert "How fast" not in said


def test_the_command_that_is_kept_names_no_place_on_this_machine(results: Path, melo_set: Path, tmp_path: Path) -> None:
    quality.main(["--melo", str(melo_set), "--model", "words"])
    assert _written(results, "quality-melo")["command"].endswith("--melo bel_q_fr_c_fr --model 'words'")
    assert str(tmp_path) not in (results / "quality-melo.json").read_text(encoding="utf-8")


def test_a_model_named_twice_is_measured_once(results: Path, melo_set: Path) -> None:
    quality.main(["--melo", str(melo_set), "--model", "words", "--model", "words"])
    assert list(_written(results, "quality-melo")["measured"]) == ["words"]


def test_what_was_measured_is_printed(results: Path, rome: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quality.main(["--rome", str(rome)])
    printed = capsys.readouterr().out
    assert "words · neutral" in printed
    assert "RBO@50 1.0000" in printed
    assert "one facet text: 2 of 2 pairs; control 0" in printed


def test_asking_for_nothing_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        quality.main([])
    assert "name at least one folder" in capsys.readouterr().err


def test_a_wrong_folder_ends_with_one_line_and_writes_nothing(results: Path, melo_set: Path) -> None:
    (melo_set / "annotations.tsv").write_text("Q\t0\tC\t1\nQ\t0\n", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"bel_q_fr_c_fr/annotations\.tsv, line 2: 2 columns, expected 4"):
        quality.main(["--melo", str(melo_set)])
    assert not list(results.iterdir())


def test_the_first_is_what_a_program_gets_and_the_second_what_the_engine_compares_titles_with() -> None:
    import models

    assert encoding.default_encoder().fingerprint == models.load().fingerprint
    assert encoding.title_encoder().fingerprint == models.load_titles().fingerprint
