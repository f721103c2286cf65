"""Changing a standing order: what it is of stays, everything else may be another from the next file on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import InvalidInput
from app.models import ExportOrder
from app.queries.standing_orders import Standing
from app.services.money_rules import refuse
from app.services.standing_orders import NewOrder, check_order, next_time, parameters_of, visible
from gis.problems import Problem

CHANGEABLE = ("title", "format", "areas", "fiscal_years", "every", "keep")


def wanted_of(found: Standing) -> NewOrder:
    """An order as it was given."""
    held = found.parameters
    filters = held.get("filters") or {}
    name = held["tables"][0] if found.kind == "tables" else held.get("layer", "")
    return NewOrder(
        title=found.title,
        kind=found.kind,
        name=name,
        format="zip" if found.kind == "tables" else held["format"],
        areas=tuple(filters.get("area") or ()),
        fiscal_years=tuple(filters.get("fiscal_year") or ()),
        every=found.every,
        keep=found.keep,
    )


def change(session: Session, actor: Actor, order_id: int, changes: Mapping[str, Any]) -> None:
    """Change what is named; a file with another content is made at once, so that the latest one is what is ordered.

    Raises
    ------
    NotFound
        No such order, or not this person's or token's.
    InvalidInput
        Nothing to change, something that cannot be, or everything that is wrong with the order then.
    """
    held = session.get(ExportOrder, order_id, with_for_update=True, populate_existing=True)
    found = visible(session, actor, order_id)
    unknown = [name for name in changes if name not in CHANGEABLE]
    if unknown or not changes or held is None:
        values = {"allowed": ", ".join(CHANGEABLE)}
        raise InvalidInput(
            [Problem("unknown_parameter", where={"field": (unknown or ["title"])[0][:40]}, values=values)]
        )
    before = wanted_of(found)
    after = replace(before, **changes)
    refuse(check_order(session, actor, after))
    if not [one for one in fields(NewOrder) if getattr(before, one.name) != getattr(after, one.name)]:
        return
    told: dict[str, Any] = {"title": after.title.strip(), "every": after.every, "keep": after.keep}
    if parameters_of(after) != parameters_of(before):
        told |= {"parameters": parameters_of(after), "next_at": datetime.now(UTC)}
    elif after.every != before.every:
        told["next_at"] = next_time(after.every, datetime.now(UTC))
    session.execute(sa.update(ExportOrder).where(ExportOrder.id == order_id).values(**told))
