"""``eplan import``: the same receive, stage and accept as the web, in this process, with its progress shown."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import orjson

from app.auth.actor import SYSTEM_ACTOR
from app.cli.bar import Bar
from app.cli.context import database, settings
from app.db import SYSTEM, Database, upload_dir
from app.errors import AppError, InvalidInput, NotFound
from app.messages import Language, fix, sentence
from app.queries.import_rows import RowView, list_rows
from app.queries.import_shapes import geometry_texts
from app.queries.imports import BatchView, get_batch
from app.services import imports
from app.services.imports.fields import FIELDS
from app.services.jobs import Silent
from gis.problems import Problem

PAGE = 1_000
LISTED = 200
"""Problems that are printed for a person; ``--json`` has all of them."""


def _column_map(_context: click.Context, _parameter: click.Parameter, given: Sequence[str]) -> dict[str, str | None]:
    known = {field.name for field in FIELDS}
    mapped: dict[str, str | None] = {}
    for text in given:
        field, sign, column = text.partition("=")
        if not sign or field not in known:
            raise click.BadParameter(f"{text!r}: FIELD=COLUMN, FIELD = {', '.join(sorted(known))}")
        mapped[field] = column or None
    return mapped


@click.command(name="import")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organisation", metavar="CODE", help="Code of the organisation that owns the projects.")
@click.option("--fiscal-year", "fiscal_year", type=int, metavar="2569", help="Fiscal year, Buddhist era.")
@click.option("--kind", type=click.Choice(["road", "water", "other"]), help="Kind of project.")
@click.option("--epsg", type=int, help="Coordinate system of the numbers in the file; found out when not given.")
@click.option("--encoding", help="Encoding of the file's text; found out when not given.")
@click.option("--layer", help="Layer of a file that has several.")
@click.option(
    "--map",
    "columns",
    multiple=True,
    callback=_column_map,
    metavar="FIELD=COLUMN",
    help="Which column is which field; repeat it. FIELD= leaves a field out.",
)
@click.option(
    "--match",
    "match",
    is_flag=False,
    flag_value=imports.SURE,
    type=click.FloatRange(0, 1),
    metavar="[SCORE]",
    help="Also take suggested projects that score at least so much (0.9 when no number is given). Without it a row"
    " lands on a stored project only by its code, or by exactly the same name and year with no other amount.",
)
@click.option(
    "--undo",
    "undo",
    type=int,
    metavar="BATCH",
    help="Take an accepted import back as a whole, in place of importing: its projects are withdrawn, coordinates of"
    " others return to the version before. Refused when somebody has changed one of them since.",
)
@click.option("--dry-run", is_flag=True, help="Stage and check only; nothing is kept.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def command(
    file: Path | None,
    organisation: str | None,
    fiscal_year: int | None,
    kind: str | None,
    epsg: int | None,
    encoding: str | None,
    layer: str | None,
    columns: Mapping[str, str | None],
    match: float | None,
    undo: int | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Bring projects or their coordinates in from FILE: all of it, or nothing and every problem listed."""
    bar = Silent() if as_json else Bar()
    db = database()
    if undo is not None:
        sys.exit(_undo(db, undo, bar, as_json))
    if file is None or organisation is None or fiscal_year is None or kind is None:
        raise click.UsageError("FILE, --organisation, --fiscal-year and --kind are needed, or --undo BATCH")
    folder = upload_dir(settings())
    with file.open("rb") as stream:
        received = imports.Received.keep(stream, file.name, folder)
    batch_id: int | None = None
    try:
        with db.transaction(SYSTEM) as session:
            batch_id = imports.receive(
                session,
                SYSTEM_ACTOR,
                received,
                organisation_code=organisation,
                fiscal_year_be=fiscal_year,
                kind=kind,
                epsg=epsg,
                encoding=encoding,
                layer=layer,
                columns=columns,
            ).id
        outcome = _run(db, batch_id, folder, bar, match=match, dry_run=dry_run)
    except InvalidInput as error:
        outcome = _Outcome(batch_id, False, error.problems)
    finally:
        if isinstance(bar, Bar):
            bar.end()
    (_print_json if as_json else _print_text)(db, outcome, dry_run)
    if dry_run and batch_id is not None:
        _forget(db, batch_id)
    if dry_run or batch_id is None:
        (folder / received.stored_name).unlink(missing_ok=True)
    sys.exit(0 if outcome.good else 1)


