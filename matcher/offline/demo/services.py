"""The recruiting services of the demo: plausible, and none of them real."""

from dataclasses import dataclass

from matcher.core.domain import Organisation, OrganisationId


@dataclass(frozen=True, slots=True)
class Service:
    """A recruiting service and what its postings say of it."""

    key: str
    name: str
    code: str
    """Its initials, as they stand before the title of a posting."""
    seats: tuple[str, ...]
    """Numbers of départements; one that is written twice comes up twice as often."""
    products: tuple[str, ...]
    """What it builds, each with its article."""
    contexts: tuple[str, ...]
    context_en: str

    @property
    def organisation(self) -> Organisation:
        """The service as a posting names it."""
        return Organisation(OrganisationId(f"demo-{self.key}"), f"{self.name} (démo)")


SERVICES = (
    Service(
        "transports",
        "Direction du numérique — ministère des Transports",
        "DNUM",
        ("75", "92", "92", "69", "63"),
        ("le portail national des mobilités", "la base des véhicules", "le registre des navires"),
        (
            "La direction du numérique conçoit et exploite les systèmes d’information du ministère des Transports.",
            "Quatre cents agents, répartis entre Paris et les régions, font vivre les outils de la mobilité.",
        ),
        "We build and run the digital services of the ministry of Transport.",
    ),
    Service(
        "education",
        "Direction du numérique pour l’éducation",
        "DNE",
        ("75", "75", "38", "31", "35"),
        ("l’espace numérique des élèves", "la plateforme d’affectation des enseignants", "le livret scolaire en ligne"),
        (
            "La direction pilote les services numériques des élèves, des familles et des enseignants.",
            "Ses applications servent douze millions d’élèves et un million d’agents, avec de forts pics à la rentrée.",
        ),
        "Our services are used every day by pupils, families and teachers.",
    ),
    Service(
        "finances",
        "Service des systèmes d’information des finances publiques",
        "SSI",
        ("93", "75", "59", "67", "45"),
        ("la déclaration de revenus en ligne", "le paiement de proximité", "l’espace professionnel des entreprises"),
        (
            "Le service construit les outils du recouvrement, du contrôle et de la dépense publique.",
            "Avec quatre cents applications et trois centres de données, c’est l’un des plus vastes de l’État.",
        ),
        "We run one of the largest information systems of the State: taxation, control and public spending.",
    ),
    Service(
        "justice",
        "Secrétariat général de la Justice, service du numérique",
        "SNUM",
        ("75", "75", "44", "33"),
        ("le dossier pénal numérique", "le portail du justiciable", "l’application des greffes"),
        (
            "Le service accompagne la transformation des juridictions et de l’administration pénitentiaire.",
            "Il met entre les mains des magistrats et des greffes des outils fiables, sobres et sûrs.",
        ),
        "We support the transformation of courts and of the prison service.",
    ),
    Service(
        "interieur",
        "Direction de la transformation numérique — ministère de l’Intérieur",
        "DTN",
        ("75", "92", "69", "78"),
        (
            "le service des titres en ligne",
            "la plateforme d’appels d’urgence",
            "le système d’information des préfectures",
        ),
        (
            "La direction fournit aux préfectures, à la police et à la sécurité civile leurs moyens numériques.",
            "Elle réunit huit cents agents civils et militaires autour de services disponibles à toute heure.",
        ),
        "We provide prefectures, police and civil protection with services that must work around the clock.",
    ),
    Service(
        "agriculture",
        "Bureau des systèmes d’information agricoles",
        "BSIA",
        ("75", "31", "87", "63"),
        ("la télédéclaration des aides", "la base des exploitations", "le suivi sanitaire des élevages"),
        (
            "Le bureau développe les services rendus aux exploitants, aux vétérinaires et aux lycées agricoles.",
            "Ses équipes, à Paris et à Toulouse, travaillent en mode produit depuis trois ans.",
        ),
        "We develop services for farmers, veterinarians and agricultural schools.",
    ),
    Service(
        "culture",
        "Service du numérique — ministère de la Culture",
        "SNC",
        ("75", "75", "75", "13"),
        (
            "le catalogue des collections publiques",
            "la billetterie des monuments",
            "le guichet des aides à la création",
        ),
        (
            "Le service met le numérique au service du patrimoine, de la création et des publics.",
            "Une équipe de soixante personnes y sert les musées, les monuments et les directions régionales.",
        ),
        "We put digital technology to work for heritage, artists and audiences.",
    ),
    Service(
        "solidarites",
        "Direction du numérique des affaires sociales",
        "DNAS",
        ("75", "75", "94", "59", "13"),
        ("le simulateur de droits sociaux", "le portail de l’autonomie", "la plateforme des signalements sanitaires"),
        (
            "La direction sert les ministères chargés de la santé, du travail et des solidarités.",
            "Elle veut que chacun connaisse ses droits et les obtienne sans remplir deux fois le même formulaire.",
        ),
        "We want everybody to know their rights and to get them without filling in the same form twice.",
    ),
    Service(
        "defense",
        "Agence des infrastructures numériques de défense",
        "AIND",
        ("78", "35", "35", "83", "75"),
        ("le réseau de commandement", "le cloud de défense", "le système d’information logistique"),
        (
            "L’agence est l’opérateur des réseaux et des applications des armées, en métropole et en opération.",
            "Le poste demande une habilitation ; la procédure est engagée par l’agence après le recrutement.",
        ),
        "We operate the networks and applications of the armed forces. The position requires security clearance.",
    ),
    Service(
        "identite",
        "Agence nationale de l’identité numérique",
        "ANIN",
        ("75", "93", "59"),
        ("le bouton d’identification unique", "le coffre-fort des justificatifs", "l’application d’identité mobile"),
        (
            "L’agence permet à trente millions d’usagers de prouver leur identité en ligne, sans trace inutile.",
            "Jeune établissement de quatre-vingts agents, elle recrute pour internaliser ses compétences.",
        ),
        "We let thirty million people prove who they are online, simply and with no needless trace.",
    ),
    Service(
        "sante",
        "Agence du numérique en santé publique",
        "ANSP",
        ("94", "75", "33", "69"),
        ("l’espace personnel de santé", "le registre des vaccinations", "la messagerie des soignants"),
        (
            "L’agence définit les règles d’échange entre soignants et opère les services nationaux de santé.",
            "Médecins, juristes et ingénieurs y travaillent dans les mêmes équipes.",
        ),
        "Doctors, lawyers and engineers work here in the same teams.",
    ),
    Service(
        "cyber",
        "Agence de cybersécurité des services publics",
        "ACSP",
        ("75", "75", "35"),
        (
            "le service d’alerte aux collectivités",
            "le centre de réponse aux incidents",
            "la sonde de détection souveraine",
        ),
        (
            "L’agence protège les administrations et les collectivités contre les attaques informatiques.",
            "Elle intervient auprès des hôpitaux, des communes et des opérateurs touchés par une crise.",
        ),
        "We protect administrations, hospitals and local authorities against cyber attacks.",
    ),
    Service(
        "incubateur",
        "Incubateur interministériel de services numériques",
        "ISN",
        ("75", "75", "75", "69"),
        ("le guichet des jeunes entreprises", "la plateforme de l’inclusion", "l’annuaire des aides locales"),
        (
            "L’incubateur lance chaque année une dizaine de services conçus avec leurs usagers.",
            "De petites équipes autonomes y partent d’un problème constaté sur le terrain et publient tout leur code.",
        ),
        "Small autonomous teams start here from a problem seen in the field and publish all of their code.",
    ),
    Service(
        "datalab",
        "Laboratoire interministériel de la donnée",
        "LID",
        ("75", "75"),
        ("le portail des données ouvertes", "la plateforme de calcul partagée", "l’assistant documentaire des agents"),
        (
            "Le laboratoire aide les administrations à tirer parti de leurs données.",
            "Il accueille chaque année quinze défis portés par des ministères et des collectivités.",
        ),
        "We help administrations to make use of their data, fifteen challenges a year.",
    ),
    Service(
        "cartographie",
        "Institut national de cartographie publique",
        "INCP",
        ("94", "94", "31", "33"),
        ("le géoportail des territoires", "le modèle numérique de terrain", "l’inventaire forestier"),
        (
            "L’institut produit les cartes et les données géographiques de référence.",
            "Il observe le territoire en continu, du littoral aux forêts, et ouvre toutes ses données.",
        ),
        "We produce the reference maps and geographic data of the country.",
    ),
    Service(
        "climat",
        "Établissement public de météorologie et du climat",
        "EPMC",
        ("31", "31", "94", "974"),
        ("la vigilance météorologique", "les projections climatiques locales", "l’observatoire des sécheresses"),
        (
            "L’établissement prévoit le temps, alerte la population et étudie l’évolution du climat.",
            "Son supercalculateur et ses deux mille stations produisent plusieurs téraoctets de données chaque jour.",
        ),
        "We forecast the weather, warn the public and study the climate.",
    ),
    Service(
        "eau",
        "Office national de l’eau et de la biodiversité",
        "ONEB",
        ("94", "34", "35", "45"),
        ("le suivi des nappes", "l’inventaire des espèces", "le registre des prélèvements d’eau"),
        (
            "L’office surveille l’état de l’eau et des espèces, outre-mer compris.",
            "Ses inspecteurs de terrain ont besoin d’outils simples, qui fonctionnent aussi sans réseau.",
        ),
        "We monitor water and wildlife, overseas included.",
    ),
    Service(
        "retraites",
        "Caisse publique des retraites",
        "CPR",
        ("49", "33", "75", "75"),
        ("le relevé de carrière en ligne", "le simulateur de retraite", "la demande unique de pension"),
        (
            "La caisse gère la retraite de sept millions d’agents publics et de leurs ayants droit.",
            "Elle modernise un système d’information dont les plus anciens programmes ont quarante ans.",
        ),
        "We are modernising a pension system whose oldest programs are forty years old.",
    ),
    Service(
        "emploi",
        "Opérateur national de l’emploi et des compétences",
        "ONEC",
        ("75", "93", "44", "54", "06"),
        ("le moteur de recherche d’offres", "le passeport de compétences", "l’espace des conseillers"),
        (
            "L’opérateur accompagne les demandeurs d’emploi et conseille les entreprises qui recrutent.",
            "Mille agences et cinquante mille conseillers dépendent chaque jour de ses applications.",
        ),
        "A thousand agencies and fifty thousand advisers depend on our applications every day.",
    ),
    Service(
        "statistique",
        "Institut de la statistique publique",
        "ISP",
        ("92", "75", "57", "59"),
        ("le recensement en ligne", "l’indice des prix", "le répertoire des entreprises"),
        (
            "L’institut collecte, analyse et diffuse l’information sur l’économie et la société.",
            "Son centre de services de Metz partage avec toute l’Europe statistique des outils libres.",
        ),
        "We collect, analyse and publish information on the economy and on society.",
    ),
    Service(
        "archives",
        "Service numérique des archives nationales",
        "SNAN",
        ("93", "93", "75"),
        (
            "la plateforme d’archivage électronique",
            "la salle de lecture virtuelle",
            "le moteur de reconnaissance d’écriture",
        ),
        (
            "Le service recueille les archives numériques de l’État et les ouvre au public.",
            "Il conserve des fichiers pour des siècles : la pérennité y compte plus que la nouveauté.",
        ),
        "We keep files for centuries: durability matters more here than novelty.",
    ),
    Service(
        "region",
        "Direction des systèmes d’information — région des Quatre-Vallées",
        "DSI",
        ("69", "42", "38", "74"),
        ("le portail des lycées", "la billettique des trains régionaux", "le guichet des subventions"),
        (
            "La direction équipe trois cents lycées et conçoit les services en ligne de la région.",
            "Soixante-dix agents y servent six mille collègues, du siège aux maisons de la région.",
        ),
        "We equip three hundred high schools and design the online services of the region.",
    ),
    Service(
        "metropole",
        "Direction du numérique — métropole des Deux-Rives",
        "DN",
        ("33", "44", "35", "67"),
        ("l’application des services urbains", "la plateforme de données du territoire", "l’espace des associations"),
        (
            "La métropole et ses vingt-huit communes partagent une même direction du numérique.",
            "Elle défend un numérique sobre, ouvert et accessible à tous les habitants.",
        ),
        "We stand for digital services that are frugal, open and accessible to every resident.",
    ),
    Service(
        "hopital",
        "Direction des services numériques — groupement hospitalier public",
        "DSN",
        ("75", "76", "21", "37", "93"),
        ("le dossier du patient", "la prise de rendez-vous en ligne", "l’entrepôt de données de santé"),
        (
            "Le groupement réunit neuf hôpitaux et douze mille soignants autour d’un système d’information commun.",
            "La direction intervient au plus près des services de soins, jour et nuit.",
        ),
        "Our group brings nine hospitals and twelve thousand carers around a common information system.",
    ),
)
