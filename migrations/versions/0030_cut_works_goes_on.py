"""Cutting works goes on where it stopped.

``cut_works`` looked for works without parts from the beginning in every batch: a nation of works that are cut for the
first time was read hundreds of times. Now a batch begins behind the last work of the one before and says where it ended.
"""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "eplan_app"

_CUT = """
CREATE FUNCTION cut_works({parameters}) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    told bigint;
BEGIN
    WITH missing AS MATERIALIZED (
        {missing}
    ), cut AS (
        SELECT m.project_id, coalesce(piece.code, '') AS code, piece.weight
        FROM missing m
        LEFT JOIN LATERAL (
            SELECT c.code, c.weight
            FROM (
                SELECT a.code, work_weight(a.geom, m.geom) AS weight
                FROM read_area_shape a
                WHERE a.level = 'tambon' AND a.band = 22 AND a.geom && m.geom AND ST_Intersects(a.geom, m.geom)
                OFFSET 0
            ) AS c
            WHERE c.weight IS NULL OR c.weight > 0
        ) AS piece ON true
    ), made AS (
        INSERT INTO read_work_part SELECT project_id, code, weight FROM cut ON CONFLICT DO NOTHING
    )
    SELECT {told} INTO told FROM missing;
    RETURN told;
END $$;
COMMENT ON FUNCTION cut_works({types}) IS '{comment}';
"""

# The inner OFFSET keeps the look-up one by one, in the order of the works: read as a whole the parts that are there
# would be gone through again for every batch.
FROM_THERE = _CUT.format(
    parameters="a_limit integer, a_after bigint",
    types="integer, bigint",
    missing="""SELECT f.project_id, f.geom FROM read_project_feature f
        WHERE f.project_id > a_after
          AND NOT EXISTS (SELECT FROM read_work_part r WHERE r.project_id = f.project_id OFFSET 0)
        ORDER BY f.project_id
        LIMIT a_limit FOR NO KEY UPDATE OF f SKIP LOCKED""",
    told="max(project_id)",
    comment="Make the parts of the next works that have none; the last of them, NULL when there was none",
)
FROM_THE_BEGINNING = _CUT.format(
    parameters="a_limit integer",
    types="integer",
    missing="""SELECT f.project_id, f.geom FROM read_project_feature f
        WHERE NOT EXISTS (SELECT FROM read_work_part r WHERE r.project_id = f.project_id)
        LIMIT a_limit FOR NO KEY UPDATE OF f SKIP LOCKED""",
    told="count(*)",
    comment="Make the parts of so many works that have none; how many were made",
)


def upgrade() -> None:
    op.execute("DROP FUNCTION cut_works(integer)")
    _make(FROM_THERE, "cut_works(integer, bigint)")


def downgrade() -> None:
    op.execute("DROP FUNCTION cut_works(integer, bigint)")
    _make(FROM_THE_BEGINNING, "cut_works(integer)")


def _make(statement: str, name: str) -> None:
    op.execute(statement)
    op.execute(f"REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {APPLICATION_ROLE}")
