"""The sentences that postings are assembled from. Braces are filled in by postings.py."""

CODES = ("{code} {department} - ", "{code} – ", "Réf. {number} – ", "{code}/{department} : ", "[{number}] ")
GRADES = (" junior", " confirmé", " senior", " expérimenté")
TEAMS = (
    "Vous rejoindrez une équipe pluridisciplinaire de {people} personnes.",
    "L’équipe compte {people} agents, dont un tiers de contractuels venus du privé.",
    "Le pôle réunit {people} personnes qui travaillent en cycles de deux semaines.",
    "Vous serez rattaché(e) au pôle produits et travaillerez avec {people} collègues.",
    "Le poste est une création, dans une équipe de {people} personnes appelée à grandir.",
    "Il s’agit du remplacement d’un départ à la retraite, avec une période de tuilage.",
    "Le bureau, fort de {people} agents, remplace peu à peu ses prestataires par des recrutements.",
)
PRODUCTS = (
    "Le poste est affecté en priorité {to_product}.",
    "Vous contribuerez {to_product}, l’un des chantiers majeurs de l’année.",
    "Le premier projet confié concernera la refonte {of_product}.",
    "Votre périmètre : l’évolution {of_product}.",
    "Une nouvelle version {of_product} est attendue dans l’année.",
)
DUTIES = (
    "Vous serez chargé(e) {first}, {second} et {third}.",
    "Vos missions consisteront à {first_bare}, à {second_bare} et à {third_bare}.",
    "Vous {first_future}. Vous {second_future}. Vous {third_future}.",
    "À ce titre, vous {first_future} ; vous {second_future}.",
    "Au quotidien, vous {first_future}. Il vous reviendra aussi {second}.",
    "Le ou la titulaire du poste a pour mission {first}, ainsi que {second}.",
    "Votre rôle : {first_bare}. En lien avec les autres bureaux, vous {second_future}. Enfin, vous {third_future}.",
)
BULLETS = ("Vos missions :", "Missions principales :", "Activités :", "À ce titre, il vous reviendra de :")
CLOSINGS = (
    "Des déplacements ponctuels sont à prévoir.",
    "Une astreinte est organisée par roulement.",
    "Le poste ouvre droit à une formation d’intégration de deux semaines.",
    "Les candidatures de personnes en situation de handicap sont les bienvenues.",
    "Le service est labellisé pour l’égalité professionnelle et la diversité.",
    "Le restaurant administratif et les transports sont à cinq minutes.",
    "La prise de poste est souhaitée dès que possible.",
)
TELEWORK = (
    "Télétravail possible jusqu’à trois jours par semaine après une période d’intégration.",
    "Deux jours de télétravail par semaine.",
    "Télétravail encouragé, avec un jour commun sur place.",
)
OPEN_TO_ALL = (
    "Poste ouvert aux titulaires et aux contractuels (CDI possible).",
    "Poste ouvert aux fonctionnaires comme aux contractuels.",
)
LONERS = (
    "{duty}.",
    "Poste au sein de l’équipe chargée {of_product} : {duty_small}.",
    "Voir la fiche de poste jointe.",
    "Fiche de poste détaillée sur demande. Mission principale : {duty_small}.",
)
LEVELS = {4: "Bac", 5: "Bac+2", 6: "Bac+3", 7: "Bac+5", 8: "Doctorat"}
WANTED = (
    "Vous maîtrisez {tools}.",
    "Connaissances attendues : {disciplines}.",
    "Compétences techniques : {tools}, {disciplines}.",
    "Vous êtes à l’aise avec {tools}, et les sujets suivants vous sont familiers : {disciplines}.",
    "Une expérience dans {field} est demandée.",
)
WANTED_OF_BEGINNERS = (
    "Une première expérience dans {field}, stage compris, serait un plus.",
    "Vous connaissez {tools}, ou vous souhaitez les apprendre.",
    "Notions attendues : {disciplines}.",
    "Des bases solides : {tools}.",
)
MANNERS = (
    "Esprit d’équipe, rigueur et sens du service public.",
    "Qualités rédactionnelles et capacité à expliquer simplement.",
    "Vous aimez travailler avec des interlocuteurs très divers.",
    "Autonomie, curiosité, discrétion.",
    "Savoir travailler en équipe ; savoir rendre compte.",
    "Une connaissance de l’administration n’est pas exigée.",
    "Sens de l’écoute et goût du terrain.",
)
BEGINNERS = (
    "Débutantes et débutants bienvenus : l’équipe forme ses nouveaux membres.",
    "Poste accessible en sortie d’école.",
    "Un tutorat est prévu pendant six mois.",
)
DUTIES_EN = (
    "You will {first}, {second} and {third}.",
    "Your main tasks: {first}; {second}.",
    "In this role you will {first}. You will also {second}.",
    "We are looking for someone to {first} and to {second}.",
)
CLOSINGS_EN = (
    "Working French is expected; we help with the rest.",
    "You will join a team of {people} people.",
)
TELEWORK_EN = ("Up to two days a week from home.", "Working from home is possible.")
OPEN_TO_ALL_EN = ("Open to civil servants and to contract staff.",)
WANTED_EN = (
    "You have a good command of {tools}.",
    "Experience in {field} is expected.",
    "You are familiar with {disciplines}.",
    "You like to explain things simply, in English and in French.",
)
