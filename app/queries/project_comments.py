"""What was said of a project in its review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

ENTITY = "project"
"""Of the table of comments; the key is the project's id."""
LONGEST_LIST = 200


@dataclass(frozen=True)
class ProjectComment:
    """A comment; ``place`` is ``{lon, lat, segment, vertex, version}`` where it points at the geometry."""

    id: int
    field: str | None
    text: str
    place: Mapping[str, Any] | None
    by: str
    at: datetime
    resolved_at: datetime | None
    resolved_by: str | None


def comments_on_project(session: Session, project_code: str) -> list[ProjectComment]:
    """The open ones first, the oldest of them at the top."""
    rows = session.execute(
        sa.text(
            "SELECT c.id, c.field, c.text, c.place, c.created_by_name AS by, c.created_at AS at, c.resolved_at,"
            " u.display_name AS resolved_by FROM review_comment c LEFT JOIN user_account u ON u.id = c.resolved_by"
            " WHERE c.entity = :entity"
            " AND c.entity_key = (SELECT CAST(p.id AS text) FROM project p WHERE p.code = :code)"
            " ORDER BY c.resolved_at IS NOT NULL, c.id LIMIT :limit"
        ),
        {"entity": ENTITY, "code": project_code, "limit": LONGEST_LIST},
    )
    return [ProjectComment(**row._mapping) for row in rows]


def open_comment_counts(session: Session, projects: Sequence[int]) -> dict[int, int]:
    """Comments that wait for an answer, by project id; those without any are absent."""
    rows = session.execute(
        sa.text(
            "SELECT CAST(entity_key AS bigint), count(*) FROM review_comment WHERE entity = :entity"
            " AND entity_key = ANY(:keys) AND resolved_at IS NULL GROUP BY 1"
        ),
        {"entity": ENTITY, "keys": [str(one) for one in projects]},
    )
    return {row[0]: row[1] for row in rows}


def field_of_comment(session: Session, project_id: int, comment_id: int) -> str | None:
    """Field that a comment of a project is about; ``None`` for the whole, or when there is no such comment."""
    found: str | None = session.scalar(
        sa.text("SELECT field FROM review_comment WHERE id = :id AND entity = :entity AND entity_key = :key"),
        {"id": comment_id, "entity": ENTITY, "key": str(project_id)},
    )
    return found
