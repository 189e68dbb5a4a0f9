"""Small random forums for Hypothesis, of few words and few values, so that much agrees and much contradicts."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import TypeVar

from hypothesis import strategies as st

from matcher.core.domain import (
    Contract,
    Education,
    Experience,
    Location,
    Organisation,
    OrganisationId,
    Posting,
    PostingId,
    Profile,
    ProfileId,
    Remote,
    SalaryRange,
)
from matcher.stages.text import neutral
from tests.fakes import FakeThesaurus

TODAY = date(2026, 11, 23)
One = TypeVar("One", Posting, Profile)
KNOWN = FakeThesaurus(
    {
        "python": "skill:python",
        "sql": "skill:sql",
        "postgresql": "skill:pg",
        "react": "skill:react",
        "sécurité": "skill:security",
        "sécurité des si": "skill:si",
        "iso 27001": "skill:iso",
    },
    near={"skill:sql": {"skill:pg": 0.7}, "skill:si": {"skill:iso": 0.6, "skill:security": 0.8}},
)
KNOWN_SKILLS = ("Python", "SQL", "PostgreSQL", "React", "sécurité", "sécurité des SI", "ISO 27001")
SKILLS = (*KNOWN_SKILLS, "COBOL", "Fortran avancé", "Fortran", "projet agile", "gestion de projet agile", "R")

words = st.sampled_from(["data", "développeuse", "juriste", "réseau", "cloud", "chef de projet", *SKILLS])
phrases = st.lists(words, max_size=5).map(" ".join)
titles = st.lists(words, min_size=1, max_size=3).map(" ".join)
listed = st.lists(st.sampled_from(SKILLS), max_size=5, unique_by=neutral).map(tuple)
places = st.sampled_from(
    [
        Location(region="Bretagne"),
        Location(department="35"),
        Location(department="29"),
        Location(region="Normandie"),
        Location(department="35", latitude=48.1, longitude=-1.7),
        Location(department="29", latitude=48.4, longitude=-4.5),
        Location(region="Corse"),
    ]
)
several_places = st.lists(places, max_size=2).map(tuple)
contracts = st.lists(st.sampled_from([Contract.CIVIL_SERVANT, Contract.CONTRACT_AGENT]), max_size=2).map(tuple)
languages = st.lists(st.sampled_from(["français", "anglais", "allemand"]), max_size=2, unique=True).map(tuple)
remotes = st.none() | st.sampled_from(Remote)
years = st.none() | st.sampled_from([0.0, 1.0, 3.0, 8.0])
levels = st.none() | st.integers(4, 8)
salaries = st.none() | st.sampled_from([25_000.0, 40_000.0, 60_000.0])
postings = st.builds(
    Posting,
    id=st.just(PostingId("")),
    title=titles,
    organisation=st.none() | st.sampled_from("ab").map(lambda name: Organisation(OrganisationId(name))),
    description=phrases,
    skills=listed,
    languages=languages,
    locations=several_places,
    remote=remotes,
    contracts=contracts,
    experience_years_min=years,
    education_level_min=levels,
    salary_eur_year=salaries.map(lambda top: None if top is None else SalaryRange(max=top)),
)
profiles = st.builds(
    Profile,
    id=st.just(ProfileId("")),
    headline=titles,
    summary=phrases,
    skills=listed,
    experiences=st.lists(st.builds(Experience, title=titles, summary=phrases), max_size=1).map(tuple),
    education=levels.map(lambda level: () if level is None else (Education("x", level),)),
    languages=languages,
    locations=several_places,
    remote=remotes,
    contracts=contracts,
    experience_years=years,
    available_from=st.none() | st.sampled_from([30, 200, 500]).map(lambda days: TODAY + timedelta(days=days)),
    salary_eur_year_min=salaries,
    visible_to_recruiters=st.just(value=True),
    hidden_from=st.lists(st.sampled_from("ab").map(OrganisationId), max_size=1).map(tuple),
)


def forums(asked: int, wished: int) -> st.SearchStrategy[tuple[list[Posting], list[Profile]]]:
    """So many postings and profiles, with ids."""
    return st.tuples(
        st.lists(postings, min_size=asked, max_size=asked).map(partial(numbered, prefix="p")),
        st.lists(profiles, min_size=wished, max_size=wished).map(partial(numbered, prefix="c")),
    )


def numbered(records: Iterable[One], *, prefix: str) -> list[One]:
    return [changed(record, f"{prefix}{number}") for number, record in enumerate(records)]


def changed(record: One, new_id: str, **fields: object) -> One:
    """The record under another id, with other fields."""
    return replace(record, id=new_id, **fields)  # type: ignore[arg-type]  # fields are named in tables
