"""The chain over the change log: nothing is lost to it, and nothing in it can be altered unnoticed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from app import migrate
from app.cli import audit as cli
from app.db import SYSTEM, Database, attribute
from app.errors import InvalidInput
from app.jobs.sealing import seal_log
from app.messages import MESSAGES
from app.models import AuditBlock, ChangeLog
from app.queries.audit import LINE, AuditReport, Head, verify
from app.services.audit import heads_file, note_heads, noted_heads, read_head, seal
from app.settings import Settings
from tests.app.worker_processes import Workers, until

BLOCK = 40
PATIENCE_S = 500.0
"""Another worker's test may hold a transaction open as long as the loading of all real files takes."""
BLOCK_TEXT = """concat_ws(E'\\n', 'e-Plan audit block', version, number, previous_sha256, ids, row_count, rows_sha256,
    seen_id, open_ids, xid_horizon, cluster, CAST(extract(epoch FROM sealed_at) * 1000000 AS bigint))"""
HASHED_ANEW = f"UPDATE audit_block SET block_sha256 = encode(sha256(convert_to({BLOCK_TEXT}, 'UTF8')), 'hex')"
Tamper = Callable[..., None]


@pytest.fixture
def owner(own_database: str) -> Iterator[sa.Engine]:
    """The owner of the tables, whom nothing in the database stops."""
    engine = sa.create_engine(own_database, poolclass=sa.NullPool)
    yield engine
    engine.dispose()


def villages(session: Session, first: int, count: int) -> None:
    """So many areas, a line of the log each; no two may have the same number."""
    session.execute(
        sa.text(
            "INSERT INTO area (code, level, name_th) SELECT n, 'village', 'บ้าน' FROM generate_series(:first, :last) n"
        ),
        {"first": 10_000_000 + first, "last": 10_000_000 + first + count - 1},
    )


def write(database: Database, count: int, first: int = 0) -> None:
    """The same in a transaction of its own."""
    with database.transaction() as session:
        villages(session, first, count)


def unfinished(database: Database, first: int, count: int = 1) -> Session:
    """A transaction that has written and not ended."""
    session = Session(database.engine)
    attribute(session, SYSTEM)
    villages(session, first, count)
    return session


@pytest.fixture
def sealed(committed: Database, own_settings: Settings) -> Database:
    """Five blocks, the last one not full."""
    write(committed, 4 * BLOCK + 7)
    assert [rows for _, rows in seal_log(committed, own_settings, BLOCK)] == [BLOCK] * 4 + [7]
    return committed


def proof(database: Database, **options: object) -> AuditReport:
    with database.reading() as session:
        return verify(session, **options)  # type: ignore[arg-type]


def ids(database: Database) -> list[int]:
    with database.reading() as session:
        return list(session.scalars(sa.select(ChangeLog.id).order_by(ChangeLog.id)))


@pytest.fixture(autouse=True)
def nothing_logged_yet(request: pytest.FixtureRequest) -> None:
    """Loading the code lists wrote lines of its own: a test that counts begins with none."""
    if "own_database" in request.fixturenames:
        begin = "ALTER TABLE change_log ALTER COLUMN id RESTART"
        tamper(request.getfixturevalue("owner"), "DELETE FROM change_log", begin)


def tamper(owner: sa.Engine, *statements: str) -> None:
    """What an owner does who is not honest."""
    with owner.begin() as connection:
        for table in ("change_log", "audit_block"):
            connection.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        for statement in statements:
            connection.execute(sa.text(statement))
        for table in ("change_log", "audit_block"):
            connection.execute(sa.text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))


def close_open_numbers(database: Database, settings: Settings) -> None:
    """Seal until nothing is open: transactions of other databases of the server are waited for as well."""

    def closed() -> bool:
        seal_log(database, settings)
        with database.reading() as session:
            newest = sa.text("SELECT open_ids::text FROM audit_block ORDER BY number DESC LIMIT 1")
            return session.scalar(newest) == "{}"

    until(closed, "numbers that nobody can fill are closed", seconds=PATIENCE_S)


