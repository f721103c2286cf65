"""What every organisation has to enter, what of it is there, and by when: counted from the records themselves.

``completeness_topic``
    The heads of reporting (code list).
``calendar_task``
    What is due when in a fiscal year, per topic and part of the year; amended by the department, never by two rows for
    one matter.
``completeness_item`` (view)
    One row for each single thing an organisation should have entered, with whether it has: the only place that says
    what complete means. Lists read it, and the counts are counts of it.
``completeness_cell``
    Those counts per organisation, fiscal year, topic and period (0 the year, else the fiscal month by whose end it
    falls). No dates and no states: what is late follows from the calendar on the day of reading.
``completeness_day``
    The counts on the days on which they changed: the trend.

Triggers on the records note whose counts are to be taken again (``completeness_dirty``); ``count_completeness`` takes
them, some organisations at a time.
"""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "eplan_app"

TABLES = """
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- heads of reporting, in the order of the letters; attributes: owner_role, short names, counted
CREATE TABLE completeness_topic (
    code text NOT NULL CONSTRAINT pk_completeness_topic PRIMARY KEY,
    seq integer NOT NULL,
    name_th text NOT NULL,
    name_en text NOT NULL,
    attributes jsonb NOT NULL DEFAULT '{}'
);

CREATE TABLE calendar_task (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    fiscal_year_be integer NOT NULL CONSTRAINT ck_calendar_task_fiscal_year CHECK (fiscal_year_be BETWEEN 2540 AND 2640),
    topic text NOT NULL REFERENCES completeness_topic (code),
    period_from smallint NOT NULL,
    period_to smallint NOT NULL,
    name_th text NOT NULL CONSTRAINT ck_calendar_task_name_th CHECK (length(name_th) BETWEEN 1 AND 500),
    name_en text,
    opens_on date NOT NULL,
    due_on date NOT NULL,
    check_until date,
    owner_role text NOT NULL REFERENCES role (code),
    officer_enters boolean NOT NULL DEFAULT false,
    source text,
    reason text,
    row_version integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL DEFAULT now(),
    removed_at timestamptz,
    CONSTRAINT ck_calendar_task_period CHECK (period_from BETWEEN 0 AND 12 AND period_to BETWEEN period_from AND 12),
    CONSTRAINT ck_calendar_task_days CHECK (due_on >= opens_on AND (check_until IS NULL OR check_until >= due_on)),
    CONSTRAINT ex_calendar_task_overlap EXCLUDE USING gist (
        fiscal_year_be WITH =, topic WITH =, int4range(period_from, period_to, '[]') WITH &&
    ) WHERE (removed_at IS NULL)
);

CREATE TABLE completeness_cell (
    organisation_code text NOT NULL REFERENCES organisation (code) ON DELETE CASCADE,
    fiscal_year_be integer NOT NULL,
    topic text NOT NULL,
    period smallint NOT NULL,
    wanted integer NOT NULL CHECK (wanted > 0),
    done integer NOT NULL CHECK (done BETWEEN 0 AND wanted),
    PRIMARY KEY (fiscal_year_be, organisation_code, topic, period)
);

CREATE TABLE completeness_day (
    organisation_code text NOT NULL,
    fiscal_year_be integer NOT NULL,
    topic text NOT NULL,
    period smallint NOT NULL,
    day date NOT NULL,
    wanted integer NOT NULL,
    done integer NOT NULL,
    PRIMARY KEY (fiscal_year_be, organisation_code, topic, period, day)
);

CREATE INDEX ix_completeness_cell_organisation_code ON completeness_cell (organisation_code);

CREATE TABLE completeness_dirty (organisation_code text NOT NULL);

CREATE TRIGGER log_insert AFTER INSERT ON calendar_task REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION log_changes('id', '');
CREATE TRIGGER log_update AFTER UPDATE ON calendar_task REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION log_changes('id', '');
"""

# The plan of an organisation in a year: of several that cover it the latest begun.
PLAN = """
CREATE VIEW completeness_plan AS
SELECT DISTINCT ON (w.organisation_code, w.fiscal_year_be)
       w.organisation_code, w.fiscal_year_be, n.id AS plan_id, n.vision
FROM completeness_owing w
LEFT JOIN LATERAL (
    SELECT n.id, n.vision, p.start_be FROM plan n JOIN plan_period p ON p.id = n.plan_period_id
    WHERE n.organisation_code = w.organisation_code AND w.fiscal_year_be BETWEEN p.start_be AND p.end_be
) AS n ON true
ORDER BY w.organisation_code, w.fiscal_year_be, n.start_be DESC NULLS LAST, n.id DESC
"""

