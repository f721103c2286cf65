"""Who has access to an organisation, a province or the nation; one person with their roles; what of theirs is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

PAGE = 50
SHORT_NAME = (
    "CASE WHEN t.code = 'SPECIAL' THEN o.full_name_th ELSE coalesce(t.attributes ->> 'abbr_th', '') || o.name_th END"
)
Level = Literal["organisation", "province", "nation"]


@dataclass(frozen=True)
class Place:
    """Where access is looked at.

    Parameters
    ----------
    level, code
        Kind of place; its code, empty for the nation.
    name
        Of an organisation the full one.
    province_code, amphoe_code
        Where it lies.
    """

    level: Level
    code: str
    name: str
    province_code: str | None = None
    amphoe_code: str | None = None


@dataclass(frozen=True)
class Access:
    """A role that a person holds, with what is known of their account."""

    membership_id: int
    user_id: int
    username: str
    display_name: str
    active: bool
    role: str
    role_name_th: str
    role_name_en: str
    organisation_code: str | None
    organisation_name: str | None
    area_code: str | None
    area_name: str | None
    valid_from: date | None
    valid_to: date | None
    open: bool
    last_login_at: datetime | None
    first_password_until: datetime | None
    second_factor: bool
    sessions: int
    tokens: int
    row_version: int


@dataclass(frozen=True)
class BelowLine:
    """An organisation of a province, or a province of the nation, with how many people have access."""

    code: str
    name: str
    people: int
    executives: int
    organisations: int = 1
    without_executive: int = 0


_ACCESS = f"""
SELECT m.id, u.id, u.username, u.display_name, u.active, r.code, r.name_th, r.name_en, m.organisation_code,
       {SHORT_NAME}, m.area_code, a.name_th, m.valid_from, m.valid_to,
       u.active AND coalesce(m.valid_to, current_date) >= current_date, u.current_login_at, u.first_password_until,
       u.tf_primary_method IS NOT NULL,
       (SELECT count(*) FROM user_session s WHERE s.user_id = u.id AND s.ended_at IS NULL
         AND s.last_seen_at > now() - interval '12 hours'),
       (SELECT count(*) FROM api_token k WHERE k.user_id = u.id AND k.revoked_at IS NULL
         AND coalesce(k.expires_at, now() + interval '1 day') > now()),
       u.row_version
