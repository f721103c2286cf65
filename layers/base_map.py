"""The pale background: fields, woods, settlements, water and roads that are nobody's project."""

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
from layers.boundaries import NAMED_HERE

FIRST_ZOOM = {
    "state_road": 8,
    "wood": 9,
    "water": 9,
    "settlement": 10,
    "stream": 10,
    "field": 11,
    "road": 12,
    "building": 15,
}
"""Class of background feature -> zoom from which it is drawn."""
VERSION_SQL = "SELECT coalesce(sum(changes), 0)::bigint FROM read_tile_version WHERE layer = 'base' AND zoom = 0"


@dataclass(frozen=True, kw_only=True)
class BaseMapLayer(VectorLayer):
    """Background features by class."""

    def tile_requests(self, tile: Tile, *, public: bool, narrowing: Narrowing) -> tuple[TileRequest, ...]:
        rows = f"""
            SELECT {mvt_geometry("p.geom")} AS geom, p.id, {self.tile_columns(tile.z)},
                   CASE WHEN p.name_th IS NOT NULL AND ST_Dimension(p.geom) = 2 THEN {NAMED_HERE} END AS named_here
            FROM base_feature p
            WHERE p.class = ANY(:classes) AND p.geom && {SEARCH_BOX}"""
        classes = [name for name, zoom in FIRST_ZOOM.items() if tile.z >= zoom]
        return (TileRequest(mvt(rows, self.name), VERSION_SQL, {**tile.parameters(), "classes": classes}),)


BASE = BaseMapLayer(
    name="base",
    title="แผนที่ฐาน",
    title_en="Base map",
    geometry_type="Geometry",
    minzoom=min(FIRST_ZOOM.values()),
    maxzoom=15,
    fields=(
        Field("id", "ลำดับ", "Number", "integer", "p.id"),
        Field("class", "ชนิด", "Class", "text", "p.class", "class"),
        Field("name", "ชื่อ", "Name", "text", "p.name_th", "name"),
        Field("fictional", "ข้อมูลสมมุติ", "Fictional", "boolean", "p.fictional"),
    ),
    legend=(
        LegendEntry("field", "พื้นที่เกษตร", "Fields", "base-field"),
        LegendEntry("wood", "ป่า", "Wood", "base-wood"),
        LegendEntry("settlement", "ชุมชน", "Settlement", "base-settlement"),
        LegendEntry("stream", "ทางน้ำ", "Stream", "base-stream"),
        LegendEntry("water", "แหล่งน้ำเดิม", "Existing water", "base-water"),
        LegendEntry("state_road", "ทางหลวง", "State road", "base-state-road"),
        LegendEntry("road", "ถนนเดิม", "Existing road", "base-road"),
    ),
    style_field="class",
    attribution="ข้อมูลตัวอย่าง",
    key="p.id",
    key_is_number=True,
    source="base_feature p",
    shape="ST_Transform(p.geom, 4326)",
)
