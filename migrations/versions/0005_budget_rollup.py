"""Rolled-up money per area, year, kind, status, fund source and strategy, always equal to the sum of the rows.

Three tables, written only by triggers and by ``compact_budget()``:

``read_budget_cell``
    Sums per amphoe (or whatever shallower place is known). ``grain`` says which dimensions a cell keeps: 0 = year,
    kind, status; 1 = those and the strategy; 2 = those, the strategy and the fund source.
``read_budget_delta``
    What happened since the last compaction, one signed row per changed combination. Writers only ever insert here,
    so they never wait for each other on a busy cell and cannot deadlock; a reader adds cells and deltas.
``read_budget_share``
    The part of one project that one fund source pays: what stands in grain 2 for that project at this moment.

A project that two funds pay counts once without a fund filter (grains 0 and 1 never look at funds) and once in
whatever set of funds is asked for: ``preceding`` holds the project's funds that sort before this one, and a share is
counted only where none of them is in the set.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "eplan_app"

TABLES = """
CREATE TABLE read_budget_cell (
    grain smallint NOT NULL,
    fiscal_year_be integer NOT NULL,
    amphoe_code text NOT NULL,
    kind text NOT NULL,
    status text NOT NULL,
    strategy_code text NOT NULL,
    fund_source_code text NOT NULL,
    preceding text[] NOT NULL,
    projects bigint NOT NULL,
    budget_baht numeric(18, 2) NOT NULL,
    disbursed_baht numeric(18, 2) NOT NULL,
    PRIMARY KEY (grain, fiscal_year_be, amphoe_code, kind, status, strategy_code, fund_source_code, preceding)
);
COMMENT ON TABLE read_budget_cell IS
    'Sums at the last compaction; add read_budget_delta. Empty text = not known, or not a dimension of this grain.';

