-- What statements of the service and of others reach beside tables and grants: owners, stored expressions, types, names, the
-- server's own objects. A second document, because one statement has room for a hundred arguments only.
-- Runs with search_path = pg_catalog, as `catalog.sql` does.
WITH RECURSIVE member AS MATERIALIZED (
    SELECT classid, objid, refobjid AS extension, xmin::text::int8 AS made
    FROM pg_depend WHERE deptype = 'e' AND refclassid = 'pg_extension'::regclass
),
-- The transactions in which an extension's members were made: that of its script or newest update, and the one of most of them.
-- A cluster that `pg_upgrade` filled has neither, and then nothing can be told.
script AS MATERIALIZED (
    SELECT m.extension, m.made FROM member m GROUP BY m.extension, m.made
    HAVING m.made = (SELECT e.xmin::text::int8 FROM pg_extension e WHERE e.oid = m.extension)
        OR count(*) * 2 > (SELECT count(*) FROM member a WHERE a.extension = m.extension)
),
-- Members that were added by hand: neither by the script nor by the newest update of the extension.
smuggled AS MATERIALIZED (
    SELECT m.classid, m.objid, e.extname
    FROM member m JOIN pg_extension e ON e.oid = m.extension
    WHERE (m.extension IN (SELECT extension FROM script) AND (m.extension, m.made) NOT IN (SELECT extension, made FROM script)
           -- Older than its extension.
           OR m.classid = 'pg_proc'::regclass AND m.objid < m.extension)
      AND m.classid IN ('pg_proc'::regclass, 'pg_class'::regclass,
        'pg_operator'::regclass, 'pg_type'::regclass, 'pg_cast'::regclass, 'pg_event_trigger'::regclass, 'pg_language'::regclass)
      AND NOT EXISTS (SELECT FROM pg_proc p WHERE m.classid = 'pg_proc'::regclass AND p.oid = m.objid
          AND p.xmin::text::int8 = m.made AND p.probin LIKE '$libdir/%' AND NOT p.prosecdef AND NOT p.proleakproof)
),
-- `initdb` makes the views of the information schema nearly last: what is younger was changed later.
initdb AS MATERIALIZED (
    SELECT max(t.xmin::text::int8) AS last FROM pg_type t
    WHERE t.oid < 16384 AND t.typtype = 'c' AND t.typnamespace = 'information_schema'::regnamespace
),
-- Stored expressions, as the trees that the server keeps: a dependency on its own functions is recorded nowhere else.
tree AS MATERIALIZED (
    SELECT 'policy' AS kind, p.polrelid AS rel, p.polname::text AS name, NOT p.polpermissive AS restrictive,
           concat(p.polqual, p.polwithcheck) AS body
    FROM pg_policy p
    UNION ALL
    SELECT 'constraint', k.conrelid, k.conname, false, k.conbin::text FROM pg_constraint k
    WHERE k.conbin IS NOT NULL AND k.conrelid >= 16384
    UNION ALL
    SELECT 'domain', k.contypid, k.conname, false, k.conbin::text FROM pg_constraint k
    WHERE k.conbin IS NOT NULL AND k.contypid >= 16384
    UNION ALL
    SELECT CASE WHEN a.attgenerated <> '' THEN 'generated column' ELSE 'default' END, d.adrelid, a.attname, false, d.adbin::text
    FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    UNION ALL
    SELECT 'index', i.indrelid, x.relname, false, concat(i.indexprs, i.indpred) FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
    WHERE i.indrelid >= 16384 AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)
    UNION ALL
    SELECT 'statistics', s.stxrelid, s.stxname, false, s.stxexprs::text FROM pg_statistic_ext s WHERE s.stxexprs IS NOT NULL
    UNION ALL
    SELECT 'partition key', p.partrelid, 'of it', false, p.partexprs::text FROM pg_partitioned_table p WHERE p.partexprs IS NOT NULL
    UNION ALL
    SELECT 'trigger', t.tgrelid, t.tgname, false, t.tgqual::text FROM pg_trigger t WHERE t.tgqual IS NOT NULL
    UNION ALL
    SELECT CASE WHEN c.relkind IN ('v', 'm') AND r.ev_type = '1' THEN 'view' ELSE 'rule' END, r.ev_class, r.rulename, false,
           concat(r.ev_qual, r.ev_action)
    FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class WHERE c.oid >= 16384
),
called AS MATERIALIZED (
    SELECT t.kind, t.rel, t.name, t.restrictive, c.id
    FROM tree t CROSS JOIN LATERAL (
        SELECT DISTINCT m[1]::oid AS id FROM regexp_matches(t.body, ':(?:funcid|opfuncid|aggfnoid|winfnoid) (\d+)', 'g') m
        UNION
        SELECT o.oprcode FROM regexp_matches(t.body, ':opno (\d+)', 'g') m JOIN pg_operator o ON o.oid = m[1]::oid
        UNION
        -- A cast through text runs the functions of the type; one to a domain runs its checks.
        SELECT unnest(ARRAY[y.typinput, y.typoutput]::oid[]) FROM regexp_matches(t.body, '\{COERCEVIAIO .*?:resulttype (\d+) ', 'g') m
        JOIN pg_type y ON y.oid = m[1]::oid
    ) c WHERE c.id <> 0
),
-- Types of columns, and what they are made of.
typed AS (
    SELECT c.oid AS rel, a.atttypid AS type FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'f') AND a.atttypid >= 16384
    UNION
    SELECT t.rel, n.id FROM typed t JOIN pg_type y ON y.oid = t.type CROSS JOIN LATERAL (
        SELECT y.typelem AS id UNION SELECT y.typbasetype
        UNION SELECT r.rngsubtype FROM pg_range r WHERE y.oid IN (r.rngtypid, r.rngmultitypid)
        UNION SELECT a.atttypid FROM pg_attribute a WHERE a.attrelid = y.typrelid AND a.attnum > 0 AND NOT a.attisdropped
    ) n WHERE n.id >= 16384
)
SELECT jsonb_build_object(
'owned', (
    SELECT jsonb_agg(jsonb_build_object('owner', d.refobjid::int8, 'class', d.classid::regclass::text, 'oid', d.objid::int8,
        'kind', i.type, 'schema', coalesce(i.schema, CASE WHEN i.type = 'schema' THEN i.name END),
        'object', CASE WHEN i.type IN ('function', 'procedure', 'aggregate', 'table', 'view', 'sequence', 'materialized view',
            'foreign table') THEN i.identity ELSE i.type || ' ' || i.identity END,
        'extension', EXISTS (SELECT FROM member m WHERE (m.classid, m.objid) = (d.classid, d.objid))))
    FROM pg_shdepend d CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, d.objsubid) i
    WHERE d.deptype = 'o' AND d.refclassid = 'pg_authid'::regclass
      AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
      -- A superuser's own objects are of interest to no rule.
      AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = d.refobjid AND r.rolsuper)
      AND d.classid NOT IN ('pg_default_acl'::regclass, 'pg_largeobject'::regclass)
),
'calls', (
    SELECT jsonb_agg(jsonb_build_object('kind', c.kind, 'rel', c.rel::int8, 'name', c.name, 'restrictive', c.restrictive,
        'function', c.id::int8, 'called', p.oid::regprocedure::text, 'own', p.oid < 16384, 'leakproof', p.proleakproof,
        'takes', p.pronargs))
    FROM called c JOIN pg_proc p ON p.oid = c.id
    -- Of the server's own only what may tell something.
    WHERE p.oid >= 16384 OR (c.restrictive AND NOT p.proleakproof)
       OR p.proname ~ '^(query_to_|table_to_|schema_to_|database_to_|cursor_to_|pg_read_|pg_ls_|lo_|loread|lowrite|set_config|pg_notify|ts_stat|pg_logical_)'
       OR p.proname IN ('currval', 'lastval', 'setval')
),
-- The trees of policies that come before ours, and of shared tables.
'policy_trees', (
    SELECT jsonb_agg(jsonb_build_object('rel', t.rel::int8, 'name', t.name, 'restrictive', t.restrictive, 'tree', t.body))
    FROM tree t WHERE t.kind = 'policy' AND t.restrictive
),
'domain_casts', (
    SELECT jsonb_agg(DISTINCT jsonb_build_object('kind', t.kind, 'rel', t.rel::int8, 'name', t.name, 'restrictive', t.restrictive,
        'type', m[1]::int8))
    FROM tree t, regexp_matches(t.body, ':resulttype (\d+)', 'g') m
    WHERE m[1]::int8 >= 16384 AND EXISTS (SELECT FROM pg_type y WHERE y.oid = m[1]::oid AND y.typtype = 'd')
),
'reads', (
    SELECT jsonb_agg(DISTINCT jsonb_build_object('kind', t.kind, 'rel', t.rel::int8, 'name', t.name, 'reads', m[1]::int8,
        'read', m[1]::oid::regclass::text))
    FROM tree t, regexp_matches(t.body, ':relid (\d+)', 'g') m
    WHERE m[1]::oid <> t.rel AND (m[1]::oid >= 16384 OR m[1]::oid IN (SELECT unnest('{pg_authid,pg_shadow,pg_statistic,
        pg_statistic_ext_data,pg_largeobject,pg_user_mapping,pg_subscription,pg_foreign_server,pg_proc,pg_rewrite}'::regclass[])))
      AND NOT (t.kind = 'view' AND m[1]::oid IN ('pg_proc'::regclass, 'pg_rewrite'::regclass, 'pg_foreign_server'::regclass))
),
'types', (
    SELECT jsonb_agg(jsonb_build_object('oid', y.oid::int8, 'name', format('%I.%I', n.nspname, y.typname), 'kind', y.typtype::text,
        'tables', (SELECT jsonb_agg(DISTINCT t.rel::int8) FROM typed t WHERE t.type = y.oid)))
    FROM pg_type y JOIN pg_namespace n ON n.oid = y.typnamespace WHERE y.oid IN (SELECT type FROM typed)
),
'schemas', (SELECT jsonb_agg(jsonb_build_object('oid', n.oid::int8, 'name', n.nspname, 'owner', n.nspowner::int8)) FROM pg_namespace n
    WHERE n.nspname !~ '^pg_(toast|temp)'),
-- What a name without a schema could mean.
'names', (
    SELECT jsonb_agg(jsonb_build_object('schema', n.nspname, 'name', c.relname, 'oid', c.oid::int8)) FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'f', 'v', 'm') AND n.nspname !~ '^pg_(toast|temp)'
),
-- Functions and operators with a name of the server's own.
'namesakes', (
    SELECT jsonb_agg(jsonb_build_object('schema', x.schema, 'object', x.object, 'owner', x.owner::int8, 'operator', x.operator,
        'plain', x.plain))
    FROM (
        SELECT n.nspname AS schema, p.oid::regprocedure::text AS object, p.proowner AS owner, false AS operator,
               NOT EXISTS (SELECT FROM unnest(p.proargtypes::oid[]) a(t) JOIN pg_type y ON y.oid = a.t
                           WHERE y.typcategory NOT IN ('N', 'D', 'T', 'B')) AND p.pronargs > 0 AS plain
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE p.oid >= 16384 AND n.nspname <> 'pg_catalog' AND NOT EXISTS (
            SELECT FROM member m WHERE m.classid = 'pg_proc'::regclass AND m.objid = p.oid
              AND NOT EXISTS (SELECT FROM smuggled s WHERE (s.classid, s.objid) = (m.classid, m.objid)))
          AND EXISTS (SELECT FROM pg_proc q WHERE q.proname = p.proname AND q.oid < 16384 AND q.pronamespace = 'pg_catalog'::regnamespace)
        UNION ALL
        SELECT n.nspname, o.oid::regoperator::text, o.oprowner, true, false
        FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace
        WHERE o.oid >= 16384 AND n.nspname <> 'pg_catalog' AND NOT EXISTS (
            SELECT FROM member m WHERE m.classid = 'pg_operator'::regclass AND m.objid = o.oid
              AND NOT EXISTS (SELECT FROM smuggled s WHERE (s.classid, s.objid) = (m.classid, m.objid)))
          AND EXISTS (SELECT FROM pg_operator q WHERE q.oprname = o.oprname AND q.oid < 16384)
    ) x
),
-- Objects of nobody's extension among the server's own, the server's own that were changed, casts between its types.
'odd', (
    SELECT jsonb_agg(jsonb_build_object('object', x.what, 'why', x.why)) FROM (
        SELECT pg_describe_object(s.classid, s.objid, 0) AS what, format('was added to the extension %s by hand', s.extname) AS why
        FROM smuggled s
        UNION ALL
        -- Large values of a table's rows lie there, and no policy does.
        SELECT format('toast table of %s', c.oid::regclass), 'has grants, and no policy holds for it' FROM pg_class t
        JOIN pg_class c ON c.reltoastrelid = t.oid
        WHERE EXISTS (SELECT FROM aclexplode(t.relacl) a WHERE a.grantee <> t.relowner)
        UNION ALL
        SELECT pg_describe_object(o.class, o.oid, 0), format('lies in %s, and neither the server nor an extension made it', n.nspname)
        FROM (
            SELECT 'pg_class'::regclass AS class, oid, relnamespace AS namespace FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')
            UNION ALL SELECT 'pg_proc'::regclass, oid, pronamespace FROM pg_proc
            UNION ALL SELECT 'pg_operator'::regclass, oid, oprnamespace FROM pg_operator
            UNION ALL SELECT 'pg_type'::regclass, oid, typnamespace FROM pg_type WHERE typrelid = 0 AND (typelem = 0 OR typcategory <> 'A')
            UNION ALL SELECT 'pg_opclass'::regclass, oid, opcnamespace FROM pg_opclass
            UNION ALL SELECT 'pg_conversion'::regclass, oid, connamespace FROM pg_conversion
            UNION ALL SELECT 'pg_ts_config'::regclass, oid, cfgnamespace FROM pg_ts_config
            UNION ALL SELECT 'pg_ts_dict'::regclass, oid, dictnamespace FROM pg_ts_dict
            UNION ALL SELECT 'pg_statistic_ext'::regclass, oid, stxnamespace FROM pg_statistic_ext
        ) o JOIN pg_namespace n ON n.oid = o.namespace
        WHERE o.oid >= 16384 AND n.nspname IN ('pg_catalog', 'information_schema', 'pg_toast')
          AND NOT EXISTS (SELECT FROM member m WHERE (m.classid, m.objid) = (o.class, o.oid))
        UNION ALL
        SELECT format('cast from %s to %s', k.castsource::regtype, k.casttarget::regtype), 'is between the server''s own types, and not its own'
        FROM pg_cast k WHERE k.oid >= 16384 AND k.castsource < 16384 AND k.casttarget < 16384
          AND NOT EXISTS (SELECT FROM member m WHERE (m.classid, m.objid) = ('pg_cast'::regclass, k.oid))
        UNION ALL
        SELECT pg_describe_object(b.class, b.oid, 0), 'was changed after `initdb`'
        FROM initdb, (
            -- Grants alone change a function's row too; they are told by `server_grants`.
            SELECT 'pg_proc'::regclass AS class, p.oid, p.xmin FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
            LEFT JOIN pg_init_privs i ON i.classoid = 'pg_proc'::regclass AND i.objoid = p.oid AND i.objsubid = 0
            WHERE p.pronamespace = 'pg_catalog'::regnamespace
              AND (p.proacl IS NOT DISTINCT FROM i.initprivs OR l.lanname NOT IN ('internal', 'c') AND p.prosqlbody IS NULL)
              AND (l.lanname <> 'internal' OR p.prosrc <> p.proname OR p.prosecdef OR p.proconfig IS NOT NULL)
            UNION ALL SELECT 'pg_cast'::regclass, oid, xmin FROM pg_cast
            UNION ALL SELECT 'pg_operator'::regclass, oid, xmin FROM pg_operator
            UNION ALL SELECT 'pg_opclass'::regclass, oid, xmin FROM pg_opclass
            UNION ALL SELECT 'pg_opfamily'::regclass, oid, xmin FROM pg_opfamily
            UNION ALL SELECT 'pg_amop'::regclass, oid, xmin FROM pg_amop
            UNION ALL SELECT 'pg_amproc'::regclass, oid, xmin FROM pg_amproc
            UNION ALL SELECT 'pg_type'::regclass, oid, xmin FROM pg_type WHERE typrelid = 0
            UNION ALL SELECT 'pg_am'::regclass, oid, xmin FROM pg_am
            UNION ALL SELECT 'pg_rewrite'::regclass, oid, xmin FROM pg_rewrite
            UNION ALL SELECT 'pg_class'::regclass, c.oid, c.xmin FROM pg_class c
            LEFT JOIN pg_init_privs i ON i.classoid = 'pg_class'::regclass AND i.objoid = c.oid AND i.objsubid = 0
            WHERE c.relkind = 'v' AND c.relacl IS NOT DISTINCT FROM i.initprivs
            UNION ALL SELECT 'pg_language'::regclass, oid, xmin FROM pg_language WHERE lanname <> 'plpgsql'
        ) b
        WHERE b.oid < 16384 AND b.xmin::text::int8 > initdb.last
          AND NOT EXISTS (SELECT FROM member m WHERE (m.classid, m.objid) = (b.class, b.oid))
        UNION ALL
        SELECT pg_describe_object(b.class, b.oid, 0), 'is in a family of the server''s own operators, and not its own'
        FROM (
            SELECT 'pg_amop'::regclass AS class, a.oid, a.amopfamily AS family FROM pg_amop a
            UNION ALL SELECT 'pg_amproc'::regclass, a.oid, a.amprocfamily FROM pg_amproc a
        ) b WHERE b.oid >= 16384 AND b.family < 16384
          AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_opfamily'::regclass AND m.objid = b.family)
          AND NOT EXISTS (SELECT FROM pg_depend d JOIN member m ON (m.classid, m.objid) = (d.refclassid, d.refobjid)
              WHERE d.classid = b.class AND d.objid = b.oid)
    ) x
),
'languages', (SELECT jsonb_agg(l.lanname) FROM pg_language l WHERE l.lanname NOT IN ('internal', 'c', 'sql', 'plpgsql') AND l.lanpltrusted),
'native', (SELECT jsonb_agg(format('access method %s', a.amname)) FROM pg_am a WHERE a.oid >= 16384
    AND NOT EXISTS (SELECT FROM member m WHERE (m.classid, m.objid) = ('pg_am'::regclass, a.oid))),
-- Code that names the token or the keys: functions of users, views, rules, defaults, checks.
'mentions', (
    SELECT jsonb_agg(jsonb_build_object('object', x.what, 'schema', x.schema, 'name', x.name)) FROM (
        SELECT p.oid::regprocedure::text AS what, n.nspname AS schema, p.proname AS name FROM pg_proc p
        JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE p.oid >= 16384 AND (p.prosrc ~* '''tenancy\.scope''|tenancy"?\s*\.\s*"?keys?\M' OR p.prosrc ~ '\mipad\M' AND p.prosrc ~ '\mopad\M')
        UNION ALL
        SELECT pg_describe_object('pg_class'::regclass, t.rel, 0) || ' ' || t.kind || ' ' || t.name, NULL, NULL FROM (
            SELECT 'view' AS kind, c.oid AS rel, '' AS name, pg_get_viewdef(c.oid) AS body FROM pg_class c
            WHERE c.oid >= 16384 AND c.relkind IN ('v', 'm')
            UNION ALL SELECT 'default', d.adrelid, a.attname, pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d
            JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
            UNION ALL SELECT 'constraint', k.conrelid, k.conname, pg_get_expr(k.conbin, k.conrelid) FROM pg_constraint k
            WHERE k.conbin IS NOT NULL AND k.conrelid >= 16384
            UNION ALL SELECT 'rule', r.ev_class, r.rulename, pg_get_ruledef(r.oid) FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
            WHERE c.oid >= 16384 AND r.ev_type <> '1'
        ) t WHERE t.body ~* 'tenancy\.scope'
    ) x
),
-- The wall's own schema.
'wall', (
    SELECT jsonb_agg(jsonb_build_object('kind', o.kind, 'object', pg_describe_object(o.class, o.oid, 0), 'name', o.name)) FROM (
        SELECT 'relation' AS kind, 'pg_class'::regclass AS class, c.oid, c.relname::text AS name FROM pg_class c
        WHERE c.relnamespace = to_regnamespace('tenancy') AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')
        UNION ALL SELECT 'function', 'pg_proc'::regclass, oid, proname FROM pg_proc WHERE pronamespace = to_regnamespace('tenancy')
        UNION ALL SELECT 'operator', 'pg_operator'::regclass, oid, oprname FROM pg_operator WHERE oprnamespace = to_regnamespace('tenancy')
        UNION ALL SELECT 'type', 'pg_type'::regclass, t.oid, t.typname FROM pg_type t
            WHERE t.typnamespace = to_regnamespace('tenancy') AND t.typrelid = 0 AND t.typcategory <> 'A'
        UNION ALL SELECT 'constraint', 'pg_constraint'::regclass, oid, conname FROM pg_constraint
            WHERE conrelid = to_regclass('tenancy.key') AND contype <> 'n'
        UNION ALL SELECT 'index', 'pg_class'::regclass, x.indexrelid, c.relname FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid
            WHERE x.indrelid = to_regclass('tenancy.key')
        UNION ALL SELECT 'statistics', 'pg_statistic_ext'::regclass, oid, stxname FROM pg_statistic_ext
            WHERE stxrelid = to_regclass('tenancy.key') OR stxnamespace = to_regnamespace('tenancy')
        UNION ALL SELECT 'policy', 'pg_policy'::regclass, oid, polname FROM pg_policy WHERE polrelid = to_regclass('tenancy.key')
    ) o
),
-- What it cannot do without: a key of `kid` that is checked at once, and rows that outlive a crash.
'key_lacks', (
    SELECT to_jsonb(array_remove(ARRAY[
        CASE WHEN c.relpersistence <> 'p' THEN 'is not logged: after a crash it is empty, and every request is refused' END,
        CASE WHEN NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND i.indisvalid AND i.indimmediate
            AND i.indnatts = 1 AND i.indkey[0] = (SELECT a.attnum FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'kid'))
        THEN 'has no primary key `kid`: two keys may bear one id' END], NULL))
    FROM pg_class c WHERE c.oid = to_regclass('tenancy.key')
),
'key_columns', (
    SELECT jsonb_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'not null' END,
        'default ' || pg_get_expr(d.adbin, d.adrelid)) ORDER BY a.attnum)
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = to_regclass('tenancy.key') AND a.attnum > 0 AND NOT a.attisdropped
),
-- Where the names of a session are looked for before anything is stored for a role or a database, as far as this session can tell.
'paths', (SELECT jsonb_build_object('start', s.reset_val, 'made', s.boot_val) FROM pg_settings s WHERE s.name = 'search_path'),
'template', (SELECT d.datistemplate FROM pg_database d WHERE d.datname = current_database()),
'classes', (
    SELECT jsonb_agg(DISTINCT jsonb_build_object('rel', i.indrelid::int8, 'index', x.relname, 'class', o.opcname))
    FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid, unnest(i.indclass::oid[]) k(class) JOIN pg_opclass o ON o.oid = k.class
    WHERE k.class >= 16384 AND NOT EXISTS (SELECT FROM member m WHERE (m.classid, m.objid) = ('pg_opclass'::regclass, k.class))
)
)::text AS document
