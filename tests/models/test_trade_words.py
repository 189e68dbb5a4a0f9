"""Which titles say what somebody does, and which are the name of something."""

import time
from pathlib import Path

import pytest

from matcher.core.errors import ModelUnavailable
from matcher.stages.text import neutral
from models.thesaurus import Thesaurus
from models.trade_words import MOST_CHARACTERS, TradeWords, first_word, last_word


@pytest.mark.parametrize(
    "title",
    [
        "Développeuse Java (H/F)",
        "CHEF·FE DE PROJET MOA",
        "Chargé(e) d'études statistiques",
        "Head of Data",
        "Senior UX writer",
        "Urbaniste SI",
        "DSI",
        "DRH SUD-EST",
        "Product owner – CartoFlux",
        "CartoFlux : géomaticien·ne",
        "Cybersécurité",
        "Développement web",
        "dev front",
        "InfraOps",
        "PMO",
        "Intrapreneuse",
        "Préfiguratrice du fonds vert",
        "Gestion des ressources humaines",
        "Medecin du travail",
        "Developpeur",
        "Ingénieure de recherche",
        "ingenieru systèmes",
        "Directeurtrice de la vie étudiante",
        "Agentes d'accueil",
        "Référente Lidar HD",
        "Déploiement",
        "Stagiaire – pilotage / produit",
    ],
)
def test_a_trade_says_what_is_done(title: str, thesaurus: Thesaurus) -> None:
    assert thesaurus.says_trade(title)


@pytest.mark.parametrize(
    "title",
    [
        "CartoFlux",
        "Zéphyr",
        "Ma mairie",
        "Plateau ouvert",
        "Horizon 2030",
        "ViaRail",
        "Cap territoires",
        "Transparence",
        "Signal",
        "Recrutement 2021-045",
        "Mon village",
        "Poste à pourvoir",
        "CDD 6 mois",
        "OFFRE 12",
        "Candidature spontanée",
        "Looking for a new challenge",
        "?",
        "",
        "🦄",
    ],
)
def test_the_name_of_a_project_or_of_a_contract_does_not(title: str, thesaurus: Thesaurus) -> None:
    assert not thesaurus.says_trade(title)


def test_names_of_occupations_begin_in_french_and_end_in_english_with_who_does_it() -> None:
    assert first_word("l'ingénieur d'études") == "ingenieur"
    assert last_word("head of data science") == "head"
    assert last_word("ICT help desk agent (level 1)") == "agent"
    assert first_word("3D") is None
    assert last_word("of") is None


def test_a_title_without_end_takes_no_time_and_what_stands_far_behind_is_not_read() -> None:
    words = TradeWords(neutral)
    assert not words.stand_in("zéphyr " * (MOST_CHARACTERS // 7 + 1) + "développeur")
    words.stand_in("a")
    started = time.thread_time()
    words.stand_in("zéphyrographique " * 100_000)
    assert time.thread_time() - started < 1


def test_a_table_that_is_missing_says_how_to_mend_it(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"words\.tsv is missing: install it again"):
        TradeWords(neutral, tmp_path / "words.tsv").stand_in("Zéphyr")
