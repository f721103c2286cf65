"""What people did to a score sheet, as the log of changes tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Step:
    """A line of the log of changes about a sheet."""

    at: datetime
    by: str
    entity: str
    action: str
    receipt: str | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    criterion: str | None


def score_history(session: Session, sheet_id: int | None, limit: int = 50) -> list[Step]:
    """What people did to a sheet, the newest first; its counter of versions tells nothing and stays out."""
    rows = session.execute(
        sa.text(
            "WITH said AS ("
            " SELECT 'score_mark' AS entity, id::text AS key, criterion FROM score_mark WHERE sheet_id = :sheet"
            " UNION ALL SELECT 'score_appeal', id::text, criterion FROM score_appeal WHERE sheet_id = :sheet"
            " UNION ALL SELECT 'score_sheet', CAST(:sheet AS text), NULL)"
            " SELECT l.at, l.user_name, l.entity, l.action, l.request_id, coalesce(l.before, '{}'),"
            " coalesce(l.after, '{}'), s.criterion"
            " FROM said s JOIN change_log l ON l.entity = s.entity AND l.entity_key = s.key"
            " WHERE l.entity <> 'score_sheet' OR l.after ? 'finalised_at' AND l.action = 'update'"
            " ORDER BY l.id DESC LIMIT :limit"
        ),
        {"sheet": sheet_id, "limit": limit},
    )
    return [Step(*row) for row in rows]
