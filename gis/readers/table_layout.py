"""Where the coordinates are in a table made by people: which columns, and what they mean."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import shapely
from shapely.geometry.base import BaseGeometry

from gis import coordinates, crs
from gis.chainage import read_cell
from gis.thai import search_key, to_arabic_digits

Axis = Literal["x", "y"]
Cells = Sequence[str | None]

_LON = frozenset(["lon", "long", "lng", "longitude", "longtitude", "ลองจิจูด", "ลองติจูด", "เส้นแวง", "แวง"])
_LAT = frozenset(["lat", "latitude", "latitute", "ละติจูด", "แลตติจูด", "เส้นรุ้ง", "รุ้ง"])
_X = frozenset(
    [
        "x",
        "e",
        "east",
        "easting",
        "utme",
        "utmx",
        "xutm",
        "eutm",
        "xcoord",
        "coordx",
        "pointx",
        "พิกัดx",
        "ค่าx",
        "แกนx",
        "พิกัดe",
        "ค่าe",
        "ตะวันออก",
    ]
)
_Y = frozenset(
    [
        "y",
        "n",
        "north",
        "northing",
        "utmn",
        "utmy",
        "yutm",
        "nutm",
        "ycoord",
        "coordy",
        "pointy",
        "พิกัดy",
        "ค่าy",
        "แกนy",
        "พิกัดn",
        "ค่าn",
        "เหนือ",
    ]
)
_WKT = frozenset(["wkt", "geometry", "geom", "thegeom", "wktgeometry", "shape"])
_EPSG = frozenset(["epsg", "srid", "crs", "zone", "utmzone", "zoneutm", "โซน", "โซนutm"])
_TEXT = frozenset(
    [
        "พิกัด",
        "coordinate",
        "coordinates",
        "coords",
        "latlon",
        "latlong",
        "latlng",
        "lonlat",
        "location",
        "mgrs",
        "utm",
        "พิกัดutm",
        "พิกัดgps",
        "gps",
    ]
)
_START = ("จุดเริ่มต้น", "จุดเริ่ม", "เริ่มต้น", "เริ่ม", "ต้นทาง", "start", "begin", "from", "sta", "1")
_END = ("จุดสิ้นสุด", "จุดสุดท้าย", "สิ้นสุด", "ปลายทาง", "finish", "end", "to", "2")
_MONEY = re.compile(r"งบ|บาท|เงิน|ราคา|วงเงิน|จำนวน|budget|baht|amount|price|cost|money", re.IGNORECASE)
_SAME_DEGREES = 1e-5
_DISTRICT_M = 60_000.0
_WKT_VALUE = re.compile(
    r"\s*(?:SRID=\d+;)?\s*(?:MULTI)?(?:POINT|LINESTRING|POLYGON|GEOMETRYCOLLECTION)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Layout:
    """Columns that hold the place of a row.

    Parameters
    ----------
    kind
        ``wkt``, ``points`` (one pair), ``ends`` (two pairs: a line), ``text`` (anything that people type) or
        ``text_ends`` (two of them: a line).
    columns
        Indexes: the one column, or x and y, or x, y of the start and x, y of the end, or start and end.
    epsg_column
        Column with an EPSG code or a zone for each row.
    """

    kind: Literal["wkt", "points", "ends", "text", "text_ends"]
    columns: tuple[int, ...]
    epsg_column: int | None = None


def find_layout(header: Cells, rows: Sequence[Cells]) -> Layout | None:
    """The layout of a table by its heading and first rows; None when it has no coordinates.

    Examples
    --------
    >>> find_layout(["ชื่อ", "ละติจูด", "ลองจิจูด"], [])
    Layout(kind='points', columns=(2, 1), epsg_column=None)
    >>> find_layout(["x_start", "y_start", "x_end", "y_end", "zone"], [])
    Layout(kind='ends', columns=(0, 1, 2, 3), epsg_column=4)
    >>> find_layout(["ชื่อโครงการ", "พิกัดเริ่มต้น", "พิกัดสิ้นสุด"], [])
    Layout(kind='text_ends', columns=(1, 2), epsg_column=None)
    """
    keys = [_key(name) for name in header]
    epsg = next((i for i, key in enumerate(keys) if key in _EPSG), None)
    wkt = _wkt_column(keys, rows)
    if wkt is not None:
        return Layout("wkt", (wkt,), epsg)
    roles: dict[tuple[str, Axis], int] = {}
    for index, key in enumerate(keys):
        role = _role(key)
        if role is not None:
            roles.setdefault(role, index)
    if all((end, axis) in roles for end in ("start", "end") for axis in ("x", "y")):
        ends = (roles["start", "x"], roles["start", "y"], roles["end", "x"], roles["end", "y"])
        return Layout("ends", ends, epsg)
    for end in ("", "start"):
        if (end, "x") in roles and (end, "y") in roles:
            return Layout("points", (roles[end, "x"], roles[end, "y"]), epsg)
    start, finish = (next((i for i, key in enumerate(keys) if _is_end(key, end)), None) for end in (_START, _END))
    if start is not None and finish is not None:
        return Layout("text_ends", (start, finish), epsg)
    text = next((i for i, key in enumerate(keys) if key in _TEXT), None)
    return Layout("text", (text,), epsg) if text is not None else None


def layout_by_content(header: Cells, rows: Sequence[Cells]) -> Layout | None:
    """Where the coordinates are by what the cells hold, for tables whose heading does not say.

    Only what can hardly be anything else counts: a column of longitudes and one of latitudes in Thailand with three
    decimals or more, two neighbouring columns of metres within a district of each other that no heading calls money,
    or a column of texts each of which is read as one place.

    Examples
    --------
    >>> rows = [["ถนน", "15.8012", "102.0311"], ["น้ำ", "15.8213", "102.0417"]]
    >>> layout_by_content(["a", "b", "c"], rows)
    Layout(kind='points', columns=(2, 1), epsg_column=None)
    >>> layout_by_content(["a", "b"], [["ถนน", "https://maps.google.com/?q=15.8,102.03"]])
    Layout(kind='text', columns=(1,), epsg_column=None)
    >>> layout_by_content(["a", "b", "c"], [["ถนน", "15.8, 102.03", "15.81, 102.04"]])
    Layout(kind='text_ends', columns=(1, 2), epsg_column=None)
    >>> layout_by_content(["งบ", "จ่าย"], [["500000", "1500000"]]) is None
    True
    >>> layout_by_content(["จาก", "ถึง"], [["0+000", "0+500"]]) is None  # chainage
    True
    """
    columns = [[row[i] for row in rows if i < len(row) and row[i]] for i in range(len(header))]
    numbers = [_numbers(values) for values in columns]
    west, south, east, north = crs.THAILAND_BOUNDS
    lon = [i for i, found in enumerate(numbers) if _all_within(found, west, east) and _precise(columns[i])]
    lat = [i for i, found in enumerate(numbers) if _all_within(found, south, north) and _precise(columns[i])]
    if len(lon) == len(lat) == 1:
        return Layout("points", (lon[0], lat[0]))
    metres = [pair for pair in itertools.pairwise(range(len(header))) if _are_metres(header, numbers, pair)]
    if len(metres) == 1:
        return Layout("points", metres[0])
    texts = [
        i
        for i, values in enumerate(columns)
        if values and not any(map(_is_chainage, values)) and all(_typed_point(value or "") for value in values)
    ]
    if len(texts) == 2:
        return Layout("text_ends", (texts[0], texts[1]))
    return Layout("text", (texts[0],)) if len(texts) == 1 else None


def _numbers(values: Sequence[str | None]) -> list[float]:
    """The values as numbers; none where one of them is not."""
    found = [number(value or "") for value in values]
    return [value for value in found if value is not None] if None not in found else []


def _all_within(numbers: Sequence[float], low: float, high: float) -> bool:
    return bool(numbers) and all(low <= value <= high for value in numbers)


def _precise(values: Sequence[str | None]) -> bool:
    return sum(bool(re.search(r"[.,]\d{3,}$", (value or "").strip())) for value in values) >= 0.8 * len(values)


def _are_metres(header: Cells, numbers: Sequence[Sequence[float]], pair: tuple[int, int]) -> bool:
    """An easting and a northing beside each other."""
    if any(_MONEY.search(header[i] or "") for i in pair):
        return False
    east, north = numbers[pair[0]], numbers[pair[1]]
    return (
        len(east) == len(north) >= 2
        and _all_within(east, 160_000, 850_000)
        and _all_within(north, 600_000, 2_300_000)
        and max(east) - min(east) < _DISTRICT_M
        and max(north) - min(north) < _DISTRICT_M
        and len(set(north)) > 1
    )


def _key(name: str | None) -> str:
    return re.sub(r"[\s_\-./():\[\]]", "", search_key(name or ""))


def _wkt_column(keys: Sequence[str], rows: Sequence[Cells]) -> int | None:
    for index, key in enumerate(keys):
        values = [row[index] for row in rows if index < len(row) and row[index]]
        looks = bool(values) and all(_WKT_VALUE.match(value or "") for value in values)
        if looks or (key in _WKT and not values):
            return index
    return None


def _role(key: str) -> tuple[str, Axis] | None:
    """Which end and which axis a column is; degrees and metres alike."""
    for end, words in (("", ("",)), ("start", _START), ("end", _END)):
        for word in words:
            bare = key.replace(word, "", 1) if word and (key.startswith(word) or key.endswith(word)) else key
            if word and bare == key:
                continue
            if bare in _LON or bare in _X:
                return end, "x"
            if bare in _LAT or bare in _Y:
                return end, "y"
    return None


def _is_end(key: str, words: Sequence[str]) -> bool:
    """A column of whole coordinates of one end: พิกัดเริ่มต้น, start_coordinates."""
    return any(key.replace(word, "", 1) in _TEXT for word in words if key.startswith(word) or key.endswith(word))


def geometry_of(cells: Cells, layout: Layout) -> BaseGeometry | None:
    """Geometry of a row in the numbers of the file; None when it has none or they cannot be read."""
    values = [cells[i] if i < len(cells) else None for i in layout.columns]
    if any(value is None or not value.strip() for value in values):
        return None
    texts = [value or "" for value in values]
    if layout.kind == "wkt":
        shape: BaseGeometry | None = shapely.from_wkt(re.sub(r"^\s*SRID=\d+;", "", texts[0]), on_invalid="ignore")
        return None if shape is None else shapely.force_2d(shape)
    if layout.kind == "text":
        return _typed_point(texts[0])
    if layout.kind == "text_ends":
        start, end = map(_typed_point, texts)
        if start is None or end is None:
            return None
        # The same place told twice, as numbers and as a link, is a point.
        return start if start.equals_exact(end, _SAME_DEGREES) else shapely.LineString([start, end])
    pairs = [_pair(texts[i], texts[i + 1]) for i in range(0, len(texts), 2)]
    points = [pair for pair in pairs if pair is not None]
    if len(points) != len(pairs):
        return None
    return shapely.Point(points[0]) if len(points) == 1 else shapely.LineString(points)


def _is_chainage(text: str | None) -> bool:
    """0+500 can be read as two numbers, and is a place along a road."""
    return text is not None and "+" in text and read_cell(text) is not None


def _typed_point(text: str) -> shapely.Point | None:
    """A point that can be read in one way only; what is ambiguous is left to a person."""
    readings = coordinates.parse(text)
    return shapely.Point(readings[0].lon, readings[0].lat) if len(readings) == 1 else None


def _pair(x: str, y: str) -> tuple[float, float] | None:
    numbers = number(x), number(y)
    if numbers[0] is not None and numbers[1] is not None:
        return numbers[0], numbers[1]
    readings = coordinates.parse(f"LAT {y} LON {x}")
    return (readings[0].lon, readings[0].lat) if len(readings) == 1 else None


def number(text: str) -> float | None:
    """A number with Thai digits, thousands commas or a decimal comma.

    Examples
    --------
    >>> number("๑๐๒,๐๓๔๕"), number("673,310.25"), number("1,520,741"), number("15°48'")
    (102.0345, 673310.25, 1520741.0, None)
    """
    plain = to_arabic_digits(text).replace(" ", "").replace("\u00a0", "")
    if re.fullmatch(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", plain) and not re.fullmatch(r"\d{1,3},\d{3}", plain):
        plain = plain.replace(",", "")
    elif plain.count(",") == 1 and "." not in plain:
        whole = plain.split(",")[0]
        # 673,310 is metres with a thousands comma; 102,034 is degrees with a decimal comma.
        grouped = re.fullmatch(r"\d{1,3},\d{3}", plain) and int(whole) > 106
        plain = plain.replace(",", "" if grouped else ".")
    try:
        value = float(plain) if re.fullmatch(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?", plain) else None
    except ValueError:
        return None
    return value


def row_epsg(text: str | None) -> int | None:
    """EPSG code that a cell names: a code, or a UTM zone of WGS 84.

    Examples
    --------
    >>> row_epsg("47"), row_epsg("48Q"), row_epsg("EPSG:24047"), row_epsg("46")
    (32647, 32648, 24047, None)
    """
    match = re.search(r"\d{4,5}|4[78](?!\d)", to_arabic_digits(text or ""))
    if match is None:
        return None
    code = int(match[0])
    code = 32600 + code if code < 100 else code
    return code if code in crs.OPERATIONS else None
