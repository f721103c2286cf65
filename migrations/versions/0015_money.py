"""Money that is right: documents and four eyes, transfers, carry-overs, amendments, closed years, commitment control.

What may be spent is ``appropriation.net_baht`` and ``contract.final_baht``, both generated: every sum, roll-up and
check reads these. Refusals of the triggers carry SQLSTATE 23EPL, the rule as message and its values as JSON in the
detail; the services say the same before, with all other problems.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "eplan_app"

_REFERENCING = {
    "INSERT": "NEW TABLE AS new_rows",
    "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "OLD TABLE AS old_rows",
}
_LOGGED = {
    "budget_document": "",
    "budget_transfer": "",
    "budget_transfer_line": "project_id",
    "carry_over": "project_id",
    "contract_amendment": "project_id",
    "contract_instalment": "project_id",
    "contract_penalty": "project_id",
    "progress_report": "project_id",
    "fiscal_year_close": "",
    "review_comment": "",
    "on_behalf_decision": "",
}
_VERSIONED = ("appropriation", "contract", "budget_document", "budget_transfer", "carry_over", "fiscal_year_close")
_APPEND_ONLY = ("contract_amendment", "progress_report", "on_behalf_decision", "project_status_change")
# How a row of money tells its fiscal year: by its project, or by its own columns.
_OF_PROJECT = (
    "appropriation",
    "contract",
    "disbursement",
    "budget_transfer_line",
    "carry_over",
    "contract_amendment",
    "contract_instalment",
    "contract_penalty",
)
_OF_ORGANISATION = ("budget_document", "budget_transfer")

# Names of triggers decide their order: documents are locked before projects (attach_document), projects before sums
# (roll_up_shares, sum_money), and what must hold is looked at last, under these locks (verify_*).
REFUSAL = """
CREATE FUNCTION refuse_money(rule text, details jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- of class 23 (integrity), so that every driver takes it for what it is; the edge puts the rule into words
    RAISE EXCEPTION USING ERRCODE = '23EPL', MESSAGE = rule, DETAIL = details::text;
END $$;
"""

CLOSED_YEARS = """
CREATE VIEW closed_fiscal_year AS
SELECT organisation_code, fiscal_year_be FROM fiscal_year_close
WHERE reopened_until IS NULL OR reopened_until < (now() AT TIME ZONE 'Asia/Bangkok')::date;
COMMENT ON VIEW closed_fiscal_year IS 'Years of organisations in which nothing of money may be written today';

CREATE FUNCTION require_open_year() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    touched text := CASE TG_OP
        WHEN 'INSERT' THEN 'SELECT * FROM new_rows'
        WHEN 'DELETE' THEN 'SELECT * FROM old_rows'
        ELSE 'SELECT * FROM new_rows UNION ALL SELECT * FROM old_rows' END;
    closed jsonb;
BEGIN
    IF NOT EXISTS (SELECT FROM closed_fiscal_year) THEN
        RETURN NULL;
    END IF;
    EXECUTE format(CASE TG_ARGV[0]
        WHEN 'project' THEN
            'SELECT to_jsonb(c) FROM (%s) r JOIN project p ON p.id = r.project_id
             JOIN closed_fiscal_year c USING (organisation_code, fiscal_year_be) LIMIT 1'
        ELSE
            'SELECT to_jsonb(c) FROM (%s) r JOIN closed_fiscal_year c USING (organisation_code, fiscal_year_be) LIMIT 1'
        END, touched) INTO closed;
    IF closed IS NOT NULL THEN
        PERFORM refuse_money('fiscal_year_closed', closed);
    END IF;
    RETURN NULL;
END $$;
"""

STATUS = """
CREATE FUNCTION take_status_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    correction text := nullif(current_setting('eplan.status_correction', true), '');
BEGIN
    IF correction IS NULL AND NOT EXISTS (
        SELECT FROM project_status_transition t WHERE t.from_status = OLD.status AND t.to_status = NEW.status
    ) THEN
        PERFORM refuse_money('status_not_reachable', jsonb_build_object(
            'project', NEW.code, 'from', OLD.status, 'to', NEW.status,
            'allowed', (SELECT coalesce(string_agg(t.to_status, ', ' ORDER BY t.to_status), '–')
                        FROM project_status_transition t WHERE t.from_status = OLD.status)));
    END IF;
    IF correction IS NULL AND EXISTS (
        SELECT FROM closed_fiscal_year c
        WHERE (c.organisation_code, c.fiscal_year_be) = (NEW.organisation_code, NEW.fiscal_year_be)
    ) THEN
        PERFORM refuse_money('fiscal_year_closed', jsonb_build_object(
            'organisation_code', NEW.organisation_code, 'fiscal_year_be', NEW.fiscal_year_be));
    END IF;
    INSERT INTO project_status_change (project_id, from_status, to_status, correction, reason, user_id, user_name,
                                       on_behalf_of, request_id)
    VALUES (NEW.id, OLD.status, NEW.status, correction IS NOT NULL,
            coalesce(correction, nullif(current_setting('eplan.status_reason', true), '')),
            nullif(current_setting('eplan.user_id', true), '')::bigint,
            coalesce(nullif(current_setting('eplan.user_name', true), ''), session_user),
            nullif(current_setting('eplan.on_behalf_of', true), ''),
            nullif(current_setting('eplan.request_id', true), ''));
    RETURN NULL;
END $$;
CREATE TRIGGER take_status_change AFTER UPDATE ON project FOR EACH ROW
    WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION take_status_change();
"""

# The sums of a project are kept under a lock on its row, so this row alone says whether too much is bound. What was
# wrong before may stay until it gets worse: coordinates of such a project are not held up by its money.
COMMITMENT = """
CREATE FUNCTION verify_commitment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.contracted_baht - NEW.budget_baht <= OLD.contracted_baht - OLD.budget_baht THEN
        RETURN NULL;
    END IF;
    PERFORM refuse_money('contract_over_budget', jsonb_build_object(
        'project', NEW.code, 'total_baht', NEW.contracted_baht, 'budget_baht', NEW.budget_baht,
        'room_baht', greatest(NEW.budget_baht - CASE WHEN TG_OP = 'UPDATE' THEN OLD.contracted_baht ELSE 0 END, 0)));
    RETURN NULL;
END $$;
CREATE TRIGGER verify_commitment AFTER INSERT OR UPDATE ON project FOR EACH ROW
    WHEN (NEW.contracted_baht > NEW.budget_baht) EXECUTE FUNCTION verify_commitment();

CREATE FUNCTION verify_payments() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    wrong jsonb;
BEGIN
    EXECUTE 'SELECT jsonb_build_object(''disbursement'', d.id) FROM new_rows d
        JOIN appropriation a ON a.id = d.appropriation_id LEFT JOIN contract c ON c.id = d.contract_id
        WHERE a.project_id <> d.project_id OR c.project_id <> d.project_id LIMIT 1' INTO wrong;
    IF wrong IS NOT NULL THEN
        PERFORM refuse_money('payment_of_another_project', wrong);
    END IF;
    IF EXISTS (SELECT FROM new_rows WHERE reverses_id IS NOT NULL) THEN
        SELECT jsonb_build_object('disbursement', o.id) INTO wrong
        FROM new_rows d JOIN disbursement o ON o.id = d.reverses_id
        WHERE o.amount_baht <> -d.amount_baht OR o.appropriation_id <> d.appropriation_id
           OR o.contract_id IS DISTINCT FROM d.contract_id LIMIT 1;
        IF wrong IS NOT NULL THEN
            PERFORM refuse_money('reversal_differs', wrong);
        END IF;
    END IF;
    EXECUTE 'SELECT jsonb_build_object(''total_baht'', sum(d.amount_baht), ''budget_baht'', a.net_baht,
                    ''room_baht'', greatest(a.net_baht - sum(d.amount_baht) + max(n.added), 0))
        FROM (SELECT appropriation_id, sum(amount_baht) AS added FROM new_rows WHERE amount_baht > 0 GROUP BY 1) n
        JOIN appropriation a ON a.id = n.appropriation_id JOIN disbursement d ON d.appropriation_id = a.id
        GROUP BY a.id, a.net_baht HAVING sum(d.amount_baht) > a.net_baht LIMIT 1' INTO wrong;
    IF wrong IS NOT NULL THEN
        PERFORM refuse_money('disbursement_over_budget', wrong);
    END IF;
    EXECUTE 'SELECT jsonb_build_object(''total_baht'', sum(d.amount_baht), ''contract_baht'', c.final_baht,
                    ''room_baht'', greatest(c.final_baht - sum(d.amount_baht) + max(n.added), 0))
        FROM (SELECT contract_id, sum(amount_baht) AS added FROM new_rows WHERE amount_baht > 0 GROUP BY 1) n
        JOIN contract c ON c.id = n.contract_id JOIN disbursement d ON d.contract_id = c.id
        GROUP BY c.id, c.final_baht HAVING sum(d.amount_baht) > c.final_baht LIMIT 1' INTO wrong;
    IF wrong IS NOT NULL THEN
        PERFORM refuse_money('disbursement_over_contract', wrong);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION verify_still_paid() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    wrong jsonb;
