"""What reviewers say of a version of a plan: of the whole, of a line, or of one field of a line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

ENTITY = "plan_version"
"""Of the table of comments; the key is the version's id, the field is ``line`` or ``line/column``."""


@dataclass(frozen=True)
class PlanComment:
    """A comment.

    Parameters
    ----------
    origin_id, column
        Line and field that it is about; ``None`` for the whole line, or the whole version.
    line_name, form
        Of that line as it stands now.
    resolved_at, resolved_by
        When and by whom it was marked as answered.
    """

    id: int
    origin_id: int | None
    column: str | None
    text: str
    by: str
    at: datetime
    resolved_at: datetime | None
    resolved_by: str | None
    line_name: str | None
    form: str | None


_COMMENTS = """
SELECT c.id, l.origin_id, nullif(split_part(c.field, '/', 2), '') AS "column", c.text, c.created_by_name AS by,
       c.created_at AS at, c.resolved_at, u.display_name AS resolved_by, l.name_th AS line_name, l.form
FROM review_comment c
LEFT JOIN user_account u ON u.id = c.resolved_by
LEFT JOIN LATERAL (
    SELECT p.origin_id, p.name_th, p.form FROM plan_project p
    WHERE p.origin_id = CAST(split_part(c.field, '/', 1) AS bigint) ORDER BY p.id DESC LIMIT 1
) l ON c.field IS NOT NULL
WHERE c.entity = :entity AND c.entity_key = :version
ORDER BY c.resolved_at IS NOT NULL, l.form NULLS FIRST, l.origin_id NULLS FIRST, c.id
"""


def comments_of_version(session: Session, version_id: int) -> list[PlanComment]:
    """Comments on a version and its lines, the open ones first."""
    rows = session.execute(sa.text(_COMMENTS), {"entity": ENTITY, "version": str(version_id)})
    return [PlanComment(**row._mapping) for row in rows]


def open_comments(session: Session, version_id: int) -> int:
    """How many wait for an answer."""
    counted = session.scalar(
        sa.text(
            "SELECT count(*) FROM review_comment WHERE entity = :entity AND entity_key = :version"
            " AND resolved_at IS NULL"
        ),
        {"entity": ENTITY, "version": str(version_id)},
    )
    return int(counted or 0)
