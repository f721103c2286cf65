"""Schema v1: areas, organisations, accounts, code lists, plan, project, money, geometry, imports, jobs, log."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


THAI_SEARCH = r"""
CREATE FUNCTION thai_search(text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN lower(btrim(regexp_replace(
        replace(
            regexp_replace(
                regexp_replace(
                    regexp_replace(
                        translate($1, U&'\0E50\0E51\0E52\0E53\0E54\0E55\0E56\0E57\0E58\0E59\200B\FEFF', '0123456789'),
                        U&'\0E4D([\0E48-\0E4B])\0E32', E'\\1' || U&'\0E33', 'g'),
                    U&'([\0E48-\0E4B])\0E4D\0E32', E'\\1' || U&'\0E33', 'g'),
                U&'\0E4D\0E32', U&'\0E33', 'g'),
            U&'\0E40\0E40', U&'\0E41'),
        '\s+', ' ', 'g')))
"""


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    # The same rules as gis.thai.search_key; a test holds the two together.
    op.execute(THAI_SEARCH)
    op.create_geospatial_table(
        "area",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("name_search", sa.Text(), sa.Computed("thai_search(name_th)", persisted=True), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column(
            "point",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("utm_zones", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("fictional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("code ~ '^[0-9]+$'", name=op.f("ck_area_digits")),
        sa.CheckConstraint(
            "length(code) = CASE level WHEN 'province' THEN 2 WHEN 'amphoe' THEN 4 WHEN 'tambon' THEN 6 ELSE 8 END",
            name=op.f("ck_area_level_length"),
        ),
        sa.CheckConstraint("level IN ('province', 'amphoe', 'tambon', 'village')", name=op.f("ck_area_level")),
        sa.CheckConstraint("geom IS NULL OR ST_IsValid(geom)", name=op.f("ck_area_geom_valid")),
        sa.ForeignKeyConstraint(["parent_code"], ["area.code"], name=op.f("fk_area_parent_code_area")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_area")),
    )
    op.create_geospatial_index(
        "idx_area_geom", "area", ["geom"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_geospatial_index(
        "idx_area_point", "area", ["point"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_index("ix_area_level_code", "area", ["level", "code"], unique=False)
    op.create_index(
        "ix_area_name_search",
        "area",
        ["name_search"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name_search": "gin_trgm_ops"},
    )
    op.create_index(op.f("ix_area_parent_code"), "area", ["parent_code"], unique=False)
    op.create_geospatial_table(
        "base_feature",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("class", sa.Text(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                srid=3857,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_ref", sa.Text(), nullable=False),
        sa.Column("fictional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "class IN ('field', 'wood', 'settlement', 'building', 'stream', 'water', 'road', 'state_road')",
            name=op.f("ck_base_feature_class"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base_feature")),
        sa.UniqueConstraint("source", "source_ref", name=op.f("uq_base_feature_source_source_ref")),
    )
    op.create_geospatial_index(
        "idx_base_feature_geom",
        "base_feature",
        ["geom"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_table(
        "budget_programme",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column(
            "attributes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_budget_programme")),
    )
    op.create_table(
        "change_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("on_behalf_of", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("entity_key", sa.Text(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint("action IN ('insert', 'update', 'delete')", name=op.f("ck_change_log_action")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_log")),
    )
    op.create_index("ix_change_log_entity", "change_log", ["entity", "entity_key"], unique=False)
    op.create_index("ix_change_log_project", "change_log", ["project_id", sa.literal_column("id DESC")], unique=False)
    op.create_table(
        "expenditure_category",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column(
            "attributes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_expenditure_category")),
    )
    op.create_table(
        "fund_source",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column(
            "attributes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_fund_source")),
    )
    op.create_table(
        "geometry_status",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column(
            "attributes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_geometry_status")),
    )
    op.create_table(
        "lao_type",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column(
            "attributes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_lao_type")),
    )
    op.create_table(
        "national_strategy",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column(
            "attributes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_national_strategy")),
    )
    op.create_table(
        "plan_change_type",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column(
            "attributes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_plan_change_type")),
    )
    op.create_table(
        "plan_period",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column("start_be", sa.Integer(), nullable=False),
        sa.Column("end_be", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.CheckConstraint("end_be >= start_be", name=op.f("ck_plan_period_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_period")),
        sa.UniqueConstraint("start_be", "end_be", name=op.f("uq_plan_period_start_be_end_be")),
    )
    op.create_table(
        "procurement_method",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column(
            "attributes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_procurement_method")),
    )
    op.create_table(
        "project_status",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column(
            "attributes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_project_status")),
    )
    op.create_table(
        "road_surface_type",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column(
            "attributes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_road_surface_type")),
    )
    op.create_table(
        "role",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column(
            "attributes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "scope IN ('organisation', 'district', 'province', 'nation', 'published')",
            name=op.f("ck_role_scope"),
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_role")),
    )
    op.create_table(
        "structure_type",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column(
            "attributes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_structure_type")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("fs_uniquifier", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), server_default="th", nullable=False),
        sa.Column("confirmed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("last_login_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("current_login_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("last_login_ip", sa.Text(), nullable=True),
        sa.Column("current_login_ip", sa.Text(), nullable=True),
        sa.Column("login_count", sa.Integer(), nullable=True),
        sa.Column("failed_sign_ins", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("tf_primary_method", sa.Text(), nullable=True),
        sa.Column("tf_totp_secret", sa.Text(), nullable=True),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("language IN ('th', 'en')", name=op.f("ck_user_account_language")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_user_account_fs_uniquifier")),
        sa.UniqueConstraint("username", name=op.f("uq_user_account_username")),
    )
    op.create_table(
        "water_source_type",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column(
            "attributes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_water_source_type")),
    )
    op.create_table(
        "work_nature",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column(
            "attributes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_work_nature")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_api_token_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_api_token_token_sha256")),
    )
    op.create_index(op.f("ix_api_token_user_id"), "api_token", ["user_id"], unique=False)
    op.create_table(
        "area_population",
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("year_be", sa.Integer(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("male", sa.Integer(), nullable=True),
        sa.Column("female", sa.Integer(), nullable=True),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["area_code"], ["area.code"], name=op.f("fk_area_population_area_code_area"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("area_code", "year_be", name=op.f("pk_area_population")),
    )
    op.create_table(
        "background_job",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "parameters",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("status", sa.Text(), server_default="WAITING", nullable=False),
        sa.Column("progress_done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("progress_total", sa.Integer(), nullable=True),
        sa.Column("progress_step", sa.Text(), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("error", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("finished_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('WAITING', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED')",
            name=op.f("ck_background_job_status"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_background_job_created_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_background_job")),
    )
    op.create_index(
        "ix_background_job_owner",
        "background_job",
        ["created_by", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_geospatial_table(
        "organisation",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("type_code", sa.Text(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column("full_name_th", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("name_search", sa.Text(), sa.Computed("thai_search(full_name_th)", persisted=True), nullable=False),
        sa.Column("province_code", sa.Text(), nullable=False),
        sa.Column("amphoe_code", sa.Text(), nullable=True),
        sa.Column(
            "office",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("office_is_real", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "boundary",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column(
            "territory",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("area_km2", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successor_code", sa.Text(), nullable=True),
        sa.Column(
            "attributes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("fictional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from",
            name=op.f("ck_organisation_validity"),
        ),
        sa.ForeignKeyConstraint(["amphoe_code"], ["area.code"], name=op.f("fk_organisation_amphoe_code_area")),
        sa.ForeignKeyConstraint(["province_code"], ["area.code"], name=op.f("fk_organisation_province_code_area")),
        sa.ForeignKeyConstraint(
            ["successor_code"],
            ["organisation.code"],
            name=op.f("fk_organisation_successor_code_organisation"),
        ),
        sa.ForeignKeyConstraint(["type_code"], ["lao_type.code"], name=op.f("fk_organisation_type_code_lao_type")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_organisation")),
    )
    op.create_geospatial_index(
        "idx_organisation_office",
        "organisation",
        ["office"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_geospatial_index(
        "idx_organisation_territory",
        "organisation",
        ["territory"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index(op.f("ix_organisation_amphoe_code"), "organisation", ["amphoe_code"], unique=False)
    op.create_index(
        "ix_organisation_name_search",
        "organisation",
        ["name_search"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name_search": "gin_trgm_ops"},
    )
    op.create_index(op.f("ix_organisation_province_code"), "organisation", ["province_code"], unique=False)
    op.create_table(
        "import_batch",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_code", sa.Text(), nullable=False),
        sa.Column("fiscal_year_be", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("stored_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("file_bytes", sa.BigInteger(), nullable=False),
        sa.Column("format", sa.Text(), nullable=True),
        sa.Column("layer", sa.Text(), nullable=True),
        sa.Column("encoding", sa.Text(), nullable=True),
        sa.Column("epsg", sa.Integer(), nullable=True),
        sa.Column(
            "detected",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "column_map",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("status", sa.Text(), server_default="RECEIVED", nullable=False),
        sa.Column("row_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("warning_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "problems",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("on_behalf_of", sa.Text(), nullable=True),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("accepted_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("background_job_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "status IN ('RECEIVED', 'STAGING', 'STAGED', 'ACCEPTING', 'ACCEPTED', 'FAILED', 'CANCELLED')",
            name=op.f("ck_import_batch_status"),
        ),
        sa.ForeignKeyConstraint(
            ["background_job_id"],
            ["background_job.id"],
            name=op.f("fk_import_batch_background_job_id_background_job"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_import_batch_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["on_behalf_of"], ["organisation.code"], name=op.f("fk_import_batch_on_behalf_of_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_code"],
            ["organisation.code"],
            name=op.f("fk_import_batch_organisation_code_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    op.create_index(op.f("ix_import_batch_created_by"), "import_batch", ["created_by"], unique=False)
    op.create_index(
        "ix_import_batch_list",
        "import_batch",
        ["organisation_code", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_table(
        "local_strategy",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_code", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column("national_strategy_code", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["national_strategy_code"],
            ["national_strategy.code"],
            name=op.f("fk_local_strategy_national_strategy_code_national_strategy"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_code"],
            ["organisation.code"],
            name=op.f("fk_local_strategy_organisation_code_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_local_strategy")),
        sa.UniqueConstraint("organisation_code", "code", name=op.f("uq_local_strategy_organisation_code_code")),
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("role_code", sa.Text(), nullable=False),
        sa.Column("organisation_code", sa.Text(), nullable=True),
        sa.Column("area_code", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("organisation_code IS NULL OR area_code IS NULL", name=op.f("ck_membership_one_scope")),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_membership_area_code_area")),
        sa.ForeignKeyConstraint(
            ["organisation_code"],
            ["organisation.code"],
            name=op.f("fk_membership_organisation_code_organisation"),
        ),
        sa.ForeignKeyConstraint(["role_code"], ["role.code"], name=op.f("fk_membership_role_code_role")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_membership_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint(
            "user_id",
            "role_code",
            "organisation_code",
            "area_code",
            name=op.f("uq_membership_user_id_role_code_organisation_code_area_code"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_membership_organisation_code"), "membership", ["organisation_code"], unique=False)
    op.create_index(op.f("ix_membership_user_id"), "membership", ["user_id"], unique=False)
    op.create_table(
        "organisation_coverage",
        sa.Column("organisation_code", sa.Text(), nullable=False),
        sa.Column("tambon_code", sa.Text(), nullable=False),
        sa.Column("extent", sa.Text(), nullable=False),
        sa.CheckConstraint("extent IN ('complete', 'partial')", name=op.f("ck_organisation_coverage_extent")),
        sa.ForeignKeyConstraint(
            ["organisation_code"],
            ["organisation.code"],
            name=op.f("fk_organisation_coverage_organisation_code_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tambon_code"], ["area.code"], name=op.f("fk_organisation_coverage_tambon_code_area")),
        sa.PrimaryKeyConstraint("organisation_code", "tambon_code", name=op.f("pk_organisation_coverage")),
    )
    op.create_index(
        op.f("ix_organisation_coverage_tambon_code"), "organisation_coverage", ["tambon_code"], unique=False
    )
    op.create_table(
        "plan",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_code", sa.Text(), nullable=False),
        sa.Column("plan_period_id", sa.BigInteger(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_code"], ["organisation.code"], name=op.f("fk_plan_organisation_code_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["plan_period_id"], ["plan_period.id"], name=op.f("fk_plan_plan_period_id_plan_period")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint(
            "organisation_code", "plan_period_id", name=op.f("uq_plan_organisation_code_plan_period_id")
        ),
    )
    op.create_table(
        "project_code_counter",
        sa.Column("organisation_code", sa.Text(), nullable=False),
        sa.Column("fiscal_year_be", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_code"],
            ["organisation.code"],
            name=op.f("fk_project_code_counter_organisation_code_organisation"),
        ),
        sa.PrimaryKeyConstraint("organisation_code", "fiscal_year_be", name=op.f("pk_project_code_counter")),
    )
    op.create_geospatial_table(
        "import_row",
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("raw", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("values", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "geom",
            Geometry(srid=4326, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"),
            nullable=True,
        ),
        sa.Column("project_code", sa.Text(), nullable=True),
        sa.Column("project_id", sa.BigInteger(), nullable=True),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("problems", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint("level IN ('ok', 'warning', 'error')", name=op.f("ck_import_row_level")),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["import_batch.id"],
            name=op.f("fk_import_row_batch_id_import_batch"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("batch_id", "row_number", name=op.f("pk_import_row")),
    )
    op.create_index("ix_import_row_level", "import_row", ["batch_id", "level", "row_number"], unique=False)
    op.create_table(
        "plan_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("change_types", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("fiscal_year_be", sa.Integer(), nullable=False),
        sa.Column("promulgated_on", sa.Date(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_version_plan_id_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_version")),
        sa.UniqueConstraint("plan_id", "seq", name=op.f("uq_plan_version_plan_id_seq")),
    )
    op.create_index(op.f("ix_plan_version_plan_id"), "plan_version", ["plan_id"], unique=False)
    op.create_table(
        "plan_project",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_version_id", sa.BigInteger(), nullable=False),
        sa.Column("previous_id", sa.BigInteger(), nullable=True),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=True),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column("objective", sa.Text(), nullable=True),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("indicator", sa.Text(), nullable=True),
        sa.Column("expected_result", sa.Text(), nullable=True),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("local_strategy_id", sa.BigInteger(), nullable=True),
        sa.Column("programme_code", sa.Text(), nullable=True),
        sa.Column(
            "attributes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["local_strategy_id"],
            ["local_strategy.id"],
            name=op.f("fk_plan_project_local_strategy_id_local_strategy"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_version_id"],
            ["plan_version.id"],
            name=op.f("fk_plan_project_plan_version_id_plan_version"),
        ),
        sa.ForeignKeyConstraint(
            ["previous_id"], ["plan_project.id"], name=op.f("fk_plan_project_previous_id_plan_project")
        ),
        sa.ForeignKeyConstraint(
            ["programme_code"],
            ["budget_programme.code"],
            name=op.f("fk_plan_project_programme_code_budget_programme"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_project")),
    )
    op.create_index(op.f("ix_plan_project_plan_version_id"), "plan_project", ["plan_version_id"], unique=False)
    op.create_table(
        "plan_project_amount",
        sa.Column("plan_project_id", sa.BigInteger(), nullable=False),
        sa.Column("fiscal_year_be", sa.Integer(), nullable=False),
        sa.Column("amount_baht", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.CheckConstraint("amount_baht >= 0", name=op.f("ck_plan_project_amount_amount")),
        sa.ForeignKeyConstraint(
            ["plan_project_id"],
            ["plan_project.id"],
            name=op.f("fk_plan_project_amount_plan_project_id_plan_project"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("plan_project_id", "fiscal_year_be", name=op.f("pk_plan_project_amount")),
    )
    op.create_table(
        "project",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column(
            "name_search",
            sa.Text(),
            sa.Computed("thai_search(code || ' ' || name_th)", persisted=True),
            nullable=False,
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("work_nature_code", sa.Text(), nullable=True),
        sa.Column("surface_type_code", sa.Text(), nullable=True),
        sa.Column("water_source_type_code", sa.Text(), nullable=True),
        sa.Column("structure_type_code", sa.Text(), nullable=True),
        sa.Column("organisation_code", sa.Text(), nullable=False),
        sa.Column("fiscal_year_be", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), server_default="PLANNED", nullable=False),
        sa.Column("area_code", sa.Text(), nullable=True),
        sa.Column("village_code", sa.Text(), nullable=True),
        sa.Column("location_text", sa.Text(), nullable=True),
        sa.Column("route_code", sa.Text(), nullable=True),
        sa.Column("length_m", sa.Numeric(precision=12, scale=3), nullable=True),
        sa.Column("width_m", sa.Numeric(precision=12, scale=3), nullable=True),
        sa.Column("area_m2", sa.Numeric(precision=12, scale=3), nullable=True),
        sa.Column(
            "attributes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("plan_project_id", sa.BigInteger(), nullable=True),
        sa.Column("strategy_code", sa.Text(), nullable=True),
        sa.Column("budget_baht", sa.Numeric(precision=14, scale=2), server_default="0", nullable=False),
        sa.Column("contracted_baht", sa.Numeric(precision=14, scale=2), server_default="0", nullable=False),
        sa.Column("disbursed_baht", sa.Numeric(precision=14, scale=2), server_default="0", nullable=False),
        sa.Column("geometry_status", sa.Text(), server_default="NONE", nullable=False),
        sa.Column("geometry_version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("source_ref", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind = 'road' OR surface_type_code IS NULL", name=op.f("ck_project_surface_of_road")),
        sa.CheckConstraint("kind = 'water' OR water_source_type_code IS NULL", name=op.f("ck_project_source_of_water")),
        sa.CheckConstraint("kind IN ('road', 'water', 'other')", name=op.f("ck_project_kind")),
        sa.CheckConstraint("area_code IS NULL OR length(area_code) IN (2, 4, 6)", name=op.f("ck_project_area_level")),
        sa.CheckConstraint("fiscal_year_be BETWEEN 2540 AND 2640", name=op.f("ck_project_fiscal_year")),
        sa.CheckConstraint("length(name_th) BETWEEN 1 AND 1000", name=op.f("ck_project_name_length")),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_project_area_code_area")),
        sa.ForeignKeyConstraint(
            ["geometry_status"],
            ["geometry_status.code"],
            name=op.f("fk_project_geometry_status_geometry_status"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_code"],
            ["organisation.code"],
            name=op.f("fk_project_organisation_code_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_project_id"], ["plan_project.id"], name=op.f("fk_project_plan_project_id_plan_project")
        ),
        sa.ForeignKeyConstraint(["status"], ["project_status.code"], name=op.f("fk_project_status_project_status")),
        sa.ForeignKeyConstraint(
            ["strategy_code"],
            ["national_strategy.code"],
            name=op.f("fk_project_strategy_code_national_strategy"),
        ),
        sa.ForeignKeyConstraint(
            ["structure_type_code"],
            ["structure_type.code"],
            name=op.f("fk_project_structure_type_code_structure_type"),
        ),
        sa.ForeignKeyConstraint(
            ["surface_type_code"],
            ["road_surface_type.code"],
            name=op.f("fk_project_surface_type_code_road_surface_type"),
        ),
        sa.ForeignKeyConstraint(["village_code"], ["area.code"], name=op.f("fk_project_village_code_area")),
        sa.ForeignKeyConstraint(
            ["water_source_type_code"],
            ["water_source_type.code"],
            name=op.f("fk_project_water_source_type_code_water_source_type"),
        ),
        sa.ForeignKeyConstraint(
            ["work_nature_code"], ["work_nature.code"], name=op.f("fk_project_work_nature_code_work_nature")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint("code", name=op.f("uq_project_code")),
        sa.UniqueConstraint("source", "source_ref", name=op.f("uq_project_source_source_ref")),
    )
    op.create_index(
        "ix_project_area",
        "project",
        [
            sa.literal_column("area_code text_pattern_ops"),
            sa.literal_column("fiscal_year_be DESC"),
            sa.literal_column("id DESC"),
        ],
        unique=False,
    )
    op.create_index(
        "ix_project_awaiting",
        "project",
        ["organisation_code", sa.literal_column("fiscal_year_be DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("geometry_status IN ('NONE', 'DRAFT', 'RETURNED')"),
    )
    op.create_index(
        "ix_project_list",
        "project",
        [sa.literal_column("fiscal_year_be DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_project_name_search",
        "project",
        ["name_search"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name_search": "gin_trgm_ops"},
    )
    op.create_index(
        "ix_project_organisation_list",
        "project",
        ["organisation_code", sa.literal_column("fiscal_year_be DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(op.f("ix_project_plan_project_id"), "project", ["plan_project_id"], unique=False)
    op.create_table(
        "appropriation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("fund_source_code", sa.Text(), nullable=False),
        sa.Column("programme_code", sa.Text(), nullable=True),
        sa.Column("expenditure_category_code", sa.Text(), nullable=True),
        sa.Column("amount_baht", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("legal_reference", sa.Text(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("amount_baht >= 0", name=op.f("ck_appropriation_amount")),
        sa.ForeignKeyConstraint(
            ["expenditure_category_code"],
            ["expenditure_category.code"],
            name=op.f("fk_appropriation_expenditure_category_code_expenditure_category"),
        ),
        sa.ForeignKeyConstraint(
            ["fund_source_code"],
            ["fund_source.code"],
            name=op.f("fk_appropriation_fund_source_code_fund_source"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_code"],
            ["budget_programme.code"],
            name=op.f("fk_appropriation_programme_code_budget_programme"),
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_appropriation_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appropriation")),
    )
    op.create_index(op.f("ix_appropriation_project_id"), "appropriation", ["project_id"], unique=False)
    op.create_table(
        "contract",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("egp_number", sa.Text(), nullable=True),
        sa.Column("procurement_method_code", sa.Text(), nullable=True),
        sa.Column("contractor_name", sa.Text(), nullable=True),
        sa.Column("contractor_is_person", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("amount_baht", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("instalments", sa.Integer(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=True),
        sa.Column("end_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("amount_baht >= 0", name=op.f("ck_contract_amount")),
        sa.CheckConstraint("end_on IS NULL OR start_on IS NULL OR end_on >= start_on", name=op.f("ck_contract_period")),
        sa.ForeignKeyConstraint(
            ["procurement_method_code"],
            ["procurement_method.code"],
            name=op.f("fk_contract_procurement_method_code_procurement_method"),
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_contract_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
    )
    op.create_index(op.f("ix_contract_project_id"), "contract", ["project_id"], unique=False)
    op.create_table(
        "geometry_draft",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_geometry_draft_project_id_project")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_geometry_draft_user_id_user_account")),
        sa.PrimaryKeyConstraint("user_id", "project_id", name=op.f("pk_geometry_draft")),
    )
    op.create_geospatial_table(
        "project_geometry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column(
            "geom",
            Geometry(srid=4326, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"),
            nullable=True,
        ),
        sa.Column("length_m", sa.Numeric(precision=12, scale=3), nullable=True),
        sa.Column("area_m2", sa.Numeric(precision=12, scale=3), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("original", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("original_epsg", sa.Integer(), nullable=True),
        sa.Column("operation", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "warnings",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("import_batch_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("on_behalf_of", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "source IN ('drawn', 'typed', 'import', 'api', 'review', 'demo')",
            name=op.f("ck_project_geometry_source"),
        ),
        sa.CheckConstraint("geom IS NULL OR ST_IsValid(geom)", name=op.f("ck_project_geometry_geom_valid")),
        sa.CheckConstraint("version > 0", name=op.f("ck_project_geometry_version")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_project_geometry_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["import_batch_id"],
            ["import_batch.id"],
            name=op.f("fk_project_geometry_import_batch_id_import_batch"),
        ),
        sa.ForeignKeyConstraint(
            ["on_behalf_of"],
            ["organisation.code"],
            name=op.f("fk_project_geometry_on_behalf_of_organisation"),
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_geometry_project_id_project")),
        sa.ForeignKeyConstraint(
            ["status"], ["geometry_status.code"], name=op.f("fk_project_geometry_status_geometry_status")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_geometry")),
        sa.UniqueConstraint("project_id", "version", name=op.f("uq_project_geometry_project_id_version")),
    )
    op.create_geospatial_index(
        "idx_project_geometry_geom",
        "project_geometry",
        ["geom"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_table(
        "project_segment",
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("surface_type_code", sa.Text(), nullable=True),
        sa.Column("width_m", sa.Numeric(precision=12, scale=3), nullable=True),
        sa.Column("length_m", sa.Numeric(precision=12, scale=3), nullable=True),
        sa.Column("thickness_m", sa.Numeric(precision=12, scale=3), nullable=True),
        sa.Column("area_m2", sa.Numeric(precision=12, scale=3), nullable=True),
        sa.Column("volume_m3", sa.Numeric(precision=12, scale=3), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_project_segment_project_id_project"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["surface_type_code"],
            ["road_surface_type.code"],
            name=op.f("fk_project_segment_surface_type_code_road_surface_type"),
        ),
        sa.PrimaryKeyConstraint("project_id", "seq", name=op.f("pk_project_segment")),
    )
    op.create_table(
        "disbursement",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("appropriation_id", sa.BigInteger(), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=True),
        sa.Column("voucher_number", sa.Text(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("instalment", sa.Integer(), nullable=True),
        sa.Column("amount_baht", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("amount_baht > 0", name=op.f("ck_disbursement_amount")),
        sa.ForeignKeyConstraint(
            ["appropriation_id"],
            ["appropriation.id"],
            name=op.f("fk_disbursement_appropriation_id_appropriation"),
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_disbursement_contract_id_contract")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_disbursement_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disbursement")),
    )
    op.create_index(op.f("ix_disbursement_appropriation_id"), "disbursement", ["appropriation_id"], unique=False)
    op.create_index(op.f("ix_disbursement_contract_id"), "disbursement", ["contract_id"], unique=False)
    op.create_index(op.f("ix_disbursement_project_id"), "disbursement", ["project_id"], unique=False)
    op.create_geospatial_table(
        "project_geometry_segment",
        sa.Column("project_geometry_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column(
            "geom",
            Geometry(
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("length_m", sa.Numeric(precision=12, scale=3), nullable=True),
        sa.Column("area_m2", sa.Numeric(precision=12, scale=3), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_geometry_id"],
            ["project_geometry.id"],
            name=op.f("fk_project_geometry_segment_project_geometry_id_project_geometry"),
        ),
        sa.PrimaryKeyConstraint("project_geometry_id", "seq", name=op.f("pk_project_geometry_segment")),
    )


def downgrade() -> None:
    op.drop_geospatial_table("project_geometry_segment")
    op.drop_index(op.f("ix_disbursement_project_id"), table_name="disbursement")
    op.drop_index(op.f("ix_disbursement_contract_id"), table_name="disbursement")
    op.drop_index(op.f("ix_disbursement_appropriation_id"), table_name="disbursement")
    op.drop_table("disbursement")
    op.drop_table("project_segment")
    op.drop_geospatial_index(
        "idx_project_geometry_geom",
        table_name="project_geometry",
        postgresql_using="gist",
        column_name="geom",
    )
    op.drop_geospatial_table("project_geometry")
    op.drop_table("geometry_draft")
    op.drop_index(op.f("ix_contract_project_id"), table_name="contract")
    op.drop_table("contract")
    op.drop_index(op.f("ix_appropriation_project_id"), table_name="appropriation")
    op.drop_table("appropriation")
    op.drop_index(op.f("ix_project_plan_project_id"), table_name="project")
    op.drop_index("ix_project_organisation_list", table_name="project")
    op.drop_index(
        "ix_project_name_search",
        table_name="project",
        postgresql_using="gin",
        postgresql_ops={"name_search": "gin_trgm_ops"},
    )
    op.drop_index("ix_project_list", table_name="project")
    op.drop_index(
        "ix_project_awaiting",
        table_name="project",
        postgresql_where=sa.text("geometry_status IN ('NONE', 'DRAFT', 'RETURNED')"),
    )
    op.drop_index("ix_project_area", table_name="project")
    op.drop_table("project")
    op.drop_table("plan_project_amount")
    op.drop_index(op.f("ix_plan_project_plan_version_id"), table_name="plan_project")
    op.drop_table("plan_project")
    op.drop_index(op.f("ix_plan_version_plan_id"), table_name="plan_version")
    op.drop_table("plan_version")
    op.drop_index("ix_import_row_level", table_name="import_row")
    op.drop_geospatial_table("import_row")
    op.drop_table("project_code_counter")
    op.drop_table("plan")
    op.drop_index(op.f("ix_organisation_coverage_tambon_code"), table_name="organisation_coverage")
    op.drop_table("organisation_coverage")
    op.drop_index(op.f("ix_membership_user_id"), table_name="membership")
    op.drop_index(op.f("ix_membership_organisation_code"), table_name="membership")
    op.drop_table("membership")
    op.drop_table("local_strategy")
    op.drop_index("ix_import_batch_list", table_name="import_batch")
    op.drop_index(op.f("ix_import_batch_created_by"), table_name="import_batch")
    op.drop_table("import_batch")
    op.drop_index(op.f("ix_organisation_province_code"), table_name="organisation")
    op.drop_index(
        "ix_organisation_name_search",
        table_name="organisation",
        postgresql_using="gin",
        postgresql_ops={"name_search": "gin_trgm_ops"},
    )
    op.drop_index(op.f("ix_organisation_amphoe_code"), table_name="organisation")
    op.drop_geospatial_index(
        "idx_organisation_territory",
        table_name="organisation",
        postgresql_using="gist",
        column_name="territory",
    )
    op.drop_geospatial_index(
        "idx_organisation_office", table_name="organisation", postgresql_using="gist", column_name="office"
    )
    op.drop_geospatial_table("organisation")
    op.drop_index("ix_background_job_owner", table_name="background_job")
    op.drop_table("background_job")
    op.drop_table("area_population")
    op.drop_index(op.f("ix_api_token_user_id"), table_name="api_token")
    op.drop_table("api_token")
    op.drop_table("work_nature")
    op.drop_table("water_source_type")
    op.drop_table("user_account")
    op.drop_table("structure_type")
    op.drop_table("role")
    op.drop_table("road_surface_type")
    op.drop_table("project_status")
    op.drop_table("procurement_method")
    op.drop_table("plan_period")
    op.drop_table("plan_change_type")
    op.drop_table("national_strategy")
    op.drop_table("lao_type")
    op.drop_table("geometry_status")
    op.drop_table("fund_source")
    op.drop_table("expenditure_category")
    op.drop_index("ix_change_log_project", table_name="change_log")
    op.drop_index("ix_change_log_entity", table_name="change_log")
    op.drop_table("change_log")
    op.drop_table("budget_programme")
    op.drop_geospatial_index(
        "idx_base_feature_geom", table_name="base_feature", postgresql_using="gist", column_name="geom"
    )
    op.drop_geospatial_table("base_feature")
    op.drop_index(op.f("ix_area_parent_code"), table_name="area")
    op.drop_index(
        "ix_area_name_search",
        table_name="area",
        postgresql_using="gin",
        postgresql_ops={"name_search": "gin_trgm_ops"},
    )
    op.drop_index("ix_area_level_code", table_name="area")
    op.drop_geospatial_index("idx_area_point", table_name="area", postgresql_using="gist", column_name="point")
    op.drop_geospatial_index("idx_area_geom", table_name="area", postgresql_using="gist", column_name="geom")
    op.drop_geospatial_table("area")
    op.execute("DROP FUNCTION thai_search(text)")