def found(report: AuditReport) -> list[tuple[str, object]]:
    return [(problem.code, problem.where.get("block")) for problem in report.problems]


# --- sealing ---------------------------------------------------------------------------------------------------------


def test_what_is_sealed_is_proved_and_what_is_not_is_told(sealed: Database) -> None:
    report = proof(sealed)
    assert report.holds and (report.blocks, report.rows) == (5, 4 * BLOCK + 7)
    assert report.head is not None and report.head.number == 5
    write(sealed, 3, 22000)
    report = proof(sealed)
    assert report.holds and report.tail_rows == 3 and report.tail_since is not None


def test_an_empty_log_holds(committed: Database, own_settings: Settings) -> None:
    assert seal_log(committed, own_settings) == []
    report = proof(committed)
    assert report.holds and report.head is None and report.blocks == 0


def test_nothing_new_makes_no_block(sealed: Database, own_settings: Settings) -> None:
    assert seal_log(sealed, own_settings, BLOCK) == []


def test_every_column_of_the_log_is_in_the_proof(sealed: Database, owner: sa.Engine) -> None:
    values = {"BIGINT": "777", "TEXT": "'ก'", "JSONB": "'{\"x\": 1}'", "TIMESTAMP": "'2001-01-01 00:00+00'"}
    columns = [column for column in ChangeLog.__table__.columns if column.name != "id"]
    for number, column in enumerate(columns):
        row = ids(sealed)[number]
        value = "'delete'" if column.name == "action" else values[str(column.type)]
        tamper(owner, f"UPDATE change_log SET {column.name} = {value} WHERE id = {row}")
        assert [p.values["count"] for p in proof(sealed).problems] == [number + 1], column.name


def test_the_application_can_seal_and_read_and_nothing_else(sealed: Database) -> None:
    for statement in (
        "UPDATE audit_block SET sealed_at = now()",
        "DELETE FROM audit_block",
        "TRUNCATE audit_block",
        "INSERT INTO audit_block SELECT * FROM audit_block",
        "INSERT INTO change_log (user_name, entity, entity_key, action) VALUES ('x', 'area', 'x', 'insert')",
    ):
        with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), sealed.transaction() as session:
            session.execute(sa.text(statement))


def test_not_even_the_owner_changes_a_block_by_mistake(sealed: Database, owner: sa.Engine) -> None:
    for statement in ("UPDATE audit_block SET sealed_at = now()", "DELETE FROM audit_block", "TRUNCATE audit_block"):
        with pytest.raises(sa.exc.IntegrityError, match="never changed"), owner.begin() as connection:
            connection.execute(sa.text(statement))


@pytest.mark.parametrize("limit", ["0", "-1", "NULL", "100001"])
def test_a_block_has_bounds(committed: Database, limit: str) -> None:
    with pytest.raises(sa.exc.DataError, match="100000"), committed.transaction() as session:
        session.execute(sa.text(f"SELECT seal_audit({limit})"))


def test_a_seal_comes_first_in_its_transaction(committed: Database) -> None:
    """Its place among the transactions tells what may still come: it must be taken after looking."""
    with pytest.raises(sa.exc.InternalError, match="before anything else"), committed.transaction() as session:
        villages(session, 0, 1)
        seal(session)


def test_the_numbers_of_the_log_are_drawn_one_by_one(session: Session) -> None:
    """The seal relies on it: a number kept back by a session could appear below what is closed."""
    cache = sa.text("SELECT cache_size FROM pg_sequences WHERE sequencename = 'change_log_id_seq'")
    assert session.scalar(cache) == 1


# --- writers at work -------------------------------------------------------------------------------------------------


