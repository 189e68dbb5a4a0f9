"""Models in the sentence-transformers format: the one that ships, folders, hub ids."""

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from matcher.core.errors import ModelUnavailable
from models import load
from models.catalogue import ALL_MINILM_L6_V2, ENTRIES, Entry
from models.sentence import SentenceEncoder
from tests.models.packaged import packaged

pytestmark = pytest.mark.xdist_group("packaged model")  # one process loads it, under `--dist loadgroup`

POOLING = [{"idx": 0, "name": "0", "path": ""}, {"idx": 1, "name": "1", "path": "1_Pooling"}]


def _model(folder: Path, weights: bytes = b"weights", /, **pooling: Any) -> Path:
    """A folder that looks like a model, as far as it is looked at without loading it."""
    (folder / "1_Pooling").mkdir(parents=True)
    (folder / "modules.json").write_text(json.dumps(POOLING), encoding="utf-8")
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling), encoding="utf-8")
    (folder / "model.safetensors").write_bytes(weights)
    return folder


def test_the_packaged_weights_are_the_catalogue_s() -> None:
    folder = ALL_MINILM_L6_V2.path()
    for file, expected in ALL_MINILM_L6_V2.sha256.items():
        assert hashlib.sha256((folder / file).read_bytes()).hexdigest() == expected


def test_the_packaged_model_knows_what_means_the_same() -> None:
    query, near, far = packaged().encode(["software developer", "programmer", "pastry cook"])
    assert query @ near > 0.5 > query @ far
    assert packaged().dimension == ALL_MINILM_L6_V2.dimension


def test_a_folder_is_a_model_and_the_same_weights_give_the_same_vectors() -> None:
    folder = str(ALL_MINILM_L6_V2.path())
    found = load(folder)
    assert (found.name, found.dimension) == ("model", 384)
    assert np.allclose(found.encode(["juriste"]), packaged().encode(["juriste"]), atol=1e-6)


def test_a_model_whose_weights_are_not_the_known_ones_is_refused_at_the_first_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _model(tmp_path / "tampered_weights" / "model", b"not the weights")
    (tmp_path / "tampered_weights" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    known = {"model.safetensors": ALL_MINILM_L6_V2.sha256["model.safetensors"]}
    tampered = dataclasses.replace(ALL_MINILM_L6_V2, package="tampered_weights", sha256=known)
    monkeypatch.setitem(ENTRIES, tampered.name, tampered)
    encoder = SentenceEncoder.find(tampered.name)
    assert encoder.encode([]).shape == (0, 384)
    with pytest.raises(ModelUnavailable, match=r"model\.safetensors of all-MiniLM-L6-v2 is not the file that is known"):
        encoder.encode(["data scientist"])


def test_weights_that_change_or_vanish_after_they_were_found_are_refused(tmp_path: Path) -> None:
    encoder = SentenceEncoder.find(str(_model(tmp_path / "mine", word_embedding_dimension=8)))
    (tmp_path / "mine" / "model.safetensors").write_bytes(b"other")
    with pytest.raises(ModelUnavailable, match="is not the file that is known"):
        encoder.encode(["data scientist"])
    (tmp_path / "mine" / "model.safetensors").unlink()
    with pytest.raises(ModelUnavailable, match="install it again"):
        encoder.encode(["data scientist"])


def test_weights_that_are_none_are_refused(tmp_path: Path) -> None:
    encoder = SentenceEncoder.find(str(_model(tmp_path / "mine", word_embedding_dimension=8)))
    with pytest.raises(ModelUnavailable, match="mine cannot be loaded"):
        encoder.encode(["data scientist"])


def test_the_fingerprint_follows_the_weights(tmp_path: Path) -> None:
    one, same, other = (
        SentenceEncoder.find(str(_model(tmp_path / place / "mine", weights, word_embedding_dimension=8)))
        for place, weights in (("a", b"1"), ("b", b"1"), ("c", b"2"))
    )
    assert one.fingerprint == same.fingerprint != other.fingerprint


@pytest.mark.parametrize("key", ["out_features", "embedding_dimension", "word_embedding_dimension", "hidden_size"])
def test_the_dimension_is_read_from_the_last_module_that_names_one(tmp_path: Path, key: str) -> None:
    folder = _model(tmp_path / "mine", **{key: 8})
    (folder / "config.json").write_text('{"hidden_size": 99}', encoding="utf-8")
    assert SentenceEncoder.find(str(folder)).dimension == 8


def test_the_dimension_of_a_static_model_is_that_of_its_table(tmp_path: Path) -> None:
    folder = _model(tmp_path / "mine")
    save_file({"embedding.weight": np.zeros((3, 12), dtype=np.float32)}, folder / "model.safetensors")
    assert SentenceEncoder.find(str(folder)).dimension == 12
    save_file({"other": np.zeros((3, 12), dtype=np.float32)}, folder / "model.safetensors")
    with pytest.raises(ModelUnavailable, match="does not say how many dimensions"):
        load(str(folder))


def test_a_folder_that_does_not_say_its_dimension_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="does not say how many dimensions"):
        load(str(_model(tmp_path / "mine")))


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    (_model(tmp_path / "mine", word_embedding_dimension=8) / "model.safetensors").unlink()
    with pytest.raises(ModelUnavailable, match="mine holds no weight file"):
        load(str(tmp_path / "mine"))


@pytest.mark.parametrize("modules", [None, "{", "[{}]", "7", '["a"]', "\udcff"])
def test_a_folder_that_is_no_model_is_refused(tmp_path: Path, modules: str | None) -> None:
    if modules is not None:
        (tmp_path / "modules.json").write_text(modules, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(ModelUnavailable, match="is not a model in the sentence-transformers format"):
        load(str(tmp_path))


@pytest.mark.parametrize("name", ["nobody/nothing", "no model", "../up", "a/b/c", "x" * 300, "\x00"])
def test_a_name_that_is_known_nowhere_is_refused_with_what_there_is(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    # The variable is read when the library is imported, which an earlier test may have done.
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(
        ModelUnavailable, match="name one of words, static, contextual, joint, all-MiniLM-L6-v2, a folder"
    ):
        load(name)


def test_a_model_whose_package_is_missing_says_what_to_install() -> None:
    entry = Entry("lost", 8, ("fr",), "MIT", package="no_such_package", folder="model", runtime="sentence", sha256={})
    with pytest.raises(ModelUnavailable, match="pip install no-such-package"):
        entry.path()
