"""The coordinate doctor: are these numbers plausible, and if not, what was most likely meant.

:func:`diagnose` judges points, one by one or by the hundred thousand; :func:`uniform_readings` and
:func:`datum_evidence` judge a whole file, which can show what no single point can; :func:`repeated` finds one point
given for many works; :func:`whole_readings` takes geometries as they are stored. Nothing here reads a database or
guesses silently: a reading is an offer with a reason.
"""

from gis.doctor.batches import DatumEvidence, UniformReading, datum_evidence, repeated, uniform_readings
from gis.doctor.places import Places
from gis.doctor.points import Diagnoses, GivenPoints, Reading, diagnose
from gis.doctor.stored import Finding, Offer, StoredGeometries, examine_stored
from gis.doctor.whole import WholeReading, whole_readings

__all__ = [
    "DatumEvidence",
    "Diagnoses",
    "Finding",
    "GivenPoints",
    "Offer",
    "Places",
    "Reading",
    "StoredGeometries",
    "UniformReading",
    "WholeReading",
    "datum_evidence",
    "diagnose",
    "examine_stored",
    "repeated",
    "uniform_readings",
    "whole_readings",
]
