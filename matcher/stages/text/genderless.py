"""Prose without what tells whether a woman or a man is speaking, or spoken of: pronouns, forms of address, agreement.

All that agrees is made masculine, with a person or a thing: `elle est recrutée`, `la base utilisée`. The same is
done to both sides of a comparison, so that it need not be right, only the same for both genders. In English only
pronouns and a few nouns tell.
"""

import re
from collections.abc import Callable
from functools import lru_cache, partial

from matcher.stages.text.gender import IRREGULAR, THINGS, is_thing, person
from matcher.stages.text.neutral import fold_agreement, fold_marks, without_paired

_CACHED_WORDS = 65_536

_FORMS_OF_ADDRESS = re.compile(
    r"(?<![\w'-])(?:madame|mademoiselle|monsieur|mesdames|mesdemoiselles|messieurs|mlles?|mmes?|mrs|mr)(?![\w'-])\.?\s*",
    re.IGNORECASE,
)
_BEFORE_NAMES = re.compile(
    r"(?<![\w'-])(?<!\d )(?:MM?\.\s*|M[sx]\.\s*|(?:M[sx]|Miss)\s+)(?=[A-ZÀ-Þ])"
    r"(?!(?:Sc|Eng|Ed|Phil|Arch|Tech|[A-Z]|Project|Office|Excel|Word|Teams)\b)"
)
"""`M.` behind a number makes it a million; the others are words of their own, too."""
_PARENTS = re.compile(
    r"\b(?:p[èe]re|m[èe]re|papa|maman)"
    r"(?= (?:de (?:famille|une?|deux|trois|quatre|cinq|\d|jeunes|grands)|d'une?|au foyer)\b)"
    r"|(?<=\bjeune )(?:papa|maman|p[èe]re|m[èe]re)\b"
    r"|\b(?:father|mother|dad|mum|mom)(?= of\b)|(?<=\ba )(?:father|mother|dad|mum|mom)\b",
    re.IGNORECASE,
)
"""Not `carte mère`, nor `père Noël`."""
_LEAVE = re.compile(r"(?<=\bcongé )(?:de )?[mp]aternité\b|\b[mp]aternity(?= leave\b)", re.IGNORECASE)
_WOMAN = re.compile(
    r"(?:(?<=\bune )|(?<=\bjeune ))(?:femme|fille|garçon)\b|\bfil(?:le|s)(?= d(?:e |'))|(?<=\w)woman\b", re.IGNORECASE
)
_MAN = {"femme": "homme", "fille": "fils", "garçon": "fils", "fils": "fils", "woman": "man"}
"""Of women in general stays: `égalité des femmes et des hommes`."""
_CONTRACTED = re.compile(r"\b(?:(d)e|(à)) le\b", re.IGNORECASE)
_ELIDED = re.compile(r"\b(s|\w*qu|d)'(?=ils?\b)", re.IGNORECASE)
"""Before a pronoun that may have been `elle`: `autour d'elle` and `de lui`, `si elle` and `s'il`."""
_NOUNS = "mis pris repris remis vu revu parti saisi entré arrivé sorti monté tenu issu".split()
"""Participles whose feminine is a common noun, `mise en œuvre`: here the masculine takes the feminine's form."""
_CANDIDATE = re.compile(
    # What may be a feminine; but no name of a product.
    r"\b(?!Active Directory\b|Creative (?:Cloud|Suite|Commons)\b|(?<=React )Native\b)"
    r"(?:[^\W\d_]+e|[lmts]a|lui|iel|nouvel|bel|vieil|cet"
    rf"|{'|'.join(_NOUNS)})\b",
    re.IGNORECASE,
)
_CANDIDATE_EN = re.compile(r"\b[^\W\d_]+\b")
_NOUN_BEFORE = re.compile(
    r"(?:\b(?:la|une|cette|[mts]a|notre|votre|leur|chaque) |\b[ld]')([^\W\d_]+) $",
    re.IGNORECASE,
)
_NOUN_AFTER = re.compile(r" ([^\W\d_]+)")
_ARTICLES = frozenset("la une cette ma ta sa".split())
_LOOK_BACK = 40
_THING_ENDINGS = ("ie", "ique", "ure", "ise", "ose", "esse", "ine", "ode", "arche", "erche")
_FEMININE_THINGS = frozenset(
    "équipe base plateforme ligne forme langue règle école carte zone part maîtrise mission vie fiche pièce place "
    "police structure main loi voie mairie feuille chaîne classe ville tâche date caisse force phase adresse "
    "cellule".split()
)
_HUMAN = frozenset(
    "homme fils adulte autodidacte bénévole polyglotte cinéphile bibliophile mélomane collègue camarade novice "
    "adepte athlète pro fan geek jeune handicapé volontaire aide bilingue trilingue autre "
    "enfant parent célibataire malade libraire propriétaire locataire titulaire fonctionnaire militaire".split()
)
"""People of both genders in one form."""
_SENTENCE_END = re.compile(r"((?<=[.!?…;])\s+|\n+)")
_ENGLISH = re.compile(
    r"\b(?:the|and|of|to|with|for|in|my|is|was|has|he|she|his|her|himself|herself|by|from|at|our|who|led|i"
    r"|myself|have|had|been|this|that|are)\b",
    re.IGNORECASE,
)
_FRENCH = re.compile(
    r"\b(?:le|la|les|un|une|des|du|de|et|en|est|à|au|aux|pour|dans|par|avec|sur|je|il|elle|nous|vous|qui|que|mon|ma|mes|son"
    r"|sa|ses)\b|\b[djlmnst]'|[éèêàâùûîôç]",
    re.IGNORECASE,
)

