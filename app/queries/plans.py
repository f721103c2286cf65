"""Plans of an organisation, their versions with the steps taken, and their strategies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.policy import OwnScope, Target
from app.queries.plan_paths import ApprovalStep, approval_path, clauses_of

OPEN = ("DRAFT", "PROPOSED", "RETURNED")
EDITABLE = ("DRAFT", "RETURNED")


@dataclass(frozen=True)
class PlanHead:
    """A plan.

    Parameters
    ----------
    years_be
        Fiscal years that it covers.
    lao_type, organisation_name, target
        Whose it is, and where they lie.
    """

    id: int
    organisation_code: str
    organisation_name: str
    lao_type: str
    target: Target
    name_th: str
    vision: str | None
    mission: str | None
    goals: str | None
    start_be: int
    end_be: int
    row_version: int

    @property
    def years_be(self) -> tuple[int, ...]:
        """Fiscal years that it covers."""
        return tuple(range(self.start_be, self.end_be + 1))


@dataclass(frozen=True)
class StepTaken:
    """A step of the path that was taken."""

    step: str
    result: str
    decided_on: date
    reference: str | None
    note: str | None
    recorded_by_name: str
    recorded_at: datetime


@dataclass(frozen=True)
class VersionHead:
    """A version of a plan.

    Parameters
    ----------
    seq
        Order of coming into force; ``None`` while it is open.
    start_be, end_be
        Fiscal years that the plan covers with this version.
    lines
        Lines that it brings or touches.
    """

    id: int
    plan_id: int
    seq: int | None
    change_types: tuple[str, ...]
    number: str
    fiscal_year_be: int
    status: str
    reason: str | None
    promulgated_on: date | None
    document: str | None
    prepared_by: int | None
    prepared_by_name: str | None
    approved_by_name: str | None
    start_be: int
    end_be: int
    lines: int
    row_version: int
    updated_at: datetime

    @property
    def years_be(self) -> tuple[int, ...]:
        """Fiscal years that the plan covers with this version."""
        return tuple(range(self.start_be, self.end_be + 1))

    @property
    def open(self) -> bool:
        """True until it comes into force."""
        return self.status in OPEN

    @property
    def editable(self) -> bool:
        """True while its lines may be written."""
        return self.status in EDITABLE

    @property
    def clauses(self) -> tuple[str, ...]:
        """Clauses under which it is made."""
        return clauses_of(self.change_types)


@dataclass(frozen=True)
class PathStep:
    """A step of a version's path, and how it was decided last."""

    step: ApprovalStep
    taken: StepTaken | None

    @property
    def passed(self) -> bool:
        """True when it is behind us."""
        return self.taken is not None and self.taken.result == "PASSED"


_HEAD = """
SELECT p.id, p.organisation_code, o.full_name_th AS organisation_name, o.type_code AS lao_type, o.province_code,
       o.amphoe_code, p.name_th, p.vision, p.mission, p.goals, e.start_be, e.end_be, p.row_version
FROM plan p JOIN organisation o ON o.code = p.organisation_code JOIN plan_period e ON e.id = p.plan_period_id
"""


def _head(row: sa.Row[tuple[object, ...]]) -> PlanHead:
    values = dict(row._mapping)
    target = Target(values["organisation_code"], values.pop("province_code"), values.pop("amphoe_code"))
    return PlanHead(target=target, **values)


def plan(session: Session, plan_id: int, *, lock: bool = False) -> PlanHead | None:
    """One plan; ``lock`` holds it for a change of its versions."""
    if lock:  # in a statement of its own: a row that was waited for is read anew, what is joined to it is not
        session.execute(sa.text("SELECT FROM plan WHERE id = :id FOR NO KEY UPDATE"), {"id": plan_id})
    row = session.execute(sa.text(f"{_HEAD} WHERE p.id = :id"), {"id": plan_id}).one_or_none()
    return None if row is None else _head(row)


_IN_FORCE = "EXISTS (SELECT FROM plan_version f WHERE f.plan_id = p.id AND f.seq IS NOT NULL)"


def is_in_force(session: Session, plan_id: int) -> bool:
    """True once a version of the plan was promulgated; until then it is its makers' own affair."""
    return bool(session.scalar(sa.text(f"SELECT {_IN_FORCE} FROM plan p WHERE p.id = :id"), {"id": plan_id}))


