"""What of a view of allocation goes into a file, and what stands above it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.auth.policy import Visibility
from app.messages import Language
from app.queries.budget import years_with_projects
from app.services.allocation_file import AllocationPart
from app.services.place_file import Heading
from app.web.allocation_page import kind_words
from app.web.allocation_request import AllocationView, Asked, allocation_view, with_two_years
from app.web.allocation_texts import cluster_name, cost_state_name, measure_name, people_line, reason_text
from app.web.place_filters import about_lines
from app.web.place_words import _, level_name


def file_view(session: Session, asked: Asked, sight: Visibility) -> AllocationView:
    """The view whose file is asked for; the map's has the clusters too."""
    asked = with_two_years(asked, years_with_projects(session, sight))
    return allocation_view(session, asked, sight, everything=asked.view in ("map", "clusters"))


def part_of(view: AllocationView) -> AllocationPart:
    """What the view shows."""
    asked, found = view.asked, view.places
    if asked.view == "change" and asked.from_year and asked.to_year:
        return AllocationPart(found, change=(asked.from_year, asked.to_year))
    if asked.view == "years":
        return AllocationPart(found, yearly=True)
    if asked.view == "equity":
        return AllocationPart(found, spread=view.equity)
    return AllocationPart(found, spots=view.clusters)


def heading_of(session: Session, view: AllocationView, language: Language) -> Heading:
    """Title, filters in words and the day of the data; the words of the codes of the rows."""
    asked = view.asked
    narrowed = asked.narrowed if view.found is None else view.narrowed
    about = about_lines(session, view.path, narrowed, view.data_as_of, language)
    if view.found is None:
        title = _("ราคาต่อ กม. ถนน") if asked.unit == "km" else _("ราคาต่อ ลบ.ม. ดิน")
        states = ("high", "low", "usual", "few_peers", "no_quantity", "no_cost")
        words = {"type_code": kind_words(session, language), "state": {one: cost_state_name(one) for one in states}}
        return Heading(title, about, language, words)
    title = f"{measure_name(asked.measure)} {_('ราย%(level)s', level=level_name(asked.level))}"
    reasons = {one: reason_text(str(one)) for one in view.found.table["reason"].unique() if one}
    kinds = {one: cluster_name(one) for one in ("HH", "LL", "HL", "LH", "none", "island", "unknown")}
    people = people_line(view.found)
    return Heading(title, (*about, people) if people else about, language, {"reason": reasons, "kind": kinds})


def file_name(view: AllocationView, title: str, format: str) -> str:
    """Name of the file for people: what, of where, of which years."""
    years = "-".join(map(str, view.narrowed.fiscal_year)) or _("ทุกปีงบ")
    return f"{title} {years}.{format}".replace(" ", "-")
