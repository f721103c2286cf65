"""Coordinates in bulk through the doctor, with the places that the database knows; nothing is stored."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import exp
from typing import Literal

import numpy as np
import shapely
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.queries.known_works import known_works
from app.queries.organisations import offices, territories_wkb
from gis import coordinates, crs, pasted
from gis.doctor import Diagnoses, GivenPoints, Places, datum_evidence, diagnose, uniform_readings
from gis.doctor import Reading as DoctorReading
from gis.thai import to_arabic_digits

Status = Literal["ok", "wrong", "ambiguous", "unreadable"]

# The words of the public interface for what the doctor tells apart more finely.
_PUBLIC_KIND = {"wrong_notation": "as_given", "missing_point": "missing_digit"}
# One point for so many works of one file is an office, a village's middle or a copied cell.
REPEATED_WORKS = 4
_OFFICE_M = 10.0
# What a datum costs that nothing speaks against and nothing speaks for.
_SECOND_COST = 4.0
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_UTM = (32647, 32648)
# Works this far around the points may be what they should lie on, about a kilometre.
_AROUND_DEGREES = 0.01


@dataclass(frozen=True)
class CoordinateRow:
    """One row of a file: a text, or two numbers with or without their coordinate system; and what is known of it."""

    number: int
    text: str | None = None
    x: float | None = None
    y: float | None = None
    epsg: int | None = None
    organisation: str | None = None
    tambon_code: str | None = None


@dataclass(frozen=True)
class OfferedReading:
    """A way to read the row; ``score`` is 1 for what needs no supposition, ``reason`` the code of its sentence."""

    lon: float
    lat: float
    epsg: int
    kind: str
    score: float
    reason: str
    spread_m: float = 0.0

    @property
    def values(self) -> dict[str, object]:
        """What the sentence speaks of."""
        return {"epsg": self.epsg, "spread_m": 0 if self.spread_m < 1 else round(self.spread_m)}


@dataclass(frozen=True)
class Answer:
    """What the doctor says of a row, the best reading first."""

    row: int
    status: Status
    readings: tuple[OfferedReading, ...] = ()


@dataclass(frozen=True)
class _Claim:
    """Numbers of a row in one coordinate system that it may have meant."""

    row: int
    x: float
    y: float
    epsg: int
    kind: str = "as_given"
    cost: float = 0.0
    told_epsg: int = 0
    # Taken out of a text that could not be read in any sensible way: only its mistakes are of interest.
    desperate: bool = False


def examine(session: Session, rows: Sequence[CoordinateRow]) -> list[Answer]:
    """Judge every row by the places that the database knows; as many answers, in the order given."""
    places, place_of = _places(session, rows)
    known = offices(session, {row.organisation for row in rows if row.organisation})
    copied = _copied(rows)
    answers = judge(rows, places, place_of)
    drawn_on = _datum_by_works(session, answers)
    return [
        _with_office(row, _with_datum(answer, drawn_on, "doctor_datum_of_works"), known, index in copied)
        for index, (row, answer) in enumerate(zip(rows, answers, strict=True))
    ]


def judge(rows: Sequence[CoordinateRow], places: Places, place_of: Sequence[int]) -> list[Answer]:
    """Judge every row by given places; ``place_of`` has the index of each row's place."""
    claims = [claim for index, row in enumerate(rows) for claim in _claims(index, row)]
    given = GivenPoints(
        np.array([claim.x for claim in claims], dtype=np.float64),
        np.array([claim.y for claim in claims], dtype=np.float64),
        np.array([claim.epsg for claim in claims], dtype=np.intp),
        np.array([place_of[claim.row] for claim in claims], dtype=np.intp),
    )
    found = diagnose(given, places) if claims else Diagnoses(np.array([], dtype="<U11"), np.empty((0, 2)))
    by_row: dict[int, list[int]] = defaultdict(list)
    for number, claim in enumerate(claims):
        by_row[claim.row].append(number)
    shifted = _shifted(given, places)
    return [_with_datum(_answer(row, by_row[index], claims, found), shifted) for index, row in enumerate(rows)]


def _places(session: Session, rows: Sequence[CoordinateRow]) -> tuple[Places, list[int]]:
    """Polygons of the claimed tambons and territories; Thailand stands for whoever claims nothing that is known."""
    tambons = {row.tambon_code for row in rows if row.tambon_code}
    shapes = {
        ("tambon", code): shapely.from_wkb(bytes(wkb))
        for code, wkb in session.execute(
            sa.text("SELECT code, ST_AsBinary(geom) FROM area WHERE code = ANY(:codes) AND geom IS NOT NULL"),
            {"codes": list(tambons)},
        )
    }
    territories = territories_wkb(session, {row.organisation for row in rows if row.organisation})
    shapes |= {("organisation", code): shapely.from_wkb(wkb) for code, wkb in territories.items()}
    index = {key: number for number, key in enumerate(shapes)}
    thailand = len(index)

    def place(row: CoordinateRow) -> int:
        tambon, organisation = ("tambon", row.tambon_code or ""), ("organisation", row.organisation or "")
        return index.get(tambon, index.get(organisation, thailand))

    polygons = [shapely.make_valid(shape) for shape in shapes.values()]
    return Places([*polygons, shapely.box(*crs.THAILAND_BOUNDS)]), [place(row) for row in rows]