CREATE TABLE read_budget_delta (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    fiscal_year_be integer NOT NULL,
    amphoe_code text NOT NULL,
    kind text NOT NULL,
    status text NOT NULL,
    strategy_code text NOT NULL,
    fund_source_code text NOT NULL,
    preceding text[] NOT NULL,
    projects bigint NOT NULL,
    budget_baht numeric(18, 2) NOT NULL,
    disbursed_baht numeric(18, 2) NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
COMMENT ON TABLE read_budget_delta IS
    'Signed changes since the last compaction. Empty fund = the project itself, else the share of that fund.';

CREATE TABLE read_budget_share (
    project_id bigint NOT NULL,
    fund_source_code text NOT NULL,
    preceding text[] NOT NULL,
    fiscal_year_be integer NOT NULL,
    area_code text,
    organisation_code text NOT NULL,
    kind text NOT NULL,
    status text NOT NULL,
    strategy_code text NOT NULL,
    budget_baht numeric(18, 2) NOT NULL,
    disbursed_baht numeric(18, 2) NOT NULL,
    PRIMARY KEY (project_id, fund_source_code)
);
CREATE INDEX ix_read_budget_share_area ON read_budget_share (area_code text_pattern_ops, fiscal_year_be);

CREATE TABLE read_budget_compaction (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    data_as_of timestamptz,
    compacted_at timestamptz
);
INSERT INTO read_budget_compaction DEFAULT VALUES;
"""

# The sums of the project rows themselves: what the transition tables say is the whole truth, whatever order the
# triggers of a statement fire in.
PROJECTS = """
CREATE FUNCTION roll_up_projects() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    -- EXECUTE: planned for the size of these transition tables, not for that of the session's first statement
    EXECUTE format($sql$
        INSERT INTO read_budget_delta (fiscal_year_be, amphoe_code, kind, status, strategy_code, fund_source_code,
                                       preceding, projects, budget_baht, disbursed_baht)
        SELECT fiscal_year_be, coalesce(left(area_code, 4), ''), kind, status, coalesce(strategy_code, ''), '', '{}',
               sum(sign), sum(sign * budget_baht), sum(sign * disbursed_baht)
        FROM (%s) AS changed
        GROUP BY 1, 2, 3, 4, 5
        HAVING sum(sign) <> 0 OR sum(sign * budget_baht) <> 0 OR sum(sign * disbursed_baht) <> 0
        $sql$,
        CASE TG_OP WHEN 'INSERT' THEN 'SELECT 1 AS sign, n.* FROM new_rows n'
                   WHEN 'DELETE' THEN 'SELECT -1 AS sign, o.* FROM old_rows o'
                   ELSE 'SELECT 1 AS sign, n.* FROM new_rows n UNION ALL SELECT -1, o.* FROM old_rows o' END);
    RETURN NULL;
END $$;
"""

# One row per project and fund source that pays for it, of the projects in the relation ``touched (id)``.
SHARES_OF_TOUCHED = """
        WITH approved AS (
            SELECT a.project_id, a.fund_source_code, sum(a.amount_baht) AS budget_baht
            FROM touched t JOIN appropriation a ON a.project_id = t.id
            GROUP BY 1, 2
        ), paid AS (
            SELECT a.project_id, a.fund_source_code, sum(d.amount_baht) AS disbursed_baht
            FROM touched t JOIN appropriation a ON a.project_id = t.id JOIN disbursement d ON d.appropriation_id = a.id
            GROUP BY 1, 2
        )
        SELECT p.id, a.fund_source_code,
               coalesce(array_agg(a.fund_source_code) OVER (
                   PARTITION BY p.id ORDER BY a.fund_source_code
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), '{}'::text[]),
               p.fiscal_year_be, p.area_code, p.organisation_code, p.kind, p.status, coalesce(p.strategy_code, ''),
               a.budget_baht, coalesce(d.disbursed_baht, 0)
        FROM approved a JOIN project p ON p.id = a.project_id
        LEFT JOIN paid d USING (project_id, fund_source_code)"""

# The shares of the funds: the stored ones of every touched project are taken back and the present ones put in, so
# the outcome does not depend on what changed first. The project rows are locked before that, in one order: the next
# statement of the function then sees what the holder of the lock committed.
SHARES = """
CREATE FUNCTION roll_up_shares() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    touched text := CASE
        WHEN TG_TABLE_NAME = 'project' THEN
            'SELECT n.id FROM new_rows n JOIN old_rows o USING (id)
             WHERE (n.fiscal_year_be, n.area_code, n.organisation_code, n.kind, n.status, n.strategy_code)
                   IS DISTINCT FROM
                   (o.fiscal_year_be, o.area_code, o.organisation_code, o.kind, o.status, o.strategy_code)'
        WHEN TG_OP = 'INSERT' THEN 'SELECT DISTINCT project_id AS id FROM new_rows'
        WHEN TG_OP = 'DELETE' THEN 'SELECT DISTINCT project_id AS id FROM old_rows'
        ELSE 'SELECT project_id AS id FROM new_rows UNION SELECT project_id FROM old_rows' END;
    put_down text := 'INSERT INTO read_budget_delta (fiscal_year_be, amphoe_code, kind, status, strategy_code,
            fund_source_code, preceding, projects, budget_baht, disbursed_baht)
        SELECT fiscal_year_be, coalesce(left(area_code, 4), ''''), kind, status, strategy_code, fund_source_code,
               preceding, %1$s count(*), %1$s sum(budget_baht), %1$s sum(disbursed_baht)
        FROM changed GROUP BY 1, 2, 3, 4, 5, 6, 7';
BEGIN
    IF TG_TABLE_NAME <> 'project' THEN
        EXECUTE format('SELECT count(*) FROM (
            SELECT FROM project WHERE id IN (%s) ORDER BY id FOR NO KEY UPDATE) AS locked', touched);
    END IF;
    EXECUTE format(
        'WITH touched AS MATERIALIZED (%s), changed AS (
            DELETE FROM read_budget_share s USING touched t WHERE s.project_id = t.id RETURNING s.*
        ) ', touched) || format(put_down, '-');
    EXECUTE format(
        'WITH touched AS MATERIALIZED (%s), changed AS (
            INSERT INTO read_budget_share $shares$ RETURNING *
        ) ', touched) || format(put_down, '');
    RETURN NULL;
END $$;
""".replace("$shares$", SHARES_OF_TOUCHED.replace("'", "''"))

COMPACT = """
CREATE FUNCTION compact_budget() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    folded bigint;
BEGIN
    -- one at a time; who comes second has nothing to do
    IF NOT pg_try_advisory_xact_lock(hashtext('compact_budget')) THEN
        RETURN 0;
    END IF;
    WITH taken AS (
        DELETE FROM read_budget_delta RETURNING *
    ), stamped AS (
        UPDATE read_budget_compaction
        SET data_as_of = greatest(data_as_of, (SELECT max(at) FROM taken)), compacted_at = now()
        WHERE EXISTS (SELECT FROM taken)
    ), folded_in AS (
        INSERT INTO read_budget_cell AS c
        SELECT g.grain, fiscal_year_be, amphoe_code, kind, status,
               CASE WHEN g.grain = 0 THEN '' ELSE strategy_code END, fund_source_code, preceding,
               sum(projects), sum(budget_baht), sum(disbursed_baht)
        FROM taken t JOIN (VALUES (0), (1), (2)) AS g (grain) ON (g.grain = 2) = (t.fund_source_code <> '')
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
        HAVING sum(projects) <> 0 OR sum(budget_baht) <> 0 OR sum(disbursed_baht) <> 0
        ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
        ON CONFLICT (grain, fiscal_year_be, amphoe_code, kind, status, strategy_code, fund_source_code, preceding)
        DO UPDATE SET projects = c.projects + excluded.projects,
                      budget_baht = c.budget_baht + excluded.budget_baht,
                      disbursed_baht = c.disbursed_baht + excluded.disbursed_baht
    )
    SELECT count(*) INTO folded FROM taken;
    RETURN folded;
END $$;
"""

# Counted again from the rows: when the platform starts with rows already there, and after a TRUNCATE.
RECOUNT = """
CREATE FUNCTION recount_budget() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    LOCK TABLE project, appropriation, disbursement IN SHARE MODE;
    DELETE FROM read_budget_cell;
    DELETE FROM read_budget_delta;
    DELETE FROM read_budget_share;
    INSERT INTO read_budget_share
        WITH touched AS (SELECT id FROM project)
        SELECT * FROM ($shares$) AS counted;
    INSERT INTO read_budget_delta (fiscal_year_be, amphoe_code, kind, status, strategy_code, fund_source_code,
                                   preceding, projects, budget_baht, disbursed_baht)
    SELECT fiscal_year_be, coalesce(left(area_code, 4), ''), kind, status, coalesce(strategy_code, ''), '',
           '{}'::text[],
           count(*), sum(budget_baht), sum(disbursed_baht)
    FROM project GROUP BY 1, 2, 3, 4, 5
    UNION ALL
    SELECT fiscal_year_be, coalesce(left(area_code, 4), ''), kind, status, strategy_code, fund_source_code, preceding,
           count(*), sum(budget_baht), sum(disbursed_baht)
    FROM read_budget_share GROUP BY 1, 2, 3, 4, 5, 6, 7;
    PERFORM compact_budget();
END $$;

CREATE FUNCTION recount_budget_after_truncate() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM recount_budget();
    RETURN NULL;
END $$;
""".replace("$shares$", SHARES_OF_TOUCHED)

_REFERENCING = {
    "INSERT": "NEW TABLE AS new_rows",
    "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "OLD TABLE AS old_rows",
}
_ROLLED_UP = ("project", "appropriation", "disbursement")
# function -> tables and verbs it watches. Triggers of one event fire by name: ``roll_up_shares_*`` before
# ``sum_money_*``, so the lock on the project row is held when its sums are made.
_TRIGGERS = {
    "roll_up_projects": [("project", verb) for verb in _REFERENCING],
    "roll_up_shares": [
        ("project", "UPDATE"),
        *((table, verb) for table in ("appropriation", "disbursement") for verb in _REFERENCING),
    ],
}
_FUNCTIONS = (
    "roll_up_projects()",
    "roll_up_shares()",
    "recount_budget_after_truncate()",
    "recount_budget()",
    "compact_budget()",
)


def upgrade() -> None:
    for statements in (TABLES, PROJECTS, SHARES, COMPACT, RECOUNT):
        op.execute(statements)
    for function, places in _TRIGGERS.items():
        for table, verb in places:
            op.execute(
                f"CREATE TRIGGER {function}_{verb.lower()} AFTER {verb} ON {table} "
                f"REFERENCING {_REFERENCING[verb]} FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
            )
    for table in _ROLLED_UP:
        op.execute(
            f"CREATE TRIGGER recount_budget_truncate AFTER TRUNCATE ON {table} "
            "EXECUTE FUNCTION recount_budget_after_truncate()"
        )
    op.execute("SELECT recount_budget()")
    for function in _FUNCTIONS:
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION compact_budget() TO {APPLICATION_ROLE}")
    op.execute(
        "GRANT SELECT ON read_budget_cell, read_budget_delta, read_budget_share, read_budget_compaction "
        f"TO {APPLICATION_ROLE}"
    )


def downgrade() -> None:
    for function, places in _TRIGGERS.items():
        for table, verb in places:
            op.execute(f"DROP TRIGGER {function}_{verb.lower()} ON {table}")
    for table in _ROLLED_UP:
        op.execute(f"DROP TRIGGER recount_budget_truncate ON {table}")
    for function in _FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    op.execute("DROP TABLE read_budget_cell, read_budget_delta, read_budget_share, read_budget_compaction")
