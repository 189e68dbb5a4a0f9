"""The shipped thesaurus: it names skills in lists and in prose, in both languages, and knows which are near."""

import time
from pathlib import Path

import pytest

from matcher.core.domain import Posting, PostingId, Profile, ProfileId
from matcher.core.errors import ModelUnavailable
from matcher.core.ports import Named
from matcher.stages.text import neutral, quotes, skills
from models import concepts, relations
from models.relations import GENERAL, SIBLING, SPECIFIC
from models.skill_words import Keys, key_of
from models.thesaurus import Thesaurus


def _quoted(thesaurus: Thesaurus, text: str) -> list[str]:
    return [text[one.start : one.end] for one in thesaurus.mentions(text)]


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@pytest.mark.parametrize(
    "names",
    [
        ("PostgreSQL", "postgresql", "Postgres"),
        ("Kubernetes", "k8s"),
        ("SQL Server", "MS-SQL", "MSSQL", "Microsoft SQL Server"),
        ("SSI", "sécurité des systèmes d'information"),
        ("SSIS", "SQL Server Integration Services"),
        ("Spark", "Apache Spark"),
        ("OCR", "reconnaissance optique de caractères"),
        ("JavaScript", "javascript"),
        ("gestion de projet", "Gestion de projets", "project management"),
    ],
)
def test_spellings_and_languages_of_a_skill_have_one_name(thesaurus: Thesaurus, names: tuple[str, ...]) -> None:
    found = {*thesaurus.names(names)}
    assert len(found) == 1
    assert None not in found


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("automated testing", "automatisation des tests"),
        ("functional testing", "tests fonctionnels"),
        ("bug tracking", "gestion des anomalies"),
        ("software development", "développement logiciel"),
        ("web development", "développement web"),
        ("object-oriented design", "conception objet"),
        ("release management", "mise en production"),
        ("configuration management", "gestion de configuration"),
        ("cloud architecture", "architecture cloud"),
        ("cloud migration", "migration vers le cloud"),
        ("incident management", "gestion des incidents"),
        ("problem management", "gestion des problèmes"),
        ("capacity planning", "gestion de la capacité"),
        ("database administration", "administration de bases de données"),
        ("network administration", "administration réseau"),
        ("network architecture", "architecture réseau"),
        ("technical support", "support technique"),
        ("desktop support", "support informatique"),
        ("procurement", "achats"),
        ("public procurement", "commande publique"),
        ("contract management", "gestion des contrats"),
        ("requirements analysis", "analyse des besoins"),
        ("business analysis", "analyse métier"),
        ("stakeholder management", "gestion des parties prenantes"),
        ("change management", "conduite du changement"),
        ("feasibility study", "étude de faisabilité"),
        ("project coordination", "coordination de projet"),
        ("budget management", "suivi budgétaire"),
        ("instructional design", "ingénierie pédagogique"),
        ("knowledge management", "gestion des connaissances"),
        ("data management", "gestion des données"),
        ("data architecture", "architecture de données"),
        ("stream processing", "traitement de flux"),
        ("survey design", "conception d'enquêtes"),
        ("policy evaluation", "évaluation des politiques publiques"),
        ("causal inference", "inférence causale"),
        ("operational research", "recherche opérationnelle"),
        ("user-centered design", "conception centrée utilisateur"),
        ("interface design", "conception d'interfaces utilisateur"),
        ("usability testing", "tests utilisateurs"),
        ("journey mapping", "parcours usagers"),
        ("accessibility", "accessibilité numérique"),
        ("accessible documents", "documents accessibles"),
        ("screen readers", "lecteurs d'écran"),
        ("content strategy", "stratégie de contenu"),
        ("web writing", "rédaction web"),
        ("technical writing", "rédaction technique"),
        ("security architecture", "architecture de sécurité"),
        ("security governance", "gouvernance de la sécurité"),
        ("threat modeling", "modélisation des menaces"),
        ("crisis management", "gestion de crise"),
        ("security by design", "sécurité par conception"),
        ("GDPR compliance", "conformité RGPD"),
        ("legal advice", "conseil juridique"),
        ("IS urbanisation", "urbanisation du SI"),
        ("IT management", "pilotage du SI"),
        ("process optimization", "optimisation des processus"),
        ("digital sustainability", "éco-conception"),
        ("AI governance", "éthique de l'IA"),
    ],
)
def test_what_candidates_call_a_skill_in_english_is_what_postings_ask_for_in_french(
    thesaurus: Thesaurus, english: str, french: str
) -> None:
    one, other = thesaurus.names([english, french])
    assert one is not None
    assert one == other


