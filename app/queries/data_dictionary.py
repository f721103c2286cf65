"""What every field of our open tables means: the one place that says it, for files, their descriptors and the page.

``column_type`` is the fiscal concept of the Fiscal Data Package's taxonomies of budgets and of spending (version
1.0.0-rc1, https://specs.frictionlessdata.io/fiscal-data-package/). Only what is published is in these tables, and no
natural person is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.queries.codelists import ListName

FieldType = Literal["string", "integer", "number", "date", "boolean"]

# Where a value comes from: who enters it, or which system computes it.
PLAN = ("กองแผนของ อปท.", "The organisation's planners")
FINANCE = ("กองคลังของ อปท.", "The organisation's finance office")
ENGINEER = ("กองช่างของ อปท.", "The organisation's engineers")
STATE = ("ทะเบียนของทางราชการ", "Registers of the state")
COMPUTED = ("ระบบคำนวณ", "Computed by the platform")


@dataclass(frozen=True)
class Column:
    """A field of a table.

    Parameters
    ----------
    name, type
        In files; types are those of Table Schema.
    title_th, title_en, meaning_th, meaning_en
        For people.
    sql
        Value over the aliases of the table's source.
    unit
        ``บาท``, ``ม.``; empty for what has none.
    code_list
        Table of the codes that it has.
    source
        Who enters it, Thai and English.
    column_type
        Fiscal concept, where there is one.
    phase
        Of the budget, for an amount that is one of several on a line.
    """

    name: str
    type: FieldType
    title_th: str
    title_en: str
    meaning_th: str
    meaning_en: str
    sql: str
    source: tuple[str, str]
    unit: str = ""
    code_list: ListName | None = None
    column_type: str = ""
    phase: str = ""
    required: bool = False


@dataclass(frozen=True)
class OpenTable:
    """A table that anybody may take.

    Parameters
    ----------
    name
        In addresses and files.
    key
        Columns that tell its rows apart; the first is what they are ordered by.
    relation
        SQL source; ``p`` is the project.
    """

    name: str
    title_th: str
    title_en: str
    about_th: str
    about_en: str
    columns: tuple[Column, ...]
    key: str
    relation: str
    order: str
    condition: str = ""
    links: tuple[tuple[str, str], ...] = ()


_PROJECT_CODE = Column(
    "project_code", "string", "รหัสโครงการ", "Project code",
    "รหัสของโครงการในหนึ่งปีงบประมาณ ไม่เปลี่ยนตลอดอายุโครงการ",
    "Code of a project in one fiscal year; it never changes",
    "p.code", PLAN, column_type="activity:generic:project:code", required=True,
)  # fmt: skip
_PROJECT_NAME = Column(
    "project_name", "string", "ชื่อโครงการ", "Project name", "ชื่อตามแผนพัฒนาท้องถิ่น", "As the development plan has it",
    "p.name_th", PLAN, column_type="activity:generic:project:label", required=True,
)  # fmt: skip
_ORGANISATION = (
    Column(
        "organisation_code", "string", "รหัส อปท.", "Organisation code",
        "รหัสองค์กรปกครองส่วนท้องถิ่นของกรมส่งเสริมการปกครองท้องถิ่น ขึ้นต้นด้วย D",
        "Code of the Department of Local Administration, with a D in front",
        "p.organisation_code", STATE, column_type="administrative-classification:generic:level1:code", required=True,
    ),
    Column(
        "organisation_name", "string", "อปท.", "Organisation", "ชื่อเต็มขององค์กรปกครองส่วนท้องถิ่น",
        "Full name of the local administrative organisation",
        "o.full_name_th", STATE, column_type="administrative-classification:generic:level1:label",
    ),
    Column(
        "province_code", "string", "รหัสจังหวัด", "Province code", "รหัสจังหวัด 2 หลัก (มอก. 1099) ที่ตั้งของ อปท.",
        "Two digits (TIS 1099) of the province of the organisation's seat",
        "o.province_code", STATE, column_type="geo:target:code",
    ),
)  # fmt: skip
_YEARS = (
    Column(
        "fiscal_year_be", "integer", "ปีงบประมาณ (พ.ศ.)", "Fiscal year (B.E.)",
        "ปีงบประมาณ N คือ 1 ต.ค. N-1 ถึง 30 ก.ย. N", "Fiscal year N runs from 1 October N-1 to 30 September N",
        "p.fiscal_year_be", PLAN, "พ.ศ.", required=True,
    ),
    Column(
        "fiscal_year", "integer", "ปีงบประมาณ (ค.ศ.)", "Fiscal year (C.E.)", "ปีงบประมาณ พ.ศ. ลบ 543",
        "The same year of the common era",
        "p.fiscal_year_be - 543", COMPUTED, "ค.ศ.", column_type="date:fiscal-year", required=True,
    ),
)  # fmt: skip
_OF_PROJECT = (_PROJECT_CODE, _PROJECT_NAME, *_ORGANISATION, *_YEARS)
_FROM = "project p JOIN organisation o ON o.code = p.organisation_code"

PROJECTS = OpenTable(
    "projects", "โครงการ", "Projects",
    "หนึ่งแถวคือหนึ่งโครงการในหนึ่งปีงบประมาณ", "One row is one project in one fiscal year",
    (
        *_OF_PROJECT,
        Column("kind", "string", "ด้าน", "Kind", "ถนน (road) แหล่งน้ำ (water) หรืออื่น ๆ (other)", "Road, water or other",
               "p.kind", PLAN, required=True),
        Column("status", "string", "สถานะโครงการ", "Status", "ขั้นของเงิน ไม่ใช่ความก้าวหน้าของงาน",
               "Step of the money, not progress of the work", "p.status", COMPUTED, code_list="project_status",
               required=True),
        Column("area_code", "string", "รหัสพื้นที่", "Area code",
               "รหัสจังหวัด อำเภอ หรือตำบล (2, 4 หรือ 6 หลัก) ที่ละเอียดที่สุดเท่าที่ทราบ",
               "Province, amphoe or tambon (2, 4 or 6 digits), as far down as it is known", "p.area_code", PLAN),
        Column("work_nature", "string", "ลักษณะงาน", "Nature of work", "ก่อสร้าง ปรับปรุง ซ่อมแซม ฯลฯ",
               "New construction, improvement, repair and so on", "p.work_nature_code", PLAN, code_list="work_nature"),
        Column("surface_type", "string", "ชนิดผิวทาง", "Surface", "ของโครงการถนน", "Of a road",
               "p.surface_type_code", ENGINEER, code_list="road_surface_type"),
        Column("water_source_type", "string", "ประเภทแหล่งน้ำ", "Water source", "ของโครงการแหล่งน้ำ", "Of a water project",
               "p.water_source_type_code", ENGINEER, code_list="water_source_type"),
        Column("length_m", "number", "ความยาวตามสัญญา", "Contract length", "ความยาวตามข้อกำหนดของงาน",
               "Length of the specification", "p.length_m", ENGINEER, "ม."),
        Column("width_m", "number", "ความกว้าง", "Width", "ความกว้างตามข้อกำหนดของงาน", "Width of the specification",
               "p.width_m", ENGINEER, "ม."),
        Column("lon", "number", "ลองจิจูด", "Longitude", "จุดบนรูปร่างของโครงการ WGS 84 เฉพาะพิกัดที่ตรวจสอบแล้ว",
               "A point on the shape, WGS 84; of verified coordinates only",
               "CASE WHEN p.geometry_status = 'VERIFIED' THEN round(ST_X(ST_PointOnSurface(g.geom))::numeric, 7) END",
               ENGINEER, "องศา"),
        Column("lat", "number", "ละติจูด", "Latitude", "จุดบนรูปร่างของโครงการ WGS 84 เฉพาะพิกัดที่ตรวจสอบแล้ว",
               "A point on the shape, WGS 84; of verified coordinates only",
               "CASE WHEN p.geometry_status = 'VERIFIED' THEN round(ST_Y(ST_PointOnSurface(g.geom))::numeric, 7) END",
               ENGINEER, "องศา"),
        Column("budget_baht", "number", "งบประมาณ", "Budget", "งบประมาณที่อนุมัติ รวมทุกแหล่งเงิน หลังโอนเปลี่ยนแปลง",
               "Approved budget of all sources, after transfers", "p.budget_baht", COMPUTED, "บาท"),
        Column("contracted_baht", "number", "ก่อหนี้ผูกพัน", "Contracted", "วงเงินสัญญารวม หลังแก้ไขสัญญา",
               "All contracts, after their amendments", "p.contracted_baht", COMPUTED, "บาท"),
        Column("disbursed_baht", "number", "เบิกจ่าย", "Disbursed", "เบิกจ่ายแล้ว หักรายการที่กลับรายการ",
               "Payments less what was reversed", "p.disbursed_baht", COMPUTED, "บาท"),
    ),
    "project_code",
    f"{_FROM} LEFT JOIN project_geometry g ON g.project_id = p.id AND g.version = p.geometry_version",
    "p.id",
)  # fmt: skip

APPROPRIATIONS = OpenTable(
    "appropriations", "งบประมาณที่อนุมัติ", "Approved budget lines",
    "หนึ่งแถวคือเงินจากหนึ่งแหล่งของหนึ่งโครงการ ที่อนุมัติแล้ว",
    "One row is approved money of one source for one project",
    (
        Column("budget_line", "string", "เลขที่รายการงบ", "Budget line", "เลขที่ของรายการในระบบ", "Number of the line",
               "a.id::text", COMPUTED, column_type="budget-line-id", required=True),
        *_OF_PROJECT,
        Column("fund_source", "string", "รหัสแหล่งเงิน", "Fund source", "เงินมาจากไหน", "Where the money comes from",
               "a.fund_source_code", FINANCE, code_list="fund_source", column_type="fin-source:generic:code",
               required=True),
        Column("fund_source_name", "string", "แหล่งเงิน", "Fund source, name", "ชื่อแหล่งเงิน", "Its name", "f.name_th",
               STATE, column_type="fin-source:generic:label"),
        Column("programme", "string", "รหัสแผนงาน", "Programme", "แผนงานตามการจำแนกงบประมาณของ อปท.",
               "Programme of the local budget classification", "a.programme_code", FINANCE,
               code_list="budget_programme", column_type="functional-classification:generic:level1:code"),
        Column("programme_name", "string", "แผนงาน", "Programme, name", "ชื่อแผนงาน", "Its name", "bp.name_th", STATE,
               column_type="functional-classification:generic:level1:label"),
        Column("work", "string", "รหัสงาน", "Work", "งานในแผนงาน", "Work within the programme", "a.work_code", FINANCE,
               code_list="budget_work", column_type="functional-classification:generic:level2:code"),
        Column("work_name", "string", "งาน", "Work, name", "ชื่องาน", "Its name", "bw.name_th", STATE,
               column_type="functional-classification:generic:level2:label"),
        Column("expenditure_category", "string", "รหัสหมวดรายจ่าย", "Expenditure category",
               "งบรายจ่ายและหมวดตามการจำแนกงบประมาณ", "Kind of expenditure of the budget classification",
               "a.expenditure_category_code", FINANCE, code_list="expenditure_category",
               column_type="economic-classification:generic:code"),
        Column("expenditure_category_name", "string", "หมวดรายจ่าย", "Expenditure category, name", "ชื่อหมวดรายจ่าย",
               "Its name", "ec.name_th", STATE, column_type="economic-classification:generic:label"),
        Column("legal_reference", "string", "เอกสารอ้างอิง", "Legal reference", "ข้อบัญญัติหรือเทศบัญญัติที่อนุมัติ",
               "Ordinance that approved it", "a.legal_reference", FINANCE),
        Column("approved_on", "date", "วันที่อนุมัติ", "Approved on", "วันที่ผู้มีอำนาจคนสุดท้ายอนุมัติ",
               "Day of the last approval", "a.approved_on", FINANCE, column_type="date:fiscal:activity-approval"),
        Column("approved_baht", "number", "งบที่อนุมัติ", "Approved", "จำนวนเงินที่อนุมัติครั้งแรก", "As first approved",
               "a.amount_baht", FINANCE, "บาท", phase="approved", required=True),
        Column("adjusted_baht", "number", "งบหลังโอน", "After transfers", "จำนวนเงินหลังโอนเพิ่มและโอนลด",
               "After transfers in and out", "a.net_baht", COMPUTED, "บาท", phase="adjusted", required=True),
        Column("executed_baht", "number", "เบิกจ่าย", "Paid", "เบิกจ่ายจากรายการนี้แล้ว หักรายการที่กลับรายการ",
               "Paid out of this line, less what was reversed",
               "coalesce((SELECT sum(d.amount_baht) FROM disbursement d WHERE d.appropriation_id = a.id), 0)",
               COMPUTED, "บาท", phase="executed", required=True),
    ),
    "budget_line",
    f"appropriation a JOIN {_FROM.replace('project p', 'project p ON p.id = a.project_id', 1)}"
    " JOIN fund_source f ON f.code = a.fund_source_code"
    " LEFT JOIN budget_programme bp ON bp.code = a.programme_code LEFT JOIN budget_work bw ON bw.code = a.work_code"
    " LEFT JOIN expenditure_category ec ON ec.code = a.expenditure_category_code",
    "a.id",
    "a.in_force AND a.removed_at IS NULL",
    (("project_code", "projects"),),
)  # fmt: skip

_CONTRACTOR = "CASE WHEN NOT c.contractor_is_person THEN c.contractor_name END"
CONTRACTS = OpenTable(
    "contracts", "สัญญา", "Contracts",
    "หนึ่งแถวคือหนึ่งสัญญาหรือการก่อหนี้ผูกพัน", "One row is one contract or other obligation",
    (
        Column("contract", "string", "เลขที่รายการสัญญา", "Contract record", "เลขที่ของสัญญาในระบบ",
               "Number of the record", "c.id::text", COMPUTED, column_type="activity:generic:contract:code",
               required=True),
        *_OF_PROJECT,
        Column("contract_number", "string", "เลขที่สัญญา", "Contract number", "เลขที่ตามหนังสือสัญญา", "As on the paper",
               "c.number", FINANCE, column_type="activity:generic:contract:label", required=True),
        Column("egp_number", "string", "เลขที่ e-GP", "e-GP number", "เลขที่โครงการในระบบจัดซื้อจัดจ้างภาครัฐ",
               "Number in the state's procurement system", "c.egp_number", FINANCE,
               column_type="transaction-id:tender-id"),
        Column("contract_kind", "string", "ประเภท", "Kind",
               "สัญญา (CONTRACT) ดำเนินการเอง (FORCE_ACCOUNT) อุดหนุนหน่วยงานอื่น (GRANT_OUT)",
               "Contract, force account, or grant to another agency", "c.kind", FINANCE, required=True),
        Column("procurement_method", "string", "วิธีจัดหา", "Procurement method", "วิธีจัดซื้อจัดจ้าง", "Way of buying",
               "c.procurement_method_code", FINANCE, code_list="procurement_method"),
        Column("contractor", "string", "ผู้รับจ้าง", "Contractor", "ชื่อนิติบุคคล ไม่แสดงชื่อบุคคลธรรมดา",
               "A company; natural persons are not named", _CONTRACTOR, FINANCE, column_type="supplier:generic:name"),
        Column("contractor_is_person", "boolean", "บุคคลธรรมดา", "Natural person", "ผู้รับจ้างเป็นบุคคลธรรมดา",
               "The contractor is a natural person", "c.contractor_is_person", FINANCE, required=True),
        Column("signed_on", "date", "วันที่ลงนาม", "Signed on", "วันที่ลงนามในสัญญา", "Day of signing", "c.signed_on",
               FINANCE, column_type="date:generic", required=True),
        Column("start_on", "date", "วันเริ่มสัญญา", "Begins on", "วันเริ่มนับตามสัญญา", "First day of the contract",
               "c.start_on", FINANCE, column_type="date:fiscal:activity-start"),
        Column("end_on", "date", "วันสิ้นสุดสัญญา", "Ends on", "วันสิ้นสุดหลังขยายเวลา", "Last day, extensions included",
               "coalesce(c.extended_to, c.end_on)", FINANCE, column_type="date:fiscal:activity-end"),
        Column("contract_baht", "number", "วงเงินตามสัญญา", "Contract amount", "วงเงินเมื่อลงนาม", "As signed",
               "c.amount_baht", FINANCE, "บาท", required=True),
        Column("final_baht", "number", "วงเงินหลังแก้ไข", "Final amount", "วงเงินหลังแก้ไขสัญญา", "After amendments",
               "c.final_baht", COMPUTED, "บาท", required=True),
        Column("paid_baht", "number", "เบิกจ่ายแล้ว", "Paid", "เบิกจ่ายตามสัญญานี้แล้ว", "Paid under it",
               "coalesce((SELECT sum(d.amount_baht) FROM disbursement d WHERE d.contract_id = c.id), 0)", COMPUTED,
               "บาท", required=True),
    ),
    "contract",
    f"contract c JOIN {_FROM.replace('project p', 'project p ON p.id = c.project_id', 1)}",
    "c.id",
    "c.removed_at IS NULL",
    (("project_code", "projects"),),
)  # fmt: skip

PAYMENTS = OpenTable(
    "payments", "การเบิกจ่าย", "Payments",
    "หนึ่งแถวคือหนึ่งรายการจ่าย รายการกลับรายการมียอดติดลบ", "One row is one payment; a reversal is negative",
    (
        Column("payment", "string", "เลขที่รายการจ่าย", "Payment record", "เลขที่ของรายการในระบบ", "Number of the record",
               "d.id::text", COMPUTED, column_type="transaction-id:code", required=True),
        *_OF_PROJECT,
        Column("budget_line", "string", "เลขที่รายการงบ", "Budget line", "รายการงบที่จ่ายออกไป",
               "Line that it was paid out of", "d.appropriation_id::text", FINANCE,
               column_type="transaction-id:budget-code", required=True),
        Column("contract", "string", "เลขที่รายการสัญญา", "Contract record", "สัญญาที่จ่าย ว่างเมื่อไม่มีสัญญา",
               "Contract that it was paid under; empty without one", "d.contract_id::text", FINANCE,
               column_type="transaction-id:contract-id"),
        Column("paid_on", "date", "วันที่จ่าย", "Paid on", "วันที่จ่ายเงิน", "Day of the payment", "d.paid_on", FINANCE,
               column_type="date:generic", required=True),
        Column("contractor", "string", "ผู้รับเงิน", "Payee", "ชื่อนิติบุคคลตามสัญญา ไม่แสดงชื่อบุคคลธรรมดา",
               "The contract's company; natural persons are not named", _CONTRACTOR, FINANCE,
               column_type="recipient:generic:name"),
        Column("reverses", "string", "กลับรายการของ", "Reverses", "เลขที่รายการจ่ายที่กลับรายการ",
               "Payment that this one takes back", "d.reverses_id::text", FINANCE),
        Column("amount_baht", "number", "จำนวนเงิน", "Amount", "จำนวนเงินที่จ่าย", "What was paid", "d.amount_baht", FINANCE,
               "บาท", column_type="value", required=True),
    ),
    "payment",
    f"disbursement d JOIN {_FROM.replace('project p', 'project p ON p.id = d.project_id', 1)}"
    " LEFT JOIN contract c ON c.id = d.contract_id",
    "d.id",
    "",
    (("project_code", "projects"), ("budget_line", "appropriations"), ("contract", "contracts")),
)  # fmt: skip

TABLES: dict[str, OpenTable] = {table.name: table for table in (PROJECTS, APPROPRIATIONS, CONTRACTS, PAYMENTS)}
FISCAL = (APPROPRIATIONS, PAYMENTS)
"""Tables of the Fiscal Data Package: the budget, and what was spent of it."""


def code_lists(tables: tuple[OpenTable, ...]) -> list[ListName]:
    """Code lists that the tables speak of, each once, in their order."""
    return list(dict.fromkeys(c.code_list for table in tables for c in table.columns if c.code_list))
