"""A row of a budget document whose amount alone changes no longer waits for the document.

Who changes rows of a document holds the document first and the projects after it; a transfer holds its projects and
then changes amounts. When the change of an amount held the document, too, the two could wait for each other. What is
asked of a row and its document stays asked.
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_FUNCTION = """
CREATE OR REPLACE FUNCTION attach_document() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    attached boolean := true;
    wrong jsonb;
BEGIN
    IF NOT EXISTS (SELECT FROM new_rows WHERE budget_document_id IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    {unless}
    IF attached THEN
        -- whoever approves the document at this moment waits, or has been waited for; and whoever moves the project
        PERFORM FROM budget_document WHERE id IN (SELECT budget_document_id FROM new_rows) ORDER BY id FOR SHARE;
        PERFORM FROM project WHERE id IN (SELECT project_id FROM new_rows WHERE budget_document_id IS NOT NULL)
        ORDER BY id FOR NO KEY UPDATE;
    END IF;
    EXECUTE 'SELECT jsonb_build_object(''document'', d.id, ''project'', p.code)
        FROM new_rows a JOIN budget_document d ON d.id = a.budget_document_id JOIN project p ON p.id = a.project_id
        WHERE a.removed_at IS NULL AND (a.in_force <> (d.status = ''APPROVED'') OR p.organisation_code <> d.organisation_code
           OR p.fiscal_year_be <> d.fiscal_year_be) LIMIT 1' INTO wrong;
    IF wrong IS NOT NULL THEN
        PERFORM refuse_money('appropriation_outside_document', wrong);
    END IF;
    RETURN NULL;
END $$;
"""
# Of a row that stays where it is the document cannot change its mind: its approval writes the row, and waits for it.
_NOW = """IF TG_OP = 'UPDATE' THEN
        attached := EXISTS (
            SELECT FROM new_rows n JOIN old_rows o USING (id)
            WHERE n.budget_document_id IS NOT NULL AND (n.budget_document_id, n.project_id, n.in_force, n.removed_at)
                  IS DISTINCT FROM (o.budget_document_id, o.project_id, o.in_force, o.removed_at)
        );
    END IF;"""


def upgrade() -> None:
    op.execute(_FUNCTION.format(unless=_NOW))


def downgrade() -> None:
    op.execute(_FUNCTION.format(unless=""))
