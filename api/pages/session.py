"""Signing in and out, the language, and what every page needs: for everyone."""

import re
from http import HTTPStatus
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.pages.addresses import (
    HOME,
    KEY_COOKIE,
    LANGUAGE,
    LANGUAGE_COOKIE,
    SEARCH,
    SIGN_IN,
    SIGN_OUT,
    STYLE,
    is_page,
)
from api.pages.entrance import CREDENTIAL
from api.pages.forms import read_form
from api.pages.rendering import page, said
from api.pages.sealing import MOST
from api.pages.typed import address_of_kept
from api.problems import REFUSED_FOR, Cause
from api.security import FRONT, REALM, SLASHED, Gate
from matcher.core.access import Role

YEAR_S = 365 * 24 * 3600
STYLE_AGE_S = 600
_ADDRESS = re.compile(r"/[A-Za-z0-9/._~%!$&'()*+,;=:@-]{0,15000}")
"""A page's address: sealed ones have up to 14,000 characters."""
_QUERY = re.compile(r"[A-Za-z0-9=&_.%-]{1,30000}")
"""What may stand behind that of the list of postings."""
_LONGEST_SIGN_IN = 128 * 1024
"""Bytes: two addresses, all their signs escaped, and a key. Anybody may send one, and reading it takes time."""

router = APIRouter(include_in_schema=False)
_STYLE = (Path(__file__).parents[1] / "templates" / "style.css").read_bytes()


@router.get(FRONT)
@router.get(SLASHED)
async def front() -> Response:
    """Send whoever opens the service in a browser to the pages."""
    return RedirectResponse(HOME, HTTPStatus.SEE_OTHER)


@router.get(STYLE)
async def style() -> Response:
    """Return how the pages look."""
    return Response(_STYLE, media_type="text/css", headers={"Cache-Control": f"max-age={STYLE_AGE_S}"})


@router.get(f"{LANGUAGE}/{{language}}")
async def speak(language: str, request: Request) -> Response:
    """Remember a language, and go back to the page that it was chosen on."""
    came_from = _parts(request.headers.get("referer", ""))
    is_ours = came_from.netloc == request.headers.get("host") and is_page(came_from.path)
    # An error may be shown at this address: to go back there would be to come here again.
    is_ours = is_ours and not came_from.path.startswith(f"{LANGUAGE}/") and came_from.path != SIGN_OUT
    back = came_from.path if is_ours else HOME
    if is_ours and back == HOME and came_from.query:
        back = f"{HOME}?{came_from.query}"
    return _speaking(language, RedirectResponse(back, HTTPStatus.SEE_OTHER))


@router.post(f"{LANGUAGE}/{{language}}")
async def speak_again(language: str) -> Response:
    """Remember a language, and have the browser send the search that it was chosen on once more."""
    return _speaking(language, RedirectResponse(SEARCH, HTTPStatus.TEMPORARY_REDIRECT))


def _speaking(language: str, answer: Response) -> Response:
    answer.set_cookie(
        LANGUAGE_COOKIE,
        language if language == "en" else "fr",
        max_age=YEAR_S,
        path=HOME,
        httponly=True,
        samesite="lax",
    )
    return answer


def _parts(address: str) -> SplitResult:
    """Return the parts of an address; of what is none, empty ones."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


@router.get(SIGN_IN)
async def sign_in(request: Request) -> Response:
    """Ask for a key."""
    return await _asked(request)


@router.post(SIGN_IN)
async def signed_in(request: Request) -> Response:
    """Take a key that opens, and keep it in the browser."""
    form = await read_form(request, most=_LONGEST_SIGN_IN)
    wanted, _, query = form.one("next").partition("?")
    next_ = wanted if is_page(wanted) and _ADDRESS.fullmatch(wanted) else HOME
    if wanted == HOME and query and _QUERY.fullmatch(query):  # a bookmark of closed postings
        next_ = f"{HOME}?{query}"
    gate: Gate = request.app.state.gate
    if await gate.is_open():
        return RedirectResponse(HOME, HTTPStatus.SEE_OTHER)
    kept = form.one("kept")[:MOST]
    key = form.one("key").strip()
    principal = await gate.principal(key) if CREDENTIAL.fullmatch(key) else None
    if principal is None:
        request.scope["state"][REFUSED_FOR] = Cause.CREDENTIAL
        answer = await _asked(request, HTTPStatus.UNAUTHORIZED, error="error.key", next_=next_, kept=kept)
        answer.headers["WWW-Authenticate"] = REALM
        return answer
    if principal.role is Role.PLATFORM:
        request.scope["state"][REFUSED_FOR] = Cause.ROLE
        return await _asked(request, HTTPStatus.FORBIDDEN, error="error.platform", next_=next_, kept=kept)
    next_ = address_of_kept(request.app, principal, kept) or next_
    answer = RedirectResponse(next_, HTTPStatus.SEE_OTHER)
    is_https = "https" in {request.url.scheme, _parts(request.headers.get("origin", "")).scheme}
    answer.set_cookie(KEY_COOKIE, key, path=HOME, secure=is_https, httponly=True, samesite="strict")
    return answer


async def _asked(
    request: Request, status: HTTPStatus = HTTPStatus.OK, *, error: str = "", next_: str = HOME, kept: str = ""
) -> Response:
    return await page(
        request,
        "sign_in",
        status=status,
        error=error,
        next=next_,
        kept=kept,
        is_asked=False,
        is_lost=False,
        takes_keys=True,
    )


@router.post(SIGN_OUT)
async def sign_out() -> Response:
    """Forget the key."""
    answer = said(RedirectResponse(SIGN_IN, HTTPStatus.SEE_OTHER), "signed_out")
    answer.delete_cookie(KEY_COOKIE, path=HOME, httponly=True, samesite="strict")
    return answer
