"""Projects on the map: roads, water works, works without a type, and all of them together.

Up to zoom 8 a tile shows one point per 1/32 of its side with count and money, from ready sums. At zooms 9 and 10 it
shows the project with the largest budget per 1/64 of its side and says how many it left out. From zoom 11 it shows
everything; a tile that would grow beyond 500 kB falls back to the thinned form. Reasons and figures:
``docs/decisions/0008-tiles-from-read-models.md``.
"""

from __future__ import annotations

from dataclasses import dataclass

from layers.base import (
    BOX,
    HALF_WORLD_M,
    SEARCH_BOX,
    SUMMARY,
    Field,
    LegendEntry,
    Narrowing,
    Tile,
    TileRequest,
    VectorLayer,
    mvt,
    mvt_geometry,
)

CLUSTER_MAXZOOM = 8
THINNED_MAXZOOM = 10
CLUSTER_BITS = 5
"""A cluster is 1/2^5 of the tile's side."""
THINNED_BITS = (6, 5, 4)
"""Cells of thinned tiles, 1/2^n of the side, finest first."""
CELL_BITS = 16
"""Bits of ``read_project_feature.cell_x``: 1/64 of a zoom 10 tile."""
VERSION_ZOOM = 10
COARSE_VERSION_ZOOM = 6
_ID_SPAN = 2**30

# Zooms at which a property begins to be worth its bytes: a name is 200 bytes and is read from zoom 16.
NAME_FROM = 13
DETAIL_FROM = 11

FIELDS = (
    Field("code", "รหัสโครงการ", "Project code", "text", "p.code", "code", popup=True),
    Field("name", "ชื่อโครงการ", "Name", "text", "p.name_th", "name", tile_from=NAME_FROM, popup=True),
    Field("kind", "ด้าน", "Kind", "text", "p.kind", "kind"),
    Field("organisation", "รหัส อปท.", "Organisation code", "text", "p.organisation_code", "organisation"),
    Field("organisation_name", "อปท.", "Organisation", "text", "o.full_name_th", popup=True),
    Field("fiscal_year_be", "ปีงบประมาณ (พ.ศ.)", "Fiscal year (B.E.)", "integer", "p.fiscal_year_be", "fiscal_year_be"),
    Field("status", "สถานะโครงการ", "Status", "text", "p.status", "status", tile_from=DETAIL_FROM, popup=True),
    Field("geometry_status", "สถานะพิกัด", "Coordinates", "text", "p.geometry_status", "geometry_status", popup=True),
    Field("budget_baht", "งบประมาณ (บาท)", "Budget (baht)", "money", "p.budget_baht", "budget", "p.budget_baht::float8",
          popup=True),
    Field("contracted_baht", "ก่อหนี้ผูกพัน (บาท)", "Contracted (baht)", "money", "p.contracted_baht"),
    Field("disbursed_baht", "เบิกจ่าย (บาท)", "Disbursed (baht)", "money", "p.disbursed_baht", "disbursed",
          "p.disbursed_baht::float8", tile_from=DETAIL_FROM, popup=True),
    Field("area_code", "รหัสพื้นที่", "Area code", "text", "p.area_code"),
    Field("area_name", "พื้นที่", "Area", "text", "a.name_th"),
    Field("surface_type", "ชนิดผิวทาง", "Surface", "text", "p.surface_type_code", "surface"),
    Field("water_source_type", "ประเภทแหล่งน้ำ", "Water source", "text", "p.water_source_type_code", "source_type"),
    Field("work_nature", "ลักษณะงาน", "Nature of work", "text", "p.work_nature_code"),
    Field("length_m", "ความยาวตามสัญญา (ม.)", "Contract length (m)", "number", "p.length_m"),
    Field("width_m", "ความกว้าง (ม.)", "Width (m)", "number", "p.width_m"),
    Field("drawn_length_m", "ความยาวที่วาด (ม.)", "Drawn length (m)", "number", "g.length_m"),
    Field("drawn_area_m2", "พื้นที่ที่วาด (ตร.ม.)", "Drawn area (m²)", "number", "g.area_m2"),
)  # fmt: skip

