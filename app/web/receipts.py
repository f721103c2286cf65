"""Receipt numbers: short enough to read aloud, without letters that look alike."""

from __future__ import annotations

import secrets

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_receipt() -> str:
    """A number such as ``R-7F3K-2091`` (30^4 x 10^4 of them; it identifies a line of the log, not a right)."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(4))
    return f"R-{letters}-{secrets.randbelow(10_000):04d}"
