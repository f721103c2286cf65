"""Plans with versions and steps, strategies per plan with what they serve, profile and people of an organisation."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "eplan_app"

VERSIONED = (
    "plan",
    "plan_version",
    "plan_project",
    "local_strategy",
    "local_tactic",
    "organisation_profile",
    "organisation_population",
    "community",
)
# table -> columns that tell its rows apart
NEWLY_LOGGED = {
    "plan_version_step": "id",
    "plan_project_amount": "plan_project_id,fiscal_year_be",
    "local_tactic": "id",
    "alignment_item": "id",
    "local_strategy_alignment": "local_strategy_id,alignment_item_id",
    "organisation_profile": "organisation_code",
    "organisation_population": "organisation_code,year_be",
    "community": "id",
}
_REFERENCING = {
    "INSERT": "NEW TABLE AS new_rows",
    "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "OLD TABLE AS old_rows",
}

LOG_FORM = """
CREATE OR REPLACE FUNCTION log_form(entity text, r jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE entity
        WHEN 'user_account' THEN r - '{password,fs_uniquifier,tf_totp_secret,last_login_at,current_login_at,last_login_ip,current_login_ip,login_count,failed_sign_ins,locked_until}'::text[]
        WHEN 'api_token' THEN r - '{token_sha256,last_used_at}'::text[]
        WHEN 'project' THEN r - '{name_search,row_version,updated_at,%sbudget_baht,contracted_baht,disbursed_baht}'::text[]
%s        ELSE r - '{geom,point,office,boundary,territory,name_search,original}'::text[]
    END;
"""
# Numbers of writing and times say nothing of what people decide; where they tell two writers apart they stay.
PLAIN = """        WHEN 'plan' THEN r - '{row_version,updated_at}'::text[]
        WHEN 'plan_version' THEN r - '{row_version,updated_at}'::text[]
        WHEN 'plan_project' THEN r - '{row_version,updated_at}'::text[]
        WHEN 'local_strategy' THEN r - '{row_version,updated_at}'::text[]
        WHEN 'local_tactic' THEN r - '{row_version,updated_at}'::text[]
        WHEN 'organisation_profile' THEN r - '{row_version,updated_at}'::text[]
        WHEN 'organisation_population' THEN r - '{row_version,updated_at}'::text[]
        WHEN 'community' THEN r - '{row_version,updated_at}'::text[]
        WHEN 'finance_month' THEN r - '{row_version,updated_at}'::text[]
        WHEN 'grant_allotment' THEN r - '{row_version,updated_at}'::text[]
"""

LOG_BY_ONE_COLUMN = """
CREATE OR REPLACE FUNCTION log_changes() RETURNS trigger
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

LOG_BY_SEVERAL_COLUMNS = """
CREATE OR REPLACE FUNCTION log_changes() RETURNS trigger
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
    -- Several columns tell rows of one key apart (the amounts of a line by their year): k is then 'first/second'.
    key text := (
        SELECT CASE count(*) WHEN 1 THEN min(format('r->>%L', c))
                             ELSE 'concat_ws(''/'', ' || string_agg(format('r->>%L', c), ', ' ORDER BY n) || ')' END
        FROM unnest(string_to_array(TG_ARGV[0], ',')) WITH ORDINALITY AS a(c, n)
    );
BEGIN
    IF TG_OP = 'UPDATE' THEN
        EXECUTE format(
            'INSERT INTO change_log (user_id, user_name, on_behalf_of, request_id, entity, entity_key, project_id, action, before, after)
             WITH o AS MATERIALIZED (
                 SELECT %2$s AS k, r AS f
                 FROM (SELECT to_jsonb(x) AS r FROM (SELECT %4$s FROM old_rows) x OFFSET 0) a
             ), n AS MATERIALIZED (
                 SELECT %2$s AS k, (r->>%3$L)::bigint AS project_id, r AS f
                 FROM (SELECT to_jsonb(x) AS r FROM (SELECT %4$s FROM new_rows) x OFFSET 0) b
             )
             SELECT %5$s, k, n.project_id, ''update'',
                 (SELECT jsonb_object_agg(e.key, e.value) FROM jsonb_each(o.f) e WHERE e.value IS DISTINCT FROM n.f->e.key),
                 (SELECT jsonb_object_agg(e.key, e.value) FROM jsonb_each(n.f) e WHERE e.value IS DISTINCT FROM o.f->e.key)
             FROM o JOIN n USING (k) WHERE o.f IS DISTINCT FROM n.f',
            TG_TABLE_NAME, key, TG_ARGV[1], columns, who);
    ELSE
        EXECUTE format(
            'INSERT INTO change_log (user_id, user_name, on_behalf_of, request_id, entity, entity_key, project_id, action, %6$s)
             SELECT %5$s, %2$s, (r->>%3$L)::bigint, %7$L, r
             FROM (SELECT to_jsonb(x) AS r FROM (SELECT %4$s FROM %8$s) x OFFSET 0) a',
            TG_TABLE_NAME, key, TG_ARGV[1], columns, who,
            CASE TG_OP WHEN 'INSERT' THEN 'after' ELSE 'before' END, lower(TG_OP),
            CASE TG_OP WHEN 'INSERT' THEN 'new_rows' ELSE 'old_rows' END);
    END IF;
    RETURN NULL;
END $$;
"""

ORIGIN = """
CREATE FUNCTION plan_line_origin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.origin_id := CASE WHEN NEW.previous_id IS NULL THEN NEW.id
                          ELSE (SELECT origin_id FROM plan_project WHERE id = NEW.previous_id) END;
    RETURN NEW;
END $$;
CREATE TRIGGER plan_line_origin BEFORE INSERT ON plan_project FOR EACH ROW EXECUTE FUNCTION plan_line_origin();
"""

# What was promulgated is what the council and the public saw: no door changes it afterwards.
CLOSED = """
CREATE FUNCTION refuse_change_of_promulgated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'plan_version' THEN
        IF (OLD.seq, OLD.change_types, OLD.plan_id, OLD.plan_period_id, OLD.status)
           IS DISTINCT FROM (NEW.seq, NEW.change_types, NEW.plan_id, NEW.plan_period_id, NEW.status) THEN
            RAISE EXCEPTION 'a promulgated plan version is never changed'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF EXISTS (
        SELECT FROM plan_project l JOIN plan_version v ON v.id = l.plan_version_id
        WHERE l.id = CASE TG_TABLE_NAME WHEN 'plan_project' THEN (to_jsonb(OLD)->>'id')::bigint
                                        ELSE (to_jsonb(OLD)->>'plan_project_id')::bigint END
          AND v.status = 'PROMULGATED'
    ) THEN
        RAISE EXCEPTION 'lines of a promulgated plan version are never changed or removed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER refuse_change_of_promulgated BEFORE UPDATE ON plan_version
    FOR EACH ROW WHEN (OLD.status = 'PROMULGATED') EXECUTE FUNCTION refuse_change_of_promulgated();
CREATE TRIGGER refuse_change_of_promulgated BEFORE UPDATE OR DELETE ON plan_project
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_promulgated();
CREATE TRIGGER refuse_change_of_promulgated BEFORE UPDATE OR DELETE ON plan_project_amount
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_promulgated();
"""

PLANNED = """
CREATE FUNCTION take_planned_money() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.planned_baht := coalesce((
        SELECT a.amount_baht FROM plan_project_amount a
        WHERE a.plan_project_id = NEW.plan_project_id AND a.fiscal_year_be = NEW.fiscal_year_be), 0);
    RETURN NEW;
END $$;
-- An import of works without plan lines never calls it.
CREATE TRIGGER take_planned_money_insert BEFORE INSERT ON project
    FOR EACH ROW WHEN (NEW.plan_project_id IS NOT NULL) EXECUTE FUNCTION take_planned_money();
CREATE TRIGGER take_planned_money_update BEFORE UPDATE OF plan_project_id, fiscal_year_be ON project
    FOR EACH ROW WHEN ((OLD.plan_project_id, OLD.fiscal_year_be) IS DISTINCT FROM (NEW.plan_project_id, NEW.fiscal_year_be))
    EXECUTE FUNCTION take_planned_money();

CREATE FUNCTION spread_planned_money() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    touched text := CASE TG_OP
        WHEN 'INSERT' THEN 'SELECT plan_project_id, fiscal_year_be FROM new_rows'
        WHEN 'DELETE' THEN 'SELECT plan_project_id, fiscal_year_be FROM old_rows'
        ELSE 'SELECT plan_project_id, fiscal_year_be FROM new_rows UNION SELECT plan_project_id, fiscal_year_be FROM old_rows' END;
BEGIN
    EXECUTE format(
        'UPDATE project p SET planned_baht = coalesce(a.amount_baht, 0)
         FROM (%s) t LEFT JOIN plan_project_amount a USING (plan_project_id, fiscal_year_be)
         WHERE p.plan_project_id = t.plan_project_id AND p.fiscal_year_be = t.fiscal_year_be
           AND p.planned_baht IS DISTINCT FROM coalesce(a.amount_baht, 0)', touched);
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION spread_planned_money() FROM PUBLIC;
"""


def upgrade() -> None:
    op.execute(LOG_FORM % ("planned_baht,", PLAIN))
    op.execute(LOG_BY_SEVERAL_COLUMNS)
    _plans()
    _strategies()
    _profile()
    _lines()
    _projects()
    for table in VERSIONED:
        op.execute(
            f"CREATE TRIGGER next_row_version BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION next_row_version()"
        )
    for table, key in NEWLY_LOGGED.items():
        for verb, references in _REFERENCING.items():
            op.execute(
                f"CREATE TRIGGER log_{verb.lower()} AFTER {verb} ON {table} REFERENCING {references} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION log_changes('{key}', '')"
            )
    op.execute(
        "GRANT SELECT, INSERT, UPDATE ON local_tactic, alignment_item, organisation_profile, organisation_population "
        f"TO {APPLICATION_ROLE}"
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON local_strategy_alignment, community TO {APPLICATION_ROLE}")
    op.execute(f"GRANT DELETE ON local_strategy, local_tactic TO {APPLICATION_ROLE}")
    op.execute(f"GRANT SELECT, INSERT ON plan_version_step TO {APPLICATION_ROLE}")
    op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APPLICATION_ROLE}")
    op.execute(f"REVOKE ALL ON SEQUENCE change_log_id_seq FROM {APPLICATION_ROLE}")


def _plans() -> None:
    for column in ("vision", "mission", "goals"):
        op.add_column("plan", sa.Column(column, sa.Text(), nullable=True))
    _versioned("plan")
    op.alter_column("plan_version", "seq", nullable=True)
    op.add_column("plan_version", sa.Column("plan_period_id", sa.BigInteger(), nullable=True))
    op.execute("UPDATE plan_version v SET plan_period_id = p.plan_period_id FROM plan p WHERE p.id = v.plan_id")
    op.alter_column("plan_version", "plan_period_id", nullable=False)
    op.create_foreign_key(
        op.f("fk_plan_version_plan_period_id_plan_period"), "plan_version", "plan_period", ["plan_period_id"], ["id"]
    )
    # Whatever stood there until now was in force: nothing knew of drafts.
    op.add_column("plan_version", sa.Column("status", sa.Text(), server_default="PROMULGATED", nullable=False))
    op.alter_column("plan_version", "status", server_default="DRAFT")
    for column in ("reason", "prepared_by_name", "approved_by_name"):
        op.add_column("plan_version", sa.Column(column, sa.Text(), nullable=True))
    for column in ("prepared_by", "approved_by"):
        op.add_column("plan_version", sa.Column(column, sa.BigInteger(), nullable=True))
        op.create_foreign_key(
            op.f(f"fk_plan_version_{column}_user_account"), "plan_version", "user_account", [column], ["id"]
        )
    op.add_column("plan_version", _now("created_at"))
    _versioned("plan_version")
    op.create_check_constraint(
        op.f("ck_plan_version_status"),
        "plan_version",
        "status IN ('DRAFT', 'PROPOSED', 'RETURNED', 'PROMULGATED', 'DISCARDED')",
    )
    op.create_check_constraint(
        op.f("ck_plan_version_seq"), "plan_version", "(status = 'PROMULGATED') = (seq IS NOT NULL)"
    )
    op.create_table(
        "plan_version_step",
        _id(),
        sa.Column("plan_version_id", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("recorded_by_name", sa.Text(), nullable=False),
        _now("created_at"),
        sa.CheckConstraint("result IN ('PASSED', 'RETURNED')", name=op.f("ck_plan_version_step_result")),
        _reference("plan_version_step", "plan_version_id", "plan_version"),
        _reference("plan_version_step", "recorded_by", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_version_step")),
    )
    op.create_index(op.f("ix_plan_version_step_plan_version_id"), "plan_version_step", ["plan_version_id"])


def _strategies() -> None:
    op.add_column("local_strategy", sa.Column("plan_id", sa.BigInteger(), nullable=True))
    op.add_column("local_strategy", sa.Column("goal", sa.Text(), nullable=True))
    _versioned("local_strategy")
    # An organisation with strategies and no plan gets the plan of the running period; one with several plans gets the
    # strategies in each of them, and its lines the strategy of their own plan.
    op.execute(
        "INSERT INTO plan (organisation_code, plan_period_id, name_th)"
        " SELECT DISTINCT s.organisation_code, e.id, e.name_th FROM local_strategy s"
        " CROSS JOIN (SELECT id, name_th FROM plan_period ORDER BY status = 'current' DESC, start_be DESC LIMIT 1) e"
        " WHERE NOT EXISTS (SELECT FROM plan p WHERE p.organisation_code = s.organisation_code)"
    )
    op.drop_constraint("uq_local_strategy_organisation_code_code", "local_strategy")
    op.execute(
        "UPDATE local_strategy s SET plan_id = p.id FROM"
        " (SELECT organisation_code, min(id) AS id FROM plan GROUP BY 1) p"
        " WHERE p.organisation_code = s.organisation_code"
    )
    op.execute(
        "INSERT INTO local_strategy (plan_id, organisation_code, code, name_th, national_strategy_code)"
        " SELECT p.id, s.organisation_code, s.code, s.name_th, s.national_strategy_code FROM local_strategy s"
        " JOIN plan p ON p.organisation_code = s.organisation_code AND p.id <> s.plan_id"
    )
    op.execute(
        "UPDATE plan_project l SET local_strategy_id = own.id FROM plan_version v, local_strategy s, local_strategy own"
        " WHERE v.id = l.plan_version_id AND s.id = l.local_strategy_id AND s.plan_id <> v.plan_id"
        " AND own.plan_id = v.plan_id AND own.code = s.code"
    )
    op.alter_column("local_strategy", "plan_id", nullable=False)
    op.create_foreign_key(op.f("fk_local_strategy_plan_id_plan"), "local_strategy", "plan", ["plan_id"], ["id"])
    op.create_unique_constraint(op.f("uq_local_strategy_plan_id_code"), "local_strategy", ["plan_id", "code"])
    op.drop_column("local_strategy", "organisation_code")
    op.create_table(
        "local_tactic",
        _id(),
        sa.Column("local_strategy_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=True),
        _row_version(),
        _now("updated_at"),
        _reference("local_tactic", "local_strategy_id", "local_strategy"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_local_tactic")),
        sa.UniqueConstraint("local_strategy_id", "code", name=op.f("uq_local_tactic_local_strategy_id_code")),
    )
    op.create_table(
        "alignment_item",
        _id(),
        sa.Column("framework", sa.Text(), nullable=False),
        sa.Column("owner_code", sa.Text(), server_default="", nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "framework IN ('NATIONAL', 'NESDP13', 'SDG', 'REGION', 'CLUSTER', 'PROVINCE', 'LAO_IN_PROVINCE', 'PAO')",
            name=op.f("ck_alignment_item_framework"),
        ),
        sa.CheckConstraint(
            "(framework IN ('NATIONAL', 'NESDP13', 'SDG')) = (owner_code = '')",
            name=op.f("ck_alignment_item_owner"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alignment_item")),
        sa.UniqueConstraint(
            "framework", "owner_code", "code", name=op.f("uq_alignment_item_framework_owner_code_code")
        ),
    )
    op.create_table(
        "local_strategy_alignment",
        sa.Column("local_strategy_id", sa.BigInteger(), nullable=False),
        sa.Column("alignment_item_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["local_strategy_id"],
            ["local_strategy.id"],
            name=op.f("fk_local_strategy_alignment_local_strategy_id_local_strategy"),
            ondelete="CASCADE",
        ),
        _reference("local_strategy_alignment", "alignment_item_id", "alignment_item"),
        sa.PrimaryKeyConstraint("local_strategy_id", "alignment_item_id", name=op.f("pk_local_strategy_alignment")),
    )
    op.create_index(
        op.f("ix_local_strategy_alignment_alignment_item_id"), "local_strategy_alignment", ["alignment_item_id"]
    )


def _profile() -> None:
    counts = "male >= 0 AND female >= 0 AND households >= 0"
    years = "year_be BETWEEN 2500 AND 2640"
    op.create_table(
        "organisation_profile",
        sa.Column("organisation_code", sa.Text(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=True)
            for name in ("address", "postcode", "office_phone", "office_email", "website")
        ),
        sa.Column("founded_on", sa.Date(), nullable=True),
        sa.Column("area_km2", sa.Numeric(14, 2), nullable=True),
        sa.Column("council_members", sa.Integer(), nullable=True),
        sa.Column("staff_count", sa.Integer(), nullable=True),
        sa.Column("general_condition", sa.Text(), nullable=True),
        _row_version(),
        _now("updated_at"),
        _reference("organisation_profile", "organisation_code", "organisation", "code"),
        sa.PrimaryKeyConstraint("organisation_code", name=op.f("pk_organisation_profile")),
    )
    op.create_table(
        "organisation_population",
        sa.Column("organisation_code", sa.Text(), nullable=False),
        sa.Column("year_be", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("male", sa.Integer(), nullable=True),
        sa.Column("female", sa.Integer(), nullable=True),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        _row_version(),
        _now("updated_at"),
        sa.CheckConstraint(years, name=op.f("ck_organisation_population_year")),
        sa.CheckConstraint(counts, name=op.f("ck_organisation_population_counts")),
        _reference("organisation_population", "organisation_code", "organisation", "code"),
        sa.PrimaryKeyConstraint("organisation_code", "year_be", name=op.f("pk_organisation_population")),
    )
    op.create_table(
        "community",
        _id(),
        sa.Column("organisation_code", sa.Text(), nullable=False),
        sa.Column("year_be", sa.Integer(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column("village_number", sa.Integer(), nullable=True),
        sa.Column("male", sa.Integer(), nullable=True),
        sa.Column("female", sa.Integer(), nullable=True),
        sa.Column("households", sa.Integer(), nullable=True),
        _row_version(),
        _now("updated_at"),
        sa.CheckConstraint(years, name=op.f("ck_community_year")),
        sa.CheckConstraint("length(name_th) BETWEEN 1 AND 200", name=op.f("ck_community_name_length")),
        sa.CheckConstraint(counts, name=op.f("ck_community_counts")),
        _reference("community", "organisation_code", "organisation", "code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community")),
        sa.UniqueConstraint(
            "organisation_code",
            "year_be",
            "name_th",
            "village_number",
            name=op.f("uq_community_organisation_code_year_be_name_th_village_number"),
        ),
    )


def _lines() -> None:
    op.add_column("plan_project", sa.Column("origin_id", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("plan_project", sa.Column("change", sa.Text(), server_default="NEW", nullable=False))
    op.add_column("plan_project", sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
    op.add_column("plan_project", sa.Column("kind", sa.Text(), server_default="other", nullable=False))
    for column in ("reason", "article_category", "article_type", "area_code", "location_text"):
        op.add_column("plan_project", sa.Column(column, sa.Text(), nullable=True))
    op.add_column("plan_project", sa.Column("local_tactic_id", sa.BigInteger(), nullable=True))
    op.add_column("plan_project", sa.Column("removed_at", sa.TIMESTAMP(timezone=True), nullable=True))
    _versioned("plan_project")
    op.execute(
        "WITH RECURSIVE chain AS ("
        " SELECT id, id AS origin_id FROM plan_project WHERE previous_id IS NULL"
        " UNION ALL SELECT l.id, c.origin_id FROM plan_project l JOIN chain c ON c.id = l.previous_id)"
        " UPDATE plan_project l SET origin_id = c.origin_id,"
        " change = CASE WHEN l.previous_id IS NULL THEN 'NEW' ELSE 'CHANGED' END,"
        " kind = coalesce((SELECT p.kind FROM project p WHERE p.plan_project_id = l.id ORDER BY p.id LIMIT 1), 'other')"
        " FROM chain c WHERE c.id = l.id"
    )
    for name, condition in (
        ("change", "change IN ('NEW', 'CHANGED', 'WITHDRAWN', 'MERGED')"),
        ("previous", "(change = 'NEW') = (previous_id IS NULL)"),
        ("merged", "(change = 'MERGED') = (merged_into_id IS NOT NULL)"),
        ("kind", "kind IN ('road', 'water', 'other')"),
        ("name_length", "length(name_th) BETWEEN 1 AND 1000"),
    ):
        op.create_check_constraint(op.f(f"ck_plan_project_{name}"), "plan_project", condition)
    for column, table, key in (
        ("origin_id", "plan_project", "id"),
        ("merged_into_id", "plan_project", "id"),
        ("area_code", "area", "code"),
        ("local_tactic_id", "local_tactic", "id"),
    ):
        op.create_foreign_key(op.f(f"fk_plan_project_{column}_{table}"), "plan_project", table, [column], [key])
    op.create_index(
        "uq_plan_project_of_version",
        "plan_project",
        ["plan_version_id", "origin_id"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_index("ix_plan_project_origin_id", "plan_project", ["origin_id"])
    op.execute(ORIGIN)
    op.execute(CLOSED)


def _projects() -> None:
    op.add_column("project", sa.Column("planned_baht", sa.Numeric(14, 2), server_default="0", nullable=False))
    op.execute(
        "UPDATE project p SET planned_baht = a.amount_baht FROM plan_project_amount a"
        " WHERE a.plan_project_id = p.plan_project_id AND a.fiscal_year_be = p.fiscal_year_be"
    )
    op.execute(PLANNED)
    for verb, references in _REFERENCING.items():
        op.execute(
            f"CREATE TRIGGER spread_planned_money_{verb.lower()} AFTER {verb} ON plan_project_amount "
            f"REFERENCING {references} FOR EACH STATEMENT EXECUTE FUNCTION spread_planned_money()"
        )


def downgrade() -> None:
    op.execute("DROP FUNCTION take_planned_money(), spread_planned_money() CASCADE")
    op.drop_column("project", "planned_baht")
    op.execute("DROP FUNCTION plan_line_origin(), refuse_change_of_promulgated() CASCADE")
    # Taken back and open rows have no place in a schema that knows only what is in force.
    op.execute("DELETE FROM plan_project l USING plan_version v WHERE v.id = l.plan_version_id AND v.seq IS NULL")
    op.execute("DELETE FROM plan_project WHERE removed_at IS NOT NULL")
    for column in (
        "origin_id",
        "change",
        "merged_into_id",
        "kind",
        "reason",
        "article_category",
        "article_type",
        "area_code",
        "location_text",
        "local_tactic_id",
        "removed_at",
        "row_version",
        "updated_at",
    ):
        op.drop_column("plan_project", column)
    op.execute("ALTER TABLE plan_project DROP CONSTRAINT IF EXISTS ck_plan_project_name_length")
    for table in ("community", "organisation_population", "organisation_profile", "local_strategy_alignment"):
        op.drop_table(table)
    op.drop_table("alignment_item")
    op.drop_table("local_tactic")
    op.drop_table("plan_version_step")
    _one_strategy_an_organisation()
    op.execute("DELETE FROM plan_version WHERE seq IS NULL")
    for column in (
        "status",
        "plan_period_id",
        "reason",
        "prepared_by",
        "prepared_by_name",
        "approved_by",
        "approved_by_name",
        "created_at",
        "row_version",
        "updated_at",
    ):
        op.drop_column("plan_version", column)
    op.alter_column("plan_version", "seq", nullable=False)
    for column in ("vision", "mission", "goals", "row_version", "updated_at"):
        op.drop_column("plan", column)
    for table in ("plan", "plan_version", "plan_project", "local_strategy"):
        op.execute(f"DROP TRIGGER next_row_version ON {table}")
    op.execute(f"REVOKE DELETE ON local_strategy FROM {APPLICATION_ROLE}")
    op.execute(LOG_FORM % ("", ""))
    op.execute(LOG_BY_ONE_COLUMN)
    for verb in _REFERENCING:
        op.execute(f"DROP TRIGGER log_{verb.lower()} ON plan_project_amount")


def _one_strategy_an_organisation() -> None:
    op.add_column("local_strategy", sa.Column("organisation_code", sa.Text(), nullable=True))
    op.execute("UPDATE local_strategy s SET organisation_code = p.organisation_code FROM plan p WHERE p.id = s.plan_id")
    op.execute(
        "UPDATE plan_project l SET local_strategy_id = f.first FROM local_strategy s JOIN"
        " (SELECT organisation_code, code, min(id) AS first FROM local_strategy GROUP BY 1, 2) f"
        " USING (organisation_code, code) WHERE s.id = l.local_strategy_id AND l.local_strategy_id <> f.first"
    )
    op.execute(
        "DELETE FROM local_strategy s USING local_strategy f"
        " WHERE f.organisation_code = s.organisation_code AND f.code = s.code AND f.id < s.id"
    )
    for column in ("plan_id", "goal", "row_version", "updated_at"):
        op.drop_column("local_strategy", column)
    op.alter_column("local_strategy", "organisation_code", nullable=False)
    op.create_foreign_key(
        op.f("fk_local_strategy_organisation_code_organisation"),
        "local_strategy",
        "organisation",
        ["organisation_code"],
        ["code"],
    )
    op.create_unique_constraint(
        op.f("uq_local_strategy_organisation_code_code"), "local_strategy", ["organisation_code", "code"]
    )


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False)


def _row_version() -> sa.Column[int]:
    return sa.Column("row_version", sa.Integer(), server_default="1", nullable=False)


def _versioned(table: str) -> None:
    op.add_column(table, _row_version())
    op.add_column(table, _now("updated_at"))


def _reference(table: str, column: str, target: str, key: str = "id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.{key}"], name=op.f(f"fk_{table}_{column}_{target}"))