FILTERS = (
    "organisation", "fiscal_year", "kind", "status", "geometry_status", "area", "fund_source", "strategy",
    "programme", "plan_form", "local_strategy", "stage",
    "work_nature", "surface_type", "water_source_type", "q", "bbox", "awaiting", "unplaced",
    "area_missing",
)  # fmt: skip

SOURCE = (
    "project p JOIN organisation o ON o.code = p.organisation_code LEFT JOIN area a ON a.code = p.area_code "
    "{join} project_geometry g ON g.project_id = p.id AND g.version = p.geometry_version"
)
PUBLISHED = "p.status IN (SELECT code FROM read_status_published WHERE published)"
NOT_WITHDRAWN = "NOT p.attributes ? 'withdrawn_import'"
"""What an import made that was undone since is nobody's project: it stays in the history and out of files."""


@dataclass(frozen=True, kw_only=True)
class ProjectLayer(VectorLayer):
    """Projects of some kinds; ``p`` is the project, in tiles its row of ``read_project_feature``.

    Parameters
    ----------
    kinds
        Kinds of project that the layer shows.
    """

    kinds: tuple[str, ...]

    def visible(self, public: bool) -> str:
        published = f" AND {PUBLISHED} AND p.geometry_status = 'VERIFIED'" if public else ""
        return f"{self._of_kind()} AND g.geom IS NOT NULL{published}"

    def visible_in_exports(self, public: bool) -> str:
        return f"{self._of_kind()} AND {NOT_WITHDRAWN}" + (f" AND {PUBLISHED}" if public else "")

    def export_source(self, narrowing: Narrowing, public: bool) -> str:
        return SOURCE.format(join="LEFT JOIN")

    def export_shape(self, public: bool) -> str:
        return "CASE WHEN p.geometry_status = 'VERIFIED' THEN g.geom END" if public else self.shape

    def value_sql(self, field: Field, public: bool, exact_money: bool = False) -> str:
        value = super().value_sql(field, public, exact_money)
        if public and field.name == "geometry_status":
            return f"CASE WHEN {value} = 'VERIFIED' THEN {value} ELSE 'NONE' END"
        if public and field.name.startswith("drawn_"):
            return f"CASE WHEN p.geometry_status = 'VERIFIED' THEN {value} END"
        return value

    def tile_requests(self, tile: Tile, *, public: bool, narrowing: Narrowing) -> tuple[TileRequest, ...]:
        params = {**tile.parameters(), **narrowing.params, "layer_kinds": self._kinds(narrowing)}
        version_sql, version_params = self._version(tile)
        params |= version_params
        if tile.z <= CLUSTER_MAXZOOM:
            sql, more = self._ready_clusters(tile, public, narrowing)
            if not narrowing.only_sums:
                sql, more = self._counted_clusters(tile, public, narrowing), _cells(tile)
            return (TileRequest(sql, version_sql, params | more),)
        forms = [self._thinned(tile, public, narrowing, bits) for bits in THINNED_BITS]
        if tile.z > THINNED_MAXZOOM:
            forms.insert(0, self._full(tile, public, narrowing))
        return tuple(TileRequest(sql, version_sql, params) for sql in forms)

    def _kinds(self, narrowing: Narrowing) -> list[str]:
        return [kind for kind in self.kinds if not narrowing.kinds or kind in narrowing.kinds]

    def _of_kind(self) -> str:
        return "p.kind IN ('" + "', '".join(self.kinds) + "')"

    def _version(self, tile: Tile) -> tuple[str, dict[str, object]]:
        """Changes under the tile: of its zoom 10 ancestor, or of all zoom 10 (far out: zoom 6) tiles inside it."""
        kept = VERSION_ZOOM if tile.z > COARSE_VERSION_ZOOM else COARSE_VERSION_ZOOM
        down, up = max(tile.z - kept, 0), max(kept - tile.z, 0)
        return (
            "SELECT coalesce(sum(changes), 0)::bigint FROM read_tile_version WHERE layer = ANY(:version_kinds) "
            "AND zoom = :version_zoom AND x BETWEEN :version_x0 AND :version_x1 "
            "AND y BETWEEN :version_y0 AND :version_y1",
            {
                "version_kinds": list(self.kinds),
                "version_zoom": kept,
                "version_x0": (tile.x >> down) << up,
                "version_x1": (((tile.x >> down) + 1) << up) - 1,
                "version_y0": (tile.y >> down) << up,
                "version_y1": (((tile.y >> down) + 1) << up) - 1,
            },
        )

    def _ready_clusters(self, tile: Tile, public: bool, narrowing: Narrowing) -> tuple[str, dict[str, object]]:
        """One point per cell at the mean place of its projects, from the sums kept at zooms 6 and 8."""
        level = 6 if tile.z <= 6 else 8
        up = level - tile.z
        prefix = "public_" if public else ""
        rows = f"""
            SELECT ST_AsMVTGeom(ST_SetSRID(ST_MakePoint(
                       (sum(c.{prefix}sum_x_m) / sum(c.{prefix}projects))::float8,
                       (sum(c.{prefix}sum_y_m) / sum(c.{prefix}projects))::float8), 3857),
                       {BOX}, 4096, 0, false) AS geom,
                   sum(c.{prefix}projects)::bigint AS count,
                   sum(c.{prefix}budget_baht)::float8 AS budget, sum(c.{prefix}disbursed_baht)::float8 AS disbursed
            FROM read_project_cell c
            WHERE c.level = :cell_level AND c.kind = ANY(:layer_kinds) AND c.fiscal_year_be = ANY(:cell_years)
              AND (c.x >> 5) BETWEEN :cell_x0 AND :cell_x1 AND (c.y >> 5) BETWEEN :cell_y0 AND :cell_y1
            GROUP BY c.x >> :cell_shift, c.y >> :cell_shift
            HAVING sum(c.{prefix}projects) > 0"""
        return mvt(rows, self.name, identified=False), {
            "cell_level": level,
            "cell_years": list(narrowing.fiscal_years) or [0],
            "cell_x0": tile.x << up,
            "cell_x1": ((tile.x + 1) << up) - 1,
            "cell_y0": tile.y << up,
            "cell_y1": ((tile.y + 1) << up) - 1,
            "cell_shift": up,
        }

    def _counted_clusters(self, tile: Tile, public: bool, narrowing: Narrowing) -> str:
        """The same points counted from the rows: for filters that no sum is kept for."""
        rows = f"""
            SELECT ST_AsMVTGeom(ST_SetSRID(ST_MakePoint(avg(ST_X(p.point)), avg(ST_Y(p.point))), 3857),
                                {BOX}, 4096, 0, false) AS geom,
                   count(*) AS count, sum(p.budget_baht)::float8 AS budget, sum(p.disbursed_baht)::float8 AS disbursed
            FROM read_project_feature p
            WHERE p.geom && {BOX} AND {self._wanted(public, narrowing)}
              AND p.cell_x BETWEEN :cell_x0 AND :cell_x1 AND p.cell_y BETWEEN :cell_y0 AND :cell_y1
            GROUP BY p.cell_x >> :cell_shift, p.cell_y >> :cell_shift"""
        return mvt(rows, self.name, identified=False)

    def _thinned(self, tile: Tile, public: bool, narrowing: Narrowing, bits: int) -> str:
        """The largest budget of each cell, and a point in the layer ``summary`` with the number left out.

        Budget and id go into one number, so that the largest is found without sorting and without reading more than
        a few columns of what is left out; whole baht up to 8.5 thousand million are told apart.
        """
        cell_x, cell_y = _cell_sql(tile, bits)
        shape = (
            "coalesce(p.geom_low, p.geom)"
            if tile.z <= THINNED_MAXZOOM
            else f"ST_Simplify(p.geom, {tile.side_m / 1024!r}, true)"
        )
        columns = self.tile_columns(min(tile.z, NAME_FROM - 1))
        rows = (
            f"SELECT coalesce({mvt_geometry(shape)}, {mvt_geometry('p.point')}) AS geom, p.project_id AS id, {columns} "
            f"FROM chosen c JOIN read_project_feature p ON p.project_id = {_ID_SPAN} - (c.best % {_ID_SPAN})"
        )
        return f"""
            WITH chosen AS MATERIALIZED (
                SELECT max(least(p.budget_baht, 8500000000)::bigint * {_ID_SPAN} + {_ID_SPAN} - p.project_id) AS best,
                       count(*) AS found
                FROM read_project_feature p
                WHERE p.geom && {SEARCH_BOX} AND {self._wanted(public, narrowing)}
                GROUP BY {cell_x}, {cell_y}
            )
            SELECT ({mvt(rows, self.name)})
                || (SELECT coalesce(ST_AsMVT(s, '{SUMMARY}', 4096, 'geom'), ''::bytea) FROM (
                        SELECT {mvt_geometry(f"ST_Centroid({BOX})")} AS geom, count(*) AS shown,
                               (sum(found) - count(*))::bigint AS left_out
                        FROM chosen HAVING sum(found) > count(*)) AS s)"""

    def _full(self, tile: Tile, public: bool, narrowing: Narrowing) -> str:
        """Every project. One of points, lines and polygons together becomes one feature per type of shape; a shape
        too small for the zoom becomes its point."""
        wanted = f"p.geom && {SEARCH_BOX} AND {self._wanted(public, narrowing)}"
        columns = self.tile_columns(tile.z)
        rows = f"""
            SELECT coalesce({mvt_geometry("p.geom")}, {mvt_geometry("p.point")}) AS geom, p.project_id AS id, {columns}
            FROM read_project_feature p WHERE {wanted} AND NOT p.mixed
            UNION ALL
            SELECT {mvt_geometry("ST_CollectionExtract(p.geom, d.type)")}, p.project_id, {columns}
            FROM read_project_feature p CROSS JOIN (VALUES (1), (2), (3)) AS d (type)
            WHERE {wanted} AND p.mixed"""
        return mvt(rows, self.name)

    def _wanted(self, public: bool, narrowing: Narrowing) -> str:
        return f"p.kind = ANY(:layer_kinds) AND {'p.published AND ' if public else ''}({narrowing.sql})"


