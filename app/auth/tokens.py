"""API tokens: random, shown once, kept as their SHA-256."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

PREFIX = "eplan_"


@dataclass(frozen=True)
class NewToken:
    """A token at the moment it is made.

    Parameters
    ----------
    secret
        The token itself; nowhere kept.
    prefix
        Its beginning, to recognise it in a list.
    sha256
        What is kept.
    """

    secret: str
    prefix: str
    sha256: str


def new_token() -> NewToken:
    """A new random token of 256 bits."""
    secret = PREFIX + secrets.token_urlsafe(32)
    return NewToken(secret, secret[: len(PREFIX) + 6], token_sha256(secret))


def token_sha256(secret: str) -> str:
    """Hash under which a token is found. A random token needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
