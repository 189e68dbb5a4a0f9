"""Errors in the reader's language: English, or French where `Accept-Language` prefers it.

Texts are written once, in English, where they arise; here stands the French for each. What has none (a database's own
words, say) stays as it is, and `Content-Language` says so.
"""

import re
from collections.abc import Mapping
from contextvars import ContextVar

from starlette.types import ASGIApp, Receive, Scope, Send

ENGLISH, FRENCH = "en", "fr"
HEADER = b"accept-language"
LONGEST = 500
"""Of the header: nobody speaks more languages than that."""

_asked: ContextVar[str] = ContextVar("language", default=ENGLISH)


class Languages:
    """Notes the language that a request asks for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; what answers it asks `told`."""
        if scope["type"] == "http":
            given = b",".join(value for name, value in scope["headers"] if name == HEADER)
            _asked.set(preferred(given.decode("latin-1")) if given else ENGLISH)
        await self._app(scope, receive, send)


def preferred(header: str, *, tie: str = ENGLISH) -> str:
    """Return which of the two languages an Accept-Language header prefers (RFC 9110, section 12.5.4).

    Args:
        header: as it was sent.
        tie: which one where it prefers neither.
    """
    named: dict[str, float] = {}
    for part in header[:LONGEST].split(","):
        name, _, rest = part.partition(";")
        language = name.strip().lower().partition("-")[0]
        found = re.fullmatch(r"\s*[qQ]\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*", rest) if rest else None
        weight = float(found[1]) if found else 0.0 if rest else 1.0
        named[language] = max(named.get(language, 0.0), weight)
    # `*` is whatever else there is: of what is named it says nothing.
    weights = {one: named.get(one, named.get("*", 0.0)) for one in (ENGLISH, FRENCH)}
    return tie if weights[FRENCH] == weights[ENGLISH] else max(weights, key=weights.__getitem__)


def speak(language: str) -> None:
    """Have this request answered in a language, whatever it asks for."""
    _asked.set(language)


def asked() -> str:
    """Return the language that this request asks for."""
    return _asked.get()


def told(text: str) -> tuple[str, str]:
    """Return a text for this request, and the language that it is in."""
    french = in_french(text) if asked() == FRENCH else None
    return (text, ENGLISH) if french is None else (french, FRENCH)


def in_french(text: str) -> str | None:
    """Return the French for a text, None where there is none."""
    for pattern, french in _FRENCH:
        if found := pattern.fullmatch(text):
            return french.format(*(_WORDS.get(group, group) for group in found.groups()))
    return None


_WORDS: Mapping[str, str] = {"posting": "offre", "profile": "profil"}

