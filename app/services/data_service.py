"""Tokens for programs of agencies: given by the department, counted with every request, ended by it or the agency."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor, TokenScope
from app.auth.cache import CACHE
from app.auth.data_service import MOST_DAYS, MOST_REQUESTS, MOST_ROWS, RESOURCES
from app.auth.policy import NATION
from app.auth.tokens import new_token
from app.errors import AppError, InvalidInput, NotFound
from app.models import ApiToken, UserAccount
from app.queries.data_service import Use, agencies, unknown_areas, use_today
from app.services.accounts import IssuedToken
from app.services.money_rules import check_text, refuse
from gis.problems import Problem

_PROGRAM = re.compile(r"agency-[a-z0-9][a-z0-9-]{1,40}")
_MOST_AREAS = 100


@dataclass(frozen=True)
class NewDataToken:
    """A token as the department gives it; see :class:`app.auth.actor.TokenScope`."""

    username: str
    name: str
    resources: tuple[str, ...]
    areas: tuple[str, ...] = ()
    days: int = 365
    requests_per_day: int = 5_000
    rows_per_day: int = 1_000_000


@dataclass(frozen=True)
class Quota:
    """What is left of one quota today; ``None`` without a limit."""

    name: str
    limit: int | None
    left: int | None


class QuotaExceeded(AppError):
    """The day's quota is used up.

    Parameters
    ----------
    quota
        Which one.
    quotas
        Both, for the headers.
    """

    def __init__(self, quota: Quota, quotas: tuple[Quota, ...]) -> None:
        super().__init__(
            "quota_exceeded", {"quota": quota.name, "limit": quota.limit, "resets_at": resets_at().isoformat()}
        )
        self.quotas = quotas

    @property
    def retry_after_s(self) -> int:
        """Seconds until the next day begins."""
        return seconds_to_reset()


def make_account(session: Session, actor: Actor, username: str, display_name: str) -> str:
    """An account for a program of an agency: it reads sums, holds no password and cannot sign in.

    Raises
    ------
    Forbidden
        Not the department.
    InvalidInput
        A name that is taken or unreadable.
    """
    policy.require(actor, policy.DATA_SERVICE, NATION)
    name = username.strip().lower()
    problems = check_text("display_name", display_name, required=True, limit=200)
    if not _PROGRAM.fullmatch(name):
        problems.append(Problem("service_account_name", where={"field": "new_username"}))
    elif session.scalar(sa.select(sa.exists().where(UserAccount.username == name))):
        problems.append(Problem("service_account_taken", where={"field": "new_username"}, values={"username": name}))
    refuse(problems)
    session.execute(
        sa.text("SELECT make_service_account(:name, :shown)"), {"name": name, "shown": display_name.strip()}
    )
    return name


def issue(session: Session, actor: Actor, wanted: NewDataToken) -> IssuedToken:
    """A token for an account of an agency; its secret is shown this once.

    Raises
    ------
    Forbidden
        Not the department.
    InvalidInput
        Everything that is wrong with it at once.
    """
    policy.require(actor, policy.DATA_SERVICE, NATION)
    refuse(_check(session, wanted))
    made = new_token()
    token = ApiToken(
        user_id=session.scalar(sa.select(UserAccount.id).where(UserAccount.username == wanted.username)),
        name=wanted.name.strip(),
        prefix=made.prefix,
        token_sha256=made.sha256,
        expires_at=datetime.now(UTC) + timedelta(days=wanted.days),
        resources=[one for one in RESOURCES if one in wanted.resources],
        areas=list(wanted.areas) or None,
        requests_per_day=wanted.requests_per_day,
        rows_per_day=wanted.rows_per_day,
        issued_by=actor.user_id,
    )
    session.add(token)
    session.flush()
    return IssuedToken(token.id, token.name, made.secret, token.expires_at)


def revoke(session: Session, actor: Actor, token_id: int) -> None:
    """End a token, as the department or as its agency; again changes nothing.

    Raises
    ------
    NotFound
        No such token, or not theirs.
    """
    token = session.get(ApiToken, token_id, with_for_update=True)
    if token is None or token.resources is None or not may_see(actor, token.user_id):
        raise NotFound("token_not_found")
    if token.revoked_at is None:
        token.revoked_at = datetime.now(UTC)
        session.flush()
    CACHE.forget(token.user_id)


def may_see(actor: Actor, user_id: int) -> bool:
    """Whether the person may see a token of that account and what it took."""
    return actor.token is None and (actor.user_id == user_id or policy.may(actor, policy.DATA_SERVICE, NATION))


_COUNT = """
INSERT INTO token_use (token_id, day, resource, requests, rows, bytes, refused)
VALUES (:token, current_date, :resource, :requests, :rows, :bytes, :refused)
ON CONFLICT (token_id, day, resource) DO UPDATE SET
    requests = token_use.requests + excluded.requests, rows = token_use.rows + excluded.rows,
    bytes = token_use.bytes + excluded.bytes, refused = token_use.refused + excluded.refused