BEGIN
    -- what may be spent was made smaller than what is spent
    EXECUTE format(
        'SELECT jsonb_build_object(''paid_baht'', sum(d.amount_baht), ''left_baht'', n.%1$I)
         FROM new_rows n JOIN old_rows o USING (id) JOIN disbursement d ON d.%2$I = n.id
         WHERE n.%1$I < o.%1$I GROUP BY n.id, n.%1$I HAVING sum(d.amount_baht) > n.%1$I LIMIT 1',
        TG_ARGV[0], TG_ARGV[1]) INTO wrong;
    IF wrong IS NOT NULL THEN
        PERFORM refuse_money(TG_TABLE_NAME || '_below_paid', wrong);
    END IF;
    RETURN NULL;
END $$;
"""

DOCUMENTS = """
CREATE FUNCTION attach_document() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    wrong jsonb;
BEGIN
    IF NOT EXISTS (SELECT FROM new_rows WHERE budget_document_id IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    -- whoever approves the document at this moment waits, or has been waited for
    PERFORM FROM budget_document WHERE id IN (SELECT budget_document_id FROM new_rows) ORDER BY id FOR SHARE;
    EXECUTE 'SELECT jsonb_build_object(''document'', d.id, ''project'', p.code)
        FROM new_rows a JOIN budget_document d ON d.id = a.budget_document_id JOIN project p ON p.id = a.project_id
        WHERE a.in_force <> (d.status = ''APPROVED'') OR p.organisation_code <> d.organisation_code
           OR p.fiscal_year_be <> d.fiscal_year_be LIMIT 1' INTO wrong;
    IF wrong IS NOT NULL THEN
        PERFORM refuse_money('appropriation_outside_document', wrong);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION put_document_in_force() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM new_rows n JOIN old_rows o USING (id)
        WHERE n.status <> o.status AND 'APPROVED' IN (n.status, o.status)
    ) THEN
        RETURN NULL;
    END IF;
    PERFORM FROM project WHERE id IN (
        SELECT a.project_id FROM appropriation a JOIN new_rows n ON n.id = a.budget_document_id
    ) ORDER BY id FOR NO KEY UPDATE;
    EXECUTE 'UPDATE appropriation a SET in_force = (n.status = ''APPROVED'')
        FROM new_rows n WHERE n.id = a.budget_document_id AND a.in_force <> (n.status = ''APPROVED'')';
    RETURN NULL;
END $$;
"""

TRANSFERS = """
CREATE FUNCTION verify_transfer_lines() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    touched text := CASE TG_OP WHEN 'DELETE' THEN 'old_rows' ELSE 'new_rows' END;
    wrong jsonb;
