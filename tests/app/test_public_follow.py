"""Following a place: the feed, and mail to an address that said yes, until it says no."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth import sealing
from app.errors import InvalidInput, NotFound
from app.models import Project
from app.services import subscriptions
from tests import factories as make

KEY, SITE = "key-of-the-tests", "https://plan.example"
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def project(session: Session) -> Project:
    """A work whose budget was just approved."""
    organisation = make.make_organisation(session)
    made = make.make_project(session, organisation, status="PLANNED", name_th="ถนน <หนึ่ง> & สอง", area_code="990101")
    with make.any_status(session):
        made.status = "BUDGET_APPROVED"
    make.make_geometry(session, made, make.line(), status="VERIFIED")
    session.commit()
    return made


@pytest.mark.parametrize(
    "place", ["area:99", "area:9901", "area:990101", "organisation:D9901001", "near:15.90,101.85,5"]
)
def test_the_feed_tells_what_happened(client: FlaskClient, project: Project, place: str) -> None:
    answer = client.get(f"/public/feed.atom?place={place}")
    feed = ET.fromstring(answer.get_data())
    assert [title.text for title in feed.findall("a:entry/a:title", ATOM)] == ["ถนน <หนึ่ง> & สอง"]
    assert answer.mimetype == "application/atom+xml"
    again = client.get(f"/public/feed.atom?place={place}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("place", "status"),
    [("", 404), ("area:98", 404), ("area:1", 400), ("near:15.901234,101.8,5", 400), ("near:15.9,101.8,99", 400)],
)
def test_places_that_are_none(client: FlaskClient, project: Project, place: str, status: int) -> None:
    assert client.get(f"/public/feed.atom?place={place}").status_code == status


def subscribe(session: Session, email: str = "Somebody@Example.org") -> int:
    subscriptions.subscribe(session, secret_key=KEY, site=SITE, place="area:99", email=email)
    return session.scalars(sa.text("SELECT id FROM area_subscription ORDER BY id DESC")).first() or 0


def test_asked_twice_told_once_a_day_and_forgotten(session: Session, project: Project) -> None:
    number = subscribe(session)
    assert subscribe(session, "Somebody@example.ORG") == number
    asked = session.execute(sa.text("SELECT body_text FROM mail")).all()
    link = sealing.link(KEY, "subscription", number)
    assert len(asked) == 1
    assert f"{SITE}/public/subscriptions/{link}" in asked[0].body_text
    session.execute(sa.text("UPDATE area_subscription SET told_until = now() - interval '2 days'"))
    assert subscriptions.tell_subscribers(session, secret_key=KEY, site=SITE).mails == 0  # nobody said yes
    assert subscriptions.confirm(session, KEY, link) == "area:99"
    session.execute(sa.text("UPDATE area_subscription SET told_until = now() - interval '2 days'"))
    assert subscriptions.tell_subscribers(session, secret_key=KEY, site=SITE).mails == 1
    assert subscriptions.tell_subscribers(session, secret_key=KEY, site=SITE).mails == 0
    news = session.execute(sa.text("SELECT recipient, body_text, unsubscribe_url FROM mail ORDER BY id DESC")).first()
    assert news is not None
    assert (news.recipient, news.unsubscribe_url) == (
        "Somebody@example.org",
        f"{SITE}/public/subscriptions/{link}/end",
    )
    assert project.code in news.body_text
    subscriptions.end(session, KEY, link)
    subscriptions.end(session, KEY, link)
    assert session.scalar(sa.text("SELECT count(*) FROM area_subscription")) == 0
    assert session.scalar(sa.text("SELECT count(*) FROM mail")) == 0
    with pytest.raises(NotFound):
        subscriptions.confirm(session, KEY, link)


def test_the_address_is_nowhere_to_be_read(session: Session, project: Project) -> None:
    subscribe(session)
    row = session.execute(sa.text("SELECT area_subscription::text AS all FROM area_subscription")).one()
    assert "omebody" not in row.all
    assert b"omebody".hex() not in row.all
    assert session.scalar(sa.text("SELECT count(*) FROM change_log WHERE entity = 'area_subscription'")) == 0


def test_an_address_that_never_said_yes_is_forgotten(session: Session, project: Project) -> None:
    subscribe(session)
    session.execute(sa.text("UPDATE area_subscription SET email_sealed = email_sealed"))
    with make.as_owner(session):
        session.execute(sa.text("UPDATE area_subscription SET created_at = now() - interval '4 days'"))
    assert subscriptions.tell_subscribers(session, secret_key=KEY, site=SITE).forgotten == 1


@pytest.mark.parametrize(
    "email", ["", "x", "a@b", "a@example.org\nBcc: all@example.org", "a@example.org, b@example.org"]
)
def test_addresses_that_are_none(session: Session, project: Project, email: str) -> None:
    with pytest.raises(InvalidInput):
        subscribe(session, email)


def test_the_pages(app: Flask, session: Session, project: Project) -> None:
    here = app.extensions["eplan"]
    app.extensions["eplan"] = replace(
        here, settings=replace(here.settings, public_url=SITE, smtp_url="smtp://127.0.0.1:9")
    )
    try:
        client = app.test_client()
        page = client.get("/public/follow?place=area:99").text
        assert f"{SITE}/public/feed.atom?place=area:99" in page
        assert client.post("/public/follow?place=area:99", data={"email": "x"}).status_code == 422
        said = client.post("/public/follow?place=area:99", data={"email": "a@example.org"})
        assert said.status_code == 303
        assert "ส่งอีเมลยืนยันแล้ว" in client.get(said.headers["Location"]).text
        number = session.scalar(sa.text("SELECT id FROM area_subscription"))
        assert number is not None
        link = sealing.link(here.settings.secret_key, "subscription", number)
        assert "ยืนยันการติดตาม" in client.get(f"/public/subscriptions/{link}").text
        assert session.scalar(sa.text("SELECT confirmed_at FROM area_subscription")) is None
        yes = client.post(f"/public/subscriptions/{link}")
        assert yes.status_code == 303
        assert "ติดตามแล้ว" in client.get(yes.headers["Location"]).text
        # RFC 8058: the mail program posts, without a cookie and without having seen the page.
        done = app.test_client().post(f"/public/subscriptions/{link}/end", data={"List-Unsubscribe": "One-Click"})
        assert done.status_code == 200
        assert session.scalar(sa.text("SELECT count(*) FROM area_subscription")) == 0
        assert "เลิกติดตามแล้ว" in client.get(f"/public/subscriptions/{link}/end").text
    finally:
        app.extensions["eplan"] = here


def test_nobody_fills_somebody_elses_mailbox(session: Session, project: Project) -> None:
    """Every corner of the map is a place; an address is asked three times a day, whoever types it wherever."""
    for hundredth in range(12):
        place = f"near:15.{hundredth + 80},101.85,5"
        subscriptions.subscribe(session, secret_key=KEY, site=SITE, place=place, email="Victim@example.org")
    asked = "SELECT count(*) FROM mail WHERE recipient ILIKE :who"
    assert session.scalar(sa.text(asked), {"who": "victim@example.org"}) == subscriptions.MOST_ASKED_A_DAY
    subscribe(session, "other@example.org")
    assert session.scalar(sa.text(asked), {"who": "other@example.org"}) == 1


def test_an_address_that_never_said_yes_leaves_the_outbox_too(session: Session, project: Project) -> None:
    subscribe(session)
    with make.as_owner(session):
        session.execute(sa.text("UPDATE area_subscription SET created_at = now() - interval '4 days'"))
    subscriptions.tell_subscribers(session, secret_key=KEY, site=SITE)
    assert session.scalar(sa.text("SELECT count(*) FROM mail")) == 0


@pytest.mark.parametrize(
    ("addresses", "taken"),
    [
        ([f"2001:db8:1:2::{n:x}" for n in range(1, 15)], 10),
        ([f"::ffff:203.0.113.{n}" for n in range(1, 15)], 14),
        (["::ffff:203.0.113.9", "203.0.113.9"] * 7, 10),
    ],
)
def test_one_network_is_one_asker(app: Flask, project: Project, addresses: list[str], taken: int) -> None:
    """A line at home has 2**64 addresses of IPv6; they are one household."""
    app.config["WTF_CSRF_ENABLED"] = False
    here = app.extensions["eplan"]
    app.extensions["eplan"] = replace(
        here, settings=replace(here.settings, public_url=SITE, smtp_url="smtp://127.0.0.1:9")
    )
    try:
        client = app.test_client()
        codes = [
            client.post(
                "/public/follow?place=area:99",
                data={"email": f"a{n}@example.org"},
                environ_base={"REMOTE_ADDR": address},
            ).status_code
            for n, address in enumerate(addresses)
        ]
    finally:
        app.extensions["eplan"] = here
    assert (codes.count(303), codes.count(429)) == (taken, len(addresses) - taken)
