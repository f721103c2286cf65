"""How pages write numbers and dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask

from app.web import filters


@pytest.fixture
def thai(app: Flask) -> Iterator[None]:
    with app.test_request_context("/"):
        yield


@pytest.fixture
def english(app: Flask) -> Iterator[None]:
    with app.test_request_context("/", headers={"Cookie": "eplan_language=en"}):
        yield


@pytest.mark.usefixtures("thai")
def test_thai() -> None:
    assert filters.money(Decimal("1632820.505")) == "1,632,821"
    assert filters.money(Decimal("-1632820.505"), 2) == "−1,632,820.51"
    assert filters.money(Decimal("-0.4")) == "0"
    assert filters.baht(0) == "0 บาท"
    assert filters.million(4_850_000) == "4.9 ล้าน"
    assert filters.metres(1745) == "1,745.0 ม."
    assert filters.square_metres(None) == "–"
    assert filters.area_text(None) == "–"
    assert filters.percent(1, 0) == "–"
    assert filters.percent(1, 3) == "33.3 %"
    assert filters.thai_date(date(2026, 11, 20)) == "20 พ.ย. 2569"
    # 17:30 in London is half past midnight of the next day in Bangkok.
    assert filters.thai_datetime(datetime(2026, 11, 19, 17, 30, tzinfo=UTC)) == "20 พ.ย. 2569 00:30 น."
    assert filters.fiscal_year(2570) == "ปีงบ 2570"


@pytest.mark.parametrize("name", ["money", "baht", "million", "metres", "thai_date", "thai_datetime", "fiscal_year"])
@pytest.mark.usefixtures("thai")
def test_nothing_is_a_dash(name: str) -> None:
    assert filters.FILTERS[name](None) == "–"


@pytest.mark.usefixtures("english")
def test_english_keeps_the_buddhist_era() -> None:
    assert filters.thai_date(date(2026, 11, 20)) == "20 Nov 2569"
    assert filters.baht(1000) == "1,000 baht"
    assert filters.fiscal_year(2570) == "FY 2570"