YEAR = """
CREATE VIEW completeness_year AS SELECT DISTINCT fiscal_year_be FROM calendar_task WHERE removed_at IS NULL
"""

# The organisations that owe entries in a year: those of the department's register that exist in it.
OWING = """
CREATE VIEW completeness_owing AS
SELECT o.code AS organisation_code, y.fiscal_year_be
FROM organisation o CROSS JOIN completeness_year y
WHERE o.type_code <> 'AGENCY'
  AND (o.valid_from IS NULL OR o.valid_from < make_date(y.fiscal_year_be - 543, 10, 1))
  AND (o.valid_to IS NULL OR o.valid_to >= make_date(y.fiscal_year_be - 544, 10, 1))
"""

# record: what the missing thing hangs on; field: which part of it; since: from when on it was to be entered.
ITEM = """
CREATE VIEW completeness_item AS
-- office and size
SELECT w.organisation_code, w.fiscal_year_be, 'LAO_DATA' AS topic, 0::smallint AS period,
       'profile' AS record, f.field, NULL::text AS name_th, f.done, NULL::date AS since
FROM completeness_owing w
JOIN organisation o ON o.code = w.organisation_code
LEFT JOIN organisation_profile p ON p.organisation_code = w.organisation_code
CROSS JOIN LATERAL (VALUES
    ('address', coalesce(length(btrim(p.address)) >= 5, false)),
    ('postcode', coalesce(p.postcode ~ '^[0-9]{5}$', false)),
    ('office_phone', coalesce(p.office_phone ~ '[0-9]{5}', false)),
    ('office_email', coalesce(p.office_email LIKE '%_@_%', false)),
    ('area_km2', coalesce(p.area_km2 > 0, false)),
    ('council_members', coalesce(p.council_members > 0, false)),
    ('staff_count', coalesce(p.staff_count > 0, false)),
    ('general_condition', coalesce(length(btrim(p.general_condition)) >= 20, false))
) AS f (field, done)
UNION ALL
-- people and communities, counted in the year in which the fiscal year begins
SELECT w.organisation_code, w.fiscal_year_be, 'POPULATION', 0::smallint, 'population:' || (w.fiscal_year_be - 1), f.field,
       NULL, f.done, NULL
FROM completeness_owing w
LEFT JOIN organisation_population p ON p.organisation_code = w.organisation_code AND p.year_be = w.fiscal_year_be - 1
CROSS JOIN LATERAL (VALUES
    ('male', coalesce(p.male > 0, false)),
    ('female', coalesce(p.female > 0, false)),
    ('households', coalesce(p.households > 0, false))
) AS f (field, done)
UNION ALL
SELECT n.organisation_code, n.fiscal_year_be, 'VISION', 0::smallint, coalesce('plan:' || n.plan_id, 'plan'), 'vision', NULL,
       coalesce(length(btrim(n.vision)) >= 10, false), NULL
FROM completeness_plan n
UNION ALL
-- every strategy has a tactic and serves something of the plans above; a plan without one is not complete
SELECT n.organisation_code, n.fiscal_year_be, 'STRATEGY', 0::smallint, coalesce('plan:' || n.plan_id, 'plan'),
       CASE WHEN s.id IS NULL THEN 'strategy' WHEN NOT a.tactic THEN 'tactic:' || s.id ELSE 'alignment:' || s.id END,
       s.name_th,
       coalesce(s.id IS NOT NULL AND a.tactic AND a.aligned, false), NULL
FROM completeness_plan n
LEFT JOIN local_strategy s ON s.plan_id = n.plan_id
CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT FROM local_tactic t WHERE t.local_strategy_id = s.id) AS tactic,
           s.national_strategy_code IS NOT NULL
           OR EXISTS (SELECT FROM local_strategy_alignment l WHERE l.local_strategy_id = s.id) AS aligned
) AS a
UNION ALL
SELECT n.organisation_code, n.fiscal_year_be, 'PLAN', 0::smallint, coalesce('plan:' || n.plan_id, 'plan'), 'promulgated', NULL,
       EXISTS (SELECT FROM plan_version v WHERE v.plan_id = n.plan_id AND v.status = 'PROMULGATED'), NULL
FROM completeness_plan n
UNION ALL
SELECT p.organisation_code, p.fiscal_year_be, 'PLAN', 0::smallint, 'project:' || p.code,
       CASE WHEN coalesce(btrim(l.objective), '') = '' THEN 'objective' WHEN coalesce(btrim(l.target), '') = '' THEN 'target'
            WHEN coalesce(btrim(l.indicator), '') = '' THEN 'indicator'
            WHEN coalesce(btrim(l.expected_result), '') = '' THEN 'expected_result' ELSE 'department' END,
       p.name_th,
       coalesce(btrim(l.objective), '') <> '' AND coalesce(btrim(l.target), '') <> '' AND coalesce(btrim(l.indicator), '') <> ''
       AND coalesce(btrim(l.expected_result), '') <> '' AND coalesce(btrim(l.department), '') <> '',
       l.created_at::date
FROM project p
JOIN plan_project l ON l.id = p.plan_project_id
WHERE p.planned_baht > 0 AND l.form IN ('ผ.02', 'ผ.02/1', 'ผ.02/2')
UNION ALL
-- a change that was begun is to be promulgated or given up
SELECT n.organisation_code, v.fiscal_year_be, 'PLAN_CHANGE', 0::smallint, 'version:' || v.id, 'promulgated', v.number,
       v.status = 'PROMULGATED', v.created_at::date
FROM plan_version v
JOIN plan n ON n.id = v.plan_id
WHERE cardinality(v.change_types) > 0 AND v.status <> 'DISCARDED'
UNION ALL
SELECT w.organisation_code, w.fiscal_year_be, 'BUDGET', 0::smallint, 'documents', 'ordinance', NULL,
       EXISTS (SELECT FROM budget_document d
               WHERE d.organisation_code = w.organisation_code AND d.fiscal_year_be = w.fiscal_year_be AND d.kind = 'ANNUAL'
                 AND d.status = 'APPROVED' AND d.council_approved_on IS NOT NULL AND d.removed_at IS NULL), NULL
FROM completeness_owing w
UNION ALL
SELECT d.organisation_code, d.fiscal_year_be, 'BUDGET', 0::smallint, 'document:' || d.id, 'approved', d.title,
       d.status = 'APPROVED', d.created_at::date
FROM budget_document d
WHERE d.removed_at IS NULL AND d.kind <> 'ANNUAL'
UNION ALL
SELECT p.organisation_code, p.fiscal_year_be, 'BUDGET', 0::smallint, 'project:' || p.code, 'in_force', p.name_th,
       bool_and(a.in_force), min(a.created_at)::date
FROM appropriation a
JOIN project p ON p.id = a.project_id
WHERE a.removed_at IS NULL AND a.amount_baht > 0
GROUP BY p.id
UNION ALL
-- money that is approved gets bound: by a contract, own hands or a grant, or it is reserved, paid or given up
SELECT p.organisation_code, p.fiscal_year_be, 'CONTRACT', 12::smallint, 'project:' || p.code, 'contract', p.name_th,
       p.contracted_baht > 0 OR p.disbursed_baht > 0 OR p.status IN ('CANCELLED', 'DEFERRED', 'CLOSED')
       OR EXISTS (SELECT FROM contract c WHERE c.project_id = p.id AND c.removed_at IS NULL)
       OR EXISTS (SELECT FROM carry_over r WHERE r.project_id = p.id AND r.removed_at IS NULL), p.created_at::date
FROM project p
WHERE p.budget_baht > 0
UNION ALL
-- what falls due in a contract is paid, or the money is reserved beyond the year
SELECT p.organisation_code, p.fiscal_year_be, 'DISBURSEMENT',
       completeness_period(i.due_on, p.fiscal_year_be), 'project:' || p.code, 'payment:' || c.id || ':' || i.seq, p.name_th,
       coalesce(paid.baht, 0) >= i.until_baht
       OR EXISTS (SELECT FROM carry_over r
                  WHERE r.contract_id = c.id AND r.removed_at IS NULL AND r.until_on >= i.due_on),
       i.due_on
FROM project p
JOIN contract c ON c.project_id = p.id AND c.removed_at IS NULL
CROSS JOIN LATERAL (
    -- the payments of a contract count for its instalments in their order
    SELECT k.seq, coalesce(k.due_on, c.extended_to, c.end_on, c.signed_on) AS due_on,
           least(sum(k.amount_baht) OVER (ORDER BY k.seq), c.final_baht) AS until_baht
    FROM contract_instalment k
    WHERE k.contract_id = c.id AND k.removed_at IS NULL
    UNION ALL
    SELECT 0, coalesce(c.extended_to, c.end_on, c.signed_on), c.final_baht
    WHERE c.final_baht > 0
      AND NOT EXISTS (SELECT FROM contract_instalment k WHERE k.contract_id = c.id AND k.removed_at IS NULL)
) AS i
LEFT JOIN LATERAL (
    SELECT sum(d.amount_baht) AS baht FROM disbursement d WHERE d.contract_id = c.id
) AS paid ON true
WHERE p.status <> 'CANCELLED'
UNION ALL
-- revenue, expenditure and statistics of every month; a month is entered when one of its items says a number
SELECT w.organisation_code, w.fiscal_year_be, 'FINANCE', m.month::smallint, 'finances', s.letter || ':' || m.month, NULL,
       EXISTS (SELECT FROM finance_month f
               WHERE f.organisation_code = w.organisation_code AND f.fiscal_year_be = w.fiscal_year_be
                 AND f.month = m.month AND left(f.item_code, 1) = s.letter), NULL
FROM completeness_owing w
CROSS JOIN generate_series(1, 12) AS m (month)
CROSS JOIN (VALUES ('R'), ('E'), ('S')) AS s (letter)
UNION ALL
-- a grant that is told in the year's revenue has its letter and what arrived of it on record
SELECT g.organisation_code, g.fiscal_year_be, g.kind, 0::smallint, 'grant:' || g.id,
       CASE WHEN g.allotted_baht IS NULL THEN 'allotted_baht' WHEN coalesce(btrim(g.letter), '') = '' THEN 'letter'
            WHEN g.received_baht IS NULL THEN 'received_baht' ELSE 'received_on' END,
       g.name_th,
       g.allotted_baht IS NOT NULL AND coalesce(btrim(g.letter), '') <> '' AND g.received_baht IS NOT NULL
       AND (g.received_baht = 0 OR g.received_on IS NOT NULL), g.letter_on
FROM grant_allotment g
WHERE g.removed_at IS NULL
UNION ALL
SELECT f.organisation_code, f.fiscal_year_be, CASE f.item_code WHEN 'R8' THEN 'GRANT_GENERAL' ELSE 'GRANT_SPECIFIC' END,
       0::smallint, 'grants', 'allotment', NULL, false, NULL
FROM finance_month f
WHERE f.item_code IN ('R8', 'R9') AND f.amount_baht > 0 AND f.month > 0
  AND NOT EXISTS (SELECT FROM grant_allotment g
                  WHERE g.organisation_code = f.organisation_code AND g.fiscal_year_be = f.fiscal_year_be
                    AND g.kind = CASE f.item_code WHEN 'R8' THEN 'GRANT_GENERAL' ELSE 'GRANT_SPECIFIC' END
                    AND g.removed_at IS NULL)
GROUP BY f.organisation_code, f.fiscal_year_be, f.item_code
UNION ALL
SELECT p.organisation_code, p.fiscal_year_be, 'COORDINATES', 0::smallint, 'project:' || p.code, 'coordinates', p.name_th,
       p.geometry_status IN ('SUBMITTED', 'VERIFIED'), p.created_at::date
FROM project p
WHERE p.kind IN ('road', 'water') AND p.status NOT IN ('CANCELLED', 'DEFERRED')
"""

