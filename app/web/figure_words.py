"""Words of figures and of what reviewers said of them."""

from __future__ import annotations

from flask_babel import gettext as _

TAB_OF = {"project": "plan", "appropriation": "budget", "contract": "contracts", "disbursement": "disbursements"}


def figure_names() -> dict[str, str]:
    """What each kind of figure is called."""
    return {
        "project": str(_("เงินในแผน")),
        "appropriation": str(_("งบประมาณ")),
        "contract": str(_("สัญญา")),
        "disbursement": str(_("เบิกจ่าย")),
    }


def state_names() -> dict[str, str]:
    """What stands of a figure, in words."""
    return {
        "NEW": str(_("ยังไม่เคยตรวจ")),
        "CHANGED": str(_("เปลี่ยนหลังตรวจ")),
        "ANSWERED": str(_("อปท. ตอบแล้ว ตัวเลขเดิม")),
        "RETURNED": str(_("ส่งกลับแล้ว รอ อปท.")),
        "VERIFIED": str(_("ตรวจตัวเลขแล้ว")),
    }


def figure_address(project_code: str, figure: str, figure_id: int) -> str:
    """The very row on its tab of the project's page."""
    anchor = "" if figure == "project" else f"#{figure}-{figure_id}"
    return f"/projects/{project_code}?tab={TAB_OF[figure]}{anchor}"
