"""French words of gender: which denote persons, and the masculine singular of their feminine forms.

Rules by suffix with a table of what they would get wrong. The suffixes, and the irregular forms that the tables list,
were read off the appellations of ROME 4.60 (France Travail, Licence Ouverte 2.0), even codes only.
"""

from functools import lru_cache

_CACHED_WORDS = 65_536

IRREGULAR: dict[str, str] = dict(
    # The last ones are clipped or English nouns that French makes feminine by its own rule.
    pair.split(":")
    for pair in (
        "cheffe:chef commise:commis apprentie:apprenti préfète:préfet barmaid:barman ambassadrice:ambassadeur "
        "chasseresse:chasseur défenderesse:défendeur pécheresse:pécheur hôtesse:hôte maîtresse:maître "
        "contremaîtresse:contremaître prêtresse:prêtre poétesse:poète mairesse:maire clownesse:clown maitresse:maitre "
        "doctoresse:docteur sportive:sportif perchwoman:perchman toréra:toréro stadière:stadier designeuse:designer "
        "rewriteuse:rewriter dispatcheuse:dispatcher bookeuse:booker reportrice:reporter développeure:développeur "
        "intrapreuneuse:intrapreneur leadeuse:leader manageuse:manager coacheuse:coach religieuse:religieux "
        "préfete:préfet metteure:metteur designeure:designer designeur:designer coache:coach leadeur:leader "
        "owneuse:owner"
    ).split()
)
"""Feminine nouns of persons that no suffix rule gets right, and their masculine."""

_MASCULINE = frozenset(IRREGULAR.values())
_BY_E = frozenset(
    # The feminine adds an -e, on endings that things share: only these are persons.
    "agente adjointe experte avocate magistrate candidate lauréate soldate substitute attachée chargée employée "
    "déléguée préposée engagée envoyée salariée associée retraitée députée affectée conjointe assermentée "
    "missionnée déchargée brevetée accréditée mandatée réfugiée alternante artisane laborantine écrivaine ecrivaine "
    "marine grillardine urbaine marchande tisserande motarde chevillarde seconde principale commerciale "
    "maréchale caporale générale consule amirale officiale rapporteuse contractuelle professionnelle colonelle "
    "présidente intendante surintendante référente lieutenante adjudante assistante étudiante enseignante dirigeante "
    "consultante intervenante exploitante gérante surveillante gouvernante commandante fabricante représentante "
    "accompagnante correspondante négociante accueillante soignante encadrante ecoutante écoutante figurante "
    "remplaçante traitante servante navigante combattante débutante apprenante aidante militante habitante "
    "participante suppléante requérante croyante commerçante mandante plaidante postulante savante assaillante "
    "remplaçante doctorante débitante cotraitante répondante aspirante poursuivante enquêtante".split()
)
_EPICENE = frozenset(
    # Nouns of persons that are their own feminine and carry no telling suffix, and masculine ones without it.
    "responsable comptable secrétaire architecte juriste analyste ergonome interprète capitaine maire ministre juge "
    "maître hôte préfet médecin clerc commis chef agent adjoint expert avocat cadre peintre poète élève membre artiste "
    "apprenti dev bizdev designer manager coach lead owner interne externe commissaire vétérinaire "
    "partenaire notaire chargé employé attaché délégué préposé salarié assistant consultant président référent gérant "
    "intervenant exploitant surveillant gouvernant commandant fabricant représentant accompagnant correspondant "
    "négociant accueillant soignant encadrant étudiant enseignant dirigeant alternant stagiaire intendant lieutenant "
    "traitant artisan officier conseiller commercial principal laborantin écrivain marchand magistrat soldat "
    "contractuel professionnel technicien arbitre auxiliaire guide pilote steward reporter guichetier "
    "débutant doctorant remplaçant apprenant second général barman perchman navigant servant substitut "
    "bibliothécaire documentaliste webmaster facilitateur expérimenté".split()
)
_COLLEAGUES = frozenset(
    "cheffe adjointe chargée développeuse intrapreneuse ingénieure présidente assistante technicienne infirmière "
    "étudiante enseignante chercheuse employée déléguée référente ambassadrice avocate magistrate agente experte "
    "consultante préfète professeure auteure entrepreneuse testeuse statisticienne géomaticienne informaticienne "
    "mathématicienne électronicienne conseillère designeuse coordonnatrice".split()
)
OF_THINGS = frozenset(
    "financière immobilière mobilière foncière forestière hospitalière routière laitière douanière étrangère hôtelière "
    "infirmière papetière animalière européenne commerciale générale professionnelle principale contractuelle sportive "
    "psychomotrice élévatrice réparatrice reconstructrice reproductrice réductrice porteuse "
    "officielle régulière ouvrière seconde marchande urbaine créatrice".split()
)
"""Feminine nouns of persons that are adjectives when they follow a thing: analyse financière, langues étrangères."""
LEADING: dict[str, str] = dict(
    pair.split(":")
    for pair in (
        "première:premier grande:grand ancienne:ancien nouvelle:nouveau petite:petit meilleure:meilleur future:futur "
        "vraie:vrai haute:haut"
    ).split()
)
"""Adjectives that stand before a noun of persons."""
_OF_PERSONS = {
    # Masculine adjectives, by how the feminine is made.
    "e": "diplômé passionné prêt débutant motivé attiré intéressé habitué disposé expérimenté confirmé polyvalent "
    "compétent persévérant patient aguerri étudiant lauréat reconverti persuadé ravi enchanté fasciné enthousiasmé "
    "convaincu devenu",
    "se": "curieux rigoureux soucieux heureux sérieux ambitieux consciencieux désireux minutieux courageux studieux",
    "ve": "attentif réactif proactif",
    "ère": "fier",
}
_OF_BOTH = {
    "e": "fort certain direct ouvert mené amené venu revenu sorti reconnu promu admis inscrit investi",
    "se": "généreux",
    "ve": "créatif inventif",
    "ienne": "ancien",
}
_CUT = {"e": "", "se": "x", "ve": "f", "ère": "er", "ienne": "ien"}


