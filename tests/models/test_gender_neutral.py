"""An encoder to which the genders of a title are one."""

import numpy as np
import pytest

import models
from matcher.core.domain import Facet
from models.gender_neutral import GenderNeutral
from models.words import WordsEncoder


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Développeur (H/F)", "développeuse"),
        ("un·e développeur·euse", "Développeur"),
        ("Directrice adjointe", "directeur adjoint"),
        ("Data scientist H/F", "data scientist"),
    ],
)
def test_the_genders_of_a_title_have_one_vector(one: str, other: str) -> None:
    first, second = GenderNeutral(WordsEncoder()).encode([one, other])
    assert np.array_equal(first, second)


@pytest.mark.parametrize("text", ["H/F", "", "…"])
def test_a_text_that_is_nothing_but_a_mark_is_encoded_as_it_is(text: str) -> None:
    assert np.array_equal(GenderNeutral(WordsEncoder()).encode([text]), WordsEncoder().encode([text]))


def test_it_is_told_apart_from_the_encoder_in_it() -> None:
    inner = WordsEncoder()
    outer = GenderNeutral(inner)
    assert (outer.name, outer.dimension) == ("gender-neutral (words)", inner.dimension)
    assert outer.fingerprint != inner.fingerprint
    assert outer.encode([]).shape == (0, inner.dimension)


def test_who_asks_for_no_model_by_name_gets_genders_that_are_nearly_one_and_nearer_than_the_engine_s_encoder() -> None:
    titles = ["Directrice des systèmes d'information", "Directeur des systèmes d'information (H/F)", "Infirmière"]
    first, second, third = models.load().encode(titles)
    assert float(first @ second) > 0.99 > float(first @ third)
    plain = models.load(models.DEFAULTS[Facet.TITLE]).encode(titles)
    assert float(first @ second) > float(plain[0] @ plain[1])
    assert not np.array_equal(first, second)  # what is written still decides between equals
