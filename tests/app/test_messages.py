"""Every code that the program speaks has a Thai and an English sentence."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.messages import MESSAGES, Language, Message, fix, sentence
from tests.conftest import ROOT

SPEAKERS = {
    "Problem": 0,
    "NotFound": 0,
    "Forbidden": 0,
    "Conflict": 0,
    "Unavailable": 0,
    "AppError": 0,
    "BadRequest": 0,
    "SignInRequired": 0,
    "PreconditionRequired": 0,
    "UnsupportedMedia": 0,
    "TooLarge": 0,
    "TokenRefused": 0,
    "PictureError": 0,
}


def sources() -> Iterator[Path]:
    for room in ("app", "gis", "layers"):
        yield from (ROOT / room).rglob("*.py")


def codes_in(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        given = [k.value for k in node.keywords if k.arg == "code"]
        if name in SPEAKERS and node.args:
            given.append(node.args[0])
        if name in SPEAKERS or name in ("InvalidInput", "BadParameters", "refuse"):
            for value in given:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield value.value, node.lineno


def test_every_code_has_a_sentence() -> None:
    silent = {
        f"{path.relative_to(ROOT)}:{line} {code}"
        for path in sources()
        for code, line in codes_in(path)
        if code not in MESSAGES
    }
    assert not silent, "\n".join(sorted(silent))


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_both_languages_say_the_same_places(code: str) -> None:
    message = MESSAGES[code]
    assert message.th and message.en
    assert bool(message.fix_th) == bool(message.fix_en)

    def fields(template: str) -> set[str]:
        found = {name for _, name, _, _ in string.Formatter().parse(template) if name}
        # A value that is itself in two languages.
        return {name.removesuffix("_th").removesuffix("_en") for name in found}

    assert fields(message.th) == fields(message.en)
    assert fields(message.fix_th) == fields(message.fix_en)


def test_tone() -> None:
    for code, message in MESSAGES.items():
        for text in (message.th, message.fix_th):
            assert not any(word in text for word in ("กรุณา", "โปรด", "ครับ", "ค่ะ", "!")), f"{code}: {text}"


def test_a_missing_value_is_a_dash_and_not_a_failure() -> None:
    message = Message("ถึง {where} {count:,}", "to {where} {count:,}")
    assert message.sentence({"count": 1234}, "th") == "ถึง – 1,234"
    assert message.sentence({"count": None}, "en") == "to – –"


def test_an_unknown_code_reads_as_itself() -> None:
    assert sentence("no_such_code", {}) == "no_such_code"
    assert fix("no_such_code", {}) == ""


def test_lengths_and_money_are_parted_by_thousands_and_nothing_else_is() -> None:
    message = Message("{length_m} ม. {budget_baht} บาท ปี {year} x {x} รหัส {code} {gap_km}", "")
    values = {"length_m": 2537.6, "budget_baht": Decimal("4850000.00"), "year": 2570, "x": 182653.25, "code": 70990109}
    assert message.sentence(values, "th") == "2,537.6 ม. 4,850,000.00 บาท ปี 2570 x 182653.25 รหัส 70990109 –"


def test_days_and_moments_read_as_each_language_writes_them() -> None:
    message = Message("{day} {at} {made} {code}", "{day} {at} {made} {code}")
    values = {"day": "2026-11-21", "at": "2026-11-21T18:30:00+00:00", "made": date(2026, 1, 2), "code": "2026-13-45"}
    assert message.sentence(values, "th") == "21 พ.ย. 2569 22 พ.ย. 2569 01:30 น. 2 ม.ค. 2569 2026-13-45"
    assert message.sentence(values, "en") == "21 Nov 2026 22 Nov 2026 01:30 2 Jan 2026 2026-13-45"


@pytest.mark.parametrize(("language", "says"), [("th", "เส้น"), ("en", "line")])
def test_shapes_are_said_in_the_language_of_the_page(language: Language, says: str) -> None:
    values = {"segment": 1, "given": "Point", "expected": "LineString"}
    told = sentence("wrong_geometry_type", values, language)
    assert says in told and "LineString" not in told
