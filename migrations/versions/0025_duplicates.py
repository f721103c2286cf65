"""Works at the same place: pairs, the decisions of people on them, and what was compared last."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects.postgresql import JSONB

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "eplan_app"


def _key(table: str, column: str, target: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target.split('.')[0]}")
    return sa.ForeignKeyConstraint([column], [target], name=name, ondelete=ondelete)


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _time(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False)


def _pairs() -> None:
    op.create_table(
        "duplicate_pair",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("project_a", sa.BigInteger(), nullable=False),
        sa.Column("project_b", sa.BigInteger(), nullable=False),
        sa.Column("class", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("shared_m", sa.Float(), nullable=False),
        sa.Column("shared_share", sa.Float(), nullable=False),
        sa.Column("distance_m", sa.Float(), nullable=False),
        sa.Column("reasons", JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("common", Geometry("GEOMETRY", 4326, 2, spatial_index=False), nullable=True),
        sa.Column("geometry_version_a", sa.Integer(), nullable=False),
        sa.Column("geometry_version_b", sa.Integer(), nullable=False),
        sa.Column("shape_a", sa.Uuid(), nullable=True),
        sa.Column("shape_b", sa.Uuid(), nullable=True),
        _time("computed_at"),
        sa.Column("ended_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_for", sa.Text(), nullable=True),
        sa.Column("decided_a", sa.Uuid(), nullable=True),
        sa.Column("decided_b", sa.Uuid(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        _check("duplicate_pair", "order", "project_a < project_b"),
        _check(
            "duplicate_pair",
            "class",
            "class IN ('same_work', 'continuation', 'repair', 'upgrade', 'joint', 'crossing', 'near')",
        ),
        _check("duplicate_pair", "status", "status IN ('open', 'answered', 'confirmed', 'appealed')"),
        _check("duplicate_pair", "answer", "answer IN ('same_work', 'continuation', 'repair', 'joint', 'different')"),
        _check("duplicate_pair", "answered", "(status = 'open') = (answer IS NULL)"),
        _check("duplicate_pair", "score", "score BETWEEN 0 AND 1"),
        _key("duplicate_pair", "project_a", "project.id", "CASCADE"),
        _key("duplicate_pair", "project_b", "project.id", "CASCADE"),
        _key("duplicate_pair", "answered_for", "organisation.code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_pair")),
        sa.UniqueConstraint("project_a", "project_b", name=op.f("uq_duplicate_pair_project_a_project_b")),
    )
    op.create_index("ix_duplicate_pair_project_b", "duplicate_pair", ["project_b"])
    op.create_index(
        "ix_duplicate_pair_list",
        "duplicate_pair",
        [sa.literal_column("score DESC"), sa.literal_column("id DESC")],
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _decisions() -> None:
    table = "duplicate_decision"
    op.create_table(
        table,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("pair_id", sa.BigInteger(), nullable=False),
        sa.Column("project_a", sa.BigInteger(), nullable=False),
        sa.Column("project_b", sa.BigInteger(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("attachment_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation_code", sa.Text(), nullable=True),
        _time("created_at"),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("on_behalf_of", sa.Text(), nullable=True),
        _check(table, "act", "act IN ('answer', 'confirm', 'return', 'appeal', 'reopen')"),
        _check(table, "status", "status IN ('open', 'answered', 'confirmed', 'appealed')"),
        _check(table, "answer", "answer IN ('same_work', 'continuation', 'repair', 'joint', 'different')"),
        _check(table, "answered", "(act IN ('answer', 'confirm', 'appeal')) = (answer IS NOT NULL)"),
        _check(table, "explained", "act NOT IN ('appeal', 'return') OR note IS NOT NULL"),
        _key(table, "pair_id", "duplicate_pair.id"),
        _key(table, "project_a", "project.id"),
        _key(table, "project_b", "project.id"),
        _key(table, "attachment_id", "attachment.id"),
        _key(table, "organisation_code", "organisation.code"),
        _key(table, "created_by", "user_account.id"),
        _key(table, "on_behalf_of", "organisation.code"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(f"ix_{table}_pair_id", table, ["pair_id", "id"])
    for column in ("project_a", "project_b", "attachment_id"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    # What is computed is not logged; what people say is, in the history of both projects.
    for side in ("a", "b"):
        op.execute(
            f"CREATE TRIGGER log_insert_{side} AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows "
            f"FOR EACH STATEMENT EXECUTE FUNCTION log_changes('id', 'project_{side}')"
        )
    op.execute(
        f"CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(f"CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()")


def upgrade() -> None:
    _pairs()
    _decisions()
    op.create_table(
        "duplicate_work",
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("geometry_version", sa.Integer(), nullable=False),
        sa.Column("facts", sa.Uuid(), nullable=False),
        _key("duplicate_work", "project_id", "project.id", "CASCADE"),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_duplicate_work")),
    )
    op.create_table(
        "duplicate_refresh",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        _time("finished_at"),
        sa.Column("works", sa.Integer(), nullable=False),
        sa.Column("compared", sa.Integer(), nullable=False),
        sa.Column("pairs", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_refresh")),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON duplicate_pair, duplicate_work TO {APPLICATION_ROLE}")
    op.execute(f"GRANT SELECT, INSERT ON duplicate_decision, duplicate_refresh TO {APPLICATION_ROLE}")


def downgrade() -> None:
    for table in ("duplicate_refresh", "duplicate_work", "duplicate_decision", "duplicate_pair"):
        op.drop_table(table)
