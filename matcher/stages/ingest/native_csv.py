"""Native records in a table with a header: columns are the record's fields, nested ones dotted.

A list stands in one cell, its items apart by `;` or `|`, whichever of them is not the file's delimiter (with a comma
or a tab both do). Lists of `locations.*` columns run side by side: the first département goes with the first city.
Experiences and education have no columns: they need JSON.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from matcher.core.complaints import IN_DIGITS
from matcher.core.domain import Rejection
from matcher.core.errors import UnreadableFile
from matcher.records import PostingRecord, ProfileRecord, parse_posting, parse_profile
from matcher.stages.ingest.source import Read, Reader, opened
from matcher.stages.ingest.table import HEAD_BYTES, form_of, rows

_NESTED = {
    "organisation": ("id", "name"),
    "salary_eur_year": ("min", "max"),
    "occupation": ("rome", "esco"),
    "locations": ("region", "department", "city", "latitude", "longitude"),
}
_LISTS = frozenset({"skills", "languages", "contracts", "hidden_from"})
_YES_OR_NO = frozenset({"visible_to_recruiters"})
_WORDS: Mapping[str, bool] = {
    **dict.fromkeys(("true", "t", "yes", "y", "on", "1", "vrai", "oui"), True),
    **dict.fromkeys(("false", "f", "no", "n", "off", "0", "faux", "non"), False),
}
"""What a cell may say, where JSON has `true` and `false`; a spreadsheet in French writes VRAI and FAUX."""
_DECIMALS = frozenset({"experience_years", "experience_years_min", "latitude", "longitude"})
"""Numbers in which a comma can only be a decimal one, as in French."""
_NUMBERS = _DECIMALS | {"education_level_min", "salary_eur_year", "salary_eur_year_min", "openings"}
_DAYS = frozenset({"valid_from", "valid_through", "available_from", "consented_at"})
_MIDNIGHT = re.compile(r"[Tt_ ]00:00(?::00(?:[.,]0{1,9})?)?(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})?$")
"""Behind a day, as programs write one that know no day without a time: it is that day's wherever its zone is."""
_IN_A_CELL = ": write it in digits, without spaces, with a decimal point"
_JSON_ONLY = frozenset({"experiences", "education"})


def read(reader: Reader) -> Iterator[Read]:
    """Yield a record or a rejection a row; an unknown column refuses the file, once, by name."""
    with opened(reader.path, reader.limits) as stream:
        head = stream.read(HEAD_BYTES)
    encoding, delimiter, _ = form_of(head)
    with opened(reader.path, reader.limits, reader.on_bytes) as stream:
        table = rows(stream, delimiter=delimiter, encoding=encoding, limit=reader.limits.line_bytes)
        header = next(table)
        columns = [cell.strip() for cell in header.cells]
        if refused := _refused(columns):
            yield reader.reject("header", refused[1], field=refused[0])
            return
        parser = parse_posting if "title" in columns else parse_profile
        apart = [mark for mark in ";|" if mark != delimiter]
        for row in table:
            if row.problem:
                yield reader.reject(row.position, row.problem)
                continue
            filled = {name: cell.strip() for name, cell in zip(columns, row.cells, strict=True) if cell.strip()}
            try:
                fields = _fields(filled, apart)
            except UnreadableFile as error:
                yield reader.reject(row.position, str(error), field="locations", record_id=filled.get("id", "")[:200])
            else:
                yield _worded(reader.parse(row.position, parser, fields))


def known_columns(record: type[PostingRecord | ProfileRecord]) -> frozenset[str]:
    """Return the columns that a table of such records may have."""
    known: set[str] = set()
    for name in record.model_fields:
        parts = _NESTED.get(name)
        known |= {f"{name}.{part}" for part in parts} if parts else {name}
    return frozenset(known - _JSON_ONLY)


def _worded(found: Read) -> Read:
    """Return a row, or its rejection in words of a table: no cell has a number as a text."""
    if not isinstance(found, Rejection):
        return found
    others = tuple((field, _in_a_cell(reason)) for field, reason in found.others)
    return replace(found, reason=_in_a_cell(found.reason), others=others)


def _in_a_cell(reason: str) -> str:
    return reason.removesuffix(IN_DIGITS) + _IN_A_CELL if reason.endswith(IN_DIGITS) else reason


def _refused(columns: list[str]) -> tuple[str, str] | None:
    """Return the first column that cannot be read, and why."""
    if "title" in columns and "headline" in columns:
        return "headline", "stands beside title: a table holds postings (title) or profiles (headline), not both"
    known = known_columns(PostingRecord if "title" in columns else ProfileRecord)
    for place, name in enumerate(columns):
        if not name:
            return f"column {place + 1}", "has no name: name it or remove it (lines that end with a delimiter have one)"
        printable = "".join(letter if letter.isprintable() else "?" for letter in name[:60])
        if name in columns[:place]:
            return printable, "stands in the header twice: keep one of the columns"
        if name not in known:
            return printable, "is not a known column: remove it or check its name"
    return None


def _fields(filled: Mapping[str, str], apart: list[str]) -> dict[str, Any]:
    """Return a row as native fields."""
    fields: dict[str, Any] = {}
    places: dict[str, list[str]] = {}
    for column, written in filled.items():
        name, _, part = column.partition(".")
        if name == "locations":
            places[part] = _items(written, apart, keep_empty=True)
        elif part:
            fields.setdefault(name, {})[part] = _number(name, written) if name in _NUMBERS else written
        elif name in _LISTS:
            fields[name] = _items(written, apart)
        else:
            fields[name] = _value(name, written)
    if places:
        fields["locations"] = _locations(places)
    return fields


def _value(name: str, cell: str) -> Any:
    """Return what JSON would hold; a cell that cannot be read as such stays as it is, and is refused later, by name."""
    if name in _YES_OR_NO:
        return _WORDS.get(cell.lower(), cell)
    if name in _DAYS:
        return _MIDNIGHT.sub("", cell)
    return _number(name, cell) if name in _NUMBERS else cell


def _number(name: str, cell: str) -> float | str:
    written = cell.replace(",", ".") if name in _DECIMALS else cell
    try:
        return written if "_" in written else float(written)
    except ValueError:
        return written


def _locations(places: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    count = max(map(len, places.values()))
    if any(len(values) not in {1, count} for values in places.values()):
        raise UnreadableFile("its columns list different numbers of places: give each list as many items")
    # One item for many places (a region for its départements) goes with each of them.
    spread = {part: values * count if len(values) == 1 else values for part, values in places.items()}
    return [
        {part: _value(part, values[place]) for part, values in spread.items() if values[place]}
        for place in range(count)
    ]


def _items(cell: str, apart: list[str], *, keep_empty: bool = False) -> list[str]:
    for mark in apart[1:]:
        cell = cell.replace(mark, apart[0])
    items = [item.strip() for item in cell.split(apart[0])]
    return items if keep_empty else [item for item in items if item]
