"""Words that every page of places filled with classes says alike: levels and bounds of classes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext

from app.queries.allocation import Level
from app.queries.classes import ValueClass
from app.web.filters import money


def _(text: str, **values: Any) -> str:
    """Words of the page's language."""
    return str(gettext(text, **values))


def level_name(level: Level) -> str:
    """Word of a level."""
    return {
        "province": _("จังหวัด"),
        "amphoe": _("อำเภอ"),
        "tambon": _("ตำบล"),
        "organisation": _("อปท."),
        "hexagon": _("ช่องหกเหลี่ยม"),
    }[level]


def class_text(
    one: ValueClass,
    position: int,
    classes: Sequence[ValueClass],
    bound: Callable[[Decimal], str],
    *,
    whole: bool = False,
) -> str:
    """Bounds of a class as the legend writes them.

    Parameters
    ----------
    bound
        How a bound is written.
    whole
        Values are whole numbers: a class ends one below the next.
    """
    lowest = next((at for at, each in enumerate(classes) if each.upper != 0), 0)
    if one.upper == 0:
        return "0"
    if one.upper is None:
        return _("%(bound)s ขึ้นไป", bound=bound(one.lower))
    if position == lowest:
        return _("ต่ำกว่า %(bound)s", bound=bound(one.upper))
    if whole:
        return f"{bound(one.lower)} – {bound(one.upper - 1)}"
    return f"{bound(one.lower)} – <{bound(one.upper)}"


def bound_text(value: Decimal, per: Decimal = Decimal(1)) -> str:
    """A bound exactly, in units of ``per``: as many decimals as it has."""
    shown = value / per
    digits = shown.normalize().as_tuple().exponent
    return money(shown, max(0, -int(digits)))