@pytest.mark.parametrize(
    ("listed", "name"),
    [
        ("développement Java", "Java"),
        ("Python scripting", "Python"),
        ("Kubernetes certified", "Kubernetes"),
        ("outil Jira", "Jira"),
        ("Active Directory management", "Active Directory"),
        ("accessibilité (RGAA)", "RGAA"),
        ("gestion de projet (PRINCE2)", "gestion de projet"),
        ("PIA (logiciel de la CNIL)", "AIPD"),
        ("cadriciel JavaScript (React)", "React"),
        ("Google Cloud Plateforme (GCP)", "GCP"),
        ("analyse d’impact (aipd)", "AIPD"),
    ],
)
def test_what_is_known_by_a_part_of_it_has_that_part_s_name(thesaurus: Thesaurus, listed: str, name: str) -> None:
    one, other = thesaurus.names([listed, name])
    assert one is not None
    assert one == other


@pytest.mark.parametrize(
    ("listed", "parts"),
    [
        ("Comptabilité analytique (Excel)", ["Comptabilité analytique", "Excel"]),
        ("chef de projet (Chorus)", ["chef de projet", "Chorus"]),
        ("saisie comptable (SAP/Oracle)", ["saisie comptable", "SAP", "Oracle"]),
        ("bases de données (PostgreSQL)", ["bases de données (PostgreSQL)"]),
        ("ressources humaines (RH)", ["ressources humaines (RH)"]),
        ("Kubernetes (confirmé)", ["Kubernetes (confirmé)"]),
    ],
)
def test_a_tool_in_brackets_is_no_other_name_of_what_it_is_used_for(
    thesaurus: Thesaurus, listed: str, parts: list[str]
) -> None:
    asked = skills(Posting(PostingId("q"), title="Poste", skills=(listed,)), thesaurus)
    assert [skill.listed for skill in asked] == parts
    assert {name for name in thesaurus.names(parts) if name} <= {skill.name for skill in asked}


@pytest.mark.parametrize("text", ["UX/UI designer", "HTML/CSS", "SEO et réseaux sociaux", "Excel et VBA"])
def test_two_skills_beside_one_another_stay_two(thesaurus: Thesaurus, text: str) -> None:
    assert len({one.name for one in thesaurus.mentions(text)}) == 2


def test_a_field_of_work_counts_where_it_is_listed_and_is_quoted_where_prose_names_it(thesaurus: Thesaurus) -> None:
    assert thesaurus.mentions("Vous connaissez le développement web et les achats.") == []
    assert None not in thesaurus.names(["développement web", "achats"])
    listed = Profile(ProfileId("p"), headline="Juriste", summary="Du développement web.", skills=("développement web",))
    (skill,) = skills(listed, thesaurus)
    assert (skill.listed, skill.quoted) == ("développement web", "développement web")
    (asked,) = skills(Posting(PostingId("q"), title="Poste", skills=("développement web",)), thesaurus)
    silent = Profile(ProfileId("p"), headline="Juriste", summary="Du développement web.")
    assert quotes(silent, [asked], thesaurus) == ["développement web"]


@pytest.mark.parametrize(
    "listed",
    ["développement durable", "développement", "script", "outil de forage", "zorglub (zorglub)", "()", "(a) b"],
)
def test_other_words_beside_one_another_are_no_product(thesaurus: Thesaurus, listed: str) -> None:
    (name,) = thesaurus.names([listed])
    assert name is None or name.startswith("http")


def test_what_it_does_not_know_has_no_name(thesaurus: Thesaurus) -> None:
    assert thesaurus.names(["zorglub avancé", "", "…", "de la"]) == [None] * 4