def plans_of(session: Session, organisation_code: str, *, drafts: bool = True) -> list[PlanHead]:
    """Plans of an organisation, newest period first; without ``drafts`` those that were ever in force."""
    rows = session.execute(
        sa.text(
            f"{_HEAD} WHERE p.organisation_code = :code AND (:drafts OR {_IN_FORCE})"
            " ORDER BY e.start_be DESC, e.end_be DESC"
        ),
        {"code": organisation_code, "drafts": drafts},
    )
    return [_head(row) for row in rows]


_VERSIONS = """
SELECT v.id, v.plan_id, v.seq, v.change_types, v.number, v.fiscal_year_be, v.status, v.reason, v.promulgated_on,
       v.document, v.prepared_by, v.prepared_by_name, v.approved_by_name, e.start_be, e.end_be,
       (SELECT count(*) FROM plan_project l WHERE l.plan_version_id = v.id AND l.removed_at IS NULL) AS lines,
       v.row_version, v.updated_at
FROM plan_version v JOIN plan_period e ON e.id = v.plan_period_id
"""


def versions_of(session: Session, plan_id: int) -> list[VersionHead]:
    """Versions of a plan: open ones first, then the newest in force."""
    rows = session.execute(
        sa.text(f"{_VERSIONS} WHERE v.plan_id = :plan ORDER BY v.seq DESC NULLS FIRST, v.id DESC"), {"plan": plan_id}
    )
    return [_version(row) for row in rows]


def version(session: Session, version_id: int, *, lock: bool = False) -> VersionHead | None:
    """One version; ``lock`` holds it for a change of its lines or its status."""
    if lock:
        session.execute(sa.text("SELECT FROM plan_version WHERE id = :id FOR NO KEY UPDATE"), {"id": version_id})
    row = session.execute(sa.text(f"{_VERSIONS} WHERE v.id = :id"), {"id": version_id}).one_or_none()
    return None if row is None else _version(row)


def _version(row: sa.Row[tuple[object, ...]]) -> VersionHead:
    values = dict(row._mapping)
    values["change_types"] = tuple(values["change_types"])
    return VersionHead(**values)


def path_of(session: Session, head: PlanHead, of: VersionHead) -> list[PathStep]:
    """The steps that a version has to take, each with the last decision since it was proposed.

    A return sends the version back to its beginning: what was decided before it counts no more.
    """
    taken: dict[str, StepTaken] = {}
    for step in steps_taken(session, of.id):
        if step.result == "RETURNED":
            taken.clear()
        taken[step.step] = step
    return [PathStep(step, taken.get(step.code)) for step in approval_path(of.change_types, head.lao_type)]


def steps_taken(session: Session, version_id: int) -> list[StepTaken]:
    """Every decision on a version, oldest first."""
    rows = session.execute(
        sa.text(
            "SELECT step, result, decided_on, reference, note, recorded_by_name, created_at AS recorded_at"
            " FROM plan_version_step WHERE plan_version_id = :version ORDER BY id"
        ),
        {"version": version_id},
    )
    return [StepTaken(*row) for row in rows]


@dataclass(frozen=True)
class Tactic:
    """A tactic (กลยุทธ์) of a strategy."""

    id: int
    code: str
    name_th: str
    indicator: str | None
    row_version: int


@dataclass(frozen=True)
class AlignmentLink:
    """What of a plan above a strategy serves."""

    id: int
    framework: str
    code: str
    name_th: str
    name_en: str | None


@dataclass(frozen=True)
class Strategy:
    """A strategy of a plan with its tactics and what it serves."""

    id: int
    code: str
    name_th: str
    goal: str | None
    national_strategy_code: str | None
    row_version: int
    tactics: tuple[Tactic, ...]
    serves: tuple[AlignmentLink, ...]


def strategies_of(session: Session, plan_id: int) -> list[Strategy]:
    """Strategies of a plan in the order of their codes."""
    parameters = {"plan": plan_id}
    tactics: dict[int, list[Tactic]] = {}
    for row in session.execute(
        sa.text(
            "SELECT t.local_strategy_id, t.id, t.code, t.name_th, t.indicator, t.row_version FROM local_tactic t"
            " JOIN local_strategy s ON s.id = t.local_strategy_id WHERE s.plan_id = :plan"
            " ORDER BY length(t.code), t.code"
        ),
        parameters,
    ):
        tactics.setdefault(row[0], []).append(Tactic(*row[1:]))
    links: dict[int, list[AlignmentLink]] = {}
    for row in session.execute(
        sa.text(
            "SELECT a.local_strategy_id, i.id, i.framework, i.code, i.name_th, i.name_en"
            " FROM local_strategy_alignment a JOIN alignment_item i ON i.id = a.alignment_item_id"
            " JOIN local_strategy s ON s.id = a.local_strategy_id WHERE s.plan_id = :plan"
            " ORDER BY i.framework, i.seq, i.code"
        ),
        parameters,
    ):
        links.setdefault(row[0], []).append(AlignmentLink(*row[1:]))
    rows = session.execute(
        sa.text(
            "SELECT id, code, name_th, goal, national_strategy_code, row_version FROM local_strategy"
            " WHERE plan_id = :plan ORDER BY length(code), code"
        ),
        parameters,
    )
    return [
        Strategy(**row._mapping, tactics=tuple(tactics.get(row.id, ())), serves=tuple(links.get(row.id, ())))
        for row in rows
    ]


