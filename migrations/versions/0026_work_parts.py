"""Which part of a work lies in which tambon, kept beside the shapes.

``read_work_part``
    One row for each tambon that a work lies in: its length (a line), area (a polygon) or number of points there, in
    square or plain units of EPSG:3857, whose ratios within a work are right; NULL = the whole work lies there. An
    empty code: the work lies in no tambon.

Cutting a shape costs more than all else that happens when coordinates are saved, so it is not done then: rows go away
when the shape changes (or the tambons do), and ``cut_works`` makes those that are missing, a batch at a time. A reader
takes the rows that are there and cuts the few works that have none itself, so its answer is always that of the shapes.
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "eplan_app"

TABLE = """
CREATE TABLE read_work_part (
    project_id bigint NOT NULL,
    tambon_code text NOT NULL,
    weight float8 CHECK (weight > 0),
    PRIMARY KEY (project_id, tambon_code)
);
COMMENT ON TABLE read_work_part IS 'Tambons that a work lies in; missing rows are made by cut_works';
COMMENT ON COLUMN read_work_part.weight IS 'Length, area or points there (EPSG:3857); NULL = the whole work';
CREATE INDEX ix_read_work_part_tambon_code ON read_work_part (tambon_code text_pattern_ops, project_id);
"""

# A work that is being saved in this moment is left for the next batch; one that is being cut waits for the batch.
CUT = """
CREATE FUNCTION cut_works(a_limit integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    done bigint;
BEGIN
    WITH missing AS MATERIALIZED (
        SELECT f.project_id, f.geom FROM read_project_feature f
        WHERE NOT EXISTS (SELECT FROM read_work_part r WHERE r.project_id = f.project_id)
        LIMIT a_limit FOR NO KEY UPDATE OF f SKIP LOCKED
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
    SELECT count(*) INTO done FROM missing;
    RETURN done;
END $$;
COMMENT ON FUNCTION cut_works(integer) IS 'Make the parts of so many works that have none; how many were made';
"""

# What is inside one tambon needs no cutting, and has no part in another.
WEIGHT = """
CREATE FUNCTION work_weight(tambon geometry, work geometry) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN ST_Contains(tambon, work) THEN NULL
                WHEN ST_Dimension(work) = 2 THEN ST_Area(ST_Intersection(work, tambon))
                WHEN ST_Dimension(work) = 1 THEN ST_Length(ST_Intersection(work, tambon))
                ELSE ST_NPoints(ST_Intersection(work, tambon)) END
$$;
COMMENT ON FUNCTION work_weight(geometry, geometry) IS 'What of a work lies in a tambon it touches; NULL = all of it';
"""

TRIGGERS = """
CREATE FUNCTION read_forget_parts() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM read_work_part r USING old_rows o WHERE r.project_id = o.project_id;
    ELSE
        DELETE FROM read_work_part r USING old_rows o JOIN new_rows n USING (project_id)
        WHERE r.project_id = n.project_id AND n.geometry_version <> o.geometry_version AND n.geom IS DISTINCT FROM o.geom;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER forget_parts_update AFTER UPDATE ON read_project_feature
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION read_forget_parts();
CREATE TRIGGER forget_parts_delete AFTER DELETE ON read_project_feature REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION read_forget_parts();

CREATE FUNCTION read_forget_all_parts() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    moved boolean;
BEGIN
    IF TG_OP = 'INSERT' THEN
        moved := EXISTS (SELECT FROM new_rows WHERE level = 'tambon' AND geom IS NOT NULL);
    ELSIF TG_OP = 'DELETE' THEN
        moved := EXISTS (SELECT FROM old_rows WHERE level = 'tambon' AND geom IS NOT NULL);
    ELSE
        moved := EXISTS (
            SELECT FROM new_rows n JOIN old_rows o USING (code)
            WHERE n.level = 'tambon' AND (n.geom, n.valid_to) IS DISTINCT FROM (o.geom, o.valid_to)
        );
    END IF;
    IF moved THEN
        -- works beside a border that moves may lie in tambons that do not: all are cut again
        DELETE FROM read_work_part;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER forget_parts_insert AFTER INSERT ON area REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION read_forget_all_parts();
CREATE TRIGGER forget_parts_update AFTER UPDATE ON area REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION read_forget_all_parts();
CREATE TRIGGER forget_parts_delete AFTER DELETE ON area REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION read_forget_all_parts();
"""

_OWN = ("read_forget_parts()", "read_forget_all_parts()", "cut_works(integer)")


def upgrade() -> None:
    op.execute(TABLE)
    op.execute(WEIGHT)
    op.execute(CUT)
    op.execute(TRIGGERS)
    for function in _OWN:
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
    op.execute(f"GRANT SELECT ON read_work_part TO {APPLICATION_ROLE}")
    op.execute(f"GRANT EXECUTE ON FUNCTION cut_works(integer) TO {APPLICATION_ROLE}")


def downgrade() -> None:
    for trigger, table in (
        ("forget_parts_insert", "area"),
        ("forget_parts_update", "area"),
        ("forget_parts_delete", "area"),
        ("forget_parts_delete", "read_project_feature"),
        ("forget_parts_update", "read_project_feature"),
    ):
        op.execute(f"DROP TRIGGER {trigger} ON {table}")
    for function in (*_OWN, "work_weight(geometry, geometry)"):
        op.execute(f"DROP FUNCTION {function}")
    op.execute("DROP TABLE read_work_part")
