"""A raster is taken in by a background job: it is received first, and names the job that converts it."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_CHECKS = {
    "status": ("status IN ('READY', 'ASKS')", "status IN ('RECEIVED', 'READY', 'ASKS')"),
    # One that was answered keeps its question until it is ready: the answer may have been wrong.
    "asks": (
        "(status = 'ASKS') = (question IS NOT NULL)",
        "CASE status WHEN 'ASKS' THEN question IS NOT NULL WHEN 'READY' THEN question IS NULL ELSE true END",
    ),
}


def upgrade() -> None:
    op.add_column("raster", sa.Column("background_job_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_raster_background_job_id_background_job"), "raster", "background_job", ["background_job_id"], ["id"]
    )
    _replace(1)


def downgrade() -> None:
    # What was not ready is not known to the older form; its file is swept.
    op.execute("DELETE FROM raster WHERE status = 'RECEIVED'")
    _replace(0)
    op.drop_constraint(op.f("fk_raster_background_job_id_background_job"), "raster")
    op.drop_column("raster", "background_job_id")


def _replace(form: int) -> None:
    for name, forms in _CHECKS.items():
        op.drop_constraint(op.f(f"ck_raster_{name}"), "raster")
        op.create_check_constraint(op.f(f"ck_raster_{name}"), "raster", forms[form])