def test_a_line_that_comes_late_is_sealed_later(sealed: Database, own_settings: Settings, owner: sa.Engine) -> None:
    """A long transaction draws its numbers, others overtake it, the seal goes on; then it ends."""
    with unfinished(sealed, 9_000) as slow:
        write(sealed, 5, 20000)
        assert [rows for _, rows in seal_log(sealed, own_settings)] == [5]
        assert proof(sealed).holds
        slow.commit()
    report = proof(sealed)
    assert report.holds and report.tail_rows == 1
    assert [rows for _, rows in seal_log(sealed, own_settings)] == [1]
    assert proof(sealed).holds and proof(sealed).tail_rows == 0


def test_the_youngest_transaction_may_come_last_too(sealed: Database, own_settings: Settings) -> None:
    """Its number among the transactions is higher than that of any that has ended."""
    with Session(sealed.engine) as old:
        attribute(old, SYSTEM)
        old.execute(sa.text("SELECT pg_current_xact_id()"))
        with unfinished(sealed, 9_000) as young:
            villages(old, 8_000, 1)
            old.commit()
            for rows in ([1], []):
                assert [count for _, count in seal_log(sealed, own_settings)] == rows
            young.commit()
    assert [rows for _, rows in seal_log(sealed, own_settings)] == [1]
    assert proof(sealed).holds


@pytest.mark.timeout(600)
def test_a_number_that_was_lost_is_closed_when_nobody_can_fill_it(
    sealed: Database, own_settings: Settings, owner: sa.Engine
) -> None:
    with unfinished(sealed, 9_000) as undone:
        lost = max(ids(sealed)) + 1
        write(sealed, 1, 20000)
        seal_log(sealed, own_settings)
        undone.rollback()
    close_open_numbers(sealed, own_settings)
    assert seal_log(sealed, own_settings) == []
    insert = (
        "INSERT INTO change_log (id, user_name, entity, entity_key, action)"
        f" OVERRIDING SYSTEM VALUE VALUES ({lost}, 'x', 'area', 'x', 'insert')"
    )
    tamper(owner, insert)
    assert found(proof(sealed)) == [("audit_rows_added", None)]
    assert proof(sealed).problems[0].values["rows"] == str(lost)


def test_a_large_late_transaction_is_sealed_over_several_blocks(sealed: Database, own_settings: Settings) -> None:
    with unfinished(sealed, 9_000, 101) as slow:
        write(sealed, 2, 20000)
        seal_log(sealed, own_settings, BLOCK)
        slow.commit()
    write(sealed, 2, 21000)
    assert [rows for _, rows in seal_log(sealed, own_settings, BLOCK)] == [BLOCK, BLOCK, 23]
    report = proof(sealed)
    assert report.holds and report.tail_rows == 0 and report.rows == len(ids(sealed))


def busy(database: Database, first: int) -> None:
    """Twenty-five transactions of three statements; every third is undone."""
    for turn in range(25):
        with unfinished(database, first + 100 * turn, 4) as session:
            villages(session, first + 100 * turn + 10, 4)
            villages(session, first + 100 * turn + 20, 4)
            if turn % 3 == 2:
                session.rollback()
            else:
                session.commit()


@pytest.mark.timeout(600)
def test_writers_and_seals_at_once_lose_nothing_and_never_fail(sealed: Database, own_settings: Settings) -> None:
    done = threading.Event()

    def seal_until_done(limit: int) -> None:
        while not done.is_set():
            seal_log(sealed, own_settings, limit)

    with ThreadPoolExecutor(6) as people:
        sealers = [people.submit(seal_until_done, limit) for limit in (5, 37)]
        writers = [people.submit(busy, sealed, 100_000 * number) for number in range(1, 5)]
        try:
            for writer in writers:
                writer.result()
        finally:
            done.set()
        for sealer in sealers:
            sealer.result()
    seal_log(sealed, own_settings)
    report = proof(sealed, heads=noted_heads(heads_file(own_settings)))
    assert report.holds, report.problems
    assert report.tail_rows == 0 and report.rows == len(ids(sealed))
    assert report.heads == report.blocks
    close_open_numbers(sealed, own_settings)
    report = proof(sealed)
    assert report.holds and report.rows == len(ids(sealed))


