"""CV files: parsed in a process of their own, so that a hostile or broken one can only hurt that process.

The child (cv_worker.py) limits its own memory, processor time and files before it looks at the first byte; this side
bounds the wall clock and the answer's size, hands it no environment, and outlives whatever becomes of it.
"""

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import matcher
from matcher.core.errors import MissingExtra, UnreadableFile, UnsafeFile
from matcher.records import parse_profile
from matcher.stages.ingest.source import Read, Reader, opened, whole

_NEEDED = {"pdf": "pypdf", "docx": "defusedxml", "odt": "defusedxml"}
_TEXTS = ("headline", "summary")
_LISTS = ("skills", "experiences", "education", "languages")
"""What a CV says beside its texts. A child that was taken over may say more: it cannot consent for anybody."""
_DAMAGED = "the file is damaged: open it in the program that made it, and save it again"


def read(reader: Reader, kind: str) -> Iterator[Read]:
    """Yield the one profile that a CV of that kind (`pdf`, `docx`, `odt`) makes, or its rejection.

    Raises:
        MissingExtra: what parses CVs is not installed.
        UnreadableFile: the file is damaged, locked, without text, or costs too much to open.
    """
    if find_spec(_NEEDED[kind]) is None:
        raise MissingExtra(extra="cv", purpose="reading CV files")
    with opened(reader.path, reader.limits, reader.on_bytes) as stream:
        digest = hashlib.sha256(whole(stream, reader.limits.cv_bytes, name="CV")).hexdigest()
    fields = _parsed_apart(reader, kind)
    cleaned = {"headline": reader.clean_title(fields["headline"]), "summary": reader.clean(fields["summary"])}
    yield reader.parse("CV", parse_profile, fields | cleaned | {"id": f"cv-{digest[:16]}"})


def _parsed_apart(reader: Reader, kind: str) -> dict[str, Any]:
    """Return the fields that the child found. Raises UnreadableFile."""
    limits = reader.limits
    command = [sys.executable, "-P", "-m", "matcher.stages.ingest.cv_worker", kind]
    command += map(str, (limits.cv_memory_bytes, max(1, round(limits.cv_timeout_s)), limits.cv_unpacked_bytes))
    # Only where to find this package: a child that is taken over finds no password in its environment.
    environment = {"PYTHONPATH": str(Path(matcher.__file__).parents[1]), "PYTHONIOENCODING": "utf-8"}
    with (
        reader.path.open("rb") as file,
        subprocess.Popen(  # noqa: S603 - our own interpreter, our own module, no shell
            command,
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback may hold the CV's text
            env=environment,
            start_new_session=True,
        ) as child,
    ):
        late = threading.Event()

        def kill() -> None:
            # The whole session: a child that was taken over may have children that keep the pipe open.
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)

        def stop() -> None:
            late.set()
            kill()

        clock = threading.Timer(limits.cv_timeout_s, stop)
        try:
            clock.start()
            answer = child.stdout.read(limits.cv_output_bytes + 1) if child.stdout else b""
            if len(answer) > limits.cv_output_bytes:
                kill()
            code = child.wait()
        except BaseException:  # Ctrl-C: the terminal does not tell the child, which has a session of its own
            kill()
            raise
        finally:
            clock.cancel()
    return _understood(answer, code, is_late=late.is_set(), limit=limits.cv_output_bytes)


def _understood(answer: bytes, code: int, *, is_late: bool, limit: int) -> dict[str, Any]:
    if len(answer) > limit:
        raise UnsafeFile("the CV holds more text than any CV: send the document itself, without its annexes")
    if is_late or code == -signal.SIGXCPU:
        raise UnsafeFile("the CV takes too long to open: save it again as a plain PDF, or raise Limits.cv_timeout_s")
    if code < 0:
        raise UnsafeFile("the process that read the CV was killed, most likely for its memory: save it as a plain PDF")
    try:
        result = json.loads(answer)
    except (ValueError, RecursionError):
        raise UnreadableFile(_DAMAGED) from None
    fields = result.get("fields") if isinstance(result, dict) else None
    if code or not isinstance(fields, dict) or not all(isinstance(fields.get(name), str) for name in _TEXTS):
        reason = result.get("reason") if isinstance(result, dict) else None
        raise UnreadableFile(reason if isinstance(reason, str) and reason.isprintable() else _DAMAGED)
    return {name: fields[name] for name in (*_TEXTS, *_LISTS) if name in fields}
