"""A comment of a review may name a vertex and its place; what people decide on suggested classifications is kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_ASPECTS = "'kind', 'work_nature', 'surface_type', 'water_source_type', 'programme', 'work', 'expenditure', 'strategy'"


def upgrade() -> None:
    op.add_column("review_comment", sa.Column("place", JSONB))
    op.create_check_constraint(
        op.f("ck_review_comment_place"), "review_comment", sa.text("place IS NULL OR jsonb_typeof(place) = 'object'")
    )
    op.create_table(
        "classification_decision",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("appropriation_id", sa.BigInteger()),
        sa.Column("aspect", sa.Text(), nullable=False),
        sa.Column("name_th", sa.Text(), nullable=False),
        sa.Column("recorded", sa.Text()),
        sa.Column("suggested", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("created_by", sa.BigInteger()),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("on_behalf_of", sa.Text()),
        sa.CheckConstraint(f"aspect IN ({_ASPECTS})", name=op.f("ck_classification_decision_aspect")),
        sa.CheckConstraint(
            "decision IN ('ACCEPTED', 'KEPT', 'ASKED')", name=op.f("ck_classification_decision_decision")
        ),
        sa.CheckConstraint(
            "decision = 'ACCEPTED' OR length(note) BETWEEN 1 AND 1000",
            name=op.f("ck_classification_decision_explained"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_classification_decision_project_id_project"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["appropriation_id"],
            ["appropriation.id"],
            name=op.f("fk_classification_decision_appropriation_id_appropriation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_classification_decision_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["on_behalf_of"], ["organisation.code"], name=op.f("fk_classification_decision_on_behalf_of_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_classification_decision")),
    )
    op.create_index("ix_classification_decision_project_id", "classification_decision", ["project_id", "aspect"])
    for action, rows in (
        ("INSERT", "NEW TABLE AS new_rows"),
        ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
        ("DELETE", "OLD TABLE AS old_rows"),
    ):
        op.execute(
            f"CREATE TRIGGER log_{action.lower()} AFTER {action} ON classification_decision REFERENCING {rows}"
            " FOR EACH STATEMENT EXECUTE FUNCTION log_changes('id', 'project_id')"
        )
    op.execute("GRANT SELECT, INSERT ON classification_decision TO eplan_app")


def downgrade() -> None:
    op.drop_table("classification_decision")
    op.drop_constraint(op.f("ck_review_comment_place"), "review_comment", type_="check")
    op.drop_column("review_comment", "place")
