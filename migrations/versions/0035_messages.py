"""Questions and answers between offices, news, reminders, and mail that waits to be sent.

``message_thread``, ``message``
    A thread belongs to an organisation, or to a province alone; who works there, in its amphoe, its province or the
    department reads it. Messages are never changed. They are not in ``change_log``, which all staff read.
``message_read``
    Who has read a thread up to which message, and when: a row each time that was more than before.
``message_unread``
    Who has not read what is new in a thread: a row for each person whom it concerns, written with the message and taken
    away by reading, so that counting costs what is unread and not what there is.
``news``, ``news_read``
    What the department or a province tells whom, from when until when, and who has read it.
``reminder``
    Who was reminded of which task, by whom: not again within days.
``notification_setting``
    How a person wants to be told, and where.
``mail``
    The outbox. Whoever has something to say writes a row in their own transaction; the worker hands it to the mail
    server. A row that is ``SENDING`` belongs to one worker until its lease ends.
"""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "eplan_app"

MAIL = """
CREATE TABLE mail (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_mail PRIMARY KEY,
    kind text NOT NULL CONSTRAINT ck_mail_kind CHECK (kind ~ '^[a-z_]{1,40}$'),
    recipient text NOT NULL CONSTRAINT ck_mail_recipient CHECK (recipient ~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]+$'),
    subject text NOT NULL CONSTRAINT ck_mail_subject CHECK (subject !~ '[[:cntrl:]]' AND length(subject) BETWEEN 1 AND 300),
    body_text text NOT NULL,
    body_html text,
    unsubscribe_url text CONSTRAINT ck_mail_unsubscribe_url CHECK (unsubscribe_url ~ '^https?://[^[:space:][:cntrl:]<>]+$'),
    dedupe_key text CONSTRAINT uq_mail_dedupe_key UNIQUE,
    user_id bigint CONSTRAINT fk_mail_user_id_user_account REFERENCES user_account (id),
    about text,
    state text NOT NULL DEFAULT 'WAITING' CONSTRAINT ck_mail_state CHECK (state IN ('WAITING', 'SENDING', 'SENT', 'FAILED')),
    tries integer NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL DEFAULT now(),
    last_error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    CONSTRAINT ck_mail_sent CHECK ((state = 'SENT') = (sent_at IS NOT NULL)),
    CONSTRAINT ck_mail_size CHECK (octet_length(body_text) <= 500000 AND octet_length(body_html) <= 2000000)
);
CREATE INDEX ix_mail_due ON mail (next_try_at) WHERE state IN ('WAITING', 'SENDING');
CREATE INDEX ix_mail_user_id ON mail (user_id, id);
CREATE INDEX ix_mail_about ON mail (about) WHERE about IS NOT NULL;
CREATE INDEX ix_mail_failed ON mail (id) WHERE state = 'FAILED';
"""

