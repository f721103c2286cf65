"""Who decides on a version of a plan, and in which order: read from ``codelists/plan_approval_steps.csv``.

The regulation of 2548 as amended in 2559 and 2561, ข้อ 17, 18, 21, 22, 22/1 and 22/2. The step of the council is that of
sub-district organisations (อบต.) only; what the executive decides alone (ข้อ 21, 22/2) has one step. The full text of
the regulation was not at hand: every line of the file says how sure it is.
"""

from __future__ import annotations

import csv
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ORIGINAL = "ORIGINAL"
EXECUTIVE = "EXECUTIVE"
STEP_NAMES = {
    "SUPPORT_COMMITTEE": ("คณะกรรมการสนับสนุนการจัดทำแผน", "Plan support committee"),
    "DEVELOPMENT_COMMITTEE": ("คณะกรรมการพัฒนาท้องถิ่น", "Local development committee"),
    "PUBLIC_HEARING": ("ประชาคมท้องถิ่น", "Local hearing"),
    "COUNCIL": ("สภาท้องถิ่น", "Local council"),
    EXECUTIVE: ("ผู้บริหารท้องถิ่นประกาศใช้", "Promulgated by the executive"),
}
_FILE = Path(__file__).resolve().parent.parent / "codelists" / "plan_approval_steps.csv"


@dataclass(frozen=True)
class ApprovalStep:
    """A step on the way of a version into force.

    Parameters
    ----------
    code, name_th, name_en
        Which step.
    required
        False: taken where it is the practice, and never waited for.
    clauses
        Clauses (ข้อ) that ask for it.
    """

    code: str
    name_th: str
    name_en: str
    required: bool
    clauses: tuple[str, ...]


@dataclass(frozen=True)
class _Line:
    change_type: str
    seq: int
    step: str
    lao_type: str
    required: bool
    clause: str


@cache
def _lines() -> tuple[_Line, ...]:
    with _FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            _Line(r["change_type"], int(r["seq"]), r["step"], r["lao_type"], r["required"] == "yes", r["clause"])
            for r in csv.DictReader(file)
        )


def approval_path(change_types: Collection[str], lao_type: str) -> tuple[ApprovalStep, ...]:
    """Steps of a version in their order; a combined version takes every step that one of its parts asks for.

    Parameters
    ----------
    change_types
        Codes of ``plan_change_types.csv``; empty is the original plan.
    lao_type
        Key of ``lao_types.csv``, such as ``SAO``.

    Examples
    --------
    >>> [step.code for step in approval_path({"CORRECT"}, "SAO")]
    ['EXECUTIVE']
    >>> "COUNCIL" in [step.code for step in approval_path({"ADD"}, "PAO")]
    False
    """
    asked = set(change_types) or {ORIGINAL}
    steps: dict[str, list[_Line]] = {}
    for line in sorted(_lines(), key=lambda line: line.seq):
        if line.change_type in asked and line.lao_type in ("", lao_type):
            steps.setdefault(line.step, []).append(line)
    return tuple(
        ApprovalStep(
            code,
            *STEP_NAMES[code],
            required=any(line.required for line in lines),
            clauses=tuple(dict.fromkeys(line.clause for line in lines)),
        )
        for code, lines in steps.items()
    )


def clauses_of(change_types: Collection[str]) -> tuple[str, ...]:
    """Clauses (ข้อ) under which a version is made, in the order of the file.

    Examples
    --------
    >>> clauses_of({"ADD", "CHANGE"})
    ('ข้อ 22', 'ข้อ 22/1')
    """
    asked = set(change_types) or {ORIGINAL}
    last = [line for line in _lines() if line.step == EXECUTIVE and line.change_type in asked]
    return tuple(dict.fromkeys(line.clause for line in last))
