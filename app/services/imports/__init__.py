"""Files on their way in: receive, stage, look, mend, accept.

The web, the command line and the worker call the same functions. A bad row is data with its problems beside it; a bad
file is an error. Nothing becomes a project before the whole file is accepted, and then all of it does.
"""

from app.services.imports.accepting import Accepted, accept, ready_to_accept, refuse_errors
from app.services.imports.editing import edit_row, edit_rows
from app.services.imports.matching import NEW, SURE, choose_project, take_matches
from app.services.imports.offers import mend_shape, mend_shapes
from app.services.imports.receiving import (
    Received,
    cancel,
    held_batch,
    receive,
    remap,
    reopen,
    visible_batch,
    visible_batches,
)
from app.services.imports.staging import stage
from app.services.imports.undoing import Undone, ready_to_undo, undo

__all__ = [
    "NEW",
    "SURE",
    "Accepted",
    "Received",
    "Undone",
    "accept",
    "cancel",
    "choose_project",
    "edit_row",
    "edit_rows",
    "held_batch",
    "mend_shape",
    "mend_shapes",
    "ready_to_accept",
    "ready_to_undo",
    "receive",
    "refuse_errors",
    "remap",
    "reopen",
    "stage",
    "take_matches",
    "undo",
    "visible_batch",
    "visible_batches",
]
