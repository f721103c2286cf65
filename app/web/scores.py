"""Pages of scores: the nation's list, a province's year-end sheet with the rows behind it, and the formulas."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.policy import Target
from app.queries import scores as queries
from app.queries.score_history import score_history
from app.queries.score_measures import MEASURES
from app.queries.scores import Score, appeals, formulas, in_force, officers, ranked, score_lines
from app.services import scores as service
from app.services.exports import export_dir
from app.services.plan_print import Printing, page_html
from app.services.printing import print_page
from app.services.score_file import MOST_ROWS, score_page, write_score
from app.services.table_file import Column, write_table
from app.web.completeness_words import topics
from app.web.context import current, current_fiscal_year_be
from app.web.endpoint import Access, Param, page_route
from app.web.exports import sent_file
from app.web.filters import thai_date
from app.web.monitoring_request import PAGE, YEAR, today
from app.web.page_forms import posted, read_typed
from app.web.params import choice, string_schema
from app.web.plan_files import file_answer
from app.web.score_json import (
    ANSWER,
    APPEAL,
    CRITERION,
    FORMULA,
    MARK,
    PAGE_ROWS,
    formula_of,
    found_score,
    measured,
    readable_provinces,
)
from app.web.score_words import OUTCOME_NAMES, PART_NAMES, line_address, line_subject, measure_words
from app.web.shell import fiscal_years
from gis.thai import ZONE

blueprint = Blueprint("scores", __name__)

ONE = "/scores/<province_code>"
FORMAT = Param("format", choice("xlsx", "pdf"), string_schema(enum=["xlsx", "pdf"]), "Format of the file", "xlsx")


@page_route(blueprint, "/scores", access=Access.SIGNED_IN, params=(YEAR, PAGE))
def list_page(fiscal_year: int | None, page: int) -> Any:
    """All provinces for the department; one's own province for everybody else."""
    provinces, year = readable_provinces(current().actor), fiscal_year or current_fiscal_year_be()
    if provinces is not None and len(provinces) == 1:
        return redirect(url_for(".province_page", province_code=provinces[0], fiscal_year=year))
    with current().database.reading() as session:
        lines = ranked(queries.scores(session, year, today(), provinces))
    start = (page - 1) * PAGE_ROWS
    return render_template(
        "scores/list.html",
        year=year, years=fiscal_years(), lines=lines[start : start + PAGE_ROWS], count=len(lines), page=page,
        pages=-(-len(lines) // PAGE_ROWS), nation=provinces is None,
        assessed=sum(rank is not None for rank, _score in lines), state=score_state,
    )  # fmt: skip


@page_route(blueprint, "/scores/file", access=Access.SIGNED_IN, params=(YEAR,))
def list_file(fiscal_year: int | None) -> Response:
    """The list as a table to take away."""
    here, year = current(), fiscal_year or current_fiscal_year_be()
    provinces = readable_provinces(here.actor)
    with here.database.reading() as session:
        lines = ranked(queries.scores(session, year, today(), provinces))
    titles = [
        Column(_("ลำดับ"), "plain"), Column(_("จังหวัด")), Column(_("จากระบบ (50)"), "number"),
        Column(_("จังหวัดให้ (50)"), "number"), Column(_("รวม (100)"), "number"), Column(_("สถานะ")),
    ]  # fmt: skip
    rows = [
        [rank, one.name(here.language), one.system, one.province, one.total, score_state(one)] for rank, one in lines
    ]
    path = export_dir(here.settings) / f"scores-{secrets.token_hex(12)}.xlsx"
    write_table(here.actor, titles, rows, "xlsx", path, title=_("คะแนน จนท.วถ. ปีงบ %(year)s", year=year))
    return sent_file(path, f"{_('คะแนน-จนท.วถ.')}-{year}.xlsx", "xlsx", remove=True)


@page_route(blueprint, "/scores/formulas", access=Access.PUBLIC)
def formulas_page() -> str:
    """Every version, readable without an account: what one is judged by is no secret."""
    return _formulas()


@page_route(blueprint, "/scores/formulas", methods=("POST",), access=Access.SIGNED_IN)
def write_formula() -> Response:
    """Publish another version for a year that has not begun."""
    form = request.form
    return posted(
        lambda session, actor: service.publish_formula(
            session, actor, **formula_of(read_typed(FORMULA, form)), today=today()
        ),
        again=lambda problems: _formulas(problems, form),
        then=url_for(".formulas_page"),
    )


@page_route(blueprint, ONE, access=Access.SIGNED_IN, params=(YEAR,))
def province_page(province_code: str, fiscal_year: int | None) -> str:
    """The sheet of a province."""
    return _sheet(province_code, fiscal_year)


@page_route(blueprint, ONE, methods=("POST",), access=Access.SIGNED_IN, params=(YEAR,))
def write_province(province_code: str, fiscal_year: int | None) -> Response:
    """Give points, appeal, answer, or end the year."""
    form, year = request.form, fiscal_year or current_fiscal_year_be()
    return posted(
        lambda session, actor: _act(session, actor, province_code, year, form),
        again=lambda problems: _sheet(province_code, year, problems, form),
        then=url_for(".province_page", province_code=province_code, fiscal_year=year),
    )


@page_route(blueprint, f"{ONE}/rows", access=Access.SIGNED_IN, params=(YEAR, CRITERION, PAGE))
def rows_page(province_code: str, fiscal_year: int | None, criterion: str | None, page: int) -> str:
    """The rows behind a figure, fifty a page."""
    with current().database.reading() as session:
        score = found_score(session, province_code, fiscal_year, today())
        one = measured(score, criterion)
        lines, count = score_lines(session, score, one.code, today(), limit=PAGE_ROWS, offset=(page - 1) * PAGE_ROWS)
        known = topics(session)
        return render_template(
            "scores/rows.html",
            score=score, criterion=one, count=count, page=page, pages=-(-count // PAGE_ROWS),
            figure=next(figure for figure in score.figures if figure.criterion.code == one.code),
            lines=[(line, line_subject(line, known), line_address(line, score.fiscal_year_be)) for line in lines],
            measure_words=measure_words, today=today(),
        )  # fmt: skip


@page_route(blueprint, f"{ONE}/file", access=Access.SIGNED_IN, params=(YEAR, FORMAT))
def file(province_code: str, fiscal_year: int | None, format: str) -> Response:
    """The sheet as a workbook whose sums reckon, or as paper to be signed."""
    here = current()
    with here.database.reading() as session:
        score = found_score(session, province_code, fiscal_year, today())
        names = [one.name for one in officers(session, province_code, score.fiscal_year_be)]
        stem = f"{_('ใบคะแนน')}-{score.name_th}-{score.fiscal_year_be}"
        if format == "xlsx":
            return file_answer(
                write_score(here.actor, score, _lines(session, score), names, _stands(score)), stem, format
            )
        policy.require(here.actor, policy.EXPORT, policy.NATION)
        told = appeals(session, score.id)
    address = request.host_url.rstrip("/") + url_for(
        ".province_page", province_code=province_code, fiscal_year=score.fiscal_year_be
    )
    page = score_page(score, names, told, _stands(score), Printing(datetime.now(ZONE), address, here.request_id))
    # Nothing of the database is held while the printer works.
    return file_answer(print_page(page_html(page), tagged=page.tagged), stem, format)


def score_state(score: Score) -> str:
    """How far a sheet is, in words."""
    if score.finalised_at:
        return str(_("ปิดแล้ว"))
    if score.system is None:
        return str(_("ไม่มีสิ่งให้วัด"))
    if score.open_appeals:
        return str(_("อุทธรณ์รอคำตอบ %(n)s", n=score.open_appeals))
    return str(_("รอจังหวัดให้คะแนน") if score.province is None else _("รอปิดคะแนน"))


def _stands(score: Score) -> str:
    """What the paper says of itself, in Thai like all of it."""
    if score.finalised_at:
        return f"ปิดคะแนนเมื่อ {thai_date(score.finalised_at.date())} โดย {score.finalised_by_name}"
    return f"ยังไม่ปิด ตัวเลข ณ {thai_date(today())}"


def _lines(session: Session, score: Score) -> dict[str, Any]:
    known = topics(session)
    found = {}
    for one in score.formula.of("SYSTEM"):
        lines, _count = score_lines(session, score, one.code, today(), limit=MOST_ROWS)
        found[one.code] = [(line, line_subject(line, known)) for line in lines]
    return found


def _act(session: Session, actor: Actor, province_code: str, year: int, form: Any) -> Any:
    what, place = form.get("do"), (province_code, year)
    if what == "finalise":
        return service.finalise(session, actor, *place, today=today())
    if what == "appeal":
        return service.appeal(session, actor, *place, **read_typed(APPEAL, form), today=today())
    if what == "answer":
        number = form.get("appeal", 0, int)
        return service.answer_appeal(session, actor, *place, number, **read_typed(ANSWER, form), today=today())
    return service.give_points(session, actor, *place, **read_typed(MARK, form), today=today())


def _sheet(
    province_code: str, year: int | None, problems: list[dict[str, Any]] | None = None, typed: Any = None
) -> str:
    actor = current().actor
    with current().database.reading() as session:
        score = found_score(session, province_code, year, today())
        people = officers(session, province_code, score.fiscal_year_be)
        scored = actor.user_id in {one.user_id for one in people}
        judges = policy.may(actor, policy.SCORE_GIVE, Target(province_code=province_code)) and not scored
        department = policy.may(actor, policy.SCORE_SETTLE, policy.NATION)
        final = score.finalised_at is not None
        return render_template(
            "scores/sheet.html",
            score=score, officers=people, appeals=appeals(session, score.id), years=fiscal_years(), final=final,
            history=score_history(session, score.id), names={one.code: one for one in score.formula.criteria},
            may_give=judges and not final and province_code in policy.own_scope(actor).provinces,
            may_appeal=scored and not final and policy.may(actor, policy.SCORE_APPEAL, Target(None, province_code)),
            may_answer=lambda code: judges and not final and (department or code not in MEASURES),
            may_finalise=department and not scored and not final, nation=department,
            state=score_state(score), outcomes=OUTCOME_NAMES, measure_words=measure_words, today=today(),
            problems=problems or [], form=typed or {},
        )  # fmt: skip


def _formulas(problems: list[dict[str, Any]] | None = None, typed: Any = None) -> str:
    year = current_fiscal_year_be()
    with current().database.reading() as session:
        known = formulas(session)
    held = in_force(known, year)
    newest = in_force(known, year + 1) or held
    return render_template(
        "scores/formulas.html",
        formulas=known, held=held, newest=newest, year=year, part_names=PART_NAMES, measure_words=measure_words,
        may_write=policy.may(current().actor, policy.SCORE_SETTLE, policy.NATION), problems=problems or [],
        form=typed or {},
    )  # fmt: skip
