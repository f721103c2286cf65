"""Payments after the year within what was carried over; money without a document is confirmed by a second person.

Every baht that is paid after the fiscal year comes out of a reserve of its appropriation that is still open on that day,
and no baht of a reserve is used twice. What takes a payment back counts on the day of the payment. Without a budget
document, money that somebody entered is in force when another person has confirmed it; rows of before stay in force.
What the application writes of segments and periods of plans is in the log of changes as everything else.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "eplan_app"

LATE_PAYMENTS = """
CREATE VIEW late_payment AS
SELECT d.project_id, d.appropriation_id, d.contract_id, coalesce(o.paid_on, d.paid_on) AS day,
       sum(d.amount_baht) AS amount_baht
FROM disbursement d JOIN project p ON p.id = d.project_id LEFT JOIN disbursement o ON o.id = d.reverses_id
WHERE coalesce(o.paid_on, d.paid_on) > make_date(p.fiscal_year_be - 543, 9, 30)
GROUP BY 1, 2, 3, 4;
COMMENT ON VIEW late_payment IS 'What was paid after the fiscal year, net, on the day of the payment';
"""

# The sums of a project are kept under a lock on its row; reserves have no sum, so the row is locked here. Only what
# could have made it worse is looked at: money that was wrong before does not hold up what is right.
RESERVES = """
CREATE FUNCTION verify_reserves() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    touched bigint[];
    kept bigint[];
    wrong jsonb;
