"""Names that mean something else as well count beside what tells that the skill is meant, and as listed skills."""

from pathlib import Path

import pytest

from matcher.core.errors import ModelUnavailable
from matcher.stages.text import neutral
from models.doubtful import is_own_abbreviation
from models.thesaurus import Thesaurus


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("Directeur des ressources humaines de l'université d'Aix-Marseille", "Aix"),
        ("crous aix marseille avignon", "aix"),
        ("pour assurer le soutien des unités de la BDD de Tours", "BDD"),
        ("la base de défense (BdD) et ses unités", "BdD"),
        ("GESTIONNAIRE/SECRETAIRE SPIP 25 RA MONTBELIARD", "SPIP"),
        ("Une copie sera transmise à Monsieur l'IA-DASEN de la Meuse", "IA"),
        ("le pilotage des actions du PIA relatives au soutien à l'innovation", "PIA"),
        ("Le Répertoire Opérationnel des Ressources (ROR) et Django", "ROR"),
        ("Lien avec le DRF (Département Réseau Fixe) de la DZSIC, en Python", "DRF"),
        ("Il réalise la SPA journalière, tient à jour les dossiers", "SPA"),
        ("établissements de santé : PMI, établissements privés", "PMI"),
        ("Chef de projet en santé, en lien avec les PMI", "PMI"),
        ("conseiller à bon escient le RPA en vue de satisfaire le client", "RPA"),
        ("La section « Analyse systèmes » (SAS) et ses statistiques", "SAS"),
        ("établissements recevant du public (ERP) et Chorus", "ERP"),
        ("Règles de sécurité liées à un ERP", "ERP"),
        ("ERP recevant du public, suites bureautiques", "ERP"),
        ("Transmettre les données à l'IA-DASEN, analyse de la data", "IA"),
        ("Équipe de la DCE doctorale, marchés publics", "DCE"),
        ("les dossiers de recrutement de DCE\ndes contrats doctoraux", "DCE"),
        ("agences sanitaires et partenaires [SIG (Service d'information du gouvernement)", "SIG"),
        ("Un domaine Systèmes d'Information et Poste de travail (SIP), et la téléphonie sur IP", "SIP"),
        ("entretien du bâtiment et sauvegarde du patrimoine bâti", "sauvegarde"),
        ("l'accessibilité aux soins primaires", "accessibilité"),
        ("accueil des personnes en fauteuil (PMR)", "PMR"),
        ("Tableau des effectifs au 1er mars", "Tableau"),
        ("Animer des réseaux de correspondants", "réseaux"),
        ("Participation à des réseaux professionnels", "réseaux"),
        ("la Direction interarmées des réseaux d’infrastructure et des systèmes d’information", "réseaux"),
        ("Tenir à jour la maquette budgétaire", "maquette"),
        ("Mise à jour des maquettes pédagogiques", "maquettes"),
        ("répartir les déchets dans les conteneurs adaptés", "conteneurs"),
        ("formation à la sécurité, ergonomie des postes", "ergonomie"),
        ("priorisation des tâches, plannings", "priorisation"),
        ("programmation culturelle et artistique", "programmation"),
        ("gestion du parc automobile", "gestion du parc"),
        ("animation d'une enquête publique", "enquête"),
        ("gestion des achats de la direction", "achats"),
        ("assurer la gestion des contrats à durée déterminée", "gestion des contrats"),
        ("recensement des besoins en formation", "recensement des besoins"),
        ("diplômée de Télécom Paris", "Télécom"),
        ("chef de l'atelier SLA", "SLA"),
        ("gestion des licences de pêche", "gestion des licences"),
        ("suivi des anomalies de planning", "suivi des anomalies"),
        ("accessibility of public transport", "accessibility"),
        ("la mesure d'impact compte pour nous", "mesure d'impact"),
        ("le maintien en condition opérationnelle des véhicules", "maintien en condition opérationnelle"),
        ("l’expertise technique du MCO-T", "MCO"),
        ("au sein du centre de services partagés", "centre de services"),
        ("Organiser son poste de travail", "poste de travail"),
        ("la réponse aux demandes des bureaux décisionnels", "décisionnels"),
        ("instances décisionnelles et rapports d'activité", "décisionnelles"),
        ("Autonomie décisionnelle sur les données", "décisionnelle"),
        ("note décisionnelle et reporting", "décisionnelle"),
        ("un contrat à durée déterminée de droit public de trois ans", "droit public"),
        ("la direction générale des Finances publiques", "Finances publiques"),
        ("le ministère de l’Europe et des affaires étrangères", "affaires étrangères"),
        ("Envoyez votre CV ou votre LinkedIn / GitHub", "GitHub"),
        ("Merci de préciser tes références (GitHub, GitLab)", "GitLab"),
        ("Premier entretien en visio avec la cheffe de bureau", "visio"),
        ("Participer aux réunions (téléphone/visioconférence)", "visioconférence"),
        ("à deux stations du Grand Paris Express, en JavaScript", "Express"),
        ("Rendre compte au RGI (responsable de la gestion informatique)", "RGI"),
        ("animer le réseau interministériel des correspondants", "réseau interministériel"),
        ("le câblage VDI des nouveaux locaux", "VDI"),
        ("équilibrer la répartition de la charge entre collègues", "répartition de la charge"),
        ("le durcissement militaire du recrutement", "durcissement"),
        ("quarante salles informatiques pour les étudiants", "salles informatiques"),
        ("des données liées aux agents", "données liées"),
        ("une base de données vectorielles d'images aériennes", "base de données vectorielles"),
        ("dans une démarche de numérique responsable", "démarche de numérique"),
        ("analyse des risques juridiques des marchés", "analyse des risques"),
        ("Vous aimez travailler en équipe", "travailler en équipe"),
        ("le respect des règles de sécurité", "règles de sécurité"),
        ("You work in a team and meet deadlines", "work in a team"),
        ("Le service recueille les archives numériques de la région", "archives numériques"),
        ("concevoir des applications web au service des agents", "web au service"),
        ("au sein du service informatique de l'école", "service informatique"),
        ("animer un réseau de partenaires", "réseau"),
        ("Responsable réseau commercial", "réseau"),
        ("exploitation du réseau routier", "réseau"),
        ("Technicien chargé d'animer un réseau", "réseau"),
        ("travailler en réseau avec les préfectures", "réseau"),
    ],
)
def test_what_means_something_else_names_no_skill(thesaurus: Thesaurus, text: str, quote: str) -> None:
    assert quote in text
    assert quote not in [text[one.start : one.end] for one in thesaurus.mentions(text)]


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("Serveurs Linux et AIX", "AIX"),
        ("Administration de sites sous SPIP et Drupal", "SPIP"),
        ("projets data et études du labo Big Data et IA", "IA"),
        ("Intelligence artificielle (IA)", "IA"),
        ("Réalisation de PIA et suivi RGPD", "PIA"),
        ("développement en Ruby (RoR)", "RoR"),
        ("API en Python avec DRF", "DRF"),
        ("automatisation des tâches par RPA", "RPA"),
        ("Statistiques sous SAS", "SAS"),
        ("Administrateur systèmes et réseaux", "réseaux"),
        ("TECHNICIEN RESEAUX", "RESEAUX"),
        ("Animer des ateliers. Exploiter les réseaux et la téléphonie", "réseaux"),
        ("maquettes sous Figma", "maquettes"),
        ("applications en conteneurs, orchestration Kubernetes", "conteneurs"),
        ("ergonomie des sites et des interfaces", "ergonomie"),
        ("priorisation, tenue du backlog", "priorisation"),
        ("programmation en Python et Java", "programmation"),
        ("gestion du parc informatique, imprimantes. Gestion de parc sous GLPI", "Gestion de parc"),
        ("analyse des besoins, utilisateurs et agents", "analyse des besoins"),
        ("web accessibility and WCAG; accessibility of interfaces", "accessibility"),
        ("réseaux et télécoms", "télécoms"),
        ("gestion des licences Microsoft et des éditeurs", "gestion des licences"),
        ("conventions de service et SLA avec la DSI", "SLA"),
        ("Maintien en conditions opérationnelles des serveurs", "Maintien en conditions opérationnelles"),
        ("le centre de services et les équipes support", "centre de services"),
        ("renouvellement des postes de travail", "postes de travail"),
        ("outils décisionnels et infocentre", "outils décisionnels"),
        ("Juriste en droit public", "droit public"),
        ("master de finances publiques", "finances publiques"),
        ("SAS, SPSS et Stata", "SAS"),
        ("connaissance des ERP et des suites bureautiques", "ERP"),
        ("Cartographie et SIG sous QGIS", "SIG"),
        ("IPBX, SIP et Asterisk", "SIP"),
        ("la sauvegarde et l'externalisation des données", "sauvegarde"),
        ("accessibilité (RGAA) du site", "accessibilité"),
        ("rapports Power BI et Tableau", "Tableau"),
        ("(MySQL, BDD) du logiciel", "BDD"),
        ("gestion de l'AD, des GPO", "AD"),
        ("Analyste SOC", "SOC"),
        ("Développeuse SIG", "SIG"),
        ("Resource Description Framework (RDF) et SPARQL", "RDF"),
        ("Privacy Impact Assessment (PIA), RGPD", "PIA"),
        ("Session Initiation Protocol (SIP), asterisk", "SIP"),
        ("Intrusion prevention system (IPS)", "IPS"),
        ("traitement automatique du langage (TAL)", "TAL"),
        ("MPI (Message Passing Interface)", "MPI"),
        ("ERP, progiciel. Formation sécurité incendie.", "ERP"),
        ("ERP, progiciel, sécurité   incendie", "ERP"),
        ("Sécurité incendie.\nERP et Chorus", "ERP"),
        ("Site web sous SPIP. Relations avec l'administration pénitentiaire.", "SPIP"),
        ("Git, GitHub et intégration continue", "GitHub"),
        ("Support de la visioconférence dans les salles", "visioconférence"),
        ("Serveur : Node.js (Express)", "Express"),
        ("VDI sous Citrix", "VDI"),
        ("Archivage, versement des archives numériques", "archives numériques"),
        ("consommer des web services", "web services"),
        ("durcissement des postes Linux", "durcissement"),
        ("Ingénieure système, réseau et sécurité", "réseau"),
        ("Administrateur systèmes et réseau", "réseau"),
        ("Technicien·ne réseau", "réseau"),
        ("exploitation du réseau de la préfecture", "réseau"),
        ("du matériel réseau", "réseau"),
    ],
)
def test_the_same_name_counts_beside_another_skill_of_its_field(thesaurus: Thesaurus, text: str, quote: str) -> None:
    assert quote in [text[one.start : one.end] for one in thesaurus.mentions(text)]


