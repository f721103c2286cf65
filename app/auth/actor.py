"""Who acts: a person with grants, a visitor, or the platform itself. Plain values, no request and no database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Scope = Literal["organisation", "district", "province", "nation", "published"]
Step = Literal["code", "password", "setup"]
SYSTEM_ROLE = "SYSTEM"


@dataclass(frozen=True)
class Grant:
    """A role held somewhere.

    Parameters
    ----------
    role
        Role code of ``codelists/roles_permissions.csv``.
    scope
        Where the role reaches.
    organisation_code
        Organisation, for an organisation role.
    area_code
        Province (2 digits) or amphoe (4), for an area role.
    """

    role: str
    scope: Scope
    organisation_code: str | None = None
    area_code: str | None = None


@dataclass(frozen=True)
class TokenScope:
    """What a token of the data service reaches; it reads only.

    Parameters
    ----------
    token_id
        The token.
    resources
        Codes of :data:`app.auth.data_service.RESOURCES`.
    areas
        Codes of provinces, amphoes or tambons; empty is the whole country.
    requests_per_day, rows_per_day
        Quotas; ``None`` is without one.
    """

    token_id: int
    resources: frozenset[str]
    areas: tuple[str, ...] = ()
    requests_per_day: int | None = None
    rows_per_day: int | None = None


@dataclass(frozen=True)
class Actor:
    """A person, with everything that policy needs to decide.

    Parameters
    ----------
    user_id
        Account; ``None`` for a visitor and for the platform itself.
    username, display_name
        Names; the second is shown and written to the history.
    language
        ``th`` or ``en``.
    grants
        Roles in force today; none while the sign-in is not finished.
    step
        What has to be done before anything else: give the authenticator's code, choose a password in place of the
        issued one, or set up an authenticator.
        Roles in force today.
    token
        What the token of the data service reaches by which the actor came; ``None`` for everybody else.
    """

    user_id: int | None
    username: str
    display_name: str
    language: str
    grants: tuple[Grant, ...]
    step: Step | None = None
    token: TokenScope | None = None

    @property
    def signed_in(self) -> bool:
        """True for a person with an account."""
        return self.user_id is not None

    @property
    def roles(self) -> frozenset[str]:
        """Codes of the roles held anywhere."""
        return frozenset(grant.role for grant in self.grants)

    @property
    def organisation_codes(self) -> tuple[str, ...]:
        """Organisations where a role is held, in the order given."""
        return tuple(dict.fromkeys(g.organisation_code for g in self.grants if g.organisation_code))


ANONYMOUS = Actor(None, "", "ผู้ชม", "th", (Grant("PUBLIC", "published"),))
"""A visitor who has not signed in."""

SYSTEM_ACTOR = Actor(None, "system", "ระบบ", "th", (Grant(SYSTEM_ROLE, "nation"),))
"""The platform itself (command line, scheduled work). ``SYSTEM`` is no row of ``role``: no account can hold it."""
