"""Arrays and texts in one file: all comes back, and what is damaged is refused."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.core import archive

TEXTS = ["", "Gestion de projet", "été", "日本語", "a\x00", ""]
NUMBERS = np.array([[1, 2], [3, 4]], dtype=np.uint16)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "some.npz"
    archive.write(path, {"numbers": NUMBERS}, texts={"names": TEXTS})
    return path


def read(path: Path) -> archive.Archive:
    return archive.read(path, ["numbers"], texts=["names"])


def test_what_is_read_is_what_was_written(path: Path) -> None:
    found = read(path)
    assert found.texts == {"names": TEXTS}
    assert found.arrays["numbers"].tolist() == NUMBERS.tolist()
    assert found.arrays["numbers"].dtype == NUMBERS.dtype


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text(st.characters(exclude_categories=()))))
def test_any_texts_come_back(texts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        archive.write(Path(folder) / "some.npz", {}, texts={"names": texts})
        assert archive.read(Path(folder) / "some.npz", [], texts=["names"]).texts == {"names": texts}


def test_one_long_text_does_not_make_all_others_as_long(tmp_path: Path) -> None:
    archive.write(tmp_path / "some.npz", {}, texts={"names": ["x" * 3000, *["court"] * 1000]})
    assert (tmp_path / "some.npz").stat().st_size < 20_000


@pytest.mark.parametrize(
    "changed",
    [
        {"names_utf8": np.frombuffer(b"\xff" * 34, dtype=np.uint8)},
        {"names_utf8": np.zeros(3, dtype=np.uint8)},
        {"names_utf8": np.zeros(34, dtype=np.int8)},
        {"names_utf8": np.zeros((34, 1), dtype=np.uint8)},
        {"names_ends": np.array([0, 17, 16, 31, 33, 33])},
        {"names_ends": np.array([-1, 17, 22, 31, 33, 33])},
        {"names_ends": np.array([2**63 - 1, -(2**63), 33])},
        {"names_ends": np.array([0, 17, 22, 31])},
        {"names_ends": np.array([0, 17, 18, 31, 33, 33])},  # within a letter
        {"names_ends": np.array([0.0, 17.0, 22.0, 31.0, 33.0, 33.0])},
        {"names_ends": np.array(33)},
        {"names_ends": np.zeros(0, dtype=np.int64)},
    ],
)
def test_texts_that_make_no_sense_are_a_value_error(changed: dict[str, Any], path: Path) -> None:
    with np.load(path) as saved:
        every = dict(saved)
    np.savez(path, **(every | changed))
    with pytest.raises(ValueError, match="damaged"):
        read(path)


def test_a_file_that_is_none_or_lacks_a_name_is_a_value_error(path: Path) -> None:
    with pytest.raises(ValueError, match="does not hold what it should"):
        archive.read(path, ["others"])
    with pytest.raises(ValueError, match="does not hold what it should"):
        archive.read(path, [], texts=["others"])
    whole = path.read_bytes()
    np.savez(path.with_name("pickled.npz"), numbers=np.array([{}], dtype=object))
    np.save(path.with_name("array.npy"), np.ones(3))
    others = [path.with_name(name).read_bytes() for name in ("pickled.npz", "array.npy")]
    for content in (b"", b"PK", b"no archive", whole[: len(whole) // 2], whole[:-1], *others):
        path.write_bytes(content)
        with pytest.raises(ValueError, match="damaged"):
            read(path)
    path.unlink()
    with pytest.raises(ValueError, match="damaged"):
        read(path)


@pytest.mark.parametrize(("field", "value"), [(8, 1), (10, 8), (10, 12), (10, 14), (10, 99)])
def test_a_file_that_says_it_is_encrypted_or_compressed_is_a_value_error(field: int, value: int, path: Path) -> None:
    changed, at = bytearray(path.read_bytes()), -1
    while (at := changed.find(b"PK\x01\x02", at + 1)) >= 0:
        changed[at + field] = value
    path.write_bytes(changed)
    with pytest.raises(ValueError, match="damaged"):
        read(path)
