"""Catalogue of rasters, and extents of floods that works are laid over."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "eplan_app"
_REFERENCING = {
    "INSERT": "NEW TABLE AS new_rows",
    "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "OLD TABLE AS old_rows",
}


def upgrade() -> None:
    op.create_table(
        "raster",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title_th", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("organisation_code", sa.Text(), nullable=True),
        sa.Column("open_to_all", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("file_bytes", sa.BigInteger(), nullable=False),
        sa.Column("stored_name", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=True),
        sa.Column("question", postgresql.JSONB(), nullable=True),
        sa.Column("bounds", Geometry("POLYGON", srid=4326, dimension=2, spatial_index=False), nullable=True),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("removed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("removed_by_name", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('elevation', 'population', 'flood', 'picture', 'classes', 'other')", name=op.f("ck_raster_kind")
        ),
        sa.CheckConstraint("status IN ('READY', 'ASKS')", name=op.f("ck_raster_status")),
        sa.CheckConstraint(
            "(status = 'READY') = (facts IS NOT NULL AND bounds IS NOT NULL)", name=op.f("ck_raster_ready")
        ),
        sa.CheckConstraint("(status = 'ASKS') = (question IS NOT NULL)", name=op.f("ck_raster_asks")),
        sa.CheckConstraint("name ~ '^[a-z0-9-]{1,60}$'", name=op.f("ck_raster_name")),
        sa.CheckConstraint("stored_name ~ '^[0-9a-f]{32}$'", name=op.f("ck_raster_stored_name")),
        sa.CheckConstraint("length(title_th) BETWEEN 1 AND 200", name=op.f("ck_raster_title_length")),
        sa.CheckConstraint("(removed_at IS NULL) = (removed_by_name IS NULL)", name=op.f("ck_raster_removed")),
        sa.ForeignKeyConstraint(
            ["organisation_code"], ["organisation.code"], name=op.f("fk_raster_organisation_code_organisation")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["user_account.id"], name=op.f("fk_raster_created_by_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raster")),
        sa.UniqueConstraint("name", name=op.f("uq_raster_name")),
        sa.UniqueConstraint("stored_name", name=op.f("uq_raster_stored_name")),
    )
    op.create_index(op.f("ix_raster_organisation_code"), "raster", ["organisation_code"])
    op.create_index("idx_raster_bounds", "raster", ["bounds"], postgresql_using="gist")
    op.create_table(
        "hazard_extent",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title_th", sa.Text(), nullable=False),
        sa.Column("raster_id", sa.BigInteger(), nullable=True),
        sa.Column("threshold", sa.Float(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("organisation_code", sa.Text(), nullable=True),
        sa.Column("open_to_all", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("area_m2", sa.Float(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("removed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("removed_by_name", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("name ~ '^[a-z0-9-]{1,60}$'", name=op.f("ck_hazard_extent_name")),
        sa.CheckConstraint("length(title_th) BETWEEN 1 AND 200", name=op.f("ck_hazard_extent_title_length")),
        sa.CheckConstraint("(raster_id IS NULL) = (threshold IS NULL)", name=op.f("ck_hazard_extent_threshold")),
        sa.CheckConstraint("(removed_at IS NULL) = (removed_by_name IS NULL)", name=op.f("ck_hazard_extent_removed")),
        sa.ForeignKeyConstraint(["raster_id"], ["raster.id"], name=op.f("fk_hazard_extent_raster_id_raster")),
        sa.ForeignKeyConstraint(
            ["organisation_code"], ["organisation.code"], name=op.f("fk_hazard_extent_organisation_code_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_hazard_extent_created_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hazard_extent")),
        sa.UniqueConstraint("name", name=op.f("uq_hazard_extent_name")),
    )
    op.create_index(op.f("ix_hazard_extent_organisation_code"), "hazard_extent", ["organisation_code"])
    op.create_table(
        "hazard_extent_part",
        sa.Column("hazard_extent_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("geom", Geometry("POLYGON", srid=3857, dimension=2, spatial_index=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["hazard_extent_id"],
            ["hazard_extent.id"],
            name=op.f("fk_hazard_extent_part_hazard_extent_id_hazard_extent"),
        ),
        sa.PrimaryKeyConstraint("hazard_extent_id", "seq", name=op.f("pk_hazard_extent_part")),
    )
    op.create_index("idx_hazard_extent_part_geom", "hazard_extent_part", ["geom"], postgresql_using="gist")
    for table in ("raster", "hazard_extent"):
        op.execute(
            f"CREATE TRIGGER next_row_version BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION next_row_version()"
        )
        for verb, references in _REFERENCING.items():
            op.execute(
                f"CREATE TRIGGER log_{verb.lower()} AFTER {verb} ON {table} REFERENCING {references} "
                "FOR EACH STATEMENT EXECUTE FUNCTION log_changes('id', '')"
            )
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO {APPLICATION_ROLE}")
        op.execute(f"GRANT USAGE ON SEQUENCE {table}_id_seq TO {APPLICATION_ROLE}")
    # The pieces of an extent are made once with it: they are the result of what its row says.
    op.execute(f"GRANT SELECT, INSERT ON hazard_extent_part TO {APPLICATION_ROLE}")


def downgrade() -> None:
    for table in ("hazard_extent_part", "hazard_extent", "raster"):
        op.drop_table(table)