def test_each_place_of_a_name_counts_for_itself(thesaurus: Thesaurus) -> None:
    text = "Site sous SPIP et Drupal. Visites au SPIP, milieu pénitentiaire."
    assert [text[one.start : one.end] for one in thesaurus.mentions(text)] == ["SPIP", "Drupal"]


@pytest.mark.parametrize(
    "prose", ["{} : entrepôt de données et rapports", "{}, Power BI", "{} au bureau des procédures"]
)
def test_a_woman_s_title_names_the_skills_that_a_man_s_does(thesaurus: Thesaurus, prose: str) -> None:
    his, hers = (
        [one.name for one in thesaurus.mentions(prose.format(title))]
        for title in ("Chargé d’études décisionnel", "Chargée d’études décisionnelle")
    )
    assert hers == his


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Travail de docker sur les quais.", []),
        ("Docker au port de Marseille.", []),
        ("Déploiement avec docker, sur le port 8080", ["docker"]),
        ("Window cleaner in town halls", []),
        ("Sous Windows et Linux", ["Windows", "Linux"]),
        ("Sold kitchen blenders.", []),
        ("The universe of open data", ["open data"]),
        ("Collected sea shells.", []),
        ("Scripts shell", ["Scripts shell"]),
        ("Salarié chez SAP France, service paie", []),
        ("Consultant SAP", ["SAP"]),
        ("Vendeur chez Oracle.", []),
        ("Oracle et PL/SQL", ["Oracle", "PL/SQL"]),
        ("I hope to join you.", []),
    ],
)
def test_what_has_a_tool_s_name_and_is_something_else_is_no_skill(
    thesaurus: Thesaurus, text: str, named: list[str]
) -> None:
    assert [text[one.start : one.end] for one in thesaurus.mentions(text)] == named


