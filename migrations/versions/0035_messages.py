"""Mail that waits to be sent, kept until a mail server took it.

``mail``
    The outbox. Whoever has something to say writes a row in their own transaction; the worker hands it to the mail
    server. A row that is ``SENDING`` belongs to one worker until its lease ends.
"""

from alembic import op

revision = "0035"
down_revision = "0033"
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


def upgrade() -> None:
    op.execute(MAIL)
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON mail TO {APPLICATION_ROLE}")
    op.execute(f"GRANT USAGE ON SEQUENCE mail_id_seq TO {APPLICATION_ROLE}")


def downgrade() -> None:
    op.execute("DROP TABLE mail")