BEGIN
    EXECUTE CASE TG_TABLE_NAME
        WHEN 'disbursement' THEN
            'SELECT array_agg(DISTINCT n.project_id) FROM new_rows n JOIN project p ON p.id = n.project_id
             WHERE n.amount_baht > 0 AND n.paid_on > make_date(p.fiscal_year_be - 543, 9, 30)'
        WHEN 'contract' THEN
            'SELECT array_agg(DISTINCT n.project_id) FROM new_rows n JOIN project p ON p.id = n.project_id
             WHERE n.final_baht > 0 AND n.signed_on > make_date(p.fiscal_year_be - 543, 9, 30)'
            || CASE TG_OP WHEN 'UPDATE' THEN
                ' AND EXISTS (SELECT FROM old_rows o WHERE o.id = n.id
                              AND (n.final_baht > o.final_baht OR n.signed_on > o.signed_on))' ELSE '' END
        WHEN 'appropriation' THEN
            'SELECT array_agg(DISTINCT n.project_id) FROM new_rows n JOIN old_rows o USING (id)
             WHERE n.net_baht < o.net_baht
               AND EXISTS (SELECT FROM carry_over k WHERE k.appropriation_id = n.id AND k.removed_at IS NULL)'
        ELSE 'SELECT array_agg(DISTINCT project_id) FROM new_rows' END INTO touched;
    IF touched IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM FROM project WHERE id = ANY (touched) ORDER BY id FOR NO KEY UPDATE;

    -- what is carried over was not paid within the year, nor is it taken away afterwards
    IF TG_TABLE_NAME IN ('appropriation', 'carry_over') THEN
        EXECUTE CASE TG_TABLE_NAME
            WHEN 'appropriation' THEN
                'SELECT array_agg(n.id) FROM new_rows n JOIN old_rows o USING (id) WHERE n.net_baht < o.net_baht'
            ELSE 'SELECT array_agg(DISTINCT appropriation_id) FROM new_rows WHERE removed_at IS NULL' END INTO kept;
        SELECT jsonb_build_object('kept_baht', k.baht + d.baht, 'left_baht', a.net_baht) INTO wrong
        FROM appropriation a
        CROSS JOIN LATERAL (
            SELECT sum(amount_baht) AS baht FROM carry_over WHERE appropriation_id = a.id AND removed_at IS NULL
        ) k
        CROSS JOIN LATERAL (
            SELECT coalesce((SELECT sum(amount_baht) FROM disbursement WHERE appropriation_id = a.id), 0)
                   - coalesce((SELECT sum(amount_baht) FROM late_payment WHERE appropriation_id = a.id), 0) AS baht
        ) d
        WHERE a.id = ANY (kept) AND k.baht + d.baht > a.net_baht LIMIT 1;
        IF wrong IS NOT NULL THEN
            PERFORM refuse_money('appropriation_below_reserved', wrong);
        END IF;
    END IF;
    IF TG_TABLE_NAME = 'appropriation' THEN
        RETURN NULL;
    END IF;

    -- a contract needs beyond its own reserves what it is paid from any day on, less what is open then; all of this
    -- together comes out of the reserves that no contract binds
    WITH excess AS (
        SELECT l.project_id, l.appropriation_id, l.contract_id, l.day,
               sum(l.amount_baht) OVER (PARTITION BY l.appropriation_id, l.contract_id ORDER BY l.day DESC)
               - coalesce((SELECT sum(k.amount_baht) FROM carry_over k
                           WHERE k.appropriation_id = l.appropriation_id AND k.contract_id = l.contract_id
                             AND k.removed_at IS NULL AND k.until_on >= l.day), 0) AS baht
        FROM late_payment l WHERE l.project_id = ANY (touched)
    )
    SELECT jsonb_build_object('total_baht', n.baht, 'reserved_baht', r.baht, 'room_baht', 0) INTO wrong
    FROM (SELECT DISTINCT appropriation_id, day FROM excess) t
    CROSS JOIN LATERAL (
        SELECT sum(m.baht) AS baht FROM (
            SELECT greatest(max(e.baht), 0) AS baht FROM excess e
            WHERE e.appropriation_id = t.appropriation_id AND e.day >= t.day GROUP BY e.contract_id
        ) m
    ) n
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(k.amount_baht), 0) AS baht FROM carry_over k
        WHERE k.appropriation_id = t.appropriation_id AND k.contract_id IS NULL AND k.removed_at IS NULL
          AND k.until_on >= t.day
    ) r
    WHERE n.baht > r.baht LIMIT 1;
    IF wrong IS NOT NULL THEN
        PERFORM refuse_money('disbursement_over_reserve', wrong);
    END IF;

    -- a contract that was signed after the year binds what was carried over without one
    WITH late_contract AS (
        SELECT c.id, c.project_id, greatest(c.final_baht - coalesce((
                   SELECT sum(k.amount_baht) FROM carry_over k WHERE k.contract_id = c.id AND k.removed_at IS NULL
               ), 0), 0) AS baht
        FROM contract c JOIN project p ON p.id = c.project_id
        WHERE c.project_id = ANY (touched) AND c.removed_at IS NULL
          AND c.signed_on > make_date(p.fiscal_year_be - 543, 9, 30)
    ), excess AS (
        SELECT l.project_id, l.appropriation_id, l.contract_id,
               sum(l.amount_baht) OVER (PARTITION BY l.appropriation_id, l.contract_id ORDER BY l.day DESC)
               - coalesce((SELECT sum(k.amount_baht) FROM carry_over k
                           WHERE k.appropriation_id = l.appropriation_id AND k.contract_id = l.contract_id
                             AND k.removed_at IS NULL AND k.until_on >= l.day), 0) AS baht
        FROM late_payment l
        WHERE l.project_id IN (SELECT project_id FROM late_contract)
          AND NOT EXISTS (SELECT FROM late_contract c WHERE c.id = l.contract_id)
    )
    SELECT jsonb_build_object('total_baht', s.baht, 'reserved_baht', r.baht - u.baht,
                              'room_baht', greatest(r.baht - u.baht, 0)) INTO wrong
    FROM (SELECT project_id, sum(baht) AS baht FROM late_contract GROUP BY 1) s
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(m.baht), 0) AS baht FROM (
            SELECT greatest(max(e.baht), 0) AS baht FROM excess e
            WHERE e.project_id = s.project_id GROUP BY e.appropriation_id, e.contract_id
        ) m
    ) u
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(k.amount_baht), 0) AS baht FROM carry_over k
        WHERE k.project_id = s.project_id AND k.contract_id IS NULL AND k.removed_at IS NULL
    ) r
    WHERE s.baht + u.baht > r.baht LIMIT 1;
    IF wrong IS NOT NULL THEN
        PERFORM refuse_money('contract_over_reserve', wrong);
    END IF;
    RETURN NULL;
END $$;
"""

CONFIRMATION = """
CREATE FUNCTION put_confirmed_in_force() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.in_force := true;
    RETURN NEW;
END $$;
CREATE TRIGGER put_confirmed_in_force BEFORE UPDATE ON appropriation FOR EACH ROW
    WHEN (NEW.budget_document_id IS NULL AND OLD.confirmed_by IS NULL AND NEW.confirmed_by IS NOT NULL)
    EXECUTE FUNCTION put_confirmed_in_force();
