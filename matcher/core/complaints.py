"""What is wrong with a field, in words: the same wherever a record or a request is read, and never the input itself."""

from collections.abc import Mapping
from typing import Any

_NO_TEXT = "is not a text: put it in quotation marks"
_NO_NUMBER, _NO_WHOLE_NUMBER = "is not a number", "is not a whole number"
IN_DIGITS = ": write it in digits, not as a text"
"""Of JSON, where digits in quotation marks are a text."""
_NO_BOOLEAN, _NO_LIST, _NO_OBJECT = "is neither true nor false", "is not a list", "is not an object"
_NO_DATE = "is not a date: write it as YYYY-MM-DD, without a time"
_NO_ID = "holds a space, a slash, `?`, `#` or a control character: choose another id"
_NO_NAME = "holds something else than letters, digits, `.`, `_` and `-`"

NOT_UTF8 = "is not UTF-8 text: save it as UTF-8"
REPEATED = "stands twice in one object: keep one of them"

REASONS: Mapping[str, str] = {
    "missing": "is missing: it is required",
    "extra_forbidden": "is not a known field: remove it or check its name",
    "json_invalid": "is not valid JSON",
    "string_type": _NO_TEXT,
    "string_unicode": "holds half of a character (a lone surrogate): write the text again",
    "int_type": _NO_WHOLE_NUMBER + IN_DIGITS,
    "int_parsing": _NO_WHOLE_NUMBER,
    "int_parsing_size": "is too long a number",
    "int_from_float": _NO_WHOLE_NUMBER,
    "float_type": _NO_NUMBER + IN_DIGITS,
    "float_parsing": _NO_NUMBER,
    "finite_number": "is not a finite number",
    "bool_type": _NO_BOOLEAN,
    "bool_parsing": _NO_BOOLEAN,
    "date_type": _NO_DATE,
    "date_parsing": _NO_DATE,
    "date_from_datetime_parsing": _NO_DATE,
    "date_from_datetime_inexact": _NO_DATE,
    "list_type": _NO_LIST,
    "tuple_type": _NO_LIST,
    "dict_type": _NO_OBJECT,
    "model_type": _NO_OBJECT,
    "model_attributes_type": _NO_OBJECT,
    "enum": "is none of these: {expected}",
    "literal_error": "is none of these: {expected}",
    "string_too_short": "is shorter than {min_length} characters",
    "string_too_long": "is longer than {max_length} characters",
    "too_short": "has fewer entries than {min_length}",
    "too_long": "has more entries than {max_length}",
    "greater_than_equal": "is below {ge}",
    "less_than_equal": "is above {le}",
    "greater_than": "is not above {gt}",
    "less_than": "is not below {lt}",
}
"""By pydantic's type of the error (its documentation, "Validation Errors"); with what its context holds."""


def reason(complaint: Mapping[str, Any]) -> str:
    """Return what one of pydantic's errors says, in our words where there are some."""
    kind, context = complaint["type"], complaint.get("ctx") or {}
    if kind == "string_pattern_mismatch":
        return _NO_NAME if "A-Z" in context["pattern"] else _NO_ID
    if kind == "string_too_short" and context["min_length"] == 1:
        return "is empty"
    if (words := REASONS.get(kind)) is None:
        return str(complaint["msg"])
    return words.format_map({name: _short(value) for name, value in context.items()})


def _short(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


class Repeated(ValueError):
    """A name stands twice in an object of JSON."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON (`object_pairs_hook` of the standard library's decoder).

    Raises:
        Repeated: a name stands twice in it. RFC 8259, section 4: readers differ in which of the two they take.
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise Repeated(next(name for place, name in enumerate(names) if name in names[:place]))
    return found
