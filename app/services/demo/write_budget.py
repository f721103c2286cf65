"""Budget documents, transfers, carry-overs and what happened to contracts, from the works that are there.

Nothing is drawn by lot here: the same works always get the same documents, and the lots that decide the rest of the
demonstration fall as before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.services.demo.chain import AS_OF, Agreement, first_day, last_day
from app.services.demo.land import Body
from app.services.demo.people import DemoUser
from app.services.demo.write_plan import next_ids
from app.services.loading import copy_rows

if TYPE_CHECKING:
    from app.services.demo.write_works import Written

_KIND_OF = {
    "OWN": "ANNUAL",
    "GRANT_GENERAL": "ANNUAL",
    "GRANT_SPECIFIC": "SPECIFIC_GRANT",
    "ACCUMULATED": "ACCUMULATED",
    "LOAN": "LOAN",
    "OTHER_AGENCY": "OTHER_AGENCY",
}
_TITLES = {
    "ANNUAL": "{law}งบประมาณรายจ่าย ประจำปีงบประมาณ พ.ศ. {year}",
    "SUPPLEMENTARY": "{law}งบประมาณรายจ่ายเพิ่มเติม (ฉบับที่ 1) ประจำปีงบประมาณ พ.ศ. {year}",
    "SPECIFIC_GRANT": "เงินอุดหนุนเฉพาะกิจ ปีงบประมาณ พ.ศ. {year}",
    "ACCUMULATED": "จ่ายขาดเงินสะสม ปีงบประมาณ พ.ศ. {year}",
    "LOAN": "เงินกู้เพื่อโครงสร้างพื้นฐาน ปีงบประมาณ พ.ศ. {year}",
    "OTHER_AGENCY": "งบประมาณสนับสนุนจากหน่วยงานอื่น ปีงบประมาณ พ.ศ. {year}",
}
# The oldest year is closed everywhere; later ones still have money that was carried over.
_CLOSED_YEAR = 2566
_WORK_OF = {"00310": "00312", "00320": "00322", "00240": "00242"}


@dataclass(frozen=True)
class Documents:
    """Numbers of the documents by organisation, year and kind."""

    ids: Mapping[tuple[str, int, str], int]

    def of_money(self, item: Written, fund: str) -> int:
        """Document of one appropriation."""
        return self.ids[item.work.body.code, item.work.year, _KIND_OF[fund]]

    def requested(self, item: Written) -> int:
        """Document in which a project waits for its money."""
        return self.ids[item.work.body.code, item.work.year, "SUPPLEMENTARY"]


def work_code(programme: str) -> str | None:
    """งาน of a programme that works of the demonstration stand under."""
    return _WORK_OF.get(programme)


def write_documents(session: Session, written: Sequence[Written], people: Sequence[DemoUser]) -> Documents:
    """One document per organisation, year and kind that its works have money from, or wait for."""
    days: dict[tuple[str, int, str], date | None] = {}
    bodies: dict[str, Body] = {}
    for item in written:
        place = (item.work.body.code, item.work.year)
        bodies[place[0]] = item.work.body
        for money in item.chain.moneys:
            key = (*place, _KIND_OF[money.fund])
            days[key] = max(days.get(key) or money.approved_on, money.approved_on)
        if item.chain.status == "BUDGET_REQUESTED":
            days.setdefault((*place, "SUPPLEMENTARY"), None)
    keys = sorted(days)
    ids = dict(zip(keys, next_ids(session, "budget_document", len(keys)), strict=True))
    planners, executives = (_accounts(people, role) for role in ("LAO_PLANNER", "LAO_EXECUTIVE"))
    columns = (
        "id",
        "organisation_code",
        "fiscal_year_be",
        "kind",
        "number",
        "title",
        "submitted_on",
        "council_session",
        "council_approved_on",
        "approved_on",
        "in_force_on",
        "status",
        "prepared_by",
        "prepared_by_name",
        "submitted_by",
        "approved_by",
        "approved_by_name",
    )

    def row(key: tuple[str, int, str]) -> tuple[Any, ...]:
        code, year, kind = key
        body, day = bodies[code], days[key]
        planner, executive = planners.get(code), executives.get(code)
        law = "เทศบัญญัติ" if body.type_code.endswith("MUNI") else "ข้อบัญญัติ"
        return (
            ids[key],
            code,
            year,
            kind,
            f"1/{year}",
            _TITLES[kind].format(law=law, year=year),
            (day or AS_OF) - timedelta(days=35),
            f"สมัยสามัญ สมัยที่ 3/{year - 1}" if kind == "ANNUAL" else None,
            None if day is None else day - timedelta(days=12),
            day,
            None if day is None else max(day, first_day(year)),
            "SUBMITTED" if day is None else "APPROVED",
            planner.user_id if planner else None,
            planner.display_name if planner else f"นักวิเคราะห์นโยบายและแผน {body.full_name_th}",
            planner.user_id if planner else None,
            executive.user_id if executive and day is not None else None,
            None if day is None else (executive.display_name if executive else f"ผู้บริหาร {body.full_name_th}"),
        )

    copy_rows(session, "budget_document", columns, map(row, keys))
    return Documents(ids)


def write_requested(session: Session, written: Sequence[Written], documents: Documents) -> None:
    """Money that projects wait for: in a document that is sent in, in no sum yet."""
    copy_rows(
        session,
        "appropriation",
        (
            "project_id",
            "fund_source_code",
            "programme_code",
            "work_code",
            "expenditure_category_code",
            "amount_baht",
            "budget_document_id",
            "in_force",
        ),
        (
            (item.id, "OWN", "00310", "00312", "542000", item.chain.planned, documents.requested(item), False)
            for item in written
            if item.chain.status == "BUDGET_REQUESTED"
        ),
    )


def write_instalments(session: Session, written: Sequence[Written], contracts: Mapping[int, int]) -> None:
    """Instalments of contracts that have several: those paid as they were paid, the rest in equal parts."""
    copy_rows(
        session,
        "contract_instalment",
        ("project_id", "contract_id", "seq", "amount_baht", "due_on", "work_percent", "accepted_on"),
        (
            (item.id, contracts[item.id], seq, amount, due, percent, accepted)
            for item in written
            for agreement in (item.chain.agreement,)
            if agreement is not None and agreement.instalments > 1
            for seq, amount, due, percent, accepted in _instalments(item, agreement)
        ),
    )


def _instalments(item: Written, agreement: Agreement) -> list[tuple[int, Decimal, date, Decimal, date | None]]:
    paid: dict[int, tuple[Decimal, date]] = {}
    for payment in item.chain.payments:
        before = paid.get(payment.instalment, (Decimal(0), payment.paid_on))
        paid[payment.instalment] = (before[0] + payment.amount, max(before[1], payment.paid_on))
    amounts = [paid[seq][0] for seq in sorted(paid)]
    left, parts = agreement.amount - sum(amounts, Decimal(0)), max(agreement.instalments - len(amounts), 1)
    if left > 0:
        each = (left / parts).quantize(Decimal("0.01"))
        amounts += [each] * (parts - 1) + [left - each * (parts - 1)]
    span = (agreement.end_on - agreement.start_on) / len(amounts)
    done = Decimal(0)
    rows = []
    for seq, amount in enumerate(amounts, start=1):
        done += amount
        percent = (done / agreement.amount * 100).quantize(Decimal("0.01"))
        accepted = paid[seq][1] - timedelta(days=5) if seq in paid else None
        due = agreement.start_on + span * seq
        rows.append((seq, amount, due, percent, None if accepted is None else max(accepted, agreement.signed_on)))
    return rows


# Every eleventh contract was given more time, every seventeenth that is not paid yet got smaller: by the number of the
# work in the e-GP number, which the works decide, so that every database gets the same.
_AMENDMENTS = """
INSERT INTO contract_amendment (project_id, contract_id, seq, signed_on, amount_change_baht, new_end_on, reason,
                                created_by_name)
