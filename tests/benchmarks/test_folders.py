"""What is wrong with a data folder is named by file and line."""

import gzip
from pathlib import Path

import pytest

from benchmarks import folders
from matcher.core.errors import UnreadableFile


def _rows(path: Path) -> list[list[str]]:
    return [fields for _, fields in folders.rows(path, columns=2)]


@pytest.mark.parametrize("zipped", [False, True])
def test_a_file_is_read_zipped_or_not_and_a_title_may_hold_odd_line_signs(tmp_path: Path, *, zipped: bool) -> None:
    text = "a\tmaçon\u2028poseur\r\n\nb\tjuriste\n"
    path = tmp_path / "queries.tsv"
    if zipped:
        path.with_name("queries.tsv.gz").write_bytes(gzip.compress(text.encode()))
    else:
        path.write_bytes(text.encode())
    assert _rows(path) == [["a", "maçon\u2028poseur"], ["b", "juriste"]]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"a\tmason\nb\n", 2),
        (b"a\tmason\n\nb\tc\td\n", 3),
        (b"\tmason\n", 1),
        (b"a\tmason\nb\tma\xe7on\n", 2),
    ],
    ids=["a column is missing", "a column too many", "no id", "Latin-1"],
)
def test_a_bad_line_is_named(tmp_path: Path, data: bytes, line: int) -> None:
    path = tmp_path / "queries.tsv"
    path.write_bytes(data)
    with pytest.raises(UnreadableFile, match=rf"{tmp_path.name}/queries\.tsv, line {line}: "):
        _rows(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=rf"{tmp_path.name}/queries\.tsv is missing"):
        _rows(tmp_path / "queries.tsv")


def test_a_damaged_zip_is_named(tmp_path: Path) -> None:
    (tmp_path / "queries.tsv.gz").write_bytes(gzip.compress(b"a\tmason\n")[:-6])
    with pytest.raises(UnreadableFile, match=r"queries\.tsv\.gz cannot be read"):
        _rows(tmp_path / "queries.tsv")
