"""The sentences that profiles are assembled from, in both genders. Braces are filled in by profiles.py."""

from matcher.offline.demo.grammar import agree

HEADLINES = agree(
    "{title}",
    "{title}",
    "{title}",
    "{title} – {tools}",
    "{title} | {tools}",
    "{title} – {topic}",
    "{title}, {years} d’expérience",
    "{title} ({years} d’expérience)",
    "{title}, spécialité {topic}",
    "{title} [passionné|passionnée] par {field}",
    "{title} à l’écoute d’opportunités",
)
HEADLINES_OUTSIDE = agree(
    "{title} en recherche d’un poste dans le service public",
    "{title}, [prêt|prête] à rejoindre l’État",
    "{title} – vers le service public",
)
HEADLINES_GRADUATE = agree(
    "{title} – jeune [diplômé|diplômée]",
    "{title} junior",
    "Jeune [diplômé|diplômée], premier poste {title_of}",
    "[Étudiant|Étudiante] en {field_bare}, à la recherche d’une alternance",
    "[Diplômé|Diplômée] en {field_bare}",
    "{title} [débutant|débutante]",
    "{title} en fin d’études – {tools}",
)
HEADLINES_TURNING = agree(
    "{title}, en reconversion depuis {old_field}",
    "[Ancien|Ancienne] {old_title_small}, aujourd’hui {title_small}",
    "{title} – double compétence en {old_field_bare}",
    "{title} après un parcours dans {old_field}",
)
OPENINGS = agree(
    "J’exerce dans {field} depuis {years}.",
    "[Fort|Forte] de {years} d’expérience, je souhaite mettre mes compétences au service de l’intérêt général.",
    "Je travaille depuis {years} comme {title_small}, aujourd’hui {sector}.",
    "Mon parcours m’a [mené|menée] à me spécialiser dans {field}.",
    "Je suis [devenu|devenue] {title_small} par goût du travail bien fait.",
    "{years_capital} de pratique m’ont appris à aller au plus simple.",
    "Je suis {title_small} {sector} et je cherche de nouveaux défis.",
    "Après {years} passés {sector}, je me sens [prêt|prête] pour un poste à responsabilités.",
)
OPENINGS_GRADUATE = agree(
    "Je viens de terminer mes études et je cherche un premier poste dans {field}.",
    "Récemment [diplômé|diplômée], je voudrais commencer ma carrière dans le service public.",
    "Mes stages m’ont donné le goût {field_of}.",
    "[Étudiant|Étudiante] en dernière année, je serai disponible dès mon diplôme obtenu.",
    "Je suis [sorti|sortie] de formation cette année et [décidé|décidée] à apprendre vite.",
)
OPENINGS_TURNING = agree(
    "Je suis [venu|venue] {field_to} après plusieurs années comme {old_title_small}.",
    "En reconversion, j’ai suivi une formation en {field_bare} tout en travaillant.",
    "Mon premier métier, {old_title_small}, m’a appris à écouter les utilisateurs ; j’en ai changé par choix.",
)
DEEDS = agree(
    "J’ai {first_done}.",
    "J’ai notamment {first_done}, et j’ai {second_done}.",
    "Dans mon dernier poste, j’ai {first_done} ; j’ai aussi {second_done}.",
    "Ce qui m’a le plus plu jusqu’ici : {first_bare}.",
    "Je suis [habitué|habituée] à {first_bare}.",
    "J’ai eu l’occasion {first_of}, puis {second_of}.",
    "Parmi mes réalisations : {first_bare}, {second_bare}.",
    "Mon quotidien consiste à {first_bare} et à {second_bare}.",
    "Une réussite dont je suis [fier|fière] : {first_bare}.",
)
DEEDS_MORE = agree(
    "J’ai aussi appris à {third_bare}.",
    "Il m’est arrivé, en plus, {third_of}.",
    "Plus récemment, j’ai {third_done}.",
    "Au fil du temps, j’ai pris goût à {third_bare}.",
)
DEEDS_GRADUATE = agree(
    "Pendant mes études, j’ai {first_done}.",
    "Lors de mon stage, j’ai {first_done}.",
    "J’ai commencé à {first_bare}, et cela me plaît.",
    "Mon mémoire porte sur un cas réel : {first_bare}.",
    "Je voudrais apprendre à {first_bare}, et à {second_bare}.",
    "Mon projet de fin d’études consistait à {first_bare}.",
)
KNOWLEDGE = agree(
    "Je travaille surtout avec {tools}.",
    "Côté outils, je pratique {tools}.",
    "Je maîtrise {tools}, et je continue d’apprendre.",
    "[Formé|Formée] à {tools}, je m’intéresse de près aux sujets suivants : {disciplines}.",
    "Mes points forts : {disciplines}.",
)
WISHES = agree(
    "[Curieux|Curieuse] et [rigoureux|rigoureuse], j’aime le travail en équipe.",
    "[Convaincu|Convaincue] que le numérique doit simplifier la vie des gens, je cherche une équipe du même avis.",
    "Je souhaite évoluer vers un poste d’encadrement.",
    "Je voudrais rester proche du terrain.",
    "Je suis [intéressé|intéressée] par les sujets de santé, d’éducation et de transition écologique.",
    "Je cherche un poste avec du télétravail et de vraies responsabilités.",
    "Je suis [disposé|disposée] à changer de région.",
    "[Attaché|Attachée] au logiciel libre, je publie une partie de mon travail.",
    "Je serais [heureux|heureuse] d’en parler de vive voix.",
    "[Patient|Patiente] et pédagogue, je forme volontiers mes collègues.",
    "Je préfère les petites équipes aux grandes structures.",
    "Je cherche avant tout de bonnes conditions pour bien travailler.",
    "Je suis [engagé|engagée] dans une association d’aide aux démarches en ligne.",
    "Je souhaite me rapprocher de ma famille, en région.",
    "Je suis [ouvert|ouverte] à des missions transversales.",
    "Un temps partiel à 80 % me conviendrait.",
    "[Soucieux|Soucieuse] de sobriété, je préfère une solution simple à une solution brillante.",
    "Je suis [certain|certaine] qu’un bon service commence par l’écoute de ceux qui s’en servent.",
    "Je lis, j’écris et je présente volontiers.",
    "On me dit [organisé|organisée], [direct|directe] et de bonne humeur.",
)
WISHES_OUTSIDE = agree(
    "Je suis [attiré|attirée] par le service public et ses projets utiles à tous.",
    "Je voudrais travailler pour l’intérêt général.",
    "Je découvre le secteur public et je suis [prêt|prête] à en apprendre les règles.",
    "Un concours m’intéresserait à moyen terme.",
)
WISHES_PUBLIC = agree(
    "Fonctionnaire titulaire, je cherche une mobilité.",
    "[Agent contractuel|Agente contractuelle], je souhaite poursuivre ma carrière dans l’administration.",
    "[Lauréat|Lauréate] d’un concours, je voudrais une affectation dans le numérique.",
    "Je connais bien les marchés publics et les rythmes de l’administration.",
)
ONE_LINERS = agree(
    "À l’écoute d’un poste dans {field}.",
    "Mobilité souhaitée, toutes propositions étudiées.",
    "[Motivé|Motivée] et disponible rapidement.",
    "Je cherche un poste {title_of}.",
    "{years_capital} d’expérience, principalement {sector}.",
)
SECTORS_PRIVATE = (
    ("dans une ESN", "ESN"),
    ("dans une banque", "Banque mutualiste"),
    ("chez un éditeur de logiciels", "Éditeur de logiciels"),
    ("dans une start-up de la santé", "Start-up e-santé"),
    ("dans l’assurance", "Groupe d’assurance"),
    ("dans un cabinet de conseil", "Cabinet de conseil"),
    ("chez un opérateur télécom", "Opérateur télécom"),
    ("dans la grande distribution", "Enseigne de distribution"),
    ("dans l’industrie", "Groupe industriel"),
    ("dans une agence web", "Agence web"),
    ("dans l’énergie", "Fournisseur d’énergie"),
    ("dans les transports", "Entreprise de transport"),
    ("dans une coopérative", "Coopérative numérique"),
    ("dans une association", "Association nationale"),
)
SECTORS_PUBLIC = (
    ("dans un ministère", "Ministère"),
    ("dans un conseil départemental", "Conseil départemental"),
    ("dans une métropole", "Métropole"),
    ("dans un centre hospitalier", "Centre hospitalier universitaire"),
    ("à l’université", "Université"),
    ("dans un rectorat", "Rectorat"),
    ("dans une caisse de sécurité sociale", "Caisse de sécurité sociale"),
    ("dans un établissement public", "Établissement public"),
    ("en préfecture", "Préfecture"),
    ("dans une mairie", "Ville, direction des systèmes d’information"),
    ("dans un institut de recherche", "Institut de recherche public"),
)
SECTORS_EN = (
    ("in consulting", "IT consulting firm"),
    ("in a bank", "International bank"),
    ("in a software company", "Software vendor"),
    ("in a health start-up", "Health start-up"),
    ("in a public agency", "Public agency"),
    ("in a university", "University"),
    ("in telecoms", "Telecoms operator"),
    ("in an NGO", "NGO"),
)
HEADLINES_EN = (
    "{title}",
    "{title}",
    "{title} – {tools}",
    "{title} | {field}",
    "{title} with {years} of experience",
    "{title}, looking for a role in public service",
)
HEADLINES_EN_GRADUATE = ("Junior {title}", "Graduate {title}", "{title} – recent graduate", "Aspiring {title}")
OPENINGS_EN = (
    "I have worked in {field} for {years}.",
    "I have spent {years} {sector} and now want my work to serve the public.",
    "My background is in {field}, mostly {sector}.",
)
OPENINGS_EN_GRADUATE = (
    "I have just finished my degree and am looking for a first position in {field}.",
    "As a recent graduate, I want to learn from an experienced team.",
)
DEEDS_EN = (
    "I {first_done}.",
    "In my last position I {first_done} and {second_done}.",
    "Among other things, I {first_done}.",
    "What I enjoy most is to {first_bare}.",
)
KNOWLEDGE_EN = (
    "I work mainly with {tools}.",
    "My strengths: {disciplines}.",
    "I am fluent in {tools}, with a strong interest in {disciplines}.",
)
WISHES_EN = (
    "My French is good enough for meetings.",
    "I would like to move to France, ideally to Paris.",
    "I care about accessible and sustainable services.",
    "I am open to relocation.",
    "I enjoy teaching what I know.",
    "I am looking for a team that publishes its work.",
)
ONE_LINERS_EN = ("Open to opportunities in {field}.", "Looking for a position as {title}.", "Available soon.")
STUDENT_JOBS = ("Stage – {title}", "Alternance – {title}", "Stage de fin d’études, {title}", "Apprentissage – {title}")
STUDENT_JOBS_EN = ("{title} Intern", "{title} (apprenticeship)")
