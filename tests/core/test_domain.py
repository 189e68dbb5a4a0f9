"""What is true of the values themselves."""

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.core import errors
from matcher.core.domain import (
    Facet,
    Kind,
    Organisation,
    OrganisationId,
    Posting,
    PostingId,
    Profile,
    ProfileId,
    kind_of,
)
from matcher.core.scoring import ASKS, ASPECTS, WISHES, Contribution, Match, Standing, Weights


def test_each_kind_is_matched_with_the_other() -> None:
    assert Kind.POSTING.other is Kind.PROFILE
    assert Kind.PROFILE.other is Kind.POSTING


def test_a_record_knows_its_side() -> None:
    assert kind_of(Posting(PostingId("1"), "Juriste")) is Kind.POSTING
    assert kind_of(Profile(ProfileId("1"), "Juriste")) is Kind.PROFILE


def test_nobody_sees_a_profile_before_its_owner_says_so() -> None:
    assert not Profile(ProfileId("1"), "Juriste").visible_to_recruiters


def test_the_weights_add_up_to_one_as_they_come() -> None:
    weights = Weights()
    assert math.isclose(sum(getattr(weights, name) for name in ASPECTS), 1.0)
    assert tuple(field.name for field in dataclasses.fields(Weights)) == ASPECTS
    assert weights.facets() == {Facet.TITLE: weights.title, Facet.SKILLS: weights.skills, Facet.BODY: weights.body}


@pytest.mark.parametrize("changed", [{"title": 0.6}, {"title": -0.5, "skills": 1.08}, {"title": 0.45}])
def test_weights_that_are_negative_or_do_not_add_up_are_refused(changed: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="add up to 1"):
        Weights(**changed)


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_weights_that_are_no_numbers_are_refused(aspect: str, value: float) -> None:
    with pytest.raises(ValueError, match="add up to 1"):
        Weights(**{aspect: value})


@given(st.lists(st.floats(0, 1), min_size=len(ASPECTS), max_size=len(ASPECTS)).filter(lambda parts: sum(parts) > 0.01))
def test_any_shares_of_one_are_weights(parts: list[float]) -> None:
    shares = [part / sum(parts) for part in parts]
    assert Weights(*shares).facets()[Facet.BODY] == shares[2]


def test_the_score_is_the_mean_of_its_two_sides_each_weighted_with_what_it_counts() -> None:
    weights, similar = Weights(), {name: place / len(ASPECTS) for place, name in enumerate(ASPECTS)}
    parts = tuple(
        Contribution(name, weight * similar[name], similar[name], Standing.COMPARED, weight)
        for name, weight in ((name, getattr(weights, name)) for name in ASPECTS)
    )
    score = sum(part.value for part in parts)
    match = Match(PostingId("1"), ProfileId("2"), rank=1, score=score, contributions=parts)
    asks, wishes = (sum(getattr(weights, name) for name in side) for side in (ASKS, WISHES))
    assert min(similar[name] for name in ASKS) < match.asks_score < max(similar[name] for name in ASKS)
    assert min(similar[name] for name in WISHES) < match.wishes_score < max(similar[name] for name in WISHES)
    assert asks * match.asks_score + wishes * match.wishes_score == pytest.approx(match.score)
    assert len(WISHES) + len(ASKS) == len(ASPECTS)


def test_a_side_that_counts_nothing_scores_nothing() -> None:
    parts = (Contribution("title", 1.0, 1.0, Standing.COMPARED, 1.0), Contribution("place", 0, 1, Standing.COMPARED, 0))
    match = Match(PostingId("1"), ProfileId("2"), rank=1, score=1.0, contributions=parts)
    assert (match.asks_score, match.wishes_score) == (1.0, 0.0)


def test_a_match_has_an_id_of_each_kind() -> None:
    match = Match(PostingId("1"), ProfileId("2"), rank=1, score=1.0, contributions=())
    assert (match.id_of(Kind.POSTING), match.id_of(Kind.PROFILE)) == ("1", "2")


def test_values_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Organisation(OrganisationId("dinum")).name = "DINUM"  # type: ignore[misc]


def test_every_error_is_in_the_tree_and_says_how_to_mend_it() -> None:
    invalid = errors.InvalidRecord(field="title", reason="is empty: write one", record_id="p-1")
    assert (str(invalid), invalid.field, invalid.record_id) == ("p-1: title: is empty: write one", "title", "p-1")
    assert str(errors.InvalidRecord(field="title", reason="is empty")).startswith("record: title")
    assert "ingest the posting" in str(errors.NotFound(Kind.POSTING))
    assert "replace it" in str(errors.AlreadyExists(Kind.PROFILE))
    assert errors.AlreadyExists(Kind.PROFILE).kind is Kind.PROFILE
    assert "pip install 'forum-matcher[cv]'" in str(errors.MissingExtra(extra="cv", purpose="reading a PDF"))
    tree = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)]
    assert len(tree) > 10
    assert all(issubclass(error, errors.MatcherError) for error in tree)
    assert {error.__name__ for error in tree} - {"MatcherError"} == {
        line.lstrip("│ ").split()[1]
        for line in (errors.__doc__ or "").splitlines()
        if line.lstrip("│ ").startswith(("├", "└"))
    }
