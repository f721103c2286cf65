"""The funnel from plan to last payment, rolled up by year, area, kind, plan form, strategy and programme.

A project-year counts in every stage up to the one it has reached, so a cell holds six counts and six sums of baht, not
one row per stage. ``quarter`` 0 is the present state; 1, 2, ... say what the end of that quarter of the fiscal year adds
to the quarters before it (5 and more: money carried over), so a state in the past is a sum too.

``funnel_stage()`` is the only place that says which stage a project has reached, ``funnel_money`` the only one that says
what happened on which day. Tables as in 0005: cells, signed changes since the last compaction, and one row per
project and quarter, because what a project has to take back depends on its money rows.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "eplan_app"

STAGES = ("planned", "requested", "approved", "contracted", "disbursing", "paid")
# A plan and a request have no day of their own: only from the approval on is there a past.
DATED = STAGES[2:]
DIMENSIONS = ("fiscal_year_be", "amphoe_code", "kind", "plan_form", "strategy_code", "programme_code")
MEASURES = (*STAGES, *(f"{stage}_baht" for stage in STAGES))
DATED_MEASURES = (*DATED, *(f"{stage}_baht" for stage in DATED))
# Digits of the area that a grain keeps, and whether it keeps strategy and programme: the country by strategy or
# programme; areas alone; areas of strategies; areas of programmes; provinces with both.
GRAINS = ((0, 0, True, True), (1, 4, False, False), (2, 4, True, False), (3, 4, False, True), (4, 2, True, True))

_DIMENSION_COLUMNS = """
    fiscal_year_be integer NOT NULL,
    amphoe_code text NOT NULL,
    kind text NOT NULL,
    plan_form text NOT NULL,
    strategy_code text NOT NULL,
    programme_code text NOT NULL,"""


def _measure_columns(names: tuple[str, ...]) -> str:
    return ",\n    ".join(
        f"{name} {'numeric(18, 2)' if name.endswith('_baht') else 'bigint'} NOT NULL" for name in names
    )


def _sums(names: tuple[str, ...], sign: str = "") -> str:
    return ", ".join(f"{sign}sum({name})" for name in names)


MIRRORS = """
ALTER TABLE project ADD COLUMN plan_form text, ADD COLUMN programme_code text;

CREATE FUNCTION take_plan_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT l.form, l.programme_code INTO NEW.plan_form, NEW.programme_code
    FROM (SELECT) AS one LEFT JOIN plan_project l ON l.id = NEW.plan_project_id;
    RETURN NEW;
END $$;
-- An import of works without plan lines never calls it.
CREATE TRIGGER take_plan_line_insert BEFORE INSERT ON project
    FOR EACH ROW WHEN (NEW.plan_project_id IS NOT NULL) EXECUTE FUNCTION take_plan_line();
CREATE TRIGGER take_plan_line_update BEFORE UPDATE OF plan_project_id ON project
    FOR EACH ROW WHEN (OLD.plan_project_id IS DISTINCT FROM NEW.plan_project_id) EXECUTE FUNCTION take_plan_line();

CREATE FUNCTION spread_plan_line() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    EXECUTE 'UPDATE project p SET plan_form = n.form, programme_code = n.programme_code
        FROM new_rows n JOIN old_rows o USING (id)
        WHERE (n.form, n.programme_code) IS DISTINCT FROM (o.form, o.programme_code) AND p.plan_project_id = n.id
          AND (p.plan_form, p.programme_code) IS DISTINCT FROM (n.form, n.programme_code)';
    RETURN NULL;
END $$;
CREATE TRIGGER spread_plan_line_update AFTER UPDATE ON plan_project
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION spread_plan_line();
UPDATE project p SET plan_form = l.form, programme_code = l.programme_code
    FROM plan_project l WHERE l.id = p.plan_project_id;
