"""``eplan analyse``: the analyses of the pages over everything that is stored, as files."""

from __future__ import annotations

import importlib

import click

# analysis -> module under app.cli and the name of its click command there
ANALYSES = {
    "duplicates": ("analyse_duplicates", "command"),
    "allocation": ("analyse_allocation", "command"),
    "unit-costs": ("analyse_unit_costs", "command"),
    "access": ("analyse_access", "access"),
    "next": ("analyse_access", "next_"),
    "zonal": ("analyse_zonal", "zonal"),
    "values": ("analyse_values", "values"),
}


class AnalysisGroup(click.Group):
    """Imports an analysis only when it is asked for: each brings libraries of its own."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(ANALYSES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in ANALYSES:
            return None
        module, name = ANALYSES[cmd_name]
        command: click.Command = getattr(importlib.import_module(f"app.cli.{module}"), name)
        return command


@click.group(cls=AnalysisGroup, name="analyse")
def command() -> None:
    """Analyse what is stored: duplicates, where money goes, what works cost, who has access, what comes next."""
