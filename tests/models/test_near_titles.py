"""What reasons call a similar title, with the encoder that the ranking compares titles by."""

import numpy as np
import pytest

import models
from matcher.core.domain import Facet, Posting, PostingId
from matcher.core.ports import Encoder
from matcher.stages.explain import NEAR_TITLE
from matcher.stages.text import facet_texts


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return models.load_titles()


def _cosine(encoder: Encoder, *titles: str) -> float:
    texts = [facet_texts(Posting(PostingId("p"), title))[Facet.TITLE][0].text for title in titles]
    one, other = encoder.encode(texts)
    return float(np.dot(one, other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("architecte DPLG", "DPO"),
        ("DPLG", "DPO"),
        ("SSIAP", "RSSI"),
        ("chef d'équipe SSIAP 2", "RSSI"),
        ("agent SSIAP 1", "RSSI"),
        ("technicien de surface", "technicien support"),
        ("administrateur judiciaire", "administrateur système"),
        ("développeur commercial", "développeur web"),
        ("pilote de ligne", "pilote de projet"),
        ("community manager", "data manager"),
        ("analyste financier", "analyste SOC"),
        ("chef de chantier", "chef de projet informatique"),
    ],
)
def test_titles_that_share_letters_or_a_word_are_not_called_similar(encoder: Encoder, one: str, other: str) -> None:
    assert _cosine(encoder, one, other) < NEAR_TITLE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("RSSI", "responsable cybersécurité"),
        ("DPO", "déléguée à la protection des données"),
        ("développeur web", "développeuse d'applications web"),
        ("data scientist", "scientifique des données"),
        ("cheffe de projet informatique", "chef de projet SI"),
        ("administrateur systèmes et réseaux", "ingénieure systèmes et réseaux"),
        ("UX designer", "designer d'expérience utilisateur"),
        ("software engineer", "ingénieur logiciel"),
        ("technicien support", "technicienne d'assistance informatique"),
        ("data engineer", "ingénieure data"),
    ],
)
def test_titles_of_one_trade_are_called_similar(encoder: Encoder, one: str, other: str) -> None:
    assert _cosine(encoder, one, other) >= NEAR_TITLE
