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
