"""``eplan analyse duplicates``: works at one place, and what they are to each other."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import click
import orjson

from app.cli.bar import Bar
from app.cli.context import database
from app.cli.pieces import pieces_options
from app.db import Attribution
from app.messages import fix, sentence
from app.services.duplicate_pairs import compared_pairs
from app.services.duplicates import refresh, stored_pairs
from app.services.duplicates_of_file import find_duplicates, read_works
from app.services.nation import cluster, duplicates_in_pieces, pieces_folder, write_works
from gis.overlap_classes import WARRANTY_YEARS
from gis.overlap_works import Verdict, Work
from gis.problems import Problem

COLUMNS = ("a", "b", "class", "score", "shared_m", "shared_share", "reasons")
SHOWN = 200
"""Pairs and rows that are printed for a person; ``--out`` has all pairs."""

_ATTRIBUTION = Attribution(user_id=None, name="eplan analyse")


@click.command(name="duplicates")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True), help="Write all pairs as CSV.")
@click.option("--epsg", type=int, help="Coordinate system of the numbers in FILE; found out when not given.")
@click.option("--encoding", help="Encoding of the file's text; found out when not given.")
@click.option(
    "--warranty",
    type=click.IntRange(0, 30),
    default=WARRANTY_YEARS,
    show_default=True,
    help="Years in which a repair is the contractor's.",
)
@pieces_options
@click.option("--anew", is_flag=True, help="Compare all stored works again, not only those that changed.")
def command(
    file: Path | None,
    out: Path | None,
    epsg: int | None,
    encoding: str | None,
    warranty: int,
    scheduler: str | None,
    folder: Path | None,
    anew: bool,
) -> None:
    """Find works at one place and say what they are to each other.

    Over what is stored: works that changed since the last time are compared again, and what is found stands on the page
    of duplicates; with another warranty nothing is kept. Or over FILE (any format of the import) with the columns id,
    organisation, fiscal_year_be, kind, name, budget_baht and geometry; nothing is stored. Pairs of stored works that
    only cross are left out.
    """
    if scheduler is not None:
        if file is not None:
            raise click.UsageError("--scheduler works on what is stored; leave FILE out")
        _in_pieces(scheduler, folder, out, warranty)
        return
    problems: Sequence[Problem] = ()
    if file is not None:
        read = read_works(file, epsg=epsg, encoding=encoding)
        problems = read.problems
        found: Iterator[list[tuple[Work, Work, Verdict]]] = (
            [(pair.a, pair.b, pair.verdict) for pair in batch] for batch in find_duplicates(read.works, warranty)
        )
        read_rows = f"{read.rows:,} แถว / rows, เทียบได้ / compared {len(read.works):,}"
    else:
        found = _kept(anew) if warranty == WARRANTY_YEARS else _stored(warranty)
        read_rows = ""
    counted: Counter[str] = Counter()
    with _writing(out) as write:
        for batch in found:
            for a, b, verdict in batch:
                counted[verdict.class_] += 1
                write(a, b, verdict)
    _tell(problems)
    told = "  ".join(f"{sentence('overlap_class_' + name, {})} {count:,}" for name, count in counted.most_common())
    click.echo(f"{read_rows}{' · ' if read_rows else ''}{counted.total():,} คู่ / pairs  {told}".rstrip(), err=True)


def _in_pieces(scheduler: str, folder: Path | None, out: Path | None, warranty: int) -> None:
    """Every pair within reach, crossings too, of everything that is stored; nothing is kept."""
    bar = Bar()
    try:
        with pieces_folder(folder) as kept:
            with database().reading() as session:
                works = write_works(session, kept, progress=bar)
            with cluster(scheduler) as client:
                table = duplicates_in_pieces(client, works, warranty_years=warranty, progress=bar)
    finally:
        bar.end()
    if out is not None:
        told = table["reasons"].map(
            lambda text: "; ".join(sentence(r["code"], r["values"]) for r in orjson.loads(text))
        )
        table.assign(reasons=told).round({"score": 3, "shared_m": 1, "shared_share": 3}).to_csv(
            sys.stdout if str(out) == "-" else out, index=False, lineterminator="\n"
        )
    for name, count in table["class"].value_counts().items():
        click.echo(f"{count:>9,}  {sentence(f'overlap_class_{name}', {})}", err=True)


def _in_words(reasons: str) -> str:
    return "; ".join(sentence(reason["code"], reason["values"]) for reason in orjson.loads(reasons))


def _kept(anew: bool) -> Iterator[list[tuple[Work, Work, Verdict]]]:
    bar = Bar()
    try:
        with database().transaction(_ATTRIBUTION) as session:
            receipt = refresh(session, bar, changed_only=not anew)
    finally:
        bar.end()
    click.echo(f"เทียบ {receipt.compared:,} จาก {receipt.works:,} งาน (compared)", err=True)
    with database().reading() as session:
        yield from stored_pairs(session)


def _stored(warranty: int) -> Iterator[list[tuple[Work, Work, Verdict]]]:
    bar = Bar()
    try:
        with database().reading() as session:
            for batch, done, total in compared_pairs(session, warranty_years=warranty):
                bar.step(done, total, "duplicates_comparing")
                yield [(pair.a, pair.b, pair.verdict) for pair in batch]
    finally:
        bar.end()


@contextmanager
def _writing(out: Path | None) -> Iterator[Any]:
    """Where pairs go: a CSV file, a CSV on the standard output (``-``), or lines for a person."""
    if out is None:
        yield _Lines()
    elif str(out) == "-":
        yield _Csv(sys.stdout)
    else:
        with out.open("w", encoding="utf-8", newline="") as opened:
            yield _Csv(opened)


class _Csv:
    def __init__(self, opened: IO[str]) -> None:
        self._writer = csv.writer(opened, lineterminator="\n")
        self._writer.writerow(COLUMNS)

    def __call__(self, a: Work, b: Work, verdict: Verdict) -> None:
        row = (verdict.class_, f"{verdict.score:.3f}", f"{verdict.shared_m:.1f}", f"{verdict.shared_share:.3f}")
        self._writer.writerow((a.id, b.id, *row, _reasons(verdict)))


class _Lines:
    def __init__(self) -> None:
        self._count = 0

    def __call__(self, a: Work, b: Work, verdict: Verdict) -> None:
        self._count += 1
        if self._count > SHOWN:
            return
        what = sentence(f"overlap_class_{verdict.class_}", {})
        click.echo(f"{verdict.score:.2f}  {what}  {a.id} {a.name[:60]}  ·  {b.id} {b.name[:60]}")
        click.echo(f"      {_reasons(verdict)}")


def _reasons(verdict: Verdict) -> str:
    return "; ".join(sentence(reason.code, reason.values) for reason in verdict.reasons)


def _tell(problems: Sequence[Problem]) -> None:
    """Every row that is wrong, errors first."""
    ordered = sorted(problems, key=lambda problem: (not problem.is_error, problem.where.get("row", 0)))
    for problem in ordered[:SHOWN]:
        for language in ("th", "en"):
            text = sentence(problem.code, problem.values, language)
            mend = fix(problem.code, problem.values, language)
            click.echo(f"แถว / row {problem.where.get('row')}: {text} {mend}".rstrip(), err=True)
    if len(problems) > SHOWN:
        click.echo(f"… {len(problems) - SHOWN:,}", err=True)
