"""HTTP on the wire, where it is none: answered as problem+json too, before there is a request."""

import json
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.problems import MEDIA_TYPE

_BODY = json.dumps(
    {
        "type": "about:blank",
        "title": HTTPStatus.BAD_REQUEST.phrase,
        "status": HTTPStatus.BAD_REQUEST,
        "detail": "this is no HTTP/1.1 request that can be read: check who sends it, and its headers",
    }
).encode()
MALFORMED = b"\r\n".join(
    (
        b"HTTP/1.1 400 Bad Request",
        f"content-type: {MEDIA_TYPE}".encode(),
        b"content-language: en",  # nobody has read which language is asked for
        b"content-length: %d" % len(_BODY),
        b"connection: close",
        b"",
        _BODY,
    )
)


class ProblemProtocol(HttpToolsProtocol):
    """uvicorn's own, but for how it answers what it cannot read."""

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - its words are for a log
        """Answer what is no HTTP, and hang up."""
        self.transport.write(MALFORMED)
        self.transport.close()
