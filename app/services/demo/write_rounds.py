"""Results of the round that is running: one sealed and posted, one with its executive, one returned, most not begun.

The document of a sealed result is printed by Chromium into the folder of sealed files. ``./eplan up`` does that once
the demonstration is written (:func:`publish_round`); without it the first result waits for its executive as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.queries.evaluations import result
from app.services import evaluation_postings, evaluations
from app.services.demo.land import Land
from app.services.demo.people import SEED, home_bodies
from app.services.demo.stage import Stage
from app.services.evaluation_files import record_files, sealed_content
from app.services.evaluation_postings import NewPosting
from app.services.evaluation_rules import rounds_of
from app.services.evaluations import Remarks

_YEAR = SEED + 1
_REMARKS = (
    "โครงการถนนและแหล่งน้ำเป็นไปตามแผนเกินครึ่ง ควรเร่งงานที่ผูกพันแล้วให้เบิกจ่ายได้ในไตรมาสแรก\nควรระบุพิกัดให้ครบทุกโครงการที่มีงบประมาณ",
    "ผลการดำเนินงานใกล้เคียงเป้าหมาย ควรทบทวนโครงการที่ยกเลิกสองปีติดกัน",
    "ควรจัดลำดับโครงการเชื่อมตำบลก่อนโครงการในหมู่บ้าน และรายงานงานที่กันเงินแยกต่างหาก",
)
_SUBMITTED = "บันทึกเสนอสภาและคณะกรรมการ ที่ 1/2570"
# Who proposes, days ago when it is begun and proposed.
_RESULTS = (("planner", "sao", 14, 0), ("planner3", "muni", 4, 1), ("planner2", "pao", 8, 2))


def write_rounds(stage: Stage, land: Land) -> None:
    """Three organisations are at it; the round of the year has to be open by then."""
    homes = home_bodies(land)
    opens = next((one.opens_on for one in rounds_of(stage.session, _YEAR) if one.period == 0), None)
    if opens is None or stage.workday(15) < opens:
        return
    for planner, home, back, number in _RESULTS:
        proposed = _propose(stage, planner, homes[home].code, back, _REMARKS[number])
        if home == "pao":
            moment = stage.ago(back - 3, 11)
            with stage.acting("executive2", moment) as actor:
                evaluations.give_back(
                    stage.session,
                    actor,
                    proposed.id,
                    "ขอให้แยกโครงการที่กันเงินไว้เบิกเหลื่อมปี และเพิ่มข้อเสนอของคณะกรรมการในประเด็นงานเชื่อมตำบล",
                    if_match_version=proposed.row_version,
                    now=moment,
                )


def _propose(stage: Stage, planner: str, code: str, back: int, remarks: str) -> evaluations.EvaluationReceipt:
    with stage.acting(planner, stage.ago(back, 9)) as actor:
        begun = evaluations.begin(stage.session, actor, code, _YEAR, 0, today=stage.workday(back))
    met = Remarks(stage.workday(back - 1), f"ประชุมครั้งที่ 1/{_YEAR}", remarks)
    with stage.acting(planner, stage.ago(back - 1, 15)) as actor:
        saved = evaluations.save_remarks(stage.session, actor, begun.id, met, if_match_version=begun.row_version)
    moment = stage.ago(back - 2, 10)
    with stage.acting(planner, moment) as actor:
        return evaluations.propose(stage.session, actor, begun.id, if_match_version=saved.row_version, now=moment)


def sealed_result(session: Session) -> tuple[int, str, Mapping[str, Any]] | None:
    """Number, digest and content of the result that the demonstration publishes, if it was proposed."""
    found = session.scalar(
        sa.text(
            "SELECT r.id FROM evaluation_result r JOIN membership m ON m.organisation_code = r.organisation_code"
            " JOIN user_account u ON u.id = m.user_id WHERE u.username = 'executive' AND r.status = 'PROPOSED'"
        )
    )
    held = None if found is None else result(session, found)
    if held is None or held.content_sha256 is None:
        return None
    return held.id, held.content_sha256, sealed_content(session, held)


def publish_round(stage: Stage, result_id: int, files: Mapping[str, tuple[str, int]], address: str) -> None:
    """Let the executive submit and announce the sealed result, and the planner say where else it hangs.

    Parameters
    ----------
    files
        Digests and sizes of the printed document by format.
    address
        Of the platform's page of the result.
    """
    session = stage.session
    held = result(session, result_id)
    if held is None:
        return
    moment = stage.ago(11, 10)
    with stage.acting("executive", moment) as actor:
        record_files(session, result_id, files)
        submitted = evaluations.submit(
            session, actor, result_id, moment.date(), _SUBMITTED, if_match_version=held.row_version, now=moment
        )
    moment = stage.ago(8, 9)
    with stage.acting("executive", moment) as actor:
        evaluation_postings.announce(
            session,
            actor,
            result_id,
            moment.date(),
            address=address,
            if_match_version=submitted.row_version,
            now=moment,
        )
    moment = stage.ago(8, 14)
    with stage.acting("planner", moment) as actor:
        board = NewPosting("BOARD", "ป้ายประกาศหน้าสำนักงาน", moment.date())
        evaluation_postings.post(session, actor, result_id, board, now=moment)
