"""Every real file beside the project through the readers, one line each: ``python -m bench.real_files [FOLDER ...]``.

The table of ``docs/developers/real-files.md`` is its output with the reasons written beside it. Nothing is stored.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import shapely

from app.settings import ROOT
from gis.readers import ReadError, open_source

FOLDERS = [ROOT.parent / "shared" / "data" / name for name in ("messy", "roads_water")]


def outcome(path: Path) -> str:
    """What became of a file, as one line of a table."""
    with open_source(path) as source:
        said = [problem.code for problem in source.problems]
        kinds: Counter[str] = Counter()
        try:
            for batch in source.batches():
                for wkb in batch.column("geometry").to_pylist():
                    kinds[shapely.from_wkb(wkb, on_invalid="ignore").geom_type if wkb else "no shape"] += 1
        except ReadError as error:
            said.append(error.problem.code)
    found = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common()) or "refused"
    system = f"EPSG:{source.epsg}" if source.epsg else "-"
    return f"| {path.name} | {source.format} | {found} | {system} | {source.encoding or '-'} | {', '.join(said)} |"


def main(folders: list[Path]) -> None:
    """Print the table; folders that are not there are named and passed over."""
    print("| file | format | read | system | texts | said |\n|---|---|---|---|---|---|")
    for folder in folders:
        if not folder.is_dir():
            print(f"{folder} is not there: nothing to read", file=sys.stderr)
            continue
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            print(outcome(path), flush=True)


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]] or FOLDERS)
