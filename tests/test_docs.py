"""Documents that must not drift from the code."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from app.cli import COMMANDS
from app.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
VARIABLES = {
    field.name: "DATABASE_URL" if field.name == "database_url" else f"EPLAN_{field.name.upper()}"
    for field in dataclasses.fields(Settings)
}


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "operators" / "settings.md").read_text(encoding="utf-8")
    assert [name for name in VARIABLES.values() if f"`{name}`" not in text] == []


def test_every_documented_setting_exists() -> None:
    text = (ROOT / "docs" / "operators" / "settings.md").read_text(encoding="utf-8")
    known = {*VARIABLES.values(), "EPLAN_TEST_SERVER"}
    assert set(re.findall(r"`((?:EPLAN_|DATABASE_)[A-Z_]+)`", text)) <= known


def test_every_command_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"eplan {name}" not in text] == []


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")):
            if "://" not in target and not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)} -> {target}")
    assert broken == []
