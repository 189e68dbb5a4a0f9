"""Answers in a terminal read as French and English are written."""

from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from matcher.core.domain import Posting, PostingId, Profile, ProfileId
from matcher.engine import Matcher
from matcher.show import describe, print_answer
from tests.engines import BOB, LAW, Opener


@pytest.fixture
def matcher(tmp_path: Path) -> Iterator[Matcher]:
    opener = Opener(tmp_path)
    yield opener()
    opener.close()


@pytest.mark.parametrize(
    ("years", "french", "english"),
    [(0.5, "0,5 an", "0.5 years"), (1.0, "1 an", "1 year"), (1.5, "1,5 an", "1.5 years"), (2.0, "2 ans", "2 years")],
)
def test_years_are_counted_as_each_language_does(years: float, french: str, english: str) -> None:
    profile = Profile(ProfileId("c"), "x", experience_years=years)
    assert describe(profile, "fr") == f"x\n{french}"
    assert describe(profile, "en") == f"x\n{english}"


@pytest.mark.parametrize(
    ("copies", "french", "english"),
    [(1, "(+1 offre identique)", "(+1 identical posting)"), (2, "(+2 offres identiques)", "(+2 identical postings)")],
)
def test_what_was_published_again_is_counted_in_words_that_agree(
    matcher: Matcher, copies: int, french: str, english: str
) -> None:
    again = [replace(LAW, id=PostingId(f"law again {number}")) for number in range(copies)]
    matcher.put([BOB, LAW, *again])
    for language, said in (("fr", french), ("en", english)):
        assert said in _shown(matcher, BOB, language)


def test_a_profile_without_a_match_is_not_told_that_a_posting_is_closed(matcher: Matcher) -> None:
    matcher.put([BOB])
    assert "aucune offre ouverte ne remplit les conditions du profil" in _shown(matcher, BOB, "fr")
    assert "no open posting meets the profile's conditions" in _shown(matcher, BOB, "en")


def _shown(matcher: Matcher, record: Profile | Posting, language: str) -> str:
    out = Console(width=300, file=StringIO(), record=True)
    answer = (matcher.suggestions if isinstance(record, Profile) else matcher.candidates)(record.id)
    print_answer(out, matcher, record, answer, language=language)
    return out.export_text()
