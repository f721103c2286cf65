"""Addresses that nobody may read in the database, and links that nobody can guess: both from the secret key alone.

Nothing of a link is stored: it carries the number it is for and its own proof. Another key ends every link and makes
every sealed address unreadable, as it ends every session.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from cryptography.fernet import Fernet, InvalidToken

_PROOF_BYTES = 16
_LINK = re.compile(r"([0-9]{1,18})-([A-Za-z0-9_-]{22})", re.ASCII)


def _key(secret_key: str, purpose: str) -> bytes:
    """A key of its own for each purpose."""
    return hmac.digest(secret_key.encode(), f"eplan {purpose}".encode(), hashlib.sha256)


def _box(secret_key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_key(secret_key, "sealed addresses")))


def seal(secret_key: str, text: str) -> bytes:
    """The text, unreadable without the key."""
    return _box(secret_key).encrypt(text.encode())


def unseal(secret_key: str, sealed: bytes) -> str | None:
    """The text again; ``None`` when it was sealed with another key.

    Examples
    --------
    >>> unseal("key", seal("key", "a@example.org"))
    'a@example.org'
    >>> unseal("another", seal("key", "a@example.org")) is None
    True
    """
    try:
        return _box(secret_key).decrypt(bytes(sealed)).decode()
    except InvalidToken:
        return None


def mark(secret_key: str, text: str) -> str:
    """The same for the same text, and nothing that tells the text."""
    return hmac.new(_key(secret_key, "marks"), text.encode(), hashlib.sha256).hexdigest()


def link(secret_key: str, purpose: str, number: int) -> str:
    """The part of an address that proves that whoever has it was given it.

    Examples
    --------
    >>> number_of("key", "question", link("key", "question", 12))
    12
    >>> number_of("key", "subscription", link("key", "question", 12)) is None
    True
    """
    digest = hmac.digest(_key(secret_key, f"link {purpose}"), str(number).encode(), hashlib.sha256)
    return f"{number}-{base64.urlsafe_b64encode(digest[:_PROOF_BYTES]).decode().rstrip('=')}"


def number_of(secret_key: str, purpose: str, text: str) -> int | None:
    """The number that a link is for; ``None`` when it was never given out."""
    found = _LINK.fullmatch(text)
    if found is None:
        return None
    number = int(found[1])
    return number if hmac.compare_digest(link(secret_key, purpose, number), text) else None
