"""The column that names the rows, where none is called so."""

from __future__ import annotations

from typing import Any

import pytest

from app.services.imports.naming import name_column


@pytest.mark.parametrize(
    ("sample", "named"),
    [
        # A hint cut short by the DBF, beside the English name and the area.
        (
            {
                "MUNI_CODE": ["240401", "240402"],
                "MUNI_NAM_E": ["Bang Kluea", "Tha Sa-an"],
                "MUNI_NAM_T": ["เทศบาลตำบลบางเกลือ", "เทศบาลตำบลท่าสะอ้าน"],
                "AMPHOE_T": ["อ.บางปะกง", "อ.บางปะกง"],
            },
            "MUNI_NAM_T",
        ),
        # No hint at all: Thai words, different in every row.
        ({"RES_ID": ["ps", "kl"], "Reservoir_": ["อ่างบ้านนา", "อ่างบ้านสวน"]}, "Reservoir_"),
        # Areas, numbers, links, people and one word for all rows name no work.
        ({"TAM": ["ต.หนองนา", "ต.ทุ่งสวน"], "PROVINCE_T": ["จ.นครไกล", "จ.นครใกล้"]}, None),
        ({"url": ["https://example.org/ก", "https://example.org/ข"], "n": [1.5, 2.5]}, None),
        ({"ผู้รับจ้าง": ["ห้างหุ้นส่วนจำกัด ก", "บริษัท ข จำกัด"]}, None),
        ({"IMAGE": ["รูป/อ่างเก็บน้ำ.jpg", "รูป/ฝาย.jpg"]}, None),
        ({"TYPE": ["R", "R"], "empty": [None, None]}, None),
        ({}, None),
    ],
)
def test_the_column_whose_words_tell_the_rows_apart(sample: dict[str, list[Any]], named: str | None) -> None:
    assert name_column(list(sample), sample) == named
