"""The terms of a post that a query names: pay, degree, category, hours, length, start. They are no words of a trade.

A degree and a yearly pay are compared, as what a posting asks and offers. Of the others no field of a record tells:
they are shown as understood, and compared with nothing. So are terms that are refused (`hors catégorie C`).
"""

import re
from dataclasses import dataclass

from matcher.stages.text.query_words import GAP, NOT_NEEDED, taken


@dataclass(frozen=True, slots=True)
class Terms:
    """What a query says of the post."""

    named: tuple[str, ...] = ()
    """All of it, as it was typed."""
    education_level: int | None = None
    """The least, of the European Qualifications Framework."""
    salary_min: float | None = None
    """Gross euros a year."""
    salary_max: float | None = None


_A_THOUSAND = 1_000
_LEAST_A_YEAR, _MOST_A_YEAR = 12_000, 300_000
"""Euros; what lies outside is no pay of a year."""

_MONTH = (
    r"(?:janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[ûu]t|septembre|octobre|novembre|d[ée]cembre|january|february"
    r"|march|april|may|june|july|august|september|october|november|december)"
)
_DAY = (
    rf"(?:(?:1er|\d{{1,2}})\s+{_MONTH}(?:\s+20\d\d)?|(?:(?:d[ée]but|mi|fin|early|late)[\s-]+)?{_MONTH}(?:\s+20\d\d)?"
    r"|\d{1,2}[/.]\d{1,2}(?:[/.](?:20)?\d\d)?|20\d\d-\d\d-\d\d|(?:la\s+)?rentrée(?:\s+20\d\d)?)"
)
_SOON = (
    r"(?:imm[ée]diat(?:e|ement)?|(?:tout\s+)?de\s+suite|rapidement|maintenant|now|immediately|asap|d[eè]s\s+que\s+possible"
    r"|au\s+plus\s+(?:vite|t[ôo]t)|as\s+soon\s+as\s+possible|(?:sous|within)\s+\d{1,2}\s+(?:mois|semaines?|jours?"
    r"|months?|weeks?|days?))"
)
_FROM = (
    r"(?:[àa]\s+(?:partir|compter)\s+d[ue]|d[eè]s|from|starting|apr[eè]s|avant|before|after|courant|pour|by|en|in|au"
    r"|le)"
)
_START = rf"(?:\s*:?\s+(?:{_SOON}|(?:{_FROM}\s+){{1,2}}{_DAY}|{_DAY}))"
_BEGINS = (
    r"(?:disponib(?:les?|ilit[ée])|dispo|available|libres?|prise\s+de\s+poste|(?:poste\s+)?[àa]\s+pourvoir|d[ée]marrage"
    r"|d[ée]but|entr[ée]e\s+en\s+fonctions?|start(?:ing)?)"
)
_DEGREES = (
    (8, r"bac\s*\+\s*8|doctorats?|ph\.?\s?d\b|dipl[ôo]me\s+de\s+niveau\s+8"),
    (
        7,
        (
            r"bac\s*\+\s*5|niveau\s+master|dipl[ôo]me\s+de\s+niveau\s+7|(?:dipl[ôo]me|titulaire)\s+d['’]un\s+master"
            r"|master(?:e)?\s?[12]|dipl[ôo]me\s+d['’]ing[ée]nieure?|[ée]coles?\s+d['’]ing[ée]nieure?s?|master['’]?s\s+degree"
        ),
    ),
    (
        6,
        r"bac\s*\+\s*[34]|niveau\s+licence|dipl[ôo]me\s+de\s+niveau\s+6|licence\s+pro(?:fessionnelle)?|bachelor['’]?s\s+degree",
    ),
    (5, r"bac\s*\+\s*2|dipl[ôo]me\s+de\s+niveau\s+5|(?-i:BTS|DUT|DEUG)"),
)
_LEAST = r"(?:\s+(?:minimum|mini?|au\s+moins|requis|exig[ée]|souhait[ée]|(?:ou|et)\s+plus|required|or\s+more))?"
_DEGREE = re.compile(
    rf"(?<![\w+])(?:(?:de\s+)?niveau\s+|minimum\s+|au\s+moins\s+|dipl[ôo]me\s+(?:de\s+)?)?"
    rf"(?:{'|'.join(f'(?P<l{level}>{names})' for level, names in _DEGREES)})"
    rf"(?:\s*(?:/|[àa]|ou)\s*\+?\s*\d(?!\d))?{_LEAST}(?![\w+])",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"\s*(?:$|(?:en|in|of|de|du|des|dans|ou|or)\b|d['’])", re.IGNORECASE)