_SMALL = dict(
    pair.split(":")
    for pair in (
        "elle:il lui:il iel:il celle:celui cette:ce cet:ce ma:mon ta:ton sa:son quelle:quel laquelle:lequel toute:tout "
        "aucune:aucun chacune:chacun mienne:mien sienne:sien nouvelle:nouveau nouvel:nouveau belle:beau bel:beau "
        "vieille:vieux vieil:vieux folle:fou jumelle:jumeau première:premier dernière:dernier une:un la:le"
    ).split()
)
"""What of French is small and says a gender."""
_SMALL_EN = dict(
    pair.split(":")
    for pair in (
        "she:he him:his her:his hers:his woman:man herself:himself waitress:waiter actress:actor hostess:host "
        "stewardess:steward heroine:hero mistress:master girl:boy girls:boys wife:spouse husband:spouse "
        "daughter:child son:child"
    ).split()
)

_MASCULINES = {
    # By the masculine's own ending and the feminine's, where things have the ending as often: masculine words.
    ("", "e"): (
        "ami ennemi joli poli impoli hardi étourdi dégourdi réfléchi choisi investi réinvesti averti aguerri réussi "
        "garanti fini défini établi fourni rempli accompli enrichi grandi épanoui réuni uni muni démuni banni puni "
        "nourri guéri mûri servi suivi poursuivi converti reconverti diverti nanti ravi ébloui rétabli saisi élargi "
        "assoupli endurci affermi approfondi applaudi affranchi anéanti assorti attendri bâti subi rajeuni recueilli "
        "accueilli trahi vieilli parti reparti départi sorti ressorti réparti inouï rompu lu élu réélu dû su cru "
        "accru reçu conçu déçu perçu aperçu assidu résolu absolu révolu voulu ému promu vaincu convaincu vécu couru "
        "secouru battu abattu vêtu têtu exclu conclu bleu vu revu prévu pourvu dépourvu connu reconnu inconnu "
        "méconnu venu devenu revenu parvenu intervenu convenu tenu retenu maintenu soutenu obtenu détenu contenu "
        "entretenu prévenu issu vendu rendu tendu attendu entendu détendu défendu perdu descendu confondu répandu "
        "survenu advenu souvenu mis pris compris appris acquis conquis requis promis admis soumis permis transmis "
        "remis émis omis commis précis concis indécis surpris épris assis repris démis gris confus diffus inclus "
        "reclus clos français anglais direct indirect correct incorrect exact inexact compact strict distinct "
        "succinct suspect abject intact circonspect joint adjoint conjoint saint restreint contraint atteint peint "
        "dépeint petit gratuit droit étroit adroit maladroit écrit inscrit décrit proscrit prescrit fait parfait "
        "imparfait satisfait insatisfait stupéfait distrait abstrait extrait réduit produit introduit construit "
        "instruit traduit séduit cuit subit confit ouvert couvert découvert offert expert inexpert vert fort court "
        "mort disert mûr dur pur noir clair sûr obscur impair grand second profond rond blond fécond allemand "
        "gourmand normand flamand marchand friand bavard lourd sourd montagnard savoyard débrouillard campagnard "
        "froid chaud laid voisin cousin féminin masculin câlin coquin fin radin latin clandestin enfantin citadin "
        "argentin philippin orphelin brun opportun importun seul civil vil espagnol artisan persan partisan occitan "
        "musulman catalan avocat candidat magistrat délicat adéquat immédiat plat ingrat lauréat soldat prêt "
        "cadet coquet muet net idiot dévot manchot mesquin pointu repenti "
        "amorti abruti abouti adouci alourdi amoindri loti marri transi verni assagi attiédi exquis banal émoulu final"
    ),
    ("", "te"): ("net muet coquet cadet sot"),
    ("et", "ète"): ("discret indiscret complet incomplet concret inquiet secret désuet replet"),
    ("", "le"): ("gentil nul pareil"),
    ("", "se"): ("gros bas las épais métis gras"),
    ("", "ne"): ("bon mignon champion patron piéton breton wallon saxon baron lycéen paysan valaisan poltron fripon"),
    ("c", "que"): ("turc grec laïc caduc syndic"),
    ("c", "che"): ("franc blanc"),
    ("f", "ve"): ("neuf veuf vif naïf sauf juif bref"),
    ("x", "se"): ("jaloux"),
    ("er", "ère"): (
        "fier cher amer léger passager étranger ménager messager mensonger bocager potager boulanger berger"
    ),
    ("eux", "euse"): (
        "rigoureux chaleureux courageux généreux heureux malheureux nombreux dangereux soigneux scrupuleux désireux "
        "amoureux peureux paresseux joyeux honteux nerveux orageux avantageux coûteux fameux affreux méticuleux "
        "vigoureux savoureux valeureux frileux merveilleux pointilleux orgueilleux astucieux fougueux douteux osseux "
        "matheux ombrageux moelleux lumineux volumineux épineux ruineux boueux neigeux montagneux poussiéreux "
        "aventureux onéreux ténébreux lépreux fiévreux visqueux "
        "belliqueux muqueux outrageux rocheux gazeux aqueux creux fabuleux frauduleux musculeux "
        "huileux laineux veineux vaseux bienheureux"
    ),
}
_AS_LISTED = (
    {word: word + "e" for word in _NOUNS}
    | {
        masculine.removesuffix(own) + ending: masculine
        for (own, ending), words in _MASCULINES.items()
        for masculine in words.split()
        if masculine not in _NOUNS
    }
    | dict(
        pair.split(":")
        for pair in (
            "fausse:faux douce:doux rousse:roux sèche:sec fraîche:frais longue:long maligne:malin bénigne:bénin "
            "copine:copain favorite:favori due:dû docteure:docteur molle:mou absoute:absous dissoute:dissous née:né "
            "vraie:vrai gaie:gai"
        ).split()
    )
)
_BY_ENDING = (
    ("trice", "teur"),
    ("drice", "deur"),
    ("fieuse", "fieur"),
    ("queuse", "queur"),
    ("gueuse", "gueur"),
    ("ieuse", "ieux"),
    ("ueuse", "ueux"),
    ("euse", "eur"),
    ("eure", "eur"),
    ("enne", "en"),
    ("elle", "el"),
    ("ale", "al"),
    ("ière", "ier"),
    ("chère", "cher"),
    ("llère", "ller"),
    ("yère", "yer"),
    ("ive", "if"),
    ("ante", "ant"),
    ("ente", "ent"),
    ("aine", "ain"),
    ("aise", "ais"),
    ("oise", "ois"),
    ("ée", "é"),
)

