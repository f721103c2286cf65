"""Read models: current shapes for tiles and rolled-up money for the budget map, kept by triggers."""

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