"""


def count_request(session: Session, scope: TokenScope, resource: str) -> tuple[Quota, ...]:
    """Count a request before it is answered, one after the other for a token, so that a quota is exact.

    Returns
    -------
    tuple of Quota
        What is left after this one; ``left`` below zero says that it has been counted as refused instead.
    """
    session.execute(sa.text("SELECT pg_advisory_xact_lock(20391, :token)"), {"token": scope.token_id % 2**31})
    used = use_today(session, scope.token_id)
    quotas = quotas_of(scope, used)
    if any(quota.left is not None and quota.left <= 0 for quota in quotas):
        count(session, scope.token_id, resource, refused=1)
        return tuple(Quota(q.name, q.limit, -1 if q.left is not None and q.left <= 0 else q.left) for q in quotas)
    count(session, scope.token_id, resource, requests=1)
    requests, rows = quotas
    return Quota(requests.name, requests.limit, None if requests.left is None else requests.left - 1), rows


def count(
    session: Session,
    token_id: int,
    resource: str,
    *,
    requests: int = 0,
    rows: int = 0,
    bytes: int = 0,
    refused: int = 0,
) -> None:
    """Add to what a token took today."""
    values = {"token": token_id, "resource": resource, "requests": requests, "rows": rows, "bytes": bytes}
    session.execute(sa.text(_COUNT), {**values, "refused": refused})


def quotas_of(scope: TokenScope, used: Use) -> tuple[Quota, Quota]:
    """What is left today of requests and of rows."""
    requests = None if scope.requests_per_day is None else scope.requests_per_day - used.requests
    rows = None if scope.rows_per_day is None else scope.rows_per_day - used.rows
    return Quota("requests", scope.requests_per_day, requests), Quota("rows", scope.rows_per_day, rows)


def resets_at() -> datetime:
    """When the next day begins in Thailand (:mod:`app` sets the zone)."""
    now = datetime.now().astimezone()
    return (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def seconds_to_reset() -> int:
    """Seconds until then."""
    return max(1, round((resets_at() - datetime.now().astimezone()).total_seconds()))


def _check(session: Session, wanted: NewDataToken) -> list[Problem]:
    problems = check_text("name", wanted.name, required=True, limit=100)
    if wanted.username not in {agency.username for agency in agencies(session)}:
        values = {"username": wanted.username[:80] or "–"}
        problems.append(Problem("agency_account_unknown", where={"field": "username"}, values=values))
    known = [one for one in wanted.resources if one in RESOURCES]
    if not known or len(known) != len(wanted.resources):
        problems.append(Problem("token_needs_resource", where={"field": "resources"}))
    if not 1 <= wanted.days <= MOST_DAYS:
        problems.append(Problem("token_needs_end", where={"field": "days"}, values={"most": MOST_DAYS}))
    problems += _check_quota("requests_per_day", wanted.requests_per_day, MOST_REQUESTS)
    problems += _check_quota("rows_per_day", wanted.rows_per_day, MOST_ROWS)
    return problems + check_areas(session, wanted.areas)


def _check_quota(name: str, given: int, most: int) -> list[Problem]:
    return [] if 1 <= given <= most else [Problem("quota_unreadable", where={"field": name}, values={"most": most})]


def check_areas(session: Session, areas: Sequence[str]) -> list[Problem]:
    """Areas that there are, and no more than somebody chooses."""
    if len(areas) > _MOST_AREAS:
        values = {"limit": _MOST_AREAS, "length": len(areas)}
        return [Problem("text_too_long", where={"field": "areas"}, values=values)]
    return [
        Problem("token_area_unknown", where={"field": "areas"}, values={"area": code[:40]})
        for code in unknown_areas(session, areas)
    ]


def parse_areas(text: str) -> tuple[str, ...]:
    """Codes that a person typed, parted by commas, spaces or lines."""
    return tuple(dict.fromkeys(part for part in re.split(r"[\s,]+", text.strip()) if part))


def require_own_token(actor: Actor) -> None:
    """A person's own token does what they may; of an agency, the department says how much.

    Raises
    ------
    InvalidInput
        ``token_from_department``.
    """
    if policy.visibility(actor) is policy.Visibility.PARTNER:
        raise InvalidInput([Problem("token_from_department", where={"field": "name"})])