PERIOD = """
CREATE FUNCTION completeness_period(day date, fiscal_year_be integer) RETURNS smallint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN day >= make_date(fiscal_year_be - 543, 10, 1) THEN 12
                WHEN day < make_date(fiscal_year_be - 544, 10, 1) THEN 1
                ELSE (extract(month FROM day)::integer + 2) % 12 + 1 END::smallint
$$
"""

COUNT = """
CREATE FUNCTION count_completeness(organisations text[]) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH counted AS MATERIALIZED (
        SELECT i.organisation_code, i.fiscal_year_be, i.topic, i.period, count(*)::integer AS wanted,
               (count(*) FILTER (WHERE i.done))::integer AS done
        FROM completeness_item i
        JOIN completeness_owing w USING (organisation_code, fiscal_year_be)
        WHERE i.organisation_code = ANY (organisations)
        GROUP BY 1, 2, 3, 4
    ), moved AS MATERIALIZED (
        -- what is wanted no more counts 0 of 0 on its day
        SELECT organisation_code, fiscal_year_be, topic, period, coalesce(n.wanted, 0) AS wanted, coalesce(n.done, 0) AS done
        FROM counted n
        FULL JOIN (SELECT * FROM completeness_cell WHERE organisation_code = ANY (organisations)) c
        USING (organisation_code, fiscal_year_be, topic, period)
        WHERE (n.wanted, n.done) IS DISTINCT FROM (c.wanted, c.done)
    ), gone AS (
        DELETE FROM completeness_cell c USING moved m
        WHERE (c.fiscal_year_be, c.organisation_code, c.topic, c.period)
              = (m.fiscal_year_be, m.organisation_code, m.topic, m.period) AND m.wanted = 0
    ), kept AS (
        INSERT INTO completeness_cell (organisation_code, fiscal_year_be, topic, period, wanted, done)
        SELECT organisation_code, fiscal_year_be, topic, period, wanted, done FROM moved WHERE wanted > 0
        ON CONFLICT (fiscal_year_be, organisation_code, topic, period)
        DO UPDATE SET wanted = excluded.wanted, done = excluded.done
    ), told AS (
        INSERT INTO completeness_day (organisation_code, fiscal_year_be, topic, period, day, wanted, done)
        SELECT organisation_code, fiscal_year_be, topic, period, current_date, wanted, done FROM moved
        ON CONFLICT (fiscal_year_be, organisation_code, topic, period, day)
        DO UPDATE SET wanted = excluded.wanted, done = excluded.done
        RETURNING 1
    )
    SELECT count(*) FROM told
$$;
COMMENT ON FUNCTION count_completeness(text[]) IS 'Take the counts of some organisations again; how many cells changed';

-- One at a time: whoever counted from an older state must not write after whoever saw the newer one.
CREATE FUNCTION refresh_completeness(a_limit integer, wait boolean, one text DEFAULT NULL) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    organisations text[];
BEGIN
    IF wait THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('completeness', 0));
    ELSIF NOT pg_try_advisory_xact_lock(hashtextextended('completeness', 0)) THEN
        RETURN -1;
    END IF;
    WITH chosen AS (
        SELECT DISTINCT organisation_code FROM completeness_dirty WHERE one IS NULL OR organisation_code = one
        LIMIT a_limit
    ), taken AS (
        DELETE FROM completeness_dirty d USING chosen s WHERE d.organisation_code = s.organisation_code
        RETURNING d.organisation_code
    )
    SELECT coalesce(array_agg(DISTINCT organisation_code), '{}') INTO organisations FROM taken;
    IF cardinality(organisations) > 0 THEN
        PERFORM count_completeness(organisations);
    END IF;
    RETURN cardinality(organisations);
END $$;
COMMENT ON FUNCTION refresh_completeness(integer, boolean, text) IS
    'Count again for so many organisations (or one) whose records changed; how many, -1 when another does it at this moment';
"""

