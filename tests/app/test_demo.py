"""The demonstration: a valid land, works that check, money that adds up, faults that are where the list says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.loading import actor_by_username
from app.auth.passwords import verify_password
from app.auth.policy import own_scope
from app.cli import demo as demo_command
from app.db import SYSTEM, attribute
from app.queries.classification import checks_of, classified_lines, decided
from app.queries.daily_reports import acts_of_day
from app.queries.data_service import data_tokens
from app.queries.evaluations import files_of, postings_of
from app.queries.maintenance import coming_windows, window_history
from app.queries.messages import general_answers, threads, unread_count
from app.queries.news import news_page
from app.queries.people import hand_overs
from app.queries.questions import question_counts
from app.queries.review_desk import ReviewFilter, waiting_page
from app.queries.scores import score_of
from app.queries.standing_orders import orders_of
from app.services.codelists import read_list
from app.services.completeness import recount
from app.services.demo import SEED, Demo, Planted, generate, is_empty
from app.services.demo.chain import AS_OF, first_day, make_chain
from app.services.demo.land import Land, make_land
from app.services.demo.plane import to_lonlat
from app.services.demo.works import Work, Works
from app.services.money_rules import today
from app.services.sealed import kept, sealed_dir
from app.settings import Settings
from gis.chainage import read_chainage
from gis.measure import lengths_m
from tests.app.test_money_races import broken
from tests.factories import as_owner


def made(seed: int) -> tuple[Land, list[Work]]:
    rng = np.random.default_rng(seed)
    land = make_land(rng)
    return land, Works(rng, land).make()


@pytest.fixture(scope="module")
def land_and_works() -> tuple[Land, list[Work]]:
    return made(2569)


@pytest.fixture(scope="module")
def written(engine: sa.Engine) -> Iterator[tuple[Session, Demo]]:
    """The whole demonstration in a transaction that is undone."""
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            attribute(session, SYSTEM)
            with as_owner(session):
                demo = generate(session)
            yield session, demo
        outer.rollback()


# The land and the works, without a database


def test_limits_are_a_valid_coverage_on_both_sides_of_102_east(land_and_works: tuple[Land, list[Work]]) -> None:
    land, _ = land_and_works
    for level in ("amphoe", "tambon"):
        shapes = to_lonlat(np.array([limit.shape for limit in land.limits if limit.level == level]))
        assert shapely.is_valid(shapes).all()
        assert shapely.coverage_is_valid(shapes)
        province = to_lonlat(np.array([land.province.shape]))[0]
        assert shapely.union_all(shapes).symmetric_difference(province).area < 1e-9
    west, south, east, north = shapely.total_bounds(to_lonlat(np.array([land.province.shape])))
    assert 101.6 < west < 101.9 and 102.1 < east < 102.4
    assert south > 15.6 and north < 16.2


def test_local_bodies_share_the_land_without_gaps(land_and_works: tuple[Land, list[Work]]) -> None:
    land, _ = land_and_works
    locals_ = [body.territory for body in land.bodies[1:]]
    total = sum(shape.area for shape in locals_)
    assert total == pytest.approx(land.province.shape.area, rel=1e-6)
    own_limit = [body for body in land.bodies if body.boundary is not None and body.type_code.endswith("MUNI")]
    assert len(own_limit) >= 4
    assert any(len(body.coverage) > 1 for body in own_limit)
    assert 28 <= len(locals_) <= 34


def test_specifications_check(land_and_works: tuple[Land, list[Work]]) -> None:
    _, works = land_and_works
    roads = [work for work in works if work.kind == "road"]
    assert Counter(work.kind for work in works) == {"road": 890, "water": 560, "other": 60}
    for work in roads:
        assert work.area_m2 == pytest.approx(sum(s.width_m * s.length_m for s in work.segments), abs=0.1)  # type: ignore[operator]
        assert work.length_m == sum(segment.length_m for segment in work.segments)  # type: ignore[misc]
    assert any(len(work.segments) == 2 for work in roads)
    assert any(segment.volume_m3 for work in roads for segment in work.segments)


def test_drawn_length_is_near_the_contract(land_and_works: tuple[Land, list[Work]]) -> None:
    _, works = land_and_works
    lines = [s for work in works for s in work.segments if s.length_m and s.shape.geom_type == "LineString"]
    drawn = lengths_m(to_lonlat(np.array([segment.shape for segment in lines])))
    contract = np.array([segment.length_m for segment in lines])
    assert np.all(np.abs(drawn / contract - 1) < 0.03)


def test_the_same_seed_makes_the_same_works(land_and_works: tuple[Land, list[Work]]) -> None:
    land, works = land_and_works
    again_land, again = made(2569)
    assert [v.name_th for v in again_land.villages] == [v.name_th for v in land.villages]
    assert [(w.name_th, w.body.code, w.cost) for w in again] == [(w.name_th, w.body.code, w.cost) for w in works]
    assert all(a.segments[0].shape.equals_exact(b.segments[0].shape, 0) for a, b in zip(again, works, strict=True))


def test_money_and_dates_follow_the_fiscal_year(land_and_works: tuple[Land, list[Work]]) -> None:
    _, works = land_and_works
    rng = np.random.default_rng(1)
    for work in works:
        chain = make_chain(rng, work)
        budget = sum(money.amount for money in chain.moneys)
        paid = sum(payment.amount for payment in chain.payments)
        if chain.agreement is not None:
            assert paid <= chain.agreement.amount <= budget
            assert first_day(work.year) <= chain.agreement.signed_on <= AS_OF
            assert chain.agreement.start_on <= chain.agreement.end_on
        assert paid <= budget
        assert all(payment.paid_on <= AS_OF for payment in chain.payments)
        for source, money in enumerate(chain.moneys):
            assert sum(p.amount for p in chain.payments if p.source == source) <= money.amount


# In the database


def one(session: Session, statement: str) -> Any:
    return session.scalar(sa.text(statement))


def test_counts(written: tuple[Session, Demo]) -> None:
    session, demo = written
    assert demo.projects == one(session, "SELECT count(*) FROM project") == 1522
    assert 0.20 < one(session, "SELECT avg((geometry_status = 'NONE')::int) FROM project") < 0.30
    newest, oldest = (
        one(session, f"SELECT avg((geometry_status = 'NONE')::int) FROM project WHERE fiscal_year_be = {year}")
        for year in (2570, 2566)
    )
    assert newest > 3 * oldest
    assert one(session, "SELECT count(*) FROM base_feature") < 60_000
    assert one(session, "SELECT count(DISTINCT class) FROM base_feature") == 8
    assert set(session.scalars(sa.text("SELECT DISTINCT geometry_status FROM project"))) == {
        "NONE",
        "DRAFT",
        "SUBMITTED",
        "RETURNED",
        "VERIFIED",
    }
    assert set(session.scalars(sa.text("SELECT DISTINCT utm_zones FROM area WHERE level = 'tambon'"))) == {
        "47N",
        "48N",
        "47N+48N",
    }
    assert one(session, "SELECT bool_and(fictional) FROM organisation") is True


def test_nobody_was_counted_in_the_future(written: tuple[Session, Demo]) -> None:
    newest = written[0].scalar(sa.text("SELECT max(year_be) FROM area_population"))
    assert newest == AS_OF.year + 543 - 1, "people are counted on 31 December"


def test_sums_in_the_project_are_the_sums_of_the_rows(written: tuple[Session, Demo]) -> None:
    session, _ = written
    wrong = one(
        session,
        """
        SELECT count(*) FROM project p WHERE
            budget_baht <> (SELECT coalesce(sum(net_baht), 0) FROM appropriation a WHERE a.project_id = p.id)
            OR contracted_baht <> (SELECT coalesce(sum(final_baht), 0) FROM contract c WHERE c.project_id = p.id)
            OR disbursed_baht <> (SELECT coalesce(sum(amount_baht), 0) FROM disbursement d WHERE d.project_id = p.id)
        """,
    )
    assert wrong == 0
    too_much = "contracted_baht > budget_baht OR (contracted_baht > 0 AND disbursed_baht > contracted_baht)"
    assert one(session, f"SELECT count(*) FROM project WHERE {too_much}") == 0
    unpaid = "SELECT count(*) FROM project WHERE status IN ('CLOSED', 'DISBURSED_FULL') AND contracted_baht > 0"
    assert one(session, f"{unpaid} AND disbursed_baht <> contracted_baht") == 0


def test_there_is_money_of_every_kind_to_look_at(written: tuple[Session, Demo]) -> None:
    session, _ = written
    for table in (
        "budget_document",
        "budget_transfer",
        "carry_over",
        "contract_amendment",
        "contract_instalment",
        "contract_penalty",
        "progress_report",
        "fiscal_year_close",
    ):
        assert one(session, f"SELECT count(*) FROM {table}") >= 5, table
    assert set(session.scalars(sa.text("SELECT DISTINCT status FROM budget_document"))) == {"APPROVED", "SUBMITTED"}
    assert set(session.scalars(sa.text("SELECT DISTINCT status FROM budget_transfer"))) == {"APPROVED", "SUBMITTED"}
    wrong = """
        SELECT count(*) FROM contract c
        JOIN (SELECT contract_id, sum(amount_baht) AS total FROM contract_instalment GROUP BY 1) i
          ON i.contract_id = c.id
        WHERE i.total <> c.final_baht"""
    assert one(session, wrong) == 0
    assert broken(session) == []
    uncovered = """
        SELECT count(*) FROM project p WHERE status = 'CARRIED_OVER'
        AND NOT EXISTS (SELECT FROM carry_over k WHERE k.project_id = p.id)"""
    assert one(session, uncovered) == 0


def test_every_project_has_its_place_in_a_plan(written: tuple[Session, Demo]) -> None:
    session, _ = written
    linked = one(
        session,
        """
        SELECT count(*) FROM project p JOIN plan_project l ON l.id = p.plan_project_id
        JOIN plan_version v ON v.id = l.plan_version_id JOIN plan n ON n.id = v.plan_id
        JOIN local_strategy s ON s.id = l.local_strategy_id
        JOIN plan_project_amount a ON a.plan_project_id = l.id AND a.fiscal_year_be = p.fiscal_year_be
        WHERE n.organisation_code = p.organisation_code AND v.fiscal_year_be <= p.fiscal_year_be
          AND s.national_strategy_code = p.strategy_code
        """,
    )
    assert linked == one(session, "SELECT count(*) FROM project")


def test_newest_version_is_the_projects_and_history_is_real(written: tuple[Session, Demo]) -> None:
    session, _ = written
    wrong = one(
        session,
        """
        SELECT count(*) FROM project p
        LEFT JOIN LATERAL (
            SELECT version, status FROM project_geometry g WHERE g.project_id = p.id ORDER BY version DESC LIMIT 1
        ) n ON true
        WHERE coalesce(n.version, 0) <> p.geometry_version OR coalesce(n.status, 'NONE') <> p.geometry_status
        """,
    )
    assert wrong == 0
    assert one(session, "SELECT max(geometry_version) FROM project") == 4
    assert one(session, "SELECT count(*) FROM project_geometry WHERE created_at >= now()") == 0


def test_codes_continue_where_the_demonstration_ends(written: tuple[Session, Demo]) -> None:
    session, _ = written
    wrong = one(
        session,
        """
        SELECT count(*) FROM project_code_counter c
        WHERE last_number <> (SELECT max(right(code, 4)::int) FROM project p
                              WHERE p.organisation_code = c.organisation_code AND p.fiscal_year_be = c.fiscal_year_be)
        """,
    )
    assert wrong == 0


def test_population_adds_up_through_the_levels(written: tuple[Session, Demo]) -> None:
    session, _ = written
    sums = session.execute(
        sa.text("SELECT length(area_code), year_be, sum(population) FROM area_population GROUP BY 1, 2")
    ).all()
    by_year: dict[int, set[int]] = {}
    for _, year, people in sums:
        by_year.setdefault(year, set()).add(people)
    assert set(by_year) == {2565, 2566, 2567, 2568}
    assert all(len(totals) == 1 for totals in by_year.values())


def codes(planted: tuple[Planted, ...], kind: str) -> list[str]:
    return [fault.project for fault in planted if fault.kind == kind]


def test_planted_faults_are_where_the_list_says(written: tuple[Session, Demo]) -> None:
    session, demo = written
    assert Counter(fault.kind for fault in demo.planted) == {
        "duplicate": 12,
        "wrong_zone": 5,
        "wrong_datum": 5,
        "office_point": 8,
        "swapped_lonlat": 3,
    }
    newest = (
        "SELECT DISTINCT ON (p.id) p.code, g.geom, g.original, o.office, o.territory FROM project p "
        "JOIN organisation o ON o.code = p.organisation_code JOIN project_geometry g ON g.project_id = p.id "
        "WHERE p.code = ANY(:codes) ORDER BY p.id, g.version DESC"
    )

    def all_of(kind: str, condition: str) -> bool:
        return bool(
            session.scalar(
                sa.text(f"SELECT bool_and({condition}) AND count(*) = :n FROM ({newest}) x"),
                {"codes": codes(demo.planted, kind), "n": len(codes(demo.planted, kind))},
            )
        )

    assert all_of("wrong_zone", "ST_X(ST_Centroid(geom)) NOT BETWEEN 97 AND 106")
    assert all_of("office_point", "ST_Equals(geom, office)")
    assert all_of("swapped_lonlat", "geom IS NULL AND original IS NOT NULL")
    assert all_of("wrong_datum", "geom IS NOT NULL")
    newest_shape = "(SELECT geom FROM project_geometry g WHERE g.project_id = {}.id ORDER BY version DESC LIMIT 1)"
    pairs = [(fault.project, fault.other) for fault in demo.planted if fault.other]
    distances = session.scalars(
        sa.text(
            f"SELECT ST_Distance({newest_shape.format('a')}::geography, {newest_shape.format('b')}::geography) "
            "FROM unnest(CAST(:first AS text[]), CAST(:second AS text[])) AS pair(first, second) "
            "JOIN project a ON a.code = pair.first JOIN project b ON b.code = pair.second"
        ),
        {"first": [first for first, _ in pairs], "second": [second for _, second in pairs]},
    ).all()
    assert len(distances) == 12
    assert max(distances) < 15


def test_there_is_an_account_for_every_role(written: tuple[Session, Demo]) -> None:
    session, demo = written
    roles = {row["role_code"] for row in read_list("roles_permissions.csv")}
    assert {user.role for user in demo.users} == roles
    assert len({user.password for user in demo.users}) == len(demo.users)
    shown = {"username", "password", "role", "organisation", "organisation_name"}
    assert set(demo.users[0].as_dict()) == shown
    codes = set(session.scalars(sa.text("SELECT code FROM organisation UNION SELECT code FROM area")))
    assert all(user.organisation in codes | {""} for user in demo.users)
    engineer = next(user for user in demo.users if user.username == "engineer")
    stored = one(session, "SELECT password FROM user_account WHERE username = 'engineer'")
    assert verify_password(engineer.password, str(stored))
    awaiting = one(
        session,
        "SELECT count(*) FROM project p JOIN membership m ON m.organisation_code = p.organisation_code "
        f"WHERE m.user_id = {engineer.user_id} AND p.geometry_status IN ('NONE', 'DRAFT', 'RETURNED')",
    )
    assert awaiting >= 10


def test_names_are_thai_and_nobodys(written: tuple[Session, Demo]) -> None:
    session, _ = written
    names = list(session.scalars(sa.text("SELECT name_th FROM project")))
    assert all(re.search("[ก-๙]", name) for name in names)
    assert len(set(names)) > 0.9 * len(names)


def test_a_second_run_does_nothing(written: tuple[Session, Demo]) -> None:
    session, _ = written
    assert not is_empty(session)

    assert demo_command.ensure_demo(OneSession(session)) is None  # type: ignore[arg-type]


# What people do: each page has something for the role that it is of


def actor(session: Session, username: str) -> Actor:
    found = actor_by_username(session, username)
    assert found is not None, username
    return found


def states(session: Session, table: str, column: str) -> set[str]:
    return set(session.scalars(sa.text(f"SELECT DISTINCT {column} FROM {table}")))


def test_accounts_have_addresses_that_no_mail_reaches(written: tuple[Session, Demo]) -> None:
    session, _ = written
    assert all(address.endswith(".example") for address in states(session, "user_account", "email") - {None})
    assert one(session, "SELECT count(*) FROM mail WHERE recipient NOT LIKE '%.example'") == 0
    assert states(session, "mail", "state") == {"SENT"}


def test_everybody_has_messages_and_one_answer_is_everybodys(written: tuple[Session, Demo]) -> None:
    session, _ = written
    assert states(session, "message_thread", "state") == {"OPEN", "ANSWERED", "CLOSED"}
    assert states(session, "message", "event") >= {"ASSIGNED", "PASSED_ON", "GENERAL", "CLOSED"}
    for username in (
        "planner",
        "finance",
        "engineer",
        "planner2",
        "planner3",
        "officer",
        "head",
        "district",
        "central",
    ):
        assert threads(session, actor(session, username)).total > 0, username
    assert unread_count(session, actor(session, "planner")) > 0
    answers, _count = general_answers(session, "อุดหนุนเฉพาะกิจ")
    assert [answer.subject for answer in answers] == ["เงินอุดหนุนเฉพาะกิจที่ได้รับหลังเริ่มปีงบประมาณ บันทึกที่ใด"]
    assert one(session, "SELECT count(*) FROM message WHERE created_at >= now()") == 0
    newest = "(SELECT max(created_at) FROM message WHERE thread_id = t.id)"
    assert one(session, f"SELECT count(*) FROM message_thread t WHERE last_at <> {newest}") == 0
    assert one(session, "SELECT count(*) FROM reminder") > 0


def test_news_is_current_over_and_a_draft(written: tuple[Session, Demo]) -> None:
    session, _ = written
    assert states(session, "news", "state") == {"PUBLISHED", "DRAFT"}
    assert one(session, "SELECT count(*) FROM news WHERE valid_to < current_date") == 1
    for username, pieces in (("planner", 2), ("finance", 1)):
        assert news_page(session, actor(session, username), today())[1] == pieces, username
    assert one(session, "SELECT count(DISTINCT user_id) FROM news_read") >= 5


def test_two_weeks_of_daily_reports_say_what_the_log_says(written: tuple[Session, Demo]) -> None:
    session, _ = written
    assert states(session, "daily_report", "status") == {"SIGNED", "SENT", "RETURNED", "DRAFT"}
    sealed = session.execute(
        sa.text(
            "SELECT r.officer_id, r.day, c.content::jsonb -> 'total' AS total FROM daily_report r"
            " JOIN sealed_content c ON c.sha256 = r.content_sha256 WHERE r.status = 'SIGNED'"
        )
    ).all()
    assert len(sealed) >= 15
    for row in sealed:
        counts = [acts.counts for acts in acts_of_day(session, row.officer_id, row.day)]
        told = {name: row.total[name] for name in ("entered", "verified", "returned", "commented")}
        assert told == {name: sum(one[name] for one in counts) for name in told}, row.day
    assert sum(row.total["verified"] for row in sealed) >= 10
    assert not session.scalar(
        sa.text("SELECT EXISTS (SELECT FROM pg_attrdef WHERE pg_get_expr(adbin, adrelid) ~ 'clock')")
    )


def test_the_review_desk_and_entries_on_behalf_have_every_state(written: tuple[Session, Demo]) -> None:
    session, _ = written
    place = ReviewFilter(area=actor(session, "officer").grants[0].area_code)
    assert waiting_page(session, place)[1] > 50
    assert states(session, "on_behalf_decision", "decision") == {"CONFIRMED", "DENIED"}
    waiting = (
        "SELECT count(DISTINCT request_id) FROM change_log l WHERE on_behalf_of = :code AND NOT EXISTS"
        " (SELECT FROM on_behalf_decision d WHERE d.request_id = l.request_id)"
    )
    sao = actor(session, "executive").organisation_codes[0]
    assert session.scalar(sa.text(waiting), {"code": sao}) > 0
    assert one(session, "SELECT count(*) FROM review_comment WHERE place ->> 'vertex' IS NOT NULL") >= 3
    assert states(session, "classification_decision", "decision") == {"ASKED", "KEPT"}
    lines = classified_lines(session, area=place.area, year_be=SEED + 1)
    assert len(checks_of(lines, decided(session, [line.project_id for line in lines]))) >= 5


def test_rounds_are_proposed_returned_and_not_begun(written: tuple[Session, Demo]) -> None:
    session, _ = written
    assert states(session, "evaluation_result", "status") == {"PROPOSED", "RETURNED"}
    wrong = "SELECT count(*) FROM evaluation_result r JOIN sealed_content c ON c.sha256 = r.content_sha256"
    assert one(session, wrong) == 3
    assert one(session, "SELECT count(DISTINCT organisation_code) FROM evaluation_result") == 3


def test_the_first_round_is_printed_announced_and_posted(
    written: tuple[Session, Demo], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    session, _ = written
    monkeypatch.setattr(
        demo_command, "printed_in_background", lambda page, progress: b"%PDF-1.7 " + page.title.encode()
    )
    # The demonstration is one for all tests here: what is announced is taken back.
    with session.begin_nested() as announced:
        with as_owner(session):
            demo_command.demo_round(OneSession(session), Settings(var_dir=tmp_path))  # type: ignore[arg-type]
        result_id = one(session, "SELECT id FROM evaluation_result WHERE status = 'ANNOUNCED'")
        assert isinstance(result_id, int)
        for name, file in files_of(session, result_id).items():
            kept(sealed_dir(Settings(var_dir=tmp_path)), file.sha256, f".{name}")
        assert {posting.place for posting in postings_of(session, result_id)} == {"PLATFORM", "BOARD"}
        assert recount(session) == 0
        announced.rollback()


def test_scores_are_given_appealed_and_final(written: tuple[Session, Demo]) -> None:
    session, _ = written
    over, running = (score_of(session, "99", year, today()) for year in (SEED, SEED + 1))
    assert over is not None and running is not None
    assert over.finalised_at is not None and over.total == over.system + over.province  # type: ignore[operator]
    assert len(over.marks) == 4 and over.open_appeals == 0
    assert running.open_appeals == 1 and 0 < len(running.marks) < 4
    assert {figure.criterion.code for figure in over.figures if figure.wanted} >= {"ITEMS_ON_TIME", "PLAN_ON_TIME"}
    assert one(session, "SELECT count(DISTINCT day) FROM completeness_day") > 30


def test_citizens_were_answered_wait_and_appeal(written: tuple[Session, Demo]) -> None:
    session, _ = written
    assert states(session, "citizen_question", "state") == {"ANSWERED", "WAITING", "OPEN", "APPEALED"}
    for username, least in (("planner", 3), ("planner3", 2), ("officer", 7)):
        scope = own_scope(actor(session, username))
        assert question_counts(session, scope, today=today(), decides=True)["all"] >= least, username
    assert one(session, "SELECT count(*) FROM citizen_question WHERE state = 'OPEN' AND due_on < current_date") == 1
    assert one(session, "SELECT count(*) FROM public_question WHERE state = 'ANSWERED'") == 3


def test_there_is_something_to_operate(written: tuple[Session, Demo]) -> None:
    session, _ = written
    assert len(window_history(session)) == 1 and len(coming_windows(session)) == 1
    assert all(not window.is_open(datetime.now(UTC)) for window in coming_windows(session))
    (token,) = data_tokens(session)
    assert 0 < token.requests_today < (token.requests_per_day or 0) and token.refused_month > 0
    assert len(orders_of(session, None)) == 1
    assert len(hand_overs(session, actor(session, "planner").user_id or 0, received=True)) == 1
    assert one(session, "SELECT active FROM user_account WHERE username = 'planner.former'") is False


class OneSession:
    """A database whose transactions are all the test's."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def transaction(self, _: object) -> object:
        return nullcontext(self._session)

    def reading(self) -> object:
        return nullcontext(self._session)


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_quick_starts_examples_along_a_road_work(written: tuple[Session, Demo], language: str) -> None:
    """Whoever copies the example as ``engineer`` gets a line: the road is registered and that long."""
    session, _ = written
    text = (Path(__file__).resolve().parents[2] / f"docs/users/quick-start-{language}.md").read_text(encoding="utf-8")
    organisation = one(session, "SELECT m.organisation_code FROM user_account u JOIN membership m ON m.user_id = u.id"
                       " WHERE u.username = 'engineer'")  # fmt: skip
    codes = re.findall(r"[ก-ฮ]{2}\.ถ\.\d+-\d+", text)
    (example,) = re.findall(r"`([ก-ฮ]{2}\.ถ\.[^`]+)`", text)
    assert len(codes) == 2
    found = session.execute(
        sa.text("SELECT route_code, length_m FROM registered_road WHERE organisation_code = :code"),
        {"code": organisation},
    )
    roads = {row.route_code: float(row.length_m) for row in found}
    assert set(codes) <= set(roads)
    chainage = read_chainage(example)
    assert chainage is not None
    assert chainage.route_code == codes[0]
    assert 0 <= chainage.start_m < (chainage.end_m or 0) <= roads[codes[0]]
