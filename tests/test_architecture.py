"""The house's rules, read from the source: who imports whom, names, who commits, who transforms, sizes."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc", "base_utils"}
# 25 is the guide of the house; a view beyond 40 does something that belongs elsewhere.
MAX_VIEW_LINES = 40
# Between EPSG:4326 and the map projection of tiles and shapes only; datums go through gis.crs.


def modules(*rooms: str) -> Iterator[Path]:
    for room in rooms:
        yield from sorted((ROOT / room).rglob("*.py"))


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_imports_go_down_only() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(
        [str(program), "--config", "setup.cfg", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-2000:]


def test_modules_have_names_of_the_subject() -> None:
    named = {relative(path) for path in modules("app", "gis", "layers") if path.stem in BANNED_NAMES}
    assert not named


@pytest.mark.parametrize("room", ["app/services", "app/queries", "app/auth"])
def test_nobody_below_the_edge_commits(room: str) -> None:
    committing = [
        f"{relative(path)}:{node.lineno}"
        for path in modules(room)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("commit", "rollback")
    ]
    assert not committing


def test_services_take_the_session_first() -> None:
    wrong = []
    for path in modules("app/services"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                names = [argument.arg for argument in node.args.args + node.args.kwonlyargs]
                if "session" in names and names[0] != "session":
                    wrong.append(f"{relative(path)}:{node.lineno} {node.name}")
    assert not wrong


# Ways to bring coordinates from one system to another, and what of them may be where: within the datum WGS 84 the
# database turns degrees into map units and back, and the demonstration's plane lies on the same ellipsoid.
_TRANSFORMS = re.compile(
    r"ST_Transform\w*\(|\.to_crs\(|\bTransformer\b|CoordinateTransformation|transform_geom\(|WarpedVRT"
)
MAY_TRANSFORM = {
    "gis/crs.py": "the pinned operations themselves",
    "gis/rasters/placing.py": "systems of rasters, any there is; Indian 1975 with the pinned shift",
    "app/services/demo/plane.py": "a plane on WGS 84 on which the demonstration's land is drawn",
}


def test_datums_are_changed_in_one_place() -> None:
    """PROJ, PostGIS and GDAL would choose their own way between datums, 189 m beside the published point."""
    found = []
    for path in modules("app", "gis", "layers", "migrations", "bench"):
        text = path.read_text(encoding="utf-8")
        found += [
            f"{relative(path)}: {match[0]}"
            for match in _TRANSFORMS.finditer(text)
            if relative(path) not in MAY_TRANSFORM and _last_argument(text[match.end() :]) not in ("3857", "4326")
        ]
    assert not found


def _last_argument(text: str) -> str:
    """Last argument of a call whose opening parenthesis stands right before the text."""
    depth, begin = 0, 0
    for at, sign in enumerate(text):
        if sign == ")" and depth == 0:
            return text[begin:at].strip()
        if sign == "," and depth == 0:
            begin = at + 1
        depth += (sign == "(") - (sign == ")")
    return ""


def test_the_zone_is_named_in_one_place() -> None:
    named = [
        relative(path) for path in modules("app", "layers", "gis") if "ZoneInfo(" in path.read_text(encoding="utf-8")
    ]
    assert named == ["gis/thai.py"]


def test_the_demonstrations_plane_is_on_wgs84() -> None:
    text = (ROOT / "app" / "services" / "demo" / "plane.py").read_text(encoding="utf-8")
    assert set(re.findall(r"\+(?:ellps|datum|towgs84)=\S+", text)) == {"+ellps=WGS84"}


def test_no_one_swallows_every_exception() -> None:
    bare = [
        f"{relative(path)}:{node.lineno}"
        for path in modules("app", "gis", "layers")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ]
    assert not bare


def test_views_are_thin() -> None:
    thick = []
    for path in modules("app/web"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef):
                continue
            declared = [d for d in node.decorator_list if isinstance(d, ast.Call)]
            if any(getattr(d.func, "id", "") in ("api_route", "page_route") for d in declared):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > MAX_VIEW_LINES:
                    thick.append(f"{relative(path)}:{node.lineno} {node.name} {lines} lines")
    assert not thick


def test_every_module_says_what_it_is() -> None:
    silent = [
        relative(path)
        for path in modules("app", "gis", "layers")
        if path.stat().st_size and ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) is None
    ]
    assert not silent


def test_pages_ask_no_other_host() -> None:
    foreign = re.compile(r"""(?:src|href|action)=["'](?:https?:)?//""")
    pages = [relative(page) for page in (ROOT / "app" / "templates").rglob("*.html")]
    assert not [page for page in pages if foreign.search((ROOT / page).read_text(encoding="utf-8"))]


def test_templates_carry_no_inline_script() -> None:
    inline = re.compile(r"<script(?![^>]*(?:src=|application/json))|\son[a-z]+=\"")
    pages = [relative(page) for page in (ROOT / "app" / "templates").rglob("*.html")]
    assert not [page for page in pages if inline.search((ROOT / page).read_text(encoding="utf-8"))]
