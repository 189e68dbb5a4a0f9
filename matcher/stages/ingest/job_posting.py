"""schema.org JobPosting: JSON-LD in a page's scripts, or in a JSON file; one posting, an array, or an @graph.

The id is the `identifier`'s value, else a digest of the address, else one of the posting's content: each stays the
same when the page is read again. Salaries are read in euros only: an exchange rate would be a guess.

Source: https://schema.org/JobPosting, and Google's notes on it (TELECOMMUTE, monthsOfExperience, credentialCategory).
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from matcher.core.domain import Contract
from matcher.core.errors import UnreadableFile
from matcher.core.places import department_of_postal_code, find_city, find_department, find_region
from matcher.fields import MAX_ITEMS
from matcher.records import parse_posting
from matcher.stages.ingest.prose import stated_contracts, stated_remote
from matcher.stages.ingest.slug import slug
from matcher.stages.ingest.source import (
    Read,
    Reader,
    content_digest,
    decoded,
    finite,
    opened,
    parse_json,
    text_digest,
    whole,
)

_PER_YEAR = {"HOUR": 1607.0, "DAY": 218.0, "WEEK": 52.0, "MONTH": 12.0, "YEAR": 1.0}
"""Times a year: the legal hours of French public service, the days of a French daily-rate contract."""
_EMPLOYMENT = {
    "INTERN": Contract.INTERNSHIP,
    "INTERNSHIP": Contract.INTERNSHIP,
    "APPRENTICESHIP": Contract.APPRENTICESHIP,
    "APPRENTICE": Contract.APPRENTICESHIP,
    "CONTRACTOR": Contract.FREELANCE,
    "FREELANCE": Contract.FREELANCE,
}
"""FULL_TIME and PART_TIME say nothing of a contract's kind; TEMPORARY may be any."""
_CREDENTIALS = {
    "high school": 4,
    "professional certificate": 4,
    "associate degree": 5,
    "bachelor degree": 6,
    "postgraduate degree": 7,
}
_MAX_NESTING = 20
_THOUSANDS = re.compile(r"([1-9]\d{0,2}([ ,.'’\u00a0\u202f])\d{3}(?:\2\d{3})*)([.,]\d{1,2})?")
_THOUSANDS_PAID = frozenset({"MONTH", "YEAR"})
"""For so long a time pay is thousands; `12.500` an hour is twelve and a half."""
_DAY_AND_TIME = re.compile(r"(?<=^\d{4}-\d{2}-\d{2})[T Z].*$")


def read_page(reader: Reader) -> Iterator[Read]:
    """Yield a posting or a rejection for each JobPosting in a page's JSON-LD scripts."""
    from bs4 import BeautifulSoup  # noqa: PLC0415 - 70 ms, and only pages need it

    with opened(reader.path, reader.limits, reader.on_bytes) as stream:
        html = whole(stream, reader.limits.html_bytes, name="page")
    try:
        scripts = BeautifulSoup(html, "html.parser").find_all("script", type=re.compile("ld\\+json", re.IGNORECASE))
    except (RecursionError, AssertionError):  # what bs4 and html.parser raise on some broken pages
        raise UnreadableFile("the page's HTML cannot be read: save it again from the browser") from None
    found = 0
    for number, script in enumerate(scripts, start=1):
        position = f"script {number}"
        try:
            # Some publishers put HTML comments around the JSON, against the standard.
            document = parse_json(re.sub(r"^\s*<!--|-->\s*$", "", script.get_text()))
        except UnreadableFile as error:
            found += 1
            yield reader.reject(position, str(error))
            continue
        for node in _postings(document):
            found += 1
            yield _read_node(reader, f"{position}, posting {found}", node)
    if not found:
        raise UnreadableFile("the page holds no JobPosting: it needs a script of type application/ld+json with one")


