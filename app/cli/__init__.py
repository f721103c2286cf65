"""``eplan``: the one root command. Each group lives in a module of its own and is imported when it is used."""

from __future__ import annotations

import importlib
import sys
from typing import Literal

import click

from app.errors import AppError, InvalidInput

# command -> module under app.cli (its click command is called ``command``)
COMMANDS = {
    "up": "up",
    "down": "down",
    "status": "status",
    "maintenance": "maintenance",
    "test": "test",
    "db": "db",
    "load": "load",
    "import": "importing",
    "export": "export",
    "report": "report",
    "doctor": "doctor",
    "check": "check",
    "audit": "audit",
    "match": "matching",
    "analyse": "analyse",
    "user": "users",
    "bench": "bench",
    "simulate": "simulate",
}


class LazyGroup(click.Group):
    """Imports a command's module only when it is asked for: ``eplan status`` must not load GDAL."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        command: click.Command = importlib.import_module(f"app.cli.{module}").command
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Road and water-source projects of local government on the map, tied to plan and budget."""


def main() -> None:
    """Run; an expected error is one clear message in Thai and English and exit code 1."""
    try:
        cli(prog_name="eplan")
    except AppError as error:
        _explain(error)
        sys.exit(1)


def _explain(error: AppError) -> None:
    from app.messages import fix, sentence

    languages: tuple[Literal["th"], Literal["en"]] = ("th", "en")

    if isinstance(error, InvalidInput):
        for problem in error.problems:
            where = " ".join(f"{key} {value}" for key, value in problem.where.items())
            for language in languages:
                text = sentence(problem.code, problem.values, language)
                mend = fix(problem.code, problem.values, language)
                click.echo(f"{where + ': ' if where else ''}{text} {mend}".rstrip(), err=True)
            # What a library said in its own words: for the one who types commands.
            if reason := problem.values.get("reason"):
                click.echo(f"  {reason}", err=True)
        return
    for language in languages:
        click.echo(sentence(error.code, error.values, language), err=True)
