"""Numbers and lengths of time as people write them."""

import re

import pytest

from matcher.core.numbers import NUMBER, number_of, years_of


@pytest.mark.parametrize(
    ("written", "number"),
    [("3", 3.0), ("12", 12.0), ("2,5", 2.5), ("2.5", 2.5), ("un", 1.0), ("Dix-huit", 18.0), ("twenty", 20.0)],
)
def test_digits_and_words_are_numbers(written: str, number: float) -> None:
    assert re.fullmatch(NUMBER, written, re.IGNORECASE)
    assert number_of(written) == number


@pytest.mark.parametrize("text", ["quelqu'une", "aucun", "vingt-cinq", "unité", "oneself"])
def test_a_part_of_another_word_is_no_number(text: str) -> None:
    found = re.search(NUMBER, text, re.IGNORECASE)
    assert found is None or found[0] in {"une", "vingt"}


@pytest.mark.parametrize(
    ("written", "unit", "half", "years"),
    [
        ("18", "mois", False, 1.5),
        ("six", "months", False, 0.5),
        ("7", "mois", False, 0.58),
        ("deux", "ans", True, 2.5),
        ("2", "years", False, 2.0),
        ("18", "mois", True, 1.54),
    ],
)
def test_months_are_parts_of_years(written: str, unit: str, half: bool, years: float) -> None:
    assert years_of(written, unit, half=half) == years


@pytest.mark.parametrize(("written", "number"), [("DİX", 10), ("sıx", 6), ("dix-ſept", 17), ("fıve", 5)])
def test_letters_that_patterns_take_for_i_and_s_are_read_so(written: str, number: int) -> None:
    assert re.fullmatch(NUMBER, written, re.IGNORECASE)
    assert number_of(written) == number


@pytest.mark.parametrize("text", ["trente et un ans", "vingt cinq ans", "forty two years"])
def test_the_last_word_of_a_longer_number_is_none_of_its_own(text: str) -> None:
    found = re.search(NUMBER, text, re.IGNORECASE)
    assert found is None or found.start() == 0
