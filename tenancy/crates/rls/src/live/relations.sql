-- $1: the service's role; $2: the names of the schemas, a JSON list.
WITH app AS (SELECT oid, rolsuper FROM pg_roles WHERE rolname = $1)
SELECT coalesce(json_agg(json_build_object(
    'schema', n.nspname,
    'name', c.relname,
    'owner', pg_get_userbyid(c.relowner),
    'partitioned', c.relkind = 'p',
    'rls', c.relrowsecurity,
    'forced', c.relforcerowsecurity,
    'app_reaches_owner', EXISTS (SELECT FROM app WHERE NOT rolsuper AND pg_has_role(app.oid, c.relowner, 'MEMBER')),
    'app_code', (SELECT coalesce(json_agg(DISTINCT p.oid::regprocedure::text), '[]')
        FROM (SELECT t.tgfoid AS function FROM pg_trigger t WHERE t.tgrelid = c.oid
              UNION SELECT d.refobjid FROM pg_depend d WHERE d.refclassid = 'pg_proc'::regclass AND (d.classid, d.objid) IN (
                  SELECT 'pg_class'::regclass::oid, i.indexrelid FROM pg_index i WHERE i.indrelid = c.oid
                  UNION SELECT 'pg_class'::regclass, c.oid
                  UNION SELECT 'pg_statistic_ext'::regclass, s.oid FROM pg_statistic_ext s WHERE s.stxrelid = c.oid
                  UNION SELECT 'pg_constraint'::regclass, k.oid FROM pg_constraint k WHERE k.conrelid = c.oid
                  UNION SELECT 'pg_attrdef'::regclass, g.oid FROM pg_attrdef g WHERE g.adrelid = c.oid)) f
        JOIN pg_proc p ON p.oid = f.function AND NOT p.prosecdef
        WHERE EXISTS (SELECT FROM app WHERE NOT rolsuper AND pg_has_role(app.oid, p.proowner, 'MEMBER'))),
    'acl', (SELECT coalesce(json_agg(json_build_object(
        'grantee', CASE WHEN a.grantee = 0 THEN '' ELSE pg_get_userbyid(a.grantee) END,
        'privilege', a.privilege_type, 'grantable', a.is_grantable)), '[]')
        FROM aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a),
    'columns', (SELECT coalesce(json_agg(json_build_object(
        'name', k.attname, 'sql_type', format_type(k.atttypid, k.atttypmod), 'builtin', k.atttypid < 16384, 'not_null', k.attnotnull, 'has_default', k.atthasdef, 'generated', k.attgenerated <> '',
        'acl', (SELECT coalesce(json_agg(json_build_object(
            'grantee', CASE WHEN a.grantee = 0 THEN '' ELSE pg_get_userbyid(a.grantee) END,
            'privilege', a.privilege_type, 'grantable', a.is_grantable)), '[]') FROM aclexplode(k.attacl) a)
        ) ORDER BY k.attnum), '[]')
        FROM pg_attribute k WHERE k.attrelid = c.oid AND k.attnum > 0 AND NOT k.attisdropped),
    'indexes', (SELECT coalesce(json_agg(json_build_object(
        'name', x.relname, 'unique', i.indisunique, 'primary', i.indisprimary, 'exclusion', i.indisexclusion,
        'complete', i.indisvalid AND i.indpred IS NULL AND i.indimmediate,
        'constraint', (SELECT o.conname FROM pg_constraint o
            WHERE o.conindid = i.indexrelid AND o.conrelid = c.oid AND o.contype IN ('p', 'u', 'x')),
        'deferred', (SELECT o.condeferred FROM pg_constraint o
            WHERE o.conindid = i.indexrelid AND o.conrelid = c.oid AND o.contype IN ('p', 'u', 'x') AND o.condeferrable),
        'method', (SELECT a.amname FROM pg_am a WHERE a.oid = x.relam),
        -- Behind the table's name, which the search path of this session writes with its schema.
        'definition', (SELECT substr(d.text, strpos(d.text, d.before) + length(d.before)) FROM (SELECT
            pg_get_indexdef(i.indexrelid) AS text,
            format(CASE c.relkind WHEN 'p' THEN ' ON ONLY %s USING ' ELSE ' ON %s USING ' END, c.oid::regclass) AS before) d),
        'referrers', (SELECT coalesce(json_agg(format('%s %I', o.conrelid::regclass, o.conname) ORDER BY o.oid), '[]')
            FROM pg_constraint o WHERE o.contype = 'f' AND o.conindid = i.indexrelid AND o.conparentid = 0),
        'columns', (SELECT json_agg(k.attname ORDER BY u.place)
            FROM generate_series(0, i.indnkeyatts - 1) u(place)
            LEFT JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = i.indkey[u.place] AND k.attnum <> 0)
        ) ORDER BY x.relname), '[]')
        FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = c.oid),
    'foreign_keys', (SELECT coalesce(json_agg(json_build_object(
        'name', o.conname, 'validated', o.convalidated, 'on_delete', o.confdeltype::text,
        'on_update', o.confupdtype::text, 'parent', p.relname,
        -- From release 18 on a key may be there and not be enforced.
        'enforced', coalesce((to_json(o)->>'conenforced')::bool, true),
        'deferrable', o.condeferrable, 'deferred', o.condeferred,
        'delete_sets', (SELECT coalesce(json_agg(k.attname), '[]') FROM unnest(o.confdelsetcols) u(num)
            JOIN pg_attribute k ON k.attrelid = o.conrelid AND k.attnum = u.num),
        'parent_schema', (SELECT m.nspname FROM pg_namespace m WHERE m.oid = p.relnamespace),
        'columns', (SELECT json_agg(k.attname ORDER BY u.place) FROM unnest(o.conkey) WITH ORDINALITY u(num, place)
            JOIN pg_attribute k ON k.attrelid = o.conrelid AND k.attnum = u.num),
        'parent_columns', (SELECT json_agg(k.attname ORDER BY u.place)
            FROM unnest(o.confkey) WITH ORDINALITY u(num, place)
            JOIN pg_attribute k ON k.attrelid = o.confrelid AND k.attnum = u.num)
        ) ORDER BY o.conname), '[]')
        FROM pg_constraint o JOIN pg_class p ON p.oid = o.confrelid
        WHERE o.conrelid = c.oid AND o.contype = 'f'
          -- A foreign key to a partitioned table has a copy a partition.
          AND o.conparentid = 0),
    'policies', (SELECT coalesce(json_agg(json_build_object(
        'name', y.polname, 'permissive', y.polpermissive, 'command', y.polcmd::text,
        'roles', (SELECT json_agg(CASE WHEN r = 0 THEN '' ELSE pg_get_userbyid(r) END) FROM unnest(y.polroles) r),
        'using', pg_get_expr(y.polqual, y.polrelid), 'check', pg_get_expr(y.polwithcheck, y.polrelid)
        ) ORDER BY y.polname), '[]') FROM pg_policy y WHERE y.polrelid = c.oid),
    'children', (WITH RECURSIVE below AS (
            SELECT h.inhrelid FROM pg_inherits h WHERE h.inhparent = c.oid
            UNION ALL SELECT h.inhrelid FROM pg_inherits h JOIN below b ON h.inhparent = b.inhrelid)
        SELECT coalesce(json_agg(json_build_object(
            'schema', m.nspname, 'name', d.relname, 'rls', d.relrowsecurity, 'forced', d.relforcerowsecurity,
            'granted', EXISTS (SELECT FROM aclexplode(d.relacl) a
                WHERE a.grantee = 0 OR a.grantee = (SELECT oid FROM app))
            ) ORDER BY m.nspname, d.relname), '[]')
        FROM below b JOIN pg_class d ON d.oid = b.inhrelid JOIN pg_namespace m ON m.oid = d.relnamespace),
    'sequences', (SELECT coalesce(json_agg(json_build_object(
        'schema', m.nspname, 'name', s.relname,
        'usable', EXISTS (SELECT FROM aclexplode(s.relacl) a WHERE a.privilege_type = 'USAGE'
            AND (a.grantee = 0 OR a.grantee = (SELECT oid FROM app)))
        ) ORDER BY s.relname), '[]')
        FROM pg_depend e JOIN pg_class s ON s.oid = e.objid AND s.relkind = 'S'
        JOIN pg_namespace m ON m.oid = s.relnamespace
        WHERE e.classid = 'pg_class'::regclass AND e.refclassid = 'pg_class'::regclass
          AND e.refobjid = c.oid AND e.deptype = 'a')
    )), '[]')::text AS json
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p')
  AND (n.nspname IN (SELECT json_array_elements_text($2::json)) OR (n.nspname, c.relname) = ('tenancy', 'key')
    -- Partitions and children may lie elsewhere.
    OR c.oid IN (WITH RECURSIVE below AS (
            SELECT h.inhrelid FROM pg_inherits h JOIN pg_class a ON a.oid = h.inhparent JOIN pg_namespace m ON m.oid = a.relnamespace
             WHERE m.nspname IN (SELECT json_array_elements_text($2::json))
            UNION SELECT h.inhrelid FROM pg_inherits h JOIN below b ON h.inhparent = b.inhrelid)
        SELECT inhrelid FROM below))
