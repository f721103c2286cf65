"""Limits: provinces, amphoes, tambons and the territories of organisations, simplified per zoom."""

from __future__ import annotations

from dataclasses import dataclass

from layers.base import (
    BOX,
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

BANDS = (5, 7, 9, 11, 13, 22)
"""Largest zoom that each set of simplified shapes serves."""
NAMED_HERE = f"ST_Intersects(ST_PointOnSurface(p.geom), {BOX})"
"""SQL: an area lies in many tiles; its name is written in the one that holds its inner point."""
VERSION_SQL = "SELECT coalesce(sum(changes), 0)::bigint FROM read_tile_version WHERE layer = :level AND zoom = 0"


def band(zoom: int) -> int:
    """Set of shapes that serves a zoom.

    Examples
    --------
    >>> band(6), band(15)
    (7, 22)
    """
    return next(last for last in BANDS if zoom <= last)


@dataclass(frozen=True, kw_only=True)
class AreaLayer(VectorLayer):
    """Areas of one level.

    Parameters
    ----------
    level
        ``province``, ``amphoe``, ``tambon`` or ``organisation``.
    """

    level: str

    def tile_requests(self, tile: Tile, *, public: bool, narrowing: Narrowing) -> tuple[TileRequest, ...]:
        rows = f"""
            SELECT {mvt_geometry("p.geom")} AS geom, {self.tile_columns(tile.z)}, {NAMED_HERE} AS named_here
            FROM read_area_shape p
            WHERE p.band = :band AND p.level = :level AND p.geom && {SEARCH_BOX}"""
        params = {**tile.parameters(), "band": band(tile.z), "level": self.level}
        return (TileRequest(mvt(rows, self.name, identified=False), VERSION_SQL, params),)


def _areas(level: str, name: str, title: str, title_en: str, minzoom: int) -> AreaLayer:
    return AreaLayer(
        name=name,
        title=title,
        title_en=title_en,
        geometry_type="MultiPolygon",
        minzoom=minzoom,
        maxzoom=14,
        level=level,
        fields=(
            Field("code", "รหัสพื้นที่", "Area code", "text", "p.code", "code", popup=True),
            Field("name", "ชื่อ", "Name", "text", "p.name_th", "name", popup=True),
            Field("name_en", "ชื่อภาษาอังกฤษ", "English name", "text", "p.name_en", "name_en"),
            Field("parent_code", "รหัสพื้นที่ที่สังกัด", "Parent code", "text", "p.parent_code", "parent_code"),
            Field("fictional", "ข้อมูลสมมุติ", "Fictional", "boolean", "p.fictional", "fictional"),
        ),
        legend=(LegendEntry("", f"เขต{title}", f"Limit of {title_en.lower()}", "limit"),),
        attribution="กรมการปกครอง, OCHA COD-AB",
        licence="CC BY 3.0 IGO",
        key="p.code",
        source="area p",
        shape="p.geom",
        condition=f"p.level = '{level}' AND p.geom IS NOT NULL AND p.valid_to IS NULL",
    )


PROVINCES = _areas("province", "provinces", "จังหวัด", "Provinces", 0)
AMPHOES = _areas("amphoe", "amphoes", "อำเภอ", "Amphoes", 6)
TAMBONS = _areas("tambon", "tambons", "ตำบล", "Tambons", 8)

ORGANISATIONS = AreaLayer(
    name="organisations",
    title="เขต อปท.",
    title_en="Organisations",
    geometry_type="MultiPolygon",
    minzoom=8,
    maxzoom=14,
    level="organisation",
    fields=(
        Field("code", "รหัส อปท.", "Organisation code", "text", "p.code", "code", popup=True),
        Field("name", "ชื่อ อปท.", "Name", "text", "p.full_name_th", "name", "p.name_th", popup=True),
        Field("name_en", "ชื่อภาษาอังกฤษ", "English name", "text", "p.name_en", "name_en"),
        Field("type", "ประเภท อปท.", "Type", "text", "p.type_code", "type"),
        Field("province", "รหัสจังหวัด", "Province code", "text", "p.province_code", "province", "p.parent_code"),
        Field("fictional", "ข้อมูลสมมุติ", "Fictional", "boolean", "p.fictional", "fictional"),
    ),
    legend=(LegendEntry("", "เขต อปท.", "Limit of an organisation", "limit"),),
    attribution="กรมส่งเสริมการปกครองท้องถิ่น",
    licence="Open Government License - Thailand",
    key="p.code",
    source="organisation p",
    shape="p.territory",
    condition="p.territory IS NOT NULL AND p.valid_to IS NULL",
)