SELECT c.project_id, c.id, 1, least(c.end_on, CAST(:today AS date)),
       CASE WHEN cut THEN -round(c.amount_baht * 0.02, -2) ELSE 0 END,
       CASE WHEN cut THEN NULL ELSE c.end_on + 30 END,
       CASE WHEN cut THEN 'ลดปริมาณงานตามสภาพพื้นที่จริง' ELSE 'ฝนตกหนัก น้ำท่วมพื้นที่ก่อสร้าง' END,
       'งานพัสดุ (สาธิต)'
FROM contract c JOIN project p ON p.id = c.project_id
CROSS JOIN LATERAL (
    SELECT p.status = 'CONTRACTED' AND right(c.egp_number, 6)::int % 17 = 0 AND c.instalments = 1 AS cut
) k
WHERE c.end_on IS NOT NULL AND c.signed_on <= least(c.end_on, CAST(:today AS date))
  AND (cut OR (right(c.egp_number, 6)::int % 11 = 0 AND p.status <> 'CANCELLED'))
"""
# A tenth of a percent a day for those who were paid after the last day; never more than a tenth of the contract.
_PENALTIES = """
INSERT INTO contract_penalty (project_id, contract_id, days, rate_percent, amount_baht, reason, created_by_name)
SELECT c.project_id, c.id, late.days, 0.1, round(c.final_baht * least(late.days * 0.001, 0.1), 2),
       'ส่งมอบงานล่าช้ากว่ากำหนด', 'งานพัสดุ (สาธิต)'
