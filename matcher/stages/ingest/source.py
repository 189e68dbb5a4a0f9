"""Bytes of a file, plain or gzip, in bounded pieces; and what every reader needs to name a rejection."""

import gzip
import hashlib
import io
import json
import math
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from matcher.core.complaints import NOT_UTF8
from matcher.core.domain import Posting, Profile, Rejection
from matcher.core.errors import InvalidRecord, UnreadableFile, UnsafeFile
from matcher.stages.ingest.limits import Limits

Read = Posting | Profile | Rejection
Clean = Callable[[str], str]

GZIP = b"\x1f\x8b"
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Reader:
    """One file that is being read, and what its reader was given."""

    path: Path
    clean: Clean
    clean_title: Clean
    limits: Limits
    on_bytes: Callable[[int], None] | None = None

    @property
    def file(self) -> str:
        """The file's name as a rejection shows it: never its folders, and printable whatever it holds."""
        return "".join(letter if letter.isprintable() else "?" for letter in self.path.name)

    def reject(
        self,
        position: str,
        reason: str,
        *,
        field: str | None = None,
        record_id: str | None = None,
        others: tuple[tuple[str, str], ...] = (),
    ) -> Rejection:
        """Return a rejection of this file's record at that position."""
        return Rejection(self.file, position, reason, record_id, field, others)

    def parse(
        self,
        position: str,
        parser: Callable[[Mapping[str, Any]], Posting | Profile],
        fields: Mapping[str, Any],
    ) -> Read:
        """Return the record that the native fields make, or its rejection."""
        try:
            return parser(fields)
        except InvalidRecord as error:
            (field, reason), *others = error.complaints
            return self.reject(position, reason, field=field, record_id=error.record_id, others=tuple(others))


class _Counted(io.RawIOBase):
    """A raw file that tells how many bytes were read from it."""

    def __init__(self, raw: io.FileIO, on_bytes: Callable[[int], None] | None) -> None:
        self._raw = raw
        self._on_bytes = on_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = self._raw.readinto(buffer) or 0
        if count and self._on_bytes:
            self._on_bytes(count)
        return count


