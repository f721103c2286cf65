"""Stored pairs of works at one place: the work list, its counts and money, and one pair with all that was said of it.

A pair goes by the alias ``d``, its works by ``a`` and ``b``, their organisations by ``oa`` and ``ob``. What a person
said of a pair goes before what was computed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.queries.duplicate_views import (
    DROPPED,
    QUIET,
    DecisionView,
    OrganisationPairs,
    PairFilter,
    PairPage,
    PairShapes,
    PairView,
    PairWork,
    Stake,
)

MAX_LIMIT = 500
Order = Literal["money", "score", "newest"]
ORDERS: tuple[Order, ...] = ("money", "score", "newest")


def _money(work: str) -> str:
    return f"CASE WHEN {work}.budget_baht > 0 THEN {work}.budget_baht ELSE {work}.planned_baht END"


def _short_name(organisation: str) -> str:
    """Its name as people write it: อบต.หนองสาธิต."""
    abbreviation = f"(SELECT t.attributes->>'abbr_th' FROM lao_type t WHERE t.code = {organisation}.type_code)"
    return (
        f"CASE WHEN {organisation}.type_code = 'SPECIAL' THEN {organisation}.full_name_th"
        f" ELSE coalesce({abbreviation}, '') || {organisation}.name_th END"
    )


HELD = "coalesce(d.answer, d.class)"
_STATUS = (
    f"CASE WHEN d.status = 'open' AND d.class IN ('continuation', 'crossing', 'near') THEN '{QUIET}' ELSE d.status END"
)
# Nothing is spent twice any more when one of the two is dropped; the pair itself ends at the next comparison.
_TWICE = f"{HELD} = 'same_work' AND a.status <> ALL(ARRAY{list(DROPPED)}) AND b.status <> ALL(ARRAY{list(DROPPED)})"
_STAKE = f"CASE WHEN {_TWICE} THEN least({_money('a')}, {_money('b')}) ELSE 0 END"
_FROM = """
FROM duplicate_pair d
JOIN project a ON a.id = d.project_a JOIN organisation oa ON oa.code = a.organisation_code
JOIN project b ON b.id = d.project_b JOIN organisation ob ON ob.code = b.organisation_code
"""
_WORK = (
    "{w}.id, {w}.code, {w}.name_th, {w}.kind, {w}.fiscal_year_be, {w}.status, {w}.organisation_code,"
    " {name}, o{w}.province_code, o{w}.amphoe_code, {money}, {w}.budget_baht, {w}.planned_baht,"
    " {w}.contracted_baht, {w}.disbursed_baht, {w}.work_nature_code, {w}.surface_type_code,"
    " {w}.water_source_type_code, {w}.length_m, {w}.width_m, {w}.area_code, {w}.route_code, {w}.geometry_status,"
    " {w}.geometry_version"
)
_WORK_COLUMNS = 24
_KEYS: Mapping[Order, str] = {
    "money": f"CAST({_STAKE} AS float)",
    "score": "d.score",
    "newest": "extract(epoch FROM d.computed_at)::float",
}
_PAIR = (
    f"d.id, d.class, {HELD}, d.score, d.shared_m, d.shared_share, d.distance_m, d.reasons, {_STATUS}, d.answer,"
    " d.answered_for, s.created_by_name, s.created_at, d.row_version, d.computed_at, d.ended_at,"
    f" {_STAKE}"
)
_PAIR_COLUMNS = 17
# Who gave the answer that stands: the newest step that gave one and was no appeal.
_ANSWERED = """
LEFT JOIN LATERAL (
    SELECT e.created_by_name, e.created_at FROM duplicate_decision e
    WHERE e.pair_id = d.id AND e.act NOT IN ('appeal', 'return', 'reopen') AND d.answer IS NOT NULL
    ORDER BY e.id DESC LIMIT 1
) s ON true
"""


def pair_page(
    session: Session,
    narrowed: PairFilter,
    *,
    order: Order = "score",
    limit: int = 50,
    after: tuple[float, int] | None = None,
) -> PairPage:
    """A page of the pairs that stand, by the order and then the newest number."""
    where, values = _conditions(narrowed)
    key = _KEYS[order]
    if after is not None:
        where.append(f"({key}, d.id) < (:key_after, :id_after)")
        values |= {"key_after": after[0], "id_after": after[1]}
    limit = min(limit, MAX_LIMIT)
    rows = session.execute(
        sa.text(f"{_select(key)} WHERE {' AND '.join(where)} ORDER BY {key} DESC, d.id DESC LIMIT :limit"),
        {**values, "limit": limit + 1},
    ).all()
    items = tuple(_pair(row) for row in rows[:limit])
    return PairPage(items, items[-1].key if len(rows) > limit else None)


def pairs_of_project(session: Session, project_id: int, *, limit: int = 100) -> list[PairView]:
    """Pairs that a work is in, the likeliest first."""
    rows = session.execute(
        sa.text(
            f"{_select('d.score')} WHERE d.ended_at IS NULL AND (d.project_a = :project OR d.project_b = :project)"
            " ORDER BY d.class = 'same_work' DESC, d.score DESC, d.id LIMIT :limit"
        ),
        {"project": project_id, "limit": limit},
    )
    return [_pair(row) for row in rows]


def same_work_pairs(session: Session, project_ids: Sequence[int]) -> dict[int, int]:
    """The likeliest pair of each of some works that is held for the same work, by the work's number."""
    rows = session.execute(
        sa.text(
            "SELECT DISTINCT ON (w.id) w.id, d.id AS pair FROM unnest(CAST(:ids AS bigint[])) AS w (id)"
            " JOIN duplicate_pair d ON w.id IN (d.project_a, d.project_b)"
            f" WHERE d.ended_at IS NULL AND {HELD} = 'same_work' ORDER BY w.id, d.score DESC, d.id"
        ),
        {"ids": list(project_ids)},
    )
    return {row.id: row.pair for row in rows}


