"""API keys at hand: the table of them all, read again when it is older than a moment.

The whole table, not one key at a time: it is small (a key a service), and nobody can make the database work by guessing
ids.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from matcher.core.access import ApiKey, Principal, read_key
from matcher.core.storing import Keys

FRESH_S = 0.5
"""For how long a revoked key may still open."""
UNKNOWN_FRESH_S = 0.05
"""A key that is not in the table may have been made a moment ago."""


class Keyring:
    """Says whose key it is. For one event loop."""

    def __init__(
        self,
        keys: Callable[[], Keys],
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keys = keys
        self._clock = clock
        self._monotonic = monotonic
        self._table: Mapping[str, ApiKey] = {}
        self._read_at = -float("inf")
        self._reading = asyncio.Lock()

    async def principal(self, text: str) -> Principal | None:
        """Return whose key this is, None where it opens nothing.

        Raises:
            StoreUnavailable: the database is away, and nobody can say whether the key has been revoked.
        """
        parts = read_key(text)
        if parts is None:
            return None
        key_id, secret = parts
        key = (await self._fresh(FRESH_S)).get(key_id) or (await self._fresh(UNKNOWN_FRESH_S)).get(key_id)
        return key.principal if key and key.admits(secret, now=self._clock()) else None

    def opens_nothing(self, text: str) -> bool:
        """Tell whether it is known without reading the table again that a key opens nothing."""
        parts = read_key(text)
        if parts is None:
            return True
        key_id, secret = parts
        key = self._table.get(key_id)
        if key is None:
            return not self._is_older(UNKNOWN_FRESH_S)
        return not self._is_older(FRESH_S) and not key.admits(secret, now=self._clock())

    async def former(self, text: str) -> Principal | None:
        """Return whose key this was, whether or not it still opens anything. Raises StoreUnavailable."""
        key_id, secret = read_key(text) or ("", "")
        key = (await self._fresh(FRESH_S)).get(key_id)
        return key.principal if key and key.fits(secret) else None

    async def any(self) -> bool:
        """Tell whether there has ever been a key. Raises StoreUnavailable."""
        return bool(await self._fresh(FRESH_S))

    async def _fresh(self, within_s: float) -> Mapping[str, ApiKey]:
        if self._is_older(within_s):
            async with self._reading:
                if self._is_older(within_s):
                    started = self._monotonic()
                    self._table = {key.id: key for key in await asyncio.to_thread(self._keys().all)}
                    self._read_at = started
        return self._table

    def _is_older(self, seconds: float) -> bool:
        return self._monotonic() - self._read_at > seconds
