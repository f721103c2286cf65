"""Read models: current shapes for tiles, cells for low zooms, area shapes per zoom, change counters for ETags.

The tables are written by triggers only; the application role may read them. Decision record:
``docs/decisions/0008-tiles-from-read-models.md``.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "eplan_app"

# Half the circumference of the Web Mercator square, metres.
HALF = "20037508.342789244"
# Cells of a feature are kept at 1/64 of a zoom 10 tile: 2^16 a side. Coarser cells are this number shifted right.
CELL_BITS = 16
# Cell tables are kept at these zooms (1/32 tile); zooms between them add up neighbours. shift = bits dropped.
CELL_LEVELS = ((6, 5), (8, 3))
# A tile shows up to 1/64 of itself beyond its edge; at zoom 9 that is 1/32 of a zoom 10 tile.
VERSION_MARGIN_M = 1223

TABLES = """
CREATE TABLE read_project_feature (
    project_id bigint PRIMARY KEY,
    code text NOT NULL,
    name_th text NOT NULL,
    kind text NOT NULL,
    organisation_code text NOT NULL,
    fiscal_year_be integer NOT NULL,
    status text NOT NULL,
    geometry_status text NOT NULL,
    geometry_version integer NOT NULL,
    published boolean NOT NULL,
    area_code text,
    surface_type_code text,
    water_source_type_code text,
    work_nature_code text,
    strategy_code text,
    length_m numeric(12, 3),
    width_m numeric(12, 3),
    budget_baht numeric(14, 2) NOT NULL,
    contracted_baht numeric(14, 2) NOT NULL,
    disbursed_baht numeric(14, 2) NOT NULL,
    drawn_length_m numeric(12, 3),
    drawn_area_m2 numeric(12, 3),
    west float8 NOT NULL,
    south float8 NOT NULL,
    east float8 NOT NULL,
    north float8 NOT NULL,
    cell_x integer NOT NULL,
    cell_y integer NOT NULL,
    mixed boolean NOT NULL,
    point geometry(Point, 3857) NOT NULL,
    geom_low geometry(Geometry, 3857),
    geom geometry(Geometry, 3857) NOT NULL
);
COMMENT ON TABLE read_project_feature IS 'Current geometry of a project with what a tile shows of it; kept by triggers';
COMMENT ON COLUMN read_project_feature.published IS 'Anyone may see it: money status open to all, coordinates verified';
COMMENT ON COLUMN read_project_feature.cell_x IS 'Column of the cell (1/64 of a zoom 10 tile) that holds point';
COMMENT ON COLUMN read_project_feature.mixed IS 'geom is a collection of points, lines and polygons together';
COMMENT ON COLUMN read_project_feature.geom_low IS 'geom simplified for zooms 9 and 10; NULL when geom is as simple';
CREATE INDEX ix_read_project_feature_geom ON read_project_feature USING gist (geom);
CREATE INDEX ix_read_project_feature_mixed ON read_project_feature USING gist (geom) WHERE mixed;
CREATE INDEX ix_read_project_feature_organisation ON read_project_feature (organisation_code, project_id);

CREATE TABLE read_project_cell (
    level smallint NOT NULL,
    kind text NOT NULL,
    fiscal_year_be integer NOT NULL,
    x integer NOT NULL,
    y integer NOT NULL,
    projects bigint NOT NULL,
    budget_baht numeric NOT NULL,
    disbursed_baht numeric NOT NULL,
    sum_x_m numeric NOT NULL,
    sum_y_m numeric NOT NULL,
    public_projects bigint NOT NULL,
    public_budget_baht numeric NOT NULL,
    public_disbursed_baht numeric NOT NULL,
    public_sum_x_m numeric NOT NULL,
    public_sum_y_m numeric NOT NULL
);
COMMENT ON TABLE read_project_cell IS 'Changes per 1/32 tile cell: the truth is their sum. Year 0 = all years';
CREATE INDEX ix_read_project_cell ON read_project_cell (level, kind, fiscal_year_be, (x >> 5), (y >> 5));

CREATE TABLE read_tile_version (
    layer text NOT NULL,
    zoom smallint NOT NULL,
    x integer NOT NULL,
    y integer NOT NULL,
    changes bigint NOT NULL
);
COMMENT ON TABLE read_tile_version IS 'Changes under a tile; their sum only ever grows';
CREATE INDEX ix_read_tile_version ON read_tile_version (layer, zoom, x, y);