def pair_counts(session: Session, project_id: int) -> tuple[int, int]:
    """How many pairs a work is in, and how many of these are held for the same work and nobody has answered."""
    row = session.execute(
        sa.text(
            "SELECT count(*), count(*) FILTER (WHERE class = 'same_work' AND status = 'open') FROM duplicate_pair"
            " WHERE ended_at IS NULL AND (project_a = :project OR project_b = :project)"
            " AND class NOT IN ('crossing', 'near')"
        ),
        {"project": project_id},
    ).one()
    return row[0], row[1]


def get_pair(session: Session, pair_id: int) -> PairView | None:
    """One pair, also one that has ended."""
    row = session.execute(sa.text(f"{_select('d.score')} WHERE d.id = :id"), {"id": pair_id}).one_or_none()
    return None if row is None else _pair(row)


def pair_shapes(session: Session, pair_id: int) -> PairShapes:
    """What is drawn of a pair: both works as they stand, and the part that both have."""
    row = session.execute(
        sa.text(
            "SELECT ST_AsGeoJSON(ST_Transform(fa.geom, 4326), 7), ST_AsGeoJSON(ST_Transform(fb.geom, 4326), 7),"
            " ST_AsGeoJSON(d.common, 7) FROM duplicate_pair d"
            " LEFT JOIN read_project_feature fa ON fa.project_id = d.project_a"
            " LEFT JOIN read_project_feature fb ON fb.project_id = d.project_b WHERE d.id = :id"
        ),
        {"id": pair_id},
    ).one()
    return PairShapes(*(None if text is None else orjson.loads(text) for text in row))


