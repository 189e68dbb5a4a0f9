"""Both models turned by one matrix: equal to sentence-transformers, the same in any company, and refused if damaged."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from matcher.core.errors import ModelUnavailable
from matcher.core.ports import Encoder
from models import load
from models.blend import Blend
from models.catalogue import CONTEXTUAL, JOINT, PARTS, STATIC
from models.joint import JointEncoder
from models.turning import turned
from tests.fakes import FakeEncoder

pytestmark = pytest.mark.xdist_group("packaged model")  # one process loads torch, under `--dist loadgroup`

TITLES = [
    "développeur web",
    "urbaniste des systèmes d'information",
    "RSSI",
    "chief information security officer",
    "🐍",
    "x",
]


def _parts() -> list[tuple[Encoder, float]]:
    return [(load(name), share) for name, share in PARTS.items()]


def _shipped(folder: Path, **changes: object) -> JointEncoder:
    given = {
        "name": "joint",
        "folder": folder,
        "dimension": JOINT.dimension,
        "sha256": {},
        "parts": _parts(),
        **changes,
    }
    return JointEncoder(**given)  # type: ignore[arg-type]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Return a folder that holds the shipped files, free to be damaged."""
    return Path(shutil.copytree(JOINT.path(), tmp_path / "joint", copy_function=shutil.copyfile))


def test_sentence_transformers_reads_the_folder_and_gives_the_same_vectors() -> None:
    import torch
    from sentence_transformers.base.modules import Dense

    rows = torch.from_numpy(Blend(_parts()).encode(TITLES))
    with torch.inference_mode():
        theirs = Dense.load(str(JOINT.path()))({"sentence_embedding": rows})["sentence_embedding"].numpy()
    theirs /= np.linalg.norm(theirs, axis=1, keepdims=True)
    assert np.abs(load("joint").encode(TITLES) - theirs).max() <= 1e-6


def test_a_title_has_the_same_vector_alone_and_in_any_company() -> None:
    rows = load("joint").encode(TITLES)
    assert all(np.array_equal(load("joint").encode([title])[0], row) for title, row in zip(TITLES, rows, strict=True))
    assert np.array_equal(load("joint").encode(TITLES[::-1])[::-1], rows)


def test_rows_are_of_length_1_and_no_text_gives_none() -> None:
    encoder = load("joint")
    rows = encoder.encode(TITLES)
    assert rows.dtype == np.float32
    assert rows.shape == (len(TITLES), encoder.dimension)
    assert np.abs(np.linalg.norm(rows, axis=1) - 1).max() < 1e-6
    assert encoder.encode([]).shape == (0, encoder.dimension)


@pytest.mark.parametrize("width", [1, 3, 4, 7, 16])
def test_rows_are_multiplied_and_scaled(width: int) -> None:
    random = np.random.default_rng(width)
    rows, matrix = (random.normal(size=(count, width)).astype(np.float32) for count in (5, width))
    asked = rows @ matrix
    asked /= np.linalg.norm(asked, axis=1, keepdims=True)
    assert np.abs(turned(rows, matrix) - asked).max() < 1e-5


def test_the_shares_are_those_of_both_models() -> None:
    assert [*PARTS] == [CONTEXTUAL.name, STATIC.name]
    assert sum(PARTS.values()) == pytest.approx(1)
    assert JOINT.dimension == sum(load(name).dimension for name in PARTS)


def test_the_fingerprint_is_of_the_matrix_and_of_what_it_turns(copied: Path) -> None:
    one = _shipped(copied, sha256=JOINT.sha256)
    assert one.fingerprint == load("joint").fingerprint
    assert _shipped(copied, sha256={"model.safetensors": "0"}).fingerprint != one.fingerprint
    others = _parts()
    others[1] = (FakeEncoder(dimension=STATIC.dimension), others[1][1])
    assert _shipped(copied, sha256=JOINT.sha256, parts=others).fingerprint != one.fingerprint


def test_another_file_than_the_known_one_is_refused(copied: Path) -> None:
    path = copied / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")
    with pytest.raises(ModelUnavailable, match="not the file that is known"):
        _shipped(copied, sha256=JOINT.sha256).encode(["x"])


@pytest.mark.parametrize("content", [None, b"", b"damaged"])
def test_a_file_that_is_no_matrix_is_refused(copied: Path, content: bytes | None) -> None:
    path = copied / "model.safetensors"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelUnavailable, match="Dense module"):
        _shipped(copied).encode(["x"])


def test_a_matrix_of_another_size_is_refused(copied: Path) -> None:
    path = copied / "model.safetensors"
    weights = load_file(path)["linear.weight"]
    save_file({"linear.weight": np.ascontiguousarray(weights[1:])}, path)
    with pytest.raises(ModelUnavailable, match="of shape"):
        _shipped(copied).encode(["x"])


def test_the_folder_says_that_what_is_turned_is_added() -> None:
    read = json.loads((JOINT.path() / "config.json").read_text(encoding="utf-8"))
    assert (read["use_residual"], read["bias"]) == (True, False)
    assert read["activation_function"].endswith("Identity")
