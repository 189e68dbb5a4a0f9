"""What a person says of themselves, said by a woman and by a man.

The words are from lists of pairs that share nothing with the engine's own rules of gender: by those, the forms that the
engine does not know would never be tried.
"""

import re
from dataclasses import replace

from matcher.core.domain import Profile

PAIRS = """
adjoint adjointe|administrateur administratrice|agent agente|ancien ancienne|assistant assistante|attaché attachée
attiré attirée|auditeur auditrice|certain certaine|chargé chargée|chef cheffe|concepteur conceptrice|confirmé confirmée
conseiller conseillère|consultant consultante|contractuel contractuelle|convaincu convaincue|coordinateur coordinatrice
curieux curieuse|devenu devenue|diplômé diplômée|direct directe|directeur directrice|disposé disposée|débutant débutante
décidé décidée|décisionnel décisionnelle|délégué déléguée|développeur développeuse|engagé engagée|expert experte
expérimenté expérimentée|facilitateur facilitatrice|fier fière|formateur formatrice|formé formée|fort forte
fonctionnel fonctionnelle|géomaticien géomaticienne|habitué habituée|heureux heureuse|ingénieur ingénieure
intégrateur intégratrice|intéressé intéressée|lauréat lauréate|mené menée|motivé motivée|organisé organisée
ouvert ouverte
passionné passionnée|patient patiente|prêt prête|rigoureux rigoureuse|référent référente|sorti sortie|soucieux soucieuse
statisticien statisticienne|technicien technicienne|testeur testeuse|venu venue|étudiant étudiante
"""
"""What people of digital trades say of themselves."""
NOUNS = """
acheteur acheteuse|alternant alternante|animateur animatrice|apprenti apprentie|avocat avocate|chercheur chercheuse
codeur codeuse|cofondateur cofondatrice|collaborateur collaboratrice|coordonnateur coordonnatrice|doctorant doctorante
électronicien électronicienne|élu élue|entrepreneur entrepreneuse|évaluateur évaluatrice|fondateur fondatrice
greffier greffière|illustrateur illustratrice|infirmier infirmière|informaticien informaticienne
inspecteur inspectrice|instructeur instructrice|logisticien logisticienne|magistrat magistrate
mathématicien mathématicienne|médiateur médiatrice|modérateur modératrice|monteur monteuse|négociateur négociatrice
officier officière|ouvrier ouvrière|physicien physicienne|policier policière|président présidente
professeur professeure|programmeur programmeuse|réalisateur réalisatrice|recruteur recruteuse|rédacteur rédactrice
salarié salariée|traducteur traductrice|vendeur vendeuse|vérificateur vérificatrice
"""
"""Others who are always persons."""


def _table(pairs: str) -> dict[str, str]:
    return dict(pair.split() for pair in re.split(r"[|\n]", pairs.strip()))


TO_FEMININE = _table(PAIRS) | _table(NOUNS)
TO_MASCULINE = {feminine: masculine for masculine, feminine in TO_FEMININE.items()}
OF_THINGS = re.compile(
    # A plan, a trade's field, a system: what agrees with a thing; and participles and infinitives with an object.
    r"(?:–|schéma|spécialité|données|application|architecture|plateforme|recette|dimensions)\s+\w+$|\bet fonctionnelle$"
)
OBJECT = re.compile(r"\s(?:les|la|le|des|une|un|l['’])\b")
INCLUSIVE = re.compile(
    r"[^\W\d_](?:[·•]\w|[/(.-]\(?(?:e|se|euse|[tr]?rice|ice|ère|i?enne|n?ne|fe|le|te|i?ve|e?sse)s?\b)", re.IGNORECASE
)
"""`développeur·se`, `développeur.se`, `développeur(se)`, `développeur/se`: both genders are said at once."""
AFTER_ANOTHER = re.compile(
    r"(?<=[^\W\d_]\s)(?:ancien(?:ne)?|certaine?|contractuel(?:le)?|décidée?|décisionnel(?:le)?|déléguée?|directe?"
    r"|engagée?|étudiante?|fonctionnel(?:le)?|forte?|menée?|organisée?|ouverte?|patiente?|rigoureu(?:x|se))\b",
    re.IGNORECASE,
)
"""Words that may agree with a thing where they follow another word: `vente directe`, `système décisionnel`."""
LOOK_BACK = 80
"""Characters before a word's end in which is looked for what it agrees with."""
WORD = re.compile(r"[^\W\d_]+")


def swapped(text: str, *, feminine: bool) -> str:
    """Return what a person says of themselves, said by one of the given gender."""
    table = TO_FEMININE if feminine else TO_MASCULINE

    def other(found: re.Match[str]) -> str:
        word = table.get(found[0].lower())
        before = text[max(found.end() - LOOK_BACK, 0) : found.end()].lower()
        if word is None or OF_THINGS.search(before) or OBJECT.match(text, found.end()):
            return found[0]
        return word.upper() if found[0].isupper() else word.capitalize() if found[0][0].isupper() else word

    return WORD.sub(other, text)


def said_by(profile: Profile, *, feminine: bool) -> Profile:
    """Return what the same person would have stored in the given gender."""
    return replace(
        profile,
        headline=swapped(profile.headline, feminine=feminine),
        summary=swapped(profile.summary, feminine=feminine),
        experiences=tuple(
            replace(job, title=swapped(job.title, feminine=feminine), summary=swapped(job.summary, feminine=feminine))
            for job in profile.experiences
        ),
    )