CREATE TABLE read_area_shape (
    level text NOT NULL CHECK (level IN ('province', 'amphoe', 'tambon', 'organisation')),
    band smallint NOT NULL,
    code text NOT NULL,
    name_th text NOT NULL,
    name_en text,
    type_code text,
    parent_code text,
    fictional boolean NOT NULL,
    point geometry(Point, 3857) NOT NULL,
    geom geometry(MultiPolygon, 3857) NOT NULL,
    PRIMARY KEY (level, band, code)
) PARTITION BY LIST (band);
COMMENT ON TABLE read_area_shape IS 'Areas and territories of organisations, simplified; band = largest zoom it serves';
"""

# Largest zoom of a band -> metres of detail given up there: a third of a pixel.
BANDS = {5: 1600, 7: 400, 9: 100, 11: 25, 13: 6, 22: 0}
BAND_VALUES = ", ".join(f"({band}::smallint, {detail})" for band, detail in BANDS.items())

# Columns of read_project_feature in order, from project p, its status s, its newest geometry g and shapes t, q.
FEATURE_COLUMNS = f"""
    p.id AS project_id, p.code, p.name_th, p.kind, p.organisation_code, p.fiscal_year_be, p.status,
    g.status AS geometry_status, g.version AS geometry_version,
    (s.published AND g.status = 'VERIFIED') AS published,
    p.area_code, p.surface_type_code, p.water_source_type_code, p.work_nature_code, p.strategy_code,
    p.length_m, p.width_m, p.budget_baht, p.contracted_baht, p.disbursed_baht,
    g.length_m AS drawn_length_m, g.area_m2 AS drawn_area_m2,
    ST_XMin(g.geom) AS west, ST_YMin(g.geom) AS south, ST_XMax(g.geom) AS east, ST_YMax(g.geom) AS north,
    floor((ST_X(q.point) + {HALF}) * {2**CELL_BITS} / (2 * {HALF}))::integer AS cell_x,
    floor(({HALF} - ST_Y(q.point)) * {2**CELL_BITS} / (2 * {HALF}))::integer AS cell_y,
    GeometryType(t.shape) = 'GEOMETRYCOLLECTION' AS mixed,
    q.point,
    CASE WHEN ST_NPoints(t.shape) > 2 THEN ST_Simplify(t.shape, 40, true) END AS geom_low,
    t.shape AS geom
"""

# OFFSET 0 keeps the planner from computing the shape again wherever it is used.
FEATURE_SHAPES = """
    CROSS JOIN LATERAL (SELECT ST_Transform(ST_CollectionHomogenize(g.geom), 3857) AS shape OFFSET 0) AS t
    CROSS JOIN LATERAL (
        SELECT CASE GeometryType(t.shape)
                   WHEN 'POINT' THEN t.shape
                   WHEN 'LINESTRING' THEN ST_LineInterpolatePoint(t.shape, 0.5)
                   ELSE ST_PointOnSurface(t.shape)
               END AS point
        OFFSET 0
    ) AS q
"""

PUBLISHED = """
CREATE VIEW read_status_published AS
SELECT s.code,
       s.seq >= (SELECT b.seq FROM project_status b WHERE b.code = 'BUDGET_APPROVED')
       AND s.code NOT IN ('CANCELLED', 'DEFERRED') AS published
