"""Options of the analyses that can run in pieces on a cluster, the same everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.bar import Bar

if TYPE_CHECKING:
    from app.services.in_pieces import InPieces


def pieces_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--scheduler`` and ``--folder``."""
    folder = click.option(
        "--folder",
        type=click.Path(file_okay=False, path_type=Path),
        help="With --scheduler: where the pieces are kept meanwhile; every worker has to see it under this path.",
    )
    scheduler = click.option(
        "--scheduler",
        metavar="ADDRESS",
        help="Work in pieces on a Dask cluster, such as tcp://10.0.0.5:8786, or with all processors here: local.",
    )
    return scheduler(folder(command))


@contextmanager
def pieces(scheduler: str | None, folder: Path | None) -> Iterator[InPieces | None]:
    """Where the pieces of a command are worked on, with a bar of progress; None without ``--scheduler``."""
    if scheduler is None:
        yield None
        return
    # Dask takes a second to load, which nobody else should wait for.
    from app.services.in_pieces import in_pieces

    bar = Bar()
    try:
        with in_pieces(scheduler, folder, bar) as found:
            yield found
    finally:
        bar.end()
