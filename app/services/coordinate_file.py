"""The findings of the coordinate report as a file: for a spreadsheet, or for a map in another program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import shapely
from shapely.geometry import shape
from sqlalchemy.orm import Session

from app.messages import Language, sentence
from app.queries.coordinate_findings import MAX_LIMIT, FindingFilter, FindingView, findings_page
from gis import writers

_COLUMNS: Mapping[str, tuple[pa.DataType, str]] = {
    "project": (pa.string(), "รหัสโครงการ"),
    "name": (pa.string(), "ชื่อโครงการ"),
    "org_code": (pa.string(), "รหัส อปท."),
    "org_name": (pa.string(), "อปท."),
    "year_be": (pa.int32(), "ปีงบประมาณ"),
    "code": (pa.string(), "รหัสปัญหา"),
    "level": (pa.string(), "ระดับ"),
    "message": (pa.string(), "สิ่งที่พบ"),
    "offer": (pa.string(), "ตำแหน่งที่เสนอ"),
    "offer_score": (pa.float64(), "คะแนน"),
    "offer_wkt": (pa.string(), "รูปร่างที่เสนอ"),
}
_SCHEMA = pa.schema(
    [
        *(pa.field(name, kind, metadata={"title": title}) for name, (kind, title) in _COLUMNS.items()),
        pa.field("geometry", pa.binary()),
    ]
)


def write_findings(
    session: Session, narrowed: FindingFilter, path: Path, format: str, language: Language = "th"
) -> writers.Written:
    """Every finding of the filter at the place where it is (point, EPSG:4326), in any format of :mod:`gis.writers`."""
    return writers.write(
        path,
        format,
        _batches(session, narrowed, language),
        _SCHEMA,
        layer_name="coordinate_findings",
        title="พิกัดที่น่าสงสัย",
    )


def _batches(session: Session, narrowed: FindingFilter, language: Language) -> Iterator[pa.RecordBatch]:
    after = None
    while True:
        page = findings_page(session, narrowed, limit=MAX_LIMIT, after=after)
        rows = [_row(finding, language) for finding in page[:MAX_LIMIT]]
        yield pa.RecordBatch.from_pylist(rows, schema=_SCHEMA)
        if len(page) <= MAX_LIMIT:
            return
        after = page[MAX_LIMIT - 1].key


def _row(finding: FindingView, language: Language) -> dict[str, Any]:
    offer = finding.offered[0] if finding.offered else None
    return {
        "project": finding.project_code,
        "name": finding.name_th,
        "org_code": finding.organisation_code,
        "org_name": finding.organisation_name,
        "year_be": finding.fiscal_year_be,
        "code": finding.code,
        "level": finding.level,
        "message": sentence(finding.code, {**finding.problem["where"], **finding.problem["values"]}, language),
        "offer": sentence(offer["reason"], offer, language) if offer else None,
        "offer_score": offer["score"] if offer else None,
        "offer_wkt": shapely.to_wkt(shape(offer["geometry"]), rounding_precision=7) if offer else None,
        "geometry": shapely.to_wkb(shapely.Point(finding.lon, finding.lat)),
    }
