"""Areas with their money, for a budget map: provinces far out, then amphoes, then tambons."""

from __future__ import annotations

from dataclasses import dataclass

from layers.base import (
    SEARCH_BOX,
    Field,
    LegendEntry,
    Narrowing,
    Tile,
    TileRequest,
    VectorLayer,
    mvt,
    mvt_geometry,
)
from layers.boundaries import band

DIGITS = {"province": 2, "amphoe": 4, "tambon": 6}
"""Length of the code of an area, by level."""

# Sums of the cells plus what happened since they were last added up (fund source '' = the project itself).
_ROLLED_UP = """
    SELECT fiscal_year_be, kind, status, amphoe_code, projects, budget_baht, disbursed_baht
    FROM read_budget_cell WHERE grain = 0
    UNION ALL
    SELECT fiscal_year_be, kind, status, amphoe_code, projects, budget_baht, disbursed_baht
    FROM read_budget_delta WHERE fund_source_code = ''"""
_PUBLISHED = "p.status IN (SELECT code FROM read_status_published WHERE published)"


def level_at(zoom: int) -> str:
    """Level shown at a zoom when none is asked for.

    Examples
    --------
    >>> level_at(5), level_at(8), level_at(12)
    ('province', 'amphoe', 'tambon')
    """
    return "province" if zoom <= 6 else "amphoe" if zoom <= 9 else "tambon"


@dataclass(frozen=True, kw_only=True)
class BudgetLayer(VectorLayer):
    """Areas of one level with count and money of the projects in them; ``p`` in a narrowing is a sum."""

    def tile_requests(self, tile: Tile, *, public: bool, narrowing: Narrowing) -> tuple[TileRequest, ...]:
        level = narrowing.level or level_at(tile.z)
        rows = f"""
            SELECT {mvt_geometry("s.geom")} AS geom, s.code, s.name_th AS name, s.level,
                   coalesce(m.projects, 0) AS count, coalesce(m.budget_baht, 0)::float8 AS budget,
                   coalesce(m.disbursed_baht, 0)::float8 AS disbursed
            FROM read_area_shape s
            {self._with_money(level, narrowing, public)}
            WHERE s.band = :band AND s.level = :level AND s.geom && {SEARCH_BOX}"""
        params = {**narrowing.params, **tile.parameters(), "band": band(tile.z), "level": level}
        return (TileRequest(mvt(rows, self.name, identified=False), "", params),)

    def source_of(self, narrowing: Narrowing, public: bool) -> str:
        level = narrowing.level or "province"
        return f"""(
            SELECT s.code, s.name_th, s.level, s.geom, coalesce(m.projects, 0) AS projects,
                   coalesce(m.budget_baht, 0) AS budget_baht, coalesce(m.disbursed_baht, 0) AS disbursed_baht
            FROM area s {self._with_money(level, narrowing, public)}
            WHERE s.level = '{level}' AND s.geom IS NOT NULL AND s.valid_to IS NULL) AS p"""

    def narrowed(self, narrowing: Narrowing) -> str:
        return "true"

    def _with_money(self, level: str, narrowing: Narrowing, public: bool) -> str:
        """JOIN of the sums ``m`` of area ``s``: from the rolled-up cells, of a tambon from its few projects."""
        wanted = f"{_PUBLISHED if public else 'true'} AND ({narrowing.sql})"
        if level == "tambon":
            return (
                "LEFT JOIN LATERAL (SELECT count(*) AS projects, sum(p.budget_baht) AS budget_baht, "
                "sum(p.disbursed_baht) AS disbursed_baht FROM project p "
                f"WHERE p.area_code = s.code AND {wanted}) AS m ON true"
            )
        return (
            f"LEFT JOIN (SELECT left(p.amphoe_code, {DIGITS[level]}) AS code, sum(p.projects)::bigint AS projects, "
            "sum(p.budget_baht) AS budget_baht, sum(p.disbursed_baht) AS disbursed_baht "
            f"FROM ({_ROLLED_UP}) AS p WHERE {wanted} GROUP BY 1) AS m ON m.code = s.code"
        )


BUDGET = BudgetLayer(
    name="budget",
    title="งบประมาณตามพื้นที่",
    title_en="Budget by area",
    geometry_type="MultiPolygon",
    minzoom=0,
    maxzoom=14,
    fields=(
        Field("code", "รหัสพื้นที่", "Area code", "text", "p.code", "code", popup=True),
        Field("name", "ชื่อพื้นที่", "Area", "text", "p.name_th", "name", popup=True),
        Field("level", "ระดับ", "Level", "text", "p.level", "level"),
        Field("project_count", "จำนวนโครงการ", "Projects", "integer", "p.projects", "count", popup=True),
        Field("budget_baht", "งบประมาณ (บาท)", "Budget (baht)", "money", "p.budget_baht", "budget", popup=True),
        Field(
            "disbursed_baht", "เบิกจ่าย (บาท)", "Disbursed (baht)", "money", "p.disbursed_baht", "disbursed", popup=True
        ),
    ),
    legend=(LegendEntry("", "งบประมาณ น้อยไปมาก", "Budget, small to large", "ramp-money"),),
    style_field="budget",
    filters=("fiscal_year", "kind", "status", "level"),
    open_to_all=False,
    attribution="องค์กรปกครองส่วนท้องถิ่น",
    licence="Open Government License - Thailand",
    key="p.code",
    source="",
    shape="p.geom",
)
