"""The whole recipe as its command runs it, on a handful of rows and for a few steps."""

import gzip
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from safetensors.numpy import load_file
from sentence_transformers import SentenceTransformer

from matcher.core.files import digests
from models.train import publish
from models.train.__main__ import main, run
from models.train.data import DATA_SETS, WrongData
from models.train.hyperparameters import CalibrationParameters
from models.train.recipe import CONTEXTUAL, DICTIONARY, JOINT, START, STATIC, TEACHER, OtherRun, Recipe
from tests.models.train import tiny

DOCUMENTATION = Path(__file__).parents[3] / "docs" / "training.md"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `data`, `work`, `models/weights` and what the command said."""
    home = tmp_path_factory.mktemp("training")
    tiny.write(home / "data")
    code = run(home / "data", home / "work", home / "models" / "weights", measure=None, parameters=tiny.PARAMETERS)
    assert code == 0
    return home


def _published(made: Path, name: str) -> SentenceTransformer:
    return SentenceTransformer(str(made / "models" / "weights" / name), device="cpu")


@pytest.mark.parametrize(("name", "dimension"), [(STATIC, 16), (CONTEXTUAL, 384)])
def test_a_published_model_loads_by_its_path(made: Path, name: str, dimension: int) -> None:
    rows = _published(made, name).encode(["Boucher (h/f/x)", "boucher", "Développeuse web"], normalize_embeddings=True)
    assert rows.shape == (3, dimension)
    assert rows.dtype == np.float32
    assert np.abs(rows[0] - rows[1]).max() < 1e-6
    assert rows[0] @ rows[2] < 0.999


def test_both_models_cut_texts_by_the_one_vocabulary(made: Path) -> None:
    kept = json.loads((made / "work" / "tokenizer.json").read_text())
    for name in (STATIC, CONTEXTUAL):
        read = json.loads(_published(made, name).tokenizer.to_str() if name == STATIC else _as_loaded(made, name))
        for part in ("model", "normalizer", "pre_tokenizer", "post_processor"):
            assert read[part] == kept[part]


def _as_loaded(made: Path, name: str) -> str:
    found: str = _published(made, name).tokenizer.backend_tokenizer.to_str()
    return found


def test_the_contextual_model_is_stored_in_half_precision_and_loads_in_single(made: Path) -> None:
    folder = made / "models" / "weights" / CONTEXTUAL
    assert {array.dtype for array in load_file(folder / "model.safetensors").values()} == {np.dtype(np.float16)}
    assert json.loads((folder / "config.json").read_text())["dtype"] == "float32"
    model = _published(made, CONTEXTUAL)
    assert {str(weight.dtype) for weight in model.parameters()} == {"torch.float32"}
    assert model.max_seq_length == 256
    stored = json.loads((folder / "tokenizer.json").read_text())
    assert (stored["truncation"], stored["padding"]) == (None, None)  # not those of a training text


def test_the_matrix_of_both_models_is_stored_in_half_precision_and_turns_both(made: Path) -> None:
    stored = load_file(made / "models" / "weights" / JOINT / "model.safetensors")
    assert {name: (array.dtype, array.shape) for name, array in stored.items()} == {
        "linear.weight": (np.dtype(np.float16), (400, 400))
    }
    assert np.abs(stored["linear.weight"]).max() > 0
    rows = Recipe(made / "data", made / "work", tiny.PARAMETERS).joint().encode(["boucher", "butcher"])
    assert rows.shape == (2, 400)


def test_half_precision_hardly_moves_a_vector(made: Path) -> None:
    texts = [name for row in tiny.OCCUPATIONS for name in row]
    before = SentenceTransformer(str(made / "work" / CONTEXTUAL), device="cpu").encode(texts)
    cosines = (before * _published(made, CONTEXTUAL).encode(texts)).sum(axis=1)
    assert cosines.min() > 0.99999


def test_only_what_a_user_needs_is_published(made: Path) -> None:
    weights = made / "models" / "weights"
    assert {path.name for path in weights.iterdir()} == {STATIC, CONTEXTUAL, JOINT, "training.json"}
    assert not list(weights.rglob("*.md"))
    assert all(path.stat().st_mode & 0o444 == 0o444 for path in weights.rglob("*.safetensors"))


def test_the_record_names_every_file_s_digest_and_how_it_was_made(made: Path) -> None:
    weights = made / "models" / "weights"
    record = json.loads((weights / "training.json").read_text())
    for name in (STATIC, CONTEXTUAL, JOINT):
        assert record["models"][name]["sha256"] == digests(weights / name)
    assert record["hyperparameters"]["seed"] == tiny.PARAMETERS.seed
    assert set(record["validation"]) == {TEACHER, START, STATIC, CONTEXTUAL, JOINT}
    assert all(0 <= value <= 1 for row in record["validation"].values() for value in row.values())
    assert "esco/skills_fr.csv.gz" in record["data"]
    assert f'"{record["models"][STATIC]["sha256"]["model.safetensors"]}"' in publish.catalogue_lines(
        record["models"][STATIC]["sha256"]
    )


def test_the_card_stands_beside_the_weights(made: Path) -> None:
    card = (made / "models" / "CARD.md").read_text(encoding="utf-8")
    assert f"| {STATIC} |" in card
    assert "$" not in card


def test_a_second_run_trains_nothing_again(made: Path) -> None:
    before = (made / "work" / STATIC / "model.safetensors").stat().st_mtime_ns
    record = Recipe(made / "data", made / "work", tiny.PARAMETERS).run(lambda line: None)
    assert (made / "work" / STATIC / "model.safetensors").stat().st_mtime_ns == before
    assert record["seconds"].keys() == {DICTIONARY, STATIC, CONTEXTUAL, JOINT}


def test_a_work_folder_of_other_hyperparameters_is_refused(made: Path) -> None:
    other = Recipe(made / "data", made / "work", replace(tiny.PARAMETERS, seed=4))
    with pytest.raises(OtherRun, match="other hyperparameters"):
        other.run(lambda line: None)
    of_a_table = replace(tiny.PARAMETERS, calibration=CalibrationParameters(precision=0.5))
    Recipe(made / "data", made / "work", of_a_table).run(lambda line: None)


def test_a_work_folder_of_other_data_is_refused(made: Path, tmp_path: Path) -> None:
    """Its record would name data that nothing was made of."""
    other = shutil.copytree(made / "data", tmp_path / "data")
    shutil.rmtree(other / "referens")
    path = other / "esco" / "skills_en.csv.gz"
    path.write_bytes(gzip.compress(b"".join(gzip.decompress(path.read_bytes()).splitlines(keepends=True)[:5])))
    with pytest.raises(OtherRun, match=r"other data \(esco/skills_en\.csv\.gz, referens/.*\)"):
        Recipe(other, made / "work", tiny.PARAMETERS).run(lambda line: None)


def test_a_work_folder_that_does_not_say_from_which_data_it_is_is_refused(made: Path, tmp_path: Path) -> None:
    for name in ("concepts.pickle", "hyperparameters.json"):
        shutil.copyfile(made / "work" / name, tmp_path / name)
    with pytest.raises(OtherRun, match="from which data"):
        Recipe(made / "data", tmp_path, tiny.PARAMETERS).run(lambda line: None)


class _Begun(Exception):
    """The steps have begun: what follows takes long."""


def _begin(data: Path, work: Path) -> None:
    def stop(line: str) -> None:
        raise _Begun(line)

    with pytest.raises(_Begun, match="concepts to train on"):
        Recipe(data, work, tiny.PARAMETERS).run(stop)


@pytest.mark.parametrize("name", ["hyperparameters.json", "read.json", "concepts.pickle"])
def test_a_run_that_was_killed_in_the_middle_of_a_file_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    tiny.write(tmp_path / "data")

    def cut(write: Callable[[Path, Any], int]) -> Callable[..., int]:
        def written(path: Path, content: Any, **_settings: str) -> int:
            if path.name.startswith(name):
                write(path, content[: len(content) // 2])
                raise KeyboardInterrupt
            return write(path, content)

        return written

    with monkeypatch.context() as cutting:
        cutting.setattr(Path, "write_bytes", cut(Path.write_bytes))
        cutting.setattr(Path, "write_text", cut(Path.write_text))
        with pytest.raises(KeyboardInterrupt):
            _begin(tmp_path / "data", tmp_path / "work")
    _begin(tmp_path / "data", tmp_path / "work")
    _begin(tmp_path / "data", tmp_path / "work")


def test_wrong_data_ends_the_command_with_one_line_and_may_be_mended(tmp_path: Path) -> None:
    path = tiny.write(tmp_path / "data") / "esco" / "skills_en.csv.gz"
    path.write_bytes(path.read_bytes()[:100])
    done = CliRunner().invoke(main, ["--data", str(tmp_path / "data"), "--work", str(tmp_path / "work")])
    assert (done.exit_code, done.output.count("\n")) == (2, 1)
    assert "skills_en.csv.gz cannot be read" in done.output
    assert "get it anew from https://esco" in done.output
    shutil.rmtree(tmp_path / "work")
    path.write_bytes(b"hello")
    with pytest.raises(WrongData):
        Recipe(tmp_path / "data", tmp_path / "work", tiny.PARAMETERS).run(lambda line: None)
    tiny.write(tmp_path / "data")
    _begin(tmp_path / "data", tmp_path / "work")


def test_too_large_models_are_refused_and_leave_the_old_ones(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = made / "models" / "weights"
    before = digests(weights)
    monkeypatch.setattr(publish, "LIMIT_BYTES", 1000)
    with pytest.raises(publish.TooLarge, match="more than 0 MB"):
        publish.publish(made / "work", weights, reads=tiny.PARAMETERS.reads)
    assert digests(weights) == before


def test_a_missing_file_ends_the_command_with_one_line(tmp_path: Path) -> None:
    tiny.write(tmp_path)
    (tmp_path / "rome" / DATA_SETS[1].files[0]).unlink()
    done = CliRunner().invoke(main, ["--data", str(tmp_path), "--work", str(tmp_path / "work")])
    assert done.exit_code == 2
    assert DATA_SETS[1].files[0] in done.output
    assert done.output.count("\n") == 1
    assert not (tmp_path / "work").exists()


def test_help_and_documentation_name_every_file_and_where_it_comes_from() -> None:
    shown = CliRunner().invoke(main, ["--help"]).output
    written = DOCUMENTATION.read_text(encoding="utf-8")
    for one in DATA_SETS:
        for said in (*one.files, one.attribution):
            assert said in shown
            assert said in written
        assert one.source in shown
        assert one.source.split()[0].rstrip(",") in written


def test_every_option_is_documented() -> None:
    written = DOCUMENTATION.read_text(encoding="utf-8")
    for option in main.params:
        assert f"--{option.name}" in written
