"""What a search has understood of a text, in a line: a misreading is seen before its answers are."""

from collections.abc import Iterator

from matcher.core.domain import Contract, Remote
from matcher.search import Found, SearchQuery

_SAID = {
    "fr": {
        "understood": "Compris : ",
        "words": "mots comparés",
        "skills": "compétences",
        "phrases": "doit figurer",
        "excluded": "ne doit pas figurer",
        "places": "lieux",
        "excluded_places": "lieux exclus",
        "contracts": "contrats",
        "excluded_contracts": "contrats exclus",
        "remote": "télétravail",
        "languages": "langues",
        "years": "années d’expérience",
        "education": "diplôme",
        "salary": "euros bruts par an",
        "terms": "conditions et qualités",
        "or": " ou ",
        "least": "au moins {}",
        "most": "au plus {}",
        "level": "niveau {}",
        Contract.CIVIL_SERVANT: "fonctionnaire",
        Contract.CONTRACT_AGENT: "contractuel",
        Contract.APPRENTICESHIP: "apprentissage",
        Contract.INTERNSHIP: "stage",
        Contract.FREELANCE: "indépendant",
        Contract.INTERNATIONAL_VOLUNTEER: "volontariat international",
        Remote.NONE: "sur site",
        Remote.PARTIAL: "partiel",
        Remote.FULL: "complet",
    },
    "en": {
        "understood": "Understood: ",
        "words": "words compared",
        "skills": "skills",
        "phrases": "must stand there",
        "excluded": "must not stand there",
        "places": "places",
        "excluded_places": "places excluded",
        "contracts": "contracts",
        "excluded_contracts": "contracts excluded",
        "remote": "remote work",
        "languages": "languages",
        "years": "years of experience",
        "education": "degree",
        "salary": "gross euros a year",
        "terms": "terms and qualities",
        "or": " or ",
        "least": "at least {}",
        "most": "at most {}",
        "level": "level {}",
        Contract.CIVIL_SERVANT: "civil servant",
        Contract.CONTRACT_AGENT: "contract agent",
        Contract.APPRENTICESHIP: "apprenticeship",
        Contract.INTERNSHIP: "internship",
        Contract.FREELANCE: "freelance",
        Contract.INTERNATIONAL_VOLUNTEER: "international volunteer",
        Remote.NONE: "on site",
        Remote.PARTIAL: "partly",
        Remote.FULL: "fully",
    },
}


def understood_line(found: Found, *, language: str) -> str:
    """Return what was understood of a search's text; what it does not say is left out."""
    told = _SAID[language]
    colon, between = (" : ", " ; ") if language == "fr" else (": ", "; ")
    parts = [f"{told[name]}{colon}{', '.join(said)}" for name, said in _facts(found, told) if said]
    return told["understood"] + between.join(parts)


def _facts(found: Found, told: dict[str, str]) -> Iterator[tuple[str, list[str]]]:
    query = found.understood
    yield "words", [query.words] if query.words else []
    yield "skills", [*found.skills]
    yield "phrases", [told["or"].join(f'"{one}"' for one in some) for some in _phrases(query)]
    yield "excluded", [*query.excluded]
    yield "places", [*query.places]
    yield "excluded_places", [*query.excluded_places]
    yield "contracts", [told[one] for one in query.contracts]
    yield "excluded_contracts", [told[one] for one in query.excluded_contracts]
    yield "remote", [told[query.remote]] if query.remote else []
    yield "languages", [*query.languages]
    yield "years", _between(query.experience_years, query.experience_years_max, told)
    yield "education", [told["level"].format(query.education_level)] if query.education_level else []
    yield "salary", _between(query.salary_min, query.salary_max, told)
    yield "terms", [*query.terms]


def _phrases(query: SearchQuery) -> list[tuple[str, ...]]:
    return [*((one,) for one in query.phrases), *query.either]


def _between(least: float | None, most: float | None, told: dict[str, str]) -> list[str]:
    if least is not None and least == most:
        return [f"{least:.10g}"]
    ends = (("least", least), ("most", most))
    return [told[name].format(f"{value:.10g}") for name, value in ends if value is not None]
