"""Folders of data: which of them hold a set, and their tab-separated files, read so that what is wrong is named."""

import gzip
from collections.abc import Iterator, Sequence
from pathlib import Path

from matcher.core.errors import UnreadableFile


def sets(folder: Path, files: Sequence[str], *, made_of: str) -> list[Path]:
    """Return the folder and those of its sub-folders, by name, that hold a set: it is known by any one of some files.

    So a set that lacks one of its files is named by who reads it, and not passed over.

    Args:
        folder: that of one set, or of several in sub-folders.
        files: by which a set is known.
        made_of: what makes a set, for the error's text.

    Raises:
        UnreadableFile: there is no folder, or no set.
    """
    if not folder.is_dir():
        raise UnreadableFile(f"{folder} is not a folder")
    candidates = [folder, *sorted(path for path in folder.iterdir() if path.is_dir())]
    if not (found := [path for path in candidates if present(path, files)]):
        raise UnreadableFile(f"{folder} holds no set: a set is a folder with {made_of}")
    return found


def present(folder: Path, files: Sequence[str]) -> str | None:
    """Return the first of some files that a folder holds, gzipped or not; None where it holds none."""
    return next((name for name in files if _found(folder / name)), None)


def _found(path: Path) -> Path | None:
    return next((one for one in (path, path.with_name(f"{path.name}.gz")) if one.is_file()), None)


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
    if found := _found(path):
        return found
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
