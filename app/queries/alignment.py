"""Items of the plans above that a province or its PAO keeps itself, with the years in which each holds."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

PROVINCIAL = ("REGION", "CLUSTER", "PROVINCE", "LAO_IN_PROVINCE")
"""Kept by officers of the province."""
PAO = "PAO"
"""Kept by the PAO."""
KEPT = (*PROVINCIAL, PAO)


@dataclass(frozen=True)
class AlignmentItem:
    """An item of a province.

    Parameters
    ----------
    valid_from_be, valid_to_be
        First and last fiscal year in which it holds; ``None`` without a limit.
    strategies
        How many strategies of plans serve it.
    removed
        True when it was taken out: it can be put back.
    """

    id: int
    framework: str
    code: str
    name_th: str
    name_en: str | None
    valid_from_be: int | None
    valid_to_be: int | None
    strategies: int
    removed: bool

    @property
    def seen(self) -> str:
        """What tells two states of it apart, for a form that says what its writer saw."""
        said = (self.code, self.name_th, self.name_en, self.valid_from_be, self.valid_to_be, self.removed)
        return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


_ITEMS = """
SELECT i.id, i.framework, i.code, i.name_th, i.name_en, i.valid_from_be, i.valid_to_be,
       (SELECT count(*) FROM local_strategy_alignment a WHERE a.alignment_item_id = i.id) AS strategies,
       i.removed_at IS NOT NULL AS removed
FROM alignment_item i
WHERE i.owner_code = :province
ORDER BY i.removed_at IS NOT NULL, i.framework, i.valid_from_be DESC NULLS LAST, i.seq, length(i.code), i.code, i.id
"""


def items_of_province(session: Session, province_code: str) -> list[AlignmentItem]:
    """Items that a province and its PAO keep, those that were taken out last."""
    rows = session.execute(sa.text(_ITEMS), {"province": province_code})
    return [AlignmentItem(**row._mapping) for row in rows]


def pao_of(session: Session, province_code: str) -> sa.Row[tuple[str, str, str | None]] | None:
    """The PAO in force of a province: code, full name, amphoe of its seat; ``None`` where there is none."""
    return session.execute(
        sa.text(
            "SELECT code, full_name_th, amphoe_code FROM organisation"
            " WHERE province_code = :province AND type_code = 'PAO' AND valid_to IS NULL ORDER BY code LIMIT 1"
        ),
        {"province": province_code},
    ).one_or_none()
