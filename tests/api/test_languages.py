"""Errors in the reader's language."""

import re
from http import HTTPStatus
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from api import problems
from api.languages import ENGLISH, FRENCH, TEXTS, preferred
from matcher.core import errors
from matcher.core.domain import Kind


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("fr", FRENCH),
        ("fr-FR,fr;q=0.9,en;q=0.8", FRENCH),
        ("en-GB, fr;q=0.9", ENGLISH),
        ("fr;q=0.5, en;q=0.4", FRENCH),
        ("fr;q=0, en;q=0", ENGLISH),
        ("de, *;q=0.5, fr;q=0.4", ENGLISH),
        ("de, fr ; q = 0.4", FRENCH),
        ("fr;q=nonsense", ENGLISH),
        ("", ENGLISH),
    ],
)
def test_the_language_of_the_greatest_weight_is_chosen(header: str, expected: str) -> None:
    assert preferred(header) == expected


@given(st.text())
def test_any_header_gives_one_of_the_two(header: str) -> None:
    assert preferred(header) in {ENGLISH, FRENCH}


def test_every_text_that_the_service_writes_itself_has_its_french() -> None:
    texts = [
        *problems.DETAIL.values(),
        problems.FAILED,
        problems.AWAY,
        *(str(errors.NotFound(kind)) for kind in Kind),
        *(str(errors.AlreadyExists(kind)) for kind in Kind),
        str(errors.UnknownKey()),
        str(errors.DecisionLogUnavailable()),
        *(status.phrase for status in {*problems.STATUS.values(), *problems.DETAIL} | {HTTPStatus.TOO_MANY_REQUESTS}),
    ]
    assert not [text for text in texts if not any(re.fullmatch(pattern, text) for pattern in TEXTS)]


def test_every_french_takes_as_many_words_as_the_english_gives() -> None:
    assert not [text for text, french in TEXTS.items() if french.count("{}") != re.compile(text).groups]


def test_an_error_is_told_in_the_language_that_is_asked_for(client: TestClient) -> None:
    english = client.get("/v1/profiles/nobody")
    french = client.get("/v1/profiles/nobody", headers={"Accept-Language": "fr-FR,fr;q=0.9,en;q=0.5"})
    assert (english.headers["content-language"], french.headers["content-language"]) == (ENGLISH, FRENCH)
    assert "accept-language" in french.headers["vary"].lower()
    assert english.json()["title"] == "Not Found"
    assert french.json()["title"] == "Introuvable"
    assert french.json()["detail"].startswith("il n’y a pas de tel document (profil)")


def test_a_field_s_reason_is_told_in_french_too(client: TestClient) -> None:
    answer = client.put("/v1/profiles/a", json={"id": "a", "headlin": 1}, headers={"Accept-Language": "fr"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    reasons = {one["field"]: one["reason"] for one in answer.json()["invalid"]}
    assert reasons["headline"] == "champ obligatoire"
    assert reasons["headlin"].startswith("n’est pas un champ connu")


def test_the_texts_in_the_source_of_the_middleware_are_known_too() -> None:
    source = "".join(
        (Path(problems.__file__).parent / f"{name}.py").read_text("utf-8") for name in ("security", "admission")
    )
    quoted: list[str] = re.findall(r'"((?:the|this) [^"]{30,})"', source)
    assert quoted
    assert not [text for text in quoted if not any(re.fullmatch(pattern, text) for pattern in TEXTS)]
