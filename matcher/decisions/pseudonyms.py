"""Pseudonyms of people: the same person has the same one, and nobody without the secret can tell whose it is."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from matcher.core.errors import StoreUnavailable
from matcher.core.pages import LOT_BYTES

FILE = "pseudonym.key"
KEY_BYTES = 32
DIGITS = 32
"""Hexadecimal, of a pseudonym: 128 bits, so that two people never share one."""


class Pseudonyms:
    """Keyed digests (HMAC-SHA256, RFC 2104). A plain digest of a short id is undone by trying all ids."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._empty = hmac.new(key, digestmod=hashlib.sha256)
        """Copied for each digest: to begin with the key takes as long again."""

    def of_profile(self, profile_id: str) -> str:
        """Return a person's pseudonym."""
        return self._digest("profile", profile_id)[:DIGITS]

    def of_caller(self, name: str) -> str:
        """Return the pseudonym of somebody who asks by a token: a plain digest of their subject can be guessed."""
        return self._digest("caller", name)[:DIGITS]

    def of_question(self, canonical: str) -> str:
        """Return a digest of a question: keyed too, for it names a person or holds their words."""
        return self._digest("question", canonical)

    def of_lot(self, drawn: bytes) -> bytes:
        """Return a digest of what a cursor calls a document: a plain one of an id is undone likewise."""
        return hmac.digest(self._key, b"seen\0" + drawn, hashlib.sha256)[:LOT_BYTES]

    def key_for(self, purpose: str) -> bytes:
        """Return a key of 32 bytes for another purpose, from which this secret cannot be had."""
        return hmac.digest(self._key, f"key\0{purpose}".encode(), hashlib.sha256)

    def _digest(self, purpose: str, text: str) -> str:
        message = f"{purpose}\0{text}".encode("utf-8", "surrogatepass")
        keyed = self._empty.copy()
        keyed.update(message)
        return keyed.hexdigest()


def open_pseudonyms(home: Path, *, key: str | None = None) -> Pseudonyms:
    """Return the installation's pseudonyms: by the key that is given, else by the one in `home`, made if missing.

    Args:
        home: the folder of the secret's file, which nobody but its owner can read.
        key: the secret itself, where several machines must agree on it.

    Raises:
        StoreUnavailable: the file cannot be read or made, or is no key.
    """
    if key is not None:
        return Pseudonyms(hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest())
    path = home / FILE
    try:
        if not path.exists():
            _make(path)
        text = path.read_text(encoding="ascii").strip()
        read = bytes.fromhex(text)
    except OSError as error:
        raise StoreUnavailable(
            f"{path} cannot be used as the secret of the pseudonyms ({error.strerror}): free some space, correct its "
            "permissions, or bring it back from a backup"
        ) from error
    except ValueError as error:
        raise StoreUnavailable(f"{path} is not the secret of the pseudonyms: bring it back from a backup") from error
    if len(read) != KEY_BYTES:
        raise StoreUnavailable(f"{path} is not the secret of the pseudonyms: bring it back from a backup")
    return Pseudonyms(read)


def _make(path: Path) -> None:
    """Make the secret whole or not at all: several processes may start at once, and must agree."""
    unfinished = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{secrets.token_hex(KEY_BYTES)}\n")
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(unfinished)
    except FileExistsError:
        pass  # another process was quicker: its secret is everybody's
    finally:
        unfinished.unlink()