def _cell_sql(tile: Tile, bits: int) -> tuple[str, str]:
    """SQL of the numbers of the cell (1/2^bits of the tile's side) that a project is in."""
    if tile.z + bits <= CELL_BITS:
        shift = CELL_BITS - tile.z - bits
        return f"p.cell_x >> {shift}", f"p.cell_y >> {shift}"
    scale = repr(2 ** (tile.z + bits) / (2 * HALF_WORLD_M))
    return (
        f"floor((ST_X(p.point) + {HALF_WORLD_M}) * {scale})",
        f"floor(({HALF_WORLD_M} - ST_Y(p.point)) * {scale})",
    )


def _cells(tile: Tile) -> dict[str, object]:
    up = CELL_BITS - tile.z
    return {
        "cell_x0": tile.x << up,
        "cell_x1": ((tile.x + 1) << up) - 1,
        "cell_y0": tile.y << up,
        "cell_y1": ((tile.y + 1) << up) - 1,
        "cell_shift": up - CLUSTER_BITS,
    }


def _layer(
    name: str,
    title: str,
    title_en: str,
    kinds: tuple[str, ...],
    legend: tuple[LegendEntry, ...] = (),
    style_field: str = "",
) -> ProjectLayer:
    return ProjectLayer(
        name=name,
        title=title,
        title_en=title_en,
        geometry_type="Geometry",
        minzoom=0,
        maxzoom=15,
        fields=FIELDS,
        legend=legend,
        style_field=style_field,
        filters=FILTERS,
        open_to_all=False,
        attribution="องค์กรปกครองส่วนท้องถิ่น",
        licence="Open Government License - Thailand",
        kinds=kinds,
        key="p.id",
        key_is_number=True,
        source=SOURCE.format(join="JOIN"),
        shape="g.geom",
    )


