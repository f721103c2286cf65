"""How much room the rasters of an organisation take, and whether there is room for one more.

A sum over the catalogue: what is kept of a raster that is ready, what was sent of one on its way. One that was refused,
cancelled or taken out takes none. Those of the whole platform are the department's own affair.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import InvalidInput
from gis.problems import Problem

_USED = """
SELECT r.organisation_code, sum(greatest(r.file_bytes, coalesce(CAST(r.facts->>'kept_bytes' AS bigint), 0)))
FROM raster r LEFT JOIN background_job j ON j.id = r.background_job_id
WHERE r.removed_at IS NULL AND r.organisation_code = ANY(:codes)
  AND (r.status <> 'RECEIVED' OR j.id IS NULL OR j.finished_at IS NULL)
GROUP BY r.organisation_code"""


def used_bytes(session: Session, codes: Iterable[str]) -> dict[str, int]:
    """Bytes by organisation; those that have no raster are left out."""
    return {code: int(total) for code, total in session.execute(sa.text(_USED), {"codes": list(codes)})}


def check_room(session: Session, organisation_code: str | None, more_bytes: int, quota_bytes: int) -> None:
    """Refuse what does not fit any more; two that come at the same time are looked at one after the other.

    Raises
    ------
    InvalidInput
        ``raster_quota_full``.
    """
    if organisation_code is None:
        return
    lock = sa.text("SELECT pg_advisory_xact_lock(hashtextextended('raster room ' || :code, 0))")
    session.execute(lock, {"code": organisation_code})
    used = used_bytes(session, [organisation_code]).get(organisation_code, 0)
    if used + more_bytes > quota_bytes:
        values = {"used_mb": _mb(used), "more_mb": _mb(more_bytes), "limit_mb": _mb(quota_bytes)}
        raise InvalidInput([Problem("raster_quota_full", where={"field": "file"}, values=values)])


def _mb(count: int) -> float:
    return round(count / (1 << 20), 1)
