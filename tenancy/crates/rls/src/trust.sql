-- $1: relations, a JSON list of [schema, name, [column, ..]]. A JSON list of reasons, null where there is none.
-- The planner evaluates the expressions of a table's indexes, statistics and constraints with the rights of whoever reads
-- the table. What they call must be compiled into the server, a superuser's, or this role's own.
WITH RECURSIVE wanted AS (
    SELECT w.place, w.relation->>0 AS schema, w.relation->>1 AS name, w.relation->2 AS columns, c.oid, c.relkind
      FROM json_array_elements($1::json) WITH ORDINALITY w(relation, place)
      LEFT JOIN (pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace)
        ON n.nspname = w.relation->>0 AND c.relname = w.relation->>1
),
tree AS (
    SELECT place, oid FROM wanted WHERE oid IS NOT NULL
    UNION SELECT t.place, i.inhrelid FROM tree t JOIN pg_inherits i ON i.inhparent = t.oid
),
part AS (
    SELECT t.place, 'pg_class'::regclass AS class, p.partrelid AS object
      FROM tree t JOIN pg_partitioned_table p ON p.partrelid = t.oid
    UNION ALL SELECT t.place, 'pg_class'::regclass, i.indexrelid FROM tree t JOIN pg_index i ON i.indrelid = t.oid
    UNION ALL SELECT t.place, 'pg_statistic_ext'::regclass, s.oid FROM tree t JOIN pg_statistic_ext s ON s.stxrelid = t.oid
    UNION ALL SELECT t.place, 'pg_constraint'::regclass, k.oid FROM tree t JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'c'
    UNION ALL SELECT t.place, 'pg_attrdef'::regclass, d.oid FROM tree t
      JOIN pg_attrdef d ON d.adrelid = t.oid
      JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum AND a.attgenerated <> ''
),
called AS (
    SELECT p.place, d.refobjid AS function FROM part p
      JOIN pg_depend d ON d.classid = p.class AND d.objid = p.object AND d.refclassid = 'pg_proc'::regclass
    UNION SELECT p.place, o.oprcode::oid FROM part p
      JOIN pg_depend d ON d.classid = p.class AND d.objid = p.object AND d.refclassid = 'pg_operator'::regclass
      JOIN pg_operator o ON o.oid = d.refobjid
)
SELECT coalesce(json_agg(CASE
    WHEN w.oid IS NULL THEN 'it is not there'
    WHEN w.relkind NOT IN ('r', 'p') THEN 'it is no table'
    WHEN EXISTS (SELECT FROM tree t JOIN pg_class c ON c.oid = t.oid WHERE t.place = w.place AND c.relkind NOT IN ('r', 'p'))
        THEN 'a part of it is no table'
    WHEN EXISTS (
        SELECT FROM called f JOIN pg_proc p ON p.oid = f.function
          JOIN pg_language l ON l.oid = p.prolang JOIN pg_roles r ON r.oid = p.proowner
         WHERE f.place = w.place AND l.lanname NOT IN ('internal', 'c') AND NOT r.rolsuper AND r.rolname <> current_user)
        THEN 'an index, constraint or statistics of it calls a function of another role'
    WHEN EXISTS (
        SELECT FROM json_array_elements_text(w.columns) k(name)
          LEFT JOIN pg_attribute a ON a.attrelid = w.oid AND a.attname = k.name AND a.attnum > 0 AND NOT a.attisdropped
         WHERE a.attnum IS NULL OR 16384 <= (
            WITH RECURSIVE base AS (
                SELECT a.atttypid AS id
                UNION ALL SELECT t.typbasetype FROM base b JOIN pg_type t ON t.oid = b.id WHERE t.typtype = 'd')
            SELECT b.id::int8 FROM base b JOIN pg_type t ON t.oid = b.id WHERE t.typtype <> 'd'))
        THEN 'a column is gone, or of a type that is not the server''s own: casts of such a type are its owner''s code'
    END ORDER BY w.place), '[]')::text AS json
FROM wanted w
