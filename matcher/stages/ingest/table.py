"""Rows of a delimited text file, quoted or not: streamed, counted, and none swallowed by another's open quote."""

import csv
import io
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from matcher.core.errors import UnreadableFile
from matcher.stages.ingest.source import BOM, Line, Read, Reader, lines, opened

DELIMITERS = ",;\t|"
HEAD_BYTES = 1 << 18
"""Of a file, from which its form is guessed."""
_CP1252_UNUSED = bytes([0x81, 0x8D, 0x8F, 0x90, 0x9D])
_LINE_END = re.compile(r"[\r\n]")
_OLD_ENDS = "its lines end in CR alone, as old Macs wrote them: save it with the line ends of Unix or Windows"
_OPEN_QUOTE = "a quote is open and never closed: close it, or double a quote that is part of the text"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells, or why it has none. The header is row 0, and has cells."""

    number: int
    line: int
    """Where it starts in the file, from 1."""
    cells: tuple[str, ...] = ()
    problem: str | None = None

    @property
    def position(self) -> str:
        """Where it stands, for a person."""
        return f"row {self.number} (line {self.line})"


class Form(NamedTuple):
    """How a table is written, as far as its beginning tells."""

    encoding: str
    """`utf-8` or `cp1252`."""
    delimiter: str
    """One of DELIMITERS."""
    header: str
    """Its first line that is not blank."""

    @property
    def columns(self) -> frozenset[str]:
        """The columns' names, without spaces and quotes around them."""
        return frozenset(cell.strip().strip('"').strip() for cell in self.header.split(self.delimiter))


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str
    problem: str | None = None


def read_rows(
    reader: Reader,
    made: Callable[[Reader, str, Mapping[str, str]], Read],
    *,
    needs: Sequence[str],
    bare: str | None = None,
) -> Iterator[Read]:
    """Yield what is made of each row, or its rejection. A program that has saved the file anew may have quoted it all.

    Args:
        reader: of the file.
        made: takes the reader, a row's position and its cells by column, without the space around them.
        needs: the columns that there must be.
        bare: the delimiter that stands between cells without quotes, if the format has one; with quotes in the header,
            or with another delimiter, cells are quoted as in any table.

    Raises:
        UnreadableFile: the header is no header, or lacks a column.
    """
    with opened(reader.path, reader.limits) as stream:
        head = stream.read(HEAD_BYTES)
    encoding, delimiter, header = form_of(head)
    quoted = delimiter != bare or '"' in header or _has_quoted_cells(head.decode(encoding, "replace"), delimiter)
    with opened(reader.path, reader.limits, reader.on_bytes) as stream:
        table = rows(stream, delimiter=delimiter, encoding=encoding, limit=reader.limits.line_bytes, quoted=quoted)
        columns = [cell.strip() for cell in next(table).cells]
        if missing := [name for name in needs if name not in columns]:
            raise UnreadableFile(f"the header has no column {missing[0]}: write it without quotes and spaces around it")
        for row in table:
            if row.problem:
                yield reader.reject(row.position, row.problem)
            else:
                yield made(reader, row.position, dict(zip(columns, map(str.strip, row.cells), strict=True)))


def _has_quoted_cells(head: str, delimiter: str) -> bool:
    """Tell whether cells stand in quotes because they hold some, doubled: a program has quoted what it had to."""
    lines = _LINE_END.split(head)[1:-1]
    cells = [cell for line in lines for cell in line.split(delimiter) if cell.startswith('"')]
    inside = [cell[1:-1] for cell in cells if len(cell) > 1 and cell.endswith('"')]
    doubled = [text for text in inside if '""' in text]
    return bool(doubled) and len(inside) == len(cells) and not any('"' in text.replace('""', "") for text in inside)


def guess_encoding(head: bytes) -> str:
    """Return `cp1252` if the evidence is for it, else `utf-8`.

    Evidence: bytes above 127 that mostly form no UTF-8 sequence, and none that Windows-1252 leaves unused. A single
    damaged row in a UTF-8 file is outvoted by the others, and rejected by name later.
    """
    text = head.decode("utf-8", errors="replace")
    broken = text.count("�")
    whole = sum(letter > "\x7f" for letter in text) - broken
    return "cp1252" if broken > whole and not set(head) & set(_CP1252_UNUSED) else "utf-8"


