"""Files: all of a folder, the digests that tell whether they are still the same, and what must outlive a power cut."""

import hashlib
import os
from pathlib import Path


def files_in(folder: Path) -> list[Path]:
    """Return all files of a folder and of those in it, in order."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of a folder, by its path inside. Raises OSError."""
    return {path.relative_to(folder).as_posix(): sha256(path) for path in files_in(folder)}


def sync(path: Path) -> None:
    """Make a file's content safe; or a folder's names: what was made, renamed or deleted in it. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
