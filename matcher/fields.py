"""What a field of a native record may hold: its type and its limits."""

import re
from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationInfo
from pydantic_core import PydanticCustomError, PydanticKnownError

from matcher.core.domain import ID, MAX_ID

MAX_TITLE = 500
MAX_PROSE = 200_000
MAX_SKILL = 300
MAX_ITEMS = 500
STORED = "stored"
"""The context of a record that was accepted before, perhaps by rules of then."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def printable(text: str) -> str:
    """Refuse what no person types and PostgreSQL cannot store."""
    if "\x00" in text:
        raise PydanticCustomError("nul", "holds a NUL character: remove it")
    return text


def _addressable(text: str) -> str:
    """Refuse what a web client rewrites in a path: a record with that id could never be asked for."""
    if text in {".", ".."}:
        raise PydanticCustomError("dots", "is a step in a path: choose another id")
    return text


def _day(given: object, how: ValidationInfo) -> object:
    """Refuse what pydantic would take for a day, and nobody meant as one: a number of seconds, a day with a time."""
    is_day = isinstance(given, date) and not isinstance(given, datetime)
    if is_day or (isinstance(given, str) and _DAY.fullmatch(given)) or how.context == STORED:
        return given
    raise PydanticKnownError("date_type")


def _counted(given: object, how: ValidationInfo) -> object:
    """Refuse what pydantic would make a whole number of; 3.0 is one in JSON."""
    if isinstance(given, bool | str) and how.context != STORED:
        raise PydanticKnownError("int_type")
    return given


Id = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_ID, pattern=rf"^{ID}$"),
    AfterValidator(_addressable),
]
Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TITLE),
    AfterValidator(printable),
]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_TITLE), AfterValidator(printable)]
Prose = Annotated[str, StringConstraints(max_length=MAX_PROSE), AfterValidator(printable)]
Item = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_SKILL),
    AfterValidator(printable),
]
Items = Annotated[tuple[Item, ...], Field(max_length=MAX_ITEMS)]
Day = Annotated[date, BeforeValidator(_day)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
"""Of the types that JSON has: a number is not a text, nor is `true` one."""
COUNTED = BeforeValidator(_counted)
"""The same of an `int`. The limits stand before it: of those behind it, the OpenAPI document says nothing."""
Years = Annotated[Number, Field(ge=0, le=80)]
Euros = Annotated[Number, Field(ge=0, le=10_000_000)]
Level = Annotated[int, Field(ge=1, le=8), COUNTED]
