"""The official forms of a plan: which columns each has, what is summed, and what stands apart from what.

Columns as in ``codelists/plan_forms.csv``. The sums of ผ.02/1 and ผ.02/2 are never part of those of ผ.02: a project
coordinated with the PAO is the PAO's, and adding the forms up would count it twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

ColumnType = Literal["text", "money", "integer", "choice", "status", "readonly"]
YEAR_PREFIX = "y"


@dataclass(frozen=True)
class FormColumn:
    """A column of a form.

    Parameters
    ----------
    key
        Name of the value; ``y2571`` is the amount of fiscal year 2571.
    title_th, title_en
        Its head, as the form is printed.
    type
        What stands in it.
    width_px
        On screen.
    required
        A line without it cannot be proposed.
    max_length
        Of a text.
    official
        False: shown beside the form, not printed with it.
    """

    key: str
    title_th: str
    title_en: str
    type: ColumnType = "text"
    width_px: int = 160
    required: bool = False
    max_length: int | None = None
    official: bool = True

    @property
    def year_be(self) -> int | None:
        """Fiscal year of an amount column."""
        return int(self.key[1:]) if self.key[:1] == YEAR_PREFIX and self.key[1:].isdecimal() else None


@dataclass(frozen=True)
class PlanForm:
    """A form with one line a project.

    Parameters
    ----------
    code, slug, name_th, name_en
        Such as ผ.02, and the same in an address: ``p02``.
    before, after
        Columns left and right of the years.
    makes_projects
        True when its lines become projects of this organisation, year by year.
    """

    code: str
    slug: str
    name_th: str
    name_en: str
    before: tuple[FormColumn, ...]
    after: tuple[FormColumn, ...]
    makes_projects: bool = True

    def columns(self, years_be: Sequence[int]) -> tuple[FormColumn, ...]:
        """Every column, with one amount for each of the years."""
        amounts = (FormColumn(f"{YEAR_PREFIX}{year}", str(year), str(year), "money", 104) for year in years_be)
        return (*self.before, *amounts, *self.after)


_NUMBER = FormColumn("line_number", "ที่", "No.", "readonly", 44)
_NAME = FormColumn("name_th", "โครงการ", "Project", width_px=292, required=True, max_length=1000)
_DEPARTMENT = FormColumn("department", "หน่วยงานรับผิดชอบหลัก", "Responsible unit", width_px=110, max_length=200)
_BESIDE = (
    FormColumn("kind", "ประเภทงาน", "Kind", "choice", 96, official=False),
    FormColumn("location_text", "สถานที่", "Place", width_px=150, max_length=300, official=False),
    FormColumn("local_strategy_id", "ยุทธศาสตร์", "Strategy", "choice", 170, official=False),
    FormColumn("local_tactic_id", "กลยุทธ์", "Tactic", "choice", 150, official=False),
    FormColumn("programme_code", "แผนงาน", "Programme", "choice", 190, official=False),
)
_COORDINATES = FormColumn("coordinates", "พิกัด", "Coordinates", "status", 140, official=False)
_PROJECT_BEFORE = (
    _NUMBER,
    _NAME,
    FormColumn("objective", "วัตถุประสงค์", "Objective", width_px=160, max_length=2000),
    FormColumn("target", "เป้าหมาย (ผลผลิตของโครงการ)", "Target (output)", width_px=196, max_length=2000),
)
_PROJECT_AFTER = (
    FormColumn("indicator", "ตัวชี้วัด (KPI)", "Indicator (KPI)", width_px=120, max_length=1000),
    FormColumn("expected_result", "ผลที่คาดว่าจะได้รับ", "Expected result", width_px=150, max_length=2000),
    _DEPARTMENT,
    _COORDINATES,
    *_BESIDE,
)

DETAILS = PlanForm("ผ.02", "p02", "รายละเอียดโครงการพัฒนา", "Project details", _PROJECT_BEFORE, _PROJECT_AFTER)
COMMUNITY = replace(
    DETAILS,
    code="ผ.02/1",
    slug="p02-1",
    name_th="รายละเอียดโครงการพัฒนา (โครงการจากชุมชน/หมู่บ้าน)",
    name_en="Project details: community plans",
)
BEYOND_MEANS = replace(
    DETAILS,
    code="ผ.02/2",
    slug="p02-2",
    name_th="รายละเอียดโครงการพัฒนา (เกินศักยภาพ ขอประสาน อบจ.)",
    name_en="Project details: beyond capacity, coordinated with the PAO",
    makes_projects=False,
)
ARTICLES = PlanForm(
    "ผ.03",
    "p03",
    "บัญชีครุภัณฑ์",
    "Durable articles",
    (
        _NUMBER,
        FormColumn("name_th", "ครุภัณฑ์", "Article", width_px=240, required=True, max_length=1000, official=False),
        FormColumn("programme_code", "แผนงาน", "Programme", "choice", 190),
        FormColumn("article_category", "หมวด", "Category", width_px=120, max_length=200),
        FormColumn("article_type", "ประเภท", "Type", width_px=150, max_length=200),
        FormColumn("target", "เป้าหมาย (ผลผลิตของครุภัณฑ์)", "Target (output)", width_px=220, max_length=2000),
    ),
    (_DEPARTMENT, FormColumn("local_strategy_id", "ยุทธศาสตร์", "Strategy", "choice", 170, official=False)),
)
FORMS = {form.code: form for form in (DETAILS, COMMUNITY, BEYOND_MEANS, ARTICLES)}
SUMMARY = "ผ.01"
SUMMARY_NAME = ("บัญชีสรุปโครงการพัฒนา", "Summary of development projects")
SUMMARY_SLUG = "p01"


def form_by_slug(slug: str) -> PlanForm | None:
    """The form that an address names; ``None`` for any other word."""
    return next((form for form in FORMS.values() if form.slug == slug), None)