def test_what_the_lexicon_knows_as_a_trade_or_a_service_is_no_other_name_of_a_skill(thesaurus: Thesaurus) -> None:
    assert thesaurus.names(["DPO", "DDI"]) == [None, None]
    assert None not in thesaurus.names(["finances publiques", "direct inward dialing"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Vous maîtrisez Python, Django et PostgreSQL.", ["Python", "Django", "PostgreSQL"]),
        ("Connaissance de la norme ISO 27001 souhaitée", ["norme ISO 27001"]),
        ("- React / TypeScript\n- Docker", ["React", "TypeScript", "Docker"]),
        ("Experience with Kubernetes and Terraform", ["Kubernetes", "Terraform"]),
        ("<ul><li>Docker</li><li>Go</li></ul>", ["Docker", "Go"]),
        ("⚙️Docker⚙️ 🐍 Python ➡ Ansible", ["Docker", "Python", "Ansible"]),
        ("PostgreSQL™, Java® et **Kafka**", ["PostgreSQL", "Java", "Kafka"]),
        ("\uf0b7Terraform\n\u200bKubernetes `Redis` ~Ceph~ a=Git", ["Terraform", "Kubernetes", "Redis", "Ceph", "Git"]),
        ("C++, C# et .NET, R&D", ["C++", "C#", ".NET"]),
        ("Nous avons une vue sur la mer et un bon go.", []),
        ("écrire à jean@python.org", []),
    ],
)
def test_prose_names_skills_verbatim(thesaurus: Thesaurus, text: str, expected: list[str]) -> None:
    assert [quote for quote in _quoted(thesaurus, text) if quote in expected] == expected
    if not expected:
        assert _quoted(thesaurus, text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("responsable de développement et de partenariats", []),
        ("droits d'accès aux serveurs et aux applications", []),
        ("l'animation et à la formation d'un réseau", []),
        ("l’analyste analyse les données", []),
        ("l’architecture d’infrastructure et l’architecture applicative", ["architecture d’infrastructure"]),
        ("Entretien et réparation de véhicules", ["Entretien et réparation"]),
        ("entretien et de réparation", ["entretien et de réparation"]),
        ("Le·la chargé·e de l’administration de la scène", []),
        ("les actions dites re-centralisées, chaque re-confection", []),
        ("projet d'e-administration", ["e-administration"]),
        ("connaissance du cycle en V et agile", ["cycle en V", "agile"]),
        ("support de niveau 1 et 2", ["support de niveau 1"]),
        ("analyse de données", ["analyse de données"]),
        ("Gérer le stock", ["Gérer le stock"]),
        ("Traiter les données", ["Traiter les données"]),
        ("le dispositif « dites-le-nous une fois »", ["dites-le-nous une fois"]),
    ],
)
def test_small_words_may_differ_unless_they_make_two_things_or_a_verb(
    thesaurus: Thesaurus, text: str, expected: list[str]
) -> None:
    quoted = _quoted(thesaurus, text)
    assert [quote for quote in quoted if quote in expected] == expected
    assert expected or not quoted


def test_a_skill_is_found_in_prose_under_the_name_that_it_has_in_a_list(thesaurus: Thesaurus) -> None:
    names = ["Python", "PostgreSQL", "Kubernetes", "Terraform", "React"]
    for name in names:
        (found,) = thesaurus.mentions(f"une bonne pratique de {name} est attendue")
        assert [found.name] == thesaurus.names([name])


@pytest.mark.parametrize(
    ("asked", "offered", "how_far"),
    [
        ("JavaScript", "React", SPECIFIC),
        ("Ghidra", "rétro-ingénierie", GENERAL),
        ("intelligence artificielle", "MLflow", SPECIFIC),
        ("Power BI", "Tableau", SIBLING),
        ("Databricks", "Spark", SIBLING),
        ("Spark", "Databricks", SIBLING),
        ("JBoss", "serveur d'applications", GENERAL),
        ("serveur d'applications", "JBoss", SPECIFIC),
        ("back-end", "Spring", SPECIFIC),
        ("stockage de données SAN et NAS", "Ceph", SPECIFIC),
        ("React", "Vue.js", SIBLING),
        ("sécurité des systèmes d'information", "ISO 27001", SPECIFIC),
    ],
)
def test_the_near_stand_in_for_what_is_asked(thesaurus: Thesaurus, asked: str, offered: str, how_far: float) -> None:
    one, other = thesaurus.names([asked, offered])
    assert one is not None
    assert other is not None
    assert thesaurus.near(one).get(other, 0.0) == pytest.approx(how_far)
    assert one not in thesaurus.near(one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Splunk", "QRadar"),
        ("CrowdStrike", "HarfangLab"),
        ("Suricata", "Snort"),
        ("Palo Alto Networks", "Stormshield"),
        ("CyberArk", "Wallix"),
        ("Veeam", "Bacula"),
        ("Traefik", "HAProxy"),
        ("Nmap", "Metasploit"),
        ("WebSphere", "GlassFish"),
        ("Adobe XD", "Sketch"),
        ("CMMI", "COBIT"),
        ("FAISS", "Qdrant"),
        ("BGP", "OSPF"),
        ("Word", "PowerPoint"),
        ("Odoo", "SAP"),
        ("Mailchimp", "Brevo"),
        ("feuille de route", "backlog"),
        ("MCO", "TMA"),
        ("charte graphique", "design system"),
        ("cahier des charges", "recueil des besoins"),
        ("accord-cadre", "UGAP"),
        ("DCE", "CCTP"),
        ("AIPD", "registre des traitements"),
    ],
)
def test_two_products_of_one_class_are_near_and_not_the_same(thesaurus: Thesaurus, one: str, other: str) -> None:
    names = thesaurus.names([one, other])
    assert None not in names
    first, second = map(str, names)
    assert first != second
    assert thesaurus.near(first)[second] == thesaurus.near(second)[first] == SIBLING