FROM project_status s;
COMMENT ON VIEW read_status_published IS 'Money statuses that anyone may see';
"""

CURRENT_VIEW = f"""
CREATE VIEW read_project_current AS
SELECT {FEATURE_COLUMNS}
FROM project p
JOIN read_status_published s ON s.code = p.status
CROSS JOIN LATERAL (
    SELECT * FROM project_geometry h WHERE h.project_id = p.id ORDER BY h.version DESC LIMIT 1
) AS g
{FEATURE_SHAPES}
WHERE g.geom IS NOT NULL AND NOT ST_IsEmpty(g.geom);
COMMENT ON VIEW read_project_current IS 'What read_project_feature must hold';
"""

UPDATED = [
    "code",
    "name_th",
    "kind",
    "organisation_code",
    "fiscal_year_be",
    "status",
    "area_code",
    "surface_type_code",
    "water_source_type_code",
    "work_nature_code",
    "strategy_code",
    "length_m",
    "width_m",
    "budget_baht",
    "contracted_baht",
    "disbursed_baht",
]

FEATURE_TRIGGERS = f"""
CREATE FUNCTION read_take_geometry() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM read_project_feature f
    USING (SELECT DISTINCT ON (project_id) project_id, geom FROM new_rows ORDER BY project_id, version DESC) AS g
    WHERE f.project_id = g.project_id AND (g.geom IS NULL OR ST_IsEmpty(g.geom));

    -- neighbours in space become neighbours on disk: a tile then reads few pages
    INSERT INTO read_project_feature AS f
    SELECT {FEATURE_COLUMNS}
    FROM (SELECT DISTINCT ON (project_id) * FROM new_rows ORDER BY project_id, version DESC) AS g
    JOIN project p ON p.id = g.project_id
    JOIN read_status_published s ON s.code = p.status
    {FEATURE_SHAPES}
    WHERE g.geom IS NOT NULL AND NOT ST_IsEmpty(g.geom)
    ORDER BY t.shape
    ON CONFLICT (project_id) DO UPDATE SET
        geometry_status = excluded.geometry_status, geometry_version = excluded.geometry_version,
        published = excluded.published, drawn_length_m = excluded.drawn_length_m,
        drawn_area_m2 = excluded.drawn_area_m2, west = excluded.west, south = excluded.south,
        east = excluded.east, north = excluded.north, cell_x = excluded.cell_x, cell_y = excluded.cell_y,
        mixed = excluded.mixed, point = excluded.point, geom_low = excluded.geom_low, geom = excluded.geom,
        {", ".join(f"{c} = excluded.{c}" for c in UPDATED)}
    WHERE excluded.geometry_version >= f.geometry_version;
    RETURN NULL;
END $$;
CREATE TRIGGER read_features_insert AFTER INSERT ON project_geometry REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION read_take_geometry();

CREATE FUNCTION read_take_project() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM read_project_feature f USING old_rows o WHERE f.project_id = o.id;
        RETURN NULL;
    END IF;
    UPDATE read_project_feature f
    SET published = s.published AND f.geometry_status = 'VERIFIED',
        {", ".join(f"{c} = p.{c}" for c in UPDATED)}
    FROM new_rows p JOIN read_status_published s ON s.code = p.status
    WHERE f.project_id = p.id
      AND ({", ".join(f"f.{c}" for c in UPDATED)}) IS DISTINCT FROM ({", ".join(f"p.{c}" for c in UPDATED)});
    RETURN NULL;
END $$;
CREATE TRIGGER read_features_update AFTER UPDATE ON project REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION read_take_project();
CREATE TRIGGER read_features_delete AFTER DELETE ON project REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION read_take_project();

CREATE FUNCTION rebuild_project_features() RETURNS bigint
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    written bigint;
BEGIN
    DELETE FROM read_project_feature;
    DELETE FROM read_project_cell;
    INSERT INTO read_project_feature SELECT * FROM read_project_current ORDER BY geom;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END $$;
COMMENT ON FUNCTION rebuild_project_features() IS 'Maintenance by the owner: all again, in spatial order';
REVOKE ALL ON FUNCTION rebuild_project_features() FROM PUBLIC;
"""

# Many small changes of one cell are added up now and then. Rows that somebody else is just adding up are skipped, so
# that nobody ever waits: an import that takes a minute does not hold up a person who saves one road nearby.
COMPACTION = """
CREATE FUNCTION read_compact_cell(a_level smallint, a_kind text, a_year integer, a_x integer, a_y integer)
    RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    rows tid[] := ARRAY(
        SELECT ctid FROM read_project_cell
        WHERE level = a_level AND kind = a_kind AND fiscal_year_be = a_year
          AND x >> 5 = a_x >> 5 AND y >> 5 = a_y >> 5 AND x = a_x AND y = a_y
        FOR UPDATE SKIP LOCKED);
