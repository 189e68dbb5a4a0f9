"""How a server writes its log: lines for people or for machines, and in neither a word that anybody sent.

What an exception says may repeat a person's words: the log has its type, and where it happened.
"""

import json
import logging
import os
import traceback
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

from matcher.core.access import Principal
from matcher.decisions.pseudonyms import Pseudonyms
from matcher.settings import Settings

ANSWERED = "%(method)s %(route)s %(status)d in %(seconds).4f s for %(caller)s (%(role)s)"
TOKEN = "token "  # noqa: S105 - how the name of who shows one begins
NONE = "none"

requests = logging.getLogger("api.requests")


class WithoutWords(logging.Filter):
    """Keeps what exceptions say out of a log, whatever form its lines have."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Describe the exception before a formatter does; no record is left out."""
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = "\n".join(described(record.exc_info[1]))
        if record.name == "asyncio":  # its further lines show what a task holds
            record.msg, record.args = record.getMessage().partition("\n")[0], ()
        return True


class Lines(logging.StreamHandler[TextIO]):
    """Writes to standard error, in the form that the settings name: in every process that has them."""

    def setFormatter(self, fmt: logging.Formatter | None) -> None:  # noqa: N802 - logging's name for it
        """Take how a line for people looks; one for a machine looks the same everywhere."""
        super().setFormatter(JsonLines() if Settings().log_format == "json" else fmt)


class JsonLines(logging.Formatter):
    """A JSON object a line. What a message names (`%(status)d`) is a member of its own, too."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record's line, in ASCII."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "process": record.processName,
            "message": record.getMessage().strip(),
        }
        if (request_id := getattr(record, "request_id", "-")) != "-":
            line["request_id"] = request_id
        if record.exc_info and record.exc_info[1] is not None:
            kind, *places = described(record.exc_info[1])
            line |= {"exception": kind, "traceback": places}
        if isinstance(record.args, Mapping):
            line = {**record.args, **line}
        return json.dumps(line, default=str)


class RequestLog:
    """Writes a line for each request: its route's template, never its path, which holds ids."""

    def __init__(self, pseudonyms: Callable[[], Pseudonyms]) -> None:
        """Take the pseudonyms, which need not be there before somebody asks."""
        self._pseudonyms = pseudonyms

    def answered(self, caller: Principal | None, *, method: str, route: str, status: int, seconds: float) -> None:
        """Write down that a request has been answered; of a caller without a credential that opens, `none`."""
        told = {"method": method, "route": route, "status": status, "seconds": round(seconds, 6)}
        role = caller.role.value if caller and caller.role else NONE
        requests.info(ANSWERED, {**told, "role": role, "caller": self._name(caller) if caller else NONE})

    def _name(self, caller: Principal) -> str:
        """Return a key's id; in place of a token's subject, who may be a person, their keyed pseudonym."""
        return TOKEN + self._pseudonyms().of_caller(caller.id) if caller.id.startswith(TOKEN) else caller.id


def described(error: BaseException) -> Iterator[str]:
    """Yield an exception's type and where it happened, the innermost call last; then those that it came from."""
    met: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in met:
        yield f"from {_name(at)}" if met else _name(at)
        for frame, line in traceback.walk_tb(at.__traceback__):
            yield f"  {frame.f_code.co_filename}:{line} in {frame.f_code.co_qualname}"
        met.add(id(at))
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)


def _name(error: BaseException) -> str:
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    # "No space left on device" is the system's word, nobody's else.
    return f"{name}: {os.strerror(error.errno)}" if isinstance(error, OSError) and error.errno else name
