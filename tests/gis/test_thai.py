"""Thai writing: spellings, amounts, dates, fiscal years, route codes."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis import thai
from gis.problems import Problem

THAI_TEXT = st.text(alphabet=st.sampled_from("กขคนมรวสอะาำิีึืุู็่้๊๋์ํเแโใไ๐๑๒๓๙ 0129Aaz\u200b\ufeff\t"), max_size=30)


@pytest.mark.parametrize("written", ["น้ำ", "นํ้า", "น้ํา", "น\u200bํ้า"])
def test_every_spelling_of_water_is_one(written: str) -> None:
    assert thai.search_key("แหล่ง" + written) == "แหล่งน้ำ"
    assert thai.normalise("แหล่ง" + written) == "แหล่งน้ำ"


def test_double_sara_e_is_sara_ae() -> None:
    assert thai.normalise("เเหล่ง") == "แหล่ง"


def test_normalise_keeps_case_and_thai_digits_and_orders_marks() -> None:
    assert thai.normalise("  ถนน  A๑ ท่ี่") == "ถนน A๑ ที่่"
    assert thai.normalise("ท่ี") == "ที่"


def test_search_key_folds_digits_case_and_spaces() -> None:
    assert thai.search_key(" ซอย ๑๒ \n ABC ") == "ซอย 12 abc"


@given(THAI_TEXT)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = thai.normalise(text)
    assert thai.normalise(once) == once


@given(THAI_TEXT)
def test_a_stored_text_is_found_by_what_was_typed(text: str) -> None:
    """Apart from the order of marks, which only storing mends, storing and searching agree."""
    unmarked = text.translate({code: None for code in range(0x0E48, 0x0E4C)})
    assert thai.search_key(thai.normalise(unmarked)) == thai.search_key(unmarked)


@pytest.mark.parametrize(
    ("given_value", "amount"),
    [
        ("1,632,820 ", "1632820.00"),
        (" - ", "0.00"),
        ("–", "0.00"),
        ("๑,๖๓๒,๘๒๐.๕๐", "1632820.50"),
        ("500000 บาท", "500000.00"),
        ("฿", None),
        ("500,000.- ", None),
        (1632820, "1632820.00"),
        (1632820.5, "1632820.50"),
        (0.1 + 0.2, "0.30"),
        (Decimal("12.3"), "12.30"),
        ("999999999999.99", "999999999999.99"),
    ],
)
def test_amounts(given_value: object, amount: str | None) -> None:
    result = thai.parse_amount(given_value)
    if amount is None:
        assert isinstance(result, Problem)
    else:
        assert result == Decimal(amount)
        assert isinstance(result, Decimal)
        assert result.as_tuple().exponent == -2


@pytest.mark.parametrize(
    ("given_value", "code"),
    [
        ("ประมาณ 5 แสน", "amount_unreadable"),
        ("5 แสน", "amount_unreadable"),
        ("1e6", "amount_unreadable"),
        ("1,23,4", "amount_unreadable"),
        ("12,5", "amount_unreadable"),
        (float("nan"), "amount_unreadable"),
        (float("inf"), "amount_unreadable"),
        (True, "amount_unreadable"),
        ("", "amount_missing"),
        (None, "amount_missing"),
        ("-5", "amount_negative"),
        ("(500)", "amount_negative"),
        ("1.234", "amount_too_precise"),
        ("1000000000000", "amount_too_large"),
    ],
)
def test_amounts_that_are_never_guessed(given_value: object, code: str) -> None:
    result = thai.parse_amount(given_value)
    assert isinstance(result, Problem)
    assert result.code == code


@given(st.integers(min_value=0, max_value=10**14 - 1))
def test_every_amount_survives_being_written_the_thai_way(satang: int) -> None:
    amount = Decimal(satang) / 100
    assert thai.parse_amount(thai.to_thai_digits(f"{amount:,.2f}")) == amount


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20 พ.ย. 68", date(2025, 11, 20)),
        ("29 พ.ย. 2567", date(2024, 11, 29)),
        ("01/01/2568", date(2025, 1, 1)),
        ("1-2-68", date(2025, 2, 1)),
        ("2026-11-20", date(2026, 11, 20)),
        ("2569-11-20", date(2026, 11, 20)),
        ("2026-11-20T00:00:00", date(2026, 11, 20)),
        ("๓๑ ธันวาคม พ.ศ. ๒๕๖๙", date(2026, 12, 31)),
        ("วันที่ 5 เดือน มกราคม พ.ศ. 2569", date(2026, 1, 5)),
        ("5 Jan 2026", date(2026, 1, 5)),
        ("29/02/2567", date(2024, 2, 29)),
        ("20พ.ย.68", date(2025, 11, 20)),
        (datetime(2569, 1, 5, 8, 30), date(2026, 1, 5)),
        (date(2026, 1, 5), date(2026, 1, 5)),
    ],
)
def test_dates(text: object, day: date) -> None:
    assert thai.parse_thai_date(text) == day


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("29/02/2568", "date_impossible"),
        ("32/01/2568", "date_impossible"),
        ("1/13/2568", "date_impossible"),
        ("เร็ว ๆ นี้", "date_unreadable"),
        ("พ.ย. 2568", "date_unreadable"),
        ("45000", "date_unreadable"),
        ("", "date_missing"),
        ("-", "date_missing"),
        (None, "date_missing"),
    ],
)
def test_dates_that_are_none(text: object, code: str) -> None:
    result = thai.parse_thai_date(text)
    assert isinstance(result, Problem)
    assert result.code == code


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2150, 1, 1)), st.booleans())
def test_a_date_survives_being_shown(day: date, long: bool) -> None:
    assert thai.parse_thai_date(thai.format_thai_date(day, long=long)) == day


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2150, 1, 1)))
def test_fiscal_year_turns_on_the_first_of_october(day: date) -> None:
    assert thai.fiscal_year_be(day) == day.year + 543 + (day >= date(day.year, 10, 1))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("นค.ถ.28-003", "นค.ถ.28-003"),
        ("นค.ถ.๒๘-๐๐๓", "นค.ถ.28-003"),
        ("สท ถ 19 - 063", "สท.ถ.19-063"),
        ("สทถ19-063", "สท.ถ.19-063"),
        ("ชร.ถ.1-0098", "ชร.ถ.1-0098"),
        ("ชร.ถ. 01–0098", "ชร.ถ.1-0098"),
    ],
)
def test_route_codes(text: str, code: str) -> None:
    assert thai.canonical_route_code(text) == code


@pytest.mark.parametrize("text", ["ชบ.3009", "ทล.2", "นค.ถ.28", "", "นค.ถ.28-03"])
def test_other_codes_are_no_route_codes(text: str) -> None:
    assert isinstance(thai.canonical_route_code(text), Problem)


@given(st.text("\u0e4d\u0e48\u0e49\u0e32\u0e34\u0e31\u0e40\u0e01", max_size=12))
def test_normal_text_stays_as_it_is_and_keeps_its_letters(text: str) -> None:
    once = thai.normalise(text)
    assert thai.normalise(once) == once
    assert not re.search("[\u0e48-\u0e4b][\u0e31\u0e34-\u0e39]", once), "no tone mark stands before its vowel"
    tones = "[\u0e48\u0e49]"
    assert re.findall(tones, once) == re.findall(tones, text)