def _by_feminine(words: dict[str, str]) -> dict[str, str]:
    return {one.removesuffix(_CUT[end]) + end: one for end, every in words.items() for one in every.split()}


_SELVES, _SELVES_OR_THINGS = _by_feminine(_OF_PERSONS), _by_feminine(_OF_BOTH)
"""What people say of themselves, in the feminine, with its masculine: hardly of things; of things as well."""
THINGS = frozenset(
    # What looks like a feminine person or adjective and is neither.
    "vente ventes attente détente entente tente rente pente fente trente mésentente patente charpente tourmente sente "
    "plante plantes variante soixante cinquante quarante imprimante amiante constante composante résultante dominante "
    "valeur couleur chaleur erreur hauteur longueur largeur douleur fleur peur faveur vapeur odeur rigueur saveur "
    "liqueur ampleur grandeur profondeur épaisseur sueur lueur humeur tumeur fraîcheur lenteur teneur terreur rumeur "
    "matière matières lumière manière filière filières fillière frontière rivière barrière bière pierre "
    "prière chaudière "
    "glissière charnière poussière litière première dernière croisière civière pépinière sablière gravière ornière "
    "théière cafetière soupière chaumière sorcière paupière tanière arrière derrière étagère fougère jachère enchère "
    "crémaillère cuillère gère "
    "mère père frère caractère ministère critère sphère atmosphère chimère misère galère artère repère "
    "matrice matrices cicatrice motrice génératrice bissectrice nourrice locomotrice "
    "débroussailleuse pelleteuse visseuse moissonneuse déneigeuse bineuse ensileuse photocopieuse forge "
    "personne personnes colonne tonne couronne consonne bonne automne persienne antienne moyenne antenne benne "
    "heure heures demeure beurre majeure "
    "idée année journée durée armée armées entrée musée lycée donnée données soirée fusée cheminée dictée portée "
    "métadonnée métadonnées "
    "tranchée chaussée allée vallée visée marée randonnée traversée arrivée volée cuvée montée veillée renommée "
    "passerelle vaisselle dentelle ficelle parcelle échelle tutelle nacelle chapelle poubelle aquarelle semelle selle "
    "clientèle pelle nouvelle succursale escale morale pétale salle scandale cathédrale capitale "
    "locomotive initiative archive archives alternative directive perspective offensive coopérative olive lessive "
    "missive salive tentative invective rive automotive collective live drive active native "
    "semaine domaine laine porcelaine fontaine centaine graine chaîne haleine plaine migraine marraine capitaine "
    "chaise fraise falaise braise ardoise framboise paie paye ressources achats mise prise machine machines "
    "cuisine marine médecine usine piscine santé sûreté beauté liberté propriété société salles voirie "
    "liste piste poste chaudières plusieurs secours premiers soins entretien soutien maintien lien bien rien chien "
    "papier chantier dossier métier courrier fichier quartier clavier calendrier atelier escalier acier cahier foyer "
    "questionnaire dictionnaire séminaire glossaire paragraphe autonome moteur moteurs capteur capteurs secteur "
    "ordinateur ordinateurs indicateur indicateurs facteurs semi affaire affaires système systèmes".split()
)
_THING_SUFFIXES = (
    *("tion", "tions", "sion", "sions", "xion", "ité", "ités", "ance", "ances", "ence", "ences", "age", "ages", "ment"),
    *("ments", "isme", "logie", "logies", "phonie", "erie", "eries", "tude", "études", "ette", "ettes", "ade", "ture"),
    *("tures", "sure", "gue", "omie", "aphie"),
)
_PERSON_SUFFIXES = (
    "eur",
    "ien",
    "iste",
    "ier",
    "logue",
    "iaire",
    "naire",
    "graphe",
    "peute",
    "pathe",
    "plaste",
    "crétaire",
    "issaire",
    "iatre",
    "nome",
    "tecte",
)
_MASCULINE_ENDINGS = ("er", "on", "ant", "ent", "é", "al", "el", "if", "an", "in", "f", "nd", "rd")
_NOUN_RULES = (
    # Feminine ending, masculine ending: strong enough to tell a person from a thing, THINGS aside.
    ("trice", "teur"),
    ("drice", "deur"),
    ("euse", "eur"),
    ("eure", "eur"),
    ("ienne", "ien"),
    ("éenne", "éen"),
    ("ière", "ier"),
    ("gère", "ger"),
    ("chère", "cher"),
    ("llère", "ller"),
    ("yère", "yer"),
    ("onne", "on"),
    ("woman", "man"),
)
_ADJECTIVE_RULES = (
    *_NOUN_RULES,
    ("blique", "blic"),
    ("elle", "el"),
    ("ale", "al"),
    ("ive", "if"),
    ("ante", "ant"),
    ("ente", "ent"),
    ("aine", "ain"),
    ("aise", "ais"),
    ("oise", "ois"),
    ("nine", "nin"),
    ("uine", "uin"),
    ("ieuse", "ieux"),
    ("ée", "é"),
    ("rte", "rt"),
    ("inte", "int"),
    ("nde", "nd"),
    ("uite", "uit"),
    ("cte", "ct"),
)
_ACCENTED: dict[str, str] = dict(
    # Capitals without accents, and common slips: the nouns that open titles, so that shouting is no other job.
    pair.split(":")
    for pair in (
        "chargee:chargée attachee:attachée preposee:préposée deleguee:déléguée employee:employée employe:employé "
        "delegue:délégué prepose:préposé attache:attaché developpeur:développeur developpeuse:développeuse "
        "dévelopeur:développeur dévelopeuse:développeuse ingenieur:ingénieur ingenieure:ingénieure "
        "redacteur:rédacteur redactrice:rédactrice operateur:opérateur operatrice:opératrice secretaire:secrétaire "
        "mecanicien:mécanicien mecanicienne:mécanicienne controleur:contrôleur controleuse:contrôleuse "
        "referent:référent referente:référente gerant:gérant gerante:gérante experimente:expérimenté "
        "experimentee:expérimentée experimenté:expérimenté experimentée:expérimentée confirmee:confirmée "
        "specialisee:spécialisée cheff:chef chèfe:cheffe scientiste:scientist"
    ).split()
)


