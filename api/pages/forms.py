"""What a browser's form sends (application/x-www-form-urlencoded), read under the limits that every body is under."""

from http import HTTPStatus
from urllib.parse import parse_qs

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from api.limits import declared_length

MEDIA_TYPE = "application/x-www-form-urlencoded"
MOST_FIELDS = 200


class Form:
    """The fields of a form by their names; one may come several times."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        self._fields = fields

    def one(self, name: str) -> str:
        """Return a field's text, empty where it was not sent."""
        return self._fields.get(name, [""])[0]

    def every(self, name: str) -> list[str]:
        """Return all texts of a field."""
        return self._fields.get(name, [])


async def read_form(request: Request, *, most: int | None = None) -> Form:
    """Return the form that a request sends; half a character is replaced, as browsers do.

    Args:
        request: whose body has not been read.
        most: bytes that it may have; None where only who is known may send it: then the limit of all bodies is enough.

    Raises:
        HTTPException: 415, it is no form; 413, it is too long, or does not say how long it is; 400, it cannot be read.
    """
    length = declared_length(request.scope["headers"])
    if most is not None and (length is None or length > most):
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    try:
        body = (await request.body()).decode("utf-8", "replace")
        return Form(parse_qs(body, keep_blank_values=True, errors="replace", max_num_fields=MOST_FIELDS))
    except (ClientDisconnect, ValueError) as error:
        raise HTTPException(HTTPStatus.BAD_REQUEST) from error
