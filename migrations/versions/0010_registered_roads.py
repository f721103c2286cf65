"""The register of local highways, along which works are told by chainage."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "eplan_app"


def upgrade() -> None:
    op.create_table(
        "registered_road",
        sa.Column("route_code", sa.Text(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=True),
        sa.Column("organisation_code", sa.Text(), nullable=True),
        sa.Column("geom", Geometry("LINESTRING", 4326, 2, spatial_index=False), nullable=False),
        sa.Column("length_m", sa.Numeric(12, 3), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("fictional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_code"],
            ["organisation.code"],
            name=op.f("fk_registered_road_organisation_code_organisation"),
        ),
        sa.PrimaryKeyConstraint("route_code", name=op.f("pk_registered_road")),
    )
    op.create_geospatial_index(
        "idx_registered_road_geom",
        "registered_road",
        ["geom"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index(op.f("ix_registered_road_organisation_code"), "registered_road", ["organisation_code"])
    for verb, references in (
        ("INSERT", "NEW TABLE AS new_rows"),
        ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
        ("DELETE", "OLD TABLE AS old_rows"),
    ):
        op.execute(
            f"CREATE TRIGGER log_{verb.lower()} AFTER {verb} ON registered_road REFERENCING {references} "
            "FOR EACH STATEMENT EXECUTE FUNCTION log_changes('route_code', '')"
        )
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON registered_road TO {APPLICATION_ROLE}")


def downgrade() -> None:
    op.drop_table("registered_road")
