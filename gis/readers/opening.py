"""One file opened: what it is by its content, then the one reader for it. Runs in the process that reads."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pyarrow as pa

from gis.archive import ArchiveError, Member, photographs, safe_extract
from gis.gdal import register_only
from gis.problems import Problem
from gis.readers.dbf import guess_encoding, read_dbf
from gis.readers.joining import common_stem, joined
from gis.readers.limits import ReaderLimits, guarded
from gis.readers.source import (
    EncodingGuess,
    LayerInfo,
    ReadError,
    ReadSource,
    choose_layer,
    fail,
    printable,
    unreadable,
)

_HEAD_BYTES = 65_536
_MAX_PRJ_BYTES = 65_536
_XML_ROOT = re.compile(rb"^(?:\s|<\?xml[^>]*\?>|<!--.*?-->)*<(?:[A-Za-z0-9_]+:)?(kml|gpx)\b", re.DOTALL)
_REFUSED_MAGIC: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"\x00\x00\x27\x0a"), "shapefile_needs_zip"),
    (re.compile(rb"\xd0\xcf\x11\xe0"), "xls_not_supported"),
    (re.compile(rb"Rar!|7z\xbc\xaf|\x1f\x8b"), "archive_kind_not_supported"),
    (re.compile(rb"AutoCAD Binary DXF|AC10\d\d"), "drawing_kind_not_supported"),
    (re.compile(rb".{4}ftyp(?:hei[cx]|mif1|avif)", re.DOTALL), "photo_kind_not_supported"),
    (re.compile(rb"SQLite format 3\x00(?!.{52}(?:GPKG|GP1[01]))", re.DOTALL), "format_unknown"),
)
_MAGIC: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"SQLite format 3\x00"), "gpkg"),
    (re.compile(rb"fgb\x03fgb"), "fgb"),
    (re.compile(rb"PAR1"), "parquet"),
    (re.compile(rb"\xff\xd8\xff"), "jpeg"),
)
_DXF = re.compile(rb"(?:[ \t]*999[ \t]*\r?\n[^\n]*\n)*[ \t]*0[ \t]*\r?\n[ \t]*SECTION\s")
_LOST = re.compile(r"\?{3}|\ufffd")
_DRIVERS = {"gpkg": "GPKG", "geojson": "GeoJSON", "fgb": "FlatGeobuf", "dxf": "DXF"}
_ENCODINGS = {"utf-8": "utf-8", "utf8": "utf-8", "cp874": "cp874", "tis-620": "cp874", "windows-874": "cp874"}


def open_file(
    path: Path,
    folder: Path,
    *,
    encoding: str | None = None,
    epsg: int | None = None,
    layer: str | None = None,
    name: str | None = None,
    limits: ReaderLimits | None = None,
) -> ReadSource:
    """Open a file for reading; whatever is wrong with it is in ``problems``.

    Parameters
    ----------
    path
        The file; its name does not matter.
    folder
        Empty folder for unpacked parts; the caller's to remove, once nobody reads any more.
    encoding, epsg, layer
        What a person decided; None lets the file and its numbers decide.
    name
        Name that people know the file by.
    limits
        How much a file may hold.

    Returns
    -------
    ReadSource
        Nothing is raised for a bad file: it comes back with errors and without rows.
    """
    limits = limits or ReaderLimits()
    format = ""
    try:
        if encoding is not None:
            encoding = _known_encoding(encoding)
        format = detect_format(path)
        shown = printable(PurePosixPath(name or path.name).name)
        source = _Opening(folder, shown, encoding, epsg, layer).open(path, format)
        if len(source.columns) > limits.columns:
            raise fail("file_too_many_columns", count=len(source.columns), limit=limits.columns)
        source = replace(source, problems=(*source.problems, *_lost_letters(source)))
    except (ReadError, ArchiveError) as error:
        return unreadable(format, _without_path(error.problem, folder))
    stream = source.stream

    def batches() -> Iterator[pa.RecordBatch]:
        try:
            if stream is not None:
                yield from guarded(stream(), limits)
        except ReadError as error:
            raise ReadError(_without_path(error.problem, folder)) from error

    return replace(source, stream=batches)


def _without_path(problem: Problem, folder: Path) -> Problem:
    """The problem without where on this machine the file lies, which libraries like to say."""
    reason = problem.values.get("reason")
    if not isinstance(reason, str):
        return problem
    return replace(problem, values={**problem.values, "reason": reason.replace(f"{folder}/", "")[:160]})


def _lost_letters(source: ReadSource) -> list[Problem]:
    """A warning where an earlier program has put question marks in the place of Thai letters."""
    texts = [value for row in source.sample for value in row.values() if isinstance(value, str)]
    lost = [text for text in texts if _LOST.search(text)]
    if not lost:
        return []
    values = {"count": len(lost), "total": len(texts), "example": printable(lost[0])[:60]}
    return [Problem("text_lossy", "warning", values=values)]


def detect_format(path: Path) -> str:
    """Format by the first bytes; never by the name.

    Raises
    ------
    ReadError
        ``file_empty``, ``format_unknown`` or the code of a format that is refused.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head.strip(b"\x00 \r\n\t\xef\xbb\xbf"):
        raise fail("file_empty")
    for magic, code in _REFUSED_MAGIC:
        if magic.match(head):
            raise fail(code)
    for magic, format in _MAGIC:
        if magic.match(head):
            return format
    if head.startswith(b"PK"):
        return _zip_format(path)
    return _text_format(head)


