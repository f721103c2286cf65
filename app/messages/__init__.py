"""Every sentence about a problem, in Thai and English, by its stable code.

The other rooms speak of codes and values only; the web, the command line and the jobs look the sentence up here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.messages import (
    access,
    analysis,
    attachments,
    audit,
    calendar,
    core,
    duplicate_answers,
    duplicates,
    evaluations,
    files,
    geometry,
    imports,
    layers,
    matching,
    money,
    nation,
    operations,
    organisations,
    people,
    plan_files,
    plans,
    projects,
    questions,
    rasters,
    reference,
    reports,
    review,
    scores,
    spending,
    talk,
)
from app.messages.base import Language, Message

__all__ = ["MESSAGES", "Language", "Message", "fix", "sentence"]


def _merged(*tables: Mapping[str, Message]) -> dict[str, Message]:
    merged: dict[str, Message] = {}
    for table in tables:
        twice = merged.keys() & table.keys()
        if twice:
            raise ValueError(f"messages defined twice: {sorted(twice)}")
        merged.update(table)
    return merged


MESSAGES: Mapping[str, Message] = _merged(
    core.MESSAGES,
    operations.MESSAGES,
    geometry.MESSAGES,
    files.MESSAGES,
    projects.MESSAGES,
    money.MESSAGES,
    spending.MESSAGES,
    talk.MESSAGES,
    organisations.MESSAGES,
    imports.MESSAGES,
    analysis.MESSAGES,
    duplicate_answers.MESSAGES,
    duplicates.MESSAGES,
    access.MESSAGES,
    layers.MESSAGES,
    reference.MESSAGES,
    plans.MESSAGES,
    plan_files.MESSAGES,
    attachments.MESSAGES,
    audit.MESSAGES,
    calendar.MESSAGES,
    evaluations.MESSAGES,
    matching.MESSAGES,
    reports.MESSAGES,
    review.MESSAGES,
    scores.MESSAGES,
    nation.MESSAGES,
    rasters.MESSAGES,
    people.MESSAGES,
    questions.MESSAGES,
)


def sentence(code: str, values: Mapping[str, Any], language: Language = "th") -> str:
    """What happened. An unknown code reads as itself: a missing sentence must not hide the problem."""
    message = MESSAGES.get(code)
    if values.get("spread_m") == 0:
        # All places that are possible are one: nothing to say of how far apart they lie.
        message = MESSAGES.get(f"{code}_at_one_place", message)
    return code if message is None else message.sentence(values, language)


def fix(code: str, values: Mapping[str, Any], language: Language = "th") -> str:
    """What to do about it; may be empty."""
    message = MESSAGES.get(code)
    return "" if message is None else message.fix(values, language)