"""

_REFERENCING = {"INSERT": "NEW TABLE AS new_rows", "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows"}
_VERIFIED = (
    ("disbursement", ("INSERT",)),
    ("carry_over", ("INSERT", "UPDATE")),
    ("contract", ("INSERT", "UPDATE")),
    ("appropriation", ("UPDATE",)),
)
_LOGGED = (
    ("project_segment", "'project_id,seq', 'project_id'", ("INSERT",)),
    ("plan_period", "'id', ''", ("INSERT", "UPDATE")),
)
_FUNCTIONS = ("verify_reserves()", "put_confirmed_in_force()")


def upgrade() -> None:
    for who in ("created", "confirmed"):
        op.add_column("appropriation", sa.Column(f"{who}_by", sa.BigInteger(), nullable=True))
        op.add_column("appropriation", sa.Column(f"{who}_by_name", sa.Text(), nullable=True))
        op.create_foreign_key(
            op.f(f"fk_appropriation_{who}_by_user_account"), "appropriation", "user_account", [f"{who}_by"], ["id"]
        )
    op.drop_constraint(op.f("ck_appropriation_in_force"), "appropriation", type_="check")
    op.create_check_constraint(op.f("ck_appropriation_four_eyes"), "appropriation", "confirmed_by <> created_by")
    op.create_check_constraint(
        op.f("ck_appropriation_confirmed"),
        "appropriation",
        "NOT in_force OR budget_document_id IS NOT NULL OR created_by IS NULL OR amount_baht = 0"
        " OR confirmed_by IS NOT NULL",
    )
    for statements in (LATE_PAYMENTS, RESERVES, CONFIRMATION):
        op.execute(statements)
    for table, verbs in _VERIFIED:
        for verb in verbs:
            op.execute(
                f"CREATE TRIGGER verify_reserves_{verb.lower()} AFTER {verb} ON {table}"
                f" REFERENCING {_REFERENCING[verb]} FOR EACH STATEMENT EXECUTE FUNCTION verify_reserves()"
            )
    for table, key, verbs in _LOGGED:
        for verb in verbs:
            op.execute(
                f"CREATE TRIGGER log_{verb.lower()} AFTER {verb} ON {table} REFERENCING {_REFERENCING[verb]}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION log_changes({key})"
            )
    # a segment is written with its project and never again
    op.execute(f"REVOKE UPDATE, DELETE ON project_segment FROM {APPLICATION_ROLE}")
    op.execute(f"GRANT SELECT ON late_payment TO {APPLICATION_ROLE}")
    op.execute(
        "GRANT INSERT (created_by, created_by_name, confirmed_by, confirmed_by_name),"
        f" UPDATE (confirmed_by, confirmed_by_name) ON appropriation TO {APPLICATION_ROLE}"
    )
    for function in _FUNCTIONS:
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")


def downgrade() -> None:
    op.execute(f"GRANT UPDATE, DELETE ON project_segment TO {APPLICATION_ROLE}")
    for table, _, verbs in _LOGGED:
        for verb in verbs:
            op.execute(f"DROP TRIGGER log_{verb.lower()} ON {table}")
    for table, verbs in _VERIFIED:
        for verb in verbs:
            op.execute(f"DROP TRIGGER verify_reserves_{verb.lower()} ON {table}")
    op.execute("DROP TRIGGER put_confirmed_in_force ON appropriation")
    for function in _FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    op.execute("DROP VIEW late_payment")
    op.drop_constraint(op.f("ck_appropriation_confirmed"), "appropriation", type_="check")
    op.drop_constraint(op.f("ck_appropriation_four_eyes"), "appropriation", type_="check")
    # Money that nobody has confirmed may not begin to count: it is taken out before the schema forgets that it waits.
    op.execute(
        "UPDATE appropriation SET removed_at = coalesce(removed_at, now()), in_force = true"
        " WHERE NOT in_force AND budget_document_id IS NULL"
    )
    op.create_check_constraint(
        op.f("ck_appropriation_in_force"), "appropriation", "in_force OR budget_document_id IS NOT NULL"
    )
    for who in ("confirmed", "created"):
        op.drop_constraint(op.f(f"fk_appropriation_{who}_by_user_account"), "appropriation", type_="foreignkey")
        op.drop_column("appropriation", f"{who}_by_name")
        op.drop_column("appropriation", f"{who}_by")
