"""Titles become rows once each, and through the engine's own title facet."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest

from benchmarks.encoding import Titles, as_given, neutral, of_record
from matcher.core.domain import Experience, Profile, ProfileId
from matcher.core.errors import InvalidVectors
from matcher.core.ports import Vectors
from tests.fakes import FakeEncoder


def test_a_text_is_encoded_once_however_often_it_is_asked_for() -> None:
    encoder = FakeEncoder()
    titles = Titles(encoder)
    first = titles.rows([as_given("mason"), as_given("juriste"), as_given("mason")])
    assert np.array_equal(first[:2], titles.rows([as_given("mason"), as_given("juriste")]))
    assert np.array_equal(first[0], first[2])
    assert encoder.encoded == 2


def test_memory_is_bounded_and_what_was_dropped_is_encoded_again() -> None:
    encoder = FakeEncoder()
    titles = Titles(encoder, kept_texts=2)
    wanted = [as_given(name) for name in "abc"]
    first = titles.rows(wanted[:2])
    rows = titles.rows(wanted)
    assert np.array_equal(rows[:2], first)
    assert encoder.encoded == 5


def test_the_neutral_form_is_the_engine_s_and_a_title_without_words_has_no_row() -> None:
    titles = Titles(FakeEncoder())
    rows = titles.rows([neutral("Développeuse (F/H)"), neutral("développeur"), neutral("…"), neutral("")])
    assert np.array_equal(rows[0], rows[1])
    assert not rows[2:].any()


def test_a_profile_s_past_titles_take_their_share_and_the_row_has_length_one() -> None:
    profile = Profile(
        id=ProfileId("p"), headline="juriste", experiences=(Experience(title="data analyst", start=date(2020, 1, 1)),)
    )
    titles = Titles(FakeEncoder())
    both, headline, past = titles.rows([of_record(profile), as_given("juriste"), as_given("data analyst")])
    expected = 0.75 * headline + 0.25 * past
    assert np.allclose(both, expected / np.linalg.norm(expected), atol=1e-6)


class _Broken(FakeEncoder):
    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.full((len(texts), self.dimension), np.nan, dtype=np.float32)


def test_an_encoder_that_gives_nan_is_refused_and_not_praised() -> None:
    with pytest.raises(InvalidVectors, match="not finite"):
        Titles(_Broken()).rows([as_given("mason")])
