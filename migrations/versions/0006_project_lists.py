"""Indexes of the project lists: the order by budget, rare combinations, and fund sources."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_project_budget": "project (budget_baht DESC, id DESC)",
    # Rare combinations are found here without reading the table; few values a column keep the indexes small.
    "ix_project_facets": "project (fiscal_year_be, kind, status, geometry_status, strategy_code)",
    "ix_project_work": "project (work_nature_code, surface_type_code, water_source_type_code)",
    "ix_appropriation_fund_source_code_project_id": "appropriation (fund_source_code, project_id)",
}


def upgrade() -> None:
    for name, definition in INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON {definition}")


def downgrade() -> None:
    for name in reversed(INDEXES):
        op.execute(f"DROP INDEX {name}")
