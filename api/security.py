"""Who is asking: settled before anything of a request is read, for every path but those that are for everyone."""

from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from api.keyring import Keyring
from api.problems import Cause, problem, unavailable
from api.tokens import Tokens
from matcher.core.access import KEY_MARK, Principal
from matcher.core.errors import MatcherError

PUBLIC = ("/health/", "/docs", "/openapi.json", "/recruiter/sign-", "/recruiter/language/", "/recruiter/style.css")
"""Nothing here is about anybody. What is not listed needs a credential, addresses that do not exist included."""
FRONT = "/"
SLASHED = "/recruiter/"
"""Both send everyone on to the pages."""
MAX_CREDENTIAL = 8192
REALM = 'Bearer realm="forum-matcher"'
MISSING = "this call needs a credential: send the header `Authorization: Bearer KEY`"
INVALID = "the credential opens nothing: it may be mistyped, expired or revoked; ask who gave it for a new one"

EVERYONE = Principal("everyone", role=None)
"""Who asks while access is not switched on."""


class Gate:
    """Turns a credential into a principal."""

    def __init__(self, keyring: Keyring, tokens: Tokens | None, *, closed: bool) -> None:
        self._keyring = keyring
        self._tokens = tokens
        self._closed = closed or tokens is not None

    async def is_open(self) -> bool:
        """Tell whether nobody is asked who they are: until there is the first key. Raises StoreUnavailable."""
        # Keys are revoked, never deleted: what is closed stays closed.
        self._closed = self._closed or await self._keyring.any()
        return not self._closed

    async def principal(self, credential: str) -> Principal | None:
        """Return whose credential it is, None where it opens nothing. Raises StoreUnavailable."""
        if credential.startswith(f"{KEY_MARK}_"):
            return await self._keyring.principal(credential)
        if self._tokens is None:
            return None
        # As often as a key is looked up: while the database is away nobody can say whom it has withdrawn or erased.
        await self._keyring.any()
        return await self._tokens.principal(credential)

    def opens_nothing(self, credential: str | None) -> bool:
        """Tell whether it is known, without asking anybody, that a credential opens nothing, or that there is none.

        Nothing is known of a token: who its issuer is takes as long as to let it in.
        """
        if not self._closed:
            return False
        if credential is None:
            return True
        return self._keyring.opens_nothing(credential) if credential.startswith(f"{KEY_MARK}_") else not self._tokens

    async def former(self, credential: str) -> Principal | None:
        """Return whose key this was, None where it never was one: a key that has ended. Raises StoreUnavailable."""
        return await self._keyring.former(credential)


class Strangers:
    """Answers 401 to who has no credential, or one that is known to open nothing: they take nobody's place."""

    def __init__(self, app: ASGIApp, *, gate: Gate) -> None:
        self._app = app
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on who may be somebody."""
        if _is_for_everyone(scope) or not self._gate.opens_nothing(_credential(scope)):
            await self._app(scope, receive, send)
        else:
            await _refuse(scope, receive, send)


class Authentication:
    """Puts the principal into the request's state, or answers 401."""

    def __init__(self, app: ASGIApp, *, gate: Gate) -> None:
        self._app = app
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on who may ask at all."""
        if _is_for_everyone(scope):
            await self._app(scope, receive, send)
            return
        try:
            principal = EVERYONE if await self._gate.is_open() else await self._principal(scope)
        except MatcherError as error:
            await unavailable(error)(scope, receive, send)
            return
        if principal is None:
            await _refuse(scope, receive, send)
            return
        scope.setdefault("state", {})["principal"] = principal
        await self._app(scope, receive, send)

    async def _principal(self, scope: Scope) -> Principal | None:
        credential = _credential(scope)
        return None if credential is None else await self._gate.principal(credential)


def _is_for_everyone(scope: Scope) -> bool:
    return scope["type"] != "http" or scope["path"].startswith(PUBLIC) or scope["path"] in {FRONT, SLASHED}


def _credential(scope: Scope) -> str | None:
    """Return what a request's one bearer credential says."""
    given = [value for name, value in scope["headers"] if name == b"authorization"]
    if len(given) != 1 or len(given[0]) > MAX_CREDENTIAL or not given[0].isascii():
        return None
    scheme, _, credential = given[0].decode("ascii").strip().partition(" ")
    return credential.strip() if scheme.lower() == "bearer" else None


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    given = any(name == b"authorization" for name, _ in scope["headers"])
    challenge = f'{REALM}, error="invalid_token"' if given else REALM
    answer = problem(
        HTTPStatus.UNAUTHORIZED,
        INVALID if given else MISSING,
        headers={"WWW-Authenticate": challenge},
        cause=Cause.CREDENTIAL,
    )
    await answer(scope, receive, send)
