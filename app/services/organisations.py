"""The register of local administrative organisations, the tambons they cover and their territory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.errors import InvalidInput
from app.models import Area, Organisation, OrganisationCoverage
from app.services.loading import (
    Progress,
    Summary,
    TableChange,
    merge_staged,
    row_count,
    silent,
    stage,
)
from app.services.reference_files import ewkb, read_csv
from gis.problems import Problem
from gis.thai import normalise

# type names of the register -> keys of codelists/lao_types.csv
TYPES = {
    "PAO": "PAO",
    "TAO": "SAO",
    "TESSABAN_NAKHON": "CITY_MUNI",
    "TESSABAN_MUEANG": "TOWN_MUNI",
    "TESSABAN_TAMBON": "SUBDISTRICT_MUNI",
    "SPECIAL": "SPECIAL",
}
EXTENTS = {"completely": "complete", "partially": "partial"}
# an office that stands in for an unknown one is only a point somewhere inside the tambon
_STAND_IN = "tambon representative point"

_REQUIRED = (
    "dla_code",
    "type",
    "full_name_th",
    "name_th",
    "name_en",
    "geocode_xml",
    "province_code",
    "amphoe_code",
    "lat",
    "lon",
    "point_source",
)
_COVERAGE_REQUIRED = ("host_code", "tambon_code", "coverage", "dla_code")
_COLUMNS = (
    "code",
    "type_code",
    "name_th",
    "full_name_th",
    "name_en",
    "province_code",
    "amphoe_code",
    "office",
    "office_is_real",
    "area_km2",
    "url",
    "attributes",
)
# what else the register says and nothing computes with
_ATTRIBUTES = (
    "geocode_xml",
    "point_source",
    "size_class",
    "latest_council_term",
    "wikidata",
    "dola_code_2017",
    "dla_code_2023",
)


def organisation_code(dla_code: str, geocode: str) -> str:
    """The code as text: the department's eight digits with their leading zero, else ``X`` and the register's code.

    Examples
    --------
    >>> organisation_code("6110112", "110111"), organisation_code("", "1192")
    ('06110112', 'X1192')
    """
    return dla_code.strip().zfill(8) if dla_code.strip() else f"X{geocode.strip()}"


def load_organisations(
    session: Session, path: Path, coverage: Path | None = None, progress: Progress = silent
) -> Summary:
    """Load organisations, with ``coverage`` the tambons they cover, and compute every territory.

    Parameters
    ----------
    session
        Open transaction.
    path
        CSV of the register.
    coverage
        CSV of organisation x tambon, ``completely`` or ``partially``. A row without a ``dla_code`` is matched by its
        ``host_code``. Pairs of these organisations that the file no longer has are removed.
    progress
        Told about every step.

    Raises
    ------
    InvalidInput
        Unknown types, codes used twice, coordinates that are no numbers: all of them at once; nothing is written.
    """
    lines = read_csv(path, _REQUIRED)
    codes = [organisation_code(line["dla_code"], line["geocode_xml"]) for line in lines]
    problems = _check(lines, codes)
    if problems:
        raise InvalidInput(problems)
    known = set(session.scalars(sa.select(Area.code)))
    accepted, rejected = _split_by_area(lines, codes, known)
    progress("organisation", 0, len(accepted))
    stage(session, Organisation, "load_organisation", _COLUMNS, _rows(accepted))
    changes = [merge_staged(session, Organisation, "load_organisation", ("code",), _COLUMNS)]
    progress("organisation", len(accepted), len(accepted))
    if coverage is not None:
        by_host = {line["geocode_xml"]: code for line, code in zip(lines, codes, strict=True)}
        change, more = _load_coverage(session, coverage, by_host, {code for _, code in accepted}, known)
        changes.append(change)
        rejected += more
    progress("territory", 0, None)
    territories = set_territories(session)
    progress("territory", territories, territories)
    return Summary(tuple(changes), tuple(rejected), {"territories_changed": territories})


def _check(lines: list[dict[str, str]], codes: list[str]) -> list[Problem]:
    problems = [
        Problem("organisation_twice", where={"organisation": code}, values={"organisation": code, "times": times})
        for code, times in Counter(codes).items()
        if times > 1
    ]
    for row, line in enumerate(lines, start=2):
        if line["type"] not in TYPES:
            problems.append(Problem("organisation_type_unknown", where={"row": row}, values={"type": line["type"]}))
        try:
            float(line["lon"]), float(line["lat"])
        except ValueError:
            problems.append(
                Problem("organisation_point", where={"row": row}, values={"lon": line["lon"], "lat": line["lat"]})
            )
    return problems


def _split_by_area(
    lines: list[dict[str, str]], codes: list[str], known: set[str]
) -> tuple[list[tuple[dict[str, str], str]], list[Problem]]:
    accepted: list[tuple[dict[str, str], str]] = []
    rejected: list[Problem] = []
    for line, code in zip(lines, codes, strict=True):
        missing = [area for area in (line["province_code"], line["amphoe_code"]) if area and area not in known]
        if missing:
            values = {"organisation": line["full_name_th"], "area": missing}
            rejected.append(Problem("organisation_area_unknown", "warning", {"organisation": code}, values))
        else:
            accepted.append((line, code))
    return accepted, rejected


def _rows(accepted: list[tuple[dict[str, str], str]]) -> list[tuple[Any, ...]]:
    lon = np.array([float(line["lon"]) for line, _ in accepted])
    lat = np.array([float(line["lat"]) for line, _ in accepted])
    offices = ewkb(shapely.points(lon, lat))
    return [
        (
            code,
            TYPES[line["type"]],
            normalise(line["name_th"]),
            normalise(line["full_name_th"]),
            line["name_en"] or None,
            line["province_code"],
            line["amphoe_code"] or None,
            office,
            line["point_source"] != _STAND_IN,
            _area_km2(line),
            line.get("url") or None,
            {name: line[name] for name in _ATTRIBUTES if line.get(name)},
        )
        for (line, code), office in zip(accepted, offices, strict=True)
    ]


def _area_km2(line: Mapping[str, str]) -> Decimal | None:
    """The newer of the two areas that the register gives."""
    text = line.get("area_km2_dla2023") or line.get("area_km2_dola2017")
    return Decimal(text) if text else None


def _load_coverage(
    session: Session, path: Path, by_host: Mapping[str, str], loaded: set[str], known: set[str]
) -> tuple[TableChange, list[Problem]]:
    pairs: dict[tuple[str, str], str] = {}
    rejected = []
    for row, line in enumerate(read_csv(path, _COVERAGE_REQUIRED), start=2):
        dla_code = line["dla_code"].strip()
        code = dla_code.zfill(8) if dla_code else by_host.get(line["host_code"], "")
        extent = EXTENTS.get(line["coverage"])
        reason = _coverage_reason(code in loaded, line["tambon_code"] in known, extent)
        if reason or extent is None:
            values = {"host": line["host_code"], "area": line["tambon_code"], "extent": line["coverage"]}
            rejected.append(Problem(reason, "warning", {"row": row}, values))
            continue
        # a register that names a pair twice means the larger of the two
        if pairs.get((code, line["tambon_code"])) != "complete":
            pairs[code, line["tambon_code"]] = extent
    columns = ("organisation_code", "tambon_code", "extent")
    rows = ((code, tambon, extent) for (code, tambon), extent in pairs.items())
    stage(session, OrganisationCoverage, "load_coverage", columns, rows)
    removed = row_count(
        session,
        "DELETE FROM organisation_coverage c USING load_organisation o WHERE o.code = c.organisation_code AND NOT "
        "EXISTS (SELECT FROM load_coverage l WHERE (l.organisation_code, l.tambon_code) "
        "= (c.organisation_code, c.tambon_code))",
    )
    change = merge_staged(session, OrganisationCoverage, "load_coverage", columns[:2], columns)
    return TableChange(change.table, change.inserted, change.updated, change.unchanged, removed), rejected


def _coverage_reason(organisation_known: bool, tambon_known: bool, extent: str | None) -> str:
    if not organisation_known:
        return "coverage_organisation_unknown"
    if not tambon_known:
        return "coverage_tambon_unknown"
    return "" if extent else "coverage_extent_unknown"


def set_territories(session: Session) -> int:
    """Compute the territory of every organisation, set-based; returns how many changed.

    An organisation's own boundary comes first; without one the union of the tambons that it covers, wholly or in
    part, stands in; a PAO has its province. Where nothing is known the territory is NULL.
    """
    # Worked out once and on its own: just after a load the planner knows nothing of the tables' size, and a join that
    # it believes to be tiny would unite the same tambons again for every organisation.
    session.execute(sa.text("DROP TABLE IF EXISTS pg_temp.load_territory"))
    session.execute(
        sa.text(
            """
            CREATE TEMPORARY TABLE load_territory ON COMMIT DROP AS
            WITH covered AS MATERIALIZED (
                SELECT c.organisation_code AS code, ST_Multi(ST_Union(a.geom ORDER BY a.code)) AS shape
                FROM organisation_coverage c JOIN area a ON a.code = c.tambon_code
                GROUP BY c.organisation_code
            )
            SELECT o.code, coalesce(o.boundary, covered.shape, province.geom) AS shape
            FROM organisation o
            LEFT JOIN covered USING (code)
            LEFT JOIN area province ON o.type_code = 'PAO' AND province.code = o.province_code
            """
        )
    )
    session.execute(sa.text("CREATE UNIQUE INDEX ON load_territory (code)"))
    session.execute(sa.text("ANALYZE load_territory"))
    return row_count(
        session,
        "UPDATE organisation o SET territory = t.shape FROM load_territory t "
        "WHERE t.code = o.code AND o.territory IS DISTINCT FROM t.shape",
    )
