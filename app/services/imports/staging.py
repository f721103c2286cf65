"""Stage: the file read, checked and laid down, every problem with its row. Nothing of it is a project yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import shapely
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import InvalidInput
from app.models import ImportBatch, Organisation
from app.queries.imports import remembered_columns
from app.services.imports.along_roads import END, START, AlongRoads, unit_of_columns
from app.services.imports.codes import Codes, read_codes
from app.services.imports.columns import ColumnMap, chosen, guess, recalled
from app.services.imports.copying import SCHEMA, RowWriter, row_writer
from app.services.imports.doctoring import Doctoring
from app.services.imports.editing import recount
from app.services.imports.elsewhere import sent_for_another
from app.services.imports.existing import read_choices, read_existing
from app.services.imports.fields import BY_NAME, read_cell
from app.services.imports.offers import Mended, write_offers
from app.services.imports.pictures import FORMAT, stage_pictures
from app.services.imports.reading import ReadBatch, read_batch
from app.services.imports.receiving import clear_rows
from app.services.imports.reference import Reference, describe_encoding, find_reference
from app.services.imports.rules import Permissions, RowRules
from app.services.imports.shapes import ShapeChecks, estimated, forget_shape
from app.services.imports.suggesting import find_matches
from app.services.jobs import Progress
from gis import readers
from gis.problems import Problem
from gis.readers.source import GEOMETRY, ReadError, ReadSource

SAMPLE_ROWS = 200
SAMPLES_SHOWN = 3
MATCHED_ROWS = 50_000
"""Larger files find projects by code and by exact name only: nobody chooses among so many suggestions."""
STEP_READING = "import_step_reading"
STEP_FINISHING = "import_step_finishing"
STEP_MATCHING = "import_step_matching"


@dataclass
class Tally:
    """Counts of one staging."""

    rows: int = 0
    levels: Counter[str] = field(default_factory=Counter)
    new_projects: int = 0
    known_projects: int = 0
    without_geometry: int = 0
    bounds: tuple[float, float, float, float] | None = None

    def widen(self, geometries: Any) -> None:
        """Let the bounds hold these geometries too; what lies outside Thailand does not count."""
        box = shapely.bounds(geometries)
        box = box[np.isfinite(box).all(axis=1)]
        if not len(box):
            return
        low, high = box[:, :2].min(axis=0), box[:, 2:].max(axis=0)
        if self.bounds is not None:
            low, high = np.minimum(low, self.bounds[:2]), np.maximum(high, self.bounds[2:])
        self.bounds = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))


def stage(session: Session, actor: Actor, batch_id: int, folder: Path, progress: Progress) -> ImportBatch:
    """Read the batch's file with its present choices and lay down its rows; earlier rows are replaced.

    One transaction of the caller: a staging that is stopped half-way leaves what was there before.

    Parameters
    ----------
    folder
        Where uploads are kept.

    Raises
    ------
    app.services.jobs.Cancelled
        The owner asked to stop.
    InvalidInput
        ``import_unreadable`` with the reasons: the file, not a row of it, is wrong.
    """
    batch = session.get_one(ImportBatch, batch_id, with_for_update=True, populate_existing=True)
    organisation = session.get_one(Organisation, batch.organisation_code)
    clear_rows(session, batch_id)
    batch.row_count = batch.error_count = batch.warning_count = 0
    progress.step(0, None, STEP_READING)
    codes = read_codes(session, organisation)
    path = folder / batch.stored_name
    if not path.exists():
        raise InvalidInput([Problem("import_file_gone")], "import_file_gone")
    with readers.open_source(
        path,
        encoding=_asked(batch, "encoding"),
        epsg=_asked(batch, "epsg"),
        layer=batch.layer,
        name=batch.file_name,
    ) as source:
        if source.errors:
            raise InvalidInput(source.problems, "import_unreadable")
        try:
            _Staging(session, actor, batch, organisation, codes, source, progress).run()
        except ReadError as error:
            raise InvalidInput([error.problem], "import_unreadable") from error
    session.flush()
    batch.problems = [*batch.problems, *(p.as_dict() for p in sent_for_another(session, batch, organisation))]
    stage_pictures(session, actor, batch, path, progress)
    if batch.row_count <= MATCHED_ROWS:
        progress.step(batch.row_count, batch.row_count, STEP_MATCHING)
        find_matches(session, batch)
    recount(session, batch)
    batch.status = "STAGED"
    session.flush()
    return batch


def _asked(batch: ImportBatch, name: str) -> Any:
    return batch.detected.get("asked", {}).get(name)


class _Staging:
    """State of one staging."""

    def __init__(
        self,
        session: Session,
        actor: Actor,
        batch: ImportBatch,
        organisation: Organisation,
        codes: Codes,
        source: ReadSource,
        progress: Progress,
    ) -> None:
        self.session, self.batch, self.organisation = session, batch, organisation
        self.codes, self.source, self.progress = codes, source, progress
        self.tally = Tally()
        self.columns = ColumnMap({}, {})
        self.problems: list[Problem] = list(source.problems)
        self.edits: Mapping[str, Mapping[str, str]] = batch.detected.get("edits", {})
        self.permissions = Permissions.of(actor, organisation)
        self.rules: RowRules | None = None
        self.checks = ShapeChecks(session, batch.kind, organisation)
        self.roads = AlongRoads(session)
        self.along = 0
        self.mended = Mended.of(batch)
        self.reference = Reference(source.epsg, source.crs_candidates, 1.0, "file")

    def run(self) -> None:
        total = self.source.feature_count
        with row_writer(self.session) as writer:
            for batch in self.source.batches():
                rules = self.rules or self.begin(batch)
                self.write(writer, batch, rules)
                self.progress.step(self.tally.rows, total, STEP_READING)
        self.progress.step(self.tally.rows, self.tally.rows, STEP_FINISHING)
        if self.rules is None:
            self.columns = self.map_columns({})
        self.finish()

    def begin(self, first: pa.RecordBatch) -> RowRules:
        """What the first rows tell: coordinate system, which column is which, which projects may be meant."""
        self.reference = find_reference(
            self.source, _asked(self.batch, "epsg"), first.column(GEOMETRY), self.checks.territory
        )
        self.doctoring = Doctoring(self.session, self.organisation, self.checks.territory, self.reference.epsg)
        if self.reference.epsg is not None:
            self.problems = [problem for problem in self.problems if problem.code != "crs_unknown_numbers"]
        self.problems += self.reference.problems
        sample = first.slice(0, SAMPLE_ROWS)
        cells = {name: sample.column(name).to_pylist() for name in self.source.columns}
        self.columns = self.map_columns(cells)
        self.codes = replace(self.codes, chainage_unit_m=unit_of_columns(self.columns.columns, cells))
        years = None if "fiscal_year" in self.columns.columns else [self.batch.fiscal_year_be]
        existing = read_existing(self.session, self.organisation.code, self.batch.kind, years)
        if "budget_baht" in self.columns.columns and not self.permissions.budget:
            self.problems.append(
                Problem(
                    "budget_not_taken",
                    "warning",
                    {"field": "budget_baht"},
                    {"column": self.columns.columns["budget_baht"]},
                )
            )
        choices = read_choices(self.session, self.batch.id)
        existing.look_up(self.session, (code for code in choices.values() if code))
        self.rules = RowRules(self.batch.fiscal_year_be, self.batch.kind, self.permissions, existing, choices)
        return self.rules

    def map_columns(self, sample: Mapping[str, Any]) -> ColumnMap:
        names = self.source.columns
        # The name of a photograph's file is not the name of a work, however much it reads like one.
        guessed = guess(() if self.source.format == FORMAT else names, sample, self.batch.kind, self.codes)
        remembered = remembered_columns(self.session, self.organisation.code, self.batch.kind, names)
        if remembered:
            guessed = recalled(guessed, remembered, names)
        result = chosen(names, self.batch.detected.get("asked", {}).get("columns", {}), self.batch.kind, guessed)
        self.problems += result.problems
        self.batch.detected = {
            **self.batch.detected,
            "columns": [
                {
                    "name": name,
                    "samples": [str(v)[:60] for v in sample.get(name, ()) if v is not None][:SAMPLES_SHOWN],
                }
                for name in names
            ],
            "place_columns": list(self.source.place_columns),
            "confidence": dict(result.confidence),
            "columns_remembered": bool(remembered),
        }
        return result

    def write(self, writer: RowWriter, batch: pa.RecordBatch, rules: RowRules) -> None:
        read = read_batch(batch, self.columns.columns, self.reference.epsg, self.codes)
        if self.edits:
            self.apply_edits(read)
        unknown = self.doctoring.unknown_tambons(read)
        if unknown:
            writer.wait()  # reading them needs the connection
            self.doctoring.learn_tambons(unknown)
        self.place_along_roads(writer, read)
        self.check_shapes(read)
        if "code" in read.values:
            writer.wait()
            rules.existing.look_up(self.session, (code for code in read.values["code"] if code))
        rows = rules.apply(read)
        self.tally.rows += len(read.row_numbers)
        self.tally.levels.update(rows.levels)
        self.tally.new_projects += rows.new_projects
        self.tally.known_projects += rows.known_projects
        writer.write(_record_batch(self.batch.id, read, rows.levels, rows.project_codes, rows.project_ids))
        if read.offers:
            writer.wait()
            write_offers(self.session, self.batch.id, read, self.mended)

    def apply_edits(self, read: ReadBatch) -> None:
        """Cells that a person has mended in the table stay mended when the file is read again."""
        for row, number in enumerate(read.row_numbers.tolist()):
            for name, text in self.edits.get(str(number), {}).items():
                if name not in BY_NAME:
                    continue
                value, problem = read_cell(BY_NAME[name], text, self.codes)
                read.values.setdefault(name, [None] * len(read.row_numbers))[row] = value
                kept = [p for p in read.problems.pop(row, []) if p.where.get("field") != name]
                if problem is not None:
                    kept.append(problem)
                if kept:
                    read.problems[row] = kept

    def place_along_roads(self, writer: RowWriter, read: ReadBatch) -> None:
        """Rows that tell a stretch of a registered road get its line."""
        if START not in read.values:
            return
        unknown = self.roads.unknown(read)
        if unknown:
            writer.wait()
            self.roads.learn(unknown)
        self.along += len(self.roads.place(read))

    def check_shapes(self, read: ReadBatch) -> None:
        """Check, let the doctor look at what is doubtful, and mend what a person has asked to be mended."""
        shapes = read.geometries
        missing = shapely.is_missing(shapes)
        self.tally.without_geometry += int(
            (missing & shapely.is_missing(read.given) if read.undecided else missing).sum()
        )
        sound = self.checks.check(read)
        if len(sound):
            self.tally.widen(shapes[sound])
        self.doctoring.examine(read)
        numbers = read.row_numbers
        mended = [row for row, offer in read.offers.items() if self.mended.takes(int(numbers[row]), offer.code)]
        for row in mended:
            forget_shape(read, row)
            shapes[row] = read.offers[row].shape
        if mended:
            self.tally.without_geometry += sum(shapes[row] is None for row in mended)
            sound = self.checks.check(read, mended)
            if len(sound):
                self.tally.widen(shapes[sound])
            for row in mended:
                estimated(read, row, read.offers[row].problems)

    def finish(self) -> None:
        batch, tally, source = self.batch, self.tally, self.source
        if tally.rows == 0 and not any(problem.is_error for problem in self.problems):
            self.problems.append(Problem("import_no_rows"))
        # A photograph has no columns: its project is chosen, or its name typed.
        if tally.rows and not {"name", "code"} & set(self.columns.columns) and source.format != FORMAT:
            self.problems.append(
                Problem("name_column_missing", where={"field": "name"}, values={"columns": list(self.source.columns)})
            )
        if tally.rows > MATCHED_ROWS:
            values = {"rows": tally.rows, "limit": MATCHED_ROWS}
            self.problems.append(Problem("matches_left_out", "info", values=values))
        batch.format, batch.layer, batch.encoding, batch.epsg = (
            source.format,
            source.layer,
            source.encoding,
            self.reference.epsg,
        )
        batch.column_map = dict(self.columns.columns)
        batch.row_count = tally.rows
        batch.error_count, batch.warning_count = tally.levels["error"], tally.levels["warning"]
        if START in self.columns.columns:
            self.tell_of_roads()
        batch.problems = [problem.as_dict() for problem in self.problems]
        batch.detected = {
            **batch.detected,
            "encoding": describe_encoding(source),
            "crs": self.reference.as_dict(),
            "layers": [layer.name for layer in source.layers],
            "new_projects": tally.new_projects,
            "known_projects": tally.known_projects,
            "without_geometry": tally.without_geometry,
            "bounds": tally.bounds,
            "chainage_unit_m": self.codes.chainage_unit_m,
        }

    def tell_of_roads(self) -> None:
        """How the columns of chainage were taken; a table that has them needs no columns of coordinates."""
        self.problems = [problem for problem in self.problems if problem.code != "table_without_coordinates"]
        names = [self.columns.columns[name] for name in (START, END) if name in self.columns.columns]
        values = {"columns": ", ".join(names), "rows": self.along}
        code = "placed_by_chainage" if self.codes.chainage_unit_m != 1.0 else "placed_by_chainage_metres"
        self.problems.append(Problem(code, "info", {"field": START}, values))


def _record_batch(
    batch_id: int, read: ReadBatch, levels: list[str], codes: list[str | None], ids: list[int | None]
) -> pa.RecordBatch:
    count = len(read.row_numbers)
    problems: list[bytes | None] = [None] * count
    raw = [b"{}"] * count
    for row, found in read.problems.items():
        problems[row] = orjson.dumps([problem.as_dict() for problem in found])
    for row, cells in read.raw.items():
        raw[row] = orjson.dumps(cells)
    ewkb = shapely.to_wkb(shapely.set_srid(read.geometries, 4326), include_srid=True)
    return pa.record_batch(
        [
            pa.array(np.full(count, batch_id), pa.int64()),
            pa.array(read.row_numbers, pa.int32()),
            pa.array(raw, pa.string()),
            pa.array(_json_rows(read.values, count), pa.string()),
            pa.array(ewkb, pa.binary()),
            pa.array(codes, pa.string()),
            pa.array(ids, pa.int64()),
            pa.array(levels, pa.string()),
            pa.array(problems, pa.string()),
        ],
        schema=SCHEMA,
    )


def _json_rows(columns: Mapping[str, Sequence[Any]], count: int) -> list[bytes]:
    """Each row as a JSON object of the cells that say something; most rows have all of them."""
    names = list(columns)
    return [
        orjson.dumps(
            dict(zip(names, cells, strict=True))
            if None not in cells
            else {name: cell for name, cell in zip(names, cells, strict=True) if cell is not None}
        )
        for cells in (zip(*columns.values(), strict=True) if names else ((),) * count)
    ]