def test_a_restored_copy_goes_on_where_the_old_server_stopped(
    sealed: Database, own_settings: Settings, owner: sa.Engine
) -> None:
    """On another server the transactions count from elsewhere; what was open in the old one can never come."""
    with unfinished(sealed, 9_000) as lost:
        write(sealed, 1, 22000)
        seal_log(sealed, own_settings)
        lost.rollback()
    tamper(
        owner,
        "UPDATE audit_block SET cluster = 'another', xid_horizon = 9000000000000 WHERE number = 6",
        f"{HASHED_ANEW} WHERE number = 6",
    )
    assert proof(sealed).holds
    write(sealed, 2, 23000)
    assert [rows for _, rows in seal_log(sealed, own_settings)] == [2]
    assert proof(sealed).holds
    with sealed.reading() as session:
        blocks = session.execute(sa.text("SELECT open_ids::text FROM audit_block WHERE number >= 6 ORDER BY number"))
        assert [row.open_ids == "{}" for row in blocks] == [False, True]


def test_lines_from_before_the_chain_are_its_first_block(own_database: str, own_settings: Settings) -> None:
    migrate.downgrade(own_database, "0011")
    database = Database(own_settings)
    # As the platform of that time wrote: no transaction of today knows so old a schema.
    with Session(database.engine) as session, session.begin():
        session.execute(sa.text("SELECT set_config('eplan.user_name', 'system', true)"))
        villages(session, 0, 12)
    migrate.upgrade(own_database)
    write(database, 1, 22000)
    assert [rows for _, rows in seal_log(database, own_settings)] == [13]
    assert proof(database).holds
    database.dispose()


def test_fifty_thousand_lines(committed: Database, own_settings: Settings) -> None:
    write(committed, 50_000)
    assert [rows for _, rows in seal_log(committed, own_settings)] == [10_000] * 5
    report = proof(committed)
    assert report.holds and report.rows == 50_000


def test_the_worker_seals_by_itself(committed: Database, own_settings: Settings, workers: Workers) -> None:
    write(committed, 3)
    workers.start()
    heads = until(lambda: noted_heads(heads_file(own_settings)), "the worker seals")
    report = proof(committed, heads=heads)
    # What the worker writes of its own accord (the calendar of the year) may come before the seal or after it.
    assert report.holds and report.rows >= 3 and report.heads >= 1
    assert heads[0].sha256 in until(lambda: workers.log, "the worker speaks")


# --- tampering -------------------------------------------------------------------------------------------------------


def test_a_changed_line_is_found(sealed: Database, owner: sa.Engine) -> None:
    row = ids(sealed)[BLOCK + 5]
    tamper(owner, f'UPDATE change_log SET after = after || \'{{"name_th": "อื่น"}}\' WHERE id = {row}')
    report = proof(sealed)
    assert found(report) == [("audit_rows_changed", 2)]
    assert report.problems[0].values["rows"] == str(row)


def test_removed_lines_are_found_as_ranges(sealed: Database, owner: sa.Engine) -> None:
    rows = ids(sealed)[2 * BLOCK : 2 * BLOCK + 9]
    tamper(owner, f"DELETE FROM change_log WHERE id BETWEEN {rows[0]} AND {rows[4]} OR id = {rows[7]}")
    report = proof(sealed)
    assert found(report) == [("audit_rows_missing", 3)]
    assert report.problems[0].values["rows"] == f"{rows[0]}–{rows[4]}, {rows[7]}"
    assert report.problems[0].values["count"] == 6


