"""Every real file beside the project brought in as a person would: ``python -m bench.real_files [FOLDER ...]``.

Each layer of each file is received, staged and, when nothing forbids it, accepted by the services that the page and
``eplan import`` use, for the provincial administrative organisation whose province holds most of it (the first one
where none does), and rolled back. ``EPLAN_BENCH_DATABASE`` names a database with the real organisations and areas.
One line each; the table of ``docs/developers/real-files.md`` is the output with the reasons written beside it.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import SYSTEM_ACTOR
from app.db import Database
from app.errors import AppError, InvalidInput
from app.models import ImportRow
from app.services import imports
from app.services.jobs import Silent
from app.settings import ROOT, Settings
from gis import crs
from gis.readers import ReadError, open_source

FOLDERS = [ROOT.parent / "shared" / "data" / name for name in ("messy", "roads_water")]
FISCAL_YEAR_BE = 2569


@dataclass(frozen=True)
class Territories:
    """Provincial organisations and their limits (EPSG:4326)."""

    codes: list[str]
    tree: shapely.STRtree

    @classmethod
    def read(cls, session: Session) -> Territories:
        """Those in force."""
        rows = session.execute(
            sa.text(
                "SELECT code, ST_AsBinary(ST_Simplify(territory, 0.001)) FROM organisation"
                " WHERE type_code = 'PAO' AND territory IS NOT NULL AND valid_to IS NULL ORDER BY code"
            )
        ).all()
        if not rows:
            raise SystemExit("EPLAN_BENCH_DATABASE has no provincial organisations: load the real reference data first")
        return cls([code for code, _ in rows], shapely.STRtree(shapely.from_wkb([bytes(wkb) for _, wkb in rows])))

    def holding(self, lonlat: np.ndarray) -> str:
        """The organisation that most of these positions lie in."""
        positions, found = self.tree.query(shapely.points(lonlat), predicate="intersects")
        return self.codes[np.bincount(found).argmax()] if len(positions) else self.codes[0]


@dataclass
class Look:
    """What the reader alone says of one layer."""

    kinds: Counter[str] = field(default_factory=Counter)
    lonlat: list[np.ndarray] = field(default_factory=list)


def look(path: Path, layer: str | None) -> tuple[Look, list[str]]:
    """Kinds and places of a layer's shapes, and the names of all layers."""
    seen = Look()
    with open_source(path, layer=layer) as source:
        layers = [one.name for one in source.layers]
        with contextlib.suppress(ReadError):
            for batch in source.batches():
                shapes = shapely.from_wkb(batch.column("geometry").to_numpy(zero_copy_only=False), on_invalid="ignore")
                seen.kinds.update("no shape" if shape is None else shape.geom_type for shape in shapes)
                if source.epsg in crs.OPERATIONS:
                    meant = crs.to_wgs84(shapes[~shapely.is_missing(shapes)], source.epsg)[0]
                    seen.lonlat.append(shapely.get_coordinates(shapely.force_2d(meant)))
    return seen, layers


def outcomes(session: Session, territories: Territories, folder: Path, path: Path) -> Iterator[str]:
    """What became of each layer of a file, as lines of a table."""
    seen, layers = look(path, None)
    for layer in layers if len(layers) > 1 else [None]:
        if layer is not None:
            seen, _ = look(path, layer)
        name = path.name if layer is None else f"{path.name}: {layer}"
        yield f"| {name} | {brought_in(session, territories, folder, path, layer, seen)} |"


def brought_in(
    session: Session, territories: Territories, folder: Path, path: Path, layer: str | None, seen: Look
) -> str:
    """Receive, stage, accept and roll back."""
    lonlat = np.vstack([*seen.lonlat, np.empty((0, 2))])
    lonlat = lonlat[np.isfinite(lonlat).all(axis=1)]
    lines = sum(count for kind, count in seen.kinds.items() if "Line" in kind)
    savepoint = session.begin_nested()
    try:
        with path.open("rb") as stream:
            received = imports.Received.keep(stream, path.name, folder)
        batch = imports.receive(
            session,
            SYSTEM_ACTOR,
            received,
            organisation_code=territories.holding(lonlat),
            fiscal_year_be=FISCAL_YEAR_BE,
            kind="road" if 2 * lines > seen.kinds.total() else "other",
            layer=layer,
        )
        try:
            batch = imports.stage(session, SYSTEM_ACTOR, batch.id, folder, Silent())
        except InvalidInput as error:
            return f"- | refused | {', '.join(problem.code for problem in error.problems)}"
        kinds = ", ".join(f"{count} {kind}" for kind, count in seen.kinds.most_common())
        told = f"{batch.format}, EPSG:{batch.epsg or '-'}, {batch.encoding or '-'}: {kinds}"
        said = [problem["code"] for problem in batch.problems] + rows_said(session, batch.id)
        try:
            done = imports.accept(session, SYSTEM_ACTOR, batch.id, Silent())
            end = f"accepted: {done.created} new"
        except InvalidInput as error:
            end = f"waits: {batch.error_count} of {batch.row_count} rows to mend"
            said += [code for code in dict.fromkeys(p.code for p in error.problems) if not any(code in s for s in said)]
        except AppError as error:
            end = f"waits: {error.code}"
        return f"{told} | {end} | {', '.join(said)}"
    finally:
        savepoint.rollback()


def rows_said(session: Session, batch_id: int) -> list[str]:
    """Codes of the rows' problems with how many rows have them."""
    counts: Counter[tuple[str, str]] = Counter()
    for (problems,) in session.execute(sa.select(ImportRow.problems).where(ImportRow.batch_id == batch_id)):
        counts.update({(problem["code"], problem["level"]) for problem in problems or ()})
    return [f"{code} {count}{' !' if level == 'error' else ''}" for (code, level), count in counts.most_common()]


def main(folders: list[Path]) -> None:
    """Print the table; folders that are not there are named and passed over."""
    url = os.environ.get("EPLAN_BENCH_DATABASE", "").replace("postgresql://", "postgresql+psycopg2://", 1)
    if not url:
        raise SystemExit("EPLAN_BENCH_DATABASE: a database with the real organisations and areas")
    engine = Database(Settings.from_environment(), url).engine
    with tempfile.TemporaryDirectory() as kept, engine.connect() as connection, Session(connection) as session:
        territories = Territories.read(session)
        print("| file | read as | what became of it | said (! is an error) |\n|---|---|---|---|")
        for folder in folders:
            if not folder.is_dir():
                print(f"{folder} is not there: nothing to read", file=sys.stderr)
                continue
            for path in sorted(path for path in folder.rglob("*") if path.is_file()):
                for line in outcomes(session, territories, Path(kept), path):
                    print(line, flush=True)
        session.rollback()


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]] or FOLDERS)
