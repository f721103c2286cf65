"""Accounts issued per person: who issues what, first passwords, ends, races; attacks by scope and by door."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth import policy
from app.auth.actor import Actor
from app.auth.loading import actor_by_username
from app.auth.passwords import weakness
from app.auth.permissions import permissions
from app.db import Attribution, Database, attribute
from app.errors import Conflict, Forbidden, InvalidInput
from app.models import ChangeLog, Membership, Organisation, UserAccount
from app.queries.accounts import holders_of_role, roles_held
from app.services import accounts, people
from app.services.people import FirstPassword, NewRole
from app.services.person_details import change_details
from tests import factories
from tests.app.conftest import SignIn
from tests.app.test_auth import csrf_of, post_sign_in, username_of

HERE, THERE = "D9901001", "D9801001"
OWN_PASSWORD = "โต๊ะไม้ แมวส้ม ทางลูกรัง"
OF_ORGANISATION = "INSERT INTO membership (user_id, role_code, organisation_code)"


@pytest.fixture
def places(session: Session) -> tuple[Organisation, Organisation]:
    for province in ("99", "98"):
        factories.make_amphoe(session, f"{province}01")
    made = [
        factories.make_organisation(session, code, province_code=code[1:3], amphoe_code=f"{code[1:3]}01")
        for code in (HERE, THERE)
    ]
    return made[0], made[1]


@pytest.fixture
def executive(session: Session, places: tuple[Organisation, Organisation]) -> UserAccount:
    return factories.make_user(session, "LAO_EXECUTIVE", organisation=HERE)


@pytest.fixture
def head(session: Session, places: tuple[Organisation, Organisation]) -> UserAccount:
    return factories.make_user(session, "PROV_HEAD", area="99")


def acting(session: Session, account: UserAccount) -> Actor:
    """The person, and their name in the log of what follows."""
    attribute(session, Attribution(account.id, account.display_name))
    actor = actor_by_username(session, account.username)
    assert actor is not None
    return actor


def issued(
    session: Session, by: UserAccount, username: str = "new.planner", role: NewRole | None = None
) -> FirstPassword:
    role = role or NewRole("LAO_PLANNER", HERE)
    return people.issue(session, acting(session, by), username, "นักวิเคราะห์ คนใหม่", role)


# --- who issues what -------------------------------------------------------------------------------------------------


def test_the_database_and_the_policy_name_the_same_issuers(session: Session) -> None:
    held = session.execute(sa.text("SELECT i.code, r.code, issues_role(i.code, r.code) FROM role i CROSS JOIN role r"))
    assert {(i, r) for i, r, yes in held if yes} == {(i, r) for i, given in policy.ISSUES.items() for r in given}


def test_nobody_issues_their_own_role_but_the_department() -> None:
    assert [role for role, given in policy.ISSUES.items() if role in given] == ["DLA_CENTRAL"]


@pytest.mark.parametrize(
    ("role", "organisation", "area"),
    [
        ("LAO_PLANNER", THERE, None),
        ("LAO_EXECUTIVE", HERE, None),
        ("PROV_OFFICER", HERE, "99"),
        ("PROV_HEAD", None, "99"),
        ("DISTRICT", None, "9901"),
        ("DLA_CENTRAL", HERE, None),
        ("CENTRAL_ANALYST", None, None),
    ],
)
def test_an_executive_issues_for_their_own_staff_alone(
    session: Session, executive: UserAccount, role: str, organisation: str | None, area: str | None
) -> None:
    with pytest.raises(Forbidden, match="role_not_given"):
        issued(session, executive, role=NewRole(role, organisation, area))
    assert session.scalar(sa.select(UserAccount.id).where(UserAccount.username == "new.planner")) is None


@pytest.mark.parametrize(
    ("role", "place", "allowed"),
    [
        ("LAO_EXECUTIVE", HERE, True),
        ("LAO_EXECUTIVE", THERE, False),
        ("PROV_OFFICER", "99", True),
        ("PROV_OFFICER", "98", False),
        ("DISTRICT", "9901", True),
        ("DISTRICT", "9801", False),
        ("PROV_HEAD", "99", False),
        ("CENTRAL_ANALYST", None, False),
    ],
)
def test_a_head_of_a_province_issues_below_and_inside_it(
    session: Session, head: UserAccount, role: str, place: str | None, allowed: bool
) -> None:
    organisation = place if place and place.startswith("D") else None
    given = NewRole(role, organisation, None if organisation else place)
    if allowed:
        assert issued(session, head, role=given).username == "new.planner"
        return
    with pytest.raises(Forbidden, match="role_not_given"):
        issued(session, head, role=given)


@pytest.mark.parametrize(("role", "area"), [("PROV_OFFICER", "9901"), ("DISTRICT", "99"), ("DISTRICT", None)])
def test_a_role_is_held_at_the_kind_of_place_it_is_of(
    session: Session, head: UserAccount, role: str, area: str | None
) -> None:
    with pytest.raises(InvalidInput):
        issued(session, head, role=NewRole(role, None, area))


def test_an_executive_does_not_take_over_an_officer_by_giving_them_a_role(
    session: Session, executive: UserAccount
) -> None:
    officer = factories.make_user(session, "PROV_OFFICER", area="99")
    actor = acting(session, executive)
    people.give_role(session, actor, officer.id, NewRole("LAO_PLANNER", HERE), 1)
    for act in (people.new_first_password, people.disable, people.enable, people.reset_second_factor):
        with pytest.raises(Forbidden, match="person_above"):
            act(session, actor, officer.id, None)
    [given] = [m for m in people.memberships_of(session, officer.id) if m.role_code == "LAO_PLANNER"]
    people.end_role(session, actor, officer.id, given.id, None)
    assert [m.role_code for m in people.memberships_of(session, officer.id)] == ["PROV_OFFICER"]


def test_nobody_is_given_a_role_from_another_province(session: Session, executive: UserAccount) -> None:
    """Their own province could no longer take their sign-in away; the department gives it."""
    stranger = factories.make_user(session, "PROV_OFFICER", area="98")
    analyst = factories.make_user(session, "CENTRAL_ANALYST")
    given = NewRole("LAO_PLANNER", HERE)
    for person in (stranger, analyst):
        with pytest.raises(Forbidden, match="person_elsewhere"):
            people.give_role(session, acting(session, executive), person.id, given, None)
    central = acting(session, factories.make_user(session, "DLA_CENTRAL"))
    assert people.give_role(session, central, stranger.id, given, None)


def test_nobody_administers_themselves(session: Session, head: UserAccount) -> None:
    central = factories.make_user(session, "DLA_CENTRAL")
    for person in (head, central):
        actor = acting(session, person)
        for act in (people.disable, people.enable, people.new_first_password, people.reset_second_factor):
            with pytest.raises(Forbidden, match="own_account"):
                act(session, actor, person.id, None)
        with pytest.raises(Forbidden):
            people.give_role(session, actor, person.id, NewRole("LAO_PLANNER", HERE), None)


@pytest.mark.parametrize(
    ("who", "statement"),
    [
        (
            "LAO_EXECUTIVE",
            "INSERT INTO membership (user_id, role_code, area_code) VALUES (:other, 'PROV_OFFICER', '99')",
        ),
        ("LAO_EXECUTIVE", f"{OF_ORGANISATION} VALUES (:other, 'LAO_PLANNER', 'D9801001')"),
        ("LAO_EXECUTIVE", f"{OF_ORGANISATION} VALUES (:me, 'LAO_PLANNER', 'D9901001')"),
        ("LAO_EXECUTIVE", "UPDATE membership SET valid_to = NULL WHERE user_id = :me"),
        ("LAO_EXECUTIVE", "UPDATE user_account SET active = NOT active WHERE id = :other"),
        ("LAO_EXECUTIVE", "UPDATE user_account SET first_password_until = now() WHERE id = :other"),
        ("LAO_PLANNER", "INSERT INTO user_account (username, display_name, fs_uniquifier) VALUES ('x', 'x', 'x')"),
        ("PROV_HEAD", "INSERT INTO membership (user_id, role_code) VALUES (:other, 'DLA_CENTRAL')"),
        ("PROV_HEAD", "UPDATE user_account SET active = NOT active WHERE id = :me"),
    ],
)
def test_a_service_that_forgets_to_ask_makes_nobody_an_officer(
    session: Session, places: tuple[Organisation, Organisation], who: str, statement: str
) -> None:
    area = {"PROV_HEAD": "99"}.get(who)
    me = factories.make_user(session, who, organisation=None if area else HERE, area=area)
    other = factories.make_user(session, "PROV_OFFICER", area="98")
    acting(session, me)
    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), session.begin_nested():
        session.execute(sa.text(statement), {"me": me.id, "other": other.id})


# --- doors -----------------------------------------------------------------------------------------------------------


def test_a_token_does_not_administer_accounts(app: Flask, session: Session, executive: UserAccount) -> None:
    secret = accounts.issue_token(session, executive.id, "leaked").secret
    session.commit()
    client = app.test_client()
    bearer = {"Authorization": f"Bearer {secret}"}
    body = {"username": "new.one", "display_name": "ใหม่", "role": "LAO_PLANNER", "organisation": HERE}
    answer = client.post("/api/v1/people", json=body, headers=bearer)
    assert (answer.status_code, answer.json["code"]) == (403, "token_not_for_accounts")
    seen = client.get(f"/api/v1/people?organisation={HERE}", headers=bearer)
    assert [line["name"] for line in seen.json["here"]] == [executive.display_name]


def test_issuing_by_the_api_tells_the_password_once_and_keeps_its_hash(
    client: FlaskClient, session: Session, sign_in: SignIn, executive: UserAccount
) -> None:
    sign_in(client, executive)
    body = {"username": "new.one", "display_name": "ใหม่", "role": "LAO_PLANNER", "organisation": HERE}
    answer = client.post("/api/v1/people", json=body)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    secret = answer.json["password"]
    kept = session.scalars(sa.select(UserAccount).where(UserAccount.username == "new.one")).one()
    assert kept.password.startswith("$argon2id$") and secret not in kept.password
    logged = session.execute(
        sa.select(ChangeLog.after, ChangeLog.user_id).where(
            ChangeLog.entity.in_(["user_account", "membership"]),
            ChangeLog.action == "insert",
            ChangeLog.user_id == executive.id,
        )
    ).all()
    assert len(logged) == 2 and secret not in str(logged) and "password" not in logged[0].after
    again = client.post("/api/v1/people", json=body)
    assert (again.status_code, again.json["errors"][0]["code"]) == (422, "username_taken")


def test_the_page_of_a_place_tells_who_reaches_it_and_why(
    client: FlaskClient, session: Session, sign_in: SignIn, executive: UserAccount, head: UserAccount
) -> None:
    planner = factories.make_user(session, "LAO_PLANNER", organisation=HERE)
    sign_in(client, executive)
    page = client.get(f"/organisations/{HERE}/people").text
    assert planner.display_name in page and head.display_name in page and "ทำงานทั้งจังหวัด" in page
    colleague = client.application.test_client()
    sign_in(colleague, planner)
    seen = colleague.get(f"/organisations/{HERE}/people")
    assert executive.display_name in seen.text and executive.username not in seen.text.replace(
        executive.display_name, ""
    )
    assert colleague.get(f"/people/{executive.id}").status_code == 403
    assert colleague.get(f"/organisations/{THERE}/people").status_code == 403


def test_the_slip_is_shown_once_and_not_kept_by_the_browser(
    client: FlaskClient, session: Session, sign_in: SignIn, executive: UserAccount
) -> None:
    sign_in(client, executive)
    form = {
        "do": "issue",
        "username": "new.one",
        "display_name": "ใหม่",
        "role": "LAO_ENGINEER",
        "valid_to": "30 ก.ย. 2599",
    }
    answer = client.post(f"/organisations/{HERE}/people", data=form)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    secret = re.search(r'id="first-password">([a-z0-9-]{17})<', answer.text)
    assert secret is not None
    listed = client.get(f"/organisations/{HERE}/people").text
    assert "ยังไม่ตั้งรหัสผ่าน" in listed and secret[1] not in listed
    refused = client.post(f"/organisations/{HERE}/people", data={**form, "username": "x", "role": ""})
    assert refused.status_code == 422 and 'value="ใหม่"' in refused.text


# --- the first sign-in -----------------------------------------------------------------------------------------------


def test_a_first_password_opens_once_and_nothing_but_its_change(
    app: Flask, client: FlaskClient, session: Session, executive: UserAccount
) -> None:
    first = issued(session, executive)
    token = accounts.issue_token(session, first.id, "made by the operator").secret
    session.commit()
    assert post_sign_in(client, first.username, first.password).status_code == 302
    for address in (
        "/",
        "/projects",
        "/account",
        "/account/tokens",
        "/account/second-factor",
        f"/organisations/{HERE}/people",
    ):
        assert client.get(address).headers.get("Location", "").startswith("/sign-in/password?next="), address
    for address in ("/api/v1/me", "/api/v1/projects", "/tiles/roads/12/3208/1863.mvt"):
        answer = client.get(address)
        assert (answer.status_code, answer.json["code"]) == (403, "password_change_required"), address
    bearer = app.test_client().get("/api/v1/projects", headers={"Authorization": f"Bearer {token}"})
    assert (bearer.status_code, bearer.json["code"]) == (403, "password_change_required")
    elsewhere = app.test_client()
    assert "ใช้ไปแล้วหรือหมดอายุ" in post_sign_in(elsewhere, first.username, first.password).text
    form = {"csrf_token": csrf_of(client, "/sign-in/password"), "next": "/account"}
    for weak in ("short", first.password, "Password2570!", first.username + "12"):
        assert client.post("/sign-in/password", data={**form, "new_password": weak}).status_code == 422, weak
    chosen = client.post("/sign-in/password", data={**form, "new_password": OWN_PASSWORD})
    assert chosen.headers["Location"].endswith("/account")
    assert username_of(client) == first.username
    assert post_sign_in(elsewhere, first.username, first.password).status_code == 200
    assert post_sign_in(elsewhere, first.username, OWN_PASSWORD).status_code == 302


def test_a_first_password_ends_after_a_week(client: FlaskClient, session: Session, executive: UserAccount) -> None:
    first = issued(session, executive)
    assert timedelta(days=6) < first.until - datetime.now(UTC) <= timedelta(days=7)
    with factories.as_owner(session):
        session.execute(
            sa.update(UserAccount).where(UserAccount.id == first.id).values(first_password_until=datetime.now(UTC))
        )
    session.commit()
    assert "หมดอายุ" in post_sign_in(client, first.username, first.password).text
    assert username_of(client) == ""


def test_a_new_first_password_ends_what_was_open(
    client: FlaskClient, session: Session, sign_in: SignIn, executive: UserAccount
) -> None:
    planner = factories.make_user(session, "LAO_PLANNER", organisation=HERE)
    sign_in(client, planner)
    assert username_of(client) == planner.username
    people.new_first_password(session, acting(session, executive), planner.id, 1)
    session.commit()
    assert username_of(client) == ""


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("สั้น", "password_too_short"),
        ("x" * 201, "password_too_long"),
        ("Password123456", "password_common"),
        ("รหัสผ่านของฉัน 1234", "password_common"),
        ("aaaaaaaaaaaaaa", "password_monotonous"),
        ("qwertyuiopasdf", "password_monotonous"),
        ("planner.one2570", "password_repeats_name"),
        (OWN_PASSWORD, None),
        ("ฝนตกที่หนองสาธิต 2570", None),
    ],
)
def test_weak_passwords_are_named(password: str, code: str | None) -> None:
    assert weakness(password, "planner.one") == code


# --- ends ------------------------------------------------------------------------------------------------------------


def test_a_disabled_person_is_out_at_the_next_request(
    app: Flask, client: FlaskClient, session: Session, sign_in: SignIn, executive: UserAccount
) -> None:
    planner = factories.make_user(session, "LAO_PLANNER", organisation=HERE)
    secret = accounts.issue_token(session, planner.id, "t").secret
    bearer = {"Authorization": f"Bearer {secret}"}
    session.commit()
    sign_in(client, planner)
    program = app.test_client()
    assert username_of(client) == username_of(program, **bearer) == planner.username
    # Another process does it: this one still remembers both.
    session.execute(sa.text("UPDATE user_session SET ended_at = now()"))
    session.execute(sa.text("UPDATE api_token SET revoked_at = now()"))
    session.commit()
    assert username_of(client) == ""
    assert program.get("/api/v1/me", headers=bearer).status_code == 401
    actor = acting(session, executive)
    version = people.disable(session, actor, planner.id, 1).row_version
    assert people.enable(session, actor, planner.id, version).row_version == 3


def test_a_role_that_ended_is_held_no_more(session: Session, executive: UserAccount) -> None:
    planner = factories.make_user(session, "LAO_PLANNER", organisation=HERE)
    [held] = people.memberships_of(session, planner.id)
    people.end_role(session, acting(session, executive), planner.id, held.id, 1)
    session.flush()
    assert roles_held(session, planner.id) == []
    assert holders_of_role(session, "LAO_PLANNER", HERE, 5) == []
    actor = actor_by_username(session, planner.username)
    assert actor is not None and actor.grants == ()


def test_a_role_for_some_days(session: Session, executive: UserAccount) -> None:
    tomorrow, yesterday = date.today() + timedelta(days=1), date.today() - timedelta(days=1)
    later = issued(session, executive, role=NewRole("LAO_FINANCE", HERE, None, tomorrow))
    actor = actor_by_username(session, later.username)
    assert actor is not None and actor.grants == ()
    for days in ((tomorrow, date.today()), (None, yesterday)):
        with pytest.raises(InvalidInput, match="invalid_input"):
            issued(session, executive, "other.one", NewRole("LAO_FINANCE", HERE, None, *days))


def test_the_last_executive_is_told_of(session: Session, head: UserAccount, executive: UserAccount) -> None:
    actor = acting(session, head)
    with pytest.raises(InvalidInput) as refused:
        people.disable(session, actor, executive.id, 1)
    assert refused.value.problems[0].code == "last_executive"
    second = factories.make_user(session, "LAO_EXECUTIVE", organisation=HERE)
    people.disable(session, actor, executive.id, 1)
    [held] = people.memberships_of(session, second.id)
    with pytest.raises(InvalidInput):
        people.end_role(session, actor, second.id, held.id, 1)
    people.end_role(session, actor, second.id, held.id, 1, confirmed=True)


def test_a_name_and_an_address_are_changed_and_the_old_address_is_told(
    client: FlaskClient, session: Session, sign_in: SignIn, executive: UserAccount
) -> None:
    made = issued(session, executive)
    sign_in(client, executive)
    page = f"/people/{made.id}"

    def send(name: str, email: str, version: int) -> Any:
        fields = {"do": "details", "display_name": name, "email": email, "row_version": str(version)}
        return client.post(page, data={**fields, "csrf_token": csrf_of(client, page)})

    assert send("สมศรี มีชื่อใหม่", "Somsri@Example.ORG", 1).status_code == 303
    account = session.get_one(UserAccount, made.id, populate_existing=True)
    assert (account.display_name, account.email) == ("สมศรี มีชื่อใหม่", "somsri@example.org")
    mails = sa.text("SELECT recipient, body_text FROM mail WHERE kind = 'account' ORDER BY id")
    assert session.execute(mails).all() == [], "there was no address to be told"
    assert send("สมศรี มีชื่อใหม่", "other@example.org", 1).status_code == 409, "somebody was first"
    assert send("สมศรี มีชื่อใหม่", "other@example.org", 2).status_code == 303
    assert send("สมศรี มีชื่อใหม่", "other@example.org", 3).status_code == 303
    [(recipient, text)] = session.execute(mails).all()
    assert recipient == "somsri@example.org" and made.username in text and executive.display_name in text
    assert "other@example.org" not in text
    factories.make_user(session, "LAO_FINANCE", organisation=HERE, username="taken@example.org")
    for name, email, told in (("", "", "f-display_name"), ("x" * 301, "", "f-display_name"),
                              ("ชื่อ", "no address", "f-email"), ("ชื่อ", "taken@example.org", "f-email")):  # fmt: skip
        refused = send(name, email, 4)
        assert refused.status_code == 422 and f'id="{told}"' in refused.text and 'aria-invalid="true"' in refused.text
    seen = client.get(page).text
    assert "<del>somsri@example.org</del> → other@example.org" in seen, "the history of the account tells both"
    assert send("สมศรี มีชื่อใหม่", "", 4).status_code == 303
    assert session.get_one(UserAccount, made.id, populate_existing=True).email is None


def test_nobody_renames_whom_they_do_not_administer(
    session: Session, executive: UserAccount, head: UserAccount
) -> None:
    made = issued(session, executive)
    with pytest.raises(Forbidden, match="person_above"):
        change_details(session, acting(session, executive), head.id, "x", None, head.row_version)
    with pytest.raises(Forbidden, match="own_account"):
        change_details(session, acting(session, executive), executive.id, "x", None, executive.row_version)
    stranger = factories.make_user(session, "LAO_EXECUTIVE", organisation=THERE)
    with pytest.raises(Forbidden):
        change_details(session, acting(session, stranger), made.id, "x", None, 1)
    # A service that forgets to ask meets the database.
    attribute(session, Attribution(stranger.id, "x"))
    with pytest.raises(sa.exc.ProgrammingError), session.begin_nested():
        session.execute(sa.text("SET LOCAL ROLE eplan_app"))
        session.execute(sa.text("UPDATE user_account SET email = 'a@b.th' WHERE id = :id"), {"id": made.id})


def test_whoever_was_second_hears_of_it(session: Session, executive: UserAccount, head: UserAccount) -> None:
    planner = factories.make_user(session, "LAO_PLANNER", organisation=HERE)
    people.give_role(session, acting(session, head), planner.id, NewRole("LAO_FINANCE", HERE), 1)
    with pytest.raises(Conflict, match="person_changed"):
        people.disable(session, acting(session, executive), planner.id, 1)


def test_acts_are_told_in_words(client: FlaskClient, session: Session, sign_in: SignIn, executive: UserAccount) -> None:
    first = issued(session, executive)
    sign_in(client, executive)
    version = session.get_one(UserAccount, first.id).row_version
    for do in ("disable", "enable"):
        answer = client.post(f"/people/{first.id}", data={"do": do, "row_version": str(version)})
        assert answer.status_code == 303
        version += 1
    page = client.get(f"/people/{first.id}").text
    for words in ("ออกบัญชีใหม่", "ให้บทบาท บุคลากรด้านการวางแผน", "ปิดบัญชี", "เปิดบัญชี"):
        assert f"<strong>{words}</strong>" in page, words
    stale = client.post(f"/people/{first.id}", data={"do": "disable", "row_version": "1"})
    assert stale.status_code == 409 and "ไปก่อนแล้ว" in stale.text


def test_two_administrators_do_not_take_the_last_two_executives(committed: Database) -> None:
    """Each sees the other one stay, unless they wait for each other."""
    with committed.engine.begin() as connection, Session(connection) as session:
        factories.make_amphoe(session, "9901")
        factories.make_organisation(session, HERE, province_code="99", amphoe_code="9901")
        heads = [factories.make_user(session, "PROV_HEAD", area="99") for _ in range(2)]
        executives = [factories.make_user(session, "LAO_EXECUTIVE", organisation=HERE) for _ in range(2)]
        pairs = [(one.id, one.username, two.id) for one, two in zip(heads, executives, strict=True)]
        session.flush()

    def disable(pair: tuple[int, str, int]) -> str:
        head_id, name, executive_id = pair
        try:
            with committed.transaction(Attribution(head_id, name)) as session:
                actor = actor_by_username(session, name)
                assert actor is not None
                people.disable(session, actor, executive_id, 1)
        except InvalidInput as error:
            return error.problems[0].code
        return "done"

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(disable, pairs)) == ["done", "last_executive"]


def test_every_role_has_words(app: Flask) -> None:
    from app.web.people_words import does, role_word

    with app.test_request_context():
        assert all(does(role) and role_word(role) for role in permissions())
        assert {does(role) for role in ("CENTRAL_ANALYST", "DISTRICT")}


def test_memberships_are_never_written_by_somebody_unknown(session: Session, executive: UserAccount) -> None:
    attribute(session, Attribution(None, "nobody"))
    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), session.begin_nested():
        session.execute(
            sa.insert(Membership).values(user_id=executive.id, role_code="LAO_PLANNER", organisation_code=HERE)
        )


def test_no_name_is_somebody_elses_address(session: Session, executive: UserAccount, head: UserAccount) -> None:
    """Whoever signs in gives the one or the other: an account under the head's address would catch the sign-in."""
    with factories.as_owner(session):
        session.execute(
            sa.text("UPDATE user_account SET email = 'Head@province.go.th' WHERE id = :id"), {"id": head.id}
        )
    session.expire_all()
    role = NewRole("LAO_PLANNER", HERE)
    issues = (
        ("head@province.go.th", None, "username_taken"),
        ("somebody.new", "head@province.go.th", "email_taken"),
        ("somebody.new", "HEAD@Province.go.th", "email_taken"),
        ("somebody.new", executive.username, "mail_address"),
        ("somebody.new", "a@b.th\r\nBcc: c@d.th", "mail_address"),
        ("somebody.new", "ไม่มี", "mail_address"),
    )
    for name, email, code in issues:
        with pytest.raises(InvalidInput) as refused:
            people.issue(session, acting(session, executive), name, "คนใหม่", role, email)
        assert [one.code for one in refused.value.problems] == [code], (name, email)


def test_all_that_is_wrong_with_a_new_account_is_told_at_once(
    client: FlaskClient, executive: UserAccount, sign_in: SignIn
) -> None:
    sign_in(client, executive)
    form = {"username": "ก ข", "display_name": "สม", "valid_from": "32 ม.ค. 2570", "email": "ไม่ใช่"}
    answer = client.post(f"/organisations/{HERE}/people", data=form)
    assert answer.status_code == 422
    assert "ต้องใส่ บทบาท" in answer.text and "ต้องใส่ role" not in answer.text
    for field in ("username", "email", "valid_from"):
        assert re.search(rf'name="{field}"[^>]*aria-invalid="true"', answer.text), field
