"""Free-text search: what was typed, what was understood of it, filters with their numbers, and who was found."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from api.access import Caller
from api.dependencies import Engine
from api.languages import asked, told
from api.pages.addresses import SEARCH
from api.pages.forms import read_form
from api.pages.lists import candidates, left
from api.pages.rendering import page
from api.pages.search_views import facets, understood
from api.pages.typed import Typed, address_of, typed_at, typed_in
from api.pages.words import Words
from api.routes.search import searched
from api.schemas.search import MAX_QUERY, SearchAsked, found_json
from matcher.core.access import Principal
from matcher.core.domain import Kind
from matcher.core.errors import InvalidRecord
from matcher.core.scoring import ASPECTS
from matcher.engine import Matcher
from matcher.search import WORDS, WORDS_WEIGHT

router = APIRouter(include_in_schema=False)


@router.get(SEARCH)
async def empty(request: Request, matcher: Engine) -> Response:
    """Show the form."""
    return await _form(request, matcher, Typed(), errors={})


@router.post(SEARCH)
async def find(request: Request, matcher: Engine, caller: Caller) -> Response:
    """Take a search and go to what it finds; what cannot be searched for comes back with what is wrong."""
    typed = typed_in(await read_form(request))
    try:
        wanted = _wanted(typed)
    except ValidationError as error:
        return await _form(request, matcher, typed, errors=_errors(error, Words(asked())))
    address = address_of(request.app, caller, typed)
    if address is None:
        return await _found(request, matcher, caller, typed, wanted)
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


@router.get(f"{SEARCH}/{{sealed}}")
async def found(sealed: str, request: Request, matcher: Engine, caller: Caller) -> Response:
    """Show a page of what a search finds; one that was kept unread, and asks for nothing, as the form shows it."""
    typed = typed_at(request.app, caller, sealed)
    try:
        wanted = _wanted(typed)
    except ValidationError as error:
        return await _form(request, matcher, typed, errors=_errors(error, Words(asked())))
    return await _found(request, matcher, caller, typed, wanted)


async def _found(request: Request, matcher: Matcher, caller: Principal, typed: Typed, wanted: SearchAsked) -> Response:
    t = Words(asked())
    try:
        found = await run_in_threadpool(searched, wanted, Kind.PROFILE, request, matcher, caller)
    except InvalidRecord as error:
        return await _form(request, matcher, typed, errors=_refused(error, t))
    answer = orjson.loads(found_json(found, Kind.PROFILE))
    people = await candidates(request.app, caller, answer["matches"], t)
    return await _form(
        request,
        matcher,
        typed,
        errors={},
        total=answer["total"],
        understood=understood(answer["understood"], t),
        facets=facets(answer["counts"], typed.filters, t),
        people=people,
        left=left(answer["total"], people, answer["cursor"]),
        cursor=answer["cursor"],
        is_first=wanted.cursor is None,
        is_search=True,
    )


async def _form(
    request: Request, matcher: Matcher, typed: Typed, *, errors: Mapping[str, str], **context: Any
) -> Response:
    usual = {WORDS: WORDS_WEIGHT, **{name: getattr(matcher.weights, name) for name in ASPECTS}}
    blank: dict[str, Any] = {
        "total": None,
        "understood": [],
        "facets": [],
        "people": [],
        "left": 0,
        "cursor": None,
        "is_first": True,
    }
    return await page(
        request,
        "search",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        typed=typed,
        errors=errors,
        usual=usual,
        chosen_weights=any(typed.weights.values()),
        **{**blank, "is_search": False, **context},
    )


def _wanted(typed: Typed) -> SearchAsked:
    """Return what was typed as the API takes it. Raises ValidationError."""
    weights = {name: _share(text) for name, text in typed.weights.items() if text}
    given: dict[str, Any] = {"text": typed.text, "filters": typed.filters, "cursor": typed.cursor}
    if WORDS in weights:
        given["words_weight"] = weights.pop(WORDS)
    return SearchAsked.model_validate({**given, "weights": weights})


def _share(percent: str) -> float | str:
    try:
        return float(percent.replace(",", ".")) / 100
    except ValueError:
        return percent


def _errors(error: ValidationError, t: Words) -> dict[str, str]:
    """Return what is wrong, by field."""
    errors = {}
    for complaint in error.errors(include_input=False, include_url=False):
        name, *rest = map(str, complaint["loc"])
        if name == "text":
            errors["text"] = t("error.text_empty") if complaint["type"] == "string_too_short" else _too_long(t)
        elif name == "filters":
            errors["filters"] = t("error.filter")
        elif name in {"weights", "words_weight"}:
            aspect = rest[0] if rest else WORDS
            errors[f"weight_{aspect}"] = t("error.percent", aspect=t(f"aspect.{aspect}"))
        else:
            errors["text"] = t("error.other")
    return errors


def _too_long(t: Words) -> str:
    return t("error.text_long", most=t.number(MAX_QUERY))


def _refused(error: InvalidRecord, t: Words) -> dict[str, str]:
    """Return what the engine refuses, by field."""
    if error.field == "weights":
        return {"weights": t("error.weights")}
    return {"text": t("error.text", reason=told(error.reason)[0]) if error.field == "text" else t("error.other")}
