"""What people say of themselves or of somebody in a sentence, by a man and by a woman: pronouns, civility, agreement.

Written as people write, and not after the engine's rules: of the 95 that were written last, nine told the gender
when first tried, and the rules were mended. The names are invented.
"""

PAIRS = (
    # In French, then in English; the man first.
    ("Il est reconnu pour son sens de l'écoute.", "Elle est reconnue pour son sens de l'écoute."),
    (
        "Ses pairs le décrivent comme rigoureux, impliqué et bienveillant.",
        "Ses pairs la décrivent comme rigoureuse, impliquée et bienveillante.",
    ),
    (
        "M. Lefèvre a été recruté en 2019, puis nommé directeur adjoint.",
        "Mme Lefèvre a été recrutée en 2019, puis nommée directrice adjointe.",
    ),
    (
        "Passionné de nouvelles technologies, je suis également très investi dans le milieu associatif.",
        "Passionnée de nouvelles technologies, je suis également très investie dans le milieu associatif.",
    ),
    (
        "Autodidacte, je me suis formé seul à Python et j'ai été embauché dans la foulée.",
        "Autodidacte, je me suis formée seule à Python et j'ai été embauchée dans la foulée.",
    ),
    (
        "Jeune retraité de l'armée, je suis mobile et disponible.",
        "Jeune retraitée de l'armée, je suis mobile et disponible.",
    ),
    ("Franc et direct, je sais être diplomate.", "Franche et directe, je sais être diplomate."),
    ("Je suis papa de trois enfants et très organisé.", "Je suis maman de trois enfants et très organisée."),
    (
        "Actuellement employé à la mairie de Lyon, je souhaite évoluer.",
        "Actuellement employée à la mairie de Lyon, je souhaite évoluer.",
    ),
    (
        "Toujours souriant, calme et patient, je suis un excellent communicant.",
        "Toujours souriante, calme et patiente, je suis une excellente communicante.",
    ),
    (
        "Fils d'enseignants, né à Brest, j'ai grandi en Bretagne.",
        "Fille d'enseignants, née à Brest, j'ai grandi en Bretagne.",
    ),
    ("C'est lui qui a porté la refonte du site.", "C'est elle qui a porté la refonte du site."),
    ("Le candidat est autonome et force de proposition.", "La candidate est autonome et force de proposition."),
    ("Un vrai meneur, capable de fédérer autour de lui.", "Une vraie meneuse, capable de fédérer autour d'elle."),
    (
        "Titularisé en 2020, je suis devenu formateur interne.",
        "Titularisée en 2020, je suis devenue formatrice interne.",
    ),
    (
        "Natif de Marseille, sportif et compétiteur dans l'âme.",
        "Native de Marseille, sportive et compétitrice dans l'âme.",
    ),
    ("Doux mais déterminé, je suis à l'aise en public.", "Douce mais déterminée, je suis à l'aise en public."),
    (
        "Indépendant depuis trois ans, épaulé par une associée.",
        "Indépendante depuis trois ans, épaulée par une associée.",
    ),
    (
        "Je suis arrivé dans ce métier par hasard et j'y suis resté.",
        "Je suis arrivée dans ce métier par hasard et j'y suis restée.",
    ),
    (
        "Certifié Scrum Master, je suis habitué aux environnements complexes.",
        "Certifiée Scrum Master, je suis habituée aux environnements complexes.",
    ),
    (
        "Cartésien, méthodique et persévérant, je suis perçu comme fiable.",
        "Cartésienne, méthodique et persévérante, je suis perçue comme fiable.",
    ),
    ("Très bon pédagogue, bon rédacteur.", "Très bonne pédagogue, bonne rédactrice."),
    ("Lui-même développeur, il encadre deux apprenties.", "Elle-même développeuse, elle encadre deux apprenties."),
    (
        "Ingénieur diplômé de l'INSA, reçu premier au concours.",
        "Ingénieure diplômée de l'INSA, reçue première au concours.",
    ),
    (
        "Je me considère comme une personne curieuse ; mes amis me disent têtu.",
        "Je me considère comme une personne curieuse ; mes amis me disent têtue.",
    ),
    (
        "Élu municipal pendant six ans, je suis sensible à l'intérêt général.",
        "Élue municipale pendant six ans, je suis sensible à l'intérêt général.",
    ),
    ("Président d'association, secouriste et marathonien.", "Présidente d'association, secouriste et marathonienne."),
    (
        "Marié, père de deux enfants, je suis prêt à déménager.",
        "Mariée, mère de deux enfants, je suis prête à déménager.",
    ),
    (
        "Bilingue, expatrié pendant dix ans, je suis rentré en France.",
        "Bilingue, expatriée pendant dix ans, je suis rentrée en France.",
    ),
    (
        "Ouvert d'esprit, perspicace, un brin perfectionniste et exigeant.",
        "Ouverte d'esprit, perspicace, un brin perfectionniste et exigeante.",
    ),
    ("Ma responsable me dit volontaire et dévoué.", "Ma responsable me dit volontaire et dévouée."),
    (
        "Je suis le seul à maintenir cet outil, connu de toutes les équipes.",
        "Je suis la seule à maintenir cet outil, connue de toutes les équipes.",
    ),
    ("Concis à l'écrit, clair à l'oral, très précis.", "Concise à l'écrit, claire à l'oral, très précise."),
    ("Infirmier reconverti, je suis un débutant motivé.", "Infirmière reconvertie, je suis une débutante motivée."),
    (
        "Étant moi-même handicapé, j'ai été sensibilisé à l'accessibilité.",
        "Étant moi-même handicapée, j'ai été sensibilisée à l'accessibilité.",
    ),
    ("Lauréat d'un prix, invité à plusieurs conférences.", "Lauréate d'un prix, invitée à plusieurs conférences."),
    (
        "Monsieur Petit est un interlocuteur apprécié, toujours soucieux du détail.",
        "Madame Petit est une interlocutrice appréciée, toujours soucieuse du détail.",
    ),
    (
        "Je serais heureux et fier de vous rejoindre, étant très intéressé.",
        "Je serais heureuse et fière de vous rejoindre, étant très intéressée.",
    ),
    ("Muté à Rennes, détaché puis intégré au ministère.", "Mutée à Rennes, détachée puis intégrée au ministère."),
    (
        "Serveur pendant mes études, je suis resté proche du terrain.",
        "Serveuse pendant mes études, je suis restée proche du terrain.",
    ),
    ("Créatif, un peu rêveur, mais jamais paresseux.", "Créative, un peu rêveuse, mais jamais paresseuse."),
    ("Surnommé « le magicien du SQL », je suis imbattable.", "Surnommée « la magicienne du SQL », je suis imbattable."),
    ("Champion régional d'échecs, ancien basketteur.", "Championne régionale d'échecs, ancienne basketteuse."),
    ("Je suis un homme engagé, militant et citoyen.", "Je suis une femme engagée, militante et citoyenne."),
    (
        "Loyal, honnête, bosseur, je suis apprécié de mes supérieurs.",
        "Loyale, honnête, bosseuse, je suis appréciée de mes supérieurs.",
    ),
    (
        "A businessman turned developer, he founded two companies himself.",
        "A businesswoman turned developer, she founded two companies herself.",
    ),
    (
        "Administrateur certifié, je suis monté en compétences sur Kubernetes.",
        "Administratrice certifiée, je suis montée en compétences sur Kubernetes.",
    ),
    (
        "Il s'est vu confier la maintenance ; ses chefs lui font confiance et le citent en exemple.",
        "Elle s'est vu confier la maintenance ; ses chefs lui font confiance et la citent en exemple.",
    ),
    ("Bon vivant, joyeux et sociable.", "Bonne vivante, joyeuse et sociable."),
    ("Nantais d'adoption, passionné de voile.", "Nantaise d'adoption, passionnée de voile."),
    (
        "Fonctionnaire stagiaire, affecté à la DGFiP, titulaire depuis peu et déjà très apprécié.",
        "Fonctionnaire stagiaire, affectée à la DGFiP, titulaire depuis peu et déjà très appréciée.",
    ),
    ("Je suis un grand lecteur et un piètre cuisinier.", "Je suis une grande lectrice et une piètre cuisinière."),
    ("Major de promotion, félicité par le jury.", "Major de promotion, félicitée par le jury."),
    (
        "Formé par des pairs, soutenu par ma hiérarchie, j'ai été promu chef d'équipe.",
        "Formée par des pairs, soutenue par ma hiérarchie, j'ai été promue cheffe d'équipe.",
    ),
    (
        "J'ai été élu délégué du personnel et réélu deux fois.",
        "J'ai été élue déléguée du personnel et réélue deux fois.",
    ),
    ("M. Nguyen, sous-préfet, m'a recommandé.", "Mme Nguyen, sous-préfète, m'a recommandée."),
    (
        "Ancien cadre, je me suis reconverti ; aujourd'hui je me sens épanoui.",
        "Ancienne cadre, je me suis reconvertie ; aujourd'hui je me sens épanouie.",
    ),
    (
        "Rapide, efficace, minutieux et toujours partant pour apprendre.",
        "Rapide, efficace, minutieuse et toujours partante pour apprendre.",
    ),
    ("La trentaine, marié, je suis installé à Toulouse.", "La trentaine, mariée, je suis installée à Toulouse."),
    (
        "Très à l'écoute, il est resté humble malgré sa réussite.",
        "Très à l'écoute, elle est restée humble malgré sa réussite.",
    ),
    (
        "Bachelier à seize ans, étudiant brillant puis doctorant.",
        "Bachelière à seize ans, étudiante brillante puis doctorante.",
    ),
    ("Je suis celui qu'on appelle quand tout est bloqué.", "Je suis celle qu'on appelle quand tout est bloqué."),
    (
        "Inscrit à Pôle emploi depuis mars, je suis disponible et motivé.",
        "Inscrite à Pôle emploi depuis mars, je suis disponible et motivée.",
    ),
    (
        "Assistant social devenu chargé de projets numériques.",
        "Assistante sociale devenue chargée de projets numériques.",
    ),
    (
        "Je suis nouveau dans la région et encore un peu perdu.",
        "Je suis nouvelle dans la région et encore un peu perdue.",
    ),
    (
        "Naturellement discret, je suis néanmoins un orateur convaincant.",
        "Naturellement discrète, je suis néanmoins une oratrice convaincante.",
    ),
    (
        "Considéré comme le référent technique, j'ai été chargé de former les nouvelles recrues.",
        "Considérée comme la référente technique, j'ai été chargée de former les nouvelles recrues.",
    ),
    (
        "Ma directrice, elle aussi ingénieure, m'a toujours encouragé.",
        "Ma directrice, elle aussi ingénieure, m'a toujours encouragée.",
    ),
    ("Je suis un battant, ambitieux et tenace.", "Je suis une battante, ambitieuse et tenace."),
    (
        "Seul aux commandes, j'ai été confronté à des crises majeures.",
        "Seule aux commandes, j'ai été confrontée à des crises majeures.",
    ),
    (
        "Convaincu que le numérique doit être inclusif, je suis investi et persuadé d'être utile.",
        "Convaincue que le numérique doit être inclusif, je suis investie et persuadée d'être utile.",
    ),
    ("Rompu à la négociation, aguerri aux marchés publics.", "Rompue à la négociation, aguerrie aux marchés publics."),
    (
        "Porté par l'intérêt général, guidé par l'éthique, je reste lucide.",
        "Portée par l'intérêt général, guidée par l'éthique, je reste lucide.",
    ),
    ("Frais émoulu d'école, mais pas naïf.", "Fraîche émoulue d'école, mais pas naïve."),
    ("Il sait s'entourer et reste maître de lui-même.", "Elle sait s'entourer et reste maîtresse d'elle-même."),
    ("Chère équipe, je serais ravi d'être des vôtres !", "Chère équipe, je serais ravie d'être des vôtres !"),
    (
        "Un collègue attentionné, un manager exigeant mais juste.",
        "Une collègue attentionnée, une manageuse exigeante mais juste.",
    ),
    ("Champion du télétravail, je suis équipé chez moi.", "Championne du télétravail, je suis équipée chez moi."),
    (
        "J'ai travaillé comme hôte d'accueil, puis comme vendeur.",
        "J'ai travaillé comme hôtesse d'accueil, puis comme vendeuse.",
    ),
    ("Madame, Monsieur, je suis candidat au poste.", "Madame, Monsieur, je suis candidate au poste."),
    ("M. Diallo, alternant, est autonome et bien intégré.", "Mlle Diallo, alternante, est autonome et bien intégrée."),
    (
        "Reçu à l'agrégation, admis à l'ENA, classé troisième.",
        "Reçue à l'agrégation, admise à l'ENA, classée troisième.",
    ),
    ("Agile certifié, converti à DevOps, exclu de rien !", "Agile certifiée, convertie à DevOps, exclue de rien !"),
    (
        "His manager calls him reliable; he mentors two juniors.",
        "Her manager calls her reliable; she mentors two juniors.",
    ),
    ("Promoted to chairman, he kept coding.", "Promoted to chairwoman, she kept coding."),
    (
        "Ancien officier devenu analyste, je suis autonome et créatif.",
        "Ancienne officière devenue analyste, je suis autonome et créative.",
    ),
    (
        "Père de deux enfants, je suis revenu à l'informatique.",
        "Mère de deux enfants, je suis revenue à l'informatique.",
    ),
    ("Je suis né à Lyon et titulaire d'un master.", "Je suis née à Lyon et titulaire d'un master."),
    ("Monsieur Durand, consultant certifié.", "Madame Durand, consultante certifiée."),
    ("M. Durand, consultant certifié.", "Mme Durand, consultante certifiée."),
    ("Je suis un homme de terrain.", "Je suis une femme de terrain."),
    (
        "Seul développeur de l'équipe, j'étais chargé des tests.",
        "Seule développeuse de l'équipe, j'étais chargée des tests.",
    ),
    (
        "Il est doté d'un esprit d'analyse ; ses collègues le disent fiable.",
        "Elle est dotée d'un esprit d'analyse ; ses collègues la disent fiable.",
    ),
    (
        "Convaincu et impliqué, je me suis investi dans l'accessibilité.",
        "Convaincue et impliquée, je me suis investie dans l'accessibilité.",
    ),
    (
        "Je suis parti à l'étranger, puis je suis resté consultant.",
        "Je suis partie à l'étranger, puis je suis restée consultante.",
    ),
    ("Reconverti, certifié et formé à Python.", "Reconvertie, certifiée et formée à Python."),
    ("Sérieux, attentif, actif et loyal.", "Sérieuse, attentive, active et loyale."),
    ("Je suis un vrai touche-à-tout, naturel et franc.", "Je suis une vraie touche-à-tout, naturelle et franche."),
    ("Nommé chef de projet, promu directeur.", "Nommée cheffe de projet, promue directrice."),
    (
        "Nouveau dans la fonction publique, je suis très intéressé par la donnée.",
        "Nouvelle dans la fonction publique, je suis très intéressée par la donnée.",
    ),
    (
        "Expert reconnu en cybersécurité, docteur en informatique.",
        "Experte reconnue en cybersécurité, docteure en informatique.",
    ),
    ("Étudiant boursier, assidu et ponctuel.", "Étudiante boursière, assidue et ponctuelle."),
    (
        "Doué pour la synthèse, à l'aise à l'oral, bilingue, je suis prêt.",
        "Douée pour la synthèse, à l'aise à l'oral, bilingue, je suis prête.",
    ),
    ("Responsable, salarié puis indépendant.", "Responsable, salariée puis indépendante."),
    ("Je suis sociable, discret, polyvalent et réfléchi.", "Je suis sociable, discrète, polyvalente et réfléchie."),
    ("Jeune papa, je cherche un poste à Lyon.", "Jeune maman, je cherche un poste à Lyon."),
    ("De retour de congé paternité.", "De retour de congé maternité."),
    ("Il a dirigé une équipe de cinq personnes.", "Elle a dirigé une équipe de cinq personnes."),
    ("Il est ingénieur de formation.", "Elle est ingénieure de formation."),
    ("He is a self-taught engineer; his peers trust him.", "She is a self-taught engineer; her peers trust her."),
    (
        "Mr Dupont managed the project on his own and was praised for his work.",
        "Ms Dupont managed the project on her own and was praised for her work.",
    ),
    ("As a father of three, I value my time.", "As a mother of three, I value my time."),
    (
        "Mr. Martin is known for his rigour. Working with him is a pleasure.",
        "Mrs. Martin is known for her rigour. Working with her is a pleasure.",
    ),
    ("He's led teams; the roadmap was his.", "She's led teams; the roadmap was hers."),
    (
        "Back from paternity leave, I am looking for a new challenge.",
        "Back from maternity leave, I am looking for a new challenge.",
    ),
    ("I was the first man in the team and its chairman.", "I was the first woman in the team and its chairwoman."),
    ("A former waiter, I taught myself SQL.", "A former waitress, I taught myself SQL."),
    ("Mr Okafor runs the lab; every tool there is his.", "Miss Okafor runs the lab; every tool there is hers."),
    ("As the only boy in my class, I learnt to speak up.", "As the only girl in my class, I learnt to speak up."),
    ("I am a father and businessman.", "I am a mother and businesswoman."),
    ("He led his team; himself a developer.", "She led her team; herself a developer."),
    ("Mr Smith is a waiter turned developer.", "Ms Smith is a waitress turned developer."),
    ("He led his team and built the product himself.", "She led her team and built the product herself."),
)
