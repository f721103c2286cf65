"""Password hashes: argon2id with the library's current parameters, the same form that the sign-in page verifies.

There is no pepper: an account made by one process must open in another whatever its settings are, and argon2 salts
every hash itself.
"""

from __future__ import annotations

import re
import secrets
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MINIMUM_LENGTH = 12
MAXIMUM_LENGTH = 200
_LEAST_LETTERS = 5
# Rows of the keyboards in use here, and the alphabets: whoever slides along one has chosen nothing.
_SLIDES = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "ๆไำพะัีรนยบลฟหกดเ้่าสวงผปแอิืทมใฝ",
)
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
_hasher = PasswordHasher()
# Verified when there is no account of the name, so that the answer takes as long as for a real one.
_NOBODY = _hasher.hash("nobody has this password")


def _plain(text: str) -> str:
    """Letters and digits alone, small: what a guess is compared with."""
    return re.sub(r"[\W_]+", "", text.lower())


_COMMON = frozenset(
    _plain(word)
    for word in (Path(__file__).resolve().parent / "common_passwords.txt").read_text(encoding="utf-8").split()
)


def weakness(password: str, username: str = "") -> str | None:
    """Why a password of one's own is refused, as the code of a message; ``None`` when it is not.

    Length is what counts; no kinds of letters are asked for, which only make people write passwords down.
    """
    if len(password) < MINIMUM_LENGTH:
        return "password_too_short"
    if len(password) > MAXIMUM_LENGTH:
        return "password_too_long"
    plain, name = _plain(password), _plain(username.partition("@")[0])
    if name and (plain == name or (len(name) >= 4 and len(plain.replace(name, "")) < MINIMUM_LENGTH - 4)):
        return "password_repeats_name"
    # "Password2570!" is "password" to whoever guesses.
    if plain in _COMMON or re.sub(r"^\d+|\d+$", "", plain) in _COMMON:
        return "password_common"
    if len(set(plain)) < _LEAST_LETTERS or any(_slides(plain, row) for row in _SLIDES):
        return "password_monotonous"
    return None


def _slides(plain: str, row: str) -> bool:
    return plain in _plain(row) or plain[::-1] in _plain(row)


def readable_code(groups: int, letters: int) -> str:
    """Random letters in groups that can be read aloud: none that looks like another (almost 5 bits each)."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(letters)) for _ in range(groups))


def hash_password(password: str) -> str:
    """Hash of a new password."""
    return _hasher.hash(password)


def verify_password(password: str, hashed: str | None) -> bool:
    """True when the password belongs to the hash; takes the same time when there is no hash."""
    try:
        return _hasher.verify(hashed or _NOBODY, password) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(hashed: str) -> bool:
    """True when the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(hashed)
