"""The outbox against a real mail server: what is sent once, what waits, what is given up, and what headers hold."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db import Database
from app.jobs.mailing import send_mail
from app.services import mail
from app.services.mail import clean_address, one_line, post, wait_after
from app.services.mail_server import mail_server
from app.settings import Settings
from tests.app.smtp_server import Server, free_port, smtp_server
from tests.conftest import RolledBackDatabase

SUBJECT = "เตือน: ขาดพิกัด ๓ โครงการ ของ อบต.หนองสาธิต และรายการอื่นที่ครบกำหนดวันที่ 30 พฤศจิกายน 2569"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with smtp_server() as running:
        yield running


@pytest.fixture(autouse=True)
def empty(server: Server) -> None:
    server.taken.clear()
    server.refusals.clear()
    server.hang_up_after = None


def send(database: Database, settings: Settings, url: str) -> int:
    return send_mail(database, replace(settings, smtp_url=url, mail_from="eplan@dla.example"), threading.Event())


def rows(session: Session) -> list[Any]:
    session.expire_all()
    return list(session.execute(sa.text("SELECT * FROM mail ORDER BY id")))


def write(session: Session, recipient: str = "somsri@example.org", **more: Any) -> int | None:
    values: dict[str, Any] = {"kind": "digest", "subject": SUBJECT, "text": "สวัสดี\n.\nบรรทัดสุดท้าย\n", **more}
    found = post(session, recipient=recipient, **values)
    session.commit()
    return found


def test_a_mail_arrives_as_it_was_written(
    session: Session, database: RolledBackDatabase, settings: Settings, server: Server
) -> None:
    write(session, html="<p>สวัสดี</p>", unsubscribe_url="https://eplan.example/u?k=1")
    assert send(database, settings, server.url) == 1
    [taken] = server.taken
    assert (taken.sender, taken.recipients) == ("eplan@dla.example", ["somsri@example.org"])
    message = taken.message
    assert message["Subject"] == SUBJECT
    assert message["From"] == "e-Plan <eplan@dla.example>"
    assert message["List-Unsubscribe"] == "<https://eplan.example/u?k=1>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert taken.text == "สวัสดี\n.\nบรรทัดสุดท้าย\n"
    assert max(len(line) for line in taken.raw.split(b"\r\n")) <= 998
    taken.raw.decode("ascii")  # for servers that take seven bits only
    [row] = rows(session)
    assert (row.state, row.tries, row.last_error) == ("SENT", 1, None)
    assert row.sent_at is not None
    assert send(database, settings, server.url) == 0, "once is enough"


def test_the_same_key_is_posted_once(session: Session) -> None:
    assert write(session, dedupe_key="digest:1:2026-11-20") is not None
    assert write(session, dedupe_key="digest:1:2026-11-20") is None
    assert len(rows(session)) == 1


def test_headers_cannot_be_added(
    session: Session, database: RolledBackDatabase, settings: Settings, server: Server
) -> None:
    write(session, subject="ด่วน\r\nBcc: evil@example.org\u2028X: 1\x00")
    send(database, settings, server.url)
    [taken] = server.taken
    assert taken.recipients == ["somsri@example.org"]
    assert taken.message["Bcc"] is None
    assert taken.message["Subject"] == "ด่วน Bcc: evil@example.org X: 1"
    for address in ("a@b.th\nBcc: c@d.th", "a@b.th, c@d.th", "<a@b.th>", "a b@c.th", "", "a@b", "ก@ข.th", "a@b.th\x00"):
        with pytest.raises(ValueError, match="address"):
            post(session, kind="digest", recipient=address, subject="x", text="x")
    assert clean_address("x@ไทย.ไทย") == "x@xn--o3cw4h.xn--o3cw4h"
    assert one_line("\r\n") == "e-Plan"
    assert len(one_line("ก" * 5000)) == 300


def test_a_server_that_is_away_costs_nothing(
    session: Session, database: RolledBackDatabase, settings: Settings
) -> None:
    """Kept, shown with what was the matter, tried again after longer and longer waits, and sent when it is back."""
    port = free_port()
    write(session)
    write(session, recipient="wichai@example.org")
    assert send(database, settings, f"smtp://127.0.0.1:{port}") == 0
    for row in rows(session):
        assert (row.state, row.tries) == ("WAITING", 1)
        assert "refused" in row.last_error.lower()
        assert row.next_try_at > row.created_at + timedelta(seconds=50)
    assert send(database, settings, f"smtp://127.0.0.1:{port}") == 0
    assert {row.tries for row in rows(session)} == {1}, "its time has not come"
    session.execute(sa.text("UPDATE mail SET next_try_at = now()"))
    session.commit()
    with smtp_server(port) as back:
        assert send(database, settings, back.url) == 2
        assert {p.recipients[0] for p in back.taken} == {"somsri@example.org", "wichai@example.org"}
    assert {row.state for row in rows(session)} == {"SENT"}
    assert [wait_after(n) for n in (1, 2, 3, 50)] == [
        timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4), timedelta(hours=6),
    ]  # fmt: skip


def test_what_a_server_says_no_to(
    session: Session, database: RolledBackDatabase, settings: Settings, server: Server
) -> None:
    server.refusals = {"gone@example.org": "550 no such mailbox", "full@example.org": "452 mailbox full"}
    for address in ("gone@example.org", "full@example.org", "somsri@example.org"):
        write(session, recipient=address)
    assert send(database, settings, server.url) == 1
    gone, full, fine = rows(session)
    assert (gone.state, gone.last_error) == ("FAILED", "550 no such mailbox")
    assert (full.state, full.last_error) == ("WAITING", "452 mailbox full")
    assert full.next_try_at > datetime.now(UTC)
    assert fine.state == "SENT"


def test_a_server_that_hangs_up_is_asked_again(
    session: Session, database: RolledBackDatabase, settings: Settings, server: Server
) -> None:
    """It took the mail and died before it said so: the mail comes again as the same mail."""
    server.hang_up_after = 1
    write(session)
    write(session, recipient="wichai@example.org")
    assert send(database, settings, server.url) == 0
    first, second = rows(session)
    assert (first.state, second.state, second.tries) == ("WAITING", "WAITING", 0)
    server.hang_up_after = None
    session.execute(sa.text("UPDATE mail SET next_try_at = now()"))
    session.commit()
    assert send(database, settings, server.url) == 2
    again = [p.message["Message-ID"] for p in server.taken if p.recipients == ["somsri@example.org"]]
    assert len(again) == 2
    assert len(set(again)) == 1


def test_mail_that_was_held_over_long_holidays_is_sent_after_them(
    session: Session, database: RolledBackDatabase, settings: Settings, server: Server
) -> None:
    write(session)
    session.execute(sa.text("UPDATE mail SET created_at = now() - interval '6 days', next_try_at = now()"))
    assert send(database, settings, server.url) == 1
    [row] = rows(session)
    assert row.state == "SENT"


def test_mail_without_a_server_waits_and_is_given_up_after_days(
    session: Session, database: RolledBackDatabase, settings: Settings
) -> None:
    write(session)
    assert send(database, settings, "") == 0
    [row] = rows(session)
    assert (row.state, row.tries) == ("WAITING", 0)
    session.execute(
        sa.text("UPDATE mail SET (created_at, next_try_at) = (now() - interval '6 days', now() - interval '6 days')")
    )
    session.commit()
    send(database, settings, "")
    [row] = rows(session)
    assert (row.state, row.last_error) == ("FAILED", mail.NOT_CONFIGURED)
    session.execute(sa.text("UPDATE mail SET next_try_at = now() - interval '100 days'"))
    session.commit()
    send(database, settings, "")
    assert rows(session) == []


def test_the_address_of_the_server() -> None:
    def of(url: str, sender: str = "") -> Any:
        return mail_server(Settings(smtp_url=url, mail_from=sender))

    assert of("") is None
    plain = of("smtp://u:p%40ss%20word@mail.dla.example")
    assert (plain.port, plain.starttls, plain.user, plain.password) == (587, "required", "u", "p@ss word")
    assert plain.sender == "eplan@mail.dla.example"
    assert "p@ss" not in repr(plain)
    assert "hidden" not in repr(Settings(smtp_url="smtp://u:hidden@h"))
    assert (of("smtps://h").port, of("smtps://h").implicit_tls) == (465, True)
    assert of("smtp://u:p@127.0.0.1:25").starttls == "offered"
    assert of("smtp://u:p@h.example?starttls=off").starttls == "off"
    for url in ("http://h", "smtp://", "smtp://h:x", "smtp://h?starttls=maybe"):
        with pytest.raises(ValueError, match="EPLAN_SMTP_URL"):
            of(url)
    with pytest.raises(ValueError, match="EPLAN_MAIL_FROM"):
        of("smtp://h.example", "x@y\nBcc: z@z.th")


def test_a_wrong_setting_keeps_the_mail(session: Session, database: RolledBackDatabase, settings: Settings) -> None:
    write(session)
    assert send(database, settings, "http://mail") == 0
    [row] = rows(session)
    assert row.state == "WAITING"
    assert "EPLAN_SMTP_URL" in row.last_error


def test_a_password_never_travels_in_clear(session: Session, database: RolledBackDatabase, settings: Settings) -> None:
    with smtp_server(password=True) as guarded:
        write(session)
        assert send(database, settings, f"smtp://u:p%40ss%20word@127.0.0.1:{guarded.port}?starttls=required") == 0
        assert guarded.signed_in == []
        [row] = rows(session)
        assert "STARTTLS" in row.last_error
        session.execute(sa.text("UPDATE mail SET next_try_at = now()"))
        session.commit()
        assert send(database, settings, f"smtp://u:p%40ss%20word@127.0.0.1:{guarded.port}") == 1
        assert guarded.signed_in == [("u", "p@ss word")]


def test_two_workers_send_each_mail_once(server: Server, settings: Settings, committed: Database) -> None:
    """On committed rows: what one worker has in hand another passes by, and a dead worker's comes back."""
    count = 40
    with committed.transaction() as session:
        for n in range(count):
            post(session, kind="digest", recipient=f"p{n}@example.org", subject="x", text="x")
        held = mail.take(session)
    assert held is not None
    sums = [0, 0]

    def work(index: int) -> None:
        sums[index] = send(committed, settings, server.url)

    workers = [threading.Thread(target=work, args=(index,)) for index in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(sums) == count - 1
    assert len({p.recipients[0] for p in server.taken}) == len(server.taken) == count - 1
    with committed.transaction() as session:
        session.execute(sa.text("UPDATE mail SET next_try_at = now() - interval '1 hour' WHERE state = 'SENDING'"))
    assert send(committed, settings, server.url) == 1
    with committed.transaction() as session:
        mail.give_up(session, held, "too late")
        assert session.scalar(sa.text("SELECT count(*) FROM mail WHERE state = 'SENT'")) == count
