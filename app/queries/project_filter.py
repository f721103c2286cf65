"""What narrows a list of projects: one dataclass, and one small SQL function for each of its fields.

Lists, pages, exports, map items and the drill-down of the budget map all narrow through :func:`conditions`, so the
same address means the same rows everywhere. The project table goes by the alias ``p``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal

from app.auth.policy import Visibility
from gis.thai import ORGANISATION_KINDS, organisation_word, search_words, village_pattern, village_spellings

# Longer questions help nobody and cost a trigram scan each.
MAX_WORDS = 8
# A trigram index cannot look inside words for less than this; shorter words are looked for where words begin.
INDEXED_LENGTH = 3
AreaLevel = Literal["province", "amphoe", "tambon"]
AREA_DIGITS: Mapping[str, int] = {"province": 2, "amphoe": 4, "tambon": 6}
"""Length of the code of an area, by level."""
LEVEL_OF_DIGITS: Mapping[int, AreaLevel] = {2: "province", 4: "amphoe", 6: "tambon"}
"""Level of an area, by the length of its code."""
STAGES = ("planned", "requested", "approved", "contracted", "disbursing", "paid")
"""Steps of the funnel in order; ``funnel_stage()`` of the database says how far (1 to 6) a project has come."""
DATED_STAGES = STAGES[2:]
"""Stages that have days, so that their past can be asked for."""
NONE = "NONE"
"""Value of a filter that asks for projects without one."""
AWAITING_STATUSES = ("NONE", "DRAFT", "RETURNED")

PUBLISHED_STATUSES_SQL = (
    "ARRAY(SELECT s.code FROM project_status s"
    " WHERE s.seq >= (SELECT seq FROM project_status WHERE code = 'BUDGET_APPROVED')"
    " AND s.code NOT IN ('CANCELLED', 'DEFERRED'))"
)
"""Statuses of projects that the public knows of."""
PUBLISHED_SQL = f"p.status = ANY({PUBLISHED_STATUSES_SQL})"
"""Condition under which the public knows of a project at all."""


@dataclass(frozen=True)
class ProjectFilter:
    """Everything by which projects can be narrowed; an empty field narrows nothing.

    Parameters
    ----------
    organisation, fiscal_year, kind, status, geometry_status, fund_source
        Codes (fiscal years B.E.); any one of several matches.
    strategy, programme, plan_form
        National strategy, programme and form (``ผ.02``) of the plan line; :data:`NONE` = without one.
    local_strategy
        Numbers of strategies of plans; 0 = without one.
    stage
        Stage of the funnel that was reached at least: one of :data:`STAGES`; with ``-q2`` behind one of
        :data:`DATED_STAGES`, reached by the end of that quarter of the project's fiscal year.
    area
        Codes of provinces, amphoes or tambons; an upper level includes all below it.
    work_nature, surface_type, water_source_type
        Codes of the kind of work.
    q
        Words that all have to occur in the code, the name or the name of the organisation, in any order, each as a
        part of a word (those of one or two characters at the beginning of a word).
    bbox
        West, south, east, north in degrees: the current geometry touches it.
    awaiting
        True for projects whose coordinates somebody still has to enter or mend.
    unplaced
        True for projects without any area, False for those with one.
    area_missing
        ``province``, ``amphoe`` or ``tambon``: projects whose area is not known down to this level.
    """

    organisation: tuple[str, ...] = ()
    fiscal_year: tuple[int, ...] = ()
    kind: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    geometry_status: tuple[str, ...] = ()
    area: tuple[str, ...] = ()
    fund_source: tuple[str, ...] = ()
    strategy: tuple[str, ...] = ()
    programme: tuple[str, ...] = ()
    plan_form: tuple[str, ...] = ()
    local_strategy: tuple[int, ...] = ()
    stage: str = ""
    work_nature: tuple[str, ...] = ()
    surface_type: tuple[str, ...] = ()
    water_source_type: tuple[str, ...] = ()
    q: str = ""
    bbox: tuple[float, float, float, float] | None = None
    awaiting: bool | None = None
    unplaced: bool | None = None
    area_missing: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """The words searched for, spelled as they are stored for searching."""
        return search_words(self.q)[:MAX_WORDS]

    @property
    def is_empty(self) -> bool:
        """True when nothing narrows the list."""
        return not any(_given(getattr(self, field.name)) for field in fields(self))


@dataclass(frozen=True)
class Conditions:
    """SQL conditions over ``p``, all of which hold, and their bound parameters.

    Parameters
    ----------
    sql
        Conditions; never empty.
    parameters
        Values by name.
    """

    sql: tuple[str, ...]
    parameters: Mapping[str, Any]

    @property
    def where(self) -> str:
        """The conditions joined by AND."""
        return " AND ".join(self.sql)


_Part = tuple[str, dict[str, Any]]
_Function = Callable[[Any, Visibility], _Part]


def _equals(column: str, name: str) -> _Function:
    def part(values: Sequence[Any], _: Visibility) -> _Part:
        # One value keeps the order of an index that starts with the column; several cannot.
        if len(values) == 1:
            return f"{column} = :{name}", {name: values[0]}
        return f"{column} = ANY(:{name})", {name: list(values)}

    return part


def _equals_or_none(column: str, name: str) -> _Function:
    equals = _equals(column, name)

    def part(values: Sequence[Any], sight: Visibility) -> _Part:
        known = [value for value in values if value != NONE]
        if len(known) == len(values):
            return equals(values, sight)
        if not known:
            return f"{column} IS NULL", {}
        return f"({column} IS NULL OR {column} = ANY(:{name}))", {name: known}

    return part


def _local_strategy(values: Sequence[int], _: Visibility) -> _Part:
    if 0 in values:
        own = "(SELECT l.local_strategy_id FROM plan_project l WHERE l.id = p.plan_project_id)"
        return f"coalesce({own}, 0) = ANY(:local_strategy)", {"local_strategy": list(values)}
    return (
        "p.plan_project_id IN (SELECT l.id FROM plan_project l WHERE l.local_strategy_id = ANY(:local_strategy))",
        {"local_strategy": list(values)},
    )


def _stage(value: str, _: Visibility) -> _Part:
    stage, _separator, quarter = value.partition("-q")
    if not quarter:
        reached = "funnel_stage(p.status, p.budget_baht, p.contracted_baht, p.disbursed_baht)"
        return f"{reached} >= :stage", {"stage": STAGES.index(stage) + 1}
    column = DATED_STAGES[DATED_STAGES.index(stage)]
    return (
        f"(SELECT sum(f.{column}) FROM read_funnel_quarter f"
        " WHERE f.project_id = p.id AND f.quarter <= :stage_quarter) > 0",
        {"stage_quarter": int(quarter)},
    )


def _geometry_status(values: Sequence[str], sight: Visibility) -> _Part:
    return f"{geometry_status_sql(sight)} = ANY(:geometry_status)", {"geometry_status": list(values)}


def _awaiting(value: bool, sight: Visibility) -> _Part:
    if sight is Visibility.PUBLIC:
        return f"(p.geometry_status <> 'VERIFIED') = {str(value).lower()}", {}
    # Spelled exactly like the partial index ``ix_project_awaiting``.
    return f"p.geometry_status {'IN' if value else 'NOT IN'} ('NONE', 'DRAFT', 'RETURNED')", {}


def _unplaced(value: bool, _: Visibility) -> _Part:
    return f"p.area_code IS {'' if value else 'NOT '}NULL", {}


def _area_missing(level: str, _: Visibility) -> _Part:
    # The few areas above the level by their codes: an index finds them, which a length does not.
    return (
        "(p.area_code IS NULL OR p.area_code ="
        " ANY(ARRAY(SELECT above.code FROM area above WHERE length(above.code) < :digits)))",
        {"digits": AREA_DIGITS[level]},
    )


def _area(codes: Sequence[str], _: Visibility) -> _Part:
    names = {f"area_{i}": code + "%" for i, code in enumerate(codes)}
    return "(" + " OR ".join(f"p.area_code LIKE :{name}" for name in names) + ")", names


def _fund_source(values: Sequence[str], _: Visibility) -> _Part:
    return (
        "EXISTS (SELECT 1 FROM appropriation f WHERE f.project_id = p.id AND f.in_force AND f.removed_at IS NULL"
        " AND f.fund_source_code = ANY(:fund_source))",
        {"fund_source": list(values)},
    )


def _words(text: str, _: Visibility) -> _Part:
    sql: list[str] = []
    values: dict[str, Any] = {}
    words = ProjectFilter(q=text).words
    named = [organisation_word(word) for word in words]
    # The kind of an organisation is thousands of them: looked up only where no other word says which.
    only_kinds = all(map(_is_kind, named))
    for i, (word, name) in enumerate(zip(words, named, strict=True)):
        if spellings := village_spellings(word):
            # The index finds the spellings; the pattern, kept from it by the || '', leaves out village 41 for 4.
            values |= {f"spelling_{i}_{n}": f"%{spelling}%" for n, spelling in enumerate(spellings)}
            likes = " OR ".join(f"p.name_search LIKE :spelling_{i}_{n}" for n in range(len(spellings)))
            sql.append(f"({likes}) AND p.name_search || '' ~ :word_{i}")
            values[f"word_{i}"] = village_pattern(spellings)
            continue
        if len(word) < INDEXED_LENGTH:
            of_project, of_name = f"p.name_search LIKE :start_{i} OR p.name_search LIKE :word_{i}", "o.name_th"
            values |= {f"start_{i}": f"{_literal(word)}%", f"word_{i}": f"% {_literal(word)}%"}
            values[f"name_{i}"] = f"{_literal(name)}%"
        else:
            of_project, of_name = f"p.name_search LIKE :word_{i}", "o.name_search"
            values |= {f"word_{i}": f"%{_literal(word)}%", f"name_{i}": f"%{_literal(name)}%"}
        organisations = f"SELECT o.code FROM organisation o WHERE {of_name} LIKE :name_{i}"
        looked_up = only_kinds or not _is_kind(name)
        of_theirs = f"= ANY(ARRAY({organisations}))" if looked_up else f"IN ({organisations})"
        sql.append(f"({of_project} OR p.organisation_code {of_theirs})")
    return " AND ".join(sql) or "true", values


def _is_kind(name: str) -> bool:
    return any(name in kind for kind in ORGANISATION_KINDS.values())


def _bbox(bounds: tuple[float, float, float, float], sight: Visibility) -> _Part:
    west, south, east, north = bounds
    verified = " AND p.geometry_status = 'VERIFIED'" if sight is Visibility.PUBLIC else ""
    return (
        "EXISTS (SELECT 1 FROM project_geometry b WHERE b.project_id = p.id AND b.version = p.geometry_version"
        f" AND b.geom && ST_MakeEnvelope(:west, :south, :east, :north, 4326)){verified}",
        {"west": west, "south": south, "east": east, "north": north},
    )


FILTERS: Mapping[str, _Function] = {
    "organisation": _equals("p.organisation_code", "organisation"),
    "fiscal_year": _equals("p.fiscal_year_be", "fiscal_year"),
    "kind": _equals("p.kind", "kind"),
    "status": _equals("p.status", "status"),
    "geometry_status": _geometry_status,
    "area": _area,
    "fund_source": _fund_source,
    "strategy": _equals_or_none("p.strategy_code", "strategy"),
    "programme": _equals_or_none("p.programme_code", "programme"),
    "plan_form": _equals_or_none("p.plan_form", "plan_form"),
    "local_strategy": _local_strategy,
    "stage": _stage,
    "work_nature": _equals("p.work_nature_code", "work_nature"),
    "surface_type": _equals("p.surface_type_code", "surface_type"),
    "water_source_type": _equals("p.water_source_type_code", "water_source_type"),
    "q": _words,
    "bbox": _bbox,
    "awaiting": _awaiting,
    "unplaced": _unplaced,
    "area_missing": _area_missing,
}
"""Field of :class:`ProjectFilter` -> its SQL."""


def conditions(narrowed: ProjectFilter, sight: Visibility) -> Conditions:
    """What a person with this sight sees of the projects that a filter leaves.

    The public sees projects whose budget is approved, and of their coordinates only verified ones.
    """
    sql = [PUBLISHED_SQL] if sight is Visibility.PUBLIC else []
    parameters: dict[str, Any] = {}
    for name, function in FILTERS.items():
        value = getattr(narrowed, name)
        if not _given(value):
            continue
        part, values = function(value, sight)
        sql.append(part)
        parameters |= values
    return Conditions(tuple(sql) or ("true",), parameters)


def geometry_status_sql(sight: Visibility) -> str:
    """Status of the coordinates as a person with this sight sees it: to the public unverified ones do not exist."""
    if sight is Visibility.PUBLIC:
        return "CASE WHEN p.geometry_status = 'VERIFIED' THEN 'VERIFIED' ELSE 'NONE' END"
    return "p.geometry_status"


def geometry_join_sql(sight: Visibility) -> str:
    """The coordinates that a person with this sight may see of a project ``p``, as ``g``: the current version, to the
    public only when it is verified.
    """
    seen = " AND g.status = 'VERIFIED'" if sight is Visibility.PUBLIC else ""
    return f"LEFT JOIN project_geometry g ON g.project_id = p.id AND g.version = p.geometry_version{seen}"


def _given(value: Any) -> bool:
    return value is not None and value != () and value != ""


def _literal(word: str) -> str:
    """A word in which LIKE finds nothing special."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