MESSAGES = """
CREATE TABLE message_thread (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_message_thread PRIMARY KEY,
    subject text NOT NULL CONSTRAINT ck_message_thread_subject CHECK (length(subject) BETWEEN 1 AND 200),
    organisation_code text CONSTRAINT fk_message_thread_organisation_code_organisation REFERENCES organisation (code),
    province_code text NOT NULL CONSTRAINT fk_message_thread_province_code_area REFERENCES area (code),
    amphoe_code text,
    topic text CONSTRAINT fk_message_thread_topic_completeness_topic REFERENCES completeness_topic (code),
    record_kind text,
    record_key text,
    record_name text,
    asked_by text NOT NULL,
    addressed_to text NOT NULL,
    sides text[] NOT NULL,
    state text NOT NULL DEFAULT 'OPEN' CONSTRAINT ck_message_thread_state CHECK (state IN ('OPEN', 'ANSWERED', 'CLOSED')),
    assigned_to bigint CONSTRAINT fk_message_thread_assigned_to_user_account REFERENCES user_account (id),
    general_answer_id bigint,
    created_by bigint CONSTRAINT fk_message_thread_created_by_user_account REFERENCES user_account (id),
    created_by_name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_message_id bigint NOT NULL DEFAULT 0,
    last_at timestamptz NOT NULL DEFAULT now(),
    last_by bigint,
    search text NOT NULL GENERATED ALWAYS AS (thai_search(subject || ' ' || coalesce(record_name, ''))) STORED,
    CONSTRAINT ck_message_thread_record CHECK (num_nulls(record_kind, record_key, record_name) IN (0, 3)),
    CONSTRAINT ck_message_thread_record_kind
        CHECK (record_kind IN ('project', 'plan', 'plan_version', 'budget_document', 'completeness')),
    CONSTRAINT ck_message_thread_sides
        CHECK (sides <@ ARRAY['ORGANISATION', 'PROVINCE', 'DEPARTMENT'] AND sides @> ARRAY[asked_by, addressed_to]),
    CONSTRAINT ck_message_thread_organisation
        CHECK (organisation_code IS NOT NULL OR NOT 'ORGANISATION' = ANY (sides))
);
CREATE INDEX ix_message_thread_organisation_code ON message_thread (organisation_code, last_at);
CREATE INDEX ix_message_thread_province_code ON message_thread (province_code, last_at);
CREATE INDEX ix_message_thread_last_at ON message_thread (last_at);
CREATE INDEX ix_message_thread_record ON message_thread (record_kind, record_key) WHERE record_kind IS NOT NULL;
CREATE INDEX ix_message_thread_assigned_to ON message_thread (assigned_to) WHERE assigned_to IS NOT NULL;
CREATE INDEX ix_message_thread_search ON message_thread USING gin (search gin_trgm_ops);

CREATE TABLE message (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_message PRIMARY KEY,
    thread_id bigint NOT NULL CONSTRAINT fk_message_thread_id_message_thread REFERENCES message_thread (id),
    side text NOT NULL CONSTRAINT ck_message_side CHECK (side IN ('ORGANISATION', 'PROVINCE', 'DEPARTMENT')),
    author_id bigint CONSTRAINT fk_message_author_id_user_account REFERENCES user_account (id),
    author_name text NOT NULL,
    text text CONSTRAINT ck_message_text CHECK (length(text) BETWEEN 1 AND 20000),
    event text CONSTRAINT ck_message_event CHECK (event IN ('CLOSED', 'REOPENED', 'ASSIGNED', 'PASSED_ON', 'GENERAL', 'NOT_GENERAL')),
    detail text,
    created_at timestamptz NOT NULL DEFAULT now(),
    search text NOT NULL GENERATED ALWAYS AS (thai_search(coalesce(text, ''))) STORED,
    CONSTRAINT ck_message_content CHECK (num_nulls(text, event) = 1)
);
CREATE INDEX ix_message_thread_id ON message (thread_id, id);
CREATE INDEX ix_message_search ON message USING gin (search gin_trgm_ops);
ALTER TABLE message_thread ADD CONSTRAINT fk_message_thread_general_answer_id_message
    FOREIGN KEY (general_answer_id) REFERENCES message (id);
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON message FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON message EXECUTE FUNCTION refuse_change();

CREATE TABLE message_read (
    thread_id bigint NOT NULL CONSTRAINT fk_message_read_thread_id_message_thread REFERENCES message_thread (id),
    user_id bigint NOT NULL CONSTRAINT fk_message_read_user_id_user_account REFERENCES user_account (id),
    message_id bigint NOT NULL CONSTRAINT fk_message_read_message_id_message REFERENCES message (id),
    read_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_message_read PRIMARY KEY (thread_id, user_id, message_id)
);

CREATE TABLE message_unread (
    user_id bigint NOT NULL CONSTRAINT fk_message_unread_user_id_user_account REFERENCES user_account (id),
    thread_id bigint NOT NULL CONSTRAINT fk_message_unread_thread_id_message_thread REFERENCES message_thread (id),
    CONSTRAINT pk_message_unread PRIMARY KEY (user_id, thread_id)
);
"""

