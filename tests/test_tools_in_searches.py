"""A tool beside a trade, on the invented forum and with the shipped weights: who has the tool comes first."""

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from matcher.compose import open_matcher
from matcher.core.domain import Kind, Profile, ProfileId
from matcher.engine import Matcher
from matcher.offline.demo import forum
from matcher.search import Search
from matcher.settings import Settings

pytestmark = pytest.mark.no_cover  # others run the same lines; measured, these take twice as long

TODAY = date(2026, 11, 23)
EACH = 4
"""People who have each tool."""
TOOLS = {
    # What a job's summary says of it; then searches.
    "SAP": ("Paramétrage de SAP.", "consultant SAP", "SAP consultant", "cheffe de projet SAP", "consultant sap"),
    "Salesforce": ("Déploiement de Salesforce.", "chef de projet Salesforce", "Salesforce administrator"),
    "Go": ("Services écrits en Go.", "développeur Go", "Go developer", "développeuse Go", "go developer"),
    "C": ("", "développeur C", "C developer", "développeur en C"),
    "C#": ("Applications en C#.", "développeuse C#", "C# developer"),
    "COBOL": ("Maintenance de programmes COBOL.", "analyste COBOL", "COBOL developer"),
    "AWS": ("Migration vers AWS.", "ingénieur AWS", "AWS architect"),
    "Rust": ("Composants réécrits en Rust.", "développeur Rust", "Rust engineer"),
    "Drupal": ("Sites publiés avec Drupal.", "webmestre Drupal", "Drupal developer"),
    "Splunk": ("Supervision avec Splunk.", "analyste Splunk", "Splunk engineer"),
}
METHODS = {
    # What is named beside a trade and is no tool, or nobody's skill; then how a title of the trade goes.
    "cheffe de projet Scrum": "chef(fe)? de projet",
    "chef de projet agile": "chef(fe)? de projet",
    "chef de projet MOA, agile": "chef(fe)? de projet",
    "développeur agile": "développeu",
    "développeuse, motivée": "développeu",
    "juriste, rigoureux": "juriste",
    "juriste, travail en équipe": "juriste",
    "juriste RGPD": "juriste",
    "product owner Scrum": "product owner",
    "data scientist machine learning": "data scientist",
    "RSSI, santé": "rssi",
}
FIRST = 2
NOT_THERE = frozenset(tool.casefold() for tool in TOOLS)


def _without(profile: Profile) -> Profile:
    """The same person without the tools of the table."""
    return replace(profile, skills=tuple(one for one in profile.skills if one.casefold() not in NOT_THERE))


def _with(profile: Profile, tool: str, said: str, place: int) -> Profile:
    """The same person with a tool: three list it, one says what they did with it in the last job."""
    if place == 0 and said and profile.experiences:
        last, *others = profile.experiences
        return replace(profile, experiences=(replace(last, summary=f"{last.summary} {said}"), *others))
    return replace(profile, skills=(*profile.skills[:8], tool))


@pytest.fixture(scope="module")
def holders() -> dict[str, list[Profile]]:
    """By tool, people of any trade who have it."""
    chosen = random.Random(2021)  # noqa: S311 - draws who has which tool
    made = [_without(one) for one in forum(postings=0, profiles=250, today=TODAY).profiles]
    people = iter(chosen.sample([one for one in made if one.visible_to_recruiters], EACH * len(TOOLS)))
    return {tool: [_with(next(people), tool, said, n) for n in range(EACH)] for tool, (said, *_) in TOOLS.items()}


@pytest.fixture(scope="module")
def matcher(tmp_path_factory: pytest.TempPathFactory, holders: dict[str, list[Profile]]) -> Iterator[Matcher]:
    found = open_matcher(Settings(home=tmp_path_factory.mktemp("home")))
    found.put([_without(one) for one in forum(postings=0, profiles=250, today=TODAY).profiles])
    found.put([one for some in holders.values() for one in some])
    found.put([Profile(ProfileId("sirh"), "Administratrice SIRH", skills=("SIRH", "Paie"), visible_to_recruiters=True)])
    yield found
    found.close()


def test_who_has_the_tool_comes_first_whatever_they_are_called(
    matcher: Matcher, holders: dict[str, list[Profile]]
) -> None:
    found = {
        text: [
            one.match.profile_id in {each.id for each in holders[tool]}
            for one in matcher.search(Search(Kind.PROFILE, text, k=EACH), today=TODAY).explanations
        ]
        for tool, (_, *texts) in TOOLS.items()
        for text in texts
    }
    assert sum(sum(each) for each in found.values()) >= 0.95 * EACH * len(found), found
    assert all(sum(each) >= EACH - 1 for each in found.values()), found


def test_who_has_the_trade_comes_before_who_shares_a_method_or_a_word(matcher: Matcher) -> None:
    found = {
        text: [
            _has_been(matcher, one.match.profile_id, title)
            for one in matcher.search(Search(Kind.PROFILE, text, k=FIRST), today=TODAY).explanations
        ]
        for text, title in METHODS.items()
    }
    assert sum(map(sum, found.values())) >= 0.9 * FIRST * len(found), found


@pytest.mark.parametrize("text", ["HRIS administrator", "HRIS manager"])
def test_a_word_of_many_titles_is_no_match_for_the_telling_one_that_nobody_writes(matcher: Matcher, text: str) -> None:
    (first,) = matcher.search(Search(Kind.PROFILE, text, k=1), today=TODAY).explanations
    assert first.match.profile_id == "sirh", "who has it under its other name"


def _has_been(matcher: Matcher, name: ProfileId, title: str) -> bool:
    profile = matcher.get(Kind.PROFILE, name)
    assert isinstance(profile, Profile)
    titles = [profile.headline, *(job.title for job in profile.experiences)]
    return any(re.search(title, one, re.IGNORECASE) for one in titles)
