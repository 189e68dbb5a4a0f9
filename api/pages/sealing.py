"""What a page's address must hold and nobody may read there: a search's words, and where a page of a list begins.

Sealed with a key that only the service has (AES-GCM, NIST SP 800-38D), an address can be gone back to, reloaded and
kept in a browser's history or a proxy's log, and says nothing. It opens for whom it was made, and for nobody else.
"""

import base64
import os
import zlib
from http import HTTPStatus

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fastapi import FastAPI
from starlette.exceptions import HTTPException

PURPOSE = "addresses of pages"
MOST = 14_000
"""Characters of a sealed text: the longest cursor has 11,000, and a server in front may take no more than 16 kB."""
NONCE_BYTES = 12


class Seal:
    """Seals texts, and opens what it has sealed."""

    def __init__(self, key: bytes) -> None:
        """Take a key of 32 bytes, the same in every process."""
        self._cipher = AESGCM(key)

    def sealed(self, content: bytes, *, whose: str, of: str) -> str | None:
        """Return a content as an address may hold it; None where that would be too long.

        Args:
            content: what nobody may read.
            whose: the caller's id, or whatever else tells apart for whom it opens.
            of: the page that it belongs to.
        """
        nonce = os.urandom(NONCE_BYTES)
        hidden = self._cipher.encrypt(nonce, zlib.compress(content, 9), _bound(whose, of))
        text = base64.urlsafe_b64encode(nonce + hidden).decode().rstrip("=")
        return text if len(text) <= MOST else None

    def opened(self, text: str, *, whose: str, of: str) -> bytes:
        """Return what was sealed for this caller and page.

        Raises:
            HTTPException: 404, it was not.
        """
        try:
            raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), b"-_", validate=True)
            return zlib.decompress(self._cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _bound(whose, of)))
        except (ValueError, InvalidTag) as error:
            raise HTTPException(HTTPStatus.NOT_FOUND) from error


def seal_of(app: FastAPI) -> Seal:
    """Return the service's own."""
    return Seal(app.state.pseudonyms.key_for(PURPOSE))


def _bound(whose: str, of: str) -> bytes:
    return f"{whose}\0{of}".encode("utf-8", "surrogatepass")