BEGIN
    IF cardinality(rows) > 16 THEN
        WITH gone AS (DELETE FROM read_project_cell WHERE ctid = ANY (rows) RETURNING *)
        INSERT INTO read_project_cell
        SELECT a_level, a_kind, a_year, a_x, a_y, sum(projects), sum(budget_baht), sum(disbursed_baht), sum(sum_x_m),
               sum(sum_y_m), sum(public_projects), sum(public_budget_baht), sum(public_disbursed_baht),
               sum(public_sum_x_m), sum(public_sum_y_m)
        FROM gone HAVING count(*) > 0;
    END IF;
END $$;

CREATE FUNCTION read_compact_version(a_layer text, a_zoom smallint, a_x integer, a_y integer)
    RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    rows tid[] := ARRAY(
        SELECT ctid FROM read_tile_version
        WHERE layer = a_layer AND zoom = a_zoom AND x = a_x AND y = a_y
        FOR UPDATE SKIP LOCKED);
BEGIN
    IF cardinality(rows) > 16 THEN
        WITH gone AS (DELETE FROM read_tile_version WHERE ctid = ANY (rows) RETURNING changes)
        INSERT INTO read_tile_version SELECT a_layer, a_zoom, a_x, a_y, sum(changes) FROM gone HAVING count(*) > 0;
    END IF;
END $$;
"""


def _tile_number(metres: str, axis: str) -> str:
    """SQL: number of the zoom 10 tile at ``metres`` along an axis, kept inside the world."""
    offset = f"{metres} + {HALF}" if axis == "x" else f"{HALF} - {metres}"
    return f"least(greatest(floor(({offset}) * 1024 / (2 * {HALF}))::integer, 0), 1023)"


def _count_changes(verb: str) -> str:
    """Trigger function that adds the changes of one statement on read_project_feature to cells and versions."""
    rows = {
        "insert": "SELECT 1 AS sign, n.* FROM new_rows n",
        "delete": "SELECT -1 AS sign, o.* FROM old_rows o",
        "update": "SELECT 1 AS sign, n.* FROM new_rows n UNION ALL SELECT -1, o.* FROM old_rows o",
    }[verb]
    levels = ", ".join(f"({level}::smallint, {shift})" for level, shift in CELL_LEVELS)
    sums = [
        f"sum({term})"
        for term in (
            "sign",
            "sign * budget_baht",
            "sign * disbursed_baht",
            "sign * round(ST_X(point)::numeric)",
            "sign * round(ST_Y(point)::numeric)",
            "CASE WHEN published THEN sign ELSE 0 END",
            "CASE WHEN published THEN sign * budget_baht ELSE 0 END",
            "CASE WHEN published THEN sign * disbursed_baht ELSE 0 END",
            "CASE WHEN published THEN sign * round(ST_X(point)::numeric) ELSE 0 END",
            "CASE WHEN published THEN sign * round(ST_Y(point)::numeric) ELSE 0 END",
        )
    ]
    m = VERSION_MARGIN_M
    tiles = f"""
        SELECT c.kind, x, y, count(*) AS changes
        FROM ({rows}) AS c
        CROSS JOIN LATERAL generate_series({_tile_number(f"(ST_XMin(geom) - {m})", "x")},
                                           {_tile_number(f"(ST_XMax(geom) + {m})", "x")}) AS x
        CROSS JOIN LATERAL generate_series({_tile_number(f"(ST_YMax(geom) + {m})", "y")},
                                           {_tile_number(f"(ST_YMin(geom) - {m})", "y")}) AS y
        GROUP BY c.kind, x, y"""
    return f"""
