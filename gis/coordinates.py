"""Coordinates as people type and paste them, read into longitude and latitude.

Notations of Thai practice: decimal degrees in either order, degrees-minutes(-seconds) with any of their signs or the
Thai words, UTM with or without its zone ("47N", "47P", "โซน 48"), MGRS with or without its zone, Thai digits, decimal
commas, map links, ``geo:`` URIs, WKT, Plus Codes, and tables of vertices. Where a text can be read in several ways
all of them come back: which one is meant is for the person, the territory or the map to say, never for this module.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from mgrs import MGRS
from mgrs._native import MGRSError

from gis import crs, pasted
from gis.problems import Problem
from gis.thai import to_arabic_digits

ReadingKind = Literal["as_given", "swapped_lonlat", "swapped_en", "wrong_zone", "outside"]

MAX_TEXT = 400
MAX_LINK = 4_000
MAX_ROWS = 20_000
_BANDS = "CDEFGHJKLMNPQRSTUVWX"
_GRID = MGRS()
# Every MGRS zone and band that Thailand lies in.
_MGRS_ZONES = ("47N", "47P", "47Q", "48N", "48P", "48Q")


@dataclass(frozen=True)
class Reading:
    """One way to read a text.

    Parameters
    ----------
    lon, lat
        Degrees, EPSG:4326.
    epsg
        Coordinate system the text was taken to be in.
    kind
        ``as_given``, or what had to be supposed: ``swapped_lonlat``, ``swapped_en``, ``wrong_zone``; ``outside`` lies
        outside Thailand.
    label
        The notation, such as ``UTM 47N (WGS 84)``.
    reason
        Code of the sentence that says why it was read so; empty when nothing was supposed.
    """

    lon: float
    lat: float
    epsg: int
    kind: ReadingKind
    label: str
    reason: str = ""


@dataclass(frozen=True)
class ReadText:
    """What came of one text: its readings, the likelier first, and what is wrong with it."""

    text: str
    readings: list[Reading] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    row: int = 1

    @property
    def is_ambiguous(self) -> bool:
        """True when somebody has to choose."""
        return len(self.readings) > 1


def parse(text: str, near: pasted.LonLat | None = None) -> list[Reading]:
    """Every way to read the coordinates of one point; empty when there is none.

    ``near`` (longitude, latitude) is a place that a shortened Plus Code is near to.

    Examples
    --------
    >>> [(round(r.lon, 4), round(r.lat, 4), r.kind) for r in parse("15°48'30\\" น. 102°1'48\\" อ.")]
    [(102.03, 15.8083, 'as_given')]
    >>> [r.label for r in parse("E ๔๐๐๐๐๐ N ๑๗๐๐๐๐๐")]
    ['UTM 47N (WGS 84)', 'UTM 48N (WGS 84)']
    """
    return read(text, near).readings


def read(text: str, near: pasted.LonLat | None = None) -> ReadText:
    """Like :func:`parse`, with the problems of the text beside its readings."""
    shown = text.strip()[:80]
    link = pasted.link_in(text)
    if len(text) > (MAX_LINK if link else MAX_TEXT):
        return ReadText(shown, problems=[Problem("coordinates_too_long", values={"limit": MAX_TEXT})])
    if link is not None:
        places = pasted.places_of_directions(link)
        if len(places) > 1:
            return _of_directions(places, shown)
        text = pasted.from_link(link)
        if not text:
            code = "coordinates_short_link" if pasted.is_short_link(link) else "coordinates_link_without"
            return ReadText(shown, problems=[Problem(code, values={"text": shown})])
    elif plus := pasted.plus_code(text, near):
        return _of_plus_code(plus, shown)
    elif pasted.has_short_plus_code(text):
        return ReadText(shown, problems=[Problem("coordinates_short_plus_code", values={"text": shown})])
    else:
        text = pasted.from_geo_uri(text) or next(iter(pasted.from_wkt(text)), pasted.without_height(text) or text)
    cleaned = _clean(text)
    if not cleaned.strip():
        return ReadText(shown, problems=[Problem("coordinates_missing")])
    return _answered(_unique(_readings(cleaned, _Hints.of(cleaned))), shown)


def _answered(readings: list[Reading], shown: str) -> ReadText:
    inside = [reading for reading in readings if reading.kind != "outside"]
    problems = []
    if not readings:
        problems.append(Problem("coordinates_unreadable", values={"text": shown}))
    elif not inside:
        problems.append(Problem("coordinates_outside", values={"text": shown}))
    elif len(inside) > 1:
        problems.append(Problem("coordinates_ambiguous", "warning", values={"text": shown, "count": len(inside)}))
    return ReadText(shown, inside or readings, problems)


def parse_many(text: str, near: pasted.LonLat | None = None) -> list[ReadText]:
    """Read a pasted table of vertices, one point a line, or the vertices of a WKT geometry.

    A first column of numbers or names, a heading line and empty lines are skipped; a zone or datum named in the
    heading holds for every line. A message with a map link in it is that link.

    Examples
    --------
    >>> rows = parse_many("จุดที่\\tE\\tN (โซน 48)\\n1\\t181833\\t1748899\\n2\\t181900\\t1748950")
    >>> [(row.row, row.readings[0].epsg) for row in rows]
    [(2, 32648), (3, 32648)]
    """
    answers: list[ReadText] = []
    heading = ""
    link = pasted.link_in(text)
    lines = [link] if link and len(text) < MAX_LINK else _vertices(text) or text.splitlines()
    for number, line in enumerate(lines, start=1):
        if number > MAX_ROWS:
            answers.append(
                ReadText("", problems=[Problem("coordinates_too_many_rows", values={"limit": MAX_ROWS})], row=number)
            )
            break
        if not line.strip():
            continue
        answer = _read_row(line, heading, near)
        if not answer.readings and not answers and not heading and not _says_more(answer):
            heading = line.strip()
            continue
        answers.append(replace(answer, row=number))
    return answers


def common_epsg(rows: list[ReadText]) -> tuple[int, ...]:
    """Coordinate systems in which every row can be read, in order of the first row."""
    if not rows or not all(row.readings for row in rows):
        return ()
    shared = set.intersection(*({reading.epsg for reading in row.readings} for row in rows))
    return tuple(dict.fromkeys(r.epsg for r in rows[0].readings if r.epsg in shared))


def _vertices(text: str) -> list[str]:
    """The vertices of a text that gives all of them in one go."""
    return pasted.from_wkt(text) or pasted.pairs_in_line(text)


def _of_directions(places: list[str], shown: str) -> ReadText:
    """A way has two ends, and nothing says which of them is meant."""
    return _answered(_unique(reading for place in places for reading in read(place).readings), shown)


def _says_more(answer: ReadText) -> bool:
    """A line that is no heading: what is wrong with it is known."""
    return any(problem.code != "coordinates_unreadable" for problem in answer.problems)


def _of_plus_code(code: pasted.PlusCode, shown: str) -> ReadText:
    inside = crs.in_thailand(code.lon, code.lat)
    reading = Reading(code.lon, code.lat, crs.STORAGE_EPSG, "as_given" if inside else "outside", "Plus Code")
    problems = [] if inside else [Problem("coordinates_outside", values={"text": shown})]
    return ReadText(shown, [reading], problems)


def _read_row(line: str, heading: str, near: pasted.LonLat | None) -> ReadText:
    context = _HEADING_WORDS.findall(_clean(heading)) if heading else []
    answer = read(line, near)
    if answer.readings and not context:
        return answer
    # Words of the heading join every line; a leading number or name of the point is tried away.
    stripped = line.strip()
    rest = [parts[1] for sign in ("\t", r"[\t;,\s]") if len(parts := re.split(sign, stripped, maxsplit=1)) == 2]
    for candidate in (stripped, *rest):
        again = read(" ".join([*context, candidate]))
        if again.readings:
            return replace(again, text=stripped[:80])
    return answer


# --- the text -----------------------------------------------------------------------------------------------------

_REPLACEMENTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), by)
    for pattern, by in (
        (r"ฟิลิปดา|พิลิปดา|seconds?|sec\b", '"'),
        (r"ลิปดา|minutes?|min\b", "'"),
        (r"องศา|degrees?|deg\b|[º˚∘]", "°"),
        ("''|[\u2033\u201d\u201c\u02ba\uff02]", '"'),
        ("[\u2032\u2019\u2018\u00b4`\u02b9\uff07]", "'"),
        ("[−–—]", "-"),
        (r"(?<=\d)-(?=\d)", " "),
        (r"(?<=[\d\s])(?:เมตร|ม\.|m\b\.?)", " "),
        (r"latitude|lat(?=[\s:=.\d])|ละติจูด|แลต|เส้นรุ้ง", " LAT "),
        (r"longitude|long?(?=[\s:=.\d])|lng|ลองจิจูด|ลองติจูด|เส้นแวง", " LON "),
        # The letters alone behind or before a number, as they are written without a dot.
        (r"(?<=[\d°'\"])\s*(?:ตอ|อ)(?![ก-๙.])|(?<![ก-๙])อ\s*(?=\d)", " E "),
        (r"(?<=[\d°'\"])\s*น(?![ก-๙.])|(?<![ก-๙])น\s*(?=\d)", " N "),
        (r"ตะวันออก|ตอ\.|อ\.|eastings?|\beast\b", " E "),
        (r"ตะวันตก|ตต\.|\bwest\b", " W "),
        (r"เหนือ|น\.|northings?|\bnorth\b", " N "),
        (r"ใต้|\bsouth\b", " S "),
        (r"utm|ยูทีเอ็ม|พิกัด|ค่า|แกน|wgs\s*-?\s*(?:19)?84", " "),
        (r"indian(?:\s*thailand)?(?:\s*(?:19)?75)?|อินเดีย[นฯ]?(?:\s*(?:19|25)?(?:75|18))?", " INDIAN "),
    )
)
_HEADING_WORDS = re.compile(
    r"(?:INDIAN|EPSG\s*:?\s*\d{4,5}|(?:zone|โซน|z)\s*\.?\s*4[78]|\b4[78]\s*[NPQ]\b)", re.IGNORECASE
)


def _clean(text: str) -> str:
    text = to_arabic_digits(text).replace("\u200b", "").replace("\ufeff", "").replace("\u00a0", " ")
    for pattern, by in _REPLACEMENTS:
        text = pattern.sub(by, text)
    return text


@dataclass(frozen=True)
class _Hints:
    """What the words around the numbers say."""

    zone: int | None = None
    band: str = ""
    indian: bool = False
    epsg: int | None = None
    rest: str = ""

    @classmethod
    def of(cls, text: str) -> _Hints:
        """Take zone, band, datum and EPSG code out of a text; what stays is numbers, signs and directions."""
        epsg = zone = None
        band = ""
        if match := re.search(r"EPSG\s*:?\s*(\d{4,5})", text, re.IGNORECASE):
            epsg = int(match[1])
            text = text.replace(match[0], " ")
        indian = "INDIAN" in text
        text = text.replace("INDIAN", " ")
        match = re.search(r"(?:zone|โซน|\bz)\s*\.?\s*(4[78])\s*([NPQ])?\b", text, re.IGNORECASE) or re.search(
            r"(?<![\d.,])(4[78])\s*([NPQ])(?![A-Z])", text, re.IGNORECASE
        )
        if match:
            zone, band = int(match[1]), (match[2] or "").upper()
            text = text.replace(match[0], " ", 1)
        return cls(zone, band, indian, epsg if epsg in crs.OPERATIONS else None, text)


def _readings(text: str, hints: _Hints) -> Iterator[Reading]:
    grid = list(_mgrs_readings(text))
    if grid:
        yield from grid
        return
    for tokens in _tokenised(hints.rest):
        angles = _angles(tokens)
        if angles is not None:
            yield from _degree_readings(*angles, hints)
            yield from _metre_readings(*angles, hints)


def _unique(readings: Iterator[Reading]) -> list[Reading]:
    kept: dict[tuple[float, float], Reading] = {}
    for reading in readings:
        kept.setdefault((round(reading.lon, 7), round(reading.lat, 7)), reading)
    order = {"as_given": 0, "outside": 2}
    return sorted(kept.values(), key=lambda reading: order.get(reading.kind, 1))


# --- MGRS ---------------------------------------------------------------------------------------------------------

_MGRS = re.compile(r"^\s*(4[78]\s*[NPQ])?\s*([A-HJ-NP-Z]{2})\s*(?:(\d{2,10})|(\d{1,5})\s+(\d{1,5}))\s*$", re.IGNORECASE)


def _mgrs_readings(text: str) -> Iterator[Reading]:
    match = _MGRS.match(text)
    if match is None:
        return
    digits = match[3] or match[4] + match[5]
    if len(digits) % 2 or (match[4] and len(match[4]) != len(match[5])):
        return
    zones = (match[1].replace(" ", "").upper(),) if match[1] else _MGRS_ZONES
    for zone in zones:
        reference = zone + match[2].upper() + digits
        corner = _square_corner(reference, len(digits) // 2)
        if corner is None:
            continue
        (lon, lat), _ = crs.to_wgs84(corner, 32600 + int(zone[:2]))
        if crs.in_thailand(lon, lat) and _GRID.toMGRS(lat, lon, 1).startswith(zone):
            reason = "" if match[1] else "reading_zone_from_square"
            yield Reading(lon, lat, 32600 + int(zone[:2]), "as_given", f"MGRS {reference}", reason)


def _square_corner(reference: str, precision: int) -> tuple[float, float] | None:
    """South-west corner of the square, which is what a reference names; the library gives its middle."""
    with warnings.catch_warnings():
        # A square that is not in the band warns; the caller asks for the band itself.
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            _, _, easting, northing = _GRID.MGRSToUTM(reference)
        except MGRSError:
            return None
    half = 10 ** (5 - precision) / 2
    return easting - half, northing - half


# --- numbers and angles -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Value:
    """A number or an angle with the direction written at it."""

    number: float
    direction: str = ""
    is_angle: bool = False


Tokens = list[tuple[str, str]]
_PIECE = (
    r"(?P<number>[-+]?{number})|(?P<sign>[°'\"])|(?P<direction>LAT|LON|[NSEWXY])(?![A-Z])"
    r"|(?P<skip>(?:[\s,;:/|=()\[\]]|\.(?!\d))+)"
)
_PLAIN = r"\d+(?:\.\d+)?"
# Commas may part the numbers, be decimal, or group thousands: every reading that makes sense is kept.
_PIECEISERS = tuple(
    (re.compile(_PIECE.replace("{number}", number), re.IGNORECASE), comma)
    for number, comma in (
        (_PLAIN, ""),
        (r"\d+(?:,\d+)?", "."),
        (rf"(?:\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?(?!\d)|{_PLAIN})", ""),
    )
)


def _tokenised(text: str) -> Iterator[Tokens]:
    seen: list[Tokens] = []
    for pattern, comma in _PIECEISERS:
        tokens: Tokens = []
        at = 0
        while at < len(text):
            match = pattern.match(text, at)
            if match is None:
                break
            at = match.end()
            kind = match.lastgroup or "skip"
            if kind == "number":
                tokens.append((kind, match[0].replace(",", comma)))
            elif kind != "skip":
                tokens.append((kind, match[0].upper()))
        if at >= len(text) and tokens and tokens not in seen:
            seen.append(tokens)
            yield tokens


def _angles(tokens: Tokens) -> tuple[_Value, _Value] | None:
    """Two values, each of one to three numbers, with the directions written before or after them."""
    groups = _grouped(tokens)
    if groups is None:
        return None
    values = [_value(group) for group in groups]
    if values[0] is None or values[1] is None:
        return None
    return values[0], values[1]


def _grouped(tokens: Tokens) -> tuple[Tokens, Tokens] | None:
    numbers = [i for i, (kind, _) in enumerate(tokens) if kind == "number"]
    if len(numbers) not in (2, 3, 4, 5, 6):
        return None
    degrees = [i for i in numbers if i + 1 < len(tokens) and tokens[i + 1] == ("sign", "°")]
    directions = [i for i, (kind, _) in enumerate(tokens) if kind == "direction"]
    if len(degrees) == 2 and degrees[0] == numbers[0]:
        second = degrees[1]
    elif len(directions) == 2 and not degrees:
        # Between the two directions lie the numbers of one value: the first's when the directions stand before.
        prefix = directions[0] < numbers[0]
        second = directions[1] if prefix else next((i for i in numbers if i > directions[0]), -1)
    elif not degrees and len(numbers) in (2, 4, 6):
        second = numbers[len(numbers) // 2]
    else:
        return None
    if second <= 0:
        return None
    # A direction standing right before the second value belongs to it when the first value's stood before it, too.
    if tokens[0][0] == "direction" and tokens[second - 1][0] == "direction" and tokens[second][0] == "number":
        second -= 1
    return tokens[:second], tokens[second:]


def _value(tokens: Tokens) -> _Value | None:
    numbers = [text for kind, text in tokens if kind == "number"]
    directions = [text for kind, text in tokens if kind == "direction"]
    signs = [text for kind, text in tokens if kind == "sign"]
    if not 1 <= len(numbers) <= 3 or len(set(directions)) > 1:
        return None
    if signs not in ([], ["°"], ["°", "'"], ["°", "'", '"'], ["'"], ["'", '"'], ["°", '"']):
        return None
    if any("." in number for number in numbers[:-1]) or any(number[0] in "+-" for number in numbers[1:]):
        return None
    total = abs(float(numbers[0]))
    for number, unit in zip(numbers[1:], (60.0, 3600.0), strict=False):
        if float(number) >= 60:
            return None
        total += float(number) / unit
    direction = directions[0] if directions else ""
    negative = numbers[0].startswith("-") or direction in ("S", "W")
    return _Value(-total if negative else total, direction, len(numbers) > 1)


# --- degrees ------------------------------------------------------------------------------------------------------

_LATITUDE_MARKS = frozenset(("N", "S", "LAT", "Y"))
_LONGITUDE_MARKS = frozenset(("E", "W", "LON", "X"))


def _degree_readings(first: _Value, second: _Value, hints: _Hints) -> Iterator[Reading]:
    if hints.zone is not None and not first.is_angle:
        return
    if max(abs(first.number), abs(second.number)) > 180:
        return
    epsg = 4240 if hints.indian else 4326
    if hints.epsg is not None:
        if crs.operation(hints.epsg).is_projected:
            return
        epsg = hints.epsg
    # In signs, which need no language.
    notation = "° ′ ″" if first.is_angle or second.is_angle else "0.000°"
    datum = "Indian 1975" if epsg == 4240 else "WGS 84"
    named = _named(first, second)
    pairs = [named] if named else [(second.number, first.number), (first.number, second.number)]
    for lon, lat in pairs:
        if crs.in_thailand(lon, lat):
            yield _degrees(lon, lat, epsg, "as_given", f"{notation} ({datum})")
            return
    lon, lat = pairs[0]
    if named and crs.in_thailand(lat, lon):
        yield _degrees(lat, lon, epsg, "swapped_lonlat", f"{notation} ({datum})", "reading_swapped_lonlat")
    elif abs(lat) <= 90:
        yield _degrees(lon, lat, epsg, "outside", f"{notation} ({datum})", "reading_outside")


def _named(first: _Value, second: _Value) -> tuple[float, float] | None:
    """``(east value, north value)`` when the directions say which is which."""
    marks = (first.direction, second.direction)
    if marks[0] in _LONGITUDE_MARKS or marks[1] in _LATITUDE_MARKS:
        return None if marks[0] in _LATITUDE_MARKS or marks[1] in _LONGITUDE_MARKS else (first.number, second.number)
    if marks[0] in _LATITUDE_MARKS or marks[1] in _LONGITUDE_MARKS:
        return second.number, first.number
    return None


def _degrees(lon: float, lat: float, epsg: int, kind: ReadingKind, label: str, reason: str = "") -> Reading:
    (lon, lat), _ = crs.to_wgs84((lon, lat), epsg)
    return Reading(lon, lat, epsg, kind, label, reason)


# --- metres -------------------------------------------------------------------------------------------------------


def _metre_readings(first: _Value, second: _Value, hints: _Hints) -> Iterator[Reading]:
    if first.is_angle or second.is_angle or min(first.number, second.number) < 1000:
        return
    named = _named(first, second)
    pairs: list[tuple[float, float, ReadingKind]] = [
        (*(named or (first.number, second.number)), "as_given"),
    ]
    pairs.append((pairs[0][1], pairs[0][0], "swapped_en"))
    for easting, northing, kind in pairs:
        found = list(_zone_readings(easting, northing, kind, hints))
        yield from found
        # Named axes are believed as long as they can be right.
        if named and found:
            return


def _zone_readings(easting: float, northing: float, kind: ReadingKind, hints: _Hints) -> Iterator[Reading]:
    stated = _stated_epsg(hints)
    systems = (24047, 24048) if hints.indian else (32647, 32648)
    possible = [epsg for epsg in systems if epsg in crs.candidates((easting, northing, easting, northing))]
    if stated is not None and not _thai(easting, northing, stated):
        # The stated zone puts it outside Thailand: the other one may be meant.
        for epsg in possible:
            if epsg != stated and _thai(easting, northing, epsg):
                yield _metres(easting, northing, epsg, "wrong_zone", "reading_wrong_zone")
        return
    for epsg in (stated,) if stated is not None else possible:
        if _thai(easting, northing, epsg):
            reason = "reading_swapped_en" if kind == "swapped_en" else ""
            if not reason and stated is None and len(possible) > 1:
                reason = "reading_zone_not_given"
            reading = _metres(easting, northing, epsg, kind, reason)
            yield replace(reading, reason=reason or _band_reason(reading, hints.band))


def _stated_epsg(hints: _Hints) -> int | None:
    if hints.epsg is not None and crs.operation(hints.epsg).is_projected:
        return hints.epsg
    if hints.zone is None:
        return None
    return (24000 if hints.indian else 32600) + hints.zone


def _thai(easting: float, northing: float, epsg: int) -> bool:
    (lon, lat), _ = crs.to_wgs84((easting, northing), epsg)
    return crs.in_thailand(lon, lat)


def _metres(easting: float, northing: float, epsg: int, kind: ReadingKind, reason: str) -> Reading:
    (lon, lat), _ = crs.to_wgs84((easting, northing), epsg)
    datum = "Indian 1975" if epsg < 32600 else "WGS 84"
    return Reading(lon, lat, epsg, kind, f"UTM {epsg % 100}N ({datum})", reason)


def _band_reason(reading: Reading, band: str) -> str:
    """A band letter that is not the one of the latitude; N is taken for "northern hemisphere" as well."""
    expected = _BANDS[int((reading.lat + 80) // 8)]
    return "reading_band_differs" if band in ("P", "Q") and band != expected else ""
