"""A project with money keeps its year; a version in force keeps the words of its plan; numbers of versions are unique."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# Money is of the fiscal year of its project: a project that moves would take it along, past its document and into or
# out of a year that is closed. The row of the project is locked by then, and whoever adds money waits for it.
YEAR_OF_MONEY = """
CREATE FUNCTION verify_year_of_money() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    closed jsonb;
BEGIN
    IF EXISTS (SELECT FROM appropriation WHERE project_id = NEW.id AND removed_at IS NULL)
       OR EXISTS (SELECT FROM contract WHERE project_id = NEW.id AND removed_at IS NULL)
       OR EXISTS (SELECT FROM disbursement WHERE project_id = NEW.id) THEN
        PERFORM refuse_money('project_year_with_money', jsonb_build_object(
            'project', NEW.code, 'year', OLD.fiscal_year_be, 'to', NEW.fiscal_year_be));
    END IF;
    SELECT to_jsonb(c) INTO closed FROM closed_fiscal_year c
    WHERE c.organisation_code IN (OLD.organisation_code, NEW.organisation_code)
      AND c.fiscal_year_be IN (OLD.fiscal_year_be, NEW.fiscal_year_be) LIMIT 1;
    IF closed IS NOT NULL THEN
        PERFORM refuse_money('fiscal_year_closed', closed);
    END IF;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION verify_year_of_money() FROM PUBLIC;
CREATE TRIGGER verify_year_of_money AFTER UPDATE ON project FOR EACH ROW
    WHEN (OLD.fiscal_year_be IS DISTINCT FROM NEW.fiscal_year_be) EXECUTE FUNCTION verify_year_of_money();
"""

ATTACH = """
CREATE OR REPLACE FUNCTION attach_document() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    wrong jsonb;
BEGIN
    IF NOT EXISTS (SELECT FROM new_rows WHERE budget_document_id IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    -- whoever approves the document at this moment waits, or has been waited for%s
    PERFORM FROM budget_document WHERE id IN (SELECT budget_document_id FROM new_rows) ORDER BY id FOR SHARE;%s
    EXECUTE 'SELECT jsonb_build_object(''document'', d.id, ''project'', p.code)
        FROM new_rows a JOIN budget_document d ON d.id = a.budget_document_id JOIN project p ON p.id = a.project_id
        WHERE %s LIMIT 1' INTO wrong;
    IF wrong IS NOT NULL THEN
        PERFORM refuse_money('appropriation_outside_document', wrong);
    END IF;
    RETURN NULL;
END $$;
"""
_AGREES = (
    "a.in_force <> (d.status = ''APPROVED'') OR p.organisation_code <> d.organisation_code\n"
    "           OR p.fiscal_year_be <> d.fiscal_year_be"
)
# What does not agree any more can always be taken out of its document.
ATTACH_STANDING = ATTACH % (
    "; and whoever moves the project",
    "\n    PERFORM FROM project WHERE id IN (SELECT project_id FROM new_rows WHERE budget_document_id IS NOT NULL)"
    "\n    ORDER BY id FOR NO KEY UPDATE;",
    f"a.removed_at IS NULL AND ({_AGREES})",
)
ATTACH_ALL = ATTACH % ("", "", _AGREES)

WORDS = """
CREATE FUNCTION plan_words(of_plan bigint) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('vision', p.vision, 'mission', p.mission, 'goals', p.goals, 'strategies', coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'id', s.id, 'code', s.code, 'name_th', s.name_th, 'goal', s.goal,
            'national_strategy_code', s.national_strategy_code, 'row_version', s.row_version,
            'tactics', coalesce((
                SELECT jsonb_agg(jsonb_build_object('id', t.id, 'code', t.code, 'name_th', t.name_th,
                                                    'indicator', t.indicator, 'row_version', t.row_version)
                                 ORDER BY length(t.code), t.code)
                FROM local_tactic t WHERE t.local_strategy_id = s.id), '[]'),
            'serves', coalesce((
                SELECT jsonb_agg(jsonb_build_object('id', i.id, 'framework', i.framework, 'code', i.code,
                                                    'name_th', i.name_th, 'name_en', i.name_en)
                                 ORDER BY i.framework, i.seq, i.code)
                FROM local_strategy_alignment a JOIN alignment_item i ON i.id = a.alignment_item_id
                WHERE a.local_strategy_id = s.id), '[]'))
            ORDER BY length(s.code), s.code)
        FROM local_strategy s WHERE s.plan_id = p.id), '[]'))
    FROM plan p WHERE p.id = of_plan
