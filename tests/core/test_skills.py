"""One skill beside another: the one measure that the ranking and its reasons share."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.core.skills import NEAR, PROSE_SHARE, SAME, Skill, cosines, graded, nearnesses
from tests.fakes import FakeThesaurus

KNOWN = FakeThesaurus(near={"javascript": {"react": 0.7, "html": 0.2}}, apart=[{"javascript", "java"}])
ASKED = Skill("javascript", "javascript", listed="JavaScript")
EAST = np.array([1.0, 0.0], dtype=np.float32)


def at(*angles: float) -> np.ndarray:
    """Unit vectors at those cosines from EAST."""
    return np.array([[cosine, (1 - cosine**2) ** 0.5] for cosine in angles], dtype=np.float32).reshape(-1, 2)


def near(*others: tuple[str, float]) -> list[float]:
    """How far skills of those names and cosines stand in for JavaScript."""
    vectors = at(*(cosine for _, cosine in others))
    (found,) = nearnesses(
        [ASKED], EAST[None], offered=[Skill(name, name) for name, _ in others], vectors=vectors, thesaurus=KNOWN
    )
    assert found.dtype == np.float32
    assert found.shape == (len(others),)
    return [float(value) for value in found]


def test_the_same_name_is_the_same_skill_whatever_the_vectors_say() -> None:
    assert near(("javascript", -1.0), ("javascript", 1.0)) == [1.0, 1.0]


def test_what_the_thesaurus_says_goes_before_what_the_vectors_say() -> None:
    between = (NEAR + SAME) / 2
    assert near(("react", 0.0), ("html", between), ("react", 1.0), ("cobol", between), ("cobol", 1.0)) == pytest.approx(
        [0.7, 0.2, 0.7, between, 1.0]
    )


def test_what_the_thesaurus_tells_apart_is_not_near_however_alike_the_vectors_are() -> None:
    assert near(("java", 1.0), ("java", (NEAR + SAME) / 2), ("cobol", 1.0)) == [0.0, 0.0, 1.0]


def test_what_neither_knows_is_not_near() -> None:
    assert near(("cobol", NEAR - 0.01), ("cobol", -1.0)) == [0.0, 0.0]
    assert near() == []


def test_cosines_say_nothing_below_near_and_all_from_same_on() -> None:
    said = graded(np.array([-1.0, 0.0, NEAR - 1e-3, NEAR + 1e-3, SAME - 1e-3, SAME + 1e-3, 1.0001], dtype=np.float32))
    assert said.tolist() == pytest.approx([0, 0, 0, NEAR + 1e-3, SAME - 1e-3, 1, 1])
    assert 0 < NEAR < SAME <= 1


@given(st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=20))
def test_a_nearer_vector_never_says_less(values: list[float]) -> None:
    said = graded(np.array(sorted(values), dtype=np.float32))
    assert np.all(np.diff(said) >= 0)
    assert said.min() >= 0
    assert said.max() <= 1


@given(st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_a_cosine_is_the_same_to_the_last_bit_whatever_stands_beside_it(rows: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    vectors = chance.standard_normal((rows, 256)).astype(np.float32)
    vector = chance.standard_normal(256).astype(np.float32)
    every = cosines(vectors, vector)
    for row in range(rows):
        assert cosines(vectors[row : row + 1], vector)[0] == every[row]
        assert cosines(np.ascontiguousarray(vectors[row:]), vector)[0] == every[row]


@given(st.integers(1, 12), st.integers(0, 20), st.integers(0, 2**32 - 1))
def test_what_else_is_asked_for_changes_no_value_in_the_last_bit(asked: int, others: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    skills = [Skill(name, name) for name in chance.choice(["javascript", "react", "cobol"], asked)]
    offered = [Skill(str(name), str(name)) for name in chance.choice(["javascript", "html", "cobol"], others)]
    mine, theirs = ((chance.standard_normal((rows, 64)) / 8).astype(np.float32) for rows in (asked, others))
    every = nearnesses(skills, mine, offered=offered, vectors=theirs, thesaurus=KNOWN)
    assert every.shape == (asked, others)
    for row, skill in enumerate(skills):
        (alone,) = nearnesses([skill], mine[row][None], offered=offered, vectors=theirs, thesaurus=KNOWN)
        assert np.array_equal(every[row], alone)


def test_a_skill_is_written_as_it_is_listed_else_as_it_is_quoted() -> None:
    assert Skill("pg", "postgresql", listed="Postgres", quoted="PostgreSQL").written == "Postgres"
    assert Skill("pg", "postgresql", quoted="PostgreSQL").written == "PostgreSQL"
    assert Skill("pg", "postgresql").written == "postgresql"


def test_what_is_only_mentioned_counts_less_than_what_is_listed() -> None:
    assert Skill("pg", "postgresql", listed="Postgres", quoted="PostgreSQL").share == 1.0
    assert Skill("pg", "postgresql", quoted="PostgreSQL").share == PROSE_SHARE
    assert 0 < PROSE_SHARE <= 1