def colleague(word: str) -> str | None:
    """Return the masculine, number kept, of a feminine noun that names a person wherever it stands, None for others.

    Stricter than `person`: after a preposition a fraiseuse is a machine and a directrice still a person.
    """
    stem = word.removesuffix("s")
    if stem in THINGS or word in THINGS:
        return None
    if stem in _COLLEAGUES or stem.endswith("trice"):
        masculine = person(stem)
        return masculine and masculine + word[len(stem) :]
    return None


@lru_cache(maxsize=_CACHED_WORDS)
def oneself(word: str, *, speaking: bool) -> str:
    """Return the masculine, number kept, of a lower-case word by which people speak of themselves: trade or quality.

    Any other word is returned as it is.

    Args:
        word: anywhere in a sentence.
        speaking: it stands where a person speaks of themselves, and not of a thing.
    """
    stem = word.removesuffix("s")
    masculine = _SELVES.get(stem)
    if masculine is None and speaking:
        masculine = _SELVES_OR_THINGS.get(stem) or (stem[:-1] if stem.endswith("ée") and not is_thing(stem) else None)
    if masculine is None:
        return colleague(word) or word
    return masculine if masculine.endswith(("s", "x")) else masculine + word[len(stem) :]


def accented(word: str) -> str:
    """Return the word with the accents that capitals dropped, where it is a known noun of persons."""
    return _ACCENTED.get(word, word)


