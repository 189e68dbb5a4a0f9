"""The groups that a record puts a person into."""

from dataclasses import replace
from datetime import date

import pytest

from matcher.core.domain import Contract, Education, Experience, Location, Profile, ProfileId, Remote, Situation
from matcher.offline.demo import forum
from matcher.offline.groups import ATTRIBUTES, SEVERAL, UNSAID, UNTOLD, groups_of, language_of, titles_of

BARE = Profile(ProfileId("p"), "Data scientist")


def test_who_says_nothing_is_in_a_group_of_its_own() -> None:
    found = groups_of(BARE)
    assert found.keys() == ATTRIBUTES.keys()
    assert {found[name] for name in ("situation", "experience", "education", "region", "contracts wished")} == {UNSAID}
    assert (found["summary"], found["skills"], found["remote work wished"]) == ("none", "none", UNSAID)
    assert (found["language of the record"], found["gender of titles"]) == (UNTOLD, UNTOLD)


def test_a_record_is_read_as_people_would_say() -> None:
    said = replace(
        BARE,
        summary="Dix ans.",
        skills=("SQL",),
        situation=Situation.GRADUATE,
        education=(Education("Master", 7), Education("Licence", 6), Education("Cours")),
        locations=(Location(department="35"), Location(city="Rennes")),
        contracts=(Contract.CONTRACT_AGENT, Contract.CIVIL_SERVANT),
        remote=Remote.PARTIAL,
        experience_years=2.5,
    )
    assert groups_of(said) == {
        "situation": "graduate",
        "experience": "0-2 years",
        "education": "EQF 7",
        "region": "Bretagne",
        "contracts wished": "civil_servant + contract_agent",
        "remote work wished": "partial",
        "summary": "written",
        "skills": "listed",
        "language of the record": UNTOLD,
        "gender of titles": UNTOLD,
    }
    far = replace(said, locations=(Location(region="Bretagne"), Location(region="Corse")))
    assert groups_of(far)["region"] == SEVERAL
    assert groups_of(replace(said, locations=(Location(city="Bruxelles"),)))["region"] == UNSAID


@pytest.mark.parametrize(
    ("years", "band"),
    [(0.0, "0-2 years"), (3.0, "3-5 years"), (10.9, "6-10 years"), (20.9, "11-20 years"), (21.0, "21 years and more")],
)
def test_bands_of_experience_meet(years: float, band: str) -> None:
    assert groups_of(replace(BARE, experience_years=years))["experience"] == band


@pytest.mark.parametrize(
    ("headline", "gender"),
    [
        ("Développeuse Python", "feminine"),
        ("Développeur Python", "masculine"),
        ("Développeur·se Python", UNTOLD),
        ("Développeur(se) Python", UNTOLD),
        ("Développeur / développeuse", UNTOLD),
        ("Technicien.ne support", UNTOLD),
        ("Chargé.e de projet", UNTOLD),
        ("Technicienne support. Ne compte pas", "feminine"),
        ("Responsable vente directe", UNTOLD),
        ("Responsable du système d’information décisionnel", UNTOLD),
        ("Référente vie étudiante", "feminine"),
        ("Responsable vie étudiante", UNTOLD),
        ("Étudiante en informatique", "feminine"),
        ("Data scientist, étudiante", "feminine"),
        ("Consultant en gestion déléguée", "masculine"),
        ("Juriste", UNTOLD),
        ("Data-ops, base de données", UNTOLD),
    ],
)
def test_the_gender_of_titles_is_told_where_it_is_one(headline: str, gender: str) -> None:
    assert titles_of(replace(BARE, headline=headline)) == gender


def test_english_titles_have_no_gender() -> None:
    english = replace(BARE, headline="Consultant", summary="I have worked with the data of this service for years.")
    assert titles_of(english) == UNTOLD
    past = replace(BARE, experiences=(Experience("Cheffe de projet"),))
    assert titles_of(past) == "feminine"


def test_what_is_told_of_made_up_people_is_true() -> None:
    made = forum(postings=0, profiles=400, today=date(2026, 11, 23))
    languages = {profile.id: language_of(profile) for profile in made.profiles}
    genders = {profile.id: titles_of(profile) for profile in made.profiles}
    for profile in made.profiles:
        feminine = made.feminine.get(profile.id)
        assert languages[profile.id] in {"English" if feminine is None else "French", UNTOLD}
        assert genders[profile.id] in {UNTOLD if feminine is None else "feminine" if feminine else "masculine", UNTOLD}
    assert sum(language == UNTOLD for language in languages.values()) < 40
