"""What a server is asked in a comparison, and the connection that asks: no client library's time counts.

A write is a person's record with a number in its headline and one more sentence in its summary (`edits.py`): texts that
were not encoded before.
"""

import json
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

from benchmarks import edits, load

HTTP = "HTTP"
"""How the names of these operations begin."""
SHUFFLED = 7919
"""A prime: steps through any list so that neighbours in a file are not asked for one after the other."""
TIMEOUT_S = 60


class Connection:
    """One keep-alive connection, one request at a time."""

    def __init__(self, host: str, port: int) -> None:
        self._address = host, port
        self._socket: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._socket:
            self._socket.close()

    def renew(self) -> None:
        """Connect anew, as a server hangs up on who is silent for seconds, and have the server notice."""
        if self._socket:
            self._socket.close()
        self._socket = socket.create_connection(self._address, timeout=TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.status(load.get("/health/live"))

    def status(self, request: bytes) -> int:
        """Send a request, read its answer to the end, and return the status; `renew` comes first.

        Raises:
            SystemExit: the server hung up or was silent for a minute.
        """
        assert self._socket  # noqa: S101 - it is connected
        try:
            self._socket.sendall(request)
            received = bytearray()
            while (end := received.find(b"\r\n\r\n")) < 0:
                _receive(self._socket, received)
            head = bytes(received[:end]).decode("latin-1").lower().split("\r\n")
            length = next((int(line.partition(":")[2]) for line in head if line.startswith("content-length:")), 0)
            while len(received) < end + 4 + length:
                _receive(self._socket, received)
        except OSError as error:
            raise SystemExit(f"a server no longer answers: {type(error).__name__}") from error
        return int(head[0].split()[1])


def requests_of(postings: Path, profiles: Path) -> dict[str, Callable[[int], bytes]]:
    """Return by operation what is sent at each place of the walk: the same to every server.

    Args:
        postings: the forum's postings, one JSON a line.
        profiles: likewise.
    """
    here, people = _lines(postings), _lines(profiles)

    def asked(place: int, of: Sequence[Any]) -> Any:
        return of[place * SHUFFLED % len(of)]

    def draft(place: int) -> bytes:
        return load.send("POST", "/v1/suggestions?top=10", edits.edited(asked(place, people), place))

    def write(place: int) -> bytes:
        return edits.put(asked(place, people), place)

    return {
        "HTTP suggestions": lambda place: load.get(f"/v1/profiles/{asked(place, people)['id']}/suggestions?top=10"),
        "HTTP candidates": lambda place: load.get(f"/v1/postings/{asked(place, here)['id']}/candidates?top=10"),
        "HTTP record": lambda place: load.get(f"/v1/profiles/{asked(place, people)['id']}"),
        "HTTP draft": draft,
        "HTTP search": lambda place: load.send(
            "POST", "/v1/profiles/search", {"text": asked(place, here)["title"], "top": 10}
        ),
        "HTTP write": write,
    }


def _receive(connected: socket.socket, received: bytearray) -> None:
    part = connected.recv(1 << 16)
    if not part:
        raise ConnectionResetError
    received += part


def _lines(file: Path) -> list[Any]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
