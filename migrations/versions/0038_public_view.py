"""What the public sees, as views; what citizens ask; and who wants to hear of an area.

``public_project`` and the views that hang on it are the only place that says what leaves the platform for people
without an account: published works, companies but no persons, verified places, pictures whose stage somebody has told,
and no text that staff write for each other (notes, reasons, captions, descriptions of a place).

``citizen_question`` is a question about a work or an organisation, ``citizen_message`` what was said of it in order,
``citizen_contact`` the address for the answer: apart from the question, sealed, and deleted. ``area_subscription``
holds sealed addresses too. Neither of the two leaves a trace in the change log.
"""

from alembic import op

revision = "0038"
down_revision = "0035"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "eplan_app"

TABLES = """
CREATE TABLE citizen_question (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_code text NOT NULL REFERENCES organisation (code),
    project_id bigint REFERENCES project (id),
    state text NOT NULL DEFAULT 'WAITING'
        CONSTRAINT ck_citizen_question_state CHECK (state IN ('WAITING', 'OPEN', 'ANSWERED', 'HIDDEN', 'APPEALED')),
    asked_at timestamptz NOT NULL DEFAULT now(),
    due_on date NOT NULL,
    answered_at timestamptz,
    reopened_at timestamptz,
    decided_at timestamptz,
    hidden_reason text CONSTRAINT ck_citizen_question_hidden_reason CHECK (length(hidden_reason) BETWEEN 1 AND 500),
    row_version integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ck_citizen_question_hidden CHECK (state NOT IN ('HIDDEN', 'APPEALED') OR hidden_reason IS NOT NULL),
    CONSTRAINT ck_citizen_question_answered CHECK (state <> 'ANSWERED' OR answered_at IS NOT NULL)
);
CREATE INDEX ix_citizen_question_project_id ON citizen_question (project_id) WHERE project_id IS NOT NULL;
CREATE INDEX ix_citizen_question_organisation_code ON citizen_question (organisation_code, asked_at DESC, id DESC);
CREATE INDEX ix_citizen_question_pending ON citizen_question (organisation_code, due_on)
    WHERE state IN ('WAITING', 'OPEN', 'APPEALED');

CREATE TABLE citizen_message (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    question_id bigint NOT NULL REFERENCES citizen_question (id),
    kind text NOT NULL CONSTRAINT ck_citizen_message_kind CHECK (kind IN ('question', 'answer', 'again')),
    body text NOT NULL CONSTRAINT ck_citizen_message_body CHECK (length(body) BETWEEN 1 AND 2000),
    shown boolean NOT NULL DEFAULT false,
    at timestamptz NOT NULL DEFAULT now(),
    by_user bigint REFERENCES user_account (id),
    by_name text
);
CREATE INDEX ix_citizen_message_question_id ON citizen_message (question_id, id);

CREATE TABLE citizen_contact (
    question_id bigint PRIMARY KEY REFERENCES citizen_question (id) ON DELETE CASCADE,
    email_sealed bytea NOT NULL
);

CREATE TABLE area_subscription (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    place text NOT NULL CONSTRAINT ck_area_subscription_place CHECK (
        place ~ '^(organisation:[A-Z0-9]{1,20}|area:([0-9]{2}){1,3}|near:[0-9.]{1,6},[0-9.]{1,6},[0-9]{1,2})$'),
    email_sealed bytea NOT NULL,
    email_mark text NOT NULL CONSTRAINT uq_area_subscription_email_mark UNIQUE,
    confirmed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    told_until timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_area_subscription_created_at ON area_subscription (created_at) WHERE confirmed_at IS NULL;

CREATE FUNCTION next_question_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.row_version := OLD.row_version + 1;
    NEW.updated_at := now();
    RETURN NEW;
END $$;
CREATE TRIGGER next_row_version BEFORE UPDATE ON citizen_question
    FOR EACH ROW EXECUTE FUNCTION next_question_version();
CREATE TRIGGER log_insert AFTER INSERT ON citizen_question REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION log_changes('id', 'project_id');
CREATE TRIGGER log_update AFTER UPDATE ON citizen_question REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION log_changes('id', 'project_id');

CREATE INDEX ix_project_status_change_at ON project_status_change (at DESC, id DESC);
"""