def _undo(db: Database, batch_id: int, bar: Any, as_json: bool) -> int:
    """Exit code: 0 undone, 1 refused with every reason."""
    problems: list[Problem] = []
    undone: imports.Undone | None = None
    try:
        with db.transaction(SYSTEM) as session:
            undone = imports.undo(session, SYSTEM_ACTOR, batch_id, bar)
    except InvalidInput as error:
        problems = error.problems
    except AppError as error:
        problems = [Problem(error.code, values=error.values)]
    finally:
        if isinstance(bar, Bar):
            bar.end()
    if as_json:
        answer = {"batch": batch_id, "undone": undone is not None, "withdrawn": 0, "returned": 0}
        answer |= undone.as_dict() if undone else {}
        lines = [_line(problem.as_dict()) for problem in problems]
        click.echo(orjson.dumps({**answer, "problems": lines}).decode())
    elif undone is not None:
        click.echo(f"เลิกทำแล้ว: ถอนโครงการ {undone.withdrawn:,} · คืนพิกัดเดิม {undone.returned:,}")
    else:
        for problem in problems:
            _echo(None, problem.as_dict())
        click.echo("ยังไม่มีอะไรเปลี่ยน · nothing was changed")
    return 0 if undone is not None else 1


class _Outcome:
    """How it ended.

    Parameters
    ----------
    problems
        Problems of the file as a whole, or of accepting it.
    """

    def __init__(
        self, batch_id: int | None, accepted: bool, problems: Sequence[Problem] = (), *, good: bool = False
    ) -> None:
        self.batch_id = batch_id
        self.accepted = accepted
        self.problems = list(problems)
        self.good = accepted or good


def _run(db: Database, batch_id: int, folder: Path, bar: Any, *, match: float | None, dry_run: bool) -> _Outcome:
    try:
        with db.transaction(SYSTEM) as session:
            imports.stage(session, SYSTEM_ACTOR, batch_id, folder, bar)
            if match is not None:
                imports.take_matches(session, SYSTEM_ACTOR, batch_id, match)
    except InvalidInput as error:
        with db.transaction(SYSTEM) as session:
            imports.reopen(session, batch_id, error.problems)
        return _Outcome(batch_id, False, error.problems)
    view = _batch(db, batch_id)
    if dry_run or not view.acceptable:
        return _Outcome(batch_id, False, good=dry_run and view.acceptable)
    try:
        with db.transaction(SYSTEM) as session:
            imports.accept(session, SYSTEM_ACTOR, batch_id, bar)
    except InvalidInput as error:
        return _Outcome(batch_id, False, error.problems)
    except AppError as error:
        return _Outcome(batch_id, False, [Problem(error.code, values=error.values)])
    return _Outcome(batch_id, True)


def _batch(db: Database, batch_id: int) -> BatchView:
    with db.reading() as session:
        view = get_batch(session, batch_id)
    if view is None:
        raise NotFound("import_not_found", {"batch": batch_id})
    return view


def _forget(db: Database, batch_id: int) -> None:
    with db.transaction(SYSTEM) as session:
        imports.cancel(session, SYSTEM_ACTOR, batch_id)


def _rows(db: Database, batch_id: int, *, only_problems: bool = False) -> Iterator[tuple[RowView, str | None]]:
    """Rows with their geometry, a page at a time."""
    after = -1
    while True:
        with db.reading() as session:
            page = list_rows(session, batch_id, after=after, limit=PAGE)
            shown = [row for row in page if row.problems or not only_problems]
            shapes = {} if only_problems else geometry_texts(session, batch_id, [row.row_number for row in shown])
        if not page:
            return
        after = page[-1].row_number
        for row in shown:
            yield row, shapes.get(row.row_number)