def read_document(reader: Reader) -> Iterator[Read]:
    """Yield a posting or a rejection for each JobPosting in a JSON file."""
    with opened(reader.path, reader.limits, reader.on_bytes) as stream:
        document = parse_json(decoded(whole(stream, reader.limits.json_bytes, name="JSON document")))
    found = 0
    for node in _postings(document):
        found += 1
        yield _read_node(reader, f"posting {found}", node)
    if not found:
        raise UnreadableFile("the file holds no JobPosting: an object with @type JobPosting is one")


def _postings(document: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Yield the JobPosting nodes of a JSON-LD document, wherever they are nested."""
    if depth > _MAX_NESTING:
        return
    if isinstance(document, list):
        for item in document:
            yield from _postings(item, depth + 1)
    elif isinstance(document, Mapping):
        if any(_text(kind).rpartition("/")[2] == "JobPosting" for kind in _many(document.get("@type"))):
            yield document
            return
        for value in document.values():
            if isinstance(value, list | Mapping):
                yield from _postings(value, depth + 1)


def _read_node(reader: Reader, position: str, node: Mapping[str, Any]) -> Read:
    raw_title, prose = _text(node.get("title")), _text(node.get("description"))
    url = _text(node.get("url")) or _text(node.get("@id"))
    is_remote = "TELECOMMUTE" in {_text(kind).upper() for kind in _many(node.get("jobLocationType"))}
    contracts = [_EMPLOYMENT.get(_text(kind).upper()) for kind in _many(node.get("employmentType"))]
    try:
        identity = _identity(node, url)
    except UnreadableFile as error:
        return reader.reject(position, str(error))
    fields: dict[str, Any] = {
        "id": identity,
        "title": reader.clean_title(raw_title),
        "organisation": _organisation(node.get("hiringOrganization")),
        "description": reader.clean("\n\n".join(filter(None, [prose, _text(node.get("responsibilities"))]))),
        "qualifications": reader.clean(_prose(node.get("qualifications"), node.get("experienceRequirements"))),
        "skills": _skills(node.get("skills")),
        "locations": [place for entry in _many(node.get("jobLocation")) if (place := _location(entry))],
        "remote": "full" if is_remote else stated_remote(prose),
        "contracts": list(dict.fromkeys(filter(None, contracts))) or stated_contracts(raw_title, prose),
        "experience_years_min": _years(node.get("experienceRequirements")),
        "education_level_min": _level(node.get("educationRequirements")),
        "salary_eur_year": _salary(node.get("baseSalary")),
        "openings": _whole_number(node.get("totalJobOpenings")),
        "valid_from": _date(node.get("datePosted")),
        "valid_through": _last_day(node.get("validThrough")),
        "url": url or None,
        "source": "schema.org",
    }
    return reader.parse(position, parse_posting, fields)


def _identity(node: Mapping[str, Any], url: str) -> str:
    identifier = next(iter(_many(node.get("identifier"))), None)
    value = _text(identifier.get("value")) if isinstance(identifier, Mapping) else _text(identifier)
    if value:
        issuer = _text(identifier.get("name")) if isinstance(identifier, Mapping) else ""
        safe = re.sub(r"[^\w.~-]+", "-", value).strip("-")
        if safe and len(safe) <= 120:
            return f"{slug(issuer)[:60]}-{safe}".strip("-")
    stable = value or url
    return "job-" + (text_digest(stable) if stable else content_digest(node))


def _organisation(value: Any) -> dict[str, str] | None:
    organisation = next(iter(_many(value)), None)
    name = " ".join(
        (_text(organisation.get("name")) if isinstance(organisation, Mapping) else _text(organisation)).split()
    )
    return {"id": slug(name)[:200], "name": name} if slug(name) else None


def _location(entry: Any) -> dict[str, Any] | None:
    if not isinstance(entry, Mapping):
        return {"city": _text(entry)} if _text(entry) else None
    address, geo = entry.get("address"), entry.get("geo")
    parts = address if isinstance(address, Mapping) else {"addressLocality": address or entry.get("name")}
    town, area, code = (_text(parts.get(key)) for key in ("addressLocality", "addressRegion", "postalCode"))
    country = _text(parts.get("addressCountry")).upper()
    place: dict[str, Any] = {"city": town} if town else {}
    if country in {"", "FR", "FRA", "FRANCE"}:
        department = department_of_postal_code(code) or find_department(area) or find_city(town)
        region = department.region if department else find_region(area)
        place |= {"region": region.name} if region else {}
        place |= {"department": department.name} if department else {}
    if isinstance(geo, Mapping):
        latitude, longitude = _number(geo.get("latitude")), _number(geo.get("longitude"))
        if latitude is not None and longitude is not None:
            place |= {"latitude": latitude, "longitude": longitude}
    return place or None


def _salary(value: Any) -> dict[str, float] | None:
    salary = next(iter(_many(value)), None)
    if not isinstance(salary, Mapping) or _text(salary.get("currency")).upper() not in {"EUR", "€"}:
        return None
    amount = salary.get("value")
    parts = amount if isinstance(amount, Mapping) else {"value": amount}
    unit = _text(parts.get("unitText") or salary.get("unitText")).upper() or "YEAR"
    if unit not in _PER_YEAR:
        return None
    both = parts.get("value")
    read = _amount if unit in _THOUSANDS_PAID else _number
    found = {edge: read(parts.get(f"{edge}Value", both)) for edge in ("min", "max")}
    return {edge: round(number * _PER_YEAR[unit], 2) for edge, number in found.items() if number is not None} or None


def _years(value: Any) -> float | None:
    months = next((_number(item.get("monthsOfExperience")) for item in _many(value) if isinstance(item, Mapping)), None)
    return round(months / 12, 2) if months is not None else None


def _level(value: Any) -> int | None:
    """Return the lowest of the credentials that would do."""
    levels = [
        _CREDENTIALS[credential]
        for item in _many(value)
        if isinstance(item, Mapping)
        for credential in map(str.lower, map(_text, _many(item.get("credentialCategory"))))
        if credential in _CREDENTIALS
    ]
    return min(levels, default=None)


def _skills(value: Any) -> list[str]:
    """Return skills from an array, or from a text that lists them; a long sentence is no list."""
    named = [_text(item.get("name")) if isinstance(item, Mapping) else _text(item) for item in _many(value)]
    if len(named) == 1:
        named = re.split(r"[,;\n•]+", named[0])
    return [skill for skill in map(str.strip, named) if 0 < len(skill) <= 100][:MAX_ITEMS]


def _prose(*values: Any) -> str:
    return "\n".join(filter(None, (_text(item) for value in values for item in _many(value))))


def _many(value: Any) -> list[Any]:
    """Return JSON-LD's one-or-several as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    """Return a JSON-LD text: bare, with a language, or a thing's name."""
    if isinstance(value, Mapping):
        value = value.get("@value") or value.get("name")
    return str(value).strip() if isinstance(value, str | int | float) else ""


def _number(value: Any) -> float | None:
    return finite(_text(value).replace(" ", ""))


def _amount(value: Any) -> float | None:
    """Return a number of euros; in a text, what parts off three digits is no decimal mark: `35,000` is `35 000`."""
    grouped = isinstance(value, str) and _THOUSANDS.fullmatch(value.strip())
    return _number(re.sub(r"\D", "", grouped[1]) + (grouped[3] or "")) if grouped else _number(value)


def _whole_number(value: Any) -> int | None:
    number = _number(value)
    return int(number) if number is not None and number.is_integer() else None


def _date(value: Any) -> date | None:
    text = _text(value)
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        pass
    try:
        # A time that Python cannot read does not make the day unknown.
        return date.fromisoformat(_DAY_AND_TIME.sub("", text))
    except ValueError:
        return None


def _last_day(value: Any) -> date | str | None:
    """Return the day; what may be one and cannot be read stays a text, which the record refuses: not open for ever."""
    text = _text(value)
    return _date(value) or (text if re.search(r"[1-9]", text) else None)
