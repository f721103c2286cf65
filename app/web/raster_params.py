"""Parameters of the addresses of rasters."""

from __future__ import annotations

import re

from app.web.endpoint import Param
from app.web.params import (
    Unreadable,
    area_code,
    boolean,
    choice,
    decimal_number,
    integer_schema,
    string_schema,
    whole_number,
)
from layers.raster import RAMPS

LEVELS = ("province", "amphoe", "tambon")
PARTS = ("zones", "profile", "catchment")


def raster_name(text: str) -> str:
    """Name of a raster or an extent in addresses."""
    if not re.fullmatch(r"[a-z0-9-]{1,60}", text.strip()):
        raise Unreadable("ชื่อในรายการ", "a name of the list")
    return text.strip()


def project_code(text: str) -> str:
    """Code of a project."""
    if not re.fullmatch(r"[0-9A-Za-z_.-]{1,60}", text.strip()):
        raise Unreadable("รหัสโครงการ", "the code of a project")
    return text.strip()


_VALUE = decimal_number(-999_999_999, 999_999_999)
_NUMBER = {"type": "number"}
RASTER = Param("raster", raster_name, string_schema(maxLength=60), "Raster; of heights: without it the finest", "")
EXTENT = Param("extent", raster_name, string_schema(maxLength=60), "Extent of a hazard", "")
RAMP = Param("ramp", choice(*RAMPS), string_schema(enum=list(RAMPS)), "Colours", "")
LOW = Param("low", _VALUE, _NUMBER, "Value at the begin of the colours; without it the 2nd percentile")
HIGH = Param("high", _VALUE, _NUMBER, "Value at the end of the colours; without it the 98th percentile")
SHADE = Param("shade", boolean, {"type": "boolean"}, "True: the ground is lit as well (heights)")
BAND = Param("band", whole_number(1, 64), integer_schema(1, 64), "Band", 1)
OPACITY = Param("opacity", whole_number(0, 100), integer_schema(0, 100), "Percent", 80)
LEVEL = Param("level", choice(*LEVELS), string_schema(enum=list(LEVELS)), "Areas of a row", "")
AREA = Param("area", area_code, string_schema(pattern="^[0-9]{2,6}$"), "Only areas below this one", "")
PROJECT = Param("project", project_code, string_schema(maxLength=60), "Code of a project", "")
LON = Param("lon", decimal_number(-180, 180), _NUMBER, "Longitude in degrees")
LAT = Param("lat", decimal_number(-90, 90), _NUMBER, "Latitude in degrees")
SHADE_SEEN = Param("shade_seen", boolean, {"type": "boolean"}, "The form had a box for shade")
PART = Param("show", choice(*PARTS), string_schema(enum=list(PARTS)), "Which analysis is open", "zones")
LOOK_PARAMS = (RAMP, LOW, HIGH, SHADE, BAND)
PAGE_PARAMS = (RASTER, *LOOK_PARAMS, SHADE_SEEN, OPACITY, LEVEL, AREA, PROJECT, LON, LAT, PART)
