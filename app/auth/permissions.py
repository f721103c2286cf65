"""``codelists/roles_permissions.csv`` as sets of capabilities: cells are parsed once, an unknown word is an error."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from app.auth.actor import Scope

FILE = Path(__file__).resolve().parent.parent / "codelists" / "roles_permissions.csv"

READ, READ_PUBLISHED, READ_SUMMARY = "read", "read_published", "read_summary"
WRITE, ON_BEHALF, VERIFY, APPROVE = "write", "on_behalf", "verify", "approve"
ASSIGN, ADMIN, PUBLISH, REPORT = "assign", "admin", "publish", "report"
EVALUATE, ADVISE, OPERATE = "evaluate", "advise", "operate"
SIGN = "sign"

# One phrase of a cell -> what it permits. The place named after R or RW is the role's own scope column.
_PHRASES: Mapping[str, frozenset[str]] = {
    "-": frozenset(),
    "no": frozenset(),
    "R": frozenset({READ}),
    "RW": frozenset({READ, WRITE}),
    "CRUD": frozenset({READ, WRITE}),
    "R own": frozenset({READ}),
    "R district": frozenset({READ}),
    "R province": frozenset({READ}),
    "R nation": frozenset({READ}),
    "RW province": frozenset({READ, WRITE}),
    "R published": frozenset({READ_PUBLISHED}),
    "R verified": frozenset({READ_PUBLISHED}),
    "R published M&E result": frozenset({READ_PUBLISHED}),
    "R agg": frozenset({READ_SUMMARY}),
    "R summary": frozenset({READ_SUMMARY}),
    "edit on behalf": frozenset({READ, WRITE, ON_BEHALF}),
    "verify": frozenset({READ, VERIFY}),
    "approve": frozenset({READ, APPROVE}),
    "assign staff": frozenset({READ, ASSIGN}),
    "admin": frozenset({READ, ADMIN}),
    "publish M&E result": frozenset({READ, PUBLISH}),
    "daily report": frozenset({REPORT}),
    "evaluate": frozenset({EVALUATE}),
    # Whoever evaluates the officers of a province signs what they report.
    "evaluate officers": frozenset({EVALUATE, SIGN}),
    "advises LAOs": frozenset({ADVISE}),
    "open/close system": frozenset({OPERATE}),
    "yes": frozenset({ON_BEHALF}),
    "logged": frozenset(),
}
_SCOPES: Mapping[str, Scope] = {
    "own LAO": "organisation",
    "all LAOs of the province": "province",
    "province": "province",
    "district": "district",
    "nation": "nation",
    "published data": "published",
}
_DESCRIPTIVE = {"role_code", "role_th", "role_en", "scope", "evidence"}


@dataclass(frozen=True)
class RolePermissions:
    """One row of the file.

    Parameters
    ----------
    role, name_th, name_en
        Code and names.
    scope
        Where the role reaches.
    capabilities
        Subject (column of the file) -> what it permits.
    """

    role: str
    name_th: str
    name_en: str
    scope: Scope
    capabilities: Mapping[str, frozenset[str]]


def parse_cell(text: str) -> frozenset[str]:
    """What a cell permits.

    Raises
    ------
    ValueError
        A phrase that is not in the table: the file changed and somebody has to decide what it means.

    Examples
    --------
    >>> sorted(parse_cell("R+edit on behalf, verify"))
    ['on_behalf', 'read', 'verify', 'write']
    """
    plain = re.sub(r"\([^)]*\)", "", text).strip()
    permitted: set[str] = set()
    for piece in re.split(r"[,;+]", plain):
        phrase = piece.strip()
        if phrase in _PHRASES:
            permitted |= _PHRASES[phrase]
            continue
        for part in phrase.split("/"):
            if part.strip() not in _PHRASES:
                raise ValueError(f"roles_permissions.csv: {part.strip()!r} in {text!r} is not a known permission")
            permitted |= _PHRASES[part.strip()]
    return frozenset(permitted)


@cache
def permissions() -> Mapping[str, RolePermissions]:
    """Every role of the file by its code."""
    with FILE.open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.DictReader(source))
    return {
        row["role_code"]: RolePermissions(
            role=row["role_code"],
            name_th=row["role_th"],
            name_en=row["role_en"],
            scope=_SCOPES[row["scope"]],
            capabilities={
                subject: parse_cell(cast(str, cell)) for subject, cell in row.items() if subject not in _DESCRIPTIVE
            },
        )
        for row in rows
    }
