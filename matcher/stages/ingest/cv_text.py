"""The text of a CV file, in reading order: PDF by pypdf, DOCX and ODT by the one XML file in each that holds it.

No library for the two ZIP formats: their text is in one entry, and unpacking only that one, up to a limit and with
entities refused, is both safer than handing the archive over and reads the text boxes that CV templates love.
"""

import io
import logging
import zipfile
import zlib
from collections.abc import Iterator
from importlib import import_module
from xml.etree.ElementTree import Element

from matcher.core.errors import UnreadableFile, UnsafeFile

_MAX_PAGES = 50
_FEWEST_LETTERS = 20
_LOCKED = "the file is protected by a password: save a copy without one"
_DAMAGED = "the file is damaged: open it in the program that made it, and save it again"
_ENTRY = {"docx": "word/document.xml", "odt": "content.xml"}


def prepare(kind: str) -> None:
    """Import what a kind needs, while the process may still map memory freely."""
    import_module("pypdf" if kind == "pdf" else "defusedxml.ElementTree")


def text_of(kind: str, data: bytes, *, unpacked_bytes: int) -> str:
    """Return the text of a `pdf`, `docx` or `odt`. Raises UnreadableFile, UnsafeFile."""
    if kind == "pdf":
        text = _pdf(data)
    else:
        root = _xml(_entry(data, _ENTRY[kind], unpacked_bytes))
        text = "".join(_docx(root) if kind == "docx" else _odt(root))
    text = text.replace("\x00", "").encode("utf-8", errors="ignore").decode("utf-8")
    if sum(map(str.isalpha, text)) < _FEWEST_LETTERS:
        raise UnreadableFile(
            "the file holds no text, only pictures of it: export it from the word processor, or run OCR on it first"
        )
    return text


def _pdf(data: bytes) -> str:
    from pypdf import PdfReader  # noqa: PLC0415 - the extra `cv`
    from pypdf.errors import DependencyError, PyPdfError  # noqa: PLC0415 - likewise

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its warnings quote the file
    try:
        document = PdfReader(io.BytesIO(data))
        if document.is_encrypted and not document.decrypt(""):
            raise UnreadableFile(_LOCKED)
        if len(document.pages) > _MAX_PAGES:
            raise UnsafeFile(f"the file has more than {_MAX_PAGES} pages: send the CV alone")
        return "\n".join(page.extract_text() for page in document.pages)
    except DependencyError:
        raise UnreadableFile(_LOCKED) from None
    except (PyPdfError, RecursionError):
        raise UnreadableFile(_DAMAGED) from None


def _entry(data: bytes, name: str, limit: int) -> bytes:
    """Return one file of an archive. The bytes that come out are counted: headers can lie."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(name) as entry:
            unpacked = entry.read(limit + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, ValueError):
        raise UnreadableFile(_DAMAGED) from None
    except RuntimeError:
        raise UnreadableFile(_LOCKED) from None
    if len(unpacked) > limit:
        raise UnsafeFile(f"the file unpacks to more than {limit:,} bytes: save it again without pasted data")
    return unpacked


def _xml(data: bytes) -> Element:
    from defusedxml.common import DefusedXmlException  # noqa: PLC0415 - the extra `cv`
    from defusedxml.ElementTree import ParseError, fromstring  # noqa: PLC0415 - likewise

    try:
        root: Element = fromstring(data)
    except ParseError:
        raise UnreadableFile(f"{_DAMAGED}, without a password if it has one") from None
    except DefusedXmlException:
        raise UnsafeFile("the file defines its own XML entities, as only an attack does: save it as a PDF") from None
    return root


def _walk(root: Element, *, skip: frozenset[str]) -> Iterator[tuple[str, Element, bool]]:
    """Yield (local tag, element, is it the end) in document order, without recursion."""
    stack = [(root, False)]
    while stack:
        element, is_end = stack.pop()
        tag = str(element.tag).rpartition("}")[2]
        if tag in skip:
            yield "", element, True  # what follows it still counts
            continue
        yield tag, element, is_end
        if not is_end:
            stack.append((element, True))
            stack.extend((child, False) for child in reversed(element))


def _docx(root: Element) -> Iterator[str]:
    # A text box stands twice in the file, as a drawing and as a fallback for old programs.
    for tag, element, is_end in _walk(root, skip=frozenset({"Fallback", "del", "instrText"})):
        if not is_end:
            continue
        if tag == "t":
            yield element.text or ""
        elif tag == "tab":
            yield "\t"
        elif tag in {"br", "cr", "p"}:
            yield "\n"


def _odt(root: Element) -> Iterator[str]:
    depth = 0
    for tag, element, is_end in _walk(root, skip=frozenset({"annotation", "tracked-changes", "note"})):
        is_block = tag in {"p", "h"}
        if not is_end:
            depth += is_block
            if depth and element.text:
                yield element.text
            yield {"tab": "\t", "line-break": "\n", "s": " "}.get(tag, "") if depth else ""
            continue
        depth -= is_block
        if is_block:
            yield "\n"
        if depth and element.tail:
            yield element.tail
