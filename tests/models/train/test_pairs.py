"""Pairs say one thing twice, and a batch of them holds hard negatives and no false ones."""

from dataclasses import replace

import pytest

from matcher.stages.text import neutral
from models.train.hyperparameters import PairParameters, WritingParameters
from models.train.pairs import Pair, rounds
from models.train.sources import Concept
from tests.models.train import tiny

# One draw a round of everything, so that a batch and a round are one.
EVEN = PairParameters(
    occupation=1, group=1, skill=1, appellation=1, code=1, sheet=1, posting=1, lexicon=1, prose=0.0, siblings=4
)


@pytest.fixture(scope="module")
def concepts(tmp_path_factory: pytest.TempPathFactory) -> list[Concept]:
    return list(tiny.concepts(tmp_path_factory.mktemp("data")).values())


WELL_SPELT = replace(EVEN, writing=WritingParameters(typo=0.0))
"""A text tells whose name it is."""


def _labels(concepts: list[Concept], *, parameters: PairParameters = EVEN, seed: int = 1, count: int = 1) -> list[Pair]:
    return [pair for labels, _ in rounds(concepts, parameters, seed=seed, count=count) for pair in labels]


def test_one_seed_gives_one_sequence_and_another_gives_another(concepts: list[Concept]) -> None:
    assert _labels(concepts, count=3) == _labels(concepts, count=3)
    assert _labels(concepts) != _labels(concepts, seed=2)


def test_a_round_is_the_same_however_many_follow(concepts: list[Concept]) -> None:
    one, three = _labels(concepts), _labels(concepts, count=3)
    assert three[: len(one)] == one


def _numbered(count: int) -> list[Concept]:
    """Concepts whose names tell them apart, four to a group."""
    return [
        Concept(
            id=str(at),
            kind="skill",
            group=str(at // 4),
            french=(f"français {at:03d}", f"autre {at:03d}"),
            english=(f"english {at:03d}", f"other {at:03d}"),
        )
        for at in range(count)
    ]


def _number(text: str) -> int:
    return int(text.split()[1])


def test_every_concept_stands_once_in_a_draw() -> None:
    assert sorted(_number(one) for one, _ in _labels(_numbered(80), parameters=WELL_SPELT)) == list(range(80))


def test_a_pair_is_two_different_names_of_one_concept() -> None:
    found = _labels(_numbered(80), parameters=WELL_SPELT, count=5)
    assert all(_number(one) == _number(other) for one, other in found)
    assert all(one != other for one, other in found)


def test_siblings_stand_together() -> None:
    groups = [_number(one) // 4 for one, _ in _labels(_numbered(80), parameters=WELL_SPELT)]
    clusters = [set(groups[at : at + 4]) for at in range(0, 80, 4)]
    assert all(len(cluster) == 1 for cluster in clusters)
    assert groups != sorted(groups)


def test_a_few_names_are_misspelt_by_a_letter() -> None:
    numbered = _numbered(80)
    names = {name for concept in numbered for name in (*concept.french, *concept.english)}
    odd = [text for pair in _labels(numbered, count=10) for text in pair if text not in names]
    assert 0.02 < len(odd) / 1600 < 0.06
    lengths = {len(name) for name in names}
    assert all({len(text) - 1, len(text), len(text) + 1} & lengths for text in odd)


def test_prose_stands_apart_from_labels(concepts: list[Concept]) -> None:
    ((labels, prose),) = rounds(concepts, replace(EVEN, prose=1.0), seed=1, count=1)
    passages = {text for concept in concepts for text in concept.prose}
    assert prose
    assert all(passage in passages for _, passage in prose)
    assert not any(other in passages for _, other in labels)


def test_titles_stand_in_their_neutral_form_and_as_written(concepts: list[Concept]) -> None:
    titles = {name for one in concepts if one.kind == "occupation" for name in one.french}
    gendered = {name for name in titles if neutral(name) != name}
    drawn = {text for pair in _labels(concepts, count=20) for text in pair}
    assert gendered & drawn
    assert {neutral(name) for name in gendered} & drawn


def test_a_concept_of_one_name_is_paired_with_prose_or_not_at_all() -> None:
    alone = Concept(id="a", kind="skill", group="", french=("seul",))
    told = replace(alone, id="b", prose=("raconté en une phrase",))
    ((labels, prose),) = rounds([alone, told], EVEN, seed=1, count=1)
    assert not labels
    assert [passage for _, passage in prose] == ["raconté en une phrase"]


def test_a_title_as_people_say_it_is_paired_with_a_name_of_the_concept_or_another_such_title() -> None:
    concept = Concept(
        id="a",
        kind="occupation",
        group="g",
        french=("plâtrier",),
        english=("plasterer",),
        said=(("plafonneur", True), ("drywaller", False)),
    )
    names, said = {"plâtrier", "plasterer", "plasterers"}, {"plafonneur", "drywaller", "drywallers"}
    drawn = [tuple(map(str.lower, pair)) for pair in _labels([concept], count=1)]
    assert not said & {text for pair in drawn for text in pair}, "none is asked for"
    parameters = replace(EVEN, said=1.0)
    found = [pair for labels, _ in rounds([concept], parameters, seed=1, count=400) for pair in labels]
    plain = [pair for pair in found if set(pair) <= names | said]
    assert len(plain) > 300, "the others are misspelt or marked"
    assert all(set(pair) & said for pair in plain)
    assert {text for pair in plain for text in pair} == names | said
    assert 0.1 < sum(set(pair) <= said for pair in plain) / len(plain) < 0.3