@pytest.mark.parametrize(
    ("of_class", "product"),
    [
        ("SIEM", "Splunk"),
        ("sauvegarde", "Veeam"),
        ("NAS", "NetApp"),
        ("pare-feu", "Stormshield"),
        ("VoIP", "Asterisk"),
        ("XML", "XSLT"),
        ("tableur", "Excel"),
        ("serveur web", "NGINX"),
        ("gestion des services informatiques", "GLPI"),
        ("file de messages", "RabbitMQ"),
    ],
)
def test_a_product_stands_in_for_its_class_and_half_the_other_way_round(
    thesaurus: Thesaurus, of_class: str, product: str
) -> None:
    names = thesaurus.names([of_class, product])
    assert None not in names
    general, specific = map(str, names)
    assert thesaurus.near(general)[specific] == SPECIFIC
    assert thesaurus.near(specific)[general] == GENERAL


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        ("Spring", "back-end"),
        ("Flask", "back-end"),
        ("EBIOS Risk Manager", "cybersécurité"),
        ("Tableau", "informatique décisionnelle"),
        ("SAS", "analyse de données"),
        ("Git", "logiciel libre"),
        ("Linux", "Windows Server"),
        ("Maven", "back-end"),
        ("Go", "Kubernetes"),
        ("Kubernetes", "Go"),
        ("systèmes embarqués", "Rust"),
        ("Chorus", "SAP"),
        ("SAN", "sauvegarde"),
        ("RGAA", "DSFR"),
        ("COBIT", "management d'équipe"),
        ("SQL Server", ".NET"),
        ("MLflow", "intelligence artificielle"),
        ("SSIS", "SSI"),
    ],
)
def test_what_only_has_to_do_with_a_skill_does_not_stand_in_for_it(
    thesaurus: Thesaurus, asked: str, offered: str
) -> None:
    names = thesaurus.names([asked, offered])
    assert None not in names
    assert str(names[1]) not in thesaurus.near(str(names[0]))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # To the shipped encoder their names are near, or the same.
        ("Sass", "SAS"),
        ("dbt", "DB2"),
        ("WordPress", "Microsoft Word"),
        ("Kibana", "Kanban"),
        ("tests utilisateurs", "support utilisateur"),
        ("données ouvertes", "science des données"),
        ("vision produit", "computer vision"),
        ("e-learning", "machine learning"),
        ("Java", "javanais"),
        ("Rust", "appliquer des rustines"),
        ("SOAP", "emballer du savon"),
        ("SOAP", "pack soap"),
        ("Rails", "inspect rails"),
        ("Rust", "remove rust"),
        ("Leaflet", "leaflet delivery"),
        ("Windows", "setting windows"),
        ("Check Point", "monitor check-out point"),
        ("pile ELK", "pile goods"),
        # Neither is a product: apart.tsv says so.
        ("droit du numérique", "droit du travail"),
        ("appels d'offre", "offre d'emploi"),
        ("données publiques", "relations publiques"),
        ("cartographie des processus", "cartographie"),
        ("bureautique", "matériel de bureau"),
    ],
)
def test_what_only_an_encoder_takes_for_one_another_is_told_apart(thesaurus: Thesaurus, one: str, other: str) -> None:
    first, second = _known(thesaurus, one), _known(thesaurus, other)
    assert second[0] not in thesaurus.near(first[0])
    assert thesaurus.tells_apart(first, second)
    assert thesaurus.tells_apart(second, first)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # The lexicon's, which is no product, and ESCO's.
        ("architecture logicielle", "modèles d’architecture logicielle"),
        ("RGPD", "protection des données"),
        ("analyse de risques SSI", "gestion des risques"),
        ("UML", "unified modelling language"),
        # A product, and what ESCO says of it.
        ("Six Sigma", "Six Sigma methods"),
        ("Microsoft Office", "utiliser Microsoft Office"),
        ("AJAX", "Ajax Framework"),
        # Both ESCO's.
        ("concevoir un schéma de base de données", "utiliser des bases de données"),
    ],
)
def test_of_what_was_not_compared_by_hand_vectors_have_their_say(thesaurus: Thesaurus, one: str, other: str) -> None:
    first, second = _known(thesaurus, one), _known(thesaurus, other)
    assert first[0] != second[0]
    assert not thesaurus.tells_apart(first, second)
    assert not thesaurus.tells_apart(second, first)


