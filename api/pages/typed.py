"""What was typed into the search form: read, put into an address, and kept while somebody signs in anew."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import astuple, dataclass, field

import orjson
from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException

from api.limits import declared_length
from api.pages.addresses import SEARCH
from api.pages.forms import Form, read_form
from api.pages.sealing import seal_of
from api.schemas.search import MAX_QUERY, FiltersAsked
from api.security import Gate
from matcher.core.access import Principal
from matcher.core.errors import StoreUnavailable
from matcher.core.scoring import ASPECTS
from matcher.search import WORDS

OF, KEPT = "search", "search that is kept"
MOST_TYPED = 10 * MAX_QUERY
"""Characters of a text that come back to be shortened; the rest is lost."""
MOST_PERCENT = 20
MOST_KEPT = 100_000
"""Bytes of a form that is read for somebody whose key has ended."""
FACETS = (*FiltersAsked.model_fields,)


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form, as it was typed."""

    text: str = ""
    filters: Mapping[str, list[str]] = field(default_factory=lambda: {name: [] for name in FACETS})
    weights: Mapping[str, str] = field(default_factory=dict)
    """In per cent, by aspect and WORDS; what is empty counts as usual."""
    cursor: str | None = None
    """Where the page begins."""


def typed_in(form: Form) -> Typed:
    """Return what a form sends."""
    return Typed(
        text=form.one("text")[:MOST_TYPED],
        filters={name: [] if form.one("clear") else form.every(name) for name in FACETS},
        weights={name: form.one(f"weight_{name}").strip()[:MOST_PERCENT] for name in (WORDS, *ASPECTS)},
        cursor=form.one("cursor") or None,
    )


def address_of(app: FastAPI, caller: Principal, typed: Typed) -> str | None:
    """Return where a caller finds what this search does; None where that would be too long for an address."""
    sealed = seal_of(app).sealed(orjson.dumps(astuple(typed)), whose=caller.id, of=OF)
    return sealed and f"{SEARCH}/{sealed}"


def typed_at(app: FastAPI, caller: Principal, sealed: str) -> Typed:
    """Return the search that was sealed into an address.

    Raises:
        HTTPException: 404, it was not, or for somebody else.
    """
    return Typed(*orjson.loads(seal_of(app).opened(sealed, whose=caller.id, of=OF)))


async def kept(request: Request) -> str:
    """Return the search of a request whose key has ended, sealed for whoever signs in with a key for the same use.

    Empty where it asks for none, is too long, or where the credential never was a key: then its body is not read.
    """
    gate: Gate = request.app.state.gate
    key = request.headers.get("authorization", "").partition(" ")[2]
    with suppress(HTTPException, StoreUnavailable):
        owner = await gate.former(key)
        typed = await _typed_by(request, owner) if owner else Typed()
        if owner and typed.text:
            return seal_of(request.app).sealed(orjson.dumps(astuple(typed)), whose=_use(owner), of=KEPT) or ""
    return ""


def address_of_kept(app: FastAPI, caller: Principal, sealed: str) -> str | None:
    """Return where a caller finds what a kept search does; None where it is none, or of others."""
    with suppress(HTTPException):
        content = seal_of(app).opened(sealed, whose=_use(caller), of=KEPT)
        return address_of(app, caller, Typed(*orjson.loads(content)))
    return None


async def _typed_by(request: Request, owner: Principal) -> Typed:
    path = request.url.path
    if request.method == "GET" and path.startswith(f"{SEARCH}/"):
        return typed_at(request.app, owner, path.removeprefix(f"{SEARCH}/"))
    # Nothing else limits this body: only what is let in comes to the limit of all bodies.
    length = declared_length(request.scope["headers"])
    if request.method == "POST" and path == SEARCH and length is not None and length <= MOST_KEPT:
        return typed_in(await read_form(request))
    return Typed()


def _use(caller: Principal) -> str:
    """Return what keys have in common of which one takes the place of another."""
    return f"{caller.role} {caller.organisation}"