def _line(problem: Mapping[str, Any], language: Language = "th") -> dict[str, Any]:
    known = {**problem["where"], **problem["values"]}
    return {
        "code": problem["code"],
        "level": problem["level"],
        "field": problem["where"].get("field"),
        "message": sentence(problem["code"], known, language),
        "fix": fix(problem["code"], known, language),
    }


def _print_json(db: Database, outcome: _Outcome, _dry_run: bool) -> None:
    """The document of the contract, written row by row: memory stays flat for any file."""
    out = sys.stdout.buffer
    problems: list[Mapping[str, Any]] = [problem.as_dict() for problem in outcome.problems]
    head: dict[str, Any] = {"batch": outcome.batch_id, "accepted": outcome.accepted, "epsg": None, "encoding": None}
    if outcome.batch_id is not None:
        view = _batch(db, outcome.batch_id)
        head |= {"epsg": view.epsg, "encoding": view.encoding}
        problems = [*problems, *(p for p in view.problems if p not in problems)]
    out.write(orjson.dumps(head)[:-1] + b',"rows":[')
    if outcome.batch_id is not None:
        for number, (row, shape) in enumerate(_rows(db, outcome.batch_id)):
            entry = {
                "row": row.row_number,
                "project": row.project_code,
                "geometry": orjson.Fragment(shape) if shape else None,
                "problems": [_line(problem) for problem in row.problems],
            }
            out.write((b"," if number else b"") + orjson.dumps(entry))
    lines = [{**_line(problem), **({"row": r} if (r := problem["where"].get("row")) else {})} for problem in problems]
    out.write(b'],"problems":' + orjson.dumps(lines) + b"}\n")
    out.flush()


def _print_text(db: Database, outcome: _Outcome, dry_run: bool) -> None:
    if outcome.batch_id is not None:
        view = _batch(db, outcome.batch_id)
        click.echo(
            f"{view.file_name}: {view.row_count:,} แถว · พร้อมรับ {view.ok_count:,} · ต้องแก้ {view.error_count:,}"
            f" · ควรตรวจ {view.warning_count:,} · EPSG:{view.epsg or '–'} · {view.encoding or '–'}"
        )
        outcome.problems += [
            Problem(p["code"], p["level"], p["where"], p["values"])
            for p in view.problems
            if p not in [known.as_dict() for known in outcome.problems]
        ]
        if outcome.accepted:
            result = view.detected["result"]
            click.echo(f"รับแล้ว: โครงการใหม่ {result['created']:,} · บันทึกพิกัด {result['recorded']:,}")
        elif outcome.good:
            click.echo("ทดลองเท่านั้น ยังไม่มีอะไรถูกบันทึก · dry run, nothing was saved")
        else:
            click.echo("ยังไม่มีอะไรถูกบันทึก · nothing was saved")
    for problem in outcome.problems:
        _echo(None, problem.as_dict())
    if outcome.batch_id is not None and not outcome.accepted:
        _echo_rows(db, outcome.batch_id)


def _echo_rows(db: Database, batch_id: int) -> None:
    printed = 0
    for row, _ in _rows(db, batch_id, only_problems=True):
        for problem in row.problems:
            printed += 1
            if printed <= LISTED:
                _echo(row.row_number, problem)
    if printed > LISTED:
        click.echo(f"… อีก {printed - LISTED:,} ข้อ ดูทั้งหมดด้วย --json · {printed - LISTED:,} more, see --json", err=True)


def _echo(row: int | None, problem: Mapping[str, Any]) -> None:
    line = _line(problem)
    place = problem["where"].get("row") if row is None else row
    where = f"แถว {place}: " if place is not None else ""
    click.echo(f"{problem['level']:7} {where}{line['message']} {line['fix']}".rstrip(), err=True)