TEXTS: Mapping[str, str] = {
    # Titles: the statuses' own phrases.
    "Bad Request": "Requête incorrecte",
    "Unauthorized": "Non authentifié",
    "Forbidden": "Interdit",
    "Not Found": "Introuvable",
    "Method Not Allowed": "Méthode non autorisée",
    "Request Timeout": "Délai de la requête dépassé",
    "Conflict": "Conflit",
    "Precondition Failed": "Condition non remplie",
    "Content Too Large|Request Entity Too Large": "Contenu trop volumineux",
    "Unsupported Media Type": "Format non pris en charge",
    "Unprocessable Content|Unprocessable Entity": "Contenu non traitable",
    "Too Many Requests": "Trop de requêtes",
    "Internal Server Error": "Erreur interne",
    "Service Unavailable": "Service indisponible",
    # Details.
    "the body cannot be read: send one JSON object in UTF-8, nested no deeper than a record": (
        "le corps est illisible : envoyez un objet JSON en UTF-8, pas plus imbriqué qu’une fiche"
    ),
    "your credential's role may not do this: /docs and docs/access.md say who may": (
        "le rôle de votre clé ne le permet pas : /docs et docs/access.md disent qui le peut"
    ),
    "the body has not come whole in the time that a request may take: send it at once": (
        "le corps n’est pas arrivé entier dans le temps qu’une requête peut prendre : envoyez-le d’un trait"
    ),
    "the record is not what you take it for: read it again, then decide": (
        "la fiche n’est plus celle que vous croyez : relisez-la, puis décidez"
    ),
    "the body is not in a form that is read here: send it uncompressed, in UTF-8; many records one a line, as "
    "application/x-ndjson": (
        "le corps n’est pas sous une forme lue ici : envoyez-le sans compression, en UTF-8 ; plusieurs fiches une par "
        "ligne, en application/x-ndjson"
    ),
    "there is no such address: /docs lists them all": "cette adresse n’existe pas : /docs les donne toutes",
    "this address does not take that method: the header Allow names those that it takes": (
        "cette adresse n’accepte pas cette méthode : l’en-tête Allow donne celles qu’elle accepte"
    ),
    "the request breaks the contract: correct the fields named in `invalid`": (
        "la requête ne respecte pas le contrat : corrigez les champs nommés dans `invalid`"
    ),
    "the record breaks the contract": "la fiche ne respecte pas le contrat",
    "the service failed: its log says why": "le service a échoué : son journal dit pourquoi",
    "the database is away or overloaded: try again in a moment; the service's log says why": (
        "la base de données est absente ou surchargée : réessayez dans un instant ; le journal du service dit pourquoi"
    ),
    "nothing can be stored, for the database's disk is full: try again when it has space; the log says where": (
        "rien ne peut être enregistré, car le disque de la base de données est plein : réessayez quand il aura de la "
        "place ; le journal du service dit où"
    ),
    "the index has not caught up with the database: try again in a moment; if that lasts, the service's log says why": (
        "l’index est en retard sur la base de données : réessayez dans un instant ; si cela dure, le journal du "
        "service dit pourquoi"
    ),
    "the database is in an earlier state than before, and the index is being made anew of it: try again in a moment; "
    "if that lasts, the service's log says why": (
        "la base de données est revenue à un état antérieur, et l’index en est reconstruit : réessayez dans un "
        "instant ; si cela dure, le journal du service dit pourquoi"
    ),
    "the identity provider's keys cannot be had: check MATCHER_JWKS, or try again": (
        "les clés du fournisseur d’identité ne peuvent être obtenues : vérifiez MATCHER_JWKS, ou réessayez"
    ),
    "the service is busy: try again in a moment": "le service est occupé : réessayez dans un instant",
    "the service took too long: try again; a record may have been stored all the same": (
        "le service a mis trop de temps : réessayez ; une fiche a pu être enregistrée malgré tout"
    ),
    r"the service took too long: it has come to line (\S+); send all of them again, what is stored is quick": (
        "le service a mis trop de temps : il en est à la ligne {} ; renvoyez-les toutes, ce qui est enregistré va vite"
    ),
    "this call needs a credential: send the header `Authorization: Bearer KEY`": (
        "cet appel demande une clé : envoyez l’en-tête `Authorization: Bearer CLÉ`"
    ),
    "the credential opens nothing: it may be mistyped, expired or revoked; ask who gave it for a new one": (
        "la clé n’ouvre rien : mal saisie, expirée ou révoquée ; demandez-en une nouvelle à qui l’a donnée"
    ),
    r"the body is larger than (\d+) bytes: send less, or raise MATCHER_MAX_BODY_BYTES": (
        "le corps dépasse {} octets : envoyez moins, ou augmentez MATCHER_MAX_BODY_BYTES"
    ),
    r"more than (\d+) calls a minute: wait (\d+) s, or raise MATCHER_RATE_PER_MINUTE": (
        "plus de {} appels par minute : attendez {} s, ou augmentez MATCHER_RATE_PER_MINUTE"
    ),
    r"there is no such (posting|profile): check the id, or ingest the \1 first": (
        "il n’y a pas de tel document ({}) : vérifiez l’identifiant, ou enregistrez-le d’abord"
    ),
    r"a (posting|profile) with this id exists already: replace it, or choose another id": (
        "un document ({}) de cet identifiant existe déjà : remplacez-le, ou choisissez un autre identifiant"
    ),
    "there is no such key: `matcher keys list` shows them all": (
        "cette clé n’existe pas : `matcher keys list` les montre toutes"
    ),
    "the decision log cannot be written, and no ranking or profile is shown without it: free some space or .*": (
        "le journal des décisions ne peut être écrit, et ni classement ni profil n’est montré sans lui : libérez de la "
        "place ou corrigez les droits de son dossier"
    ),
    # Reasons of fields.
    "is not a known field: remove it or check its name": "n’est pas un champ connu : retirez-le ou vérifiez son nom",
    "holds a parameter that this call does not know; it takes none": (
        "contient un paramètre que cet appel ne connaît pas ; il n’en prend aucun"
    ),
    "holds a parameter that this call does not know; it knows: (.+)": (
        "contient un paramètre que cet appel ne connaît pas ; il connaît : {}"
    ),
    "is not valid JSON": "n’est pas du JSON valide",
    "is not sent as JSON: give it the header `Content-Type: application/json`": (
        "n’est pas envoyé comme du JSON : donnez-lui l’en-tête `Content-Type: application/json`"
    ),
    "holds a NUL character: remove it": "contient un caractère NUL : retirez-le",
    "is a step in a path: choose another id": "est un pas dans un chemin : choisissez un autre identifiant",
    "is no region's INSEE code, and not `unknown`": "n’est ni le code INSEE d’une région, ni `unknown`",
    "is missing: it is required": "manque : ce champ est obligatoire",
    "is not a text: put it in quotation marks": "n’est pas un texte : mettez-le entre guillemets",
    "is not a whole number": "n’est pas un nombre entier",
    "is not a whole number: write it in digits, not as a text": (
        "n’est pas un nombre entier : écrivez-le en chiffres, pas comme un texte"
    ),
    "is too long a number": "est un nombre trop long",
    "is not a number": "n’est pas un nombre",
    "is not a number: write it in digits, not as a text": (
        "n’est pas un nombre : écrivez-le en chiffres, pas comme un texte"
    ),
    "is not a finite number": "n’est pas un nombre fini",
    "is neither true nor false": "n’est ni `true` ni `false`",
    "is not a date: write it as YYYY-MM-DD, without a time": "n’est pas une date : écrivez-la AAAA-MM-JJ, sans heure",
    "is not UTF-8 text: save it as UTF-8": "n’est pas du texte UTF-8 : enregistrez-le en UTF-8",
    "the body is not UTF-8 text: send it in UTF-8": "le corps n’est pas du texte UTF-8 : envoyez-le en UTF-8",
    "is not a list": "n’est pas une liste",
    "is not an object": "n’est pas un objet",
    "is none of these: (.+) or (.+)": "n’est aucune de ces valeurs : {} ou {}",
    "is none of these: (.+)": "n’est pas {}",
    "is empty": "est vide",
    "stands twice in one object: keep one of them": "figure deux fois dans un même objet : n’en gardez qu’un",
    r"is shorter than (\d+) characters": "a moins de {} caractères",
    r"is longer than (\d+) characters": "a plus de {} caractères",
    r"has fewer entries than (\d+)": "a moins de {} élément(s)",
    r"has more entries than (\d+)": "a plus de {} éléments",
    r"is below (\S+)": "est inférieur à {}",
    r"is above (\S+)": "est supérieur à {}",
    r"is not above (\S+)": "n’est pas supérieur à {}",
    r"is not below (\S+)": "n’est pas inférieur à {}",
    "holds something else than letters, digits, `.`, `_` and `-`": (
        "contient autre chose que des lettres, des chiffres, `.`, `_` et `-`"
    ),
    "holds half of a character \\(a lone surrogate\\): write the text again": (
        "contient la moitié d’un caractère : récrivez le texte"
    ),
    r"holds a space, a slash, `\?`, `#` or a control character: choose another id": (
        "contient une espace, une barre oblique, `?`, `#` ou un caractère de commande : choisissez un autre identifiant"
    ),
    "holds a NUL or half a character: choose another id": (
        "contient un caractère NUL ou la moitié d’un caractère : choisissez un autre identifiant"
    ),
    "holds what no database can store: send the answer's own": (
        "contient ce qu’aucune base ne peut enregistrer : envoyez celui de la réponse"
    ),
    "is below min: swap them or leave one out": "est inférieur à min : échangez-les ou retirez-en un",
    "is before start: correct one of the dates": "précède start : corrigez l’une des dates",
    "is before valid_from: correct one of the dates": "précède valid_from : corrigez l’une des dates",
    "is a code, and may be a department's or a region's: write the name": (
        "est un code, de département ou de région : écrivez le nom"
    ),
    "is no department's code and no postal code: check it, or write the name": (
        "n’est ni un code de département ni un code postal : vérifiez-le, ou écrivez le nom"
    ),
    "is no place that is known, and looks like (.+): check its spelling": (
        "n’est pas un lieu connu et ressemble à {} : vérifiez l’orthographe"
    ),
    "is missing: give a headline, a summary, skills or experiences to compare": (
        "manque : donnez un titre, un résumé, des compétences ou des expériences à comparer"
    ),
    "asks for nothing: name a trade, a skill, a phrase or a place": (
        "ne demande rien : nommez un métier, une compétence, une expression ou un lieu"
    ),
    "is no cursor: send the one that the page before gave": (
        "n’est pas un curseur : envoyez celui que la page précédente a donné"
    ),
    "is another list's: start that one without a cursor": (
        "est celui d’une autre liste : commencez celle-ci sans curseur"
    ),
    r"is for (\d+) postings at most: ask for the newest": (
        "est possible jusqu’à {} offres : demandez les plus récentes"
    ),
    "must not all be zero": "ne doivent pas tous être nuls",
    "is not the id in the path: make them equal": "n’est pas l’identifiant de l’adresse : rendez-les égaux",
    "is not the organisation of your credential": "n’est pas l’organisation de votre clé",
    r"holds more than (\d+) lines: send them in several requests": (
        "contient plus de {} lignes : envoyez-les en plusieurs requêtes"
    ),
    "is no organisation's id: write the one that its postings have": (
        "n’est pas l’identifiant d’une organisation : écrivez celui que portent ses offres"
    ),
    "is missing: a recruiter's key is bound to one": "manque : la clé d’un recruteur est liée à une organisation",
    r"binds recruiters only: a key for the (platform|organiser) has none": (
        "ne lie que les recruteurs : une clé de ce rôle ({}) n’en a pas"
    ),
    r"must be one line of at most (\d+) characters": "doit être une ligne de {} caractères au plus",
    "lies in the future: write the day on which it was given": "est dans l’avenir : écrivez le jour où il a été donné",
    "lies in the past: choose a later day": "est dans le passé : choisissez un jour à venir",
}
"""French by English; the keys are patterns."""
_FRENCH = [(re.compile(pattern), french) for pattern, french in TEXTS.items()]