ROADS = _layer(
    "roads",
    "ถนน",
    "Roads",
    ("road",),
    (
        LegendEntry("RC", "คอนกรีต", "Concrete", "road-rc"),
        LegendEntry("AC", "แอสฟัลต์", "Asphalt", "road-ac"),
        LegendEntry("CAPE", "ลาดยางเคพซีล", "Cape seal", "road-cape"),
        LegendEntry("ST", "ลาดยาง", "Surface treatment", "road-st"),
        LegendEntry("PARA", "พาราแอสฟัลต์", "Para-rubber asphalt", "road-para"),
        LegendEntry("BLOCK", "อิฐตัวหนอน", "Paving block", "road-block"),
        LegendEntry("CRUSHED", "หินคลุก", "Crushed rock", "road-crushed"),
        LegendEntry("LATERITE", "ลูกรัง", "Laterite", "road-laterite"),
        LegendEntry("EARTH", "ดิน", "Earth", "road-earth"),
        LegendEntry("OTHER", "ไม่ทราบผิว", "Unknown surface", "road-other"),
    ),
    "surface",
)

WATER = _layer(
    "water",
    "แหล่งน้ำ",
    "Water sources",
    ("water",),
    (
        LegendEntry("POND", "สระเก็บน้ำ", "Pond", "water-pond"),
        LegendEntry("RESERVOIR", "อ่างเก็บน้ำ", "Reservoir", "water-reservoir"),
        LegendEntry("WETLAND", "หนอง/แก้มลิง", "Wetland", "water-wetland"),
        LegendEntry("WEIR", "ฝาย", "Weir", "water-weir"),
        LegendEntry("GATE", "ประตูระบายน้ำ", "Gate", "water-gate"),
        LegendEntry("CANAL_DREDGE", "ขุดลอกคลอง/ลำห้วย", "Dredging", "water-canal"),
        LegendEntry("IRRIG_CANAL", "คลองส่งน้ำ", "Irrigation canal", "water-canal"),
        LegendEntry("GROUNDWATER", "บ่อบาดาล", "Groundwater well", "water-groundwater"),
        LegendEntry("SHALLOW_WELL", "บ่อน้ำตื้น", "Shallow well", "water-shallow-well"),
        LegendEntry("GW_BANK", "ธนาคารน้ำใต้ดิน", "Groundwater bank", "water-bank"),
        LegendEntry("VILLAGE_WATERWORKS", "ประปาหมู่บ้าน", "Village waterworks", "water-waterworks"),
        LegendEntry("PIPE", "ท่อเมนประปา", "Pipeline", "water-pipe"),
        LegendEntry("TANK", "ถังเก็บน้ำ", "Tank", "water-tank"),
        LegendEntry("PUMP", "สูบน้ำ", "Pumping station", "water-pump"),
        LegendEntry("OTHER_WATER", "แหล่งน้ำอื่น", "Other water source", "water-other"),
    ),
    "source_type",
)

UNTYPED = _layer(
    "untyped",
    "โครงการอื่น",
    "Other projects",
    ("other",),
    (LegendEntry("", "ไม่มีชนิด", "Without type", "untyped"),),
)

PROJECTS = _layer(
    "projects",
    "โครงการทั้งหมด",
    "All projects",
    ("road", "water", "other"),
    (
        LegendEntry("road", "ถนน", "Road", "kind-road"),
        LegendEntry("water", "แหล่งน้ำ", "Water source", "kind-water"),
        LegendEntry("other", "อื่น ๆ", "Other", "kind-other"),
    ),
    "kind",
)
