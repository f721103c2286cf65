"""The change log sealed into blocks, each holding the digest of the one before it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "eplan_app"

# A block says which lines it holds as a set of their numbers, and beside it which numbers below its highest one were not
# there yet (open_ids): lines of transactions that had not ended, or numbers lost with one that was undone. Later blocks
# take what appears among them; once every transaction that was running then has ended, nothing can, and they are closed.
# Nothing is added to a line of the log and no writer waits.
# Whoever has drawn a number below the highest visible one had an xid by then (the log's trigger comes after a write), and
# this transaction takes its own xid only after reading: every one of theirs is lower. Once no lower one runs, what was
# open is visible or gone for good. The xmax of the snapshot would not do: it is the last xid that ENDED, and one that
# runs may be higher. (The sequence of change_log.id must keep its CACHE of 1: a number kept back would come later.)
# The canonical text of a line knows no setting of the session: times are microseconds since 1970, and jsonb writes its
# keys in one order. The reader (app/queries/audit.py) has its own copy of both texts, so that whoever alters this
# function alters no proof. Whoever alters a text gives it a new version and keeps the old one for the blocks before.
SEAL = """
CREATE FUNCTION seal_audit(row_limit integer) RETURNS SETOF audit_block
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last audit_block;
    made audit_block;
    found record;
    lost int8multirange;
BEGIN
    IF row_limit IS NULL OR row_limit NOT BETWEEN 1 AND 100000 THEN
        RAISE EXCEPTION 'a block holds 1 to 100000 rows, not %', row_limit USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF pg_current_xact_id_if_assigned() IS NOT NULL THEN
        RAISE EXCEPTION 'seal_audit() comes before anything else that its transaction writes'
            USING ERRCODE = 'active_sql_transaction';
    END IF;
    LOCK TABLE audit_block IN SHARE ROW EXCLUSIVE MODE;
    SELECT * INTO last FROM audit_block ORDER BY number DESC LIMIT 1;
    IF last.number IS NULL THEN
        last.number := 0;
        last.block_sha256 := repeat('0', 64);
        last.seen_id := 0;
        last.open_ids := '{}';
        last.xid_horizon := 0;
        last.cluster := '';
    END IF;

    WITH moment AS MATERIALIZED (
        SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xmin, system_identifier::text AS cluster
        FROM pg_control_system()
    ), waiting AS MATERIALIZED (
        (SELECT c.id FROM unnest(last.open_ids) AS r
            CROSS JOIN LATERAL (
                SELECT id FROM change_log WHERE id >= lower(r) AND id < upper(r) ORDER BY id LIMIT row_limit
            ) c
            ORDER BY c.id LIMIT row_limit)
        UNION ALL
        (SELECT id FROM change_log WHERE id > last.seen_id ORDER BY id LIMIT row_limit)
        ORDER BY id LIMIT row_limit
    ), taken AS MATERIALIZED (
        SELECT c.id, sha256(convert_to(jsonb_build_array(
            c.id, (extract(epoch FROM c.at) * 1000000)::bigint, c.user_id, c.user_name, c.on_behalf_of, c.request_id,
            c.entity, c.entity_key, c.project_id, c.action, c.before, c.after)::text, 'UTF8')) AS digest
        FROM waiting w JOIN change_log c ON c.id = w.id
    )
    SELECT m.*, t.* INTO found FROM moment m CROSS JOIN (
        SELECT count(*)::integer AS row_count, max(id) AS highest,
            coalesce(range_agg(int8range(id, id, '[]')), '{}') AS ids,
            coalesce(string_agg(digest, ''::bytea ORDER BY id), ''::bytea) AS digests
        FROM taken
    ) t;

    made.open_ids := last.open_ids;
    IF found.xmin >= last.xid_horizon OR found.cluster IS DISTINCT FROM last.cluster THEN
        -- What was visible of them has been taken, in order, up to the limit; what is left below never comes.
        lost := CASE WHEN found.row_count = row_limit THEN int8multirange(int8range(NULL, found.highest, '[]'))
            ELSE int8multirange(int8range(NULL, NULL)) END;
        made.open_ids := made.open_ids - lost;
    END IF;
    made.seen_id := greatest(last.seen_id, found.highest);
    made.open_ids := made.open_ids + int8multirange(int8range(last.seen_id, made.seen_id, '(]')) - found.ids;
    IF found.row_count = 0 AND made.open_ids = last.open_ids THEN
        RETURN;
    END IF;

    made.version := 1;
    made.number := last.number + 1;
    made.previous_sha256 := last.block_sha256;
    made.ids := found.ids;
    made.row_count := found.row_count;
    made.row_digests := found.digests;
    made.rows_sha256 := encode(sha256(found.digests), 'hex');
    made.xid_horizon := pg_current_xact_id()::text::bigint;
    made.cluster := found.cluster;
    made.sealed_at := clock_timestamp();
    made.block_sha256 := encode(sha256(convert_to(concat_ws(E'\\n',
        'e-Plan audit block', made.version, made.number, made.previous_sha256, made.ids, made.row_count,
        made.rows_sha256, made.seen_id, made.open_ids, made.xid_horizon, made.cluster,
        (extract(epoch FROM made.sealed_at) * 1000000)::bigint), 'UTF8')), 'hex');
    INSERT INTO audit_block SELECT (made).*;
    RETURN NEXT made;
END $$;
"""
HEX = "~ '^[0-9a-f]{64}$'"


def upgrade() -> None:
    op.create_table(
        "audit_block",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("previous_sha256", sa.Text(), nullable=False),
        sa.Column("ids", postgresql.INT8MULTIRANGE(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("row_digests", sa.LargeBinary(), nullable=False),
        sa.Column("rows_sha256", sa.Text(), nullable=False),
        sa.Column("seen_id", sa.BigInteger(), nullable=False),
        sa.Column("open_ids", postgresql.INT8MULTIRANGE(), nullable=False),
        sa.Column("xid_horizon", sa.BigInteger(), nullable=False),
        sa.Column("cluster", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("block_sha256", sa.Text(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_audit_block_number")),
        sa.CheckConstraint("octet_length(row_digests) = 32 * row_count", name=op.f("ck_audit_block_row_digests")),
        sa.CheckConstraint(
            f"previous_sha256 {HEX} AND rows_sha256 {HEX} AND block_sha256 {HEX}", name=op.f("ck_audit_block_sha256")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_block")),
        sa.UniqueConstraint("block_sha256", name=op.f("uq_audit_block_block_sha256")),
    )
    # Digests do not compress; trying would cost each seal more than the rest of it.
    op.execute("ALTER TABLE audit_block ALTER COLUMN row_digests SET STORAGE EXTERNAL")
    op.execute(
        "CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON audit_block "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute("CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit_block EXECUTE FUNCTION refuse_change()")
    # Receipts find their changes again.
    op.create_index(
        "ix_change_log_request_id",
        "change_log",
        ["request_id", "id"],
        postgresql_where=sa.text("request_id IS NOT NULL"),
    )
    op.execute(SEAL)
    op.execute("REVOKE EXECUTE ON FUNCTION seal_audit(integer) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION seal_audit(integer) TO {APPLICATION_ROLE}")
    op.execute(f"GRANT SELECT ON audit_block TO {APPLICATION_ROLE}")


def downgrade() -> None:
    op.execute("DROP FUNCTION seal_audit(integer)")
    op.drop_index("ix_change_log_request_id", "change_log")
    op.drop_table("audit_block")
