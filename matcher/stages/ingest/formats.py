"""Tell a file's format from its content. Its name is never looked at: it may say anything."""

import json
import re
from enum import StrEnum
from pathlib import Path

from matcher.core.errors import UnreadableFile, UnsafeFile
from matcher.records import PostingRecord, ProfileRecord
from matcher.stages.ingest import pep, talentsoft
from matcher.stages.ingest.limits import Limits
from matcher.stages.ingest.native_csv import known_columns
from matcher.stages.ingest.source import BOM, opened
from matcher.stages.ingest.table import form_of

_HEAD_BYTES = 1 << 16
_ACCEPTED = (
    "native records (JSON lines, a JSON array, or CSV whose header has their fields' names: id, title or headline, "
    "skills…), Place de l'emploi public exports, schema.org JobPosting (a page or JSON), JSON Resume, and CVs in PDF, "
    "DOCX or ODT"
)
_LINKED_DATA = re.compile(r'(?<!\\)"(?:@type|@graph|@context)"\s*:')
_RESUME = re.compile(r'(?<!\\)"basics"\s*:\s*\{')
_PAGE = re.compile(r"<(?:!doctype|html|head|body|script|!--|\?xml)", re.IGNORECASE)


class Format(StrEnum):
    """What a file can be."""

    NATIVE_JSONL = "native-jsonl"
    NATIVE_JSON = "native-json"
    CSV = "csv"
    PEP_FEED = "pep-feed"
    TALENTSOFT = "talentsoft"
    JOB_POSTING_PAGE = "job-posting-page"
    JOB_POSTING_JSON = "job-posting-json"
    JSON_RESUME = "json-resume"
    PDF = "pdf"
    DOCX = "docx"
    ODT = "odt"


def detect(path: Path, *, limits: Limits | None = None) -> Format:
    """Return a file's format.

    Raises:
        UnreadableFile: it cannot be opened, is empty, or is none of the formats; the message lists those.
    """
    limits = limits or Limits()
    with opened(path, limits) as stream:
        head = stream.read(_HEAD_BYTES).removeprefix(BOM)
        if not head.strip():
            raise UnreadableFile("the file is empty")
        if b"%PDF-" in head[:1024]:
            return Format.PDF
        if head.startswith(b"PK\x03\x04"):
            rest = stream.read(limits.cv_bytes)
            return _archive(head + rest, limits)
    if head.startswith((b"\xd0\xcf\x11\xe0", b"{\\rtf")):
        raise UnreadableFile("an old or password-protected office document: save it as DOCX, ODT or PDF, unprotected")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFile("the file is UTF-16 text: save it as UTF-8")
    return _text(head)


def _archive(data: bytes, limits: Limits) -> Format:
    if len(data) > limits.cv_bytes:
        raise UnsafeFile(f"the document is larger than {limits.cv_bytes:,} bytes: save it without its pictures")
    if b"word/document.xml" in data:
        return Format.DOCX
    if b"application/vnd.oasis.opendocument.text" in data[:200]:
        return Format.ODT
    if b"xl/workbook" in data or b"application/vnd.oasis.opendocument.spreadsheet" in data[:200]:
        raise UnreadableFile("a spreadsheet: save its sheet as CSV in UTF-8")
    raise UnreadableFile(f"a ZIP archive that is neither DOCX nor ODT: unpack it first. Accepted: {_ACCEPTED}")


def _text(head: bytes) -> Format:
    start = head.decode("utf-8", errors="replace").lstrip()
    if start.startswith(("{", "[")):
        return _json(start)
    if _PAGE.match(start):
        return Format.JOB_POSTING_PAGE
    columns = form_of(head).columns
    if columns.issuperset(pep.HEADER_MARKS):
        return Format.PEP_FEED
    if columns.issuperset(talentsoft.HEADER_MARKS):
        return Format.TALENTSOFT
    known = known_columns(PostingRecord) | known_columns(ProfileRecord)
    if "id" in columns or len(columns & known) > 1:
        return Format.CSV
    raise UnreadableFile(f"the file is none of the known formats. Accepted: {_ACCEPTED}")


def _json(start: str) -> Format:
    first_line = next(iter(start.splitlines()), "").strip()
    try:
        first = json.loads(first_line)
    except (ValueError, RecursionError):
        first = None
    if isinstance(first, dict):
        if first.keys() & {"@type", "@graph", "@context"}:
            return Format.JOB_POSTING_JSON
        return Format.JSON_RESUME if isinstance(first.get("basics"), dict) else Format.NATIVE_JSONL
    # A document over several lines, or one line that is longer than what was looked at.
    if _LINKED_DATA.search(start):
        return Format.JOB_POSTING_JSON
    if start.startswith("["):
        return Format.NATIVE_JSON
    if _RESUME.search(start):
        return Format.JSON_RESUME
    return Format.NATIVE_JSON if first_line == "{" else Format.NATIVE_JSONL
