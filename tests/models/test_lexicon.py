"""The hand-written lexicon: each line whole, each word in one place only."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

import models

LEXICON = Path(models.__file__).parent / "taxonomy" / "lexicon.tsv"
COLUMNS = ["id", "kind", "fr", "en", "other", "near", "broader_fr", "broader_en", "sentence_fr", "sentence_en"]
MAY_BE_EMPTY = {"other"}
SKILL_KINDS = {"technology", "method", "norm"}
FORUM_KINDS = {"occupation", "term"}


@pytest.fixture(scope="module")
def rows() -> list[list[str]]:
    lines = LEXICON.read_text(encoding="utf-8").splitlines()
    return list(
        csv.reader((line for line in lines if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
    )


@pytest.fixture(scope="module")
def concepts(rows: list[list[str]]) -> dict[str, dict[str, str]]:
    return {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in rows[1:]}


def _forms(concept: dict[str, str]) -> set[str]:
    other = concept["other"].split(" | ") if concept["other"] else []
    return {form.casefold() for form in (concept["fr"], concept["en"], *other)}


def test_every_line_has_every_column(rows: list[list[str]]) -> None:
    assert rows[0] == COLUMNS
    for row in rows[1:]:
        assert len(row) == len(COLUMNS), row
        concept = dict(zip(COLUMNS, row, strict=True))
        assert [name for name in COLUMNS if not concept[name] and name not in MAY_BE_EMPTY] == []
        assert all(value == " ".join(value.split()) for value in row), row


def test_an_id_is_a_short_slug_and_names_one_concept(rows: list[list[str]]) -> None:
    ids = [row[0] for row in rows[1:]]
    assert [name for name, count in Counter(ids).items() if count > 1] == []
    assert [name for name in ids if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) or len(name) > 40] == []


def test_there_are_enough_concepts_of_each_kind(concepts: dict[str, dict[str, str]]) -> None:
    kinds = Counter(concept["kind"] for concept in concepts.values())
    assert set(kinds) == SKILL_KINDS | FORUM_KINDS
    assert sum(kinds[kind] for kind in SKILL_KINDS) >= 420
    assert sum(kinds[kind] for kind in FORUM_KINDS) >= 140


def test_near_concepts_exist_and_are_near_each_other(concepts: dict[str, dict[str, str]]) -> None:
    for name, concept in concepts.items():
        near = concept["near"].split(" ")
        assert len(near) == len(set(near)), name
        assert name not in near
        assert [other for other in near if other not in concepts] == [], name
        assert [other for other in near if name not in concepts[other]["near"].split(" ")] == [], name


def test_no_surface_form_belongs_to_two_concepts(concepts: dict[str, dict[str, str]]) -> None:
    forms = Counter(form for concept in concepts.values() for form in _forms(concept))
    assert [form for form, count in forms.items() if count > 1] == []
    assert not any("|" in form for form in forms)


def test_other_forms_repeat_neither_a_label_nor_themselves(concepts: dict[str, dict[str, str]]) -> None:
    for name, concept in concepts.items():
        other = [form.casefold() for form in concept["other"].split(" | ") if form]
        assert len(other) == len(set(other)), name
        assert not {concept["fr"].casefold(), concept["en"].casefold()} & set(other), name


def test_a_sentence_is_short_and_ends(concepts: dict[str, dict[str, str]]) -> None:
    for name, concept in concepts.items():
        for sentence in (concept["sentence_fr"], concept["sentence_en"]):
            assert 3 <= len(sentence.split()) <= 20, name
            assert sentence.endswith("."), name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("RSSI", "CISO"),
        ("DSI", "CIO"),
        ("urbaniste SI", "enterprise architect"),
        ("DPD", "DPO"),
        ("k8s", "Kubernetes"),
        ("développeuse full stack", "full-stack developer"),
        ("conceptrice-développeuse", "concepteur développeur"),
        ("AgentConnect", "ProConnect"),
        ("EBIOS RM", "EBIOS Risk Manager"),
        ("AMDAC", "chief data officer"),
    ],
)
def test_two_names_of_one_thing_are_one_concept(concepts: dict[str, dict[str, str]], one: str, other: str) -> None:
    owner = {form: name for name, concept in concepts.items() for form in _forms(concept)}
    assert owner[one.casefold()] == owner[other.casefold()]