def _claims(index: int, row: CoordinateRow) -> list[_Claim]:
    if row.x is not None and row.y is not None:
        return [_Claim(index, row.x, row.y, epsg, told_epsg=epsg) for epsg in _systems(row.x, row.y, row.epsg)]
    if not row.text or not row.text.strip():
        return []
    read = coordinates.read(row.text)
    claims = [
        _Claim(
            index,
            reading.lon,
            reading.lat,
            crs.STORAGE_EPSG,
            reading.kind,
            0.0 if reading.kind == "as_given" else 1.0,
            reading.epsg,
        )
        for reading in read.readings
        if reading.kind != "outside"
    ]
    if pasted.has_plus_code(row.text):
        # Its digits are no numbers.
        return claims
    numbers = [float(number) for number in _NUMBER.findall(to_arabic_digits(row.text))]
    if len(numbers) == 2:
        # A text does not say which number comes first.
        claims += [
            _Claim(index, x, y, epsg, told_epsg=epsg, desperate=bool(claims))
            for x, y in (numbers, numbers[::-1])
            for epsg in _systems(x, y, row.epsg)
        ]
    return claims


def _systems(x: float, y: float, epsg: int | None) -> tuple[int, ...]:
    if epsg is not None:
        return (epsg,) if epsg in crs.OPERATIONS else ()
    return _UTM if max(abs(x), abs(y)) > 1_000 else (crs.STORAGE_EPSG,)


def _answer(row: CoordinateRow, numbers: list[int], claims: Sequence[_Claim], found: Diagnoses) -> Answer:
    if not numbers:
        return Answer(row.number, "unreadable")
    sound = [n for n in numbers if found.verdicts[n] in ("plausible", "truncated") and not claims[n].desperate]
    if sound:
        return _plausible(row, sorted(sound, key=lambda n: claims[n].cost), claims, found)
    readings = [_offered(reading, claims[n].cost) for n in numbers for reading in found.readings.get(n, ())]
    if row.epsg is None:
        # Nobody named a zone, so none was wrong.
        readings = [_renamed(r, "wrong_zone", "as_given") if row.text is None else r for r in readings]
    readings = _distinct(sorted(readings, key=lambda reading: -reading.score))
    if readings:
        plain = row.epsg is None and row.text is None and readings[0].kind == "as_given"
        return Answer(row.number, "ok" if plain else "wrong", tuple(readings))
    outside = [n for n in numbers if np.isfinite(found.lonlat[n]).all()]
    return Answer(
        row.number, "wrong" if outside else "unreadable", tuple(_outside(claims[n], found, n) for n in outside[:1])
    )


def _plausible(row: CoordinateRow, sound: list[int], claims: Sequence[_Claim], found: Diagnoses) -> Answer:
    readings = []
    for n in sound:
        claim = claims[n]
        lon, lat = found.lonlat[n].tolist()
        kind = "truncated" if found.verdicts[n] == "truncated" and claim.kind == "as_given" else claim.kind
        readings.append(OfferedReading(lon, lat, claim.told_epsg, kind, _score(claim.cost), f"doctor_{kind}"))
    readings = _distinct(readings)
    best = readings[0]
    rivals = [reading for reading in readings if reading.score == best.score]
    status: Status = "ok" if best.kind == "as_given" else "wrong"
    if len(rivals) > 1:
        status = "ambiguous"
    elif best.kind == "as_given" and best.epsg in _UTM:
        readings += second_datum(best.lon, best.lat, best.epsg)
    return Answer(row.number, status, tuple(readings))


def second_datum(lon: float, lat: float, epsg: int) -> list[OfferedReading]:
    """The same numbers in Indian 1975: half a kilometre away, and nothing about one point can exclude it."""
    numbers = crs.from_wgs84((lon, lat), epsg)[0]
    indian = epsg - 8600
    lon, lat = crs.to_wgs84(numbers, indian)[0]
    return [OfferedReading(lon, lat, indian, "wrong_datum", _score(_SECOND_COST), "doctor_second_datum")]


