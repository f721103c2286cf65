"""Progress on the terminal."""

from __future__ import annotations

import click

from app.messages import sentence


class Bar:
    """One line on standard error, rewritten."""

    def __init__(self) -> None:
        self._last = ""

    def step(self, done: int, total: int | None, text: str) -> None:
        """Rewrite the line."""
        share = f" {100 * done // total}%" if total else ""
        line = f"{sentence(text, {})} {done:,}{share}"
        if line != self._last:
            click.echo(f"\r{line:<60}", err=True, nl=False)
            self._last = line

    def end(self) -> None:
        """Leave the line."""
        if self._last:
            click.echo("", err=True)