def split(line: str, delimiter: str) -> list[str]:
    """Return the cells of one complete record. Raises csv.Error when its quotes make no sense."""
    rows = list(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter, strict=True))
    if len(rows) > 1:
        raise csv.Error("more than one record")
    return rows[0] if rows else []


def form_of(head: bytes) -> Form:
    """Return a table's form, by how it begins: the delimiter is the one that cuts the header into most cells."""
    encoding = guess_encoding(head)
    header, *_ = _LINE_END.split(head.removeprefix(BOM).decode(encoding, errors="replace").lstrip(), maxsplit=1)
    return Form(encoding, max(DELIMITERS, key=header.count), header)


def rows(stream: BinaryIO, *, delimiter: str, encoding: str, limit: int, quoted: bool = True) -> Iterator[Row]:
    """Yield the header as row 0 and then every row that is not blank, with as many cells as the header.

    A record spans lines while a quoted cell is open. Where that makes no valid record, only its first line is refused
    and reading goes on at the next line, so that one open quote costs one row.

    Args:
        stream: the bytes.
        delimiter: one of DELIMITERS.
        encoding: `utf-8` or `cp1252`.
        limit: most bytes of a record.
        quoted: False where a quote is a letter like any other.

    Raises:
        UnreadableFile: the header cannot be read, and so no row can.
    """
    csv.field_size_limit(max(csv.field_size_limit(), limit))
    source = _decoded(lines(stream, limit), encoding)
    waiting: deque[_Line] = deque()
    width, number = None, -1
    while first := _next(source, waiting):
        if not first.text.strip() and not first.problem:
            continue
        number += 1
        if width is None and "\r" in first.text.strip():
            raise UnreadableFile(_OLD_ENDS)
        cells, problem = _record(first, source, waiting, delimiter=delimiter, limit=limit, width=width, quoted=quoted)
        if width is None:
            if problem:
                raise UnreadableFile(f"the header, line {first.number}: {problem}")
            width = len(cells)
        yield Row(number, first.number, tuple(cells), problem)


def _record(
    first: _Line,
    source: Iterator[_Line],
    waiting: deque[_Line],
    *,
    delimiter: str,
    limit: int,
    width: int | None,
    quoted: bool,
) -> tuple[list[str], str | None]:
    """Return the cells of the record that starts with this line, or none and the reason."""
    if first.problem:
        return [], first.problem
    if not quoted:
        cells = first.text.split(delimiter)
        return _checked(cells, width)
    used, size, is_open = [first], len(first.text), _open_after(first.text, delimiter, is_open=False)
    while is_open and size <= limit and (following := _next(source, waiting)):
        used.append(following)
        size += len(following.text) + 1
        if following.problem:
            break
        is_open = _open_after(following.text, delimiter, is_open=True)
    problem: str | None = _OPEN_QUOTE
    cells = []
    if not is_open:
        try:
            cells, problem = _checked(split("\n".join(line.text for line in used), delimiter), width)
        except csv.Error:
            problem = "its quotes make no sense: put a cell that holds quotes between quotes and double those inside"
    if problem:
        waiting.extendleft(reversed(used[1:]))
        return [], problem
    return cells, None


def _checked(cells: list[str], width: int | None) -> tuple[list[str], str | None]:
    if width is not None and len(cells) != width:
        return [], f"has {len(cells)} cells where the header has {width}: quote cells that hold the delimiter"
    return cells, None


def _open_after(line: str, delimiter: str, *, is_open: bool) -> bool:
    """Return whether a quoted cell is still open at the end of a line. A quote inside a bare cell is a letter."""
    at = 0
    while True:
        if is_open:
            at = line.find('"', at)
            if at < 0:
                return True
            if line.startswith('""', at):
                at += 2
                continue
            is_open = False
            at = line.find(delimiter, at)
        elif line.startswith('"', at):
            is_open = True
            at += 1
            continue
        else:
            at = line.find(delimiter, at)
        if at < 0:
            return False
        at += 1


def _next(source: Iterator[_Line], waiting: deque[_Line]) -> _Line | None:
    return waiting.popleft() if waiting else next(source, None)


def _decoded(numbered: Iterator[Line], encoding: str) -> Iterator[_Line]:
    for number, line, _ in numbered:
        if line is None:
            yield _Line(number, "", "is longer than a row may be: check that its line ends are there")
            continue
        try:
            yield _Line(number, line.decode(encoding))
        except UnicodeDecodeError:
            yield _Line(number, "", "is not UTF-8 text: save the file as UTF-8")
