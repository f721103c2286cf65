"""``eplan bench``: the project's benchmarks, as a table and as JSON."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import click

from app.settings import ROOT

_BENCH = ROOT / "bench"


def names() -> list[str]:
    """Benchmarks are the modules of ``bench/`` that have ``run``."""
    return sorted(
        path.stem.rstrip("_") for path in _BENCH.glob("[a-z]*.py") if "\ndef run(" in path.read_text(encoding="utf-8")
    )


@click.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", type=click.Path(path_type=Path), help="Also write the results to this file.")
def command(name: str | None, as_json: Path | None) -> None:
    """Run the benchmark NAME, or all of them."""
    sys.path.insert(0, str(ROOT))
    known = names()
    if name is not None and name not in known:
        raise click.BadParameter(f"{name!r}; there are: {', '.join(known)}", param_hint="NAME")
    results: dict[str, list[dict[str, object]]] = {}
    for each in [name] if name else known:
        path = _BENCH / f"{each}.py"
        module = importlib.import_module(f"bench.{each if path.exists() else each + '_'}")
        results[each] = module.run()
        _table(each, results[each])
    if as_json is not None:
        as_json.write_text(json.dumps(results, ensure_ascii=False, indent=1), encoding="utf-8")


def _table(title: str, rows: list[dict[str, object]]) -> None:
    click.echo(f"\n{title}")
    columns = list(dict.fromkeys(key for row in rows for key in row))
    cells = [columns, *([_cell(row.get(column)) for column in columns] for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    for line in cells:
        click.echo("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.3g}" if isinstance(value, float) else str(value)