def test_lines_put_into_the_past_are_found(sealed: Database, owner: sa.Engine) -> None:
    insert = "INSERT INTO change_log (id, at, user_name, entity, entity_key, action) OVERRIDING SYSTEM VALUE"
    tamper(owner, f"{insert} VALUES (-5, '2020-01-01', 'x', 'area', 'x', 'insert')")
    report = proof(sealed)
    assert found(report) == [("audit_rows_added", None)] and report.problems[0].values["rows"] == "-5"


def test_a_dropped_block_is_found(sealed: Database, owner: sa.Engine) -> None:
    tamper(owner, "DELETE FROM audit_block WHERE number = 3")
    report = proof(sealed)
    assert found(report) == [("audit_block_missing", 3), ("audit_rows_added", None)]
    assert report.problems[1].values["count"] == BLOCK


def test_a_block_dropped_with_its_lines_is_found(sealed: Database, owner: sa.Engine) -> None:
    first, last = ids(sealed)[BLOCK], ids(sealed)[3 * BLOCK - 1]
    tamper(
        owner,
        "DELETE FROM audit_block WHERE number IN (2, 3)",
        f"DELETE FROM change_log WHERE id BETWEEN {first} AND {last}",
    )
    [problem] = proof(sealed).problems
    assert (problem.code, problem.values["block"], problem.values["last"]) == ("audit_block_missing", 2, 3)


def test_a_dropped_last_block_is_found_by_what_is_kept_elsewhere(
    sealed: Database, own_settings: Settings, owner: sa.Engine
) -> None:
    heads = noted_heads(heads_file(own_settings))
    tamper(
        owner,
        "DELETE FROM audit_block WHERE number = 5",
        "DELETE FROM change_log WHERE id = (SELECT max(id) FROM change_log)",
    )
    assert proof(sealed).holds, "the database alone cannot know"
    report = proof(sealed, heads=heads)
    assert found(report) == [("audit_head_unknown", 5)]
    seal_log(sealed, own_settings)
    assert found(proof(sealed, heads=heads)) == [("audit_head_unknown", 5)], "sealing anew does not heal it"


def test_swapped_blocks_are_found(sealed: Database, owner: sa.Engine) -> None:
    tamper(
        owner,
        "UPDATE audit_block SET number = 99 WHERE number = 2",
        "UPDATE audit_block SET number = 2 WHERE number = 3",
        "UPDATE audit_block SET number = 3 WHERE number = 99",
    )
    codes = found(proof(sealed))
    assert ("audit_link_broken", 2) in codes and ("audit_block_changed", 2) in codes
    assert ("audit_block_changed", 3) in codes and all(block in (2, 3, 4) for _, block in codes)


def test_a_line_changed_with_its_block_breaks_the_chain_behind_it(sealed: Database, owner: sa.Engine) -> None:
    row = ids(sealed)[BLOCK]
    digest = f"(SELECT sha256(convert_to({LINE}, 'UTF8')) FROM change_log c WHERE id = {row})"
    tamper(
        owner,
        f"UPDATE change_log SET user_name = 'อื่น' WHERE id = {row}",
        f"UPDATE audit_block SET row_digests = {digest} || substring(row_digests FROM 33) WHERE number = 2",
        "UPDATE audit_block SET rows_sha256 = encode(sha256(row_digests), 'hex') WHERE number = 2",
        f"{HASHED_ANEW} WHERE number = 2",
    )
    assert found(proof(sealed)) == [("audit_link_broken", 3)]


def test_a_chain_written_anew_is_found_by_what_is_kept_elsewhere(
    sealed: Database, own_settings: Settings, owner: sa.Engine
) -> None:
    """Against somebody who writes all blocks anew nothing in the database helps."""
    heads = noted_heads(heads_file(own_settings))
    tamper(
        owner,
        f"UPDATE change_log SET user_name = 'อื่น' WHERE id = {ids(sealed)[BLOCK]}",
        "DELETE FROM audit_block WHERE number >= 2",
    )
    seal_log(sealed, own_settings, BLOCK)
    assert proof(sealed).holds
    report = proof(sealed, heads=heads)
    assert found(report) == [("audit_head_unknown", 2)] and report.problems[0].values["count"] == 4
    with pytest.raises(InvalidInput):
        proof(sealed, first=9)


