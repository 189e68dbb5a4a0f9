"""Levels of the European Qualifications Framework from the names of degrees, French and English."""

import re

_MASTER = (
    r"\b(?:masters?|mast[èe]re|m[12]|msc|m\.sc|mba|dipl[ôo]me d['’]ing[ée]nieure?|[ée]cole d['’]ing[ée]nieure?s?"
    r"|ing[ée]nieure?|dess|dea|bac\s*\+\s*5|agr[ée]gation)\b"
)
_LEVELS = (
    (8, r"\b(?:doctorat|doctorate?|ph\.?\s?d|th[èe]se de doctorat|bac\s*\+\s*8)\b"),
    (7, _MASTER),
    (6, r"\b(?:licence|bachelors?|bsc|b\.sc|bac\s*\+\s*[34]|ma[îi]trise|but)\b"),
    (5, r"\b(?:bts|dut|deug|deust|bac\s*\+\s*2|associate)\b"),
    (4, r"\b(?:baccalaur[ée]at|bac(?:\s+pro\w*|\s+techno\w*)?|high school)\b"),
    (3, r"\b(?:cap|bep)\b"),
)
_PATTERNS = tuple((level, re.compile(pattern, re.IGNORECASE)) for level, pattern in _LEVELS)


def level_of_degree(title: str) -> int | None:
    """Return a degree's level, 3 to 8, None where its name does not say. `BUT` counts in capitals only."""
    for level, pattern in _PATTERNS:
        found = pattern.search(title)
        if found and (found[0].lower() != "but" or found[0] == "BUT"):
            return level
    return None