# The names of the columns are those of ``project``, so that the filters of lists read either.
PROJECT = """
CREATE VIEW public_project AS
SELECT p.id, p.code, p.name_th, p.name_search, p.kind, p.work_nature_code, p.surface_type_code,
       p.water_source_type_code, p.organisation_code, p.fiscal_year_be, p.status, p.area_code, p.village_code,
       p.route_code, p.length_m, p.width_m, p.area_m2, p.strategy_code, p.plan_form, p.programme_code,
       l.id AS plan_project_id,
       CASE WHEN l.id IS NOT NULL THEN p.planned_baht ELSE 0 END AS planned_baht,
       p.budget_baht, p.contracted_baht, p.disbursed_baht,
       CASE WHEN p.geometry_status = 'VERIFIED' THEN 'VERIFIED' ELSE 'NONE' END AS geometry_status,
       CASE WHEN p.geometry_status = 'VERIFIED' THEN p.geometry_version ELSE 0 END AS geometry_version,
       p.updated_at
FROM project p
LEFT JOIN LATERAL (
    SELECT l.id FROM plan_project l JOIN plan_version v ON v.id = l.plan_version_id
    WHERE l.id = p.plan_project_id AND v.status = 'PROMULGATED'
) AS l ON true
WHERE p.status = ANY (ARRAY(SELECT s.code FROM read_status_published s WHERE s.published))
"""

