"""Maps on paper: what is measured on the sheet is what lies on the ground."""

from __future__ import annotations

import re

import pytest
import shapely

from gis import crs
from gis.map_sheet import Drawing, MapSheet, NothingToShow, map_sheet, symbol
from gis.measure import length_m
from gis.writers.styles import Look

PLAIN = Look("#2B3038", 4.6)
ROAD = shapely.from_wkt("LINESTRING (102.03 15.80, 102.034 15.80, 102.034 15.802)")


def lines_mm(sheet: MapSheet, colour: str) -> list[list[tuple[float, float]]]:
    """Lines of a colour as they lie on the paper."""
    found = re.findall(rf'<path d="M([^"Z]+)" fill="none" stroke="{colour}"', sheet.svg)
    numbers = [[float(n) for n in text.split()] for text in found]
    return [list(zip(line[::2], line[1::2], strict=True)) for line in numbers]


@pytest.mark.parametrize(("zone_lon", "epsg"), [(100.5, 32647), (103.0, 32648)])
def test_a_millimetre_is_the_scale(zone_lon: float, epsg: int) -> None:
    road = shapely.LineString([(zone_lon, 15.8), (zone_lon + 0.03, 15.81)])
    sheet = map_sheet([road], [Drawing([road], PLAIN)])
    [line] = lines_mm(sheet, "#2B3038")
    on_paper_m = shapely.LineString(line).length / 1000 * sheet.scale
    assert sheet.epsg == epsg
    # The scale of UTM is 0.9996 to 1.001 in its zone; the paper is written to a hundredth of a millimetre.
    assert on_paper_m == pytest.approx(length_m(road), rel=0.0015)


def test_everything_is_on_the_sheet_at_a_round_scale() -> None:
    sheet = map_sheet([ROAD], [Drawing([ROAD], PLAIN)], width_mm=180, height_mm=120)
    assert sheet.scale == 4_000
    assert all(0 <= x <= 180 and 0 <= y <= 120 for line in lines_mm(sheet, "#2B3038") for x, y in line)
    assert "1:4,000" in sheet.svg
    far = shapely.LineString([(100.0, 14.0), (104.0, 18.0)])
    assert map_sheet([far], []).scale == 5_000_000


def test_grid_numbers_are_metres_of_the_zone() -> None:
    sheet = map_sheet([ROAD], [])
    eastings = [int(n.replace(",", "")) for n in re.findall(r'text-anchor="middle"[^>]*>(\d{3},\d{3})<', sheet.svg)]
    (middle, _), _ = crs.from_wgs84((102.032, 15.801), sheet.epsg)
    assert eastings
    assert all(abs(easting - middle) < 180 * 4 / 2 for easting in eastings)
    assert len({easting % 200 for easting in eastings}) == 1


def test_labels_keep_off_each_other_and_are_text_only() -> None:
    points = [shapely.Point(102.0301, 15.8), shapely.Point(102.03011, 15.8), shapely.Point(102.034, 15.802)]
    words = ["บ้านน้ำทำ", "บ้านปู่", "<script>&"]
    sheet = map_sheet([ROAD], [Drawing(points, PLAIN, words)])
    assert sheet.left_out == 1
    assert "บ้านน้ำทำ" in sheet.svg
    assert "บ้านปู่" not in sheet.svg
    assert "&lt;script&gt;&amp;" in sheet.svg


def test_holes_points_and_nothing() -> None:
    ring = shapely.from_wkt(
        "POLYGON ((102 15, 102.01 15, 102.01 15.01, 102 15.01, 102 15),"
        " (102.004 15.004, 102.006 15.004, 102.006 15.006, 102.004 15.006, 102.004 15.004))"
    )
    sheet = map_sheet([ring], [Drawing([ring, None, shapely.Point()], PLAIN)])
    [path] = re.findall(r'<path d="(M[^"]+)" fill="#2B3038"', sheet.svg)
    assert path.count("M") == 2
    assert 'fill-rule="evenodd"' in sheet.svg
    with pytest.raises(NothingToShow):
        map_sheet([None, shapely.Point()], [])
    assert symbol(PLAIN).startswith("<svg")
    # What makes a work stand out on the map stands under it in the legend, too.
    both = symbol(PLAIN, under=Look("#FFD54A", 15))
    assert both.index("#FFD54A") < both.index(PLAIN.colour)
