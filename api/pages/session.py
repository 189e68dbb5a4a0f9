"""Signing in and out, the language, and what every page needs: for everyone."""

import re
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.pages.addresses import HOME, KEY_COOKIE, LANGUAGE, LANGUAGE_COOKIE, SIGN_IN, SIGN_OUT, STYLE, is_page
from api.pages.entrance import CREDENTIAL
from api.pages.forms import read_form
from api.pages.rendering import page, said
from api.problems import REFUSED_FOR, Cause
from api.security import FRONT, REALM, Gate
from matcher.core.access import Role

YEAR_S = 365 * 24 * 3600
STYLE_AGE_S = 600
_ADDRESS = re.compile(r"/[A-Za-z0-9/._~%!$&'()*+,;=:@-]{0,9000}")

router = APIRouter(include_in_schema=False)
_STYLE = (Path(__file__).parents[1] / "templates" / "style.css").read_bytes()


@router.get(FRONT)
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
    came_from = urlsplit(request.headers.get("referer", ""))
    is_ours = came_from.netloc == request.headers.get("host") and is_page(came_from.path)
    answer = RedirectResponse(came_from.path if is_ours else HOME, HTTPStatus.SEE_OTHER)
    answer.set_cookie(
        LANGUAGE_COOKIE,
        language if language == "en" else "fr",
        max_age=YEAR_S,
        path=HOME,
        httponly=True,
        samesite="lax",
    )
    return answer


@router.get(SIGN_IN)
async def sign_in(request: Request) -> Response:
    """Ask for a key."""
    return await page(request, "sign_in", error="", next=HOME, is_asked=False)


@router.post(SIGN_IN)
async def signed_in(request: Request) -> Response:
    """Take a key that opens, and keep it in the browser."""
    form = await read_form(request)
    wanted = form.one("next")
    next_ = wanted if is_page(wanted) and _ADDRESS.fullmatch(wanted) else HOME
    gate: Gate = request.app.state.gate
    if await gate.is_open():
        return RedirectResponse(HOME, HTTPStatus.SEE_OTHER)
    key = form.one("key").strip()
    principal = await gate.principal(key) if CREDENTIAL.fullmatch(key) else None
    if principal is None:
        request.scope["state"][REFUSED_FOR] = Cause.CREDENTIAL
        answer = await page(
            request, "sign_in", status=HTTPStatus.UNAUTHORIZED, error="error.key", next=next_, is_asked=False
        )
        answer.headers["WWW-Authenticate"] = REALM
        return answer
    if principal.role is Role.PLATFORM:
        request.scope["state"][REFUSED_FOR] = Cause.ROLE
        return await page(
            request, "sign_in", status=HTTPStatus.FORBIDDEN, error="error.platform", next=next_, is_asked=False
        )
    answer = RedirectResponse(next_, HTTPStatus.SEE_OTHER)
    is_https = "https" in {request.url.scheme, urlsplit(request.headers.get("origin", "")).scheme}
    answer.set_cookie(KEY_COOKIE, key, path=HOME, secure=is_https, httponly=True, samesite="strict")
    return answer


@router.post(SIGN_OUT)
async def sign_out() -> Response:
    """Forget the key."""
    answer = said(RedirectResponse(SIGN_IN, HTTPStatus.SEE_OTHER), "signed_out")
    answer.delete_cookie(KEY_COOKIE, path=HOME, httponly=True, samesite="strict")
    return answer