"""

# The approval is an act of somebody, so the status alone says it; from there on the money tells, and the status only
# where no money is recorded. 100 % is measured against the final contract, not against the budget: savings are no
# debt. What is paid without a contract (own labour, grants) is measured against the budget until it is closed.
STAGE = """
CREATE FUNCTION funnel_stage(status text, budget_baht numeric, contracted_baht numeric, disbursed_baht numeric)
RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN status IN ('PLANNED', 'CANCELLED', 'DEFERRED') THEN 1
    WHEN status = 'BUDGET_REQUESTED' THEN 2
    WHEN status IN ('DISBURSED_FULL', 'CLOSED') AND disbursed_baht >= contracted_baht THEN 6
    WHEN disbursed_baht > 0 AND disbursed_baht >= CASE WHEN contracted_baht > 0 THEN contracted_baht ELSE budget_baht END
        THEN 6
    WHEN disbursed_baht > 0 OR status IN ('DISBURSING', 'DISBURSED_FULL', 'CLOSED') THEN 5
    WHEN contracted_baht > 0 OR status = 'CONTRACTED' THEN 4
    ELSE 3
END;
COMMENT ON FUNCTION funnel_stage IS
    '1 planned, 2 requested, 3 approved, 4 contracted or bound without contract, 5 disbursing, 6 paid in full';

-- Number of the quarter of the fiscal year (1 October to 30 September) at whose end the day has passed. What came
-- before the year, or on an unknown day, was there from its beginning.
CREATE FUNCTION funnel_quarter(fiscal_year_be integer, on_date date)
RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN greatest(1, coalesce(
    ((extract(year FROM on_date)::integer + 544 - fiscal_year_be) * 12 + extract(month FROM on_date)::integer - 10) / 3 + 1,
    1));
"""

# What was approved and what a contract is worth is what they are worth today, on the day they began.
MONEY = """
CREATE VIEW funnel_money AS
SELECT project_id, approved_on AS on_date, {net} AS budget_baht, 0::numeric AS contracted_baht,
       0::numeric AS disbursed_baht FROM appropriation WHERE {net} <> 0
UNION ALL
SELECT project_id, signed_on, 0, {final}, 0 FROM contract WHERE {final} <> 0
UNION ALL
SELECT project_id, paid_on, 0, 0, amount_baht FROM disbursement;
COMMENT ON VIEW funnel_money IS 'Every day on which money of a project was approved, bound or paid; NULL = unknown day';
"""

TABLES = f"""
CREATE TABLE read_funnel_cell (
    grain smallint NOT NULL,
    quarter smallint NOT NULL,{_DIMENSION_COLUMNS}
    {_measure_columns(MEASURES)},
    PRIMARY KEY (grain, quarter, fiscal_year_be, amphoe_code, kind, plan_form, strategy_code, programme_code)
);
COMMENT ON TABLE read_funnel_cell IS
    'Sums at the last compaction; add read_funnel_delta. Empty text = not known, or not a dimension of this grain.';