BEGIN
    EXECUTE format('SELECT count(*) FROM (SELECT FROM budget_transfer
        WHERE id IN (SELECT budget_transfer_id FROM %s) ORDER BY id FOR SHARE) AS locked', touched);
    EXECUTE format('SELECT jsonb_build_object(''transfer'', t.number, ''status'', t.status)
        FROM %s l JOIN budget_transfer t ON t.id = l.budget_transfer_id
        WHERE t.status NOT IN (''DRAFT'', ''RETURNED'') LIMIT 1', touched) INTO wrong;
    IF wrong IS NOT NULL THEN
        PERFORM refuse_money('transfer_not_open', wrong);
    END IF;
    EXECUTE format('SELECT jsonb_build_object(''transfer'', t.number, ''project'', p.code)
        FROM %s l JOIN budget_transfer t ON t.id = l.budget_transfer_id
        JOIN appropriation a ON a.id = l.appropriation_id JOIN project p ON p.id = a.project_id
        WHERE l.project_id <> a.project_id OR p.organisation_code <> t.organisation_code
           OR p.fiscal_year_be <> t.fiscal_year_be LIMIT 1', touched) INTO wrong;
    IF wrong IS NOT NULL THEN
        PERFORM refuse_money('transfer_line_elsewhere', wrong);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION verify_transfer_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    transfer bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.budget_transfer_id ELSE NEW.budget_transfer_id END;
    difference numeric := (SELECT sum(amount_baht) FROM budget_transfer_line WHERE budget_transfer_id = transfer);
BEGIN
    IF difference <> 0 THEN
        PERFORM refuse_money('transfer_unbalanced', jsonb_build_object('difference_baht', difference));
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER verify_transfer_balance AFTER INSERT OR UPDATE OR DELETE ON budget_transfer_line
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION verify_transfer_balance();

CREATE FUNCTION apply_transfer() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM new_rows n JOIN old_rows o USING (id)
        WHERE n.status <> o.status AND 'APPROVED' IN (n.status, o.status)
    ) THEN
        RETURN NULL;
    END IF;
    PERFORM FROM project WHERE id IN (
        SELECT l.project_id FROM budget_transfer_line l JOIN new_rows n ON n.id = l.budget_transfer_id
    ) ORDER BY id FOR NO KEY UPDATE;
    -- only now, under the locks: another transfer of the same money may just have been approved
    EXECUTE 'UPDATE appropriation a SET transferred_baht = s.total FROM (
        SELECT l.appropriation_id, sum(CASE WHEN t.status = ''APPROVED'' THEN l.amount_baht ELSE 0 END) AS total
        FROM budget_transfer_line l JOIN budget_transfer t ON t.id = l.budget_transfer_id
        WHERE l.appropriation_id IN (
            SELECT m.appropriation_id FROM budget_transfer_line m JOIN new_rows n ON n.id = m.budget_transfer_id)
        GROUP BY 1
    ) s WHERE a.id = s.appropriation_id AND a.transferred_baht <> s.total';
    RETURN NULL;
END $$;
"""

AMENDMENTS = """
CREATE FUNCTION amend_contracts() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM project WHERE id IN (SELECT project_id FROM new_rows) ORDER BY id FOR NO KEY UPDATE;
    EXECUTE 'UPDATE contract c SET amended_baht = s.total, extended_to = s.end_on FROM (
        SELECT a.contract_id, sum(a.amount_change_baht) AS total,
               (array_agg(a.new_end_on ORDER BY a.seq DESC) FILTER (WHERE a.new_end_on IS NOT NULL))[1] AS end_on
        FROM contract_amendment a WHERE a.contract_id IN (SELECT contract_id FROM new_rows) GROUP BY 1
    ) s WHERE c.id = s.contract_id';
    RETURN NULL;
