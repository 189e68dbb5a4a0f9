"""One running forum a module, with a key a role, for pages to look at."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from matcher.core.access import Role, new_key
from matcher.decisions import reading
from matcher.engine import Matcher
from matcher.records import PostingRecord, ProfileRecord
from tests.api.conftest import application, open_on
from tests.api.pages.browser import Browser

CALLERS = {"platform": Role.PLATFORM, "dinum": Role.RECRUITER, "anssi": Role.RECRUITER, "organiser": Role.ORGANISER}
HOSTILE = "<script>alert(1)</script> \"'> &amp; {{7*7}} ${x} <!-- ]]> \u202e\u0300 🐍 " + "x" * 200
"""In every field that takes any text."""


@dataclass(frozen=True)
class Forum:
    """A running service, and what opens it."""

    home: Path
    client: TestClient
    matcher: Matcher
    keys: Mapping[str, tuple[str, str]]
    """Id and text, by caller."""

    def of_requests(self, *names: str, wait: bool = True) -> list[dict[str, Any]]:
        """The rankings of the decision log that some requests have shown, when there is one of each."""
        for _ in range(200):
            entries = [entry for name in names for entry in reading.of_request(self.home / "decisions", name)]
            if len(entries) >= len(names) or not wait:
                break
            time.sleep(0.01)
        return [dict(entry.line.content) for entry in entries]

    def browser(self, caller: str | None, language: str = "fr") -> Browser:
        """The browser of somebody who has signed in."""
        return Browser(self.client, self.keys[caller][1] if caller else None, language)


def _records() -> Iterator[PostingRecord | ProfileRecord]:
    ours = {"id": "dinum", "name": "Dinum"}
    skills = ["OCaml", "Haskell", "COBOL", "Kubernetes"]
    for number in range(23):
        dated = {"valid_from": f"2026-01-{number + 1:02}"}
        yield PostingRecord(id=f"p{number:02}", title=f"Data scientist {number:02}", organisation=ours, **dated)
    yield PostingRecord(
        id="full",
        title="Data scientist",
        organisation=ours,
        description="Missions.",
        qualifications="Bac+5",
        skills=skills,
        languages=["français"],
        locations=[{"region": "Île-de-France", "city": "Paris"}],
        remote="none",
        contracts=["contract_agent"],
        experience_years_min=3,
        education_level_min=7,
        salary_eur_year={"min": 40_000, "max": 50_000},
        openings=2,
        valid_from="2026-11-01",
    )
    yield PostingRecord(id="theirs", title="Zanzibar", organisation={"id": "anssi"})
    named = {"id": "hostile", "name": HOSTILE}
    yield PostingRecord(
        id="hostile&<'\">",
        title=HOSTILE,
        organisation={**named, "id": "dinum"},
        description=HOSTILE,
        qualifications=HOSTILE,
        skills=[HOSTILE],
        languages=[HOSTILE],
        locations=[{"city": HOSTILE}],
    )
    for number in range(24):
        yield ProfileRecord(
            id=f"c{number:02}",
            headline=f"Data scientist {number}",
            summary="Trois ans de Python.",
            skills=["python"],
            visible_to_recruiters=True,
            contracts=["contract_agent"] if number % 2 else [],
            experience_years=number,
        )
    yield ProfileRecord(
        id="full",
        headline="Data scientist",
        summary="Huit ans de OCaml, et de statistique.",
        skills=["COBOL", "OCaml"],
        experiences=[
            {"title": "Data scientist", "organisation": "Insee", "start": "2020-01-01", "summary": "Du OCaml."},
            {"title": "Stagiaire", "end": "2019-01-01"},
        ],
        education=[{"title": "Master", "level": 7, "end": "2018-06-30"}],
        languages=["français"],
        locations=[{"region": "Île-de-France"}],
        remote="full",
        contracts=["contract_agent"],
        experience_years=1.5,
        situation="public",
        available_from="2027-01-04",
        salary_eur_year_min=60_000,
        visible_to_recruiters=True,
    )
    yield ProfileRecord(
        id="hostile&<'\">",
        headline=HOSTILE,
        summary=HOSTILE,
        skills=[HOSTILE],
        experiences=[{"title": HOSTILE, "organisation": HOSTILE, "summary": HOSTILE}],
        education=[{"title": HOSTILE}],
        languages=[HOSTILE],
        locations=[{"city": HOSTILE}],
        visible_to_recruiters=True,
    )
    yield ProfileRecord(id="secret", headline="Zanzibar", visible_to_recruiters=True, hidden_from=["dinum"])


@pytest.fixture(scope="module")
def forum(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forum]:
    home = tmp_path_factory.mktemp("home")
    matcher = open_on(home)
    matcher.put([record.to_domain() for record in _records()])
    now = datetime.now(UTC)
    keys = {}
    for name, role in CALLERS.items():
        of = name if role is Role.RECRUITER else None
        key, text = new_key(role, now=now, expires_at=now + timedelta(days=1), organisation=of)
        matcher.keys.add(key)
        keys[name] = key.id, text
    with application(home, matcher, rate_per_minute=0) as client:
        yield Forum(home, client, matcher, keys)
