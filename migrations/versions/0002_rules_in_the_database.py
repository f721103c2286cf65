"""Rules that no door can bypass: change log, immutable versions, sums of money, row versions, grants."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "eplan_app"

# entity -> (key column, project id column or '')
AUDITED = {
    "area": ("code", ""),
    "organisation": ("code", ""),
    "user_account": ("id", ""),
    "membership": ("id", ""),
    "api_token": ("id", ""),
    "plan": ("id", ""),
    "plan_version": ("id", ""),
    "local_strategy": ("id", ""),
    "plan_project": ("id", ""),
    "project": ("id", "id"),
    "appropriation": ("id", "project_id"),
    "contract": ("id", "project_id"),
    "disbursement": ("id", "project_id"),
    "project_geometry": ("id", "project_id"),
}

# The log tells what people decide; large shapes stand in their own version rows, derived columns in their sources,
# and nothing secret may be copied.
CHANGE_LOG = """
CREATE FUNCTION log_form(entity text, r jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE entity
        WHEN 'user_account' THEN r - '{password,fs_uniquifier,tf_totp_secret,last_login_at,current_login_at,last_login_ip,current_login_ip,login_count,failed_sign_ins,locked_until}'::text[]
        WHEN 'api_token' THEN r - '{token_sha256,last_used_at}'::text[]
        WHEN 'project' THEN r - '{name_search,row_version,updated_at,budget_baht,contracted_baht,disbursed_baht}'::text[]
        ELSE r - '{geom,point,office,boundary,territory,name_search,original}'::text[]
    END;

-- What log_form takes away is left out before a row becomes JSON: geometry written as GeoJSON only to be thrown away cost
-- a large import most of its time. EXECUTE plans for the rows at hand: a plan kept from a one-row update compared the
-- rows of a bulk update with each other.
CREATE FUNCTION log_changes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    columns text := (
        SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = TG_RELID AND attnum > 0 AND NOT attisdropped AND atttypid <> 'geometry'::regtype
          AND log_form(TG_TABLE_NAME, jsonb_build_object(attname, 0)) <> '{}'
    );
    who text := format('nullif(%L, '''')::bigint, %L, nullif(%L, ''''), nullif(%L, ''''), %L',
        coalesce(current_setting('eplan.user_id', true), ''),
        coalesce(nullif(current_setting('eplan.user_name', true), ''), session_user),
        coalesce(current_setting('eplan.on_behalf_of', true), ''),
        coalesce(current_setting('eplan.request_id', true), ''), TG_TABLE_NAME);
BEGIN
    IF TG_OP = 'UPDATE' THEN
        EXECUTE format(
            'INSERT INTO change_log (user_id, user_name, on_behalf_of, request_id, entity, entity_key, project_id, action, before, after)
             WITH o AS MATERIALIZED (
                 SELECT r->>%2$L AS k, r AS f
                 FROM (SELECT to_jsonb(x) AS r FROM (SELECT %4$s FROM old_rows) x OFFSET 0) a
             ), n AS MATERIALIZED (
                 SELECT r->>%2$L AS k, (r->>%3$L)::bigint AS project_id, r AS f
                 FROM (SELECT to_jsonb(x) AS r FROM (SELECT %4$s FROM new_rows) x OFFSET 0) b
             )
             SELECT %5$s, k, n.project_id, ''update'',
                 (SELECT jsonb_object_agg(e.key, e.value) FROM jsonb_each(o.f) e WHERE e.value IS DISTINCT FROM n.f->e.key),
                 (SELECT jsonb_object_agg(e.key, e.value) FROM jsonb_each(n.f) e WHERE e.value IS DISTINCT FROM o.f->e.key)
             FROM o JOIN n USING (k) WHERE o.f IS DISTINCT FROM n.f',
            TG_TABLE_NAME, TG_ARGV[0], TG_ARGV[1], columns, who);
    ELSE
        EXECUTE format(
            'INSERT INTO change_log (user_id, user_name, on_behalf_of, request_id, entity, entity_key, project_id, action, %6$s)
             SELECT %5$s, r->>%2$L, (r->>%3$L)::bigint, %7$L, r
             FROM (SELECT to_jsonb(x) AS r FROM (SELECT %4$s FROM %8$s) x OFFSET 0) a',
            TG_TABLE_NAME, TG_ARGV[0], TG_ARGV[1], columns, who,
            CASE TG_OP WHEN 'INSERT' THEN 'after' ELSE 'before' END, lower(TG_OP),
            CASE TG_OP WHEN 'INSERT' THEN 'new_rows' ELSE 'old_rows' END);
    END IF;
    RETURN NULL;
END $$;
"""

IMMUTABLE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows are never changed or removed', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""

ROW_VERSION = """
CREATE FUNCTION next_row_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.row_version := OLD.row_version + 1;
    NEW.updated_at := now();
    RETURN NEW;
END $$;
CREATE TRIGGER next_row_version BEFORE UPDATE ON project FOR EACH ROW EXECUTE FUNCTION next_row_version();
"""

MONEY = """
CREATE FUNCTION sum_project_money() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    projects text := CASE TG_OP
        WHEN 'INSERT' THEN 'SELECT project_id FROM new_rows'
        WHEN 'DELETE' THEN 'SELECT project_id FROM old_rows'
        ELSE 'SELECT project_id FROM new_rows UNION SELECT project_id FROM old_rows' END;
BEGIN
    -- Whoever pays the same project at the same moment waits here and then sums what both of us wrote.
    EXECUTE format('SELECT FROM project WHERE id IN (%s) ORDER BY id FOR NO KEY UPDATE', projects);
    -- one statement per changed table: appropriation -> budget, contract -> contracted, disbursement -> disbursed
    EXECUTE format(
        'UPDATE project p SET %1$I = s.total FROM ('
        '  SELECT c.project_id, coalesce(sum(m.amount_baht), 0) AS total'
        '  FROM (SELECT DISTINCT project_id FROM (%2$s) x) c LEFT JOIN %3$I m USING (project_id) GROUP BY c.project_id'
        ') s WHERE p.id = s.project_id AND p.%1$I IS DISTINCT FROM s.total',
        TG_ARGV[0], projects, TG_TABLE_NAME);
    RETURN NULL;
END $$;
"""

REFERENCE = [
    "lao_type",
    "fund_source",
    "budget_programme",
    "expenditure_category",
    "road_surface_type",
    "water_source_type",
    "structure_type",
    "work_nature",
    "project_status",
    "geometry_status",
    "national_strategy",
    "plan_change_type",
    "procurement_method",
    "role",
    "alembic_version",
]
WRITABLE = [
    "area",
    "area_population",
    "base_feature",
    "organisation",
    "plan_period",
    "plan",
    "plan_version",
    "local_strategy",
    "plan_project",
    "project",
    "project_code_counter",
    "appropriation",
    "contract",
    "disbursement",
    "user_account",
    "membership",
    "api_token",
    "background_job",
    "import_batch",
]
REMOVABLE = [
    "organisation_coverage",
    "plan_project_amount",
    "project_segment",
    "geometry_draft",
    "import_row",
]
APPEND_ONLY = ["project_geometry", "project_geometry_segment"]
READ_ONLY = ["change_log"]


def upgrade() -> None:
    op.execute(CHANGE_LOG)
    for table, (key, project) in AUDITED.items():
        for verb, references in (
            ("INSERT", "NEW TABLE AS new_rows"),
            ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
            ("DELETE", "OLD TABLE AS old_rows"),
        ):
            op.execute(
                f"CREATE TRIGGER log_{verb.lower()} AFTER {verb} ON {table} REFERENCING {references} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION log_changes('{key}', '{project}')"
            )
    op.execute(IMMUTABLE)
    for table in (*APPEND_ONLY, *READ_ONLY):
        op.execute(
            f"CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(f"CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()")
    op.execute(ROW_VERSION)
    op.execute(MONEY)
    for table, column in (
        ("appropriation", "budget_baht"),
        ("contract", "contracted_baht"),
        ("disbursement", "disbursed_baht"),
    ):
        for verb, references in (
            ("INSERT", "NEW TABLE AS new_rows"),
            ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
            ("DELETE", "OLD TABLE AS old_rows"),
        ):
            op.execute(
                f"CREATE TRIGGER sum_money_{verb.lower()} AFTER {verb} ON {table} REFERENCING {references} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION sum_project_money('{column}')"
            )
    _grant()


def _grant() -> None:
    op.execute(
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APPLICATION_ROLE}') "
        f"THEN CREATE ROLE {APPLICATION_ROLE} NOLOGIN; END IF; END $$"
    )
    op.execute(
        f"DO $$ BEGIN IF NOT pg_has_role(current_user, '{APPLICATION_ROLE}', 'MEMBER') "
        f"THEN EXECUTE format('GRANT {APPLICATION_ROLE} TO %I', current_user); END IF; END $$"
    )
    op.execute(f"GRANT USAGE ON SCHEMA public TO {APPLICATION_ROLE}")
    op.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    for tables, rights in (
        (REFERENCE, "SELECT"),
        (WRITABLE, "SELECT, INSERT, UPDATE"),
        (REMOVABLE, "SELECT, INSERT, UPDATE, DELETE"),
        (APPEND_ONLY, "SELECT, INSERT"),
        (READ_ONLY, "SELECT"),
    ):
        for table in tables:
            op.execute(f"GRANT {rights} ON {table} TO {APPLICATION_ROLE}")
    op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APPLICATION_ROLE}")
    op.execute(f"REVOKE ALL ON SEQUENCE change_log_id_seq FROM {APPLICATION_ROLE}")
    # A trigger fires for whoever may write its table. Attached to a table of one's own, the same function would write
    # any line into the log: only who owns it may attach it.
    op.execute("REVOKE EXECUTE ON FUNCTION log_changes(), sum_project_money() FROM PUBLIC")


def downgrade() -> None:
    op.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {APPLICATION_ROLE}")
    op.execute(f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {APPLICATION_ROLE}")
    op.execute(f"REVOKE USAGE ON SCHEMA public FROM {APPLICATION_ROLE}")
    op.execute("DROP TRIGGER next_row_version ON project")
    op.execute(
        "DROP FUNCTION sum_project_money(), next_row_version(), refuse_change(), log_changes(), log_form(text, jsonb) CASCADE"
    )