$$;
COMMENT ON FUNCTION plan_words(bigint) IS 'What a plan says beside its lines, as a version keeps it when it comes into force';

-- A version that came into force by another door than a promulgation (an import) takes its words when they change.
CREATE FUNCTION keep_plan_words() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_plan bigint := CASE TG_TABLE_NAME
        WHEN 'plan' THEN (to_jsonb(OLD)->>'id')::bigint
        WHEN 'local_strategy' THEN (to_jsonb(OLD)->>'plan_id')::bigint
        ELSE (SELECT plan_id FROM local_strategy WHERE id = (to_jsonb(OLD)->>'local_strategy_id')::bigint) END;
BEGIN
    UPDATE plan_version SET words = plan_words(plan_id)
    WHERE plan_id = of_plan AND status = 'PROMULGATED' AND words IS NULL;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER keep_plan_words BEFORE UPDATE ON plan FOR EACH ROW
    WHEN ((OLD.vision, OLD.mission, OLD.goals) IS DISTINCT FROM (NEW.vision, NEW.mission, NEW.goals))
    EXECUTE FUNCTION keep_plan_words();
CREATE TRIGGER keep_plan_words BEFORE UPDATE OR DELETE ON local_strategy
    FOR EACH ROW EXECUTE FUNCTION keep_plan_words();
CREATE TRIGGER keep_plan_words BEFORE UPDATE OR DELETE ON local_tactic FOR EACH ROW EXECUTE FUNCTION keep_plan_words();
CREATE TRIGGER keep_plan_words BEFORE DELETE ON local_strategy_alignment
    FOR EACH ROW EXECUTE FUNCTION keep_plan_words();

CREATE FUNCTION refuse_change_of_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the words of a promulgated plan version are never changed'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER refuse_change_of_words BEFORE UPDATE ON plan_version FOR EACH ROW
    WHEN (OLD.status = 'PROMULGATED' AND OLD.words IS NOT NULL AND OLD.words IS DISTINCT FROM NEW.words)
    EXECUTE FUNCTION refuse_change_of_words();
"""
_LOGGED = "WHEN 'plan_version'::text THEN (r - '{row_version,updated_at}'::text[])"
_LOGGED_WITHOUT_WORDS = "WHEN 'plan_version'::text THEN (r - '{row_version,updated_at,words}'::text[])"


def upgrade() -> None:
    op.execute(YEAR_OF_MONEY)
    op.execute(ATTACH_STANDING)
    op.add_column("plan_version", sa.Column("words", postgresql.JSONB(), nullable=True))
    _log_form(_LOGGED, _LOGGED_WITHOUT_WORDS)
    op.execute(WORDS)
    # Two that were opened at one moment under one number: the later one says so.
    op.execute(
        "UPDATE plan_version v SET number = v.number || ' (' || d.n || ')' FROM ("
        " SELECT id, row_number() OVER (PARTITION BY plan_id, fiscal_year_be, change_types, number"
        "  ORDER BY seq NULLS LAST, id) AS n FROM plan_version WHERE status <> 'DISCARDED') d"
        " WHERE d.id = v.id AND d.n > 1"
    )
    op.create_index(
        "uq_plan_version_number",
        "plan_version",
        ["plan_id", "fiscal_year_be", "change_types", "number"],
        unique=True,
        postgresql_where=sa.text("status <> 'DISCARDED'"),
    )


def downgrade() -> None:
    op.drop_index("uq_plan_version_number", "plan_version")
    for table in ("plan", "local_strategy", "local_tactic", "local_strategy_alignment"):
        op.execute(f"DROP TRIGGER keep_plan_words ON {table}")
    op.execute("DROP TRIGGER refuse_change_of_words ON plan_version")
    for function in ("keep_plan_words()", "refuse_change_of_words()", "plan_words(bigint)"):
        op.execute(f"DROP FUNCTION {function}")
    _log_form(_LOGGED_WITHOUT_WORDS, _LOGGED)
    op.drop_column("plan_version", "words")
    op.execute(ATTACH_ALL)
    op.execute("DROP TRIGGER verify_year_of_money ON project")
    op.execute("DROP FUNCTION verify_year_of_money()")


def _log_form(old: str, new: str) -> None:
    """Write the function of the log anew with another list of what it leaves out."""
    connection = op.get_bind()
    text = connection.scalar(sa.text("SELECT pg_get_functiondef('log_form(text,jsonb)'::regprocedure)"))
    if old not in text:
        raise RuntimeError("log_form does not read as revision 0012 wrote it")
    connection.exec_driver_sql(text.replace(old, new))
