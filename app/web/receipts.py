"""Receipt numbers: short enough to read aloud, without letters that look alike."""

from __future__ import annotations

import re
import secrets

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_RECEIPT = re.compile(rf"R[- ]?([{_ALPHABET}]{{4}})[- ]?([0-9]{{4}})")
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


def new_receipt() -> str:
    """A number such as ``R-7F3K-2091`` (30^4 x 10^4 of them; it identifies a line of the log, not a right)."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(4))
    return f"R-{letters}-{secrets.randbelow(10_000):04d}"


def read_receipt(text: str) -> str | None:
    """The number in what a person typed (small letters, Thai digits, no dashes); ``None`` when it is none."""
    match = _RECEIPT.fullmatch(text.strip().translate(_THAI_DIGITS).upper())
    return None if match is None else f"R-{match[1]}-{match[2]}"