FROM contract c
CROSS JOIN LATERAL (
    SELECT max(d.paid_on) - 10 - coalesce(c.extended_to, c.end_on) AS days
    FROM disbursement d WHERE d.contract_id = c.id
) late
WHERE late.days BETWEEN 1 AND 60 AND right(c.egp_number, 6)::int % 3 = 0
"""
_CARRY_OVERS = """
INSERT INTO carry_over (project_id, appropriation_id, contract_id, amount_baht, obligated, until_on, created_by_name)
SELECT p.id, s.id, c.id, least(s.left_baht, c.final_baht - coalesce(q.paid, 0)), true,
       make_date(p.fiscal_year_be - 543 + 1, 9, 30), 'นักวิชาการเงินและบัญชี (สาธิต)'
FROM project p JOIN contract c ON c.project_id = p.id
LEFT JOIN LATERAL (SELECT sum(amount_baht) AS paid FROM disbursement WHERE contract_id = c.id) q ON true
CROSS JOIN LATERAL (
    SELECT a.id, a.net_baht - coalesce((SELECT sum(d.amount_baht) FROM disbursement d
                                        WHERE d.appropriation_id = a.id), 0) AS left_baht
    FROM appropriation a WHERE a.project_id = p.id ORDER BY 2 DESC, 1 LIMIT 1
) s
WHERE p.status = 'CARRIED_OVER' AND least(s.left_baht, c.final_baht - coalesce(q.paid, 0)) > 0
"""
# What a contract saved goes to another work of the same organisation and year that still goes on, and is paid from the
# same fund or, like it, from one of the annual ordinance.
_TRANSFERS = """
WITH going AS (
    SELECT p.id, p.code, p.organisation_code, p.fiscal_year_be, a.id AS appropriation_id,
           least(p.budget_baht - p.contracted_baht, a.left_baht) AS free_baht, a.pool
    FROM project p JOIN LATERAL (
        SELECT m.id, CASE WHEN s.attributes ->> 'in_annual_ordinance' = 'yes' THEN '' ELSE s.code END AS pool,
               m.net_baht - coalesce((SELECT sum(d.amount_baht) FROM disbursement d
                                            WHERE d.appropriation_id = m.id), 0) AS left_baht
        FROM appropriation m JOIN fund_source s ON s.code = m.fund_source_code
        WHERE m.project_id = p.id AND m.in_force ORDER BY 3 DESC, 1 LIMIT 1
    ) a ON true
    WHERE p.contracted_baht > 0 AND p.status IN ('CONTRACTED', 'DISBURSING', 'DISBURSED_FULL')
      AND p.fiscal_year_be = :year
), free AS (
    SELECT g.*, row_number() OVER (PARTITION BY organisation_code, fiscal_year_be, pool
                                   ORDER BY free_baht DESC, code) AS place
    FROM going g
), pairs AS (
    SELECT DISTINCT ON (f.organisation_code) f.organisation_code, f.fiscal_year_be,
           f.id AS giver, f.appropriation_id AS source, t.id AS taker, t.appropriation_id AS target,
           floor(f.free_baht / 2000) * 1000 AS amount_baht
    FROM free f JOIN free t USING (organisation_code, fiscal_year_be, pool)
    WHERE f.place = 1 AND t.place = 2 AND f.free_baht >= 20000
    ORDER BY f.organisation_code, f.free_baht DESC, f.code
), made AS (
    INSERT INTO budget_transfer (organisation_code, fiscal_year_be, number, kind, legal_reference, reason, status,
                                 prepared_by_name)
    SELECT organisation_code, fiscal_year_be, 'โอน 1/' || fiscal_year_be, 'TRANSFER',
           'ประกาศโอนงบประมาณรายจ่าย ครั้งที่ 1/' || fiscal_year_be, 'เงินเหลือจ่ายจากสัญญา สมทบงานเพิ่มเติม', 'DRAFT',
           'นักวิเคราะห์นโยบายและแผน (สาธิต)'
    FROM pairs RETURNING id, organisation_code
)
INSERT INTO budget_transfer_line (budget_transfer_id, project_id, appropriation_id, amount_baht)
SELECT m.id, l.project_id, l.appropriation_id, l.amount_baht
FROM made m JOIN pairs p USING (organisation_code)
CROSS JOIN LATERAL (VALUES (p.giver, p.source, -p.amount_baht), (p.taker, p.target, p.amount_baht))
    AS l (project_id, appropriation_id, amount_baht)
