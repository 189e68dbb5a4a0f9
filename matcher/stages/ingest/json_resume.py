"""JSON Resume: what a person can do, and nothing of who they are.

Name, e-mail, phone, picture, address, city and links are never read. The id is a digest of `meta.canonical` (where a
resume lives, so that a new version updates the old one), else of the whole document. Whoever is read from a file has
not asked to be seen: `visible_to_recruiters` stays False.

Source: https://jsonresume.org/schema (1.0.0).
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from matcher.core.errors import UnreadableFile
from matcher.core.places import find_region
from matcher.fields import MAX_ITEMS, MAX_PROSE, MAX_SKILL, MAX_TITLE
from matcher.records import parse_profile
from matcher.stages.ingest.degrees import level_of_degree
from matcher.stages.ingest.source import (
    Clean,
    Read,
    Reader,
    content_digest,
    decoded,
    opened,
    parse_json,
    text_digest,
    whole,
)

_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$")


def read(reader: Reader) -> Iterator[Read]:
    """Yield the one profile, or its rejection."""
    with opened(reader.path, reader.limits, reader.on_bytes) as stream:
        data = whole(stream, reader.limits.json_bytes, name="JSON document")
    resume = parse_json(decoded(data))
    if not isinstance(resume, Mapping):
        raise UnreadableFile("is no JSON Resume: the document is one object with `basics`")
    yield reader.parse("resume", parse_profile, _fields(resume, reader.clean, reader.clean_title))


def _fields(resume: Mapping[str, Any], clean: Clean, clean_title: Clean) -> dict[str, Any]:
    basics = _object(resume.get("basics"))
    work = [_experience(entry, clean) for entry in _objects(resume.get("work"))]
    experiences = [job for job in work if job["title"]]
    label = _line(basics.get("label"))
    headline = clean_title(label) if label else (experiences[0]["title"] if experiences else "")
    region = find_region(_line(_object(basics.get("location")).get("region")))
    for job in experiences:
        job["summary"] = _without_person(job["summary"], basics)
    return {
        "id": _identity(resume),
        "headline": _without_person(headline, basics)[:MAX_TITLE],
        "summary": _without_person(clean(_text(basics.get("summary"))), basics)[:MAX_PROSE],
        "skills": _skills(resume.get("skills")),
        "experiences": experiences[:MAX_ITEMS],
        "education": [degree for entry in _objects(resume.get("education")) if (degree := _degree(entry))][:MAX_ITEMS],
        "languages": _languages(resume.get("languages")),
        "locations": [{"region": region.name}] if region else [],
    }


def _without_person(text: str, basics: Mapping[str, Any]) -> str:
    """Return a text without the person's name, e-mail address and telephone number, which the resume itself states."""
    name = _line(basics.get("name"))
    stated = [
        name,
        *(part for part in name.split() if len(part) > 2),
        _line(basics.get("email")),
        _line(basics.get("phone")),
    ]
    for words in filter(None, stated):
        text = re.sub(rf"(?<!\w){re.escape(words)}(?!\w)", " ", text, flags=re.IGNORECASE)
    return re.sub(r"[ \t]{2,}", " ", text).strip(" ,")


def _identity(resume: Mapping[str, Any]) -> str:
    canonical = _text(_object(resume.get("meta")).get("canonical"))
    return "resume-" + (text_digest(canonical) if canonical else content_digest(resume))


def _experience(entry: Mapping[str, Any], clean: Clean) -> dict[str, Any]:
    highlights = [f"- {text}" for item in _list(entry.get("highlights")) if (text := _text(item))]
    return {
        "title": _line(entry.get("position")),
        "organisation": _line(entry.get("name") or entry.get("company")),
        "start": _date(entry.get("startDate")),
        "end": _date(entry.get("endDate"), is_end=True),
        "summary": clean("\n".join(filter(None, [_text(entry.get("summary")), *highlights])))[:MAX_PROSE],
    }


def _degree(entry: Mapping[str, Any]) -> dict[str, Any] | None:
    kind, area = _line(entry.get("studyType")), _line(entry.get("area"))
    title = " ".join(filter(None, [kind, area]))[:MAX_TITLE]
    if not title:
        return None
    return {"title": title, "level": level_of_degree(title), "end": _date(entry.get("endDate"), is_end=True)}


def _skills(value: Any) -> list[str]:
    """Return the skills' names and keywords, each once, in order."""
    first_spelling: dict[str, str] = {}
    for entry in _objects(value):
        for name in map(_text, (entry.get("name"), *_list(entry.get("keywords")))):
            if name:
                first_spelling.setdefault(name.casefold(), name[:MAX_SKILL])
    return list(first_spelling.values())[:MAX_ITEMS]


def _languages(value: Any) -> list[str]:
    return [name[:MAX_SKILL] for entry in _objects(value) if (name := _line(entry.get("language")))][:MAX_ITEMS]


def _date(value: Any, *, is_end: bool = False) -> date | None:
    """Return a day; of a year or a month alone it is the first, or the last where something ends."""
    if not (found := _DATE.match(_text(value))):
        return None
    year, month, day = found.groups()
    try:
        first = date(int(year), int(month or (12 if is_end else 1)), int(day or 1))
    except ValueError:
        return None
    return first.replace(day=monthrange(first.year, first.month)[1]) if is_end and not day else first


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _line(value: Any) -> str:
    return " ".join(_text(value).split())[:MAX_TITLE]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in _list(value) if isinstance(item, Mapping)]