def pair_points(session: Session, pair_ids: Sequence[int]) -> dict[int, tuple[float, float]]:
    """Where pairs are: longitude and latitude of a point of what both have, else of the first work."""
    rows = session.execute(
        sa.text(
            "SELECT d.id, ST_X(v.point), ST_Y(v.point) FROM duplicate_pair d"
            " LEFT JOIN read_project_feature f ON f.project_id = d.project_a"
            " CROSS JOIN LATERAL (SELECT coalesce(ST_PointOnSurface(d.common), ST_Transform(f.point, 4326)) AS point) v"
            " WHERE d.id = ANY(:ids) AND v.point IS NOT NULL AND NOT ST_IsEmpty(v.point)"
        ),
        {"ids": list(pair_ids)},
    )
    return {number: (lon, lat) for number, lon, lat in rows}


def pair_decisions(session: Session, pair_id: int) -> list[DecisionView]:
    """Everything that was said of a pair, the newest first."""
    rows = session.execute(
        sa.text(
            "SELECT e.id, e.pair_id, e.act, e.answer, e.status, e.note, e.document, e.attachment_id, p.code,"
            " e.file_name, e.file_sha256, e.file_bytes,"
            " e.organisation_code, o.full_name_th, e.created_at, e.created_by, e.created_by_name, e.on_behalf_of"
            " FROM duplicate_decision e LEFT JOIN organisation o ON o.code = e.organisation_code"
            " LEFT JOIN attachment t ON t.id = e.attachment_id LEFT JOIN project p ON p.id = t.project_id"
            " WHERE e.pair_id = :id ORDER BY e.id DESC"
        ),
        {"id": pair_id},
    )
    return [DecisionView(*row) for row in rows]


def class_counts(session: Session, narrowed: PairFilter) -> dict[str, int]:
    """How many pairs there are of each class; the filter's own classes do not narrow it."""
    where, values = _conditions(replace(narrowed, class_=()))
    rows = session.execute(
        sa.text(f"SELECT {HELD}, count(*) {_FROM} WHERE {' AND '.join(where)} GROUP BY 1"), values
    ).all()
    return {held: count for held, count in rows}


def status_counts(session: Session, narrowed: PairFilter) -> dict[str, int]:
    """How many pairs there are in each status; the filter's own statuses do not narrow it."""
    where, values = _conditions(replace(narrowed, status=()))
    rows = session.execute(
        sa.text(f"SELECT {_STATUS}, count(*) {_FROM} WHERE {' AND '.join(where)} GROUP BY 1"), values
    ).all()
    return {status: count for status, count in rows}


# The smaller work of each pair is what may be paid for twice. It counts once, however many pairs it is in; of two that
# share one money (a grant and the work that it pays) only the larger counts.
_AT_STAKE = f"""
WITH pairs AS MATERIALIZED (
    SELECT a.id AS a, {_money("a")} AS a_baht, b.id AS b, {_money("b")} AS b_baht, d.status = 'confirmed' AS confirmed
    {_FROM} WHERE {{where}} AND {_TWICE}
), smaller AS MATERIALIZED (
    SELECT CASE WHEN (a_baht, a) < (b_baht, b) THEN a ELSE b END AS id,
           least(a_baht, b_baht) AS baht, bool_or(confirmed) AS confirmed
    FROM pairs GROUP BY 1, 2
)
SELECT (SELECT count(*) FROM pairs WHERE NOT confirmed), count(*) FILTER (WHERE NOT s.confirmed),
       coalesce(sum(s.baht) FILTER (WHERE NOT s.confirmed), 0),
       (SELECT count(*) FROM pairs WHERE confirmed), count(*) FILTER (WHERE s.confirmed),
       coalesce(sum(s.baht) FILTER (WHERE s.confirmed), 0)
FROM smaller s
WHERE NOT EXISTS (
    SELECT FROM duplicate_pair d
    JOIN smaller t ON t.id = CASE WHEN d.project_a = s.id THEN d.project_b ELSE d.project_a END
    WHERE s.id IN (d.project_a, d.project_b) AND d.ended_at IS NULL AND {HELD} = 'joint'
      AND (t.baht, t.id) > (s.baht, s.id)
)
"""


