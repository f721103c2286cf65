"""``eplan audit``: the change log sealed, and its proof."""

from __future__ import annotations

import sys
from typing import Any

import click
import orjson

from app.cli.bar import Bar
from app.cli.context import database, settings
from app.errors import InvalidInput
from app.jobs.sealing import seal_log
from app.messages import fix, sentence
from app.messages.base import Language
from app.queries.audit import AuditReport, Head, newest_head
from app.queries.audit import verify as verify_chain
from app.services.audit import heads_file, noted_heads, read_head
from gis.problems import Problem

_LANGUAGES: tuple[Language, ...] = ("th", "en")


@click.group()
def command() -> None:
    """The change log: seal it in blocks, prove that nothing in it was changed, print the newest block's digest."""


@command.command("seal")
def seal() -> None:
    """Seal what has been written since; the worker does so every minute."""
    made = seal_log(database(), settings())
    if made:
        _say("audit_sealed", {"blocks": len(made), "rows": sum(rows for _, rows in made)})
        click.echo(f"{made[-1][0].number}:{made[-1][0].sha256}")
    else:
        _say("audit_nothing_to_seal", {})


@command.command("head")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def head(as_json: bool) -> None:
    """Print number and SHA-256 of the newest block, to be kept where the database's owner cannot change it."""
    with database().reading() as session:
        newest = newest_head(session)
    if as_json:
        click.echo(orjson.dumps(_head_json(newest)).decode())
    elif newest is None:
        _say("audit_nothing_sealed", {})
    else:
        click.echo(f"{newest.number}:{newest.sha256}")


@command.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--from", "first", type=click.IntRange(1), default=1, help="Block to begin with (a quicker look).")
@click.option(
    "--head", "given", multiple=True, metavar="NUMBER:SHA256", help="Digest kept elsewhere; several are possible."
)
def verify(as_json: bool, first: int, given: tuple[str, ...]) -> None:
    """Compute the whole chain afresh. Exit code 0: nothing sealed was changed, removed or added; 1: it tells what."""
    heads = [*_heads(given), *noted_heads(heads_file(settings()))]
    bar = Bar()
    with database().reading() as session:
        report = verify_chain(session, first=first, heads=heads, steps=bar)
    bar.end()
    if as_json:
        click.echo(orjson.dumps(_report_json(report)).decode())
    else:
        _tell(report)
    sys.exit(0 if report.holds else 1)


def _heads(given: tuple[str, ...]) -> list[Head]:
    heads, problems = [], []
    for text in given:
        try:
            heads.append(read_head(text))
        except ValueError:
            problems.append(Problem("audit_head_unreadable", values={"given": text[:80]}))
    if problems:
        raise InvalidInput(problems)
    return heads


def _tell(report: AuditReport) -> None:
    counts = {"blocks": report.blocks, "rows": report.rows, "count": len(report.problems)}
    for problem in report.problems:
        _say(problem.code, problem.values)
    if report.head is None:
        _say("audit_nothing_sealed", {})
    if report.problems:
        _say("audit_broken", counts)
    elif report.head is not None:
        _say("audit_holds", counts)
    if report.head is not None:
        _say("audit_head", {**_head_json(report.head)})
    if report.heads:
        _say("audit_heads_checked", {"count": report.heads})
    if report.tail_rows:
        since = report.tail_since.isoformat(timespec="seconds") if report.tail_since else None
        _say("audit_tail", {"count": report.tail_rows, "since": since})


def _say(code: str, values: Any) -> None:
    for language in _LANGUAGES:
        click.echo(f"{sentence(code, values, language)} {fix(code, values, language)}".rstrip())


def _head_json(head: Head | None) -> dict[str, Any]:
    if head is None:
        return {"number": None, "sha256": None, "sealed_at": None}
    sealed_at = head.sealed_at.isoformat(timespec="seconds") if head.sealed_at else None
    return {"number": head.number, "sha256": head.sha256, "sealed_at": sealed_at}


def _report_json(report: AuditReport) -> dict[str, Any]:
    return {
        "holds": report.holds,
        "first_block": report.first_block,
        "blocks": report.blocks,
        "rows": report.rows,
        "head": None if report.head is None else _head_json(report.head),
        "heads_compared": report.heads,
        "tail": {"rows": report.tail_rows, "since": report.tail_since and report.tail_since.isoformat()},
        "problems": [
            {**problem.as_dict(), "message": sentence(problem.code, problem.values)} for problem in report.problems
        ],
    }
