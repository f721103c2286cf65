"""Scenarios of what to build or repair first, as they were computed; points of villages whose code nobody knows."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "eplan_app"


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=False)


def upgrade() -> None:
    op.create_table(
        "scenario",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("owner_name", sa.Text(), nullable=False),
        sa.Column("organisation_code", sa.Text(), nullable=True),
        sa.Column("shared_with", sa.Text(), server_default="owner", nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        _json("parameters"),
        _json("summary"),
        _json("result"),
        sa.Column("data_as_of", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("removed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('road', 'water')", name=op.f("ck_scenario_kind")),
        sa.CheckConstraint("method IN ('greedy', 'exact')", name=op.f("ck_scenario_method")),
        sa.CheckConstraint(
            "shared_with IN ('owner', 'organisation', 'province', 'staff')", name=op.f("ck_scenario_shared_with")
        ),
        sa.CheckConstraint(
            "shared_with <> 'organisation' OR organisation_code IS NOT NULL", name=op.f("ck_scenario_shared_by")
        ),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_scenario_name_length")),
        sa.CheckConstraint("length(key) BETWEEN 16 AND 40", name=op.f("ck_scenario_key_length")),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_scenario_area_code_area")),
        sa.ForeignKeyConstraint(["owner_id"], ["user_account.id"], name=op.f("fk_scenario_owner_id_user_account")),
        sa.ForeignKeyConstraint(
            ["organisation_code"], ["organisation.code"], name=op.f("fk_scenario_organisation_code_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario")),
        sa.UniqueConstraint("key", name=op.f("uq_scenario_key")),
    )
    op.create_index("ix_scenario_owner_list", "scenario", ["owner_id", sa.literal_column("id DESC")])
    op.create_index("ix_scenario_area_list", "scenario", ["area_code", sa.literal_column("id DESC")])
    op.create_index(op.f("ix_scenario_organisation_code"), "scenario", ["organisation_code"])
    # What was computed is never altered: a changed question is a new scenario. Its name and who may see it may change.
    op.execute(
        f"GRANT SELECT, INSERT, UPDATE (name, note, shared_with, row_version, removed_at) ON scenario TO {APPLICATION_ROLE}"
    )

    op.create_geospatial_table(
        "village_point",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_ref", sa.Text(), nullable=False),
        sa.Column("tambon_code", sa.Text(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column(
            "point", Geometry(geometry_type="POINT", srid=4326, dimension=2, spatial_index=False), nullable=False
        ),
        sa.ForeignKeyConstraint(["tambon_code"], ["area.code"], name=op.f("fk_village_point_tambon_code_area")),
        sa.PrimaryKeyConstraint("source", "source_ref", name=op.f("pk_village_point")),
    )
    op.create_index(op.f("ix_village_point_tambon_code"), "village_point", ["tambon_code"])
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON village_point TO {APPLICATION_ROLE}")


def downgrade() -> None:
    op.drop_geospatial_table("village_point")
    op.drop_table("scenario")
