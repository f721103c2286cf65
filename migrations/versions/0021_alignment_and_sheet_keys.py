"""Items of the plans of provinces and PAOs hold in some years and can be taken out; keys of lines added to sheets."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "eplan_app"
KEY = ["framework", "owner_code", "code"]


def upgrade() -> None:
    for name in ("valid_from_be", "valid_to_be"):
        op.add_column("alignment_item", sa.Column(name, sa.Integer(), nullable=True))
    op.add_column("alignment_item", sa.Column("removed_at", sa.TIMESTAMP(timezone=True), nullable=True))
    op.create_check_constraint(op.f("ck_alignment_item_validity"), "alignment_item", "valid_to_be >= valid_from_be")
    # The plan of the next five years begins again with 1.
    op.drop_constraint(op.f("uq_alignment_item_framework_owner_code_code"), "alignment_item", type_="unique")
    op.create_index(
        "uq_alignment_item_key",
        "alignment_item",
        [*KEY, sa.text("coalesce(valid_from_be, 0)")],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "sheet_key",
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("length(key) BETWEEN 16 AND 100", name=op.f("ck_sheet_key_key")),
        sa.PrimaryKeyConstraint("sheet", "key", name=op.f("pk_sheet_key")),
    )
    op.create_index(op.f("ix_sheet_key_created_at"), "sheet_key", ["created_at"])
    op.execute(f"GRANT SELECT, INSERT, DELETE ON sheet_key TO {APPLICATION_ROLE}")


def downgrade() -> None:
    op.drop_table("sheet_key")
    op.execute(
        "DELETE FROM local_strategy_alignment a USING alignment_item i WHERE i.id = a.alignment_item_id"
        " AND i.removed_at IS NOT NULL"
    )
    op.execute("DELETE FROM alignment_item WHERE removed_at IS NOT NULL")
    # Of items that held in different years under one code, the newest is what the schema before can keep.
    op.execute(
        "DELETE FROM local_strategy_alignment a USING alignment_item i, alignment_item n WHERE i.id = a.alignment_item_id"
        " AND (i.framework, i.owner_code, i.code) = (n.framework, n.owner_code, n.code) AND n.id > i.id"
    )
    op.execute(
        "DELETE FROM alignment_item i USING alignment_item n"
        " WHERE (i.framework, i.owner_code, i.code) = (n.framework, n.owner_code, n.code) AND n.id > i.id"
    )
    op.drop_index("uq_alignment_item_key", "alignment_item")
    op.create_unique_constraint(op.f("uq_alignment_item_framework_owner_code_code"), "alignment_item", KEY)
    op.drop_constraint(op.f("ck_alignment_item_validity"), "alignment_item", type_="check")
    for name in ("removed_at", "valid_to_be", "valid_from_be"):
        op.drop_column("alignment_item", name)
