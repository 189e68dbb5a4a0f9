"""A trade says its skill in a title that somebody gives themselves, and nowhere else."""

import time
from pathlib import Path

import pytest

from matcher.core.domain import Experience, Posting, PostingId, Profile, ProfileId
from matcher.core.errors import ModelUnavailable
from matcher.stages.text import neutral, skills
from models import concepts
from models.thesaurus import Thesaurus
from models.trades import MOST_CHARACTERS, Trades


@pytest.fixture(scope="module")
def trades() -> Trades:
    return Trades(neutral)


def _quoted(trades: Trades, title: str) -> list[str]:
    return [title[one.start : one.end] for one in trades.of(title)]


def test_every_trade_stands_in_its_neutral_form_and_says_a_skill_that_is_known(
    trades: Trades, thesaurus: Thesaurus
) -> None:
    assert [name for name in trades.names if concepts.fold(neutral(name)) != name] == []
    assert None not in thesaurus.names([*trades.skills])


@pytest.mark.parametrize(
    ("title", "quoted"),
    [
        ("Data scientist", "Data scientist"),
        ("DATA SCIENTIST", "DATA SCIENTIST"),
        ("Lead data-scientist (Python, NLP)", "data-scientist"),
        ("Scientifique des données.", "Scientifique des données"),
        ("Cheffe de projet digital", "Cheffe de projet"),
        ("Chef·fe de projet MOA", "Chef·fe de projet"),
        ("Chef(fe) de projets (H/F)", "Chef(fe) de projets"),
        ("Chef / cheffe de projet", "Chef / cheffe de projet"),
        ("Développeuse Java / Cheffe de projet", "Cheffe de projet"),
        ("Ingénieure et data scientist", "data scientist"),
        ("Ancienne cheffe de projet", "cheffe de projet"),
        ("Chef de projet formation", "Chef de projet"),
        ("Senior IT project manager", "project manager"),
        ("Data scientist en recherche d'emploi", "Data scientist"),
        ("Administratrice systèmes et réseaux", "Administratrice systèmes"),
        ("administrateur·rice système", "administrateur·rice système"),
        ("Systems administrator", "Systems administrator"),
        ("Géomaticienne", "Géomaticienne"),
        ("Statisticien(ne)", "Statisticien(ne)"),
        ("Webdesigneuse", "Webdesigneuse"),
        ("RSSI", "RSSI"),
        ("Développeuse web (H/F)", "Développeuse web"),
        ("Senior software engineer", "software engineer"),
        ("Architecte de données", "Architecte de données"),
        ("Technicienne support", "Technicienne support"),
    ],
)
def test_a_trade_is_quoted_as_the_title_writes_it(trades: Trades, title: str, quoted: str) -> None:
    assert _quoted(trades, title) == [quoted]


@pytest.mark.parametrize(
    "title",
    [
        "Assistant chef de projet",
        "Assistante de cheffe de projet",
        "Chef de projet adjoint",
        "Adjointe au chef de projet",
        "Responsable des chefs de projet",
        "Cheffes de projet",
        "Chargé de mission auprès du chef de projet",
        "Secrétaire du RSSI",
        "Recruteur de data scientists",
        "Recruteuse data scientist",
        "Recruteuse | data scientist",
        "Data scientist recruiter",
        "Formatrice data scientist",
        "Project manager assistant",
        "Futur data scientist",
        "Aspiring data scientist",
        "Data scientist en devenir",
        "Data scientist en formation",
        "Stagiaire data scientist",
        "Data scientist (alternance)",
        "Étudiante, data scientist",
        "Je souhaite devenir chef de projet",
        "À la recherche d'un poste de chef de projet",
        "Pas data scientist",
        "data, scientist",
        "Administratrice systèmes d'information",
        "Administrateur système qualité",
        "Développeuse back office",
        "Cheffe de service",
        "",
    ],
)
def test_what_is_another_s_or_wished_for_is_no_trade_of_theirs(trades: Trades, title: str) -> None:
    assert _quoted(trades, title) == []


def test_several_trades_of_a_title_are_found_in_its_order(trades: Trades) -> None:
    title = "Data analyst, puis data scientist & cheffe de projet"
    assert _quoted(trades, title) == ["Data analyst", "data scientist", "cheffe de projet"]
    assert [one.skill for one in trades.of(title)] == ["analyse de données", "science des données", "gestion de projet"]


def test_a_hostile_title_is_read_in_no_time(trades: Trades) -> None:
    start = time.thread_time()
    for title in ("chef de projet " * 10_000, "et " * 50_000 + "data scientist", "chef(" * 50_000 + " de projet"):
        assert all(one.end <= MOST_CHARACTERS for one in trades.of(title))
    assert time.thread_time() - start < 5.0


@pytest.mark.parametrize(
    ("title", "asked"),
    [
        ("Data scientist", "data science"),
        ("Cheffe de projet", "gestion de projet"),
        ("Administrateur systèmes", "administration système"),
        ("UX designer", "design UX"),
        ("Designeuse UX", "design UX"),
        ("Développeuse Java", "Java"),
        ("Développeuse web", "web development"),
        ("Cloud architect", "architecture cloud"),
        ("DBA", "administration de bases de données"),
    ],
)
def test_a_title_evidences_the_skill_of_its_trade(thesaurus: Thesaurus, title: str, asked: str) -> None:
    past = Profile(ProfileId("c"), headline="Juriste", experiences=(Experience(title=title),))
    (name,) = thesaurus.names([asked])
    for profile in (Profile(ProfileId("c"), headline=title), past):
        (skill,) = (one for one in skills(profile, thesaurus) if one.name == name)
        assert skill.quoted is not None
        assert skill.quoted in title
        assert skill.listed is None


def test_a_skill_that_is_listed_too_is_one_skill_and_evidenced(thesaurus: Thesaurus) -> None:
    profile = Profile(ProfileId("c"), headline="Cheffe de projet", skills=("gestion de projet",))
    (skill,) = skills(profile, thesaurus)
    assert (skill.listed, skill.quoted) == ("gestion de projet", "Cheffe de projet")


def test_neither_prose_nor_a_posting_names_a_skill_by_a_trade(thesaurus: Thesaurus) -> None:
    assert skills(Profile(ProfileId("c"), headline="Juriste", summary="Data scientist"), thesaurus) == ()
    assert skills(Posting(PostingId("o"), title="Data scientist"), thesaurus) == ()


def test_women_and_men_have_the_same_skills(thesaurus: Thesaurus) -> None:
    for his, hers in (("Chef de projet", "Cheffe de projet"), ("Administrateur systèmes", "Administratrice systèmes")):
        one, other = (skills(Profile(ProfileId("c"), headline=title), thesaurus) for title in (his, hers))
        assert [skill.named for skill in one] == [skill.named for skill in other]
        assert len(one) == 1


def test_a_damaged_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "trades.tsv"
    for text in (
        "",
        "skill\ttrades\n",
        "skill\ttrades\tunless\nscience des données\t\t\n",
        "skill\ttrades\tunless\nx\n",
    ):
        path.write_text(text)
        with pytest.raises(ModelUnavailable, match=r"trades\.tsv is damaged"):
            Trades(neutral, path)
    with pytest.raises(ModelUnavailable, match="missing"):
        Trades(neutral, tmp_path / "none.tsv")
