"""Prose is compared without what grammar makes tell a person's gender."""

import pytest
from hypothesis import given, settings

from benchmarks.said import PAIRS
from matcher.compose import load_thesaurus
from matcher.core.domain import Facet, Posting, PostingId, Profile, ProfileId
from matcher.offline.twins import TO_FEMININE
from matcher.stages.text import facet_texts, forget, skills
from matcher.stages.text.genderless import masculine, without_gender
from matcher.stages.text.neutral import without_paired
from tests.stages.test_text import ANY_TEXT


def body(text: str) -> tuple[object, ...]:
    return facet_texts(Profile(ProfileId("p"), "x", summary=text))[Facet.BODY]


@pytest.mark.parametrize(("man", "woman"), PAIRS)
def test_what_is_said_of_a_woman_is_compared_as_what_is_said_of_a_man(man: str, woman: str) -> None:
    assert body(woman) == body(man)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Elle a été recrutée par Mme Durand.", "Il a été recruté par Durand."),
        ("SÉRIEUSE ET ATTENTIVE", "SÉRIEUX ET ATTENTIF"),
        ("Sa directrice l’a citée, elle aussi.", "Son directeur l'a cité, il aussi."),
        ("Vive d’esprit, sûre d’elle", "Vif d'esprit, sûr de il"),
        ("Autour d’elle, si elle veut", "Autour de il, si il veut"),
        ("On la dit franche ; à la candidate de jouer", "On le dit franc ; au candidat de jouer"),
        ("Développeur·se H/F, homme ou femme", "Développeur ,"),
        ("She did it herself, with her team.", "He did it himself, with his team."),
        ("Ms. Smith, a businesswoman and mother of two", "Smith, a businessman and parent of two"),
        ("She taught herself SQL. Salariée, motivée.", "He taught himself SQL. Salarié, motivé."),
        ("Elle code. She codes with her team.", "Il code. He codes with his team."),
    ],
)
def test_prose_is_made_masculine_and_nobody_is_addressed(text: str, expected: str) -> None:
    assert " ".join(without_gender(text).split()) == expected


@pytest.mark.parametrize(
    "text",
    """la fonction publique|les données utiles|une plateforme ouverte|l'équipe dédiée|de la gestion documentaire
    |mise en œuvre|point de vue|la carrière|Active Directory|en React Native|Creative Cloud
    |égalité femmes-hommes
    |la carte mère|5 M. Nous|un budget de 12 M. Europe|the active directory of my team|native and creative for the team
    |MS Project|l'accueil de la maternité|violences faites aux femmes""".split("|"),
)
def test_things_tools_and_other_people_keep_their_words(text: str) -> None:
    assert without_gender(text.strip()) == text.strip()


@pytest.mark.parametrize("word", ["donnée", "base", "code", "page", "équipe", "matière", "vente", "année", "langue"])
def test_a_noun_that_only_looks_like_a_feminine_keeps_its_form(word: str) -> None:
    assert masculine(word) == word


@pytest.mark.parametrize(("man", "woman"), TO_FEMININE.items())
def test_a_word_in_a_list_of_somebody_elses_is_one_in_both_genders(man: str, woman: str) -> None:
    assert without_gender(f"Je suis {woman}") == without_gender(f"Je suis {man}")


def test_both_sides_of_a_comparison_are_written_alike() -> None:
    said = "Elle a été nommée première experte certifiée."
    posting = facet_texts(Posting(PostingId("p"), "x", description=said))
    assert posting[Facet.BODY] == body(said)


def test_a_forgotten_word_is_read_anew_and_in_the_same_way() -> None:
    before = without_gender("Elle est enchantée.")
    forget()
    assert masculine.cache_info().currsize == 0
    assert without_gender("Elle est enchantée.") == before == "Il est enchanté."


@given(ANY_TEXT)
@settings(deadline=None)
def test_any_text_can_be_read(text: str) -> None:
    assert isinstance(without_gender(text), str)


@pytest.mark.parametrize(
    ("man", "woman"), [("Développeur décisionnel", "Développeuse décisionnelle"), ("Statisticien", "Statisticienne")]
)
def test_a_skill_that_is_said_of_a_woman_is_compared_as_a_man_s_and_quoted_as_it_stands(man: str, woman: str) -> None:
    thesaurus = load_thesaurus()
    him, her = (skills(Profile(ProfileId("p"), text), thesaurus) for text in (man, woman))
    assert [(skill.name, skill.form) for skill in her] == [(skill.name, skill.form) for skill in him]
    assert all(skill.quoted is None or skill.quoted in woman for skill in her)


@pytest.mark.parametrize(
    "text", ["Je suis une fılle. Ma fille a deux ans.", "une FİLLE, ma fille", "filſ d'une femme", "ıİſ femme"]
)
def test_letters_that_patterns_take_for_i_and_s_break_nothing(text: str) -> None:
    assert without_gender(text)


@pytest.mark.parametrize(
    "mark", ["(hommes et femmes)", "(homme, femme)", "h.f.x", "tous genres confondus", "homme/femme"]
)
def test_marks_of_both_genders_go(mark: str) -> None:
    assert without_paired(f"développeur {mark}").strip(" ()") == "développeur"


def test_products_are_no_forms_of_address() -> None:
    assert without_gender("M.Dupont") == without_gender("Mme.Dupont") == "Dupont"
    assert without_gender("Ms Project, M.Sc., Ms Dupont") == "Ms Project, M.Sc., Dupont"


@pytest.mark.parametrize(
    "title",
    [
        "Délégué aux droits des femmes et hommes",
        "Surveillant pénitentiaire quartier hommes et femmes",
        "Vendeur prêt-à-porter homme, femme et enfant",
        "Coiffeur hommes et femmes",
        "Économiste F.M.I.",
        "Technicien radio F.M",
        "Rédacteur tous genres littéraires",
        "Référent violences hommes/femmes",
    ],
)
def test_words_of_a_title_that_are_its_work_stay(title: str) -> None:
    assert without_paired(title) == title
