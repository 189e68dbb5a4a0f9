import gzip
from pathlib import Path

import pytest

from matcher.core.errors import ModelUnavailable
from models.files import bytes_of, check_digests, lines_of


@pytest.mark.parametrize("name", ["table.tsv", "table.tsv.gz"])
def test_a_table_has_no_comments_and_no_empty_lines(tmp_path: Path, name: str) -> None:
    table = b"# what it holds\na\tb\n\nc\td\n"
    (tmp_path / name).write_bytes(gzip.compress(table) if name.endswith("gz") else table)
    assert lines_of(tmp_path / name) == ["a\tb", "c\td"]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("none.tsv", None, "none.tsv is missing: install it again"),
        ("odd.tsv", b"\xff\xfe", "odd.tsv is damaged"),
        ("plain.tsv.gz", b"no gzip", "plain.tsv.gz is damaged"),
        ("cut.tsv.gz", gzip.compress(b"a\tb\n" * 99)[:20], "cut.tsv.gz is damaged"),
    ],
)
def test_what_cannot_be_read_is_named_with_what_mends_it(
    tmp_path: Path, name: str, content: bytes | None, says: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelUnavailable, match=f"{says}.*it comes with the project"):
        lines_of(tmp_path / name)


def test_a_folder_in_a_files_place_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="is damaged"):
        bytes_of(tmp_path)


def test_a_models_files_are_those_that_are_known(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    check_digests(tmp_path, {"a": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}, model="mine")
    for file, said in (("a", "is not the file that is known"), ("b", "is missing")):
        with pytest.raises(ModelUnavailable, match=f"{file} of mine {said}: install it again; .* its own folder"):
            check_digests(tmp_path, {file: "0"}, model="mine")
