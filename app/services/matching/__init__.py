"""Matching with outside files: which project each contract or payment of somebody else's list belongs to.

``reading`` makes rows of a table, ``names`` and ``bodies`` take apart what it says, ``candidates`` finds the projects
that are worth a look, ``evidence`` weighs what speaks for and against each, ``suggest`` gives the five likeliest with
reasons. Of these nothing knows the database; ``stored`` reads projects, ``batches`` keeps what was found in a file,
``deciding`` what a person said of it, and ``contracts`` and ``payments`` make the records that follow.
"""

from app.services.matching.reading import OutsideFile, read_outside, read_projects
from app.services.matching.rows import KINDS, Kind, KnownProject, OutsideRow
from app.services.matching.suggest import SURE, TOP, Reason, Suggested, Suggestion, suggest

__all__ = [
    "KINDS",
    "SURE",
    "TOP",
    "Kind",
    "KnownProject",
    "OutsideFile",
    "OutsideRow",
    "Reason",
    "Suggested",
    "Suggestion",
    "read_outside",
    "read_projects",
    "suggest",
]
