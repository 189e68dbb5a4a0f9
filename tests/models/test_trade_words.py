"""Which titles say what somebody does, and which are the name of something."""

import time
from pathlib import Path

import pytest

from matcher.core.domain import Facet, Posting, PostingId
from matcher.core.errors import ModelUnavailable
from matcher.stages.text import facet_texts
from models.thesaurus import Thesaurus
from models.trade_words import MOST_CHARACTERS, TradeWords, one_gender, words_of

PROSE = "Vous travaillerez avec les services, au plus près des agents et de leurs besoins. " * 3


def _is_compared(title: str, thesaurus: Thesaurus) -> bool:
    posting = Posting(PostingId("p"), title=title, description=PROSE)
    return Facet.TITLE in facet_texts(posting, thesaurus=thesaurus)


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
    assert _is_compared(title, thesaurus)
    assert _is_compared(title.upper(), thesaurus)


@pytest.mark.parametrize(
    "title",
    [
        "CartoFlux",
        "Zéphyr",
        "Plateau ouvert",
        "Horizon 2030",
        "ViaRail",
        "Transparence",
        "Recrutement 2021-045",
        "Mon village",
        "Stage",
        "Stagiaire",
        "Poste à pourvoir",
        "CDD 6 mois",
        "OFFRE 12",
        "Candidature spontanée",
        "Looking for a new challenge",
        "🦄",
    ],
)
def test_the_name_of_a_project_or_of_a_contract_does_not(title: str, thesaurus: Thesaurus) -> None:
    assert not _is_compared(title, thesaurus)
    assert not _is_compared(title.upper(), thesaurus)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Créatif", "Créative"),
        ("Élu local", "Élue locale"),
        ("Doyen", "Doyenne"),
        ("Curieux de nature", "Curieuse de nature"),
        ("Prof", "Profe"),
        ("Retraité", "Retraitée"),
        ("Chef", "Chèfe"),
        ("Paie", "PAIE"),
        ("Zorg", "Zorg (F/H/NB)"),
        ("Zorg", "Zorg (FHX)"),
        ("Zorg", "Zorg – CDD de 6 mois"),
        ("Zorg", "Zorg (stage)"),
        ("Zorg", "Zorg RQTH"),
    ],
)
def test_neither_gender_nor_case_nor_what_is_added_decides(one: str, other: str, thesaurus: Thesaurus) -> None:
    assert _is_compared(one, thesaurus) == _is_compared(other, thesaurus)


def test_what_is_one_for_both_genders() -> None:
    for forms in (
        "chargé chargée chargés",
        "créatif créatives",
        "directeur directrice",
        "cheffe chef",
        "doyen doyenne",
    ):
        assert len({one_gender(word) for word in words_of(forms)}) == 1


def test_a_title_without_end_takes_no_time_and_what_stands_far_behind_is_not_read() -> None:
    words = TradeWords()
    assert not words.stand_in("zéphyr " * (MOST_CHARACTERS // 7 + 1) + "développeur")
    words.stand_in("a")
    started = time.thread_time()
    words.stand_in("zéphyrographique " * 100_000)
    assert time.thread_time() - started < 1


def test_a_table_that_is_missing_says_how_to_mend_it(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"words\.tsv is missing: install it again"):
        TradeWords(tmp_path / "words.tsv").stand_in("Zéphyr")
    (tmp_path / "words.tsv").write_text("chef\twho\nbureau\n", encoding="utf-8")
    with pytest.raises(ModelUnavailable, match=r"words\.tsv is damaged"):
        TradeWords(tmp_path / "words.tsv").stand_in("Zéphyr")