_THINGS = (
    THINGS
    # What a person may be as well.
    - frozenset(
        (
            "première dernière nouvelle bonne active native majeure moyenne constante "
            "portée allée visée renommée tournée"
        ).split()
    )
    | frozenset(
        (
            "carrière carrières cimetière croisière entente charente vienne représente oriente alimente augmente "
            "tienne obtienne convienne détienne soutienne pérenne pérennes denrée denrées apogée pyrénées vendée "
            "interarmées poupée poupées ardenne ardennes moselle chartreuse libelle séquelle séquelles prérogative "
            "prérogatives dérive dérives arrive arrives détective matières lumières manières directives initiatives "
            "alternatives ventes plaintes semaines domaines années journées durées idées rivières frontières prières "
            "dizaine douzaine vingtaine trentaine quinzaine centaines gaine veine reine peine peines lorraine "
            "ukraine aquitaine malle male mâle sale finale modale annales rafale cale ovale tonale appelle appelles "
            "rappelle rappelles renouvelle épelle interpelle commentes"
        ).split()
    )
)
"""What looks like a feminine and has no masculine."""


@lru_cache(maxsize=_CACHED_WORDS)
def masculine(word: str) -> str:
    """Return the masculine of a lower-case French word that looks like a feminine singular; others as they are."""
    if word in _SMALL:
        return _SMALL[word]
    if word in _THINGS or word[:-1] in _NOUNS:
        return word
    return _AS_LISTED.get(word) or IRREGULAR.get(word) or _by_ending(word) or word


