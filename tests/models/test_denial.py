"""What a text denies it does not name: in both languages, before and after the skill, in lists; and nothing else."""

from time import thread_time

import pytest

from models.thesaurus import Thesaurus


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Pas de Java, uniquement du PHP.", ["PHP"]),
        ("I have never used PHP and I don't do Java.", []),
        ("We do not really use Kubernetes here.", []),
        ("Zero experience with Kafka. Some Docker.", ["Docker"]),
        ("Not comfortable with Linux, nor interested in PHP", []),
        ("I have no interest in COBOL.", []),
        ("Je ne suis pas à l'aise avec Linux.", []),
        ("Je ne suis pas développeuse Java.", []),
        ("Je ne souhaite plus faire de COBOL.", []),
        ("Je n'ai jamais touché à Kubernetes.", []),
        ("Je n'ai pas eu l'occasion de pratiquer Docker.", []),
        ("Java : non. Python : oui.", ["Python"]),
        ("Java (non), Python (oui)", ["Python"]),
        ("Kubernetes, je ne connais pas.", []),
        ("Kubernetes, jamais utilisé.", []),
        ("Je ne connais pas Angular.", []),
        ("Je ne connais pas encore Angular, mais React oui.", ["React"]),
        ("Aucune expérience en PostgreSQL. Du MySQL.", ["MySQL"]),
        ("Sans Spring Boot.", []),
        ("Je n'ai jamais utilisé Docker ni Kubernetes.", []),
        ("Je n’ai pas d’expérience professionnelle en Kafka", []),
        ("pas de Java ni de PHP, du Python", ["Python"]),
        ("Je ne maîtrise ni Java, ni PHP : je développe en Python.", ["Python"]),
        ("Pas de Java, de PHP ni de Python", []),
        ("Pas de Java, PHP ou Python", []),
        ("Pas de Java, Python et SQL sont demandés", ["Python", "SQL"]),
        ("Vous n'avez pas besoin de connaître Kubernetes.", []),
        ("Aucune compétence en SQL n'est requise.", []),
        ("Aucune connaissance particulière de Docker/Kubernetes", []),
        ("tous langages hors PHP", []),
        ("Pas de PHP mais plus de cinq ans de Java", ["Java"]),
        ("Il n'y a plus de COBOL, mais du Java", ["Java"]),
        ("Java n'est pas demandé.", []),
        ("La maîtrise de Java n'est pas nécessaire.", []),
        ("Java, PHP et Python ne sont pas requis", []),
        ("Python demandé, Java n'est pas requis", ["Python"]),
        ("Python et Java n'est pas requis", ["Python"]),
        ("Kafka (ou équivalent) n'est pas exigé", []),
        ("no Java, lots of Python", ["Python"]),
        ("No experience with Kafka or Spark", []),
        ("I am not a Java developer", []),
        ("I have never used Docker.", []),
        ("I don't know Kubernetes", []),
        ("without Docker, with Ansible", ["Ansible"]),
        ("Java not required; Python is", ["Python"]),
        ("Kafka and RabbitMQ are not needed", []),
        ("Je n'ai jamais utilisé SAP mais j'ai beaucoup apprécié Odoo", ["Odoo"]),
        ("Jamais pratiqué SAP mais beaucoup apprécié Odoo", ["Odoo"]),
        ("Je n'ai jamais utilisé SAP mais j'ai apprécié l'équipe", []),
        ("pas de Java mais Python est un atout", ["Python"]),
        ("Pas de Kubernetes mais Docker serait un plus", ["Docker"]),
        ("Java n'est pas requis mais Python serait un plus", ["Python"]),
        ("no Java but Python would be an asset", ["Python"]),
        ("Sans expérience en Java", []),
        ("Sans framework Symfony", []),
        ("Je ne connais pas Java, sans Docker", []),
        ("Aucune expérience en SAS et Python.", []),
        ("Aucune expérience en SAS et Python. J'utilise SPSS.", ["SPSS"]),
        ("no SOC, Excel or Docker", []),
        ("Pas de SPSS. SAS avec Dupont.", []),
        ("Je souhaite apprendre Rust, je développe en Python.", ["Python"]),
        ("J'aimerais me former à Kubernetes", []),
        ("Objectif : apprendre SQL", []),
        ("Je voudrais apprendre à intégrer des pages dans le respect du RGAA", []),
        ("Formée à Git, je m’intéresse aux sujets suivants : Kubernetes, Rust. Du Java.", ["Git", "Java"]),
        ("I am interested in Rust. I use Python.", ["Python"]),
        ("Une forte envie d'apprendre React et TypeScript", []),
        ("I would like to learn Go and Rust.", []),
        ("I want to learn about machine learning.", []),
        ("Nous vous formerons à Kubernetes ; Linux est demandé.", ["Linux"]),
        ("Vous serez formée à Docker.", []),
        ("Vous serez formé(e) à Docker, formé·e à tout.", []),
        ("Tous les langages sauf PHP.", []),
        ("À l'exception de SAP et d'Oracle, tout est libre", []),
        ("Plutôt que Java, nous utilisons Kotlin.", ["Kotlin"]),
        ("Python plutôt qu'Excel", ["Python"]),
        ("Au lieu d'Angular, nous avons choisi Vue.js.", ["Vue.js"]),
        ("Rather than Java we use Kotlin", ["Kotlin"]),
        ("Absence d'expérience en DevOps", []),
        ("Unfamiliar with Kubernetes, lacking Docker experience", []),
        ("Hors de question de faire du PHP.", []),
        ("Le poste ne comporte pas de développement Java.", []),
        ("Java : néant. Docker : aucune connaissance.", []),
        ("PHP exclu.", []),
    ],
)
def test_what_is_denied_is_not_named(thesaurus: Thesaurus, text: str, named: list[str]) -> None:
    assert [text[one.start : one.end] for one in thesaurus.mentions(text)] == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Pas seulement Java : aussi du Python", ["Java", "Python"]),
        ("non seulement Java mais PHP", ["Java", "PHP"]),
        ("We use not only Java but Kotlin", ["Java", "Kotlin"]),
        ("Python, sans oublier Java", ["Python", "Java"]),
        ("N'hésitez pas : Docker s'apprend", ["Docker"]),
        ("N'hésitez pas à utiliser Docker", ["Docker"]),
        ("N'oubliez pas Docker", ["Docker"]),
        ("Aucun doute, Kubernetes est au cœur du poste", ["Kubernetes"]),
        ("Vos premiers pas en Python", ["Python"]),
        ("avec ou sans Docker", ["Docker"]),
        ("Le poste n'est pas en télétravail. Java, PHP", ["Java", "PHP"]),
        ("Pas de télétravail\nJava\nPHP", ["Java", "PHP"]),
        ("Java n'est pas requis mais serait un plus", ["Java"]),
        ("Java n'est pas obligatoire", ["Java"]),
        ("Plus de dix ans de Java", ["Java"]),
        ("Vous n'êtes pas sans connaître Docker", ["Docker"]),
        ("do not hesitate to use Docker", ["Docker"]),
        ("bases SQL et No SQL", ["SQL", "SQL"]),
        ("réseau sans fil et Docker", ["réseau sans fil", "Docker"]),
        ("Pas d'expérience en Java exigée mais ce serait un plus", ["Java"]),
        ("Python demandé, Java pas requis mais apprécié, PHP aussi", ["Python", "Java", "PHP"]),
        ("Fonctionnement hors ligne en React Native", ["React Native"]),
        ("Je code sans framework en JavaScript", ["JavaScript"]),
        ("Mode sans outils Docker", ["Docker"]),
        ("Never used anything without Docker", ["Docker"]),
        ("Je ne déploie jamais un service sans Docker", ["Docker"]),
        ("I can't work without Docker", ["Docker"]),
        ("Docker, je ne connais pas Kubernetes.", ["Docker"]),
        ("Docker, never used Java.", ["Docker"]),
        ("Java : non exhaustif", ["Java"]),
        ("Tutoriels pas à pas avec Docker.", ["Docker"]),
        ("Zéro défaut en Java", ["Java"]),
        ("Je souhaite former les agents à Excel", ["Excel"]),
        ("Un projet qui m'a permis d'apprendre Docker", ["Docker"]),
        ("J'aimerais apprendre le métier et mettre à profit Python", ["Python"]),
        ("Je m'intéresse à Rust mais je pratique Java", ["Java"]),
        ("Le sujet m'intéresse, je pratique Python", ["Python"]),
        ("Un poste qui m'intéresse : développeur Java", ["Java"]),
        ("Je souhaite travailler avec Django et apprendre le métier", ["Django"]),
        ("J'ai envie de découvrir la fonction publique. Java, SQL.", ["Java", "SQL"]),
        ("Kotlin, en lieu et place de Java", ["Kotlin", "Java"]),
        ("Former les utilisateurs à Excel", ["Excel"]),
        ("Pourquoi pas Java ?", ["Java"]),
        ("Why not Java?", ["Java"]),
    ],
)
def test_what_only_looks_like_a_denial_is_named(thesaurus: Thesaurus, text: str, named: list[str]) -> None:
    quoted = [text[one.start : one.end] for one in thesaurus.mentions(text)]
    assert [quote for quote in quoted if quote in named] == named


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@pytest.mark.parametrize(
    "unit",
    [
        "pas de Java mais ",
        "but no Java though ",
        "pas C# mais ",
        ", ni Java ",
        "ni ni Java ",
        "pas de de de Java ",
        "Java not ",
        "Java, ",
        "Java are not needed, ",
        "Java n'est pas requis mais ",
        "never a b c without Docker ",
        "pas Java mais apprécié ",
        "Java" + " " * 110 + "ni ",
        "pas de ERP, ",
        "souhaite apprendre ",
        "souhaite a b ",
        "je m'intéresse à Java, ",
        "envie d'apprendre Java, ",
        "Java : aucune ",
        "RDF (",
    ],
)
def test_the_work_grows_with_the_text_and_no_faster(thesaurus: Thesaurus, unit: str) -> None:
    # Sixteen times the text: 256 times the work where it is quadratic.
    few, many = (min(_work_s(thesaurus, (unit * length)[:length]) for _ in range(3)) for length in (1_250, 20_000))
    assert many < 16 * 5 * few


def _work_s(thesaurus: Thesaurus, text: str) -> float:
    begun_s = thread_time()
    thesaurus.mentions(text)
    return thread_time() - begun_s