# table -> from its changed rows (alias r) to the organisations whose counts they touch
WHOSE = {
    "organisation": "SELECT r.code FROM {rows} r",
    "organisation_profile": "SELECT r.organisation_code FROM {rows} r",
    "organisation_population": "SELECT r.organisation_code FROM {rows} r",
    "plan": "SELECT r.organisation_code FROM {rows} r",
    "local_strategy": "SELECT n.organisation_code FROM {rows} r JOIN plan n ON n.id = r.plan_id",
    "local_tactic": (
        "SELECT n.organisation_code FROM {rows} r JOIN local_strategy s ON s.id = r.local_strategy_id"
        " JOIN plan n ON n.id = s.plan_id"
    ),
    "local_strategy_alignment": (
        "SELECT n.organisation_code FROM {rows} r JOIN local_strategy s ON s.id = r.local_strategy_id"
        " JOIN plan n ON n.id = s.plan_id"
    ),
    "plan_version": "SELECT n.organisation_code FROM {rows} r JOIN plan n ON n.id = r.plan_id",
    "plan_project": (
        "SELECT n.organisation_code FROM {rows} r JOIN plan_version v ON v.id = r.plan_version_id"
        " JOIN plan n ON n.id = v.plan_id"
    ),
    "budget_document": "SELECT r.organisation_code FROM {rows} r",
    "appropriation": "SELECT p.organisation_code FROM {rows} r JOIN project p ON p.id = r.project_id",
    "contract": "SELECT p.organisation_code FROM {rows} r JOIN project p ON p.id = r.project_id",
    "contract_instalment": "SELECT p.organisation_code FROM {rows} r JOIN project p ON p.id = r.project_id",
    "disbursement": "SELECT p.organisation_code FROM {rows} r JOIN project p ON p.id = r.project_id",
    "carry_over": "SELECT p.organisation_code FROM {rows} r JOIN project p ON p.id = r.project_id",
    "finance_month": "SELECT r.organisation_code FROM {rows} r",
    "grant_allotment": "SELECT r.organisation_code FROM {rows} r",
    "project": "SELECT r.organisation_code FROM {rows} r",
}


