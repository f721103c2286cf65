"""Second factors: the time-based codes of an authenticator, and recovery codes for whoever lost the telephone.

The codes are those of Flask-Security (RFC 6238 through passlib, secrets encrypted at rest); what it leaves open is
kept here: a code that was used opens nothing again.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any, cast

from flask_security.totp import Totp

from app.auth.passwords import readable_code
from app.auth.tokens import token_sha256
from app.models import UserAccount
from app.settings import Settings

METHOD = "authenticator"
ISSUER = "e-Plan"
TOLERANCE_S = 30
RECOVERY_CODES = 10


class Authenticator(Totp):
    """Codes that count up: none is taken twice, none older than the last one."""

    def get_last_counter(self, user: Any) -> int | None:
        """Number of the last code that opened."""
        counter: int | None = user.tf_last_counter
        return counter

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        """Remember it in the account's row, which is locked while a code is looked at."""
        user.tf_last_counter = tmatch.counter


def authenticator(settings: Settings) -> Authenticator:
    """The codes of this installation."""
    derived = hmac.new(settings.secret_key.encode(), b"authenticators", hashlib.sha256).hexdigest()
    return Authenticator({"1": settings.totp_key or derived}, ISSUER)


def code_opens(codes: Authenticator, account: UserAccount, given: str) -> bool:
    """True for a code that the account's authenticator shows now, half a minute ago or half a minute ahead."""
    digits = given.replace(" ", "").replace("-", "")
    if account.tf_totp_secret is None or not (digits.isascii() and digits.isdecimal() and len(digits) == 6):
        return False
    return bool(codes.verify_totp(digits, account.tf_totp_secret, cast(Any, account), window=TOLERANCE_S))


def new_recovery_codes() -> list[str]:
    """Codes of about 79 bits each."""
    return [readable_code(4, 4) for _ in range(RECOVERY_CODES)]


def recovery_sha256(code: str) -> str:
    """Hash under which a recovery code is found; spaces and capitals do not matter."""
    return token_sha256("".join(letter for letter in code.lower() if letter.isalnum()))
