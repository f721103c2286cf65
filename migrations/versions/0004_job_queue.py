"""The job queue's own tables (procrastinate), and what the application role may do with them.

The definition comes from the library itself (its version is locked). A later version of the library that changes its
tables gets a migration of its own, made of the files in ``procrastinate/sql/migrations``.
"""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "eplan_app"
TABLES = (
    "procrastinate_events",
    "procrastinate_periodic_defers",
    "procrastinate_jobs",
    "procrastinate_workers",
)
TYPES = (
    "procrastinate_job_to_defer_v1",
    "procrastinate_job_event_type",
    "procrastinate_job_status",
)

DROP_FUNCTIONS = """
DO $$
DECLARE one regprocedure;
BEGIN
    FOR one IN SELECT oid::regprocedure FROM pg_proc
               WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'procrastinate\\_%' LOOP
        EXECUTE 'DROP FUNCTION ' || one || ' CASCADE';
    END LOOP;
END $$
"""


def upgrade() -> None:
    # The driver's own cursor sends the script as it is: no parameter marks are looked for in it, and the server
    # splits the statements, so the bodies of functions stay whole.
    with op.get_bind().connection.cursor() as cursor:
        cursor.execute(SchemaManager.get_schema())
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APPLICATION_ROLE}")
    for table in TABLES:
        op.execute(f"GRANT USAGE ON SEQUENCE {table}_id_seq TO {APPLICATION_ROLE}")


def downgrade() -> None:
    op.execute(DROP_FUNCTIONS)
    for table in TABLES:
        op.execute(f"DROP TABLE {table} CASCADE")
    for name in TYPES:
        op.execute(f"DROP TYPE {name}")