def _note(table: str, whose: str) -> str:
    both = f"{whose.format(rows='old_rows')} UNION {whose.format(rows='new_rows')}"
    return f"""
CREATE FUNCTION note_completeness_of_{table}() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO completeness_dirty SELECT DISTINCT * FROM ({whose.format(rows="new_rows")}) AS t;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO completeness_dirty SELECT DISTINCT * FROM ({whose.format(rows="old_rows")}) AS t;
    ELSE
        INSERT INTO completeness_dirty {both};
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER note_completeness_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION note_completeness_of_{table}();
CREATE TRIGGER note_completeness_update AFTER UPDATE ON {table} REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION note_completeness_of_{table}();
CREATE TRIGGER note_completeness_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION note_completeness_of_{table}();
REVOKE EXECUTE ON FUNCTION note_completeness_of_{table}() FROM PUBLIC;
"""


# The calendar says which years are counted: everybody's counts follow it.
CALENDAR_TRIGGER = """
CREATE FUNCTION note_completeness_of_calendar() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO completeness_dirty SELECT code FROM organisation WHERE type_code <> 'AGENCY';
    RETURN NULL;
END $$;
CREATE TRIGGER note_completeness AFTER INSERT OR UPDATE OF removed_at OR DELETE ON calendar_task
    FOR EACH STATEMENT EXECUTE FUNCTION note_completeness_of_calendar();
REVOKE EXECUTE ON FUNCTION note_completeness_of_calendar() FROM PUBLIC;
"""

