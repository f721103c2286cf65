"""Tokens of the data service, the accounts that have them, and what they took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Use:
    """What was taken: in a day, of a resource, or together."""

    requests: int = 0
    rows: int = 0
    bytes: int = 0
    refused: int = 0


@dataclass(frozen=True)
class DayUse(Use):
    """What a token took of a resource on a day."""

    day: date = date.min
    resource: str = ""


@dataclass(frozen=True)
class DataToken:
    """A token with its scope and what it took today and in thirty days; never the token itself."""

    id: int
    user_id: int
    username: str
    display_name: str
    name: str
    prefix: str
    resources: tuple[str, ...]
    areas: tuple[str, ...]
    requests_per_day: int | None
    rows_per_day: int | None
    issued_by: str | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    requests_today: int
    rows_today: int
    requests_month: int
    rows_month: int
    refused_month: int

    def standing(self, now: datetime) -> str:
        """``revoked``, ``expired`` or ``good``."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "good"


@dataclass(frozen=True)
class Agency:
    """An account that may have tokens: one of a program cannot sign in."""

    username: str
    display_name: str
    is_program: bool


_TOKENS = """
SELECT t.id, t.user_id, a.username, a.display_name, t.name, t.prefix, t.resources, t.areas, t.requests_per_day,
       t.rows_per_day, b.display_name AS issued_by, t.created_at, t.expires_at, t.last_used_at, t.revoked_at,
       coalesce(u.requests_today, 0) AS requests_today, coalesce(u.rows_today, 0) AS rows_today,
       coalesce(u.requests_month, 0) AS requests_month, coalesce(u.rows_month, 0) AS rows_month,
       coalesce(u.refused_month, 0) AS refused_month
FROM api_token t
JOIN user_account a ON a.id = t.user_id
LEFT JOIN user_account b ON b.id = t.issued_by
LEFT JOIN LATERAL (
    SELECT sum(requests) FILTER (WHERE day = current_date) AS requests_today,
           sum(rows) FILTER (WHERE day = current_date) AS rows_today,
           sum(requests) AS requests_month, sum(rows) AS rows_month, sum(refused) AS refused_month
    FROM token_use WHERE token_id = t.id AND day > current_date - 30
) AS u ON true
WHERE t.resources IS NOT NULL AND {which}
ORDER BY (t.revoked_at IS NULL AND coalesce(t.expires_at > now(), true)) DESC, t.id DESC
LIMIT :limit OFFSET :offset
"""


def data_tokens(session: Session, *, limit: int = 50, offset: int = 0) -> list[DataToken]:
    """Tokens of all agencies, those that are good first."""
    return _tokens(session, "true", {"limit": limit, "offset": offset})


def data_tokens_of(session: Session, user_id: int) -> list[DataToken]:
    """Tokens of one account."""
    return _tokens(session, "t.user_id = :user", {"user": user_id, "limit": 100, "offset": 0})


def one_data_token(session: Session, token_id: int) -> DataToken | None:
    """A token of the data service."""
    found = _tokens(session, "t.id = :id", {"id": token_id, "limit": 1, "offset": 0})
    return found[0] if found else None


def data_token_count(session: Session) -> int:
    """How many there are."""
    return int(session.scalar(sa.text("SELECT count(*) FROM api_token WHERE resources IS NOT NULL")) or 0)


def agencies(session: Session) -> list[Agency]:
    """Accounts of agencies, by name."""
    rows = session.execute(
        sa.text(
            "SELECT DISTINCT a.username, a.display_name, a.password IS NULL AS is_program FROM user_account a"
            " JOIN membership m ON m.user_id = a.id AND m.role_code = 'PARTNER_AGENCY'"
            "  AND coalesce(m.valid_to, current_date) >= current_date"
            " WHERE a.active ORDER BY a.display_name, a.username LIMIT 500"
        )
    )
    return [Agency(*row) for row in rows]


def use_by_day(session: Session, token_id: int, days: int = 31) -> list[DayUse]:
    """What a token took, the last day first."""
    rows = session.execute(
        sa.text(
            "SELECT requests, rows, bytes, refused, day, resource FROM token_use"
            " WHERE token_id = :token AND day > current_date - CAST(:days AS integer) ORDER BY day DESC, resource"
        ),
        {"token": token_id, "days": days},
    )
    return [DayUse(*row) for row in rows]


def use_today(session: Session, token_id: int) -> Use:
    """What a token took today."""
    statement = (
        "SELECT coalesce(sum(requests), 0), coalesce(sum(rows), 0), coalesce(sum(bytes), 0), coalesce(sum(refused), 0)"
        " FROM token_use WHERE token_id = :token AND day = current_date"
    )
    return Use(*map(int, session.execute(sa.text(statement), {"token": token_id}).one()))


def unknown_areas(session: Session, codes: Sequence[str]) -> list[str]:
    """Those that no area has."""
    known = set(session.scalars(sa.text("SELECT code FROM area WHERE code = ANY(:codes)"), {"codes": list(codes)}))
    return [code for code in codes if code not in known]


def project_area(session: Session, code: str) -> str | None:
    """Area of a project; ``None`` without one."""
    found: str | None = session.scalar(sa.text("SELECT area_code FROM project WHERE code = :code"), {"code": code})
    return found


def _tokens(session: Session, which: str, values: dict[str, object]) -> list[DataToken]:
    rows = session.execute(sa.text(_TOKENS.format(which=which)), values)
    return [
        DataToken(**{**row._mapping, "resources": tuple(row.resources), "areas": tuple(row.areas or ())})
        for row in rows
    ]