def strategies_at(session: Session, of: VersionHead) -> list[Strategy]:
    """Strategies as a version has them: of one in force, those that it came into force with."""
    words = _words(session, "v.id = :id", of.id)
    return strategies_of(session, of.plan_id) if words is None else _strategies(words)


def plan_in_force(session: Session, head: PlanHead) -> tuple[PlanHead, list[Strategy]]:
    """A plan with the vision and the strategies of its newest version in force, whatever is being written now."""
    words = _words(
        session, "v.plan_id = :id AND v.seq = (SELECT max(seq) FROM plan_version WHERE plan_id = :id)", head.id
    )
    if words is None:
        return head, strategies_of(session, head.id)
    said = {name: words[name] for name in ("vision", "mission", "goals")}
    return replace(head, **said), _strategies(words)


def _words(session: Session, where: str, identity: int) -> dict[str, Any] | None:
    """What a version in force keeps of its plan; ``None`` while the plan still says the same."""
    found: dict[str, Any] | None = session.scalar(
        sa.text(f"SELECT v.words FROM plan_version v WHERE {where} AND v.status = 'PROMULGATED'"), {"id": identity}
    )
    return found


def _strategies(words: Mapping[str, Any]) -> list[Strategy]:
    return [
        Strategy(
            **{
                **strategy,
                "tactics": tuple(Tactic(**tactic) for tactic in strategy["tactics"]),
                "serves": tuple(AlignmentLink(**link) for link in strategy["serves"]),
            }
        )
        for strategy in words["strategies"]
    ]


def periods(session: Session) -> Sequence[sa.Row[tuple[int, str, int, int, str]]]:
    """Plan periods (id, name_th, start_be, end_be, status), newest first."""
    return session.execute(
        sa.text("SELECT id, name_th, start_be, end_be, status FROM plan_period ORDER BY start_be DESC, end_be DESC")
    ).all()


@dataclass(frozen=True)
class AlignmentOption:
    """An item of a plan above that a strategy may serve."""

    id: int
    framework: str
    code: str
    name_th: str
    name_en: str | None


@dataclass(frozen=True)
class WordsInUse:
    """Strategies and tactics of a plan that lines stand under.

    Parameters
    ----------
    strategies, tactics
        Ids that any version has lines under: they cannot be taken out.
    fixed_strategies, fixed_tactics
        Those among them under which lines are in force while no version is open: they keep name and number.
    open
        True while a version is on its way.
    """

    strategies: frozenset[int]
    tactics: frozenset[int]
    fixed_strategies: frozenset[int]
    fixed_tactics: frozenset[int]
    open: bool


def words_in_use(session: Session, plan_id: int) -> WordsInUse:
    """What of a plan's strategies and tactics may change now."""
    rows = session.execute(
        sa.text(
            "SELECT l.local_strategy_id AS strategy, l.local_tactic_id AS tactic,"
            " coalesce(bool_or(v.status = 'PROMULGATED'), false) AS in_force, max(o.count) > 0 AS open"
            " FROM (SELECT count(*) FROM plan_version WHERE plan_id = :plan AND status = ANY(:open)) o"
            " LEFT JOIN plan_version v ON v.plan_id = :plan LEFT JOIN plan_project l ON l.plan_version_id = v.id"
            " GROUP BY 1, 2"
        ),
        {"plan": plan_id, "open": list(OPEN)},
    ).all()
    held = [row for row in rows if row.in_force and not row.open]
    return WordsInUse(
        frozenset(row.strategy for row in rows if row.strategy is not None),
        frozenset(row.tactic for row in rows if row.tactic is not None),
        frozenset(row.strategy for row in held if row.strategy is not None),
        frozenset(row.tactic for row in held if row.tactic is not None),
        any(row.open for row in rows),
    )