@pytest.mark.parametrize(
    ("known", "other"),
    [
        ("parc informatique", "parc automobile"),
        ("gestion du parc informatique", "gestion du parc automobile"),
        ("gestion de projet informatique", "gestion de projet immobilier"),
        ("audit de sécurité", "audit financier"),
        ("serveur web", "serveur de restaurant"),
        ("cartographie SIG", "cartographie des risques"),
        ("conduite de projet", "conduite de travaux"),
        ("support informatique", "support commercial"),
    ],
)
def test_what_begins_like_a_skill_and_goes_on_otherwise_is_another(
    thesaurus: Thesaurus, known: str, other: str
) -> None:
    first, second = _known(thesaurus, known), (other, neutral(other))
    assert thesaurus.tells_apart(first, second)
    assert thesaurus.tells_apart(second, first)
    for held in (f"{known} des agents", known.partition(" ")[0]):
        assert not thesaurus.tells_apart(first, (held, neutral(held)))
    assert not thesaurus.tells_apart(second, ("automobile", "automobile"))


def test_what_only_sounds_like_one_skill_is_two(thesaurus: Thesaurus) -> None:
    pseudonyms, anonymous = thesaurus.names(["pseudonymisation", "anonymisation"])
    assert pseudonyms is not None
    assert anonymous is not None
    assert pseudonyms != anonymous
    assert thesaurus.near(pseudonyms)[anonymous] == thesaurus.near(anonymous)[pseudonyms] == SIBLING
    (gdpr,) = thesaurus.names(["RGPD"])
    assert thesaurus.near(gdpr or "")[pseudonyms] == SPECIFIC


def test_data_alone_are_a_field_and_not_statistics(thesaurus: Thesaurus) -> None:
    data, plural, statistics, opened = thesaurus.names(["Data", "données", "statistiques", "open data"])
    assert data == plural != statistics
    assert thesaurus.near(data or "")[opened or ""] == SPECIFIC
    assert (data or "") not in thesaurus.near(opened or "")
    assert thesaurus.mentions("Le service traite des données et la data des usagers.") == []


def test_of_a_text_that_it_does_not_know_vectors_have_their_say(thesaurus: Thesaurus) -> None:
    assert not thesaurus.tells_apart(_known(thesaurus, "Java"), ("jakarta mvc", "jakarta mvc"))


def test_of_a_text_that_it_does_not_know_it_may_know_what_it_is_not(thesaurus: Thesaurus) -> None:
    unknown = ("administration publique", "administration publique")
    assert thesaurus.tells_apart(_known(thesaurus, "administration système"), unknown)
    assert thesaurus.tells_apart(unknown, _known(thesaurus, "administration système"))
    assert not thesaurus.tells_apart(_known(thesaurus, "administration système"), ("administration", "administration"))


def test_what_is_said_to_be_apart_is_of_the_lexicon_and_nothing_says_that_it_is_near(thesaurus: Thesaurus) -> None:
    entries = concepts.nearness()
    for entry, names in relations.read_apart(relations.APART).items():
        assert entry in entries
        assert names
        for name in filter(None, thesaurus.names(names)):
            assert name.startswith("http"), "of two entries vectors say nothing anyway"