def _by_rules(word: str, rules: tuple[tuple[str, str], ...]) -> str | None:
    for feminine, masculine in rules:
        if word.endswith(feminine) and len(word) > len(feminine) + 1:
            return word[: -len(feminine)] + masculine
    return None


def _singular_person(word: str) -> str | None:
    if word in THINGS:
        return None
    if word in IRREGULAR:
        return IRREGULAR[word]
    if word in _BY_E:
        return word[:-1] if not word.endswith("elle") else word[:-2]
    if word in _EPICENE or word in _MASCULINE or (word.endswith(_PERSON_SUFFIXES) and len(word) > 4):
        return word
    return _by_rules(word, _NOUN_RULES)


@lru_cache(maxsize=_CACHED_WORDS)
def person(word: str) -> str | None:
    """Return the masculine singular of a lower-case noun of persons in either gender and number, None for any other."""
    known = _singular_person(word)
    if known is None and word.endswith("s") and word not in THINGS:
        return _singular_person(word[:-1])
    return known


def may_be_person(word: str) -> bool:
    """Tell whether a masculine form could denote a person: enough to read two equal forms as one said twice."""
    return bool(person(word)) or word.endswith(_MASCULINE_ENDINGS)


@lru_cache(maxsize=_CACHED_WORDS)
def adjective(word: str) -> str:
    """Return the masculine of an adjective that agrees with a noun of persons; its number stays."""
    plural = "s" if word.endswith("s") else ""
    stem = word.removesuffix("s")
    if is_thing(word) or is_thing(stem):
        return word
    masculine = IRREGULAR.get(stem) or (stem[:-1] if stem in _BY_E and not stem.endswith("elle") else None)
    masculine = masculine or _by_rules(stem, _ADJECTIVE_RULES)
    return masculine + plural if masculine else word


@lru_cache(maxsize=_CACHED_WORDS)
def may_be_of_a_thing(word: str) -> bool:
    """Tell whether a noun of persons is more likely an adjective after a thing: (analyse) financière."""
    stem = word.removesuffix("s")
    return stem in OF_THINGS or stem in _MASCULINE_OF_THINGS


@lru_cache(maxsize=_CACHED_WORDS)
def is_thing(word: str) -> bool:
    """Tell whether a word names a thing: adjectives after it agree with the thing, not with the person."""
    return word in THINGS or (word.endswith(_THING_SUFFIXES) and person_suffix(word) is False)


def forget_words() -> None:
    """Drop the memory of the words that were looked at."""
    for remembers in (oneself, person, adjective, may_be_of_a_thing, is_thing):
        remembers.cache_clear()


def person_suffix(word: str) -> bool:
    """Tell whether a word ends like a noun of persons."""
    return word.endswith(_PERSON_SUFFIXES)


_MASCULINE_OF_THINGS = frozenset(person(word) for word in OF_THINGS)