"""With what a degree goes on."""

_NUMBER = r"\d{1,3}[\s\u00a0\u202f.]?\d{3}(?!\d)|\d{2,3}(?!\d)(?:[.,]\d)?"
_EUROS = r"(?:k\s?(?:€|euros?|eur)|€|euros?\b|eur\b)"
_LESS = r"(?:moins\s+de|jusqu['’]?[àa]|maximum|max|au\s+plus|up\s+to|under|<=?|≤)"
_MORE = r"(?:plus\s+de|au\s+moins|minimum|mini?|[àa]\s+partir\s+de|at\s+least|over|from|>=?|≥)"
_PAID = (
    r"(?:(?:(?:salaire|r[ée]mun[ée]ration|salary|pay|package|pr[ée]tentions?)(?:\s+(?:annuel(?:le)?|brute?"
    r"|nette?|souhaité?e?|de|of|entre))*|(?:re|ré)mun[ée]r[ée]e?|pay[ée]e?)\s*:?\s*)"
)
_GROSS = r"(?:\s+(?:bruts?|nets?|gross|net))?"
_PAY = re.compile(
    rf"(?<![\w.,€+-])(?P<lead>{_PAID})?(?:(?P<less>{_LESS})\s?|(?P<more>{_MORE})\s?|(?P<of>entre|between|de)\s+)?"
    rf"(?P<low>{_NUMBER})\s?(?P<first>{_EUROS}|k\b)?(?:\s?(?:-|–|[àa]|et|and|to)\s?(?P<high>{_NUMBER}))?"
    rf"\s?(?P<unit>{_EUROS}|k\b)?(?P<said>{_GROSS}"
    r"(?P<per>\s?(?:/|par|per|a)\s?(?:ans?\b|ann[ée]e|year|mois|month|jour|j\b|day|h\b|heure))?(?:\s+annuels?)?"
    rf"{_GROSS})(?P<most>\s+(?:max(?:imum)?|au\s+plus))?"
    r"(?P<least>\s?\+|\s+(?:min(?:i(?:mum)?)?|et\s+plus))?(?![\w+])",
    re.IGNORECASE,
)
_PARTS = re.compile(rf"[,;:\n()|•{GAP}]|\s[-–—]\s")
_BESIDE_CHARACTERS = 80
"""That are read on each side of a number, to tell what it counts."""
_NO_PAY = re.compile(
    r"(?<!\w)(?:(?<!d['’])[ée]quipes?|budg[eé]\w*|march[ée]s?|trafics?|utilisat\w+|users?|agents|CA|chiffres?|revenue?s?"
    r"|turnover|portefeuilles?|clients|habitants?|abonn[ée]s?|followers?|achats?|d[ée]penses?|investissements?"
    r"|subventions?|financements?|fonds|aides?|seuils?|montants?|contrats|visit\w+|vues|views|requ[êe]tes?|lignes?|pages?"
    r"|volum\w+|serveurs?|postes|tickets?|factur\w+|bulletins?|paies?|paye|payroll|salari[ée]s|collaborateurs|employees"
    r"|personnes|people|[ée]l[èe]ves|[ée]tudiants|communaut[ée]s?|audiences?|newsletters?|records?"
    r"|t[ée]l[ée]chargements?|downloads?|transactions?|commandes?|ventes?|sales|lev[ée]es?|dotations?|enveloppes?"
    r"|cr[ée]dits?|co[ûu]ts?|[ée]conomies|dettes?|amendes?|m[ée]c[ée]nat|collectes?|dons?|offres|prix|primes?|jours|projets)"
    r"(?!\w)",
    re.IGNORECASE,
)
"""What numbers stand beside, of euros and of thousands, that nobody is paid."""
_SALARY = re.compile(
    r"(?<!\w)(?:salaires?|r[ée]mun[ée]r\w+|salar(?:y|ies)|wages?|bruts?|gross|annuel(?:le)?s?|fixe|variable"
    r"|selon\s+(?:profil|exp[ée]rience)|pr[ée]tentions?)(?!\w)",
    re.IGNORECASE,
)
_OF = re.compile(r"(?:\b(?:de|du|des|of|à)|d['’])\s*$", re.IGNORECASE)
_OF_IT = re.compile(r"\s*(?:(?:de|du|des|of|in)\b|d['’])", re.IGNORECASE)
_NAME = re.compile(r"\s+[A-ZÀ-Þ]")
_GOES_ON = re.compile(r"\s*[a-zà-ÿ]")
_LEAST_ALONE, _MOST_ALONE = 15_000, 200_000
"""Euros that are taken for the pay of a year where nothing says so."""
_A_YEAR = re.compile(r"an|year", re.IGNORECASE)
_CATEGORY = r"(?:cat[ée]gories?|cat\.?)\s+[abc]\+?(?![+#])(?:\s*(?:/|ou|et)\s*(?-i:[ABC])\+?)?"
_HOURS = (
    r"(?:[àa]\s+)?temps\s+(?:plein|complet|partiel|non\s+complet)(?:\s+\d{2,3}\s?%)?(?:\s+uniquement)?|mi-temps"
    r"|\d{2,3}\s?%\s+(?:ETP|d['’]un\s+ETP)"
    rf"|(?:(?<=^)|(?<=[,;({GAP}])|(?<=[,;({GAP}] ))(?:à\s+)?\d{{2,3}}\s?%(?=\s*(?:[,;)]|$))"
    r"|\d(?:[.,]\d)?\s?ETP|(?:full|part)[- ]time"
    r"|3[5-9]\s?h(?:eures)?"
)
_LENGTH = (
    r"(?:pour\s+|pendant\s+|d['’]une\s+|de\s+)?(?:dur[ée]e\s*:?\s*(?:de\s+)?)?\d{1,2}\s*(?:mois|months?)"
    r"(?:\s+renouvelables?)?(?!\s+(?:d['’]|of\s|de\s)\s?(?:exp|anciennet))"
)
_NO_LENGTH = re.compile(
    r"(?<!\w)(?:exp[ée]rien\w+|exp|anciennet[ée]|feuilles?|roadmaps?|plan|planning|programme|garanties?|horizon|historique"
    r"|pr[ée]avis|d[ée]lais?|pratique|formation|enfants?)(?!\w)",
    re.IGNORECASE,
)
"""Beside what lasts so many months, and is no contract."""
_HIRED_FOR = re.compile(
    r"(?<!\w)(?:CDD|contrat|mission|stage|alternance|remplacement|int[ée]rim|vacation|dur[ée]e|d[ée]tachement|apprentissage"
    r"|contract|assignment|internship)s?\s*$",
    re.IGNORECASE,
)
_DAILY = re.compile(r"(?<![\w+-])TJM\s*:?\s*(?:de\s+)?\d{3,4}(?:\s?€)?(?![\w%])", re.IGNORECASE)
_OTHERS = tuple(
    re.compile(rf"(?<![\w+-])(?:{words})(?![\w%])", re.IGNORECASE)
    for words in (
        _CATEGORY,
        (
            rf"{_BEGINS}{_START}|{_FROM}\s+(?:le\s+)?{_DAY}(?:\s+20\d\d)?|{_MONTH}\s+20\d\d|\d{{1,2}}/\d{{1,2}}/20\d\d"
            rf"|(?:d[ée]but|fin)\s+{_MONTH}|asap|d[eè]s\s+que\s+possible|as\s+soon\s+as\s+possible|au\s+plus\s+(?:vite|t[ôo]t)"
        ),
        _HOURS,
        (r"(?:salaire|r[ée]mun[ée]ration)\s+(?:selon\s+\w+|attracti(?:f|ve)|[àa]\s+n[ée]gocier)"),
    )
)
_LASTS = re.compile(rf"(?<![\w+-]){_LENGTH}(?![\w%])", re.IGNORECASE)
_TERM = rf"(?:{_CATEGORY}|{_HOURS}|{_LENGTH}|{'|'.join(names for _, names in _DEGREES)})"
_REFUSED = re.compile(
    r"(?<![\w-])(?:(?:hors|hormis|sauf|sans|pas\s+(?:de|en|[àa])|ni|not?|without|except)\s+(?:d['’])?"
    rf"{_TERM}(?![\w%+])|{_TERM}\s+(?:exclue?s?|excluded)(?!\w))",
    re.IGNORECASE,
)