NEWS = """
CREATE TABLE news (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_news PRIMARY KEY,
    province_code text CONSTRAINT fk_news_province_code_area REFERENCES area (code),
    title text NOT NULL CONSTRAINT ck_news_title CHECK (length(title) BETWEEN 1 AND 200),
    body text NOT NULL CONSTRAINT ck_news_body CHECK (length(body) BETWEEN 1 AND 20000),
    roles text[] NOT NULL DEFAULT '{}',
    provinces text[] NOT NULL DEFAULT '{}',
    types text[] NOT NULL DEFAULT '{}',
    valid_from date NOT NULL,
    valid_to date,
    pinned boolean NOT NULL DEFAULT false,
    state text NOT NULL DEFAULT 'DRAFT' CONSTRAINT ck_news_state CHECK (state IN ('DRAFT', 'PUBLISHED', 'WITHDRAWN')),
    published_at timestamptz,
    created_by bigint CONSTRAINT fk_news_created_by_user_account REFERENCES user_account (id),
    created_by_name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    row_version integer NOT NULL DEFAULT 1,
    CONSTRAINT ck_news_days CHECK (valid_to IS NULL OR valid_to >= valid_from),
    CONSTRAINT ck_news_published CHECK (state <> 'PUBLISHED' OR published_at IS NOT NULL),
    CONSTRAINT ck_news_province CHECK (province_code IS NULL OR provinces = ARRAY[province_code])
);
CREATE INDEX ix_news_published ON news (valid_from) WHERE state = 'PUBLISHED';

CREATE TABLE news_read (
    news_id bigint NOT NULL CONSTRAINT fk_news_read_news_id_news REFERENCES news (id),
    user_id bigint NOT NULL CONSTRAINT fk_news_read_user_id_user_account REFERENCES user_account (id),
    read_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_news_read PRIMARY KEY (news_id, user_id)
);
"""

REMINDERS = """
CREATE TABLE reminder (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_reminder PRIMARY KEY,
    organisation_code text NOT NULL CONSTRAINT fk_reminder_organisation_code_organisation REFERENCES organisation (code),
    task_id bigint NOT NULL CONSTRAINT fk_reminder_task_id_calendar_task REFERENCES calendar_task (id),
    thread_id bigint NOT NULL CONSTRAINT fk_reminder_thread_id_message_thread REFERENCES message_thread (id),
    missing integer NOT NULL CONSTRAINT ck_reminder_missing CHECK (missing > 0),
    mails integer NOT NULL DEFAULT 0,
    sent_by bigint CONSTRAINT fk_reminder_sent_by_user_account REFERENCES user_account (id),
    sent_by_name text NOT NULL,
    sent_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_reminder_organisation_code ON reminder (organisation_code, task_id, sent_at);

CREATE TABLE notification_setting (
    user_id bigint CONSTRAINT pk_notification_setting PRIMARY KEY
        CONSTRAINT fk_notification_setting_user_id_user_account REFERENCES user_account (id),
    digest text NOT NULL DEFAULT 'daily'
        CONSTRAINT ck_notification_setting_digest CHECK (digest IN ('off', 'daily', 'weekly')),
    on_message boolean NOT NULL DEFAULT true,
    quiet_from time NOT NULL DEFAULT '18:00',
    quiet_until time NOT NULL DEFAULT '08:00',
    address text,
    new_address text,
    code_sha256 text,
    code_at timestamptz,
    code_tries integer NOT NULL DEFAULT 0,
    digest_on date,
    updated_at timestamptz NOT NULL DEFAULT now()
);
"""

_RIGHTS = {
    "message_thread": "SELECT, INSERT, UPDATE",
    "message": "SELECT, INSERT",
    "message_read": "SELECT, INSERT",
    "message_unread": "SELECT, INSERT, DELETE",
    "news": "SELECT, INSERT, UPDATE",
    "news_read": "SELECT, INSERT",
    "reminder": "SELECT, INSERT",
    "notification_setting": "SELECT, INSERT, UPDATE",
    "mail": "SELECT, INSERT, UPDATE, DELETE",
}


def upgrade() -> None:
    for statements in (MESSAGES, NEWS, REMINDERS, MAIL):
        op.execute(statements)
    for table, rights in _RIGHTS.items():
        op.execute(f"GRANT {rights} ON {table} TO {APPLICATION_ROLE}")
    for table in ("message_thread", "message", "news", "reminder", "mail"):
        op.execute(f"GRANT USAGE ON SEQUENCE {table}_id_seq TO {APPLICATION_ROLE}")


def downgrade() -> None:
    op.execute("ALTER TABLE message_thread DROP CONSTRAINT fk_message_thread_general_answer_id_message")
    for table in (
        "mail", "notification_setting", "reminder", "news_read", "news", "message_unread", "message_read",
        "message", "message_thread",
    ):  # fmt: skip
        op.execute(f"DROP TABLE {table}")
