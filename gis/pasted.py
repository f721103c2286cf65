"""What people paste instead of coordinates - links, ``geo:`` URIs, WKT, Plus Codes - turned into plain numbers.

Nothing here asks anybody: a link that only forwards has no coordinates in it, and that is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

LonLat = tuple[float, float]

LINK_MAX = 2_000
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_SHORT_LINK = re.compile(
    r"^https?://(?:maps\.app\.goo\.gl|goo\.gl|g\.co|bit\.ly|lin\.ee|tinyurl\.com|shorturl\.at)/", re.IGNORECASE
)
_NUMBER = r"[-+]?\d{1,3}(?:\.\d+)?"
_DECIMAL = r"[-+]?\d{1,3}\.\d+"
# The surest first: the pin, then what was searched for, then the middle of the map. Latitude stands first in all.
_IN_LINKS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"!3d({_DECIMAL})!4d({_DECIMAL})",
        rf"mlat=({_DECIMAL})&mlon=({_DECIMAL})",
        rf"[?&]lat(?:itude)?=({_NUMBER})&(?:lng|lon|long|longitude)=({_NUMBER})",
        rf"(?:[?&](?:q|query|ll|daddr|destination|center|cp|loc|pin)=(?:loc:)?)\s*({_NUMBER})\s*[,~+ ]\s*({_NUMBER})",
        rf"/(?:place|search|dir)/(?:[^@]*/)?({_DECIMAL})\s*,[+\s]*({_DECIMAL})",
        rf"@({_DECIMAL}),({_DECIMAL})",
        rf"#map=\d+(?:\.\d+)?/({_DECIMAL})/({_DECIMAL})",
        rf"({_DECIMAL})\s*,[+\s]*({_DECIMAL})",
    )
)
# A link to a place may tell it in degrees and minutes: 15°48'30.1"N+102°01'48.0"E
_DMS_IN_LINK = re.compile(r"(\d{1,2}°[^NS/]{1,20}[NS])[+\s,]*(\d{1,3}°[^EW/]{1,20}[EW])", re.IGNORECASE)
_DIRECTIONS = re.compile(r"/maps/dir/([^@?#]*)", re.IGNORECASE)
_PLACE = re.compile(rf"({_DECIMAL})\s*,[+\s]*({_DECIMAL})")
# Latitude and longitude with what a receiver adds: the height in metres.
_WITH_HEIGHT = re.compile(
    r"\s*([-+]?\d{1,3}\.\d{3,})[,;\s]+([-+]?\d{1,3}\.\d{3,})[,;\s]+[-+]?\d{1,4}(?:\.\d+)?\s*(?:m\.?|ม\.|เมตร)?\s*",
    re.IGNORECASE,
)
_PAIR = r"[-+]?\d{1,3}\.\d{2,}\s*,\s*[-+]?\d{1,3}\.\d{2,}"
_PAIRS = re.compile(rf"\s*{_PAIR}(?:(?:\s*[;|]\s*|\s+){_PAIR})+\s*")
_GEO = re.compile(rf"\bgeo:\s*({_NUMBER})\s*,\s*({_NUMBER})(?:,{_NUMBER})?([;?][^\s]*)?", re.IGNORECASE)
_GEO_QUERY = re.compile(rf"[?&]q=({_NUMBER})\s*,\s*({_NUMBER})", re.IGNORECASE)
_WKT = re.compile(
    r"(?:SRID\s*+=\s*+(?P<srid>\d{4,6})\s*+;\s*+)?(?:MULTI)?(?:POINT|LINESTRING|POLYGON)\s*+(?:(?:ZM?|M)\s*+)?"
    r"(?P<body>\([\s\d.,+\-eE()]++)",
    re.IGNORECASE,
)

_PLUS_DIGITS = "23456789CFGHJMPQRVWX"
_PLUS = re.compile(
    rf"(?<![A-Z0-9])(?P<head>[{_PLUS_DIGITS}]{{8}}|[{_PLUS_DIGITS}]{{4}}|[{_PLUS_DIGITS}]{{6}})"
    rf"\+(?P<tail>[{_PLUS_DIGITS}]{{2,7}})(?![A-Z0-9])",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class PlusCode:
    """A Plus Code (Open Location Code): the middle of its cell, and how large that is.

    Parameters
    ----------
    lon, lat
        Degrees, EPSG:4326.
    size_degrees
        Height of the cell.
    """

    lon: float
    lat: float
    size_degrees: float


def link_in(text: str) -> str | None:
    """The first link of a text."""
    found = _LINK.search(text)
    return None if found is None else found[0]


def is_short_link(link: str) -> bool:
    """True for a link that only forwards: where to is not written in it."""
    return _SHORT_LINK.match(link) is not None


def from_link(link: str) -> str:
    """The coordinates of a map link as a text of latitude and longitude; empty when it has none.

    Examples
    --------
    >>> from_link("https://www.google.com/maps/place/X/@15.1,102.1,17z/data=!3m1!4b1!4m4!3d15.8083!4d102.03")
    '15.8083, 102.03'
    >>> from_link("https://maps.google.com/maps?q=15.8083%2C102.03&hl=th")
    '15.8083, 102.03'
    """
    plain = unquote(link[:LINK_MAX])
    pin, *others = _IN_LINKS
    for pattern in (pin, None, *others):
        if pattern is None:
            if dms := _DMS_IN_LINK.search(plain.replace("+", " ")):
                return f"{dms[1]} {dms[2]}"
        elif found := pattern.search(plain):
            return f"{found[1]}, {found[2]}"
    return ""


def places_of_directions(link: str) -> list[str]:
    """The places of a link to a way, each as latitude and longitude.

    Examples
    --------
    >>> places_of_directions("https://www.google.com/maps/dir/15.8083,102.03/15.9,102.1/@15.85,102.06,13z")
    ['15.8083, 102.03', '15.9, 102.1']
    """
    found = _DIRECTIONS.search(unquote(link[:LINK_MAX]))
    if found is None:
        return []
    places = (_PLACE.fullmatch(part) for part in found[1].split("/"))
    return [f"{place[1]}, {place[2]}" for place in places if place]


def without_height(text: str) -> str:
    """Latitude and longitude of a text that gives a height behind them; empty for any other.

    Examples
    --------
    >>> without_height("16.04219, 101.91107, 180"), without_height("16.04219, 101.91107")
    ('16.04219, 101.91107', '')
    """
    found = _WITH_HEIGHT.fullmatch(text)
    return "" if found is None else f"{found[1]}, {found[2]}"


def pairs_in_line(text: str) -> list[str]:
    """Each of several pairs of degrees on one line; empty for any other text.

    Examples
    --------
    >>> pairs_in_line("16.04219,101.91107 16.045,101.92")
    ['16.04219,101.91107', '16.045,101.92']
    """
    if len(text) > LINK_MAX or _PAIRS.fullmatch(text) is None:
        return []
    return re.findall(_PAIR, text)


def from_geo_uri(text: str) -> str:
    """The coordinates of a ``geo:`` URI (RFC 5870) as latitude and longitude; empty when there is none.

    Examples
    --------
    >>> from_geo_uri("geo:15.8083,102.03;u=35"), from_geo_uri("geo:0,0?q=15.8083,102.03(pin)")
    ('15.8083, 102.03', '15.8083, 102.03')
    """
    found = _GEO.search(text)
    if found is None:
        return ""
    asked = _GEO_QUERY.search(found[3] or "")
    return f"{asked[1]}, {asked[2]}" if asked else f"{found[1]}, {found[2]}"


def from_wkt(text: str) -> list[str]:
    """Each vertex of a WKT geometry as a text of its two numbers, the EPSG code before them where it is given.

    Rings follow each other; the vertex that closes one is left out.

    Examples
    --------
    >>> from_wkt("SRID=32648;LINESTRING(181833 1748899, 181900 1748950)")
    ['EPSG:32648 181833 1748899', 'EPSG:32648 181900 1748950']
    >>> from_wkt("POINT Z (102.03 15.8083 120)")
    ['102.03 15.8083']
    """
    found = _WKT.fullmatch(text.strip())
    if found is None or not found["body"].endswith(")"):
        return []
    system = f"EPSG:{found['srid']} " if found["srid"] else ""
    vertices: list[str] = []
    for ring in re.split(r"\)\s*,\s*\(", found["body"]):
        own = [system + " ".join(parts[:2]) for parts in _numbers(ring) if len(parts) >= 2]
        vertices += own[:-1] if len(own) > 3 and own[0] == own[-1] else own
    return vertices


def _numbers(ring: str) -> Iterator[list[str]]:
    for vertex in ring.replace("(", " ").replace(")", " ").split(","):
        yield vertex.split()


def plus_code(text: str, near: LonLat | None = None) -> PlusCode | None:
    """The first Plus Code of a text; a short one needs something near it, longitude and latitude.

    Examples
    --------
    >>> full, short = plus_code("7P74R25J+9X"), plus_code("R25J+9X ต.หนองสาธิต", near=(102.1, 15.9))
    >>> (round(full.lon, 4), round(full.lat, 4)) == (round(short.lon, 4), round(short.lat, 4))
    True
    """
    found = _PLUS.search(text)
    if found is None:
        return None
    head, tail = found["head"].upper(), found["tail"].upper()
    if len(head) == 8:
        return _decoded(head + tail)
    if near is None:
        return None
    missing = 8 - len(head)
    return _nearest(_decoded(_prefix(near)[:missing] + head + tail), near, 20.0 ** (2 - missing // 2))


def has_short_plus_code(text: str) -> bool:
    """True when there is a Plus Code whose beginning was left out."""
    found = _PLUS.search(text)
    return found is not None and len(found["head"]) < 8


def has_plus_code(text: str) -> bool:
    """True when there is a Plus Code, whole or short."""
    return _PLUS.search(text) is not None


def town_of_plus_code(text: str) -> str:
    """What stands beside a short Plus Code: the town that it is near to, in somebody else's words.

    Examples
    --------
    >>> town_of_plus_code("2WR6+VC กรุงเทพมหานคร"), town_of_plus_code("7P74R25J+9X กรุงเทพมหานคร")
    ('กรุงเทพมหานคร', '')
    """
    found = _PLUS.search(text)
    if found is None or len(found["head"]) == 8:
        return ""
    town = f"{text[: found.start()]} {text[found.end() :]}".strip(" ,\t\r\n")
    return town if any(sign.isalpha() for sign in town) else ""


def _decoded(digits: str) -> PlusCode:
    lat, lon = -90.0, -180.0
    height = width = 400.0
    for place in range(0, min(len(digits), 10), 2):
        height, width = height / 20, width / 20
        lat += _PLUS_DIGITS.index(digits[place]) * height
        if place + 1 < len(digits):
            lon += _PLUS_DIGITS.index(digits[place + 1]) * width
    for digit in digits[10:]:
        # From the eleventh digit on, a cell is cut into five rows of four.
        row, column = divmod(_PLUS_DIGITS.index(digit), 4)
        height, width = height / 5, width / 4
        lat, lon = lat + row * height, lon + column * width
    return PlusCode(lon + width / 2, lat + height / 2, height)


def _prefix(near: LonLat) -> str:
    """First four digits of the code of a place."""
    lon, lat = near[0] + 180, near[1] + 90
    digits = ""
    for step in (20.0, 1.0):
        digits += _PLUS_DIGITS[int(lat // step) % 20] + _PLUS_DIGITS[int(lon // step) % 20]
    return digits


def _nearest(code: PlusCode, near: LonLat, cell_degrees: float) -> PlusCode:
    """The same digits in the cell that puts them nearest to the reference."""

    def shifted(value: float, reference: float) -> float:
        return value - round((value - reference) / cell_degrees) * cell_degrees

    return PlusCode(shifted(code.lon, near[0]), shifted(code.lat, near[1]), code.size_degrees)