# What hangs on a published work, by the name of its view.
PARTS = {
    "public_plan_line": """
SELECT p.id AS project_id, e.name_th AS period, n.name_th AS plan, v.change_types, v.number AS version,
       v.promulgated_on, l.objective, l.target, l.expected_result, b.name_th AS programme, b.code AS programme_code
FROM public_project p
JOIN plan_project l ON l.id = p.plan_project_id
JOIN plan_version v ON v.id = l.plan_version_id
JOIN plan n ON n.id = v.plan_id
JOIN plan_period e ON e.id = n.plan_period_id
LEFT JOIN budget_programme b ON b.code = l.programme_code""",
    "public_appropriation": """
SELECT a.id, a.project_id, a.fund_source_code, a.net_baht, a.legal_reference, a.approved_on
FROM appropriation a JOIN public_project p ON p.id = a.project_id
WHERE a.in_force AND a.removed_at IS NULL AND a.net_baht > 0""",
    "public_contract": """
SELECT c.id, c.project_id, c.kind, c.number, c.egp_number, c.procurement_method_code, c.contractor_is_person,
       CASE WHEN NOT c.contractor_is_person THEN c.contractor_name END AS contractor_name,
       c.amount_baht, c.final_baht, c.instalments, c.signed_on, c.start_on, c.end_on, c.extended_to
FROM contract c JOIN public_project p ON p.id = c.project_id
WHERE c.removed_at IS NULL""",
    "public_amendment": """
SELECT x.contract_id, x.seq, x.signed_on, x.amount_change_baht, x.new_end_on
FROM contract_amendment x JOIN public_contract c ON c.id = x.contract_id""",
    "public_payment": """
SELECT d.id, d.project_id, d.contract_id, d.paid_on, d.instalment, d.amount_baht
FROM disbursement d JOIN public_project p ON p.id = d.project_id""",
    "public_progress": """
SELECT DISTINCT ON (r.project_id) r.project_id, r.reported_on, r.percent
FROM progress_report r JOIN public_project p ON p.id = r.project_id
WHERE r.removed_at IS NULL
ORDER BY r.project_id, r.reported_on DESC, r.id DESC""",
    "public_segment": """
SELECT s.project_id, s.seq, s.surface_type_code, s.width_m, s.length_m, s.area_m2
FROM project_segment s JOIN public_project p ON p.id = s.project_id""",
    "public_shape": """
SELECT p.id AS project_id, g.version, g.geom, g.length_m, g.area_m2, g.created_at AS verified_at,
       f.geom AS geom_3857, f.point, f.west, f.south, f.east, f.north
FROM public_project p
JOIN project_geometry g ON g.project_id = p.id AND g.version = p.geometry_version
JOIN read_project_feature f ON f.project_id = p.id
WHERE p.geometry_status = 'VERIFIED' AND f.geometry_version = p.geometry_version""",
    "public_part": """
SELECT p.id AS project_id, x.seq, x.geom
FROM public_project p
JOIN project_geometry g ON g.project_id = p.id AND g.version = p.geometry_version
JOIN project_geometry_segment x ON x.project_geometry_id = g.id
WHERE p.geometry_status = 'VERIFIED'""",
    "public_photo": """
SELECT a.id, a.project_id, a.stage, (a.taken_at AT TIME ZONE 'Asia/Bangkok')::date AS taken_on, a.stored_name,
       a.sha256, a.width_px, a.height_px
FROM attachment a JOIN public_project p ON p.id = a.project_id
WHERE a.kind = 'photo' AND a.stage IS NOT NULL AND a.removed_at IS NULL""",
    "public_event": """
SELECT c.id, c.project_id, c.to_status, c.at
FROM project_status_change c JOIN public_project p ON p.id = c.project_id
WHERE c.to_status = ANY (ARRAY(SELECT s.code FROM read_status_published s WHERE s.published))""",
    "public_organisation": """
SELECT o.code, o.type_code, o.name_th, o.full_name_th, o.name_search, o.province_code, o.amphoe_code, o.fictional,
       o.territory
FROM organisation o
WHERE o.type_code <> 'AGENCY' AND (o.valid_to IS NULL OR o.valid_to >= current_date)""",
    # Kept sums, so that the map of the nation costs nothing; by amphoe, or by what is known of the place.
    "public_area_count": """
SELECT c.amphoe_code, sum(c.projects)::bigint AS published
FROM (
    SELECT amphoe_code, status, projects FROM read_budget_cell WHERE grain = 0
    UNION ALL
    SELECT amphoe_code, status, projects FROM read_budget_delta WHERE fund_source_code = ''
) AS c
WHERE c.status = ANY (ARRAY(SELECT s.code FROM read_status_published s WHERE s.published))
GROUP BY c.amphoe_code""",
    "public_announcement": """
SELECT n.organisation_code, 'plan' AS kind, v.id, n.name_th AS title, v.change_types, v.number, v.promulgated_on AS day
FROM plan_version v JOIN plan n ON n.id = v.plan_id
WHERE v.status = 'PROMULGATED' AND v.promulgated_on IS NOT NULL
UNION ALL
SELECT d.organisation_code, 'budget', d.id, d.title, '{}'::text[], d.number, coalesce(d.in_force_on, d.approved_on)
FROM budget_document d
WHERE d.status = 'APPROVED' AND d.removed_at IS NULL AND coalesce(d.in_force_on, d.approved_on) IS NOT NULL""",
    # Counts only: the names of what is missing may be those of works that are not published.
    "public_completeness": """
SELECT c.organisation_code, c.fiscal_year_be, c.topic, k.seq, k.name_th, k.name_en,
       sum(c.wanted)::integer AS wanted, sum(c.done)::integer AS done,
       min(t.due_on) FILTER (WHERE c.done < c.wanted AND t.due_on < current_date) AS late_since,
       (max(c.wanted - c.done) FILTER (WHERE t.due_on < current_date)) > 0 AS late
FROM completeness_cell c
JOIN completeness_topic k ON k.code = c.topic
LEFT JOIN calendar_task t ON t.fiscal_year_be = c.fiscal_year_be AND t.topic = c.topic AND t.removed_at IS NULL
     AND c.period BETWEEN t.period_from AND t.period_to
GROUP BY c.organisation_code, c.fiscal_year_be, c.topic, k.seq, k.name_th, k.name_en""",
    # A question waits unseen until somebody has looked at it; a hidden one shows why and nothing else.
    "public_question": """
SELECT q.id, q.organisation_code, p.id AS project_id, p.code AS project_code, p.name_th AS project_name,
       CASE q.state WHEN 'APPEALED' THEN 'HIDDEN' WHEN 'WAITING' THEN 'ANSWERED' ELSE q.state END AS state,
       q.asked_at::date AS asked_on, q.due_on, q.answered_at::date AS answered_on,
       CASE WHEN q.state IN ('HIDDEN', 'APPEALED') THEN q.hidden_reason END AS hidden_reason, q.updated_at
FROM citizen_question q
LEFT JOIN public_project p ON p.id = q.project_id
WHERE (q.project_id IS NULL OR p.id IS NOT NULL) AND (q.state <> 'WAITING' OR q.reopened_at IS NOT NULL)""",
    "public_message": """
SELECT m.id, m.question_id, m.kind, m.body, m.at::date AS said_on
FROM citizen_message m JOIN public_question q ON q.id = m.question_id
WHERE m.shown AND q.state <> 'HIDDEN'""",
}


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(PROJECT)
    for name, select in PARTS.items():
        op.execute(f"CREATE VIEW {name} AS {select}")
    for name in ("public_project", *PARTS):
        op.execute(f"GRANT SELECT ON {name} TO {APPLICATION_ROLE}")
    for name, rights in (
        ("citizen_question", "SELECT, INSERT, UPDATE"),
        ("citizen_message", "SELECT, INSERT, UPDATE (shown)"),
        ("citizen_contact", "SELECT, INSERT, DELETE"),
        ("area_subscription", "SELECT, INSERT, UPDATE (confirmed_at, told_until, email_sealed), DELETE"),
    ):
        op.execute(f"GRANT {rights} ON {name} TO {APPLICATION_ROLE}")


def downgrade() -> None:
    for name in reversed(PARTS):
        op.execute(f"DROP VIEW {name}")
    op.execute("DROP VIEW public_project")
    op.execute("DROP INDEX ix_project_status_change_at")
    for table in ("area_subscription", "citizen_contact", "citizen_message", "citizen_question"):
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP FUNCTION next_question_version()")