FROM membership m JOIN user_account u ON u.id = m.user_id JOIN role r ON r.code = m.role_code
LEFT JOIN organisation o ON o.code = m.organisation_code LEFT JOIN lao_type t ON t.code = o.type_code
LEFT JOIN area a ON a.code = m.area_code
WHERE {{where}} ORDER BY {{order}} LIMIT :limit OFFSET :offset
"""
_OPEN = "u.active AND coalesce(m.valid_to, current_date) >= current_date"
_ORDER = "r.seq, u.display_name, m.id"
_HERE = {
    "organisation": "m.organisation_code = :code",
    "province": "(m.area_code = :code OR m.area_code LIKE :code || '__') AND r.scope IN ('province', 'district')",
    "nation": "r.scope = 'nation'",
}
_ABOVE = {
    "organisation": "((r.scope = 'province' AND m.area_code = :province)"
    " OR (r.scope = 'district' AND m.area_code = :amphoe) OR r.scope = 'nation')",
    "province": "r.scope = 'nation'",
}


def place_of_organisation(session: Session, code: str) -> Place | None:
    """An organisation, or ``None``."""
    row = session.execute(
        sa.text("SELECT code, full_name_th, province_code, amphoe_code FROM organisation WHERE code = :code"),
        {"code": code},
    ).one_or_none()
    return (
        None if row is None else Place("organisation", row.code, row.full_name_th, row.province_code, row.amphoe_code)
    )


def place_of_province(session: Session, code: str) -> Place | None:
    """A province, or ``None``."""
    name = session.scalar(sa.text("SELECT name_th FROM area WHERE code = :code AND level = 'province'"), {"code": code})
    return None if name is None else Place("province", code, name, code)


def people_here(session: Session, place: Place, *, ended: bool = False, page: int = 1) -> list[Access]:
    """Who holds a role at this very place (a province with its amphoes): those in force, or those that ended."""
    where = f"{_HERE[place.level]} AND {'NOT ' if ended else ''}({_OPEN})"
    return _read(session, where, {"code": place.code}, page, "m.valid_to DESC NULLS FIRST, m.id" if ended else _ORDER)


def people_above(session: Session, place: Place, *, page: int = 1) -> list[Access]:
    """Who reaches this place from above: officers, district and province, the department."""
    if place.level == "nation":
        return []
    values = {"province": place.province_code, "amphoe": place.amphoe_code}
    return _read(session, f"{_ABOVE[place.level]} AND {_OPEN}", values, page, _ORDER)


def roles_of(session: Session, user_id: int) -> list[Access]:
    """Every role that a person holds or held, those in force first."""
    order = "(coalesce(m.valid_to, current_date) >= current_date) DESC, r.seq, m.id"
    return _read(session, "u.id = :user", {"user": user_id}, 1, order)


def organisations_below(session: Session, province: str, *, page: int = 1, missing: bool = False) -> list[BelowLine]:
    """Organisations of a province with how many people have access, those without an executive first."""
    rows = session.execute(
        sa.text(
            f"""
            SELECT o.code, {SHORT_NAME} AS name, count(DISTINCT u.id) AS people,
                   count(DISTINCT u.id) FILTER (WHERE m.role_code = 'LAO_EXECUTIVE') AS executives
            FROM organisation o LEFT JOIN lao_type t ON t.code = o.type_code
            LEFT JOIN membership m ON m.organisation_code = o.code
                AND coalesce(m.valid_to, current_date) >= current_date
                AND coalesce(m.valid_from, current_date) <= current_date
            LEFT JOIN user_account u ON u.id = m.user_id AND u.active
            WHERE o.province_code = :province AND o.type_code <> 'AGENCY'
            GROUP BY o.code, t.code, t.attributes
            HAVING NOT :missing OR count(DISTINCT u.id) FILTER (WHERE m.role_code = 'LAO_EXECUTIVE') = 0
            ORDER BY (count(DISTINCT u.id) FILTER (WHERE m.role_code = 'LAO_EXECUTIVE') > 0), 3, o.code
            LIMIT :limit OFFSET :offset
            """
        ),
        {"province": province, "missing": missing, "limit": PAGE + 1, "offset": (page - 1) * PAGE},
    )
    return [BelowLine(row.code, row.name, row.people, row.executives) for row in rows]


def provinces_below(session: Session) -> list[BelowLine]:
    """Provinces with how many people have access in them and how many organisations have no executive."""
    rows = session.execute(
        sa.text(
            """
            WITH held AS (
                SELECT m.organisation_code AS code, count(DISTINCT u.id) AS people,
                       count(DISTINCT u.id) FILTER (WHERE m.role_code = 'LAO_EXECUTIVE') AS executives
                FROM membership m JOIN user_account u ON u.id = m.user_id AND u.active
                WHERE m.organisation_code IS NOT NULL AND coalesce(m.valid_to, current_date) >= current_date
                  AND coalesce(m.valid_from, current_date) <= current_date
                GROUP BY 1
            )
            SELECT a.code, a.name_th AS name, coalesce(sum(h.people), 0) AS people,
                   coalesce(sum(h.executives), 0) AS executives, count(*) AS organisations,
                   count(*) FILTER (WHERE coalesce(h.executives, 0) = 0) AS without
            FROM organisation o JOIN area a ON a.code = o.province_code LEFT JOIN held h ON h.code = o.code
            WHERE o.type_code <> 'AGENCY' GROUP BY a.code, a.name_th ORDER BY a.code
            """
        )
    )
    return [BelowLine(r.code, r.name, int(r.people), int(r.executives), r.organisations, r.without) for r in rows]


def person_by_username(session: Session, username: str) -> int | None:
    """Account of a user name."""
    found: int | None = session.scalar(
        sa.text("SELECT id FROM user_account WHERE username = :name"), {"name": username.strip().lower()}
    )
    return found


def person(session: Session, user_id: int) -> Any:
    """What an administrator sees of an account besides its roles; of one that is there."""
    return session.execute(
        sa.text(
            "SELECT id, username, display_name, email, active, row_version, created_at,"
            " current_login_at AS last_login_at, first_password_until, first_password_used_at, locked_until,"
            " second_factor_at, tf_primary_method IS NOT NULL AS second_factor FROM user_account WHERE id = :id"
        ),
        {"id": user_id},
    ).one()


def open_sessions(session: Session, user_id: int, key_sha256: str = "") -> Sequence[Any]:
    """Sessions of a person that go on, the last used first; ``here`` marks the one of this key."""
    return session.execute(
        sa.text(
            "SELECT id, device, created_at, last_seen_at, second_factor_at, key_sha256 = :key AS here FROM user_session"
            " WHERE user_id = :user AND ended_at IS NULL AND last_seen_at > now() - interval '12 hours'"
            " ORDER BY last_seen_at DESC, id DESC LIMIT 50"
        ),
        {"user": user_id, "key": key_sha256},
    ).all()


def recovery_codes_left(session: Session, user_id: int) -> int:
    """How many recovery codes of a person have not been used."""
    count = sa.text("SELECT count(*) FROM recovery_code WHERE user_id = :user AND used_at IS NULL")
    return session.scalar(count, {"user": user_id}) or 0


def successors(session: Session, user_id: int) -> Sequence[Any]:
    """Who could take over from a person: those with a role in force where theirs are, or above them in the province."""
    return session.execute(
        sa.text(
            """
            SELECT DISTINCT u.id, u.username, u.display_name FROM membership mine
            JOIN membership m ON (m.organisation_code = mine.organisation_code OR m.area_code = mine.area_code
                OR (mine.organisation_code IS NULL AND mine.area_code IS NULL AND m.role_code = mine.role_code))
            JOIN user_account u ON u.id = m.user_id AND u.active
            WHERE mine.user_id = :user AND u.id <> :user AND coalesce(m.valid_to, current_date) >= current_date
            ORDER BY u.display_name LIMIT 200
            """
        ),
        {"user": user_id},
    ).all()


def hand_overs(session: Session, user_id: int, *, received: bool) -> Sequence[Any]:
    """Hand-overs that a person received, or that were made of theirs; the newest first."""
    side = "to_user_id" if received else "from_user_id"
    return session.execute(
        sa.text(
            f"SELECT h.id, h.created_at, h.seen_at, h.made_by_name, jsonb_array_length(h.items) AS count,"
            f" f.display_name AS from_name, t.display_name AS to_name FROM hand_over h"
            f" JOIN user_account f ON f.id = h.from_user_id JOIN user_account t ON t.id = h.to_user_id"
            f" WHERE h.{side} = :user ORDER BY h.id DESC LIMIT 50"
        ),
        {"user": user_id},
    ).all()


def hand_over(session: Session, number: int) -> Any | None:
    """A hand-over with what went."""
    return session.execute(
        sa.text(
            "SELECT h.*, f.display_name AS from_name, t.display_name AS to_name FROM hand_over h"
            " JOIN user_account f ON f.id = h.from_user_id JOIN user_account t ON t.id = h.to_user_id WHERE h.id = :id"
        ),
        {"id": number},
    ).one_or_none()


def _read(session: Session, where: str, values: dict[str, Any], page: int, order: str) -> list[Access]:
    rows = session.execute(
        sa.text(_ACCESS.format(where=where, order=order)),
        {**values, "limit": PAGE + 1, "offset": (page - 1) * PAGE},
    )
    return [Access(*row) for row in rows]
