"""What the tests of reading share: reading with plain stand-ins for the text stage, and where real exports lie."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from matcher.core.domain import Posting, Profile, Rejection
from matcher.stages.ingest import Limits, Read, read


def clean(text: str) -> str:
    return text.replace("\\n", "\n").strip()


def read_all(path: Path, *, limits: Limits | None = None, on_bytes: Callable[[int], None] | None = None) -> list[Read]:
    return list(read(path, clean=clean, clean_title=str.strip, limits=limits, on_bytes=on_bytes))


def read_bytes(folder: Path, content: bytes | str, *, limits: Limits | None = None) -> list[Read]:
    path = folder / "sample"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_all(path, limits=limits)


def accepted(found: list[Read]) -> list[str]:
    return [record.id for record in found if not isinstance(record, Rejection)]


def rejections(found: list[Read]) -> list[Rejection]:
    return [record for record in found if isinstance(record, Rejection)]


def only_posting(found: list[Read]) -> Posting:
    (record,) = found
    assert isinstance(record, Posting), record
    return record


def only_profile(found: list[Read]) -> Profile:
    (record,) = found
    assert isinstance(record, Profile), record
    return record


def only_rejection(found: list[Read]) -> Rejection:
    (record,) = found
    assert isinstance(record, Rejection), record
    return record


def shared_data(*parts: str) -> Path:
    """Return a file of the public data, or skip the test where that is not at hand."""
    default = Path(__file__).parents[4] / "shared" / "data"
    path = Path(os.environ.get("MATCHER_SHARED_DATA", default)).joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the public data ({'/'.join(parts)}) is not here: set MATCHER_SHARED_DATA to its folder")
    return path
