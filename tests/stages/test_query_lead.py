"""How a request begins and ends that is put in sentences is no word of it."""

import pytest

from matcher.stages.text.query import SearchQuery, parse


@pytest.mark.parametrize(
    "lead",
    [
        "Madame, Monsieur, nous recherchons un ",
        "Madame et Monsieur, je recherche un ",
        "Bonjour Madame, Monsieur, je recherche un ",
        "Dear Sir or Madam, ",
        "Bonjour, ",
        "Bonjour ",
        "Bonjour à tous, ",
        "Bonjour, je cherche un ",
        "Hello, I am looking for a ",
        "Hi there, we're looking for a ",
        "Hello I need a ",
        "Chers collègues, nous cherchons à recruter un ",
        "Je recherche pour mon service un ",
        "Je recherche pour notre direction du numérique un ",
        "Recrute ",
        "Nous recrutons ",
        "nous recherchons ",
        "on recrute un ",
        "je cherche un poste de ",
        "poste de ",
        "poste : ",
        "profil : ",
        "offre d'emploi ",
        "offres d'emploi : ",
        "offres ",
        "URGENT, ",
        "urgent : ",
    ],
)
@pytest.mark.parametrize("trade", ["RSSI", "développeur Java"])
def test_who_greets_and_who_asks_is_no_part_of_the_trade(lead: str, trade: str) -> None:
    assert parse(lead + trade) == SearchQuery(trade)


@pytest.mark.parametrize(
    "end", [" svp", ", merci d'avance", ". Merci d'avance. Cordialement", ", please", ". Thank you!"]
)
def test_nor_is_who_thanks(end: str) -> None:
    assert parse(f"développeur Java{end}") == SearchQuery("développeur Java")


def test_who_looks_for_somebody_may_be_named_first() -> None:
    assert parse("Direction du numérique, nous recherchons un RSSI").parts == ("Direction du numérique", "RSSI")
    assert parse("candidats parlant allemand, chef de projet") == SearchQuery("chef de projet", languages=("allemand",))


@pytest.mark.parametrize(
    "text",
    [
        "poste de travail",
        "POSTE DE TRAVAIL",
        "technicien poste de travail",
        "poste de commandement",
        "poste HTA technicien",
        "offre de soins",
        "emploi et formation",
        "candidate experience manager",
        "hiring manager",
        "Hi-Fi engineer",
        "recherche clinique",
        "recherche et développement",
        "chargé de mission recherche de financements",
        "Need for Speed developer",
        "Monsieur Bricolage vendeur",
        "on-call engineer",
        "urgentiste",
        "besoin en recrutement",
        "profil technique acheteur",
    ],
)
def test_a_name_that_begins_so_is_kept(text: str) -> None:
    assert parse(text).words == text
    assert parse(f"assistant, {text}").words == f"assistant {text}"


def test_nothing_is_taken_out_of_a_phrase() -> None:
    assert parse('"Bonjour, je recherche un RSSI"').phrases == ("Bonjour, je recherche un RSSI",)
