"""The report over stored coordinates: findings, answers, and when each organisation was checked."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "eplan_app"
SOURCES_BEFORE = "'drawn', 'typed', 'import', 'api', 'review', 'demo'"
SOURCES = "'drawn', 'typed', 'import', 'api', 'review', 'doctor', 'demo'"


def _allow_sources(sources: str) -> None:
    # Rows that stand were checked already; NOT VALID spares reading a million of them.
    op.execute("ALTER TABLE project_geometry DROP CONSTRAINT ck_project_geometry_source")
    op.execute(
        "ALTER TABLE project_geometry ADD CONSTRAINT ck_project_geometry_source"
        f" CHECK (source IN ({sources})) NOT VALID"
    )


def upgrade() -> None:
    op.create_table(
        "coordinate_finding",
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("geometry_version", sa.Integer(), nullable=False),
        sa.Column("organisation_code", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("problem", JSONB(), nullable=False),
        sa.Column("location", Geometry("POINT", 4326, 2, spatial_index=False), nullable=False),
        sa.Column("offered", JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.CheckConstraint("level IN ('error', 'warning', 'info')", name=op.f("ck_coordinate_finding_level")),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_coordinate_finding_project_id_project"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_code"],
            ["organisation.code"],
            name=op.f("fk_coordinate_finding_organisation_code_organisation"),
        ),
        sa.PrimaryKeyConstraint("project_id", "code", name=op.f("pk_coordinate_finding")),
    )
    op.create_index("ix_coordinate_finding_list", "coordinate_finding", ["organisation_code", "project_id", "code"])
    op.create_table(
        "coordinate_answer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("geometry_version", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("on_behalf_of", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_coordinate_answer_project_id_project"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_coordinate_answer_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["on_behalf_of"], ["organisation.code"], name=op.f("fk_coordinate_answer_on_behalf_of_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coordinate_answer")),
        sa.UniqueConstraint(
            "project_id",
            "code",
            "geometry_version",
            name=op.f("uq_coordinate_answer_project_id_code_geometry_version"),
        ),
    )
    op.create_table(
        "coordinate_check",
        sa.Column("organisation_code", sa.Text(), nullable=False),
        sa.Column("checked_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("projects", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_code"],
            ["organisation.code"],
            name=op.f("fk_coordinate_check_organisation_code_organisation"),
        ),
        sa.PrimaryKeyConstraint("organisation_code", name=op.f("pk_coordinate_check")),
    )
    # What a check finds is computed and not logged; what a person answers is.
    for verb, references in (
        ("INSERT", "NEW TABLE AS new_rows"),
        ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
        ("DELETE", "OLD TABLE AS old_rows"),
    ):
        op.execute(
            f"CREATE TRIGGER log_{verb.lower()} AFTER {verb} ON coordinate_answer REFERENCING {references} "
            "FOR EACH STATEMENT EXECUTE FUNCTION log_changes('id', 'project_id')"
        )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON coordinate_finding, coordinate_check TO {APPLICATION_ROLE}")
    _allow_sources(SOURCES)
    op.execute(f"GRANT SELECT, INSERT, DELETE ON coordinate_answer TO {APPLICATION_ROLE}")


def downgrade() -> None:
    for table in ("coordinate_check", "coordinate_answer", "coordinate_finding"):
        op.drop_table(table)
    _allow_sources(SOURCES_BEFORE)
