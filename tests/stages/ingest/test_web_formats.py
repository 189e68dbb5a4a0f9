"""schema.org JobPosting and JSON Resume."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from matcher.core.domain import Contract, Rejection, Remote
from matcher.stages.ingest import Format, Limits, detect
from tests.stages.ingest.reading import (
    accepted,
    only_posting,
    only_profile,
    only_rejection,
    read_bytes,
    rejections,
)

JOB: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "JobPosting",
    "title": "Data scientist",
    "description": "<p>Des modèles.</p>",
    "identifier": {"@type": "PropertyValue", "name": "DINUM", "value": "D 42"},
    "hiringOrganization": {"@type": "Organization", "name": "Direction du numérique"},
    "jobLocation": [
        {
            "@type": "Place",
            "address": {"addressLocality": "Paris", "postalCode": "75007", "addressCountry": "FR"},
            "geo": {"latitude": "48.85", "longitude": 2.31},
        },
        "Lyon",
        {"address": {"addressLocality": "Bruxelles", "addressCountry": {"name": "BE"}}},
        {"address": {"addressRegion": "Bretagne"}},
        {"name": ""},
    ],
    "jobLocationType": "TELECOMMUTE",
    "employmentType": ["FULL_TIME", "CONTRACTOR"],
    "baseSalary": {"currency": "EUR", "value": {"minValue": "3 000", "maxValue": 4000, "unitText": "MONTH"}},
    "datePosted": "2026-01-05T08:00:00+01:00",
    "validThrough": "2026-02-01",
    "skills": "Python, SQL; R",
    "qualifications": "Master",
    "experienceRequirements": {"@type": "OccupationalExperienceRequirements", "monthsOfExperience": 30},
    "educationRequirements": [{"credentialCategory": "bachelor degree"}, {"credentialCategory": "postgraduate degree"}],
    "totalJobOpenings": "2",
    "url": "https://example.org/jobs/42",
    "directApply": True,
}


def page(*scripts: str) -> str:
    body = "".join(f'<script type="application/ld+json">{script}</script>' for script in scripts)
    return f"<!DOCTYPE html><html><head>{body}<script>var x = 1;</script></head><body>Bonjour</body></html>"


def test_a_page_gives_its_posting_with_all_that_it_states(tmp_path: Path) -> None:
    posting = only_posting(read_bytes(tmp_path, page(json.dumps(JOB))))
    assert detect(tmp_path / "sample") is Format.JOB_POSTING_PAGE
    assert (posting.id, posting.title) == ("dinum-D-42", "Data scientist")
    assert posting.organisation is not None
    assert posting.organisation.id == "direction-du-numerique"
    assert [(place.department, place.city) for place in posting.locations] == [
        ("Paris", "Paris"),
        (None, "Lyon"),
        (None, "Bruxelles"),
        (None, None),
    ]
    assert posting.locations[3].region == "Bretagne"
    assert posting.locations[0].latitude == 48.85
    assert posting.remote is Remote.FULL
    assert posting.contracts == (Contract.FREELANCE,)
    assert posting.salary_eur_year is not None
    assert (posting.salary_eur_year.min, posting.salary_eur_year.max) == (36_000, 48_000)
    assert (posting.valid_from, posting.valid_through) == (date(2026, 1, 5), date(2026, 2, 1))
    assert posting.skills == ("Python", "SQL", "R")
    assert (posting.experience_years_min, posting.education_level_min, posting.openings) == (2.5, 6, 2)
    assert posting.url == "https://example.org/jobs/42"


def test_postings_are_found_in_graphs_arrays_and_several_scripts(tmp_path: Path) -> None:
    graph = json.dumps({"@graph": [{"@type": "WebPage"}, JOB | {"identifier": "a"}]})
    array = json.dumps([JOB | {"identifier": "b", "@type": ["JobPosting", "Thing"]}])
    found = read_bytes(tmp_path, page(graph, "{broken", f"<!-- {array} -->"))
    assert accepted(found) == ["a", "b"]
    assert rejections(found)[0].position == "script 2"


def test_a_json_file_of_postings_is_read_and_a_bad_one_rejected_by_field(tmp_path: Path) -> None:
    bad = JOB | {"identifier": "b", "validThrough": "2025-01-01"}
    untitled = {key: value for key, value in JOB.items() if key != "title"}
    found = read_bytes(tmp_path, json.dumps([JOB, bad, untitled], indent=1))
    assert detect(tmp_path / "sample") is Format.JOB_POSTING_JSON
    assert accepted(found) == ["dinum-D-42"]
    assert [rejection.field for rejection in rejections(found)] == ["valid_through", "title"]


def test_one_object_on_one_line_is_a_posting(tmp_path: Path) -> None:
    assert accepted(read_bytes(tmp_path, json.dumps(JOB))) == ["dinum-D-42"]


def test_without_identifier_the_address_and_then_the_content_make_a_stable_id(tmp_path: Path) -> None:
    bare = {key: value for key, value in JOB.items() if key != "identifier"}
    by_url = only_posting(read_bytes(tmp_path, json.dumps(bare | {"description": "other"}))).id
    assert by_url == only_posting(read_bytes(tmp_path, json.dumps(bare))).id
    del bare["url"]
    by_content = only_posting(read_bytes(tmp_path, json.dumps(bare))).id
    assert by_content.startswith("job-")
    assert by_content != by_url
    assert only_posting(read_bytes(tmp_path, json.dumps(bare | {"identifier": "x" * 300}))).id.startswith("job-")


@pytest.mark.parametrize("content", [JOB, {"basics": {"label": "Juriste"}}])
def test_nan_in_a_list_refuses_the_file_and_names_the_field(tmp_path: Path, content: dict[str, Any]) -> None:
    rejection = only_rejection(read_bytes(tmp_path, json.dumps(content | {"more": [1, float("nan")]})))
    assert rejection.is_of_file
    assert "more: is NaN or infinite" in rejection.reason


def test_nan_in_a_script_of_a_page_refuses_that_script(tmp_path: Path) -> None:
    found = read_bytes(tmp_path, page("[NaN]", json.dumps(JOB)))
    assert accepted(found) == ["dinum-D-42"]
    assert (rejections(found)[0].position, "NaN" in rejections(found)[0].reason) == ("script 1", True)


@pytest.mark.parametrize(
    "content",
    [{"@type": "JobPosting", "title": "Juriste"}, {"basics": {"label": "Juriste"}}],
    ids=["posting", "resume"],
)
def test_what_is_nested_without_end_is_refused_or_read_and_never_ends_the_run(
    tmp_path: Path, content: dict[str, Any]
) -> None:
    # Somewhere below a thousand levels it can still be parsed, and not be written any more.
    for levels in (100, *range(800, 1000), 5_000):
        text = json.dumps(content)[:-1] + ', "more": ' + "[" * levels + "]" * levels + "}"
        (found,) = read_bytes(tmp_path, text)
        assert isinstance(found, Rejection) or levels < 1000
        assert not isinstance(found, Rejection) or "nested too deeply" in found.reason


@pytest.mark.parametrize(
    ("salary", "least"),
    [
        ({"currency": "EUR", "value": 42_000}, 42_000),
        ({"currency": "EUR", "value": {"value": 20, "unitText": "HOUR"}}, 32_140),
        ({"currency": "EUR", "value": {"minValue": 300, "unitText": "day"}}, 65_400),
        ({"currency": "USD", "value": 42_000}, None),
        ({"currency": "EUR", "value": {"value": 1, "unitText": "MOON"}}, None),
        ({"currency": "EUR", "value": "à négocier"}, None),
        ({"currency": "EUR", "value": "NaN"}, None),
        ({"currency": "EUR", "value": "35,000"}, 35_000),
        ({"currency": "EUR", "value": "35.000"}, 35_000),
        ({"currency": "EUR", "value": "35\u202f000"}, 35_000),
        ({"currency": "EUR", "value": "35\u00a0000,50"}, 35_000.5),
        ({"currency": "EUR", "value": "1,035,000.00"}, 1_035_000),
        ({"currency": "EUR", "value": "1,035.000"}, None),
        ({"currency": "EUR", "value": {"value": "18,50", "unitText": "HOUR"}}, 29_729.5),
        ({"currency": "EUR", "value": {"value": "12.500", "unitText": "HOUR"}}, 20_087.5),
        ({"currency": "EUR", "value": {"value": "2.500", "unitText": "MONTH"}}, 30_000),
        ({"currency": "EUR", "value": {"value": 18.125, "unitText": "HOUR"}}, 29_126.88),
        ({"currency": "EUR", "value": {"value": "0.125", "unitText": "HOUR"}}, 200.88),
        ("42 000 €", None),
    ],
)
def test_salaries_are_yearly_euros_or_unknown(tmp_path: Path, salary: Any, least: float | None) -> None:
    posting = only_posting(read_bytes(tmp_path, json.dumps(JOB | {"baseSalary": salary})))
    assert (posting.salary_eur_year.min if posting.salary_eur_year else None) == least


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("2026-02-01T23:59:59.000Z", date(2026, 2, 1)),
        ("2026-02-01 24:00:00 Europe/Paris", date(2026, 2, 1)),
        ("20260201", date(2026, 2, 1)),
        ("jusqu'à ce que le poste soit pourvu", None),
        ("", None),
    ],
)
def test_the_last_day_of_a_posting_is_read_or_was_never_said(tmp_path: Path, until: str, last: date | None) -> None:
    assert only_posting(read_bytes(tmp_path, json.dumps(JOB | {"validThrough": until}))).valid_through == last


@pytest.mark.parametrize("until", ["31/12/2020", "31 décembre 2020", "2026-02-30", 1_609_372_800])
def test_a_last_day_that_cannot_be_read_refuses_the_posting_by_field(tmp_path: Path, until: object) -> None:
    rejection = only_rejection(read_bytes(tmp_path, json.dumps(JOB | {"validThrough": until})))
    assert (rejection.field, "YYYY-MM-DD" in rejection.reason) == ("valid_through", True)


def test_a_place_without_real_coordinates_has_none(tmp_path: Path) -> None:
    place = {"address": {"addressLocality": "Lyon"}, "geo": {"latitude": "NaN", "longitude": "4"}}
    posting = only_posting(read_bytes(tmp_path, json.dumps(JOB | {"jobLocation": place})))
    assert (posting.locations[0].city, posting.locations[0].latitude) == ("Lyon", None)


def test_odd_values_are_unknown_rather_than_wrong(tmp_path: Path) -> None:
    odd = {
        "hiringOrganization": "Mairie",
        "jobLocation": {"address": "Rennes"},
        "jobLocationType": None,
        "employmentType": "FULL_TIME",
        "datePosted": "hier",
        "totalJobOpenings": "plusieurs",
        "skills": [{"@type": "DefinedTerm", "name": "Python"}, "SQL"],
        "educationRequirements": "no requirements",
        "experienceRequirements": "no requirements",
        "title": {"@value": "Data scientist", "@language": "fr"},
    }
    posting = only_posting(read_bytes(tmp_path, json.dumps(JOB | odd)))
    assert posting.organisation is not None
    assert posting.organisation.id == "mairie"
    assert posting.locations[0].department == "Ille-et-Vilaine"
    assert (posting.remote, posting.contracts, posting.valid_from, posting.openings) == (None, (), None, None)
    assert posting.skills == ("Python", "SQL")
    assert posting.education_level_min is None


@pytest.mark.parametrize("content", [page(), page('{"@type": "Recipe"}'), '{"@type": "Recipe"}'])
def test_a_file_without_posting_is_rejected_by_name(tmp_path: Path, content: str) -> None:
    assert "no JobPosting" in only_rejection(read_bytes(tmp_path, content)).reason


def test_a_page_over_the_limit_and_a_deep_one_are_rejected(tmp_path: Path) -> None:
    assert "larger" in only_rejection(read_bytes(tmp_path, page(json.dumps(JOB)), limits=Limits(html_bytes=100))).reason
    deep = "[" * 300 + json.dumps(JOB) + "]" * 300
    assert "no JobPosting" in only_rejection(read_bytes(tmp_path, page(deep))).reason


RESUME: dict[str, Any] = {
    "basics": {
        "name": "Jeanne Exemple",
        "label": "Développeuse Python",
        "email": "jeanne@example.org",
        "phone": "06 12 34 56 78",
        "url": "https://jeanne.example.org",
        "image": "https://jeanne.example.org/photo.jpg",
        "summary": "Dix ans de services publics.",
        "location": {"address": "12 rue des Lilas", "city": "Rennes", "postalCode": "35000", "region": "Bretagne"},
    },
    "work": [
        {
            "name": "Ministère",
            "position": "Développeuse",
            "startDate": "2020-02",
            "summary": "API.",
            "highlights": ["Django", 3],
        },
        {"company": "Agence", "position": "Analyste", "startDate": "2015-01-10", "endDate": "2019"},
        {"name": "Sans titre"},
    ],
    "education": [
        {"studyType": "Master", "area": "Informatique", "endDate": "2014-13"},
        {"institution": "École sans diplôme"},
    ],
    "skills": [{"name": "Python", "keywords": ["Django", "python"]}, {"keywords": ["SQL"]}, "odd"],
    "languages": [{"language": "Français"}, {"fluency": "native"}],
}


def test_a_json_resume_gives_what_a_person_can_do_and_not_who_they_are(tmp_path: Path) -> None:
    profile = only_profile(read_bytes(tmp_path, json.dumps(RESUME, indent=2)))
    assert profile.headline == "Développeuse Python"
    assert profile.skills == ("Python", "Django", "SQL")
    assert [(job.title, job.organisation, job.start, job.end) for job in profile.experiences] == [
        ("Développeuse", "Ministère", date(2020, 2, 1), None),
        ("Analyste", "Agence", date(2015, 1, 10), date(2019, 12, 31)),
    ]
    assert profile.experiences[0].summary == "API.\n- Django"
    assert [(degree.title, degree.level, degree.end) for degree in profile.education] == [
        ("Master Informatique", 7, None)
    ]
    assert profile.languages == ("Français",)
    assert profile.locations[0].region == "Bretagne"
    assert not profile.visible_to_recruiters
    for private in ("Exemple", "jeanne", "06 12", "Lilas", "Rennes", "35000", "photo"):
        assert private not in repr(profile)


def test_a_resumes_id_follows_its_canonical_address_or_its_content(tmp_path: Path) -> None:
    moved = {"meta": {"canonical": "https://example.org/cv.json"}}
    ids = [
        only_profile(read_bytes(tmp_path, json.dumps(resume))).id
        for resume in (RESUME, RESUME | {"skills": []}, RESUME | moved, RESUME | moved | {"skills": []})
    ]
    assert len(set(ids)) == 3
    assert ids[2] == ids[3]


def test_a_resume_without_label_takes_its_last_position_and_without_either_is_rejected(tmp_path: Path) -> None:
    unlabelled = RESUME | {"basics": {"name": "Jeanne Exemple"}}
    assert only_profile(read_bytes(tmp_path, json.dumps(unlabelled))).headline == "Développeuse"
    rejection = only_rejection(read_bytes(tmp_path, json.dumps(unlabelled | {"work": None})))
    assert rejection.field == "headline"


def test_a_resume_with_contradictory_dates_is_rejected_by_field(tmp_path: Path) -> None:
    job = {"position": "Analyste", "startDate": "2020", "endDate": "2019"}
    assert only_rejection(read_bytes(tmp_path, json.dumps(RESUME | {"work": [job]}))).field == "experiences.0.end"


@pytest.mark.parametrize(
    ("start", "end", "last"),
    [
        ("2019-06", "2019", date(2019, 12, 31)),
        ("2020-02-20", "2020-02", date(2020, 2, 29)),
        ("2019", "2019-06-01", date(2019, 6, 1)),
        ("2019", "2019-13", None),
        ("2019", "0000", None),
    ],
)
def test_an_end_without_a_day_is_the_last_of_its_month_or_year(
    tmp_path: Path, start: str, end: str, last: date | None
) -> None:
    job = {"position": "Analyste", "startDate": start, "endDate": end}
    assert only_profile(read_bytes(tmp_path, json.dumps(RESUME | {"work": [job]}))).experiences[0].end == last


def test_what_is_longer_than_a_field_may_be_is_cut_and_the_resume_read(tmp_path: Path) -> None:
    long = {
        "basics": {"label": "J" * 600, "summary": "s" * 300_000},
        "work": [{"position": "p" * 600, "summary": "s" * 300_000}],
        "languages": [{"language": "x" * 400}] * 600,
        "skills": [{"name": f"{number}" * 400} for number in range(600)],
    }
    profile = only_profile(read_bytes(tmp_path, json.dumps(long)))
    assert (len(profile.languages[0]), len(profile.languages), len(profile.summary)) == (300, 500, 200_000)
    assert len(profile.experiences[0].summary) == 200_000


def test_a_resume_cut_short_is_rejected(tmp_path: Path) -> None:
    assert "cut short" in only_rejection(read_bytes(tmp_path, json.dumps(RESUME, indent=2)[:-20])).reason