def test_an_altered_digest_is_found(sealed: Database, owner: sa.Engine) -> None:
    tamper(owner, "UPDATE audit_block SET row_digests = set_byte(row_digests, 33, 7) WHERE number = 4")
    assert ("audit_block_changed", 4) in found(proof(sealed))


def test_a_forged_set_of_numbers_neither_passes_nor_takes_for_ever(sealed: Database, owner: sa.Engine) -> None:
    for forged in ("'{[1,9000000000000000000)}'", "'{(,)}'"):
        tamper(owner, f"UPDATE audit_block SET ids = {forged} WHERE number = 5")
        assert ("audit_block_changed", 5) in found(proof(sealed))


# --- the commands ----------------------------------------------------------------------------------------------------


@pytest.fixture
def eplan_audit(committed: Database, own_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setattr(cli, "database", lambda: committed)
    monkeypatch.setattr(cli, "settings", lambda: own_settings)
    return lambda *arguments: CliRunner().invoke(cli.command, list(arguments))


def test_the_commands(sealed: Database, owner: sa.Engine, eplan_audit: Callable[..., Result]) -> None:
    write(sealed, 2, 22000)
    assert eplan_audit("seal").exit_code == 0
    head = eplan_audit("head").stdout.strip()
    assert head.startswith("6:")
    assert eplan_audit("verify", "--head", head, "--head", head.split(":")[1]).exit_code == 0
    assert eplan_audit("verify", "--from", "4").exit_code == 0
    lost = eplan_audit("verify", "--head", "6:" + "0" * 64)
    assert lost.exit_code == 1 and "0" * 64 in lost.stdout
    row = ids(sealed)[0]
    tamper(owner, f"DELETE FROM change_log WHERE id = {row}")
    broken = eplan_audit("verify", "--json")
    report = orjson.loads(broken.stdout)
    assert broken.exit_code == 1 and not report["holds"]
    assert [(p["code"], p["where"]["block"], p["values"]["ranges"]) for p in report["problems"]] == [
        ("audit_rows_missing", 1, [[row, row]])
    ]
    told = eplan_audit("verify").stdout
    assert "Block 1: 1 rows are gone" in told and "บล็อก 1: แถวหายไป" in told
    assert eplan_audit("verify", "--from", "2").exit_code == 0, "what stands before it is taken as it is"


def test_a_head_that_cannot_be_read_is_refused(eplan_audit: Callable[..., Result]) -> None:
    refused = eplan_audit("verify", "--head", "17:abc", "--head", "x")
    assert isinstance(refused.exception, InvalidInput) and len(refused.exception.problems) == 2
    assert eplan_audit("head").exit_code == 0


def test_the_heads_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "var" / "audit-heads.txt"
    assert noted_heads(path) == []
    heads = [Head("a" * 64, 1), read_head(f"2 {'b' * 64} 2026-11-21T15:40:00.123456+07:00")]
    note_heads(path, heads)
    assert noted_heads(path) == heads
    path.write_text("1 abc\n", encoding="utf-8")
    with pytest.raises(InvalidInput):
        noted_heads(path)


def test_every_finding_has_a_sentence() -> None:
    lines = {f"audit_rows_{what}" for what in ("changed", "missing", "added")}
    blocks = {f"audit_{what}" for what in ("block_changed", "block_missing", "block_overlaps", "link_broken")}
    assert {*lines, *blocks, "audit_version_unknown", "audit_head_unknown", "audit_no_such_block"} <= MESSAGES.keys()


def test_the_model_knows_the_columns(session: Session) -> None:
    columns = {column["name"] for column in sa.inspect(session.connection()).get_columns("audit_block")}
    assert columns == {column.name for column in AuditBlock.__table__.columns}
