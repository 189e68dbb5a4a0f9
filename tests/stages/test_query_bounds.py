"""At least and at most, of years and of pay, in the words in which recruiters say them."""

import pytest

from matcher.stages.text.query import parse


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("no more than 3 years", 0, 3),
        ("no more than 3 years of experience", 0, 3),
        ("at most 3 years", 0, 3),
        ("3 years at most", 0, 3),
        ("not over 3 years", 0, 3),
        ("fewer than 3 years", 0, 2),
        ("below 3 years", 0, 2),
        ("3 years or fewer", 0, 3),
        ("3 ans maxi", 0, 3),
        ("maxi 3 ans", 0, 3),
        ("maxi : 3 ans", 0, 3),
        ("au maximum 3 ans", 0, 3),
        ("pas au-delà de 5 ans", 0, 5),
        ("ne dépassant pas 5 ans", 0, 5),
        ("sans dépasser 5 ans", 0, 5),
        ("inférieur à 5 ans d'expérience", 0, 4),
        ("expérience inférieure à 3 ans", 0, 2),
        ("expérience inférieure ou égale à 3 ans", 0, 3),
        ("expérience supérieure à 5 ans", 5, None),
        ("au-delà de 5 ans", 5, None),
        ("pas moins de 5 ans", 5, None),
        ("no less than 5 years", 5, None),
        ("not under 5 years", 5, None),
        ("5 years and above", 5, None),
        ("5 years at least", 5, None),
        ("3 ans min, 5 ans max", 3, 5),
        ("min 3 ans max 5 ans", 3, 5),
        ("plus ou moins 5 ans", 5, None),
        ("environ 5 ans", 5, None),
    ],
)
def test_years_are_bounded_on_the_side_that_is_said_and_no_word_of_it_is_left(
    text: str, least: float, most: float | None
) -> None:
    for query in (parse(f"développeur, {text}"), parse(f"{text}, développeur")):
        assert (query.experience_years, query.experience_years_max) == (least, most)
        assert (query.words, query.excluded, query.terms) == ("développeur", (), ())


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("45k maxi", None, 45_000),
        ("45k at most", None, 45_000),
        ("45k or less", None, 45_000),
        ("45k ou moins", None, 45_000),
        ("pas plus de 45k", None, 45_000),
        ("no more than 45k", None, 45_000),
        ("not above 45k", None, 45_000),
        ("salaire inférieur à 45k", None, 45_000),
        ("salaire maxi : 45000", None, 45_000),
        ("salary below 45k", None, 45_000),
        ("rémunération ne dépassant pas 45k", None, 45_000),
        ("pas moins de 45k", 45_000, None),
        ("no less than 45k", 45_000, None),
        ("salaire supérieur à 45k", 45_000, None),
        ("salary above 45k", 45_000, None),
        ("45k ou plus", 45_000, None),
        ("salaire autour de 45k", 45_000, 45_000),
    ],
)
def test_pay_is_bounded_on_the_side_that_is_said_and_no_word_of_it_is_left(
    text: str, least: float | None, most: float | None
) -> None:
    for query in (parse(f"développeur, {text}"), parse(f"{text}, développeur")):
        assert (query.salary_min, query.salary_max) == (least, most)
        assert (query.words, query.excluded) == ("développeur", ())


def test_a_bound_is_of_the_number_beside_it() -> None:
    query = parse("développeur 3 ans maximum 45k")
    assert (query.experience_years, query.experience_years_max) == (3, None)
    assert (query.salary_min, query.salary_max) == (None, 45_000)
    query = parse("développeur 45k maximum 3 ans")
    assert (query.experience_years, query.experience_years_max) == (0, 3)


@pytest.mark.parametrize(
    "text",
    [
        "CDD de 3 ans maximum",
        "contrat d'au plus 3 ans",
        "pas plus de 30 ans",
        "30 ans maximum",
        "no more than 50 users",
        "pas plus de 3 serveurs",
        "pas plus de 200 k€ de budget",
        "marchés inférieurs à 90 k€",
        "au plus tôt",
    ],
)
def test_what_else_is_bounded_is_neither_experience_nor_pay_nor_refused(text: str) -> None:
    query = parse(f"chef de projet, {text}")
    assert (query.experience_years, query.experience_years_max) == (None, None)
    assert (query.salary_min, query.salary_max, query.excluded) == (None, None, ())


def test_a_tool_whose_name_is_such_a_word_stays_one() -> None:
    query = parse("graphiste 3ds Max 3 ans")
    assert (query.words, query.experience_years, query.experience_years_max) == ("graphiste 3ds Max", 3, None)


@pytest.mark.parametrize("text", ["expérience, analyste", "salaires, gestionnaire", "experience manager CDI"])
def test_words_of_a_comparison_without_a_number_stay_words(text: str) -> None:
    assert parse(text).words == text.replace(",", "").removesuffix(" CDI")
