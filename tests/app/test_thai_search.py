"""The database and Python search by the same key."""

from __future__ import annotations

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from gis.thai import search_key

CORPUS = [
    "แหล่งน้ำ หมู่ที่ ๓",
    "แหล่งนํ้า",
    "น้ํา",
    "เเหล่ง เเเ",
    "  A  b\tC\n ",
    "\u200bน\ufeffา",
    "ํา ํ่า ่ํา",
    "ถนน คสล. สายบ้าน\u00a0ก",
    "İıŞẞΣς",
    "\u3000ก\u2003ข",
    "",
    " ",
    "ซอย\r\n๑๒/๓",
]
# Everything that people type here; control characters other than white space cannot be stored by the application.
TEXT = st.text(
    alphabet=st.one_of(
        st.characters(min_codepoint=0x0E00, max_codepoint=0x0E7F),
        st.characters(min_codepoint=0x20, max_codepoint=0x17F),
        st.sampled_from("\t\n\r\x0b\x0c\u200b\ufeff\u2003\u3000\u2009"),
    ),
    max_size=25,
)


def in_database(session: Session, texts: list[str]) -> list[str]:
    statement = sa.text(
        "SELECT thai_search(t) FROM unnest(CAST(:texts AS text[])) WITH ORDINALITY AS u(t, n) ORDER BY n"
    )
    return list(session.scalars(statement, {"texts": texts}))


def test_corpus(session: Session) -> None:
    assert in_database(session, CORPUS) == [search_key(text) for text in CORPUS]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXT, min_size=1, max_size=20))
def test_any_text(session: Session, texts: list[str]) -> None:
    assert in_database(session, texts) == [search_key(text) for text in texts]