def _man(found: re.Match[str]) -> str:
    # Where case does not count, `ı`, `İ` and `ſ` are taken for `i` and `s`, and are no letters of these words.
    return _MAN.get(found[0].lower(), found[0])


_SELDOM: tuple[tuple[tuple[str, ...], Callable[[str], str]], ...] = (
    # Before forms of address: `Mme/M.` is both.
    (tuple(sign.join(pair) for pair in ("hf", "fh", "mf", "fm", "mw", "wm") for sign in "/|·"), without_paired),
    (("femme", "genre", "gender"), without_paired),
    (
        ("madame", "mademoi", "monsieur", "mesda", "messieurs", "mlle", "mme", "mrs", "mr"),
        partial(_FORMS_OF_ADDRESS.sub, ""),
    ),
    (("pere", "père", "mere", "mère", "papa", "maman", "ther", "dad", "mum", "mom"), partial(_PARENTS.sub, "parent")),
    (("aternit",), partial(_LEAVE.sub, "parental")),
    (("femme", "fille", "fils", "garçon", "woman"), partial(_WOMAN.sub, _man)),
)
"""What is looked for where one of some signs stands in the text, folded."""
_MAYBE_ENGLISH = tuple(f" {word} " for word in "the and of to with for my is was she he her his i i'm".split())


def forget_masculines() -> None:
    """Drop the memory of the words that were looked at."""
    masculine.cache_clear()
    _is_feminine_thing.cache_clear()


def _by_ending(stem: str) -> str | None:
    for feminine, one in _BY_ENDING:
        if stem.endswith(feminine) and len(stem) > len(feminine) + 1:
            return stem[: -len(feminine)] + one
    return None


def without_gender(text: str) -> str:
    """Return prose, case kept, without what grammar makes tell a person's gender, in French and in English."""
    text = _BEFORE_NAMES.sub("", fold_marks(text))
    plain = f" {text.casefold()} "
    for signs, removed in _SELDOM:
        if any(sign in plain for sign in signs):
            text = removed(text)
    if not any(sign in plain for sign in _MAYBE_ENGLISH):
        return _french(text)
    overall = _how_english(text)
    parts = _SENTENCE_END.split(text)
    parts[::2] = [_english(part) if (_how_english(part) or overall) > 0 else _french(part) for part in parts[::2]]
    return "".join(parts)


def _how_english(text: str) -> int:
    """Return by how much English small words outnumber French ones: negative in French."""
    return len(_ENGLISH.findall(text)) - len(_FRENCH.findall(text))


def _french(text: str) -> str:
    text = _CANDIDATE.sub(_masculine, fold_agreement(text))
    if "'il" in text:
        text = _ELIDED.sub(lambda found: f"{found[1]}{'i' if found[1] in 'sS' else 'e'} ", text)
    return _CONTRACTED.sub(lambda found: f"{found[1] or ('A' if found[2].isupper() else 'a')}u", text)


def _english(text: str) -> str:
    return _CANDIDATE_EN.sub(_masculine_en, text)


def _masculine(found: re.Match[str]) -> str:
    word = found[0]
    plain = word.lower()
    one = masculine(plain)
    if one == plain or _agrees_with_a_thing(found):
        return word
    return _cased(one, word)


def _agrees_with_a_thing(found: re.Match[str]) -> bool:
    """Tell whether a word is beside a feminine thing: `la fonction publique`. A thing has no other gender."""
    if found[0].lower() in _ARTICLES:
        noun = _NOUN_AFTER.match(found.string, found.end())
        return noun is not None and _is_feminine_thing(noun[1].lower())
    noun = _NOUN_BEFORE.search(found.string, max(0, found.start() - _LOOK_BACK), found.start())
    return noun is not None and _is_feminine_thing(noun[1].lower())


@lru_cache(maxsize=_CACHED_WORDS)
def _is_feminine_thing(word: str) -> bool:
    return (
        word in _FEMININE_THINGS
        or (word in _THINGS and word.endswith("e"))
        or (
            (is_thing(word) or word.endswith(_THING_ENDINGS))
            and word not in _HUMAN
            and person(word) is None
            and masculine(word) == word
        )
    )


def _masculine_en(found: re.Match[str]) -> str:
    word = found[0]
    one = _SMALL_EN.get(word.lower())
    return _cased(one, word) if one else word


def _cased(word: str, like: str) -> str:
    if like.isupper() and len(like) > 1:
        return word.upper()
    return word.capitalize() if like[0].isupper() else word
