"""What the result of a round says: figures of the plan's works, made from the data, as one text that can be sealed."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.queries.evaluations import ResultView, Work, own_forms, works
from app.queries.project_filter import STAGES
from app.services.evaluation_rules import Round

TITLE = "รายงานผลการติดตามและประเมินผลแผนพัฒนาท้องถิ่น"
FORMAT = 1
OWN_FORMS = ("ผ.02", None)
"""Works of the organisation itself. What it asks of others or does for communities is told beside and never added up:
one road would count twice."""
_STEPS = (*STAGES, "wants_place", "verified")


def content_of(
    session: Session, held: ResultView, of: Round, replaced: ResultView | None, now: datetime
) -> dict[str, Any]:
    """The result as the data stand now."""
    found = works(session, held.organisation_code, of.reported_year_be, of.rule.at_quarter)
    own = own_forms(found, OWN_FORMS)
    return {
        "document": TITLE,
        "format": FORMAT,
        "organisation": {"code": held.organisation_code, "name_th": held.organisation_name},
        "round": {
            "fiscal_year_be": of.fiscal_year_be,
            "period": of.period,
            "name_th": of.rule.name_th,
            "reported_year_be": of.reported_year_be,
            "from": of.reported_from.isoformat(),
            "to": of.reported_to.isoformat(),
            "at_quarter": of.rule.at_quarter,
            "rule": of.rule.source,
        },
        "version": held.version,
        "replaces": None if replaced is None else {"version": replaced.version, "sha256": replaced.content_sha256},
        "reason": held.reason,
        "committee": {
            "met_on": held.committee_met_on.isoformat() if held.committee_met_on else None,
            "reference": held.committee_reference,
            "remarks": held.committee_remarks,
        },
        "as_of": now.isoformat(timespec="seconds"),
        "total": _figures(own),
        "strategies": [
            {"id": number, "name_th": inside[0].strategy, **_figures(inside)}
            for number, inside in _groups(own, lambda work: work.strategy_id)
        ],
        "forms": [
            {"form": form, "own": form in OWN_FORMS, **_figures(inside)}
            for form, inside in sorted(_groups(found, lambda work: work.form), key=lambda one: (one[0] is None, one[0]))
        ],
        "works": [_line(work) for work in found],
    }


def sealed_form(content: Mapping[str, Any]) -> str:
    """The one spelling of a content: what is hashed."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def differences(sealed: Mapping[str, Any], now: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Figures of the total that are others in the data of today: what each was and is."""
    found = []
    for step in _STEPS:
        for measure in ("projects", "baht"):
            before, after = sealed["total"][step].get(measure), now["total"][step].get(measure)
            if before != after:
                found.append({"step": step, "measure": measure, "sealed": before, "now": after})
    return found


def changed_works(sealed: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, int]:
    """How many works came, went and stand otherwise."""
    before = {work["code"]: work for work in sealed["works"]}
    after = {work["code"]: work for work in now["works"]}
    both = before.keys() & after.keys()
    return {
        "added": len(after.keys() - before.keys()),
        "gone": len(before.keys() - after.keys()),
        "changed": sum(before[code] != after[code] for code in both),
    }


def _groups(found: Iterable[Work], key: Any) -> list[tuple[Any, list[Work]]]:
    groups: dict[Any, list[Work]] = {}
    for value, inside in itertools.groupby(found, key=key):
        groups.setdefault(value, []).extend(inside)
    return list(groups.items())


def _figures(found: Sequence[Work]) -> dict[str, Any]:
    steps: dict[str, Any] = {
        stage: {
            "projects": sum(work.stage > number for work in found),
            "baht": str(sum((work.baht[number] for work in found), Decimal("0.00"))),
        }
        for number, stage in enumerate(STAGES)
    }
    steps["wants_place"] = {"projects": sum(work.wants_place for work in found)}
    steps["verified"] = {"projects": sum(work.verified for work in found)}
    return steps


def _line(work: Work) -> dict[str, Any]:
    return {
        "code": work.code,
        "name_th": work.name_th,
        "form": work.form,
        "strategy": work.strategy_id,
        "strategy_name": work.strategy,
        "kind": work.kind,
        "status": work.status,
        "stage": STAGES[work.stage - 1],
        "baht": {stage: str(amount) for stage, amount in zip(STAGES, work.baht, strict=True)},
        "geometry_status": work.geometry_status if work.wants_place else None,
    }
