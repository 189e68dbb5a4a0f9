"""Foreign formats in, postings and profiles out, or a rejection by name.

One file a format; `read` tells which it is from the content and never raises for what a file holds.
"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from matcher.core.errors import UnreadableFile
from matcher.stages.ingest import cv, job_posting, json_resume, native, native_csv, pep, talentsoft
from matcher.stages.ingest.formats import Format, detect
from matcher.stages.ingest.limits import Limits
from matcher.stages.ingest.source import Clean, Read, Reader

__all__ = ["Clean", "Format", "Limits", "Read", "detect", "is_export", "read"]

_READERS: dict[Format, Callable[[Reader], Iterator[Read]]] = {
    Format.NATIVE_JSONL: native.read_lines,
    Format.NATIVE_JSON: native.read_document,
    Format.CSV: native_csv.read,
    Format.PEP_FEED: pep.read,
    Format.TALENTSOFT: talentsoft.read,
    Format.JOB_POSTING_PAGE: job_posting.read_page,
    Format.JOB_POSTING_JSON: job_posting.read_document,
    Format.JSON_RESUME: json_resume.read,
    Format.PDF: partial(cv.read, kind="pdf"),
    Format.DOCX: partial(cv.read, kind="docx"),
    Format.ODT: partial(cv.read, kind="odt"),
}


_EXPORTS = frozenset({Format.PEP_FEED, Format.TALENTSOFT})


def is_export(path: Path) -> bool:
    """Tell whether a file is another system's export, in which a posting may stand several times."""
    try:
        return detect(path) in _EXPORTS
    except UnreadableFile:
        return False


def read(
    path: Path,
    *,
    clean: Clean,
    clean_title: Clean,
    limits: Limits | None = None,
    on_bytes: Callable[[int], None] | None = None,
) -> Iterator[Read]:
    """Yield what a file holds, in order: postings, profiles, and a rejection for whatever is neither.

    Streams: memory is bounded by the limits, not by the file. A bad record costs itself alone; a bad file gives one
    rejection of position `file`. No rejection repeats a field's content.

    Args:
        path: the file; its format is found from its content (see `detect`), gzip around a text format is unpacked.
        clean: turns HTML, Markdown or escaped line ends into plain prose, for formats that carry them.
        clean_title: strips references and place codes from a title.
        limits: what reading may cost.
        on_bytes: called with the number of bytes of the file (packed, if it is packed) that were read since the last
            call; by the end the numbers add up to the file's size, or to how far reading came.

    Raises:
        MissingExtra: the file is a CV, and the extra `cv` is not installed.
    """
    reader = Reader(path, clean, clean_title, limits or Limits(), on_bytes)
    try:
        yield from _READERS[detect(path, limits=reader.limits)](reader)
    except UnreadableFile as error:
        yield reader.reject("file", str(error))
