"""In which form a body is read: uncompressed, and in UTF-8 with or without its byte order mark."""

from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import DETAIL, problem

WITH_BODY = frozenset({"POST", "PUT"})
CHARSETS = frozenset({b"utf-8", b"utf8", b"us-ascii"})
MARK = b"\xef\xbb\xbf"
"""Some editors begin a text with it (RFC 8259, section 8.1, lets a reader of JSON skip it)."""


class Encodings:
    """Answers 415 to a body in another form, and skips the mark."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http" or scope["method"] not in WITH_BODY:
            await self._app(scope, receive, send)
        elif all(_is_read(name, value.lower()) for name, value in scope["headers"]):
            await self._app(scope, _unmarked(receive), send)
        else:
            unsupported = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
            await problem(unsupported, DETAIL[unsupported])(scope, receive, send)


def _is_read(name: bytes, value: bytes) -> bool:
    if name == b"content-encoding":
        return all(one.strip() in {b"", b"identity"} for one in value.split(b","))
    if name == b"content-type":
        given = [one.strip().removeprefix(b"charset=") for one in value.split(b";") if one.strip()[:8] == b"charset="]
        return all(one.strip(b' "') in CHARSETS for one in given)
    return True


def _unmarked(receive: Receive) -> Receive:
    is_begun = False

    async def begun() -> Message:
        nonlocal is_begun
        message = await receive()
        while not is_begun:
            start = message.get("body", b"")
            if len(start) >= len(MARK) or not message.get("more_body", False):
                is_begun = True
                return {**message, "body": start.removeprefix(MARK)} if start.startswith(MARK) else message
            following = await receive()
            if following["type"] != "http.request":
                return following
            message = {**following, "body": start + following.get("body", b"")}
        return message

    return begun