class _Bounded(io.RawIOBase):
    """What a gzip file unpacks to, up to a limit: the bytes that come out count, not what a header claims."""

    def __init__(self, packed: BinaryIO, limit: int) -> None:
        self._unpacked = gzip.GzipFile(fileobj=packed, mode="rb")
        self._left = limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._unpacked.read1(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise UnsafeFile("the file unpacks to more than is allowed: split it, or raise Limits.unpacked_bytes")
        buffer[: len(data)] = data
        return len(data)


@contextmanager
def opened(path: Path, limits: Limits, on_bytes: Callable[[int], None] | None = None) -> Iterator[BinaryIO]:
    """Open a file and unpack it if it is gzip; what the system or gzip has against it comes out as UnreadableFile."""
    try:
        if not path.is_file():
            # A folder cannot be read; a pipe or a device might never end.
            raise UnreadableFile("there is no such file, or it is not a regular file: check the path")
        with path.open("rb", buffering=0) as raw:
            buffered = io.BufferedReader(_Counted(raw, on_bytes), buffer_size=1 << 16)
            if buffered.peek(2)[:2] == GZIP:
                yield io.BufferedReader(_Bounded(buffered, limits.unpacked_bytes), buffer_size=1 << 16)
            else:
                yield buffered
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise UnreadableFile("the gzip data is damaged or cut short: copy the file again") from None
    except OSError as error:
        raise UnreadableFile(f"the file cannot be read ({error.strerror or 'input/output error'})") from None


class Line(NamedTuple):
    """A line of a file."""

    number: int
    """From 1."""
    data: bytes | None
    """Without the line end; None for a line over the limit, which is never held whole."""
    is_ended: bool
    """Whether a line end follows it: the last line of a file may have none."""


def lines(stream: BinaryIO, limit: int) -> Iterator[Line]:
    """Yield the lines of a stream."""
    number = 0
    while line := stream.readline(limit + 1):
        number += 1
        if number == 1:
            line = line.removeprefix(BOM)
        if len(line) > limit and not line.endswith(b"\n"):
            while (rest := stream.readline(1 << 16)) and not rest.endswith(b"\n"):
                pass
            yield Line(number, None, is_ended=bool(rest))
        else:
            yield Line(number, line.rstrip(b"\r\n"), is_ended=line.endswith(b"\n"))


def whole(stream: BinaryIO, limit: int, *, name: str) -> bytes:
    """Return all of a stream. Raises UnsafeFile when it holds more than the limit."""
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise UnsafeFile(f"the {name} is larger than {limit:,} bytes: split it, or write one record a line")
    return data.removeprefix(BOM)


def decoded(data: bytes) -> str:
    """Return UTF-8 text. Raises UnreadableFile."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        kind = CutShort if error.reason == "unexpected end of data" else UnreadableFile
        raise kind(NOT_UTF8) from None


class CutShort(UnreadableFile):
    """Text that ends in the middle of a character or of a JSON value."""


_SHOWN_KEY = 80
_TOO_DEEP = "is nested too deeply: a record has three levels"
_NOT_JSON = "is NaN or infinite, which is no JSON number: write null or leave it out"
_NUMBER = re.compile(r"\.|[eE][-+]?")
"""What a number may go on with."""
_ESCAPE = re.compile(r"\\?u?[0-9a-fA-F]{0,4}")
_LITERALS = ("true", "false", "null", "NaN", "Infinity", "-Infinity")


def _ends_in_the_middle(error: json.JSONDecodeError) -> bool:
    """Tell whether what is wrong with a JSON value is its end: more letters could make it right."""
    rest = error.doc[error.pos :].rstrip()
    if error.msg.startswith(("Unterminated", "Invalid \\")):  # a text, or what stands for one of its letters
        return error.msg.startswith("Unterminated") or _ESCAPE.fullmatch(error.doc[error.pos - 1 :]) is not None
    return _NUMBER.fullmatch(rest) is not None or any(one.startswith(rest) for one in _LITERALS)


def parse_json(text: str) -> Any:
    """Return a JSON value, refusing what JSON or a careful reader refuses: NaN, repeated keys, endless nesting.

    Raises:
        CutShort: it ends in the middle.
        UnreadableField: a key stands twice, or over NaN.
        UnreadableFile: anything else; no reason repeats the text.
    """
    constants: set[object] = set()

    def noted(_: str) -> object:
        constants.add(_CONSTANT)
        return _CONSTANT

    def checked(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        return _without_repeats(pairs, has_constants=bool(constants))

    try:
        value = json.loads(text, parse_constant=noted, object_pairs_hook=checked)
    except json.JSONDecodeError as error:
        kind = CutShort if _ends_in_the_middle(error) else UnreadableFile
        raise kind(f"is not valid JSON ({error.msg} at character {error.pos + 1}), or was cut short") from None
    except RecursionError:
        raise UnreadableFile(_TOO_DEEP) from None
    except ValueError:
        raise UnreadableFile("holds a number of thousands of digits: remove it") from None
    if constants:
        raise UnreadableFile(f"holds what {_NOT_JSON}")
    return value


def content_digest(value: Any) -> str:
    """Return the `text_digest` of a JSON value, whatever the order of its keys. Raises UnreadableFile."""
    try:
        return text_digest(json.dumps(value, sort_keys=True))
    except RecursionError:  # what could just be parsed
        raise UnreadableFile(_TOO_DEEP) from None


def text_digest(text: str) -> str:
    """Return sixteen letters that stand for a text."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]


def finite(text: str) -> float | None:
    """Return the number that a text is, with a decimal comma, too; None for anything else, NaN and the infinities."""
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


class UnreadableField(UnreadableFile):
    """A JSON value that no reader may take, with the key that it stands under."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


_CONSTANT = object()
"""Stands for NaN or an infinity until the object that holds it is known."""


def _is_or_has_constant(value: Any) -> bool:
    return value is _CONSTANT or (isinstance(value, list) and any(map(_is_or_has_constant, value)))


def _without_repeats(pairs: list[tuple[str, Any]], *, has_constants: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        name = "".join(sign if sign.isprintable() else "?" for sign in key[:_SHOWN_KEY])
        if has_constants and _is_or_has_constant(value):
            raise UnreadableField(name, _NOT_JSON)
        if key in found:
            raise UnreadableField(name, "stands twice in one object: keep one of them")
        found[key] = value
    return found
