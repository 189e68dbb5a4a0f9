"""What the OpenAPI document shows as examples: one invented posting, one invented candidate, and what is said of them.

Nobody real is meant. A test holds each example against its model, and sends those of requests to the service.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson

from api.admission import UNFINISHED
from api.languages import in_french
from api.problems import BEHIND, BUSY, DETAIL, FAILED, INVALID_REQUEST
from api.schemas.postings import PostingListed
from api.security import INVALID
from matcher.core.domain import Kind
from matcher.core.errors import AlreadyExists, NotFound, UnknownKey
from matcher.core.pages import written_cursor
from matcher.core.scoring import ASPECTS, Weights
from matcher.records import PostingRecord, ProfileRecord

POSTING: Mapping[str, Any] = {
    "id": "dinum-2027-014",
    "title": "Architecte technique",
    "organisation": {"id": "dinum", "name": "Direction interministérielle du numérique"},
    "description": "Vous concevez l’architecture des services numériques de l’État, avec les équipes produit.",
    "qualifications": "Cinq ans d’expérience de la conception de services web à fort trafic.",
    "skills": ["PostgreSQL", "Kubernetes", "Python", "Terraform"],
    "languages": ["français"],
    "locations": [{"region": "Île-de-France", "department": "75", "city": "Paris"}],
    "remote": "partial",
    "contracts": ["contract_agent", "civil_servant"],
    "experience_years_min": 5,
    "education_level_min": 7,
    "salary_eur_year": {"min": 48000, "max": 60000},
    "openings": 1,
    "valid_from": "2026-11-02",
    "valid_through": "2027-01-31",
}
PROFILE: Mapping[str, Any] = {
    "id": "c-2048",
    "headline": "Architecte logiciel",
    "summary": "Huit ans de conception de services web pour le secteur public, dont trois avec Kubernetes.",
    "skills": ["Postgres", "Python", "Docker"],
    "experiences": [
        {
            "title": "Développement de services web",
            "organisation": "Éditeur de logiciels (exemple)",
            "start": "2018-10-01",
            "summary": "Refonte d’un portail de démarches en ligne.",
        }
    ],
    "education": [{"title": "Master d’informatique", "level": 7, "end": "2018-09-01"}],
    "languages": ["français", "anglais"],
    "locations": [{"region": "Île-de-France"}],
    "remote": "partial",
    "contracts": ["contract_agent"],
    "experience_years": 8,
    "situation": "private",
    "available_from": "2027-01-04",
    "salary_eur_year_min": 50000,
    "visible_to_recruiters": True,
    "hidden_from": ["ministere-exemple"],
    "consented_at": "2026-10-20",
}
KEY: Mapping[str, Any] = {
    "id": "5f2c9a01b3d4",
    "organisation": "dinum",
    "note": "bureau du recrutement",
    "created_at": "2026-11-02T09:00:00Z",
    "expires_at": "2027-11-02T09:00:00Z",
    "revoked_at": None,
}
PSEUDONYM = "3b1e8f0c5a7d49e2"

WEIGHTS = {"title": 0.5, "skills": 0.2, "body": 0.1, "experience": 0.05, "place": 0.1, "contract": 0.05}
AGREEMENT = {"title": 0.82, "skills": 0.75, "body": 0.64, "experience": 1.0, "place": 1.0, "contract": 1.0}
ASKS = ("title", "skills", "body", "experience")


def _mean(names: tuple[str, ...]) -> float:
    weight = sum(WEIGHTS[name] for name in names)
    return round(sum(WEIGHTS[name] * AGREEMENT[name] for name in names) / weight, 4)


SCORE = _mean(tuple(WEIGHTS))
REASONS: Mapping[str, Any] = {
    "contributions": [
        {
            "name": name,
            "value": round(weight * AGREEMENT[name], 4),
            "similarity": AGREEMENT[name],
            "standing": "compared",
            "weight": weight,
        }
        for name, weight in WEIGHTS.items()
    ],
    "skills": [
        {"required": "PostgreSQL", "evidence": "claimed", "counterpart": "Postgres", "similarity": 1.0, "share": 0.25},
        {
            "required": "Kubernetes",
            "evidence": "evidenced",
            "counterpart": "Kubernetes",
            "similarity": 1.0,
            "share": 0.25,
        },
        {"required": "Python", "evidence": "claimed", "counterpart": "Python", "similarity": 1.0, "share": 0.25},
        {"required": "Terraform", "evidence": "missing", "counterpart": None, "similarity": 0.0, "share": 0.25},
    ],
    "sentence": {
        "fr": "Intitulé très proche\u202f; compétence décrite\u00a0: Kubernetes\u202f; "
        "compétences seulement listées\u00a0: PostgreSQL (Postgres) et Python\u202f; "
        "compétence non trouvée\u00a0: Terraform\u202f; lieu compatible.",
        "en": "Very similar title; skill described: Kubernetes; skills only listed: PostgreSQL (Postgres) and Python; "
        "skill not found: Terraform; suitable location.",
    },
}
MATCH = {
    "posting_id": POSTING["id"],
    "profile_id": PROFILE["id"],
    "rank": 1,
    "score": SCORE,
    "asks_score": _mean(ASKS),
    "wishes_score": _mean(tuple(name for name in WEIGHTS if name not in ASKS)),
    "variants": [],
    **REASONS,
}


def _found(document_id: str) -> dict[str, Any]:
    return {
        "total": 1,
        "understood": {
            "words": "architecte technique Python",
            "phrases": ["services web"],
            "either": [],
            "excluded": ["PHP"],
            "places": ["Île-de-France"],
            "excluded_places": [],
            "excluded_contracts": [],
            "remote": "partial",
            "contracts": [],
            "languages": [],
            "experience_years": None,
            "experience_years_max": None,
            "education_level": None,
            "salary_min": None,
            "salary_max": None,
            "terms": [],
        },
        "counts": {
            "region": {"11": 1},
            "contract": {"contract_agent": 1},
            "experience": {"6-10": 1},
            "remote": {"partial": 1},
        },
        "matches": [{"id": document_id, "rank": 1, "score": SCORE, "variants": [], **REASONS}],
        "cursor": None,
    }


def _lines(*records: Mapping[str, Any]) -> str:
    return "".join(f"{orjson.dumps(record).decode()}\n" for record in records)


BODIES: Mapping[str, Any] = {
    "PostingRecord": POSTING,
    "ProfileRecord": PROFILE,
    "DraftRecord": {"headline": "Architecte technique", "skills": ["PostgreSQL", "Python"], "remote": "partial"},
    "SearchAsked": {
        "text": 'architecte technique, Île-de-France, télétravail, Python, -PHP, "services web"',
        "filters": {"region": ["11", "unknown"], "contract": ["contract_agent"]},
        "top": 20,
    },
    "FeedbackAsked": {
        "asks": "posting",
        "request_id": "3f9c0a51e2d47b86",
        "events": [
            {"posting_id": POSTING["id"], "profile_id": PROFILE["id"], "event": "opened", "position": 1},
            {"posting_id": POSTING["id"], "profile_id": "c-1987", "event": "shown", "position": 2},
        ],
    },
    "NewKey": {"organisation": "dinum", "days": 365, "note": "bureau du recrutement"},
}
"""What is sent, by the schema's name."""