def refused_terms_in(text: str) -> tuple[str, list[str]]:
    """Return a text with gaps for the terms that it refuses, and those with what refuses them."""
    return taken(_REFUSED, text, lambda found: found[0])


def degree_before(text: str, start: int, end: int) -> int | None:
    """Return where the degree begins that ends a part of a text, with its subject; None where none does."""
    degrees = [*_DEGREE.finditer(text, start, end)]
    return degrees[-1].start() if degrees and _SUBJECT.match(text[degrees[-1].end() : end]) else None


def terms_in(text: str) -> tuple[str, Terms]:
    """Return a text with gaps for the terms that it names, and those."""
    named: list[str] = []
    levels: list[int] = []
    pay: list[tuple[float | None, float | None]] = []

    def degree(found: re.Match[str]) -> str:
        after = _PARTS.split(found.string[found.end() : found.end() + _BESIDE_CHARACTERS].lstrip(" ("))[0]
        refusal = NOT_NEEDED.search(after)
        if not (refusal and _SUBJECT.match(after[: refusal.start()])):
            levels.append(next(level for level, _ in _DEGREES if found[f"l{level}"]))
        return named_so(found)

    def salary(found: re.Match[str]) -> str:
        if not _is_pay(found):
            return found[0]
        pay.append(_range(found))
        return named_so(found)

    def length(found: re.Match[str]) -> str:
        return named_so(found) if _is_length(found) else found[0]

    def named_so(found: re.Match[str]) -> str:
        named.append(found[0].strip())
        return f" {GAP} "

    text = _PAY.sub(salary, _DAILY.sub(named_so, _DEGREE.sub(degree, text)))
    for pattern in _OTHERS:
        text = pattern.sub(named_so, text)
    text = _LASTS.sub(length, text)
    least, most = next(iter(pay), (None, None))
    return text, Terms(tuple(dict.fromkeys(named)), min(levels, default=None), least, most)