END $$;
"""

# Two functions of earlier revisions count what stood in one column until now.
_SUMMED = ("'  SELECT c.project_id, coalesce(sum(m.amount_baht), 0) AS total'", "TG_ARGV[0], projects, TG_TABLE_NAME);")
_SUMMED_NET = (
    "'  SELECT c.project_id, coalesce(sum(m.%4$I), 0) AS total'",
    "TG_ARGV[0], projects, TG_TABLE_NAME, CASE TG_TABLE_NAME WHEN 'appropriation' THEN 'net_baht' "
    "WHEN 'contract' THEN 'final_baht' ELSE 'amount_baht' END);",
)
# Which groups count is asked of the groups: of a column without statistics the planner believes that hardly any row
# passes, and joins a whole import by nested loops.
_SHARED = ("sum(a.amount_baht)", "GROUP BY 1, 2\n        ), paid AS (")
_SHARED_NET = (
    "sum(a.net_baht)",
    "GROUP BY 1, 2 HAVING bool_or(a.in_force AND a.removed_at IS NULL)\n        ), paid AS (",
)
_RECOUNTED = {
    "sum_project_money()": (_SUMMED, _SUMMED_NET),
    "roll_up_shares()": (_SHARED, _SHARED_NET),
    "recount_budget()": (_SHARED, _SHARED_NET),
}

_FUNCTIONS = (
    "require_open_year()",
    "take_status_change()",
    "verify_commitment()",
    "verify_payments()",
    "verify_still_paid()",
    "attach_document()",
    "put_document_in_force()",
    "verify_transfer_lines()",
    "verify_transfer_balance()",
    "apply_transfer()",
    "amend_contracts()",
    "refuse_money(text, jsonb)",
)
# trigger and function -> (table, verb, arguments)
_TRIGGERS = (
    ("attach_document", "appropriation", ("INSERT", "UPDATE"), ""),
    ("put_document_in_force", "budget_document", ("UPDATE",), ""),
    ("verify_transfer_lines", "budget_transfer_line", ("INSERT", "UPDATE", "DELETE"), ""),
    ("apply_transfer", "budget_transfer", ("UPDATE",), ""),
    ("amend_contracts", "contract_amendment", ("INSERT",), ""),
    ("verify_payments", "disbursement", ("INSERT", "UPDATE"), ""),
    ("verify_still_paid", "appropriation", ("UPDATE",), "'net_baht', 'appropriation_id'"),
    ("verify_still_paid", "contract", ("UPDATE",), "'final_baht', 'contract_id'"),
)
_RIGHTS = {
    "budget_work": "SELECT",
    "project_status_transition": "SELECT",
    "project_status_change": "SELECT",
    "closed_fiscal_year": "SELECT",
    "budget_document": "SELECT, INSERT, UPDATE (number, title, submitted_on, council_session, council_approved_on, "
    "approved_on, in_force_on, document, status, submitted_by, submitted_at, approved_by, approved_by_name, "
    "removed_at, removed_by)",
    "budget_transfer": "SELECT, INSERT, UPDATE (number, kind, legal_reference, reason, status, submitted_by, "
    "submitted_at, approved_by, approved_by_name, approved_on, removed_at, removed_by)",
    "budget_transfer_line": "SELECT, INSERT, UPDATE (amount_baht, note)",
    "carry_over": "SELECT, INSERT, UPDATE (amount_baht, until_on, legal_reference, approved_on, removed_at, removed_by)",
    "contract_amendment": "SELECT, INSERT",
    "contract_instalment": "SELECT, INSERT, UPDATE",
    "contract_penalty": "SELECT, INSERT, UPDATE (disbursement_id, removed_at, removed_by)",
    "progress_report": "SELECT, INSERT",
    "fiscal_year_close": "SELECT, INSERT, UPDATE",
    "review_comment": "SELECT, INSERT, UPDATE (resolved_at, resolved_by)",
    "on_behalf_decision": "SELECT, INSERT",
    # What triggers keep is theirs: transferred_baht and in_force, amended_baht and extended_to.
    "appropriation": "INSERT (id, project_id, fund_source_code, programme_code, work_code, expenditure_category_code, "
    "budget_document_id, amount_baht, in_force, legal_reference, approved_on, removed_at, removed_by), "
    "UPDATE (fund_source_code, programme_code, work_code, expenditure_category_code, amount_baht, legal_reference, "
    "approved_on, removed_at, removed_by)",
    "contract": "INSERT (id, project_id, kind, number, egp_number, procurement_method_code, contractor_name, "
    "contractor_is_person, amount_baht, instalments, signed_on, start_on, end_on, extended_to, removed_at, removed_by), "
    "UPDATE (kind, number, egp_number, procurement_method_code, contractor_name, contractor_is_person, amount_baht, "
    "instalments, signed_on, start_on, end_on, removed_at, removed_by)",
}


def upgrade() -> None:
    _create_tables()
    for statements in (REFUSAL, CLOSED_YEARS, STATUS, COMMITMENT, DOCUMENTS, TRANSFERS, AMENDMENTS):
        op.execute(statements)
    _rewrite(new=1)
    for function, table, verbs, arguments in _TRIGGERS:
        for verb in verbs:
            _statement_trigger(f"{function}_{verb.lower()}", table, verb, f"{function}({arguments})")
    for tables, place in ((_OF_PROJECT, "project"), (_OF_ORGANISATION, "organisation")):
        for table in tables:
            for verb in _REFERENCING:
                _statement_trigger(f"year_open_{verb.lower()}", table, verb, f"require_open_year('{place}')")
    _grant()
    _log()


def _log() -> None:
    for table, project in _LOGGED.items():
        for verb in _REFERENCING:
            _statement_trigger(f"log_{verb.lower()}", table, verb, f"log_changes('id', '{project}')")
    for table in _VERSIONED:
        op.execute(
            f"CREATE TRIGGER next_row_version BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION next_row_version()"
        )
    for table in _APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def _grant() -> None:
    op.execute(f"REVOKE UPDATE ON disbursement FROM {APPLICATION_ROLE}")
    op.execute(f"REVOKE INSERT, UPDATE ON appropriation, contract FROM {APPLICATION_ROLE}")
    for table, rights in _RIGHTS.items():
        op.execute(f"GRANT {rights} ON {table} TO {APPLICATION_ROLE}")
    op.execute(f"GRANT UPDATE (progress_report_id) ON attachment TO {APPLICATION_ROLE}")
    for function in _FUNCTIONS[:-1]:
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")


def _statement_trigger(name: str, table: str, verb: str, call: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} AFTER {verb} ON {table} REFERENCING {_REFERENCING[verb]} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {call}"
    )


def _rewrite(*, new: int) -> None:
    """Count net money (``new=1``), or amounts as before (``new=0``), in the functions of earlier revisions."""
    connection = op.get_bind()
    for function, forms in _RECOUNTED.items():
        text = connection.scalar(sa.text(f"SELECT pg_get_functiondef('{function}'::regprocedure)"))
        for old, fresh in zip(forms[1 - new], forms[new], strict=True):
            if old not in text:
                raise RuntimeError(f"{function} does not read as revision 0005 left it: {old}")
            text = text.replace(old, fresh)
        op.execute(text)


def downgrade() -> None:
    for function, table, verbs, _ in _TRIGGERS:
        for verb in verbs:
            op.execute(f"DROP TRIGGER {function}_{verb.lower()} ON {table}")
    for table in (*_OF_PROJECT, *_OF_ORGANISATION):
        for verb in _REFERENCING:
            op.execute(f"DROP TRIGGER year_open_{verb.lower()} ON {table}")
    for table in ("appropriation", "contract"):
        op.execute(f"DROP TRIGGER next_row_version ON {table}")
    op.execute("DROP TRIGGER take_status_change ON project")
    op.execute("DROP TRIGGER verify_commitment ON project")
    op.execute("DROP TRIGGER verify_transfer_balance ON budget_transfer_line")
    op.execute("DROP VIEW closed_fiscal_year")
    for function in _FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    # Money that is not in force would count again: it goes with its documents.
    op.execute("DELETE FROM budget_transfer_line")
    op.execute("DELETE FROM carry_over")
    op.execute("UPDATE appropriation SET amount_baht = net_baht WHERE amount_baht <> net_baht")
    op.execute("UPDATE contract SET amount_baht = final_baht WHERE amount_baht <> final_baht")
    _drop_tables()
    _rewrite(new=0)
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON appropriation, contract, disbursement TO {APPLICATION_ROLE}")


def _create_tables() -> None:
    op.create_unique_constraint(op.f("uq_contract_id_project_id"), "contract", ["id", "project_id"])
    op.create_table(
        "budget_work",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column(
            "attributes", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_budget_work")),
    )
    op.create_table(
        "project_status_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("from_status", sa.Text(), nullable=False),
        sa.Column("to_status", sa.Text(), nullable=False),
        sa.Column("correction", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("on_behalf_of", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.CheckConstraint("NOT correction OR reason IS NOT NULL", name=op.f("ck_project_status_change_correction")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_status_change")),
    )
    op.create_index("ix_project_status_change_project", "project_status_change", ["project_id", "id"], unique=False)
    op.create_table(
        "project_status_transition",
        sa.Column("from_status", sa.Text(), nullable=False),
        sa.Column("to_status", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["from_status"],
            ["project_status.code"],
            name=op.f("fk_project_status_transition_from_status_project_status"),
        ),
        sa.ForeignKeyConstraint(
            ["to_status"], ["project_status.code"], name=op.f("fk_project_status_transition_to_status_project_status")
        ),
        sa.PrimaryKeyConstraint("from_status", "to_status", name=op.f("pk_project_status_transition")),
    )
    op.create_table(
        "budget_document",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_code", sa.Text(), nullable=False),
        sa.Column("fiscal_year_be", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("council_session", sa.Text(), nullable=True),
        sa.Column("council_approved_on", sa.Date(), nullable=True),
        sa.Column("in_force_on", sa.Date(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="DRAFT", nullable=False),
        sa.Column("prepared_by", sa.BigInteger(), nullable=True),
        sa.Column("prepared_by_name", sa.Text(), nullable=False),
        sa.Column("submitted_by", sa.BigInteger(), nullable=True),
        sa.Column("submitted_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("approved_by_name", sa.Text(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("removed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("removed_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('ANNUAL', 'SUPPLEMENTARY', 'ACCUMULATED', 'RESERVE', 'SPECIFIC_GRANT', 'LOAN', 'DONATION', 'OTHER_AGENCY')",
            name=op.f("ck_budget_document_kind"),
        ),
        sa.CheckConstraint(
            "removed_at IS NULL OR status IN ('DRAFT', 'RETURNED')", name=op.f("ck_budget_document_removed")
        ),
        sa.CheckConstraint(
            "status <> 'APPROVED' OR approved_by_name IS NOT NULL", name=op.f("ck_budget_document_approver")
        ),
        sa.CheckConstraint(
            "status <> 'APPROVED' OR approved_on IS NOT NULL", name=op.f("ck_budget_document_approved_on")
        ),
        sa.CheckConstraint(
            "status IN ('DRAFT', 'SUBMITTED', 'APPROVED', 'RETURNED')", name=op.f("ck_budget_document_status")
        ),
        sa.CheckConstraint(
            "approved_by <> prepared_by AND approved_by <> submitted_by", name=op.f("ck_budget_document_four_eyes")
        ),
        sa.CheckConstraint("fiscal_year_be BETWEEN 2540 AND 2640", name=op.f("ck_budget_document_fiscal_year")),
        sa.CheckConstraint(
            "length(number) BETWEEN 1 AND 300 AND length(title) BETWEEN 1 AND 1000",
            name=op.f("ck_budget_document_texts"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["user_account.id"], name=op.f("fk_budget_document_approved_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_code"], ["organisation.code"], name=op.f("fk_budget_document_organisation_code_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["prepared_by"], ["user_account.id"], name=op.f("fk_budget_document_prepared_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["removed_by"], ["user_account.id"], name=op.f("fk_budget_document_removed_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["user_account.id"], name=op.f("fk_budget_document_submitted_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_document")),
    )
    op.create_index(
        "uq_budget_document_number",
        "budget_document",
        ["organisation_code", "fiscal_year_be", "kind", "number"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "budget_transfer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_code", sa.Text(), nullable=False),
        sa.Column("fiscal_year_be", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("legal_reference", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="DRAFT", nullable=False),
        sa.Column("prepared_by", sa.BigInteger(), nullable=True),
        sa.Column("prepared_by_name", sa.Text(), nullable=False),
        sa.Column("submitted_by", sa.BigInteger(), nullable=True),
        sa.Column("submitted_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("approved_by_name", sa.Text(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("removed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("removed_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('TRANSFER', 'NEW_ITEM', 'DESCRIPTION')", name=op.f("ck_budget_transfer_kind")),
        sa.CheckConstraint(
            "removed_at IS NULL OR status IN ('DRAFT', 'RETURNED')", name=op.f("ck_budget_transfer_removed")
        ),
        sa.CheckConstraint(
            "status <> 'APPROVED' OR approved_by_name IS NOT NULL", name=op.f("ck_budget_transfer_approver")
        ),
        sa.CheckConstraint(
            "status IN ('DRAFT', 'SUBMITTED', 'APPROVED', 'RETURNED')", name=op.f("ck_budget_transfer_status")
        ),
        sa.CheckConstraint(
            "approved_by <> prepared_by AND approved_by <> submitted_by", name=op.f("ck_budget_transfer_four_eyes")
        ),
        sa.CheckConstraint("fiscal_year_be BETWEEN 2540 AND 2640", name=op.f("ck_budget_transfer_fiscal_year")),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["user_account.id"], name=op.f("fk_budget_transfer_approved_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_code"], ["organisation.code"], name=op.f("fk_budget_transfer_organisation_code_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["prepared_by"], ["user_account.id"], name=op.f("fk_budget_transfer_prepared_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["removed_by"], ["user_account.id"], name=op.f("fk_budget_transfer_removed_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["user_account.id"], name=op.f("fk_budget_transfer_submitted_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_transfer")),
    )
    op.create_index(
        "uq_budget_transfer_number",
        "budget_transfer",
        ["organisation_code", "fiscal_year_be", "number"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "fiscal_year_close",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_code", sa.Text(), nullable=False),
        sa.Column("fiscal_year_be", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("closed_by", sa.BigInteger(), nullable=True),
        sa.Column("closed_by_name", sa.Text(), nullable=False),
        sa.Column("reopen_requested_by", sa.BigInteger(), nullable=True),
        sa.Column("reopen_requested_by_name", sa.Text(), nullable=True),
        sa.Column("reopen_requested_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("reopen_reason", sa.Text(), nullable=True),
        sa.Column("reopen_until", sa.Date(), nullable=True),
        sa.Column("reopen_confirmed_by", sa.BigInteger(), nullable=True),
        sa.Column("reopen_confirmed_by_name", sa.Text(), nullable=True),
        sa.Column("reopened_until", sa.Date(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("reopen_confirmed_by <> reopen_requested_by", name=op.f("ck_fiscal_year_close_two_people")),
        sa.CheckConstraint(
            "reopen_requested_by IS NULL OR reopen_reason IS NOT NULL", name=op.f("ck_fiscal_year_close_reason")
        ),
        sa.CheckConstraint(
            "reopened_until IS NULL OR (reopen_requested_by IS NOT NULL AND reopen_confirmed_by IS NOT NULL)",
            name=op.f("ck_fiscal_year_close_reopened"),
        ),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["user_account.id"], name=op.f("fk_fiscal_year_close_closed_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_code"],
            ["organisation.code"],
            name=op.f("fk_fiscal_year_close_organisation_code_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["reopen_confirmed_by"],
            ["user_account.id"],
            name=op.f("fk_fiscal_year_close_reopen_confirmed_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["reopen_requested_by"],
            ["user_account.id"],
            name=op.f("fk_fiscal_year_close_reopen_requested_by_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fiscal_year_close")),
        sa.UniqueConstraint(
            "organisation_code", "fiscal_year_be", name=op.f("uq_fiscal_year_close_organisation_code_fiscal_year_be")
        ),
    )
    op.create_table(
        "on_behalf_decision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("organisation_code", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.CheckConstraint("decision = 'CONFIRMED' OR comment IS NOT NULL", name=op.f("ck_on_behalf_decision_comment")),
        sa.CheckConstraint("decision IN ('CONFIRMED', 'DENIED')", name=op.f("ck_on_behalf_decision_decision")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_on_behalf_decision_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_code"],
            ["organisation.code"],
            name=op.f("fk_on_behalf_decision_organisation_code_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_on_behalf_decision")),
        sa.UniqueConstraint(
            "request_id", "organisation_code", name=op.f("uq_on_behalf_decision_request_id_organisation_code")
        ),
    )
    op.create_table(
        "review_comment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("entity_key", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("organisation_code", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("resolved_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("length(text) BETWEEN 1 AND 2000", name=op.f("ck_review_comment_text")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_review_comment_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_code"], ["organisation.code"], name=op.f("fk_review_comment_organisation_code_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by"], ["user_account.id"], name=op.f("fk_review_comment_resolved_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_comment")),
    )
    op.create_index("ix_review_comment_entity", "review_comment", ["entity", "entity_key"], unique=False)
    op.create_table(
        "progress_report",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("on_behalf_of", sa.Text(), nullable=True),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_progress_report_percent")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_progress_report_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["on_behalf_of"], ["organisation.code"], name=op.f("fk_progress_report_on_behalf_of_organisation")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_progress_report_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress_report")),
        sa.UniqueConstraint("id", "project_id", name=op.f("uq_progress_report_id_project_id")),
    )
    op.create_index("ix_progress_report_project", "progress_report", ["project_id", "reported_on", "id"], unique=False)
    op.create_table(
        "budget_transfer_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("budget_transfer_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("appropriation_id", sa.BigInteger(), nullable=False),
        sa.Column("amount_baht", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["appropriation_id"],
            ["appropriation.id"],
            name=op.f("fk_budget_transfer_line_appropriation_id_appropriation"),
        ),
        sa.ForeignKeyConstraint(
            ["budget_transfer_id"],
            ["budget_transfer.id"],
            name=op.f("fk_budget_transfer_line_budget_transfer_id_budget_transfer"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_budget_transfer_line_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_transfer_line")),
        sa.UniqueConstraint(
            "budget_transfer_id",
            "appropriation_id",
            name=op.f("uq_budget_transfer_line_budget_transfer_id_appropriation_id"),
        ),
    )
    op.create_index(
        op.f("ix_budget_transfer_line_appropriation_id"), "budget_transfer_line", ["appropriation_id"], unique=False
    )
    op.create_index(op.f("ix_budget_transfer_line_project_id"), "budget_transfer_line", ["project_id"], unique=False)
    op.create_table(
        "carry_over",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("appropriation_id", sa.BigInteger(), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=True),
        sa.Column("amount_baht", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("obligated", sa.Boolean(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("legal_reference", sa.Text(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("removed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("removed_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("amount_baht > 0", name=op.f("ck_carry_over_amount")),
        sa.CheckConstraint("obligated = (contract_id IS NOT NULL)", name=op.f("ck_carry_over_obligated")),
        sa.CheckConstraint(
            "obligated OR (legal_reference IS NOT NULL AND approved_on IS NOT NULL)",
            name=op.f("ck_carry_over_approval"),
        ),
        sa.ForeignKeyConstraint(
            ["appropriation_id"], ["appropriation.id"], name=op.f("fk_carry_over_appropriation_id_appropriation")
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_carry_over_contract_id_contract")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_carry_over_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_carry_over_project_id_project")),
        sa.ForeignKeyConstraint(
            ["removed_by"], ["user_account.id"], name=op.f("fk_carry_over_removed_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carry_over")),
    )
    op.create_index(op.f("ix_carry_over_appropriation_id"), "carry_over", ["appropriation_id"], unique=False)
    op.create_index(op.f("ix_carry_over_contract_id"), "carry_over", ["contract_id"], unique=False)
    op.create_index(op.f("ix_carry_over_project_id"), "carry_over", ["project_id"], unique=False)
    op.create_table(
        "contract_amendment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("amount_change_baht", sa.Numeric(precision=14, scale=2), server_default="0", nullable=False),
        sa.Column("new_end_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "amount_change_baht <> 0 OR new_end_on IS NOT NULL", name=op.f("ck_contract_amendment_changes")
        ),
        sa.ForeignKeyConstraint(
            ["contract_id", "project_id"],
            ["contract.id", "contract.project_id"],
            name=op.f("fk_contract_amendment_contract_id_project_id_contract"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_contract_amendment_created_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_amendment")),
        sa.UniqueConstraint("contract_id", "seq", name=op.f("uq_contract_amendment_contract_id_seq")),
    )
    op.create_index(op.f("ix_contract_amendment_project_id"), "contract_amendment", ["project_id"], unique=False)
    op.create_table(
        "contract_instalment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("amount_baht", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("work_percent", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("removed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("removed_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("amount_baht > 0", name=op.f("ck_contract_instalment_amount")),
        sa.CheckConstraint("work_percent BETWEEN 0 AND 100", name=op.f("ck_contract_instalment_work_percent")),
        sa.ForeignKeyConstraint(
            ["contract_id", "project_id"],
            ["contract.id", "contract.project_id"],
            name=op.f("fk_contract_instalment_contract_id_project_id_contract"),
        ),
        sa.ForeignKeyConstraint(
            ["removed_by"], ["user_account.id"], name=op.f("fk_contract_instalment_removed_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_instalment")),
        sa.UniqueConstraint("contract_id", "seq", name=op.f("uq_contract_instalment_contract_id_seq")),
    )
    op.create_index(op.f("ix_contract_instalment_project_id"), "contract_instalment", ["project_id"], unique=False)
    op.create_table(
        "contract_penalty",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("rate_percent", sa.Numeric(precision=7, scale=4), nullable=True),
        sa.Column("amount_baht", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("disbursement_id", sa.BigInteger(), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("removed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("removed_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("amount_baht > 0 AND days >= 0", name=op.f("ck_contract_penalty_amount")),
        sa.CheckConstraint("rate_percent BETWEEN 0 AND 100", name=op.f("ck_contract_penalty_rate")),
        sa.ForeignKeyConstraint(
            ["contract_id", "project_id"],
            ["contract.id", "contract.project_id"],
            name=op.f("fk_contract_penalty_contract_id_project_id_contract"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_contract_penalty_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["disbursement_id"], ["disbursement.id"], name=op.f("fk_contract_penalty_disbursement_id_disbursement")
        ),
        sa.ForeignKeyConstraint(
            ["removed_by"], ["user_account.id"], name=op.f("fk_contract_penalty_removed_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_penalty")),
    )
    op.create_index(op.f("ix_contract_penalty_contract_id"), "contract_penalty", ["contract_id"], unique=False)
    op.create_index(op.f("ix_contract_penalty_disbursement_id"), "contract_penalty", ["disbursement_id"], unique=False)
    op.create_index(op.f("ix_contract_penalty_project_id"), "contract_penalty", ["project_id"], unique=False)
    op.add_column("appropriation", sa.Column("work_code", sa.Text(), nullable=True))
    op.add_column("appropriation", sa.Column("budget_document_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "appropriation",
        sa.Column("transferred_baht", sa.Numeric(precision=14, scale=2), server_default="0", nullable=False),
    )
    op.add_column("appropriation", sa.Column("in_force", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.add_column("appropriation", sa.Column("row_version", sa.Integer(), server_default="1", nullable=False))
    op.add_column(
        "appropriation",
        sa.Column("updated_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
    )
    op.add_column("appropriation", sa.Column("removed_at", sa.TIMESTAMP(timezone=True), nullable=True))
    op.add_column("appropriation", sa.Column("removed_by", sa.BigInteger(), nullable=True))
    op.add_column(
        "appropriation",
        sa.Column(
            "net_baht",
            sa.Numeric(precision=14, scale=2),
            sa.Computed(
                "CASE WHEN in_force AND removed_at IS NULL THEN amount_baht + transferred_baht ELSE 0 END",
                persisted=True,
            ),
            nullable=False,
        ),
    )
    op.create_index(
        "ix_appropriation_budget_document_id",
        "appropriation",
        ["budget_document_id"],
        unique=False,
        postgresql_where=sa.text("budget_document_id IS NOT NULL"),
    )
    op.create_index(
        "uq_appropriation_of_document",
        "appropriation",
        [
            "project_id",
            "budget_document_id",
            "fund_source_code",
            sa.literal_column("coalesce(expenditure_category_code, '')"),
        ],
        unique=True,
        postgresql_where=sa.text("budget_document_id IS NOT NULL AND removed_at IS NULL"),
    )
    op.create_foreign_key(
        op.f("fk_appropriation_removed_by_user_account"), "appropriation", "user_account", ["removed_by"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_appropriation_work_code_budget_work"), "appropriation", "budget_work", ["work_code"], ["code"]
    )
    op.create_foreign_key(
        op.f("fk_appropriation_budget_document_id_budget_document"),
        "appropriation",
        "budget_document",
        ["budget_document_id"],
        ["id"],
    )
    op.add_column("attachment", sa.Column("progress_report_id", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_attachment_progress_report_id",
        "attachment",
        ["progress_report_id"],
        unique=False,
        postgresql_where=sa.text("progress_report_id IS NOT NULL"),
    )
    op.create_foreign_key(
        op.f("fk_attachment_progress_report_id_project_id_progress_report"),
        "attachment",
        "progress_report",
        ["progress_report_id", "project_id"],
        ["id", "project_id"],
    )
    op.create_index(
        "ix_change_log_on_behalf_of",
        "change_log",
        ["on_behalf_of", sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("on_behalf_of IS NOT NULL"),
    )
    op.add_column("contract", sa.Column("kind", sa.Text(), server_default="CONTRACT", nullable=False))
    op.add_column(
        "contract", sa.Column("amended_baht", sa.Numeric(precision=14, scale=2), server_default="0", nullable=False)
    )
    op.add_column("contract", sa.Column("extended_to", sa.Date(), nullable=True))
    op.add_column("contract", sa.Column("row_version", sa.Integer(), server_default="1", nullable=False))
    op.add_column(
        "contract",
        sa.Column("updated_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
    )
    op.add_column("contract", sa.Column("removed_at", sa.TIMESTAMP(timezone=True), nullable=True))
    op.add_column("contract", sa.Column("removed_by", sa.BigInteger(), nullable=True))
    op.add_column(
        "contract",
        sa.Column(
            "final_baht",
            sa.Numeric(precision=14, scale=2),
            sa.Computed("CASE WHEN removed_at IS NULL THEN amount_baht + amended_baht ELSE 0 END", persisted=True),
            nullable=False,
        ),
    )
    op.create_foreign_key(
        op.f("fk_contract_removed_by_user_account"), "contract", "user_account", ["removed_by"], ["id"]
    )
    op.add_column("disbursement", sa.Column("method", sa.Text(), nullable=True))
    op.add_column("disbursement", sa.Column("reverses_id", sa.BigInteger(), nullable=True))
    op.add_column("disbursement", sa.Column("reason", sa.Text(), nullable=True))
    op.create_index(
        "uq_disbursement_reverses_id",
        "disbursement",
        ["reverses_id"],
        unique=True,
        postgresql_where=sa.text("reverses_id IS NOT NULL"),
    )
    op.create_foreign_key(
        op.f("fk_disbursement_reverses_id_disbursement"), "disbursement", "disbursement", ["reverses_id"], ["id"]
    )
    op.create_check_constraint(op.f("ck_appropriation_net"), "appropriation", "amount_baht + transferred_baht >= 0")
    op.create_check_constraint(
        op.f("ck_appropriation_in_force"), "appropriation", "in_force OR budget_document_id IS NOT NULL"
    )
    op.create_check_constraint(op.f("ck_contract_final"), "contract", "amount_baht + amended_baht >= 0")
    op.create_check_constraint(
        op.f("ck_contract_kind"), "contract", "kind IN ('CONTRACT', 'FORCE_ACCOUNT', 'GRANT_OUT')"
    )
    op.drop_constraint(op.f("ck_disbursement_amount"), "disbursement", type_="check")
    op.create_check_constraint(
        op.f("ck_disbursement_amount"),
        "disbursement",
        "amount_baht <> 0 AND (amount_baht < 0) = (reverses_id IS NOT NULL)",
    )
    op.create_check_constraint(
        op.f("ck_disbursement_method"), "disbursement", "method IN ('TRANSFER', 'CHEQUE', 'CASH')"
    )


def _drop_tables() -> None:
    op.drop_constraint(op.f("ck_disbursement_amount"), "disbursement", type_="check")
    # A payment that was taken back never happened, in the schema that has no word for it.
    op.execute("DELETE FROM contract_penalty")
    op.execute(
        "DELETE FROM disbursement d WHERE d.reverses_id IS NOT NULL OR EXISTS (SELECT FROM disbursement r WHERE r.reverses_id = d.id)"
    )
    op.create_check_constraint(op.f("ck_disbursement_amount"), "disbursement", "amount_baht > 0")
    op.drop_constraint(op.f("fk_disbursement_reverses_id_disbursement"), "disbursement", type_="foreignkey")
    op.drop_index(
        "uq_disbursement_reverses_id", table_name="disbursement", postgresql_where=sa.text("reverses_id IS NOT NULL")
    )
    op.drop_column("disbursement", "reason")
    op.drop_column("disbursement", "reverses_id")
    op.drop_column("disbursement", "method")
    op.drop_constraint(op.f("fk_contract_removed_by_user_account"), "contract", type_="foreignkey")
    op.drop_column("contract", "final_baht")
    op.drop_column("contract", "removed_by")
    op.drop_column("contract", "removed_at")
    op.drop_column("contract", "updated_at")
    op.drop_column("contract", "row_version")
    op.drop_column("contract", "extended_to")
    op.drop_column("contract", "amended_baht")
    op.drop_column("contract", "kind")
    op.drop_index(
        "ix_change_log_on_behalf_of", table_name="change_log", postgresql_where=sa.text("on_behalf_of IS NOT NULL")
    )
    op.drop_constraint(
        op.f("fk_attachment_progress_report_id_project_id_progress_report"), "attachment", type_="foreignkey"
    )
    op.drop_index(
        "ix_attachment_progress_report_id",
        table_name="attachment",
        postgresql_where=sa.text("progress_report_id IS NOT NULL"),
    )
    op.drop_column("attachment", "progress_report_id")
    op.drop_constraint(op.f("fk_appropriation_budget_document_id_budget_document"), "appropriation", type_="foreignkey")
    op.drop_constraint(op.f("fk_appropriation_work_code_budget_work"), "appropriation", type_="foreignkey")
    op.drop_constraint(op.f("fk_appropriation_removed_by_user_account"), "appropriation", type_="foreignkey")
    op.drop_index(
        "uq_appropriation_of_document",
        table_name="appropriation",
        postgresql_where=sa.text("budget_document_id IS NOT NULL AND removed_at IS NULL"),
    )
    op.drop_index(
        "ix_appropriation_budget_document_id",
        table_name="appropriation",
        postgresql_where=sa.text("budget_document_id IS NOT NULL"),
    )
    op.drop_column("appropriation", "net_baht")
    op.drop_column("appropriation", "removed_by")
    op.drop_column("appropriation", "removed_at")
    op.drop_column("appropriation", "updated_at")
    op.drop_column("appropriation", "row_version")
    op.drop_column("appropriation", "in_force")
    op.drop_column("appropriation", "transferred_baht")
    op.drop_column("appropriation", "budget_document_id")
    op.drop_column("appropriation", "work_code")
    op.drop_index(op.f("ix_contract_penalty_project_id"), table_name="contract_penalty")
    op.drop_index(op.f("ix_contract_penalty_disbursement_id"), table_name="contract_penalty")
    op.drop_index(op.f("ix_contract_penalty_contract_id"), table_name="contract_penalty")
    op.drop_table("contract_penalty")
    op.drop_index(op.f("ix_contract_instalment_project_id"), table_name="contract_instalment")
    op.drop_table("contract_instalment")
    op.drop_index(op.f("ix_contract_amendment_project_id"), table_name="contract_amendment")
    op.drop_table("contract_amendment")
    op.drop_index(op.f("ix_carry_over_project_id"), table_name="carry_over")
    op.drop_index(op.f("ix_carry_over_contract_id"), table_name="carry_over")
    op.drop_index(op.f("ix_carry_over_appropriation_id"), table_name="carry_over")
    op.drop_table("carry_over")
    op.drop_index(op.f("ix_budget_transfer_line_project_id"), table_name="budget_transfer_line")
    op.drop_index(op.f("ix_budget_transfer_line_appropriation_id"), table_name="budget_transfer_line")
    op.drop_table("budget_transfer_line")
    op.drop_index("ix_progress_report_project", table_name="progress_report")
    op.drop_table("progress_report")
    op.drop_index("ix_review_comment_entity", table_name="review_comment")
    op.drop_table("review_comment")
    op.drop_table("on_behalf_decision")
    op.drop_table("fiscal_year_close")
    op.drop_index(
        "uq_budget_transfer_number", table_name="budget_transfer", postgresql_where=sa.text("removed_at IS NULL")
    )
    op.drop_table("budget_transfer")
    op.drop_index(
        "uq_budget_document_number", table_name="budget_document", postgresql_where=sa.text("removed_at IS NULL")
    )
    op.drop_table("budget_document")
    op.drop_table("project_status_transition")
    op.drop_index("ix_project_status_change_project", table_name="project_status_change")
    op.drop_table("project_status_change")
    op.drop_table("budget_work")
    op.drop_constraint(op.f("uq_contract_id_project_id"), "contract", type_="unique")