LINES: Mapping[str, str] = {
    "/v1/postings/bulk": _lines(POSTING, {"id": "dinum-2027-015"}),
    "/v1/profiles/bulk": _lines(PROFILE, {"id": "c-2049"}),
}
"""What is sent in bulk, by path: the second line is wrong."""


def _rejected(id_: str, field: str) -> Mapping[str, Any]:
    wrong = {"field": field, "reason": "is missing: it is required"}
    return {"line": 2, "outcome": "rejected", "id": id_, **wrong, "invalid": [wrong]}


ANSWERS: Mapping[str, Any] = {
    "PostingRecord": PostingRecord.model_validate(POSTING).model_dump(mode="json"),
    "ProfileRecord": ProfileRecord.model_validate(PROFILE).model_dump(mode="json"),
    "PostingsAnswer": {
        "total": 1,
        "postings": [PostingListed.of(PostingRecord.model_validate(POSTING).to_domain()).model_dump(mode="json")],
        "cursor": None,
    },
    "MatchesAnswer": {"eligible": 1, "matches": [MATCH], "cursor": None},
    "PairAnswer": {"eligible": 1, "match": MATCH, "excluded_by": []},
    "ExportAnswer": {
        "profile": ProfileRecord.model_validate(PROFILE).model_dump(mode="json"),
        "texts": 6,
        "vectors": 6,
        "changes": [{"change": 17, "operation": "put", "at": "2026-11-12T08:15:00Z"}],
        "feedback": [
            {
                "at": "2026-11-16T14:05:00Z",
                "asks": "posting",
                "posting_id": POSTING["id"],
                "event": "opened",
                "position": 1,
                "request_id": "3f9c0a51e2d47b86",
                "weights": {name: getattr(Weights(), name) for name in ASPECTS},
                "organisation": "dinum",
            },
        ],
        "shown": [
            {
                "at": "2026-11-16T14:04:12.581Z",
                "call": "candidates",
                "role": "recruiter",
                "organisation": "dinum",
                "posting_id": POSTING["id"],
                "rank": 1,
            }
        ],
        "pseudonym": PSEUDONYM,
    },
    "ErasureAnswer": {
        "pseudonym": PSEUDONYM,
        "erased_at": "2026-11-20T08:30:00Z",
        "change": 4312,
        "files_clear_by": "2026-11-20T08:40:00Z",
    },
    "FeedbackAnswer": {
        "recorded": 1,
        "refused": [{"field": "events.1.profile_id", "reason": str(NotFound(Kind.PROFILE))}],
    },
    "OrganisationsAnswer": {"organisations": [{"id": "dinum", "postings": 12, "open_postings": 9}], "cursor": None},
    "StatisticsAnswer": {
        "organisations": 41,
        "postings": 300,
        "open_postings": 268,
        "profiles": 2000,
        "visible_profiles": 1430,
    },
    "KeysAnswer": {"keys": [KEY], "cursor": None},
    "NewKeyAnswer": {**KEY, "key": "fm_5f2c9a01b3d4_EXEMPLE-QUI-N-OUVRE-RIEN"},
    "HealthAnswer": {
        "status": "ok",
        "model": "contextual + words",
        "postings": 300,
        "profiles": 2000,
        "lag": 0,
        "writes": "ok",
    },
}
"""What is answered, by the schema's name."""