def _text_format(head: bytes) -> str:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith((b"{", b"[")):
        return "geojson"
    if text.startswith(b"<"):
        return _xml_format(text)
    if _DXF.match(text):
        return "dxf"
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise fail("format_unknown")
    return "csv"


def _xml_format(text: bytes) -> str:
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise fail("xml_unsafe")
    root = _XML_ROOT.match(text)
    if root is None:
        raise fail("format_unknown")
    return root[1].decode()


def _zip_format(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name.lower() for name in archive.namelist()]
    except (zipfile.BadZipFile, OSError) as error:
        raise fail("archive_damaged", reason=str(error)[:120]) from error
    if "[content_types].xml" in names:
        if "xl/workbook.xml" in names:
            return "xlsx"
        raise fail("format_unknown")
    return "zip"


def _known_encoding(encoding: str) -> str:
    known = _ENCODINGS.get(encoding.lower())
    if known is None:
        raise fail("encoding_unknown", encoding=encoding[:40])
    return known


class _Opening:
    """One attempt to open a file, with what a person decided."""

    def __init__(
        self,
        folder: Path,
        shown: str,
        encoding: str | None,
        epsg: int | None,
        layer: str | None,
    ) -> None:
        self.folder = folder
        self.shown = shown
        self.encoding = encoding
        self.epsg = epsg
        self.layer = layer

    def open(self, path: Path, format: str) -> ReadSource:
        # The library of a format is loaded when such a file comes: it is most of what starting to read costs.
        if format == "zip":
            return self.archive(path)
        link = self.linked(path, format)
        if format in _DRIVERS:
            register_only(_DRIVERS[format])
            from gis.readers import gdal_files

            if format == "gpkg":
                return gdal_files.read_geopackage(link, epsg=self.epsg, layer=self.layer)
            of_one_layer = {
                "geojson": gdal_files.read_geojson,
                "fgb": gdal_files.read_flatgeobuf,
                "dxf": gdal_files.read_dxf,
            }
            return of_one_layer[format](link, epsg=self.epsg)
        if format in ("kml", "gpx"):
            from gis.readers.xml_files import read_gpx, read_kml

            return (read_kml if format == "kml" else read_gpx)(link, epsg=self.epsg)
        if format == "xlsx":
            from gis.readers.workbooks import read_xlsx

            return read_xlsx(link, epsg=self.epsg, layer=self.layer)
        if format == "parquet":
            from gis.readers.parquet import read_parquet

            return read_parquet(link, epsg=self.epsg)
        if format == "jpeg":
            return self.photos([(self.shown, path)])
        from gis.readers.tables import read_csv

        source = read_csv(link, encoding=self.encoding, epsg=self.epsg)
        if not source.place_columns and PurePosixPath(self.shown).suffix.lower() in _WORKBOOKS:
            raise fail("file_no_workbook", name=self.shown[:120])
        return source

    def photos(self, files: list[tuple[str, Path]]) -> ReadSource:
        from gis.readers.photos import read_photos

        return read_photos(files, _layer_name(self.shown), epsg=self.epsg)

    def linked(self, path: Path, suffix: str) -> Path:
        """The file under a name of our own with the ending that belongs to its content."""
        link = self.folder / f"{_layer_name(self.shown)}.{suffix}"
        if not link.exists():
            link.symlink_to(path.resolve())
        return link

    def archive(self, path: Path) -> ReadSource:
        members = safe_extract(path, self.folder / "unpacked")
        shapefiles = [member for member in members if member.suffix == ".shp"]
        if shapefiles:
            return self.shapefile(members, shapefiles)
        parts = [member for member in members if member.suffix in _SHAPEFILE_PARTS]
        # A text beside parts of a shapefile tells about them.
        inside = _INSIDE - {".txt"} if parts else _INSIDE
        readable = [member for member in members if member.suffix in inside]
        photos = [(PurePosixPath(m.name).name, m.path) for m in photographs(members)]
        if photos and not readable:
            return self.photos(photos)
        if len(readable) > 1:
            # A KMZ may carry further KML files; doc.kml is the document.
            main = [member for member in readable if PurePosixPath(member.name).name.lower() == "doc.kml"]
            readable = main or readable
        if not readable:
            code = "shapefile_without_shp" if parts else "archive_nothing_known"
            raise fail(code, names=", ".join(member.name for member in members)[:300])
        if len(readable) > 1:
            raise fail("archive_several_files", names=", ".join(member.name for member in readable)[:300])
        self.shown = PurePosixPath(readable[0].name).name
        format = detect_format(readable[0].path)
        if format == "zip":
            raise fail("archive_nested", name=readable[0].name[:120])
        return self.open(readable[0].path, format)

    def shapefile(self, members: list[Member], shapefiles: list[Member]) -> ReadSource:
        layers = tuple(LayerInfo(printable(str(PurePosixPath(member.name).with_suffix("")))) for member in shapefiles)
        stem = common_stem([layer.name for layer in layers])
        if stem and self.layer in (None, stem):
            try:
                parts = [self.one_shapefile(m.path, layers, at) for m, at in zip(shapefiles, layers, strict=True)]
                whole = joined(parts, stem)
            except ReadError:  # a part that cannot be read: the others may be chosen, as ever
                whole = None
            if whole is not None:
                return whole
        chosen, problems = choose_layer(layers, self.layer)
        source = self.one_shapefile(shapefiles[layers.index(chosen)].path, layers, chosen)
        return replace(source, problems=(*problems, *source.problems))

    def one_shapefile(self, path: Path, layers: tuple[LayerInfo, ...], chosen: LayerInfo) -> ReadSource:
        problems: list[Problem] = []
        with path.open("rb") as file:
            if file.read(4) != b"\x00\x00\x27\x0a":
                raise fail("file_damaged", reason="not a shapefile")
        register_only("ESRI Shapefile")
        from gis.readers.gdal_files import read_shapefile

        guess, broken = self.dbf_encoding(path, problems)
        stated = path.with_suffix(".prj")
        if stated.exists() and stated.stat().st_size > _MAX_PRJ_BYTES:
            stated.unlink()
            problems.append(Problem("crs_unreadable", "warning"))
        elif not stated.exists() and self.epsg is None:
            problems.append(Problem("shapefile_without_prj", "info"))
        source = read_shapefile(path, layers, chosen.name, epsg=self.epsg, guess=guess, broken_ends=broken)
        return replace(source, problems=(*problems, *source.problems))

    def dbf_encoding(self, path: Path, problems: list[Problem]) -> tuple[EncodingGuess, bool]:
        """Encoding of the texts, and whether some are cut within a letter."""
        table = path.with_suffix(".dbf")
        if not table.exists():
            problems.append(Problem("shapefile_without_dbf", "warning"))
            return EncodingGuess("utf-8"), False
        dbf = read_dbf(table)
        cpg = path.with_suffix(".cpg")
        stated = cpg.read_bytes()[:40].decode("ascii", "ignore") if cpg.exists() else None
        guess, differs = guess_encoding(dbf, stated)
        if differs and self.encoding is None:
            values = {"stated": guess.stated, "encoding": guess.encoding}
            problems.append(Problem("encoding_contradicts_cpg", "warning", values=values))
        if self.encoding is not None:
            guess = replace(guess, encoding=self.encoding)
        values_raw = [*dbf.names, *(text.rstrip(b" \0") for text in dbf.texts)]
        return guess, any(not _decodes(raw, "utf-8") for raw in values_raw)


_SHAPEFILE_PARTS = frozenset((".dbf", ".shx", ".prj", ".cpg", ".sbn", ".qpj"))
_WORKBOOKS = frozenset((".xlsx", ".xls", ".xlsm", ".ods"))
_INSIDE = frozenset(
    (".geojson", ".json", ".gpkg", ".kml", ".gpx", ".csv", ".tsv", ".txt", ".xlsx", ".dxf", ".fgb", ".parquet")
)


def _decodes(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _layer_name(shown: str) -> str:
    stem = PurePosixPath(shown).stem
    return re.sub(r"[^\w.-]", "_", stem)[:60] or "layer"