CREATE FUNCTION read_count_{verb}() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO read_project_cell
    SELECT l.level, c.kind, coalesce(c.fiscal_year_be, 0), c.cell_x >> l.shift, c.cell_y >> l.shift,
           {", ".join(sums)}
    FROM ({rows}) AS c CROSS JOIN (VALUES {levels}) AS l (level, shift)
    GROUP BY GROUPING SETS (
        (l.level, c.kind, c.fiscal_year_be, c.cell_x >> l.shift, c.cell_y >> l.shift),
        (l.level, c.kind, c.cell_x >> l.shift, c.cell_y >> l.shift))
    HAVING {" OR ".join(f"{total} <> 0" for total in sums)}
    ORDER BY 1, 2, 3, (c.cell_x >> l.shift) >> 5, (c.cell_y >> l.shift) >> 5;

    INSERT INTO read_tile_version (layer, zoom, x, y, changes)
    SELECT kind, 10, x, y, changes FROM ({tiles}) AS touched
    UNION ALL
    SELECT kind, 6, x >> 4, y >> 4, sum(changes) FROM ({tiles}) AS touched GROUP BY kind, x >> 4, y >> 4;

    IF (SELECT count(*) FROM (SELECT FROM {"old_rows" if verb == "delete" else "new_rows"} LIMIT 51) AS few) <= 50 THEN
        PERFORM read_compact_cell(level, kind, fiscal_year_be, x, y)
        FROM (
            SELECT DISTINCT l.level, c.kind, y.fiscal_year_be, c.cell_x >> l.shift AS x, c.cell_y >> l.shift AS y
            FROM ({rows}) AS c CROSS JOIN (VALUES {levels}) AS l (level, shift)
            CROSS JOIN LATERAL (VALUES (0), (c.fiscal_year_be)) AS y (fiscal_year_be)
        ) AS touched;
        PERFORM read_compact_version(kind, zoom, x, y)
        FROM (
            SELECT kind, 10::smallint AS zoom, x, y FROM ({tiles}) AS at_10
            UNION
            SELECT kind, 6::smallint, x >> 4, y >> 4 FROM ({tiles}) AS at_6
        ) AS touched;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER read_count_{verb} AFTER {verb.upper()} ON read_project_feature
    REFERENCING {TRANSITION[verb]} FOR EACH STATEMENT EXECUTE FUNCTION read_count_{verb}();
"""


TRANSITION = {
    "insert": "NEW TABLE AS new_rows",
    "update": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "delete": "OLD TABLE AS old_rows",
}

# Visvalingam-Whyatt looks at a vertex and its two neighbours only, so two areas give up the same vertices of the
# limit between them and no gap opens.
SHAPES = f"""
CREATE FUNCTION read_simplified(shape geometry, detail_m integer) RETURNS geometry
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
DECLARE
    simple geometry;
BEGIN
    IF detail_m = 0 THEN
        RETURN ST_Multi(shape);
    END IF;
    simple := ST_CollectionExtract(ST_MakeValid(ST_SimplifyVW(shape, detail_m::float8 * detail_m)), 3);
    IF simple IS NULL OR ST_IsEmpty(simple) THEN
        RETURN ST_Multi(shape);
    END IF;
    RETURN ST_Multi(simple);
END $$;
CREATE VIEW read_area_current AS
WITH shapes AS (
    SELECT a.level, a.code, a.name_th, a.name_en, NULL::text AS type_code, a.parent_code, a.fictional,
           ST_Transform(coalesce(a.point, ST_PointOnSurface(a.geom)), 3857) AS point,
           ST_Transform(a.geom, 3857) AS geom
    FROM area a
    WHERE a.level <> 'village' AND a.geom IS NOT NULL AND NOT ST_IsEmpty(a.geom) AND a.valid_to IS NULL
    UNION ALL
    SELECT 'organisation', o.code, o.full_name_th, o.name_en, o.type_code, o.province_code, o.fictional,
           ST_Transform(ST_PointOnSurface(o.territory), 3857), ST_Transform(o.territory, 3857)
    FROM organisation o
    WHERE o.territory IS NOT NULL AND NOT ST_IsEmpty(o.territory) AND o.valid_to IS NULL
)
SELECT s.level, b.band, s.code, s.name_th, s.name_en, s.type_code, s.parent_code, s.fictional, s.point,
       read_simplified(s.geom, b.detail_m) AS geom
FROM shapes s
CROSS JOIN (VALUES {BAND_VALUES}) AS b (band, detail_m);
COMMENT ON VIEW read_area_current IS 'What read_area_shape must hold';
"""


def _shape_triggers(table: str, level: str, watched: str) -> str:
    """Triggers that bring the shapes of changed rows up to date; rows whose ``watched`` columns are equal stay."""
    old = ", ".join(f"o.{column}" for column in watched.split())
    new = ", ".join(f"n.{column}" for column in watched.split())
    changed = {
        "insert": "SELECT n.code FROM new_rows n",
        "update": f"SELECT n.code FROM new_rows n JOIN old_rows o USING (code) WHERE ({new}) IS DISTINCT FROM ({old})",
        "delete": "SELECT o.code FROM old_rows o",
    }
    same_level = "level = 'organisation'" if table == "organisation" else "level <> 'organisation'"
    return "".join(
        f"""