ANSWERS_OF: Mapping[tuple[str, str, str], Any] = {
    ("GET", "/health/live", "200"): {"status": "ok"},
    ("POST", "/v1/profiles/search", "200"): _found(PROFILE["id"]),
    ("POST", "/v1/postings/search", "200"): _found(POSTING["id"]),
    ("GET", "/v1/profiles/{profile_id}/similar", "200"): _found("c-2051"),
    ("GET", "/v1/postings/{posting_id}/similar", "200"): _found("dinum-2027-021"),
    ("POST", "/v1/postings/bulk", "200"): _lines(
        {"line": 1, "outcome": "accepted", "id": POSTING["id"]}, _rejected("dinum-2027-015", "title")
    ),
    ("POST", "/v1/profiles/bulk", "200"): _lines(
        {"line": 1, "outcome": "accepted", "id": PROFILE["id"]}, _rejected("c-2049", "headline")
    ),
    ("GET", "/metrics", "200"): 'matcher_request_seconds_count{method="GET",route="/v1/postings/{posting_id}"} 1.0\n',
}
"""What one call answers, where the schema alone does not say which example fits."""

PARAMETERS: Mapping[str, dict[str, Any]] = {
    "posting_id": {"example": POSTING["id"]},
    "profile_id": {"example": PROFILE["id"]},
    "key_id": {"example": KEY["id"]},
    "per_organisation": {"example": 3},
    "cursor": {
        # The page of the documentation fills in the first one, and a cursor is for one list alone.
        "examples": {
            "first": {"summary": "The first page: none is sent", "value": None},
            "next": {"summary": "The page after: what the answer gave", "value": written_cursor(b"newest 2099-01 p1")},
        }
    },
}
"""What each is shown with, as OpenAPI has it."""

_DETAILS: Mapping[HTTPStatus, str] = {
    **DETAIL,
    HTTPStatus.UNAUTHORIZED: INVALID,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        "the body is larger than 2000000 bytes: send less, or raise MATCHER_MAX_BODY_BYTES"
    ),
    HTTPStatus.UNPROCESSABLE_ENTITY: INVALID_REQUEST,
    HTTPStatus.TOO_MANY_REQUESTS: "more than 120000 calls a minute: wait 1 s, or raise MATCHER_RATE_PER_MINUTE",
    HTTPStatus.INTERNAL_SERVER_ERROR: FAILED,
    HTTPStatus.SERVICE_UNAVAILABLE: BUSY,
}


def problems(status: int, path: str) -> dict[str, Any]:
    """Return the examples of a problem, in both languages, as OpenAPI has them.

    Args:
        status: of the answer.
        path: of the call: says what it is that is not there, or there already.
    """
    kind = Kind.PROFILE if path.startswith("/v1/profiles") else Kind.POSTING
    at = HTTPStatus(status)
    detail = _DETAILS.get(at, "")
    members: Mapping[str, Any] = {}
    if at is HTTPStatus.CONFLICT:
        detail = str(AlreadyExists(kind))
    elif at is HTTPStatus.NOT_FOUND:
        detail = str(UnknownKey() if path.startswith("/v1/keys") else NotFound(kind))
    elif (at, path) == (HTTPStatus.SERVICE_UNAVAILABLE, "/health/ready"):
        detail, members = BEHIND, {**ANSWERS["HealthAnswer"], "lag": 214}
    elif at is HTTPStatus.SERVICE_UNAVAILABLE and path in LINES:
        detail, members = UNFINISHED.format(2400), {"lines": 2400}
    content = {**members, "type": "about:blank", "title": at.phrase, "status": status, "detail": detail}
    translated = {**content, "title": in_french(at.phrase), "detail": in_french(detail)}
    if at is HTTPStatus.UNPROCESSABLE_ENTITY:
        field, reason = "valid_through", "is before valid_from: correct one of the dates"
        content["invalid"] = [{"field": field, "reason": reason}]
        translated["invalid"] = [{"field": field, "reason": in_french(reason)}]
    return {
        "fr": {"summary": "Accept-Language: fr", "value": translated},
        "en": {"summary": "Accept-Language: en", "value": content},
    }