def alignment_options(session: Session, head: PlanHead) -> list[AlignmentOption]:
    """Items that strategies of a plan may serve: the nation's and its province's that hold in any of its years, and
    whatever a strategy of it serves already."""
    rows = session.execute(
        sa.text(
            "SELECT id, framework, code, name_th, name_en FROM alignment_item i WHERE owner_code IN ('', :province)"
            " AND (removed_at IS NULL AND coalesce(valid_from_be, 0) <= :last AND coalesce(valid_to_be, 9999) >= :first"
            "  OR EXISTS (SELECT FROM local_strategy_alignment a JOIN local_strategy s ON s.id = a.local_strategy_id"
            "             WHERE a.alignment_item_id = i.id AND s.plan_id = :plan))"
            " ORDER BY framework, seq, code"
        ),
        {
            "province": head.target.province_code or "",
            "first": head.start_be,
            "last": head.end_be,
            "plan": head.id,
        },
    )
    return [AlignmentOption(*row) for row in rows]


@dataclass(frozen=True)
class PlanOverview:
    """How far an organisation is with its plan of a period.

    Parameters
    ----------
    plan_id
        ``None`` while it has none.
    in_force
        Number of the newest version in force.
    open_number, open_status
        Of the version that is being made, the newest.
    lines
        Lines that versions of the plan brought.
    """

    organisation_code: str
    organisation_name: str
    plan_id: int | None
    in_force: str | None
    open_number: str | None
    open_status: str | None
    lines: int


def plan_overview(
    session: Session, period_id: int, scope: OwnScope, *, drafts: bool = True, limit: int = 500
) -> list[PlanOverview]:
    """Organisations of a scope with the state of their plans, those without one first; without ``drafts`` as if there
    was nothing but what is in force."""
    rows = session.execute(
        sa.text(
            "SELECT o.code, o.full_name_th, p.id, f.number, d.number, d.status,"
            " (SELECT count(*) FROM plan_version v JOIN plan_project l ON l.plan_version_id = v.id"
            "  WHERE v.plan_id = p.id AND v.status = 'PROMULGATED' AND l.previous_id IS NULL"
            "  AND l.removed_at IS NULL) AS lines"
            " FROM organisation o LEFT JOIN plan p ON p.organisation_code = o.code AND p.plan_period_id = :period"
            f" AND (:drafts OR {_IN_FORCE})"
            " LEFT JOIN LATERAL (SELECT number FROM plan_version v WHERE v.plan_id = p.id AND v.seq IS NOT NULL"
            "  ORDER BY v.seq DESC LIMIT 1) f ON true"
            " LEFT JOIN LATERAL (SELECT number, status FROM plan_version v WHERE v.plan_id = p.id"
            "  AND :drafts AND v.status IN ('DRAFT', 'PROPOSED', 'RETURNED') ORDER BY v.id DESC LIMIT 1) d ON true"
            " WHERE o.valid_to IS NULL AND (:nation OR o.code = ANY(:organisations)"
            "  OR o.province_code = ANY(:provinces) OR o.amphoe_code = ANY(:amphoes))"
            " ORDER BY f.number IS NOT NULL, o.full_name_th LIMIT :limit"
        ),
        {
            "period": period_id,
            "drafts": drafts,
            "nation": scope.nation,
            "organisations": list(scope.organisations),
            "provinces": list(scope.provinces),
            "amphoes": list(scope.amphoes),
            "limit": limit,
        },
    )
    return [PlanOverview(*row) for row in rows]


@dataclass(frozen=True)
class OpenVersions:
    """Versions of an organisation's plans that wait for somebody, and the newest of each kind."""

    to_write: int
    to_decide: int
    newest_to_write: int | None
    newest_to_decide: int | None


def open_versions(session: Session, organisation_codes: Sequence[str]) -> OpenVersions:
    """What of the plans of some organisations is being written, and what has been proposed."""
    row = session.execute(
        sa.text(
            "SELECT count(*) FILTER (WHERE v.status = ANY(:editable)), count(*) FILTER (WHERE v.status = 'PROPOSED'),"
            " max(v.id) FILTER (WHERE v.status = ANY(:editable)), max(v.id) FILTER (WHERE v.status = 'PROPOSED')"
            " FROM plan_version v JOIN plan p ON p.id = v.plan_id WHERE p.organisation_code = ANY(:codes)"
        ),
        {"codes": list(organisation_codes), "editable": list(EDITABLE)},
    ).one()
    return OpenVersions(*row)