CREATE FUNCTION read_take_{table}_{verb}() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    codes text[] := ARRAY({changed[verb]});
BEGIN
    IF cardinality(codes) = 0 THEN
        RETURN NULL;
    END IF;
    INSERT INTO read_tile_version (layer, zoom, x, y, changes)
    SELECT DISTINCT {level}, 0, 0, 0, 1 FROM {"old_rows" if verb == "delete" else "new_rows"}
    WHERE code IN (SELECT unnest(codes));
    DELETE FROM read_area_shape WHERE {same_level} AND code IN (SELECT unnest(codes));
    INSERT INTO read_area_shape
    SELECT * FROM read_area_current WHERE {same_level} AND code IN (SELECT unnest(codes)) ORDER BY level, band, geom;
    RETURN NULL;
END $$;
CREATE TRIGGER read_shapes_{verb} AFTER {verb.upper()} ON {table}
    REFERENCING {references} FOR EACH STATEMENT EXECUTE FUNCTION read_take_{table}_{verb}();
"""
        for verb, references in TRANSITION.items()
    )


BASE_VERSION = """
CREATE FUNCTION read_take_base() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO read_tile_version (layer, zoom, x, y, changes) VALUES ('base', 0, 0, 0, 1);
    RETURN NULL;
END $$;
CREATE TRIGGER read_base AFTER INSERT OR UPDATE OR DELETE ON base_feature
    FOR EACH STATEMENT EXECUTE FUNCTION read_take_base();
"""

AREA_TRIGGERS = _shape_triggers("area", "level", "name_th name_en parent_code fictional valid_to geom point")
ORGANISATION_TRIGGERS = _shape_triggers(
    "organisation", "'organisation'", "full_name_th name_en type_code province_code fictional valid_to territory"
)
FUNCTIONS = [
    "read_take_geometry()",
    "read_take_project()",
    "rebuild_project_features()",
    "read_count_insert()",
    "read_count_update()",
    "read_count_delete()",
    "read_compact_cell(smallint,text,integer,integer,integer)",
    "read_compact_version(text,smallint,integer,integer)",
    "read_take_area_insert()",
    "read_take_area_update()",
    "read_take_area_delete()",
    "read_take_organisation_insert()",
    "read_take_organisation_update()",
    "read_take_organisation_delete()",
    "read_take_base()",
    "read_simplified(geometry,integer)",
]


def upgrade() -> None:
    op.execute(TABLES)
    for band in BANDS:
        op.execute(f"CREATE TABLE read_area_shape_{band} PARTITION OF read_area_shape FOR VALUES IN ({band})")
        op.execute(f"CREATE INDEX ix_read_area_shape_{band}_geom ON read_area_shape_{band} USING gist (geom)")
    op.execute(PUBLISHED)
    op.execute(CURRENT_VIEW)
    op.execute(COMPACTION)
    for verb in TRANSITION:
        op.execute(_count_changes(verb))
    op.execute(FEATURE_TRIGGERS)
    op.execute(SHAPES)
    op.execute(AREA_TRIGGERS)
    op.execute(ORGANISATION_TRIGGERS)
    op.execute(BASE_VERSION)
    op.execute("SELECT rebuild_project_features()")
    op.execute("INSERT INTO read_area_shape SELECT * FROM read_area_current ORDER BY level, band, geom")
    for relation in (
        "read_project_feature",
        "read_project_cell",
        "read_tile_version",
        "read_area_shape",
        "read_status_published",
    ):
        op.execute(f"GRANT SELECT ON {relation} TO {APPLICATION_ROLE}")
    for function in FUNCTIONS:
        if function.startswith(("read_take", "read_count")):
            # They act as the owner: nobody else may attach them to a table of their own.
            op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")


def downgrade() -> None:
    for function in FUNCTIONS:
        if function.startswith(("read_take", "read_count")):
            op.execute(f"DROP FUNCTION {function} CASCADE")
    op.execute("DROP VIEW read_area_current, read_project_current, read_status_published")
    op.execute("DROP TABLE read_area_shape, read_tile_version, read_project_cell, read_project_feature")
    for function in FUNCTIONS:
        if not function.startswith(("read_take", "read_count")):
            op.execute(f"DROP FUNCTION {function}")
