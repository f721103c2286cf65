"""Somebody else changed it first: what a form began with, what was typed and what stands now, field by field.

A form carries what it began with (``base``). When its row has another version by the time it is sent, the three are
laid side by side: what only one side changed is chosen beforehand, what both changed is chosen by the person, and the
page that asks is the same form again with the version that stands, so that nothing is dropped unseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

import orjson
from flask import render_template
from flask_babel import gettext as _

from app.errors import Conflict
from app.web.change_words import field_name, value_text
from app.web.money_body import Body, Kind, read_value
from gis.problems import Problem
from gis.thai import normalise, to_arabic_digits

CHOOSE, KEPT, BASE = "choose", "yours-", "base"
State = Literal["same", "yours", "theirs", "clash"]
_SENT_BESIDE = frozenset({"csrf_token", "row_version", BASE, CHOOSE})


@dataclass(frozen=True)
class FieldLine:
    """One field of the form three times, as texts that the form would send and in words.

    Parameters
    ----------
    name, label
        Of the field.
    base, yours, theirs
        As the form sends them.
    shown
        The same three in words.
    state
        Who changed it.
    """

    name: str
    label: str
    base: str
    yours: str
    theirs: str
    shown: tuple[str, str, str]
    state: State


def base_text(values: Mapping[str, str]) -> str:
    """What a form began with, to travel in it."""
    return orjson.dumps(dict(values)).decode()


def base_of(form: Mapping[str, str]) -> dict[str, str]:
    """What the form says that it began with; nothing of what cannot be read."""
    try:
        found = orjson.loads(form.get(BASE, "") or "{}")
    except orjson.JSONDecodeError:
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def unchosen(form: Mapping[str, str]) -> list[str]:
    """Fields that both sides changed and that nobody chose of."""
    return [name for name in form.get(CHOOSE, "").split(",") if name and name not in form]


def yours_of(form: Mapping[str, str]) -> dict[str, str]:
    """What the person typed, also where they have not chosen yet."""
    kept = {name.removeprefix(KEPT): text for name, text in form.items() if name.startswith(KEPT)}
    typed = {name: text for name, text in form.items() if name not in _SENT_BESIDE and not name.startswith(KEPT)}
    return kept | typed


def field_lines(
    names: Iterable[str],
    kinds: Mapping[str, Kind],
    three: tuple[Mapping[str, str], Mapping[str, str], Mapping[str, str]],
    words: Mapping[str, Mapping[str, str]],
) -> list[FieldLine]:
    """Fields with what they were, what was typed and what stands.

    Parameters
    ----------
    names, kinds
        Fields in their order, and how each is read (of entries of a list by their own name).
    three
        Base, yours and theirs.
    words
        Names of codes by list.
    """
    lines = []
    for name in names:
        base, yours, theirs = (values.get(name, "").strip() for values in three)
        kind = kinds.get(name.rsplit("-", 1)[-1], "text")
        was, typed, stands = (canonical(kind, text) for text in (base, yours, theirs))
        state: State = "clash"
        if typed == stands:
            state = "same"
        elif typed == was:
            state = "theirs"
        elif stands == was:
            state = "yours"
        shown = (_words(name, base, words), _words(name, yours, words), _words(name, theirs, words))
        lines.append(FieldLine(name, _label(name), base, yours, theirs, shown, state))
    return lines


def names_of(body: Body, *values: Mapping[str, str]) -> list[str]:
    """Fields of a form: those of its body, and its entries row by row."""
    entries = {name for each in values for name in each if name.split("-")[0] in body.lists and name.count("-") == 2}

    def place(name: str) -> tuple[str, int, int]:
        head, row, inner = name.split("-")
        return head, int(row) if row.isdecimal() else 0, [*body.lists[head].fields].index(inner)

    known = [n for n in entries if n.split("-")[2] in body.lists[n.split("-")[0]].fields]
    return [*body.fields, *sorted(known, key=place)]


def kinds_of(body: Body) -> dict[str, Kind]:
    """How each field is read, of entries by their own name."""
    return {**body.fields, **{name: kind for inner in body.lists.values() for name, kind in inner.fields.items()}}


def canonical(kind: Kind, text: str) -> Any:
    """What a text means, so that ``๕,๐๐๐`` and ``5,000.00`` are the same amount."""
    plain = to_arabic_digits(normalise(text)).strip()
    if not plain:
        return ""
    if kind in ("whole", "percent", "points", "signed"):
        return _number(plain)
    read = read_value(kind, plain) if kind in ("amount", "date") else plain
    return plain if isinstance(read, Problem) else read


def _number(plain: str) -> Any:
    try:
        return Decimal(plain.replace(",", "").replace("−", "-").removesuffix("%").strip())
    except InvalidOperation:
        return plain


def _label(name: str) -> str:
    parts = name.split("-")
    if len(parts) == 3:
        return str(_("งวดที่ %(n)s: %(field)s", n=parts[1], field=field_name(parts[2])))
    return field_name(name)


def _words(name: str, text: str, words: Mapping[str, Mapping[str, str]]) -> str:
    """A code by its name; what was typed otherwise stays as it was typed."""
    if name.endswith("_code") or name == "kind":
        return value_text(name, text, words)
    if name == "contractor_is_person":
        return value_text(name, bool(text), words)
    return text or "–"


def conflict_html(
    lines: list[FieldLine],
    *,
    error: Conflict | None,
    project: Mapping[str, Any],
    address: str,
    back: str,
    version: int,
    theirs: Mapping[str, str],
    changed: tuple[Any, ...],
    words: Mapping[str, Mapping[str, str]],
    gone: bool = False,
) -> str:
    """The page that lays the three side by side.

    Parameters
    ----------
    lines
        Of the form's fields.
    error
        What was refused; ``None`` when a choice is missing.
    project
        ``code`` and ``name`` of the project.
    address, back
        Where the form goes, and where one leaves without sending.
    version, theirs
        What stands: it is what the form begins with now.
    changed
        Who changed it last and when, as lines of the history.
    words
        Names of codes by list.
    gone
        Whether the row was taken out: there is nothing to send again.
    """
    beside = error.values.get("values", {}) if error is not None else {}
    told = {line.name for line in lines if line.state != "same"}
    others = [
        (field_name(name), value_text(name, each["base"], words), value_text(name, each["theirs"], words))
        for name, each in beside.items()
        if name not in told and not name.endswith(("_by", "_id"))
    ]
    return render_template(
        "projects/conflict.html",
        lines=[line for line in lines if line.state != "same"],
        settled=[line for line in lines if line.state == "same"],
        choose=",".join(line.name for line in lines if line.state == "clash"),
        others=others,
        missing=error is None and not gone,
        gone=gone,
        project=project,
        address=address,
        back=back,
        version=version,
        base=base_text(theirs),
        changed=changed[0] if changed else None,
    )