def test_a_doubtful_name_is_a_skill_where_it_is_listed(thesaurus: Thesaurus) -> None:
    names = thesaurus.names(["AIX", "SPIP", "BDD", "base de données", "ERP", "sauvegarde"])
    assert None not in names
    assert names[2] == names[3]


def test_every_doubtful_name_is_a_skill_and_one_of_the_lexicon_where_its_field_is_told(thesaurus: Thesaurus) -> None:
    tables = thesaurus._tables
    entries = [one for same in tables.doubtful.values() for one in same]
    known = thesaurus.names([one.written for one in entries])
    assert [
        one.written
        for one, name in zip(entries, known, strict=True)
        if name is None or (one.field not in ("free", "never") and name not in tables.ours)
    ] == []


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Département Réseau Fixe (DRF)", True),
        ("DRF (Département Réseau Fixe)", True),
        ("le Répertoire des Ressources et Formations « DRF »", False),
        ("Django REST Framework (DRF)", True),
        ("une API (DRF)", False),
        ("DRF (Django)", False),
    ],
)
def test_an_abbreviation_that_a_text_spells_out_is_told(text: str, own: bool) -> None:
    start = text.index("DRF")
    assert is_own_abbreviation(text, start, start + 3) is own


def test_a_missing_or_damaged_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"none\.tsv is missing"):
        Thesaurus(neutral, doubtful=tmp_path / "none.tsv").names(["x"])
    damaged = tmp_path / "damaged.tsv"
    damaged.write_text("names\tfield\tbeside\tunless\nERP\twhatever\t\t\n")
    with pytest.raises(ModelUnavailable, match=r"damaged\.tsv is damaged"):
        Thesaurus(neutral, doubtful=damaged).names(["x"])