_FUNCTIONS = ("count_completeness(text[])", "refresh_completeness(integer, boolean, text)")
_VIEWS = ("completeness_year", "completeness_owing", "completeness_plan", "completeness_item")


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(PERIOD)
    for view in (YEAR, OWING, PLAN, ITEM):
        op.execute(view)
    op.execute(COUNT)
    for table, whose in WHOSE.items():
        op.execute(_note(table, whose))
    op.execute(CALENDAR_TRIGGER)
    for function in _FUNCTIONS:
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {APPLICATION_ROLE}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON calendar_task TO {APPLICATION_ROLE}")
    for name in (*_VIEWS, "completeness_topic", "completeness_cell", "completeness_day", "completeness_dirty"):
        op.execute(f"GRANT SELECT ON {name} TO {APPLICATION_ROLE}")


def downgrade() -> None:
    # The extension stays: it may have been made by somebody else.
    op.execute("DROP TRIGGER note_completeness ON calendar_task")
    op.execute("DROP FUNCTION note_completeness_of_calendar()")
    for table in WHOSE:
        for happening in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER note_completeness_{happening} ON {table}")
        op.execute(f"DROP FUNCTION note_completeness_of_{table}()")
    for function in _FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    for view in reversed(_VIEWS):
        op.execute(f"DROP VIEW {view}")
    op.execute("DROP FUNCTION completeness_period(date, integer)")
    for table in ("completeness_dirty", "completeness_day", "completeness_cell", "calendar_task", "completeness_topic"):
        op.execute(f"DROP TABLE {table}")
