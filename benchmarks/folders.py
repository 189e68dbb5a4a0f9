"""Tab-separated files of a data folder, read so that what is wrong is named by file and line."""

import gzip
from collections.abc import Iterator
from pathlib import Path

from matcher.core.errors import UnreadableFile


def rows(path: Path, *, columns: int) -> Iterator[tuple[str, list[str]]]:
    """Yield each line of a tab-separated UTF-8 file, empty lines left out, with where it stands (`file, line 3`).

    Args:
        path: the file; a gzipped one by that name with `.gz` after it serves too.
        columns: how many every line must have.

    Raises:
        UnreadableFile: it is missing, damaged or not UTF-8, or a line has other columns or an empty first one.
    """
    for where, line in lines(path):
        fields = line.split("\t")
        if len(fields) != columns or not fields[0].strip():
            raise UnreadableFile(f"{where}: {len(fields)} columns, expected {columns} between tabs: {line[:60]!r}")
        yield where, fields


def lines(path: Path) -> Iterator[tuple[str, str]]:
    """Yield each line of a UTF-8 file that is not empty, with where it stands (`folder/file, line 3`).

    Args:
        path: the file; a gzipped one by that name with `.gz` after it serves too.

    Raises:
        UnreadableFile: it is missing, damaged or not UTF-8.
    """
    # Not splitlines, which also breaks at signs that stand inside titles (\x0b, \x85, the line separator).
    for number, line in enumerate(read(path).split("\n"), start=1):
        if line.strip():
            yield f"{path.parent.name}/{path.name}, line {number}", line.removesuffix("\r")


def existing(path: Path) -> Path:
    """Return the file, or the gzipped one by its name.

    Raises:
        UnreadableFile: there is neither.
    """
    for candidate in (path, path.with_name(f"{path.name}.gz")):
        if candidate.is_file():
            return candidate
    raise UnreadableFile(f"{path.parent.name}/{path.name} is missing (or {path.name}.gz)")


def read(path: Path) -> str:
    """Return the text of a file, gzipped or not.

    Raises:
        UnreadableFile: it is missing, damaged or not UTF-8.
    """
    found = existing(path)
    try:
        data = found.read_bytes()
        return (gzip.decompress(data) if found.suffix == ".gz" else data).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise UnreadableFile(f"{path.parent.name}/{found.name}, line {line}: it must be UTF-8") from error
    except (OSError, EOFError, ValueError) as error:
        raise UnreadableFile(f"{path.parent.name}/{found.name} cannot be read: {error}") from error
