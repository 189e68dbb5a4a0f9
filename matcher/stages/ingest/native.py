"""Native records: one JSON object a line, or one array of them. A posting has a `title`, a profile a `headline`.

Texts stay as they were written: whoever writes native records has cleaned them, or wants them shown as they are.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from matcher.core.errors import UnreadableFile
from matcher.records import leading_id, parse_posting, parse_profile
from matcher.stages.ingest.source import (
    CutShort,
    Read,
    Reader,
    UnreadableField,
    decoded,
    lines,
    opened,
    parse_json,
    whole,
)


def read_lines(reader: Reader) -> Iterator[Read]:
    """Yield a record or a rejection for every line that is not blank.

    A last line without a line end that stops in the middle is the file's fault, not the record's: more may be missing.
    """
    limit = reader.limits.line_bytes
    with opened(reader.path, reader.limits, reader.on_bytes) as stream:
        for number, line, is_ended in lines(stream, limit):
            found = read_line(reader, f"line {number}", line, is_ended=is_ended)
            if found is not None:
                yield found


def read_document(reader: Reader) -> Iterator[Read]:
    """Yield a record or a rejection for every element of a file that is one array (or one object)."""
    with opened(reader.path, reader.limits, reader.on_bytes) as stream:
        text = decoded(whole(stream, reader.limits.json_bytes, name="JSON document"))
    document = parse_json(text)
    for number, item in enumerate(document if isinstance(document, list) else [document], start=1):
        yield read_item(reader, f"record {number}", item)


def read_item(reader: Reader, position: str, item: Any) -> Read:
    """Return the record that a parsed JSON value holds, or its rejection."""
    if not isinstance(item, Mapping):
        return reader.reject(position, "is not a JSON object: write one object a record")
    if ("title" in item) == ("headline" in item):
        identity = item.get("id")
        return reader.reject(
            position,
            "is neither a posting nor a profile: a posting has a title, a profile a headline, none has both",
            record_id=identity if isinstance(identity, str) and identity.isprintable() else None,
        )
    return reader.parse(position, parse_posting if "title" in item else parse_profile, item)


def read_line(reader: Reader, position: str, line: bytes | None, *, is_ended: bool = True) -> Read | None:
    """Return the record that a line holds, or its rejection; None where it is blank.

    Args:
        reader: of its file.
        position: where it stands there.
        line: without its end; None where it is longer than the reader's limit.
        is_ended: whether it has an end, so that nothing of it can be missing.
    """
    if line is None:
        limit = reader.limits.line_bytes
        return reader.reject(position, f"is longer than {limit:,} bytes: a record takes a fraction of that")
    if not line.strip():
        return None
    try:
        item = parse_json(decoded(line))
    except UnreadableField as error:
        return reader.reject(position, error.reason, record_id=leading_id(line), field=error.field)
    except UnreadableFile as error:
        if isinstance(error, CutShort) and not is_ended:
            reason = f"seems to be cut off in {position}: what stands before it was read; copy the file again"
            return reader.reject("file", reason, record_id=leading_id(line))
        return reader.reject(position, str(error), record_id=leading_id(line))
    return read_item(reader, position, item)
