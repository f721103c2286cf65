"""Progress on the ground on the page of a project: reports over time, pictures by stage, contracts that are late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.queries.project_money import ProgressRow
from app.web.money_present import ContractStory
from gis.thai import ZONE

WIDTH, HEIGHT = 640, 120
"""Of the drawing in its own units; it fills the width that there is."""
STAGES = ("before", "during", "after")


@dataclass(frozen=True)
class Chart:
    """Reports as a line over the days from the signature to the last day, in the units of the drawing.

    Parameters
    ----------
    points
        x, y of each report, the oldest first; the first one is the beginning with nothing done.
    end_x, today_x
        The last day of the contract and today; ``None`` where there is none or it lies outside.
    first, last
        Days at either end.
    end_on
        The last day of the contract, where there is one.
    """

    points: tuple[tuple[float, float], ...]
    end_x: float | None
    today_x: float | None
    first: date
    last: date
    end_on: date | None = None


def progress_data(
    reports: Sequence[ProgressRow],
    contracts: Sequence[ContractStory],
    photos: Sequence[Mapping[str, Any]],
    today: date,
) -> dict[str, Any]:
    """What the tab of progress shows.

    Parameters
    ----------
    reports
        The newest first.
    contracts
        Those taken out are passed over.
    photos
        As :func:`app.web.attachment_json.attachment_json` tells them.
    today
        Day of today.
    """
    standing = [story for story in contracts if not story.row.removed]
    attached = {picture["id"] for report in reports for picture in report.pictures}
    by_number = {photo["id"]: photo for photo in photos}
    signed = min((story.row.signed_on for story in standing), default=None)
    return {
        "reports": reports,
        "chart": chart(reports, standing, today),
        "late": [story for story in standing if story.late_days],
        "photo_of": by_number.get,
        "free_photos": [photo for photo in photos if photo["id"] not in attached],
        "stages": [(stage, [p for p in photos if p["stage"] == stage]) for stage in (*STAGES, None)],
        "taken_day": taken_day,
        "too_early": lambda photo: _too_early(photo, signed),
    }


def chart(reports: Sequence[ProgressRow], contracts: Sequence[ContractStory], today: date) -> Chart | None:
    """The drawing of the reports; ``None`` without any."""
    if not reports:
        return None
    ordered = sorted(reports, key=lambda report: (report.reported_on, report.id))
    begins = [story.row.start_on or story.row.signed_on for story in contracts]
    ends = [story.row.final_end_on for story in contracts if story.row.final_end_on]
    first = min([ordered[0].reported_on, *begins])
    late = [today] if any(story.late_days for story in contracts) else []
    last = max([ordered[-1].reported_on, *ends, *late, first + timedelta(days=1)])
    days = (last - first).days

    def x(day: date) -> float:
        return round(WIDTH * (day - first).days / days, 1)

    points = [(x(first), float(HEIGHT))]
    points += [(x(r.reported_on), round(HEIGHT * (1 - float(r.percent) / 100), 1)) for r in ordered]
    return Chart(
        tuple(points),
        x(max(ends)) if ends else None,
        x(today) if first <= today <= last else None,
        first,
        last,
        max(ends) if ends else None,
    )


def taken_day(photo: Mapping[str, Any]) -> datetime | None:
    """When a picture was taken, where the camera wrote it down."""
    return None if photo["taken_at"] is None else datetime.fromisoformat(photo["taken_at"])


def _too_early(photo: Mapping[str, Any], signed: date | None) -> bool:
    """Whether a picture of the work going on, or done, was taken before any contract was signed."""
    taken = taken_day(photo)
    if taken is None or signed is None or photo["stage"] not in ("during", "after"):
        return False
    return taken.astimezone(ZONE).date() < signed