def _offered(reading: DoctorReading, extra: float) -> OfferedReading:
    kind = _PUBLIC_KIND.get(reading.kind, reading.kind)
    reason = f"doctor_{reading.kind}"
    return OfferedReading(
        reading.lon, reading.lat, reading.epsg, kind, _score(reading.cost + extra), reason, reading.spread_m
    )


def _renamed(reading: OfferedReading, kind: str, wanted: str) -> OfferedReading:
    if reading.kind != kind:
        return reading
    return OfferedReading(reading.lon, reading.lat, reading.epsg, wanted, 1.0, f"doctor_{wanted}", reading.spread_m)


def _outside(claim: _Claim, found: Diagnoses, number: int) -> OfferedReading:
    lon, lat = found.lonlat[number].tolist()
    return OfferedReading(lon, lat, claim.told_epsg, "outside", _score(8.0), "doctor_outside")


def _score(cost: float) -> float:
    return round(exp(-cost / 2), 3)


def _distinct(readings: Sequence[OfferedReading]) -> list[OfferedReading]:
    """One of each place: two ways to the same point are one reading."""
    kept: dict[tuple[float, float], OfferedReading] = {}
    for reading in readings:
        kept.setdefault((round(reading.lon, 6), round(reading.lat, 6)), reading)
    return list(kept.values())


def _shifted(given: GivenPoints, places: Places) -> Mapping[int, int]:
    """Coordinate systems of the file that are the other datum throughout, and which: decided by all rows together."""
    if not len(given.x):
        return {}
    found = uniform_readings(given, places)
    return {
        reading.given_epsg: reading.epsg
        for reading in found[:1]
        if reading.kind == "wrong_datum" and not reading.swapped
    }


def _datum_by_works(session: Session, answers: Sequence[Answer]) -> Mapping[int, int]:
    """Coordinate systems whose points lie on known roads and waters only when read in the other datum, and which."""
    found: dict[int, int] = {}
    for epsg in _UTM:
        lonlat = np.array(
            [
                (answer.readings[0].lon, answer.readings[0].lat)
                for answer in answers
                if answer.status == "ok" and answer.readings[0].epsg == epsg
            ]
        )
        if not len(lonlat):
            continue
        west, south = (lonlat.min(axis=0) - _AROUND_DEGREES).tolist()
        east, north = (lonlat.max(axis=0) + _AROUND_DEGREES).tolist()
        works = known_works(session, (west, south, east, north))
        numbers = crs.from_wgs84(lonlat, epsg)[0]
        decided = datum_evidence(numbers[:, 0], numbers[:, 1], epsg, works).decided if len(works) else None
        if decided is not None:
            found[epsg] = decided
    return found


def _with_datum(answer: Answer, shifted: Mapping[int, int], reason: str = "doctor_datum_of_file") -> Answer:
    """Where the file as a whole shows another datum, the row that could be either is that one too."""
    if answer.status != "ok" or answer.readings[0].epsg not in shifted:
        return answer
    first, *others = answer.readings
    meant = [reading for reading in others if reading.epsg == shifted[first.epsg]]
    promoted = [OfferedReading(r.lon, r.lat, r.epsg, r.kind, _score(1.0), reason, r.spread_m) for r in meant]
    return Answer(answer.row, "wrong", (*promoted, first)) if promoted else answer


def _copied(rows: Sequence[CoordinateRow]) -> set[int]:
    """Rows whose numbers stand in several others just so."""
    alike: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        alike[row.text, row.x, row.y, row.epsg].append(index)
    return {index for same in alike.values() if len(same) >= REPEATED_WORKS for index in same}


def _with_office(
    row: CoordinateRow, answer: Answer, offices: Mapping[str, tuple[float, float]], copied: bool
) -> Answer:
    if answer.status not in ("ok", "wrong") or not answer.readings or answer.readings[0].kind != "as_given":
        return answer
    first = answer.readings[0]
    office = offices.get(row.organisation or "")
    near = office is not None and _away_m(first, office) <= _OFFICE_M
    if not near and not copied:
        return answer
    reason = "doctor_office_point" if near else "doctor_repeated_point"
    told = OfferedReading(first.lon, first.lat, first.epsg, "office_point", first.score, reason)
    return Answer(answer.row, "wrong", (told, *answer.readings[1:]))


def _away_m(reading: OfferedReading, point: tuple[float, float]) -> float:
    east = (reading.lon - point[0]) * 111_320 * np.cos(np.radians(point[1]))
    return float(np.hypot(east, (reading.lat - point[1]) * 110_600))


@dataclass
class Count:
    """How many rows of each status and each kind of best reading."""

    statuses: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    kinds: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, answer: Answer) -> None:
        """Count one."""
        self.statuses[answer.status] += 1
        if answer.status == "wrong" and answer.readings:
            self.kinds[answer.readings[0].kind] += 1
