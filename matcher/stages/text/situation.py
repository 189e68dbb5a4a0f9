"""Headlines without what they say of a situation: `en recherche d'un poste de data analyst` is a data analyst's.

Compared as a title, `en recherche active` is near researchers, and `étudiante en` near who coordinates student life.
"""

import re

_SEARCHES = (
    r"(?:actuellement |activement )?(?:en|à la) recherche (?:active )?(?=d|$|[^\w ])",
    r"en recherche active",
    r"(?:je )?(?:re)?cherche (?=une? |mon |ma )",
    r"(?:currently |actively )?(?:looking for|seeking) (?=an? |my |new |work|opportunit)",
    r"à l['’]écoute (?:du marché|d['’]opportunités|de nouvelles opportunités)",
    r"demandeu(?:r|se) d['’]emploi",
    r"open to work",
    r"en reconversion(?: professionnelle)?(?: vers| dans| en| comme| :)?",
    r"étudiante?(?:·e|\(e\))? en",
    r"student in",
)
_WANTED = (
    r"emplois?|postes?|stages?|alternances?|apprentissages?|missions?|contrats?|opportunités?|cdi|cdd",
    r"jobs?|positions?|roles?|internships?|opportunit(?:y|ies)|work",
)
_SITUATION = re.compile(
    rf"(?<!\w)(?:{'|'.join(_SEARCHES)})\s*"
    r"(?:(?:d['’]|de |un |une |mon |ma |an? |my )*(?:nouvel(?:le)? |nouveau |new |premi(?:er|ère) )?"
    rf"(?:{'|'.join(_WANTED)})?(?!\w)\s*(?:(?:de|en tant que|en|d['’]|dans|comme|as an?|as|in)(?!\w)\s*)?)",
    re.IGNORECASE,
)
_HELPS = re.compile(r"\s*(?:conseill|accompagn|coach|chargée? d)", re.IGNORECASE)
"""Whose trade is other people's situation."""


def without_situation(headline: str) -> str:
    """Return what a headline says beside the situation that somebody is in; nothing where it says no more."""
    return headline if _HELPS.match(headline) else _SITUATION.sub(" ", headline)
