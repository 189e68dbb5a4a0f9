"""How often one caller may ask: a bucket of tokens a credential, in this process's memory.

Headers: draft-ietf-httpapi-ratelimit-headers-10 (`RateLimit-Policy` says the rule, `RateLimit` what is left of it).
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Cause, problem
from matcher.core.access import Principal

WINDOW_S = 60
CALLERS = 10_000
"""Whose buckets are kept, the most recent ones: a token's subject is anything that the identity provider says."""


class RateLimit:
    """Answers 429 to who asks more than `per_minute` times a minute. Where nobody is asked who they are, nobody is."""

    def __init__(self, app: ASGIApp, *, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._quota = per_minute
        self._clock = clock
        self._policy = f'"default";q={per_minute};w={WINDOW_S}'.encode()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a token for the request, or refuse it."""
        principal: Principal | None = scope.get("state", {}).get("principal")
        if not self._quota or principal is None or principal.role is None:
            await self._app(scope, receive, send)
            return
        left = self._take(principal.id)
        per_s = self._quota / WINDOW_S
        whole_s = math.ceil((self._quota - max(left, 0)) / per_s)
        state = f'"default";r={max(math.floor(left), 0)};t={whole_s}'.encode()

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message.get("headers", ())
                message["headers"] = [*headers, (b"ratelimit-policy", self._policy), (b"ratelimit", state)]
            await send(message)

        if left >= 0:
            await self._app(scope, receive, marked)
            return
        wait_s = math.ceil(-left / per_s)
        answer = problem(
            HTTPStatus.TOO_MANY_REQUESTS,
            f"more than {self._quota} calls a minute: wait {wait_s} s, or raise MATCHER_RATE_PER_MINUTE",
            headers={"Retry-After": str(wait_s)},
            cause=Cause.RATE,
        )
        await answer(scope, receive, marked)

    def _take(self, caller: str) -> float:
        """Return how many tokens a caller has left after this one; below 0 none was there, and none is taken."""
        now = self._clock()
        tokens, at = self._buckets.pop(caller, (float(self._quota), now))
        tokens = min(tokens + (now - at) * self._quota / WINDOW_S, float(self._quota))
        left = tokens - 1
        self._buckets[caller] = (left if left >= 0 else tokens, now)
        if len(self._buckets) > CALLERS:
            self._buckets.popitem(last=False)
        return left