def _known(thesaurus: Thesaurus, text: str) -> Named:
    (name,) = thesaurus.names([text])
    assert name is not None, text
    return name, neutral(text)


def test_names_read_all_at_once_are_looked_up_as_each_by_itself() -> None:
    names = ["Économie de l'eau", "de la", "…", "Node.js…", "les systèmes", "C++ (a b)", "a ´ b ＼ ｜", "x"]
    assert Keys().of(names) == [key_of(name) for name in names]


@pytest.mark.parametrize("sign", ["é", "É", "œ", "ǽ", "’", "«", "_", "½", "ﬁ", "ª", "‐", "İ", "\u0301", "（", "가"])
def test_a_sign_is_folded_alike_beside_any_other(sign: str) -> None:
    alone, beside = (concepts.fold(f"a{sign}b{other}") for other in ("", "\u3042"))
    assert beside == f"{alone}\u3042"


def test_skills_alone_are_read_as_among_all_others() -> None:
    skills, owners = concepts.read_with_owners(neutral, kinds=concepts.FAMILIES["skill"])
    every, every_owner = concepts.read_with_owners(neutral)
    assert skills == [one for one in every if one.kind in concepts.FAMILIES["skill"]]
    assert owners.items() <= every_owner.items()
    assert {one.id for one in skills} >= {*owners.values()}


def test_every_near_value_is_a_share(thesaurus: Thesaurus) -> None:
    tables = thesaurus._tables
    assert all(0 < value < 1 for row in tables.near.values() for value in row.values())


def test_a_long_text_is_read_quickly(thesaurus: Thesaurus) -> None:
    thesaurus.mentions("Python")
    started = time.thread_time()
    thesaurus.mentions("gestion de la gestion de la " * 4_000)
    assert time.thread_time() - started < 3


def test_its_fingerprint_hangs_on_its_files(thesaurus: Thesaurus, tmp_path: Path) -> None:
    assert thesaurus.fingerprint == Thesaurus(neutral).fingerprint
    other = tmp_path / "relations.tsv"
    other.write_text("general\tspecific\n")
    assert Thesaurus(neutral, relations=other).fingerprint != thesaurus.fingerprint
    assert Thesaurus(neutral, apart=other).fingerprint != thesaurus.fingerprint
    assert Thesaurus(neutral, trades=other).fingerprint != thesaurus.fingerprint


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    gone = Thesaurus(neutral, relations=tmp_path / "none.tsv")
    with pytest.raises(ModelUnavailable, match=r"none\.tsv is missing"):
        gone.near("x")


@pytest.mark.parametrize("word", ["oracle", "Oracle", "AWS", "aws", "pri", "Vue", "rails"])
def test_a_word_is_a_name_as_it_is_spelt_in_any_case(thesaurus: Thesaurus, word: str) -> None:
    assert thesaurus.spells(word)


@pytest.mark.parametrize("word", ["oracles", "prix", "pris", "vues", "rail", "juriste"])
def test_a_plural_is_another_spelling(thesaurus: Thesaurus, word: str) -> None:
    assert not thesaurus.spells(word)


def test_products_and_languages_are_tools_and_methods_norms_and_fields_are_none(thesaurus: Thesaurus) -> None:
    tools = thesaurus.names(["Python", "SAP", "C#", "React", "développement Java", "dbt", "k8s", "Tableau"])
    others = thesaurus.names(["agile", "Scrum", "MOA", "cybersécurité", "ISO 27001", "droit public", "UX", "back-end"])
    assert all(name and thesaurus.is_tool(name) for name in tools)
    assert not any(name is None or thesaurus.is_tool(name) for name in others)


@pytest.mark.parametrize(
    "text", ["data scientist", "Développeuse front", "développeur front", "DPO", "cheffe de projet"]
)
def test_the_name_of_a_trade_is_one_in_either_gender(thesaurus: Thesaurus, text: str) -> None:
    assert thesaurus.is_trade(text)


@pytest.mark.parametrize("text", ["", "Python", "data scientist Python", "science des données", "DDI"])
def test_what_says_more_or_something_else_is_no_trade(thesaurus: Thesaurus, text: str) -> None:
    assert not thesaurus.is_trade(text)