def money_at_stake(session: Session, narrowed: PairFilter) -> Stake:
    """Money that may be spent twice among the pairs of the filter, and what was confirmed of it: each work's once, a
    grant with what it pays once."""
    where, values = _conditions(replace(narrowed, class_=()))
    row = session.execute(sa.text(_AT_STAKE.format(where=" AND ".join(where))), values).one()
    pairs, works, baht, *confirmed = row
    return Stake(pairs, works, baht, Stake(*confirmed))


def pairs_by_organisation(session: Session, narrowed: PairFilter, *, limit: int = 50) -> list[OrganisationPairs]:
    """Organisations of the filter's pairs, the one with most to answer first; a pair counts for both."""
    where, values = _conditions(narrowed)
    rows = session.execute(
        sa.text(
            "WITH found AS MATERIALIZED (SELECT a.organisation_code AS a, b.organisation_code AS b,"
            f" {_STATUS} AS status {_FROM} WHERE {' AND '.join(where)})"
            f" SELECT o.code, {_short_name('o')}, o.name_en, count(*), count(*) FILTER (WHERE f.status = 'open')"
            " FROM (SELECT a AS code, status FROM found"
            "       UNION ALL SELECT b, status FROM found WHERE b <> a) f"
            " JOIN organisation o ON o.code = f.code GROUP BY o.code"
            " ORDER BY 5 DESC, 4 DESC, o.code LIMIT :limit"
        ),
        {**values, "limit": limit},
    )
    return [OrganisationPairs(*row) for row in rows]


def _select(key: str) -> str:
    works = ", ".join(_WORK.format(w=w, name=_short_name(f"o{w}"), money=_money(w)) for w in ("a", "b"))
    return f"SELECT {_PAIR}, {key}, {works} {_FROM} {_ANSWERED}"


def _pair(row: Any) -> PairView:
    first = _PAIR_COLUMNS + 1
    key = (float(row[_PAIR_COLUMNS]), row[0])
    works = PairWork(*row[first : first + _WORK_COLUMNS]), PairWork(*row[first + _WORK_COLUMNS :])
    values: tuple[Any, ...] = (*row[:_PAIR_COLUMNS], key, *works)
    return PairView(*values)


def _either(condition: str) -> str:
    """A condition on ``{w}`` and its organisation, of one of the two works at least."""
    return f"({condition.replace('{w}', 'a')} OR {condition.replace('{w}', 'b')})"


def _conditions(narrowed: PairFilter) -> tuple[list[str], dict[str, Any]]:
    # A pair that somebody spoke of while drawing has the shape of the other work only, until the drawing is saved and
    # compared: what was never saved stands in nobody's list.
    sql = ["d.ended_at IS NULL", "(d.shape_a IS NULL) = (d.shape_b IS NULL)"]
    values: dict[str, Any] = {}
    lists = {
        "organisation": _either("{w}.organisation_code = ANY(:organisation)"),
        "fiscal_year": _either("{w}.fiscal_year_be = ANY(:fiscal_year)"),
        "kind": _either("{w}.kind = ANY(:kind)"),
        "class_": f"{HELD} = ANY(:class_)",
        "status": f"{_STATUS} = ANY(:status)",
        "area": _either(
            "CASE WHEN {w}.area_code IS NOT NULL THEN {w}.area_code LIKE ANY(:area)"
            " ELSE coalesce(o{w}.amphoe_code, o{w}.province_code) LIKE ANY(:area) END"
        ),
    }
    for name, condition in lists.items():
        chosen = getattr(narrowed, name)
        if chosen:
            sql.append(condition)
            values[name] = [f"{code}%" for code in chosen] if name == "area" else list(chosen)
    if narrowed.score is not None:
        sql.append("d.score >= :score")
        values["score"] = narrowed.score
    if narrowed.across:
        sql.append("a.organisation_code <> b.organisation_code")
    return sql, values