def _beside(found: re.Match[str]) -> tuple[str, str]:
    """Return what stands before and behind something between the same commas."""
    text = found.string
    before = text[max(found.start() - _BESIDE_CHARACTERS, 0) : found.start()]
    return _PARTS.split(before)[-1], _PARTS.split(text[found.end() : found.end() + _BESIDE_CHARACTERS])[0]


def _is_length(found: re.Match[str]) -> bool:
    """Tell whether so many months are how long a contract lasts; not `expérience de 6 mois`."""
    before, after = _beside(found)
    if _NO_LENGTH.search(before) or _NO_LENGTH.search(after):
        return False
    return not (before.strip() and found[0].lower().startswith("de ")) or _HIRED_FOR.search(before) is not None


def _is_pay(found: re.Match[str]) -> bool:
    """Tell whether a number is one of pay: `salaire 45000`, `50 k€ brut`, `RSSI 60k, Paris`; not `budget 200 k€`.

    That is said of it, or it is the pay of a year that stands alone between commas, or ends what does.
    """
    before, after = _beside(found)
    has_unit = bool(found["unit"] or found["first"])
    if not has_unit and (not found["lead"] or _GOES_ON.match(after)):
        return False
    if found["lead"]:
        return has_unit or bool(found["said"]) or _range(found) != (None, None)
    if _NO_PAY.search(before) or _NO_PAY.search(after):
        return False
    is_called_so = bool(found["said"] or _SALARY.search(before) or _SALARY.search(after))
    return is_called_so or _is_alone(found, before, after)


def _is_alone(found: re.Match[str], before: str, after: str) -> bool:
    """Tell whether a number may be the pay of a year, and is all that is said between commas, or the end of it."""
    bounds = [one for one in _range(found) if one is not None]
    if not bounds or not all(_LEAST_ALONE <= one <= _MOST_ALONE for one in bounds):
        return False
    has_euros = (found["unit"] or found["first"] or "").lower() != "k"
    if after.strip(" .!?") and not (has_euros and _NAME.match(after)):
        return bool(found["high"]) and not before.strip() and not _OF_IT.match(after)
    return not before.strip() or not (_OF.search(before) or found["of"] == "de")


def _range(found: re.Match[str]) -> tuple[float | None, float | None]:
    """Return the least and the most pay of a year that is named; nothing of a day's or a month's."""
    if found["per"] and not _A_YEAR.search(found["per"]):
        return None, None
    units = f"{found['first'] or ''}{found['unit'] or ''}".lower()
    low, high = (_euros(found[name] or found["low"], units) for name in ("low", "high"))
    if not all(_LEAST_A_YEAR <= one <= _MOST_A_YEAR for one in (low, high)):
        return None, None
    if found["less"] or found["most"]:
        return None, high
    if found["more"] or found["least"]:
        return low, None
    return min(low, high), max(low, high)


def _euros(number: str, unit: str) -> float:
    digits = re.sub(r"[\s\u00a0\u202f]", "", number)
    if re.fullmatch(r"\d{1,3}\.\d{3}", digits):
        digits = digits.replace(".", "")
    value = float(digits.replace(",", "."))
    return value * _A_THOUSAND if "k" in unit or (not unit and value < _A_THOUSAND) else value
