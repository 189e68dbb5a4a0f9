"""Skills are had again from where they stand in a record, letter by letter, or not at all."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.core.domain import Experience, Posting, PostingId, Profile, ProfileId
from matcher.core.skills import Skill
from matcher.stages import text
from tests import forums
from tests.forums import KNOWN


@given(forums.postings | forums.profiles)
def test_anchored_skills_are_the_ones_that_were_found(record: Posting | Profile) -> None:
    found = text.skills(record, KNOWN)
    anchors = text.anchors_of(record, found)
    assert anchors
    assert text.skills_at(record, [skill.named for skill in found], anchors) == found


WORDS = Profile(
    ProfileId("ana"),
    "Data scientist",
    summary="J’ai appris l’ISO 27001 et Python.",
    skills=("Python", "projet\u00a0agile"),
    experiences=(Experience("Développeuse React", summary="SQL, et du COBOL."),),
)


@given(st.sampled_from(["headline", "summary", "skills", "experiences"]))
def test_other_words_have_no_anchors(field: str) -> None:
    found = text.skills(WORDS, KNOWN)
    anchors = text.anchors_of(WORDS, found)
    assert anchors
    assert len(found) > 3
    other = {"headline": "Data analyst", "summary": "Rien.", "skills": ("Python",), "experiences": ()}[field]
    assert text.skills_at(replace(WORDS, **{field: other}), [skill.named for skill in found], anchors) is None  # type: ignore[arg-type]
    elsewhere = replace(WORDS, id=ProfileId("bob"), visible_to_recruiters=True, experience_years=3.0)
    assert text.skills_at(elsewhere, [skill.named for skill in found], anchors) == found


@pytest.mark.parametrize(
    "skills",
    [
        [Skill("x", "x", listed="not there")],
        [Skill("x", "x", quoted="COBOL")],  # behind what is read
    ],
)
def test_what_stands_nowhere_or_too_far_behind_is_not_anchored(skills: list[Skill]) -> None:
    long = Posting(PostingId("p"), "Poste", description="x " * 40_000 + "COBOL", skills=("Python",))
    assert text.anchors_of(long, skills) is None


def test_a_list_that_reaches_too_far_is_not_anchored_and_one_that_does_not_is() -> None:
    for count, anchored in ((100, True), (500, False)):
        record = Posting(PostingId("p"), "Poste", skills=(*(f"{n:0200}" for n in range(count)), "Python"))
        assert (text.anchors_of(record, [Skill("python", "python", listed="Python")]) is not None) is anchored