"""
_APPROVE_TRANSFERS = """
UPDATE budget_transfer SET status = 'APPROVED', submitted_at = now(), approved_by_name = 'ผู้บริหารท้องถิ่น (สาธิต)',
       approved_on = :day WHERE fiscal_year_be = :year AND right(organisation_code, 1) NOT IN ('3', '7')
"""
_SUBMIT_TRANSFERS = (
    "UPDATE budget_transfer SET status = 'SUBMITTED', submitted_at = now()"
    " WHERE fiscal_year_be = :year AND right(organisation_code, 1) IN ('3', '7')"
)
_PROGRESS = """
INSERT INTO progress_report (project_id, reported_on, percent, note, created_by_name)
SELECT p.id, least(c.signed_on + step.days, CAST(:today AS date)), least(step.percent, s.most), step.note,
       'กองช่าง ' || o.full_name_th
FROM project p JOIN organisation o ON o.code = p.organisation_code
JOIN LATERAL (SELECT min(signed_on) AS signed_on FROM contract WHERE project_id = p.id) c ON c.signed_on IS NOT NULL
JOIN (VALUES ('CONTRACTED', 15), ('DISBURSING', 60), ('CARRIED_OVER', 55), ('DISBURSED_FULL', 100), ('CLOSED', 100))
    AS s (status, most) ON s.status = p.status
CROSS JOIN (VALUES (12, 15, 'เข้าพื้นที่ ปรับพื้นที่'), (35, 55, 'งานโครงสร้างหลัก'), (70, 100, 'งานแล้วเสร็จ เก็บรายละเอียด'))
    AS step (days, percent, note)
WHERE p.fiscal_year_be >= 2569 AND step.percent <= s.most AND c.signed_on + step.days <= CAST(:today AS date) + 60
"""
_CLOSE = """
INSERT INTO fiscal_year_close (organisation_code, fiscal_year_be, closed_by_name)
SELECT DISTINCT organisation_code, fiscal_year_be, 'นักวิชาการเงินและบัญชี (สาธิต)' FROM project WHERE fiscal_year_be = :year
"""


def write_what_followed(session: Session) -> None:
    """Transfers, amendments, penalties, carry-overs and progress of the works; the oldest year is closed."""
    for year in (2569, 2570):
        day = min(last_day(year) - timedelta(days=30), AS_OF)
        session.execute(sa.text(_TRANSFERS), {"year": year})
        session.execute(sa.text(_SUBMIT_TRANSFERS), {"year": year})
        session.execute(sa.text(_APPROVE_TRANSFERS), {"year": year, "day": day})
    for statement in (_AMENDMENTS, _PROGRESS):
        session.execute(sa.text(statement), {"today": AS_OF})
    for statement in (_PENALTIES, _CARRY_OVERS):
        session.execute(sa.text(statement))
    session.execute(sa.text(_CLOSE), {"year": _CLOSED_YEAR})


def _accounts(people: Sequence[DemoUser], role: str) -> dict[str, DemoUser]:
    return {user.organisation: user for user in people if user.role == role}
