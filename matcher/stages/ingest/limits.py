"""What reading a file may cost before it is refused."""

from dataclasses import dataclass

_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on memory, space and time. A field's characters are bounded by the record (matcher/records.py)."""

    line_bytes: int = 4 * _MB
    """One line of JSON, or one row of a table with its quoted line ends."""
    json_bytes: int = 64 * _MB
    """A JSON file that is one document; one record a line has no such bound."""
    html_bytes: int = 8 * _MB
    unpacked_bytes: int = 16_000 * _MB
    """What a gzip file may unpack to. It is streamed: the bound is on time, not on memory."""
    cv_bytes: int = 20 * _MB
    cv_unpacked_bytes: int = 64 * _MB
    """The text of a DOCX or ODT, unpacked."""
    cv_memory_bytes: int = 1024 * 1024 * 1024
    cv_timeout_s: float = 30.0
    cv_output_bytes: int = 4 * _MB
    """What the process that reads a CV may answer."""