CREATE TABLE read_funnel_delta (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    quarter smallint NOT NULL,{_DIMENSION_COLUMNS}
    {_measure_columns(MEASURES)}
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
COMMENT ON TABLE read_funnel_delta IS 'Signed changes since the last compaction.';

CREATE TABLE read_funnel_quarter (
    project_id bigint NOT NULL,
    quarter smallint NOT NULL,{_DIMENSION_COLUMNS}
    {_measure_columns(DATED_MEASURES)},
    PRIMARY KEY (project_id, quarter)
);
COMMENT ON TABLE read_funnel_quarter IS
    'What each quarter adds to the funnel of a project whose budget is approved; the sum up to a quarter is its state then.';
"""

# Present state of the project rows of a relation ``r`` with the column ``sign``.
PRESENT = """
        SELECT 0 AS quarter, r.fiscal_year_be, coalesce(left(r.area_code, 4), '') AS amphoe_code, r.kind,
               coalesce(r.plan_form, '') AS plan_form, coalesce(r.strategy_code, '') AS strategy_code,
               coalesce(r.programme_code, '') AS programme_code,
               sum(sign) AS planned,
               coalesce(sum(sign) FILTER (WHERE stage >= 2), 0) AS requested,
               coalesce(sum(sign) FILTER (WHERE stage >= 3), 0) AS approved,
               coalesce(sum(sign) FILTER (WHERE stage >= 4), 0) AS contracted,
               coalesce(sum(sign) FILTER (WHERE stage >= 5), 0) AS disbursing,
               coalesce(sum(sign) FILTER (WHERE stage >= 6), 0) AS paid,
               sum(sign * r.planned_baht) AS planned_baht,
               coalesce(sum(sign * CASE WHEN r.budget_baht > 0 THEN r.budget_baht ELSE r.planned_baht END)
                        FILTER (WHERE stage >= 2), 0) AS requested_baht,
               coalesce(sum(sign * r.budget_baht) FILTER (WHERE stage >= 3), 0) AS approved_baht,
               coalesce(sum(sign * greatest(r.contracted_baht, r.disbursed_baht)) FILTER (WHERE stage >= 4), 0)
                   AS contracted_baht,
               coalesce(sum(sign * r.disbursed_baht) FILTER (WHERE stage >= 5), 0) AS disbursing_baht,
               coalesce(sum(sign * r.disbursed_baht) FILTER (WHERE stage >= 6), 0) AS paid_baht
        FROM ({rows}) AS r
        CROSS JOIN LATERAL (
            SELECT funnel_stage(r.status, r.budget_baht, r.contracted_baht, r.disbursed_baht) AS stage OFFSET 0
        ) AS s
        GROUP BY 1, 2, 3, 4, 5, 6, 7"""

# What the quarters of the projects in the relation ``touched (id)`` add: sums up to each quarter in which money moved,
# and their differences. A project without dated money was approved before its first quarter ended.
QUARTERS = f"""
        WITH moved AS (
            SELECT p.id, funnel_quarter(p.fiscal_year_be, f.on_date) AS quarter, sum(f.budget_baht) AS budget,
                   sum(f.contracted_baht) AS contracted, sum(f.disbursed_baht) AS disbursed
            FROM touched t JOIN project p USING (id) LEFT JOIN funnel_money f ON f.project_id = p.id
            WHERE funnel_stage(p.status, p.budget_baht, p.contracted_baht, p.disbursed_baht) >= 3
            GROUP BY 1, 2
        ), upto AS (
            SELECT id, quarter, coalesce(sum(budget) OVER w, 0) AS approved_baht,
                   greatest(sum(contracted) OVER w, sum(disbursed) OVER w, 0) AS contracted_baht,
                   coalesce(sum(disbursed) OVER w, 0) AS disbursing_baht
            FROM moved WINDOW w AS (PARTITION BY id ORDER BY quarter)
        ), reached AS (
            SELECT u.*, 1 AS approved, (u.contracted_baht > 0)::integer AS contracted,
                   (u.disbursing_baht > 0)::integer AS disbursing, done AS paid,
                   CASE done WHEN 1 THEN u.disbursing_baht ELSE 0 END AS paid_baht
            FROM upto u JOIN project p USING (id) CROSS JOIN LATERAL (
                -- paid when what is known to be the whole was reached
                SELECT (u.disbursing_baht > 0
                        AND funnel_stage(p.status, p.budget_baht, p.contracted_baht, p.disbursed_baht) = 6
                        AND u.disbursing_baht >= least(p.disbursed_baht, CASE WHEN p.contracted_baht > 0
                                                     THEN p.contracted_baht ELSE p.budget_baht END))::integer AS done
            ) AS d
        ), added AS (
            SELECT id, quarter, {", ".join(f"{name} - lag({name}, 1, 0) OVER w AS {name}" for name in DATED)},
                   {", ".join(f"{name}_baht - lag({name}_baht, 1, 0) OVER w AS {name}_baht" for name in DATED)}
            FROM reached WINDOW w AS (PARTITION BY id ORDER BY quarter)
        )
        SELECT p.id, a.quarter, p.fiscal_year_be, coalesce(left(p.area_code, 4), ''), p.kind,
               coalesce(p.plan_form, ''), coalesce(p.strategy_code, ''), coalesce(p.programme_code, ''),
               {", ".join(f"a.{name}" for name in DATED_MEASURES)}
        FROM added a JOIN project p USING (id)
        WHERE ROW({", ".join(f"a.{name}" for name in DATED_MEASURES)}) <> ROW({", ".join("0" for _ in DATED_MEASURES)})"""

_DELTA = f"INSERT INTO read_funnel_delta (quarter, {', '.join(DIMENSIONS)}, {', '.join(MEASURES)})"

# The transition tables say the whole truth of the present state, whatever order the triggers fire in.
PROJECTS = f"""
CREATE FUNCTION roll_up_funnel() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    EXECUTE format($sql$
        {_DELTA}
        SELECT * FROM ({PRESENT.replace("{rows}", "%s")}) AS changed
        WHERE ROW({", ".join(MEASURES)}) <> ROW({", ".join("0" for _ in MEASURES)})
        $sql$,
        CASE TG_OP WHEN 'INSERT' THEN 'SELECT 1 AS sign, n.* FROM new_rows n'
                   WHEN 'DELETE' THEN 'SELECT -1 AS sign, o.* FROM old_rows o'
                   ELSE 'SELECT 1 AS sign, n.* FROM new_rows n UNION ALL SELECT -1, o.* FROM old_rows o' END);
    RETURN NULL;
END $$;
"""

# The stored quarters of every touched project are taken back and the present ones put in. On the money tables this
# fires after ``sum_money_*`` (triggers of one event fire by name), which holds the lock on the project row.
_PUT_DOWN = f"""{_DELTA}
        SELECT quarter, {", ".join(DIMENSIONS)}, 0, 0, %1$s {", %1$s ".join(f"sum({name})" for name in DATED)},
               0, 0, %1$s {", %1$s ".join(f"sum({name}_baht)" for name in DATED)}
        FROM changed GROUP BY 1, 2, 3, 4, 5, 6, 7"""
QUARTER_TRIGGER = f"""
CREATE FUNCTION roll_up_funnel_quarters() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    of_projects boolean := TG_TABLE_NAME = 'project';
    touched text := CASE
        WHEN of_projects AND TG_OP = 'INSERT' THEN
            -- made together with its money: then the triggers of the money may have been here already
            'SELECT id FROM new_rows n WHERE funnel_stage(status, 0, 0, 0) >= 3
               AND NOT EXISTS (SELECT FROM read_funnel_quarter q WHERE q.project_id = n.id)'
        WHEN of_projects AND TG_OP = 'DELETE' THEN 'SELECT id FROM old_rows'
        WHEN of_projects THEN
            'SELECT n.id FROM new_rows n JOIN old_rows o USING (id)
             WHERE (n.fiscal_year_be, left(n.area_code, 4), n.kind, n.status, n.plan_form, n.strategy_code, n.programme_code)
                   IS DISTINCT FROM
                   (o.fiscal_year_be, left(o.area_code, 4), o.kind, o.status, o.plan_form, o.strategy_code, o.programme_code)'
        WHEN TG_OP = 'INSERT' THEN 'SELECT DISTINCT project_id AS id FROM new_rows'
        WHEN TG_OP = 'DELETE' THEN 'SELECT DISTINCT project_id AS id FROM old_rows'
        ELSE 'SELECT project_id AS id FROM new_rows UNION SELECT project_id FROM old_rows' END;
    put_down text := $put${_PUT_DOWN}$put$;
    any_touched boolean;
BEGIN
    -- most changes of a project leave its funnel alone, and planning what follows costs more than this question
    EXECUTE format('SELECT EXISTS (%s)', touched) INTO any_touched;
    IF NOT any_touched THEN
        RETURN NULL;
    END IF;
    IF NOT (of_projects AND TG_OP = 'INSERT') THEN
        EXECUTE format(
            'WITH touched AS MATERIALIZED (%s), changed AS (
                DELETE FROM read_funnel_quarter q USING touched t WHERE q.project_id = t.id RETURNING q.*
            ) ', touched) || format(put_down, '-');
    END IF;
    IF NOT (of_projects AND TG_OP = 'DELETE') THEN
        EXECUTE format(
            'WITH touched AS MATERIALIZED (%s), changed AS (
                INSERT INTO read_funnel_quarter {QUARTERS.replace("'", "''")} RETURNING *
            ) ', touched) || format(put_down, '');
    END IF;
    RETURN NULL;
END $$;
"""

_GRAIN_DIMENSIONS = """fiscal_year_be, left(amphoe_code, g.digits), kind, plan_form,
               CASE WHEN g.strategy THEN strategy_code ELSE '' END,
               CASE WHEN g.programme THEN programme_code ELSE '' END"""
COMPACT = f"""
CREATE VIEW funnel_grain (grain, digits, strategy, programme) AS VALUES {
    ", ".join(f"({grain}::smallint, {digits}, {s}, {p})".lower() for grain, digits, s, p in GRAINS)
};
COMMENT ON VIEW funnel_grain IS 'Which dimensions the cells of read_funnel_cell keep; all keep year, kind and plan form.';

CREATE FUNCTION compact_funnel() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    folded bigint;
BEGIN
    -- one at a time; who comes second has nothing to do
    IF NOT pg_try_advisory_xact_lock(hashtext('compact_funnel')) THEN
        RETURN 0;
    END IF;
    WITH taken AS (
        DELETE FROM read_funnel_delta RETURNING *
    ), folded_in AS (
        INSERT INTO read_funnel_cell AS c
        SELECT g.grain, quarter, {_GRAIN_DIMENSIONS},
               {_sums(MEASURES)}
        FROM taken CROSS JOIN funnel_grain g
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
        HAVING ROW({_sums(MEASURES)}) <> ROW({", ".join("0" for _ in MEASURES)})
        ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
        ON CONFLICT (grain, quarter, {", ".join(DIMENSIONS)})
        DO UPDATE SET {", ".join(f"{name} = c.{name} + excluded.{name}" for name in MEASURES)}
    )
    SELECT count(*) INTO folded FROM taken;
    RETURN folded;
END $$;
"""

# Counted again from the rows: when the platform starts with rows already there, and after a TRUNCATE.
RECOUNT = f"""
CREATE FUNCTION recount_funnel() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    LOCK TABLE project, appropriation, contract, disbursement IN SHARE MODE;
    DELETE FROM read_funnel_cell;
    DELETE FROM read_funnel_delta;
    DELETE FROM read_funnel_quarter;
    INSERT INTO read_funnel_quarter SELECT * FROM funnel_quarter_of_projects;
    {_DELTA} SELECT * FROM funnel_counted;
    PERFORM compact_funnel();
END $$;

CREATE FUNCTION recount_funnel_after_truncate() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM recount_funnel();
    RETURN NULL;
END $$;
"""

# Named one by one: a view over all columns would hold every one of them fast.
_PROJECT_COLUMNS = (
    "fiscal_year_be, area_code, kind, plan_form, strategy_code, programme_code, status, planned_baht, budget_baht, "
    "contracted_baht, disbursed_baht"
)
COUNTED = f"""
CREATE VIEW funnel_quarter_of_projects (project_id, quarter, {", ".join(DIMENSIONS)}, {", ".join(DATED_MEASURES)}) AS
        {QUARTERS.replace("WITH moved", "WITH touched AS (SELECT id FROM project), moved")};
CREATE VIEW funnel_counted AS
    {PRESENT.replace("{rows}", f"SELECT 1 AS sign, {_PROJECT_COLUMNS} FROM project")}
    UNION ALL
    SELECT quarter, {", ".join(DIMENSIONS)}, 0, 0, {_sums(DATED)}, 0, 0, {_sums(DATED_MEASURES[4:])}
    FROM funnel_quarter_of_projects GROUP BY 1, 2, 3, 4, 5, 6, 7;
COMMENT ON VIEW funnel_counted IS 'The funnel counted from the rows, which the rolled-up one always equals.';
"""

_REFERENCING = {
    "INSERT": "NEW TABLE AS new_rows",
    "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "OLD TABLE AS old_rows",
}
_MONEY_TABLES = ("appropriation", "contract", "disbursement")
_TRIGGERS = (
    ("roll_up_funnel", "roll_up_funnel", ("project",)),
    ("take_funnel_quarters", "roll_up_funnel_quarters", ("project", *_MONEY_TABLES)),
)
_FUNCTIONS = (
    "take_plan_line()",
    "spread_plan_line()",
    "roll_up_funnel()",
    "roll_up_funnel_quarters()",
    "recount_funnel_after_truncate()",
    "recount_funnel()",
    "compact_funnel()",
)
_DERIVED = ("budget_baht,contracted_baht", "plan_form,programme_code,budget_baht,contracted_baht")


def upgrade() -> None:
    _log_form(*_DERIVED)
    op.execute(MIRRORS)
    op.execute(STAGE)
    op.execute(MONEY.format(net=_column("appropriation", "net_baht"), final=_column("contract", "final_baht")))
    for statements in (TABLES, PROJECTS, QUARTER_TRIGGER, COMPACT, COUNTED, RECOUNT):
        op.execute(statements)
    for name, function, tables in _TRIGGERS:
        for table in tables:
            for verb, references in _REFERENCING.items():
                op.execute(
                    f"CREATE TRIGGER {name}_{verb.lower()} AFTER {verb} ON {table} "
                    f"REFERENCING {references} FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
                )
    for table in ("project", *_MONEY_TABLES):
        op.execute(
            f"CREATE TRIGGER recount_funnel_truncate AFTER TRUNCATE ON {table} "
            "EXECUTE FUNCTION recount_funnel_after_truncate()"
        )
    op.execute("SELECT recount_funnel()")
    for function in _FUNCTIONS:
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION compact_funnel() TO {APPLICATION_ROLE}")
    op.execute(
        "GRANT SELECT ON read_funnel_cell, read_funnel_delta, read_funnel_quarter, funnel_grain, funnel_counted, "
        f"funnel_quarter_of_projects TO {APPLICATION_ROLE}"
    )


def downgrade() -> None:
    for name, _, tables in _TRIGGERS:
        for table in tables:
            for verb in _REFERENCING:
                op.execute(f"DROP TRIGGER {name}_{verb.lower()} ON {table}")
    for table in ("project", *_MONEY_TABLES):
        op.execute(f"DROP TRIGGER recount_funnel_truncate ON {table}")
    op.execute("DROP VIEW funnel_counted, funnel_quarter_of_projects, funnel_money, funnel_grain")
    for function in _FUNCTIONS:
        op.execute(f"DROP FUNCTION {function} CASCADE")
    op.execute("DROP FUNCTION funnel_stage(text, numeric, numeric, numeric), funnel_quarter(integer, date)")
    op.execute("DROP TABLE read_funnel_cell, read_funnel_delta, read_funnel_quarter")
    op.drop_column("project", "programme_code")
    op.drop_column("project", "plan_form")
    _log_form(*reversed(_DERIVED))


def _column(table: str, wanted: str) -> str:
    """What a row is worth: the amount after transfers or amendments where the schema knows it."""
    columns = {column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)}
    return wanted if wanted in columns else "amount_baht"


def _log_form(before: str, after: str) -> None:
    """The log leaves out derived columns; what else it leaves out is as the migrations before this one say."""
    definition = op.get_bind().scalar(sa.text("SELECT pg_get_functiondef('log_form(text,jsonb)'::regprocedure)"))
    if before not in str(definition):
        raise RuntimeError(f"log_form() does not leave out {before}")
    op.execute(str(definition).replace(before, after))
