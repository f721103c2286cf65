"""Built front-end files, found through Vite's manifest."""

from __future__ import annotations

import gzip
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request, url_for
from markupsafe import Markup

from app.settings import ROOT

DIST = ROOT / "static" / "dist"
MANIFEST = DIST / ".vite" / "manifest.json"
_YEAR_S = 31_536_000
_TEXT = frozenset({".js", ".css", ".svg", ".json"})


class FrontEndNotBuilt(RuntimeError):
    """The manifest or an entry of it is missing."""


class Assets:
    """Reads the manifest once, and again when it was rebuilt.

    Parameters
    ----------
    manifest
        Path of Vite's manifest.
    """

    def __init__(self, manifest: Path = MANIFEST) -> None:
        self._path = manifest
        self._stamp = 0
        self._entries: dict[str, Any] = {}

    def tags(self, entry: str) -> Markup:
        """Style and script tags of an entry (``main``, ``workbench``, ``project``, ``budget``, ``imports``)."""
        source = "src/main.ts" if entry == "main" else f"src/{entry}/main.ts"
        manifest = self._manifest()
        if source not in manifest:
            raise FrontEndNotBuilt(f"{source} is not in {self._path}: run ./eplan up, or npm run build in static/")
        styles, chunks = self._closure(source)
        parts = [Markup('<link rel="stylesheet" href="{}">').format(_address(style)) for style in styles]
        parts += [Markup('<link rel="modulepreload" href="{}">').format(_address(chunk)) for chunk in chunks]
        parts.append(Markup('<script type="module" src="{}"></script>').format(_address(manifest[source]["file"])))
        return Markup("\n").join(parts)

    def fonts(self) -> Markup:
        """Preload links of the two files every Thai page needs first."""
        wanted = ("sarabun-thai-400-normal", "sarabun-latin-400-normal")
        files = [e["file"] for e in self._manifest().values() if e["file"].endswith(".woff2")]
        return Markup("\n").join(
            Markup('<link rel="preload" as="font" type="font/woff2" crossorigin href="{}">').format(_address(file))
            for file in files
            if any(name in file for name in wanted)
        )

    def _manifest(self) -> dict[str, Any]:
        try:
            stamp = self._path.stat().st_mtime_ns
        except FileNotFoundError as error:
            if self._entries:
                # Somebody builds at this moment: the next request finds the new one.
                return self._entries
            raise FrontEndNotBuilt(f"{self._path} is missing: run ./eplan up, or npm run build in static/") from error
        if stamp != self._stamp:
            self._entries = json.loads(self._path.read_text(encoding="utf-8"))
            self._stamp = stamp
        return self._entries

    def _closure(self, source: str) -> tuple[list[str], list[str]]:
        styles: dict[str, None] = {}
        chunks: dict[str, None] = {}
        waiting, seen = [source], set()
        while waiting:
            key = waiting.pop(0)
            if key in seen:
                continue
            seen.add(key)
            chunk = self._manifest()[key]
            styles.update(dict.fromkeys(chunk.get("css", ())))
            if key != source:
                chunks[chunk["file"]] = None
            waiting.extend(chunk.get("imports", ()))
        return list(styles), list(chunks)


def register_assets(app: Flask) -> None:
    """``asset()`` and ``fonts()`` for templates; built files may be kept for a year: their names change with them."""
    assets = Assets()
    app.jinja_env.globals["asset"] = assets.tags
    app.jinja_env.globals["font_preloads"] = assets.fonts
    static: Any = app.view_functions["static"]

    def long_lived(filename: str) -> Any:
        answer = static(filename=filename)
        if filename.startswith("assets/"):
            answer.headers["Cache-Control"] = f"public, max-age={_YEAR_S}, immutable"
            if Path(filename).suffix in _TEXT and answer.status_code == 200:
                return _smaller(answer, filename)
        return answer

    app.view_functions["static"] = long_lived


def _smaller(answer: Response, filename: str) -> Response:
    """The same compressed, for browsers that read it; without a proxy in front nobody else does it."""
    answer.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"] or request.method != "GET":
        return answer
    answer.direct_passthrough = False
    answer.set_data(_compressed(DIST / filename))
    answer.headers["Content-Encoding"] = "gzip"
    answer.headers.pop("ETag", None)  # the name of the file changes with its content
    return answer


@lru_cache(maxsize=64)
def _compressed(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), compresslevel=9, mtime=0)


def _address(file: str) -> str:
    return url_for("static", filename=file)
