"""The code lists of ``app/codelists`` into their tables.

The files are the authority: nothing is typed into the code. A code that disappeared from a file stays in its
table, because projects may still carry it.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import (
    AlignmentItem,
    Base,
    BudgetProgramme,
    BudgetWork,
    CompletenessTopic,
    ExpenditureCategory,
    FundSource,
    GeometryStatus,
    LaoType,
    NationalStrategy,
    PlanChangeType,
    PlanPeriod,
    ProcurementMethod,
    ProjectStatus,
    ProjectStatusTransition,
    RoadSurfaceType,
    Role,
    ScoreCriterion,
    ScoreFormula,
    StructureType,
    WaterSourceType,
    WorkNature,
)
from app.services.loading import Summary, TableChange, merge, row_count

FOLDER = Path(__file__).resolve().parent.parent / "codelists"

# file -> (table, column of the code, of the Thai name, of the English name)
_LISTS: dict[str, tuple[type[Base], str, str, str]] = {
    "lao_types.csv": (LaoType, "key", "name_th", "name_en"),
    "fund_sources.csv": (FundSource, "code", "name_th", "name_en"),
    "budget_programmes.csv": (BudgetProgramme, "programme_code", "programme_th", "programme_en"),
    "budget_works.csv": (BudgetWork, "work_code", "work_th", "work_en"),
    "expenditure_categories.csv": (ExpenditureCategory, "code", "name_th", "name_en"),
    "road_surface_types.csv": (RoadSurfaceType, "code", "name_th", "name_en"),
    "water_source_types.csv": (WaterSourceType, "code", "name_th", "name_en"),
    "structure_types.csv": (StructureType, "code", "name_th", "name_en"),
    "work_natures.csv": (WorkNature, "code", "name_th", "name_en"),
    "project_statuses.csv": (ProjectStatus, "code", "name_th", "name_en"),
    "geometry_statuses.csv": (GeometryStatus, "code", "name_th", "name_en"),
    "national_strategies.csv": (NationalStrategy, "no", "name_th", "name_en"),
    "plan_change_types.csv": (PlanChangeType, "code", "name_th", "name_en"),
    "procurement_methods.csv": (ProcurementMethod, "code", "name_th", "name_en"),
    "completeness_topics.csv": (CompletenessTopic, "code", "name_th", "name_en"),
}

# Plans above the organisations' own that are the same for everyone -> the file that lists what they want.
_FRAMEWORKS = {"NATIONAL": "national_strategies.csv", "NESDP13": "nesdp13_milestones.csv", "SDG": "sdgs.csv"}

# the first words of the file's scope column -> how far a membership of the role reaches
_ROLE_SCOPES = {
    "own LAO": "organisation",
    "all LAOs of the province": "province",
    "province": "province",
    "district": "district",
    "nation": "nation",
    "published data": "published",
}

# Lists without an order of their own keep the order of the file, with gaps as in project_statuses.csv.
_SEQ_STEP = 10


def read_list(name: str, folder: Path = FOLDER) -> list[dict[str, str]]:
    """Rows of one code list file, as written."""
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def load_codelists(session: Session, folder: Path = FOLDER) -> Summary:
    """Merge every code list, the roles, the plan periods and the national frameworks; a second run changes nothing.

    Parameters
    ----------
    session
        Transaction of the tables' owner: the application role may only read these tables.
    folder
        Where the files are.

    Returns
    -------
    Summary
        Rows inserted, updated and unchanged per table.
    """
    changes = [
        _load(session, model, _rows(read_list(file, folder), code, thai, english))
        for file, (model, code, thai, english) in _LISTS.items()
    ]
    changes.append(_load_status_transitions(session, folder))
    changes.append(_load_roles(session, read_list("roles_permissions.csv", folder)))
    changes.append(_load_plan_periods(session, read_list("plan_cycles.csv", folder)))
    changes.append(_load_frameworks(session, folder))
    changes += _load_score_formulas(session, read_list("score_formulas.csv", folder))
    return Summary(tuple(changes))


def _load(session: Session, model: type[Base], rows: Iterator[tuple[Any, ...]]) -> TableChange:
    return merge(session, model, ("code",), ("code", "seq", "name_th", "name_en", "attributes"), rows)


def _rows(
    lines: list[dict[str, str]], code: str, thai: str, english: str
) -> Iterator[tuple[str, int, str, str, dict[str, str]]]:
    for number, line in enumerate(lines, start=1):
        seq = int(line["seq"]) if line.get("seq") else number * _SEQ_STEP
        rest = {k: v for k, v in line.items() if v and k not in {code, thai, english, "seq"}}
        yield line[code], seq, line[thai], line[english], rest


def _load_status_transitions(session: Session, folder: Path) -> TableChange:
    """Edges of the status machine: unlike a code, an edge that left the file is no longer allowed."""
    edges = json.loads((folder / "project_status_transitions.json").read_text(encoding="utf-8"))["edges"]
    change = merge(
        session, ProjectStatusTransition, ("from_status", "to_status"), ("from_status", "to_status"), map(tuple, edges)
    )
    removed = row_count(
        session,
        "DELETE FROM project_status_transition t WHERE NOT EXISTS ("
        " SELECT FROM json_array_elements(CAST(:edges AS json)) e"
        " WHERE e->>0 = t.from_status AND e->>1 = t.to_status)",
        {"edges": json.dumps(edges)},
    )
    return replace(change, removed=removed)


def _load_roles(session: Session, lines: list[dict[str, str]]) -> TableChange:
    named = {"role_code", "role_th", "role_en", "scope"}
    return merge(
        session,
        Role,
        ("code",),
        ("code", "seq", "name_th", "name_en", "scope", "attributes"),
        (
            (
                line["role_code"],
                number * _SEQ_STEP,
                line["role_th"],
                line["role_en"],
                _ROLE_SCOPES[line["scope"]],
                {k: v for k, v in line.items() if v and k not in named},
            )
            for number, line in enumerate(lines, start=1)
        ),
    )


def _load_plan_periods(session: Session, lines: list[dict[str, str]]) -> TableChange:
    return merge(
        session,
        PlanPeriod,
        ("start_be", "end_be"),
        ("name_th", "start_be", "end_be", "status"),
        ((line["name_th"], int(line["start_be"]), int(line["end_be"]), line["status"]) for line in lines),
    )


def _load_frameworks(session: Session, folder: Path) -> TableChange:
    return merge(
        session,
        AlignmentItem,
        ("framework", "owner_code", "code"),
        ("framework", "owner_code", "code", "seq", "name_th", "name_en"),
        (
            (framework, "", line["no"], int(line["no"]), line["name_th"], line["name_en"])
            for framework, file in _FRAMEWORKS.items()
            for line in read_list(file, folder)
        ),
    )


def _load_score_formulas(session: Session, lines: list[dict[str, str]]) -> list[TableChange]:
    """Versions that are not there yet: one that exists is never changed, whatever the file says of it now."""
    known = set(session.scalars(sa.select(ScoreFormula.version)))
    given = {int(line["version"]): int(line["valid_from_be"]) for line in lines}
    new = [line for line in lines if int(line["version"]) not in known]
    session.add_all(ScoreFormula(version=v, valid_from_be=year) for v, year in given.items() if v not in known)
    session.flush()
    session.add_all(
        ScoreCriterion(
            version=int(line["version"]),
            code=line["code"],
            part=line["part"],
            seq=number * _SEQ_STEP,
            points=Decimal(line["points"]),
            days=int(line["days"]) if line["days"] else None,
            name_th=line["name_th"],
            name_en=line["name_en"] or None,
        )
        for number, line in enumerate(new, start=1)
    )
    session.flush()
    versions = len(given.keys() - known)
    return [
        TableChange("score_formula", versions, 0, len(given) - versions),
        TableChange("score_criterion", len(new), 0, len(lines) - len(new)),
    ]
