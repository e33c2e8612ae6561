-- Everything that the rules look at, as one JSON document: one statement, so that all of it is of one moment.
-- Runs with search_path = pg_catalog: what the server prints is then qualified, and nothing can be shadowed.
-- 16384 is the first oid that is not the server's own.
WITH rel AS MATERIALIZED (
    SELECT c.*, n.nspname
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
),
member AS MATERIALIZED (
    SELECT classid, objid FROM pg_depend WHERE deptype = 'e' AND refclassid = 'pg_extension'::regclass
)
SELECT jsonb_build_object(
'server', jsonb_build_object(
    'version', current_setting('server_version_num')::int,
    'banner', version(),
    'database', current_database(),
    'user', current_user,
    'settings', (
        SELECT jsonb_object_agg(s.name, current_setting(s.name, true))
        FROM unnest('{row_security,session_replication_role,log_statement,log_min_duration_statement,
                      log_min_duration_sample,log_parameter_max_length,log_parameter_max_length_on_error,
                      log_transaction_sample_rate,lo_compat_privileges,allow_system_table_mods,standard_conforming_strings,
                      auto_explain.log_min_duration,auto_explain.log_parameter_max_length,debug_print_parse,
                      debug_print_rewritten,debug_print_plan,transform_null_equals,pgaudit.log_parameter}'::text[]) AS s(name)
    )
),
'database', (
    SELECT jsonb_build_object('owner', d.datdba::int8, 'acl', (
        SELECT jsonb_agg(jsonb_build_object('grantee', a.grantee::int8, 'privilege', a.privilege_type, 'grantable', a.is_grantable))
        FROM aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a))
    FROM pg_database d WHERE d.datname = current_database()
),
'roles', (
    SELECT jsonb_agg(jsonb_build_object(
        'oid', r.oid::int8, 'name', r.rolname, 'login', r.rolcanlogin, 'superuser', r.rolsuper,
        'bypassrls', r.rolbypassrls, 'createrole', r.rolcreaterole, 'createdb', r.rolcreatedb,
        'replication', r.rolreplication))
    FROM pg_roles r
),
'memberships', (
    SELECT jsonb_agg(jsonb_build_object('member', m.member::int8, 'role', m.roleid::int8,
        'admin', m.admin_option,
        -- From release 16 on a membership may give neither the rights nor the role.
        'usable', coalesce((to_jsonb(m)->>'inherit_option')::bool, true) OR coalesce((to_jsonb(m)->>'set_option')::bool, true)))
    FROM pg_auth_members m
),
'schemas', (
    SELECT jsonb_agg(jsonb_build_object('name', n.nspname, 'owner', n.nspowner::int8, 'acl', (
        SELECT jsonb_agg(jsonb_build_object('grantee', a.grantee::int8, 'privilege', a.privilege_type, 'grantable', a.is_grantable))
        FROM aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a)))
    FROM pg_namespace n WHERE n.nspname !~ '^pg_(toast|temp)'
),
'relations', (
    SELECT jsonb_agg(jsonb_build_object(
        'oid', c.oid::int8, 'schema', c.nspname, 'name', c.relname, 'kind', c.relkind::text, 'owner', c.relowner::int8,
        'rls', c.relrowsecurity, 'force', c.relforcerowsecurity, 'options', coalesce(c.reloptions, '{}'),
        'extension', EXISTS (SELECT FROM member e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid),
        -- What the server knows of every table's values, and of passwords. Dependencies on it are not recorded.
        'shows_secrets', c.relkind IN ('v', 'm') AND pg_get_viewdef(c.oid)
            ~ '\m(pg_statistic|pg_statistic_ext_data|pg_authid|pg_shadow|pg_user_mapping|pg_largeobject|pg_stat_get_activity)\M',
        'acl', (
            SELECT jsonb_agg(jsonb_build_object('grantee', a.grantee::int8, 'privilege', a.privilege_type, 'grantable', a.is_grantable))
            FROM aclexplode(coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))) a)))
    FROM rel c WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
),
'columns', (
    SELECT jsonb_agg(jsonb_build_object(
        'table', c.oid::int8, 'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'not_null', a.attnotnull,
        -- What a domain stands for.
        'base', CASE WHEN y.typtype = 'd' OR e.typtype = 'd' THEN (
            WITH RECURSIVE base AS (
                SELECT coalesce(nullif(y.typbasetype, 0), e.typbasetype) AS id
                UNION ALL SELECT t.typbasetype FROM base b JOIN pg_type t ON t.oid = b.id WHERE t.typtype = 'd')
            SELECT format_type(b.id, NULL) || CASE WHEN e.typtype = 'd' THEN '[]' ELSE '' END
            FROM base b JOIN pg_type t ON t.oid = b.id WHERE t.typtype <> 'd') END,
        'generated', a.attgenerated <> '', 'identity', a.attidentity <> '',
        'default', pg_get_expr(d.adbin, d.adrelid), 'deterministic', coalesce(o.collisdeterministic, true),
        'acl', (
            SELECT jsonb_agg(jsonb_build_object('grantee', x.grantee::int8, 'privilege', x.privilege_type, 'grantable', x.is_grantable))
            FROM aclexplode(a.attacl) x)) ORDER BY c.oid, a.attnum)
    FROM rel c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type y ON y.oid = a.atttypid
    LEFT JOIN pg_type e ON e.oid = y.typelem AND y.typcategory = 'A'
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    LEFT JOIN pg_collation o ON o.oid = a.attcollation
    WHERE c.relkind IN ('r', 'p', 'f')
),
'policies', (
    SELECT jsonb_agg(jsonb_build_object(
        'table', p.polrelid::int8, 'name', p.polname, 'permissive', p.polpermissive, 'command', p.polcmd::text,
        'roles', (SELECT jsonb_agg(r::int8) FROM unnest(p.polroles) r),
        'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid),
        'functions', (
            SELECT jsonb_agg(DISTINCT d.refobjid::int8) FROM pg_depend d
            WHERE d.classid = 'pg_policy'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_proc'::regclass),
        'relations', (
            SELECT jsonb_agg(DISTINCT d.refobjid::int8) FROM pg_depend d
            WHERE d.classid = 'pg_policy'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_class'::regclass
              AND d.refobjid <> p.polrelid)))
    FROM pg_policy p
),
'functions', (
    SELECT jsonb_agg(jsonb_build_object(
        'oid', p.oid::int8, 'schema', n.nspname, 'name', p.proname, 'arguments', pg_get_function_identity_arguments(p.oid),
        'owner', p.proowner::int8, 'language', l.lanname, 'volatility', p.provolatile::text, 'parallel', p.proparallel::text,
        'definer', p.prosecdef, 'leakproof', p.proleakproof, 'config', coalesce(p.proconfig, '{}'),
        -- What CREATE FUNCTION gives one that says nothing of it; a support function may put something else in a call's place.
        'plain', p.procost = 100 AND p.prosupport = 0 AND NOT p.proisstrict AND NOT p.proretset,
        'parsed_body', p.prosqlbody IS NOT NULL, 'source', p.prosrc, 'result', format_type(p.prorettype, NULL),
        'extension', EXISTS (SELECT FROM member e WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid),
        -- An aggregate's own functions: whoever may call it runs them, and is not asked again.
        'runs', (SELECT jsonb_agg(DISTINCT d.refobjid::int8) FROM pg_depend d WHERE p.prokind = 'a'
            AND d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_proc'::regclass),
        'acl', (
            SELECT jsonb_agg(jsonb_build_object('grantee', a.grantee::int8, 'privilege', a.privilege_type, 'grantable', a.is_grantable))
            FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a)))
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
    WHERE p.oid >= 16384 AND n.nspname !~ '^pg_'
),
'default_grants', (
    SELECT jsonb_agg(jsonb_build_object('role', d.defaclrole::int8, 'schema', n.nspname, 'kind', d.defaclobjtype::text,
        'grantee', a.grantee::int8, 'privilege', a.privilege_type))
    FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace, aclexplode(d.defaclacl) a
),
'role_settings', (
    SELECT jsonb_agg(jsonb_build_object('role', s.setrole::int8, 'database', d.datname,
        'name', split_part(c, '=', 1), 'value', substr(c, strpos(c, '=') + 1)))
    FROM pg_db_role_setting s LEFT JOIN pg_database d ON d.oid = s.setdatabase, unnest(s.setconfig) c
    WHERE s.setdatabase = 0 OR d.datname = current_database()
),
'view_reads', (
    SELECT jsonb_agg(DISTINCT jsonb_build_object('view', r.ev_class::int8, 'reads', d.refobjid::int8))
    FROM pg_rewrite r JOIN rel c ON c.oid = r.ev_class
    JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
    WHERE c.relkind IN ('v', 'm') AND d.refobjid <> r.ev_class
),
'rules', (
    SELECT jsonb_agg(jsonb_build_object('table', r.ev_class::int8, 'name', r.rulename, 'uses', (
        SELECT jsonb_agg(DISTINCT d.refobjid::int8) FROM pg_depend d
        WHERE d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass)))
    FROM pg_rewrite r JOIN rel c ON c.oid = r.ev_class WHERE c.relkind IN ('r', 'p', 'v', 'f') AND r.ev_type <> '1'
),
'triggers', (
    SELECT jsonb_agg(jsonb_build_object('table', t.tgrelid::int8, 'name', t.tgname, 'function', t.tgfoid::int8,
        'arguments', encode(t.tgargs, 'escape'), 'before_row', t.tgtype & 3 = 3))
    FROM pg_trigger t WHERE NOT t.tgisinternal AND t.tgparentid = 0
),
'switched_off', (
    SELECT jsonb_agg(DISTINCT jsonb_build_object('table', k.conrelid::int8, 'name', k.conname))
    FROM pg_trigger t JOIN pg_constraint k ON k.oid = t.tgconstraint WHERE t.tgisinternal AND t.tgenabled IN ('D', 'R')
),
'publications', (
    SELECT jsonb_agg(jsonb_build_object('name', p.pubname, 'all_tables', p.puballtables,
        'filters', (SELECT jsonb_agg(jsonb_build_object('table', r.prrelid::int8, 'filter', pg_get_expr(r.prqual, r.prrelid)))
                    FROM pg_publication_rel r WHERE r.prpubid = p.oid AND r.prqual IS NOT NULL),
        'unfiltered', (SELECT jsonb_agg(r.prrelid::int8) FROM pg_publication_rel r WHERE r.prpubid = p.oid AND r.prqual IS NULL),
        'schemas', (SELECT jsonb_agg(n.nspname) FROM pg_publication_namespace s JOIN pg_namespace n ON n.oid = s.pnnspid
                    WHERE s.pnpubid = p.oid)))
    FROM pg_publication p
),
'subscribed', (SELECT jsonb_agg(DISTINCT s.srrelid::int8) FROM pg_subscription_rel s),
'subscriptions', (
    SELECT jsonb_agg(s.subname) FROM pg_subscription s
    WHERE s.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
),
'extensions', (SELECT jsonb_agg(e.extname) FROM pg_extension e),
'untrusted_languages', (SELECT jsonb_agg(l.lanname) FROM pg_language l WHERE NOT l.lanpltrusted AND l.oid >= 16384),
'foreign_servers', (SELECT jsonb_agg(s.srvname) FROM pg_foreign_server s),
'event_triggers', (
    SELECT jsonb_agg(jsonb_build_object('name', e.evtname, 'owner', e.evtowner::int8, 'function', e.evtfoid::int8,
        'extension', EXISTS (SELECT FROM member m WHERE m.classid = 'pg_event_trigger'::regclass AND m.objid = e.oid)))
    FROM pg_event_trigger e
),
'indexes', (
    SELECT jsonb_agg(jsonb_build_object(
        'table', i.indrelid::int8, 'name', x.relname, 'unique', i.indisunique, 'primary', i.indisprimary,
        'exclusion', i.indisexclusion, 'valid', i.indisvalid AND i.indisready, 'partial', i.indpred IS NOT NULL,
        'method', am.amname,
        'columns', (
            SELECT jsonb_agg(a.attname ORDER BY k.place)
            FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(number, place)
            LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number AND k.number > 0
            WHERE k.place <= i.indnkeyatts),
        'operators', (
            SELECT jsonb_agg(o.oprname ORDER BY n.place) FROM pg_constraint k, unnest(k.conexclop) WITH ORDINALITY n(number, place)
            JOIN pg_operator o ON o.oid = n.number WHERE i.indisexclusion AND k.conindid = i.indexrelid AND k.contype = 'x'),
        'leaky', EXISTS (
            SELECT FROM unnest(i.indclass::oid[]) k(class)
            JOIN pg_opclass o ON o.oid = k.class
            JOIN pg_amop m ON m.amopfamily = o.opcfamily
            JOIN pg_operator q ON q.oid = m.amopopr
            JOIN pg_proc f ON f.oid = q.oprcode
            WHERE NOT f.proleakproof AND CASE am.amname
                WHEN 'btree' THEN m.amopstrategy = 3 AND m.amoplefttype = o.opcintype AND m.amoprighttype = o.opcintype
                WHEN 'hash' THEN m.amoplefttype = o.opcintype AND m.amoprighttype = o.opcintype
                ELSE m.amoppurpose = 's' END)))
    FROM pg_index i JOIN rel c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am am ON am.oid = x.relam
),
'constraints', (
    SELECT jsonb_agg(jsonb_build_object(
        'table', k.conrelid::int8, 'name', k.conname, 'kind', k.contype::text, 'validated', k.convalidated,
        'enforced', coalesce((to_jsonb(k)->>'conenforced')::bool, true), 'inherited', k.conparentid <> 0,
        'columns', (
            SELECT jsonb_agg(a.attname ORDER BY n.place) FROM unnest(k.conkey) WITH ORDINALITY n(number, place)
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = n.number),
        'references', nullif(k.confrelid, 0)::int8,
        'referenced', (
            SELECT jsonb_agg(a.attname ORDER BY n.place) FROM unnest(k.confkey) WITH ORDINALITY n(number, place)
            JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = n.number),
        'on_delete', k.confdeltype::text, 'on_update', k.confupdtype::text,
        'delete_sets', (
            SELECT jsonb_agg(a.attname) FROM unnest(k.confdelsetcols) n(number)
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = n.number)))
    FROM pg_constraint k JOIN rel c ON c.oid = k.conrelid
),
'expression_calls', (
    SELECT jsonb_agg(DISTINCT jsonb_build_object('table', e.tab::int8, 'object', e.what, 'function', d.refobjid::int8))
    FROM (
        SELECT 'pg_constraint'::regclass AS class, k.oid, k.conrelid AS tab, 'constraint ' || k.conname AS what
        FROM pg_constraint k WHERE k.contype = 'c' AND k.conrelid >= 16384
        UNION ALL
        SELECT 'pg_class'::regclass, i.indexrelid, i.indrelid, 'index ' || x.relname
        FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indrelid >= 16384
        UNION ALL
        SELECT 'pg_attrdef'::regclass, g.oid, g.adrelid, 'column ' || a.attname
        FROM pg_attrdef g JOIN pg_attribute a ON a.attrelid = g.adrelid AND a.attnum = g.adnum WHERE a.attgenerated <> ''
    ) e
    JOIN pg_depend d ON d.classid = e.class AND d.objid = e.oid AND d.refclassid = 'pg_proc'::regclass
),
'children', (SELECT jsonb_agg(jsonb_build_object('parent', i.inhparent::int8, 'child', i.inhrelid::int8))
    FROM pg_inherits i JOIN rel c ON c.oid = i.inhrelid WHERE c.relkind IN ('r', 'p', 'f')),
'partition_keys', (
    SELECT jsonb_agg(jsonb_build_object('table', p.partrelid::int8, 'columns', (
        SELECT jsonb_agg(a.attname) FROM unnest(p.partattrs::int2[]) k(number)
        JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = k.number)))
    FROM pg_partitioned_table p
),
'sequences', (
    SELECT jsonb_agg(jsonb_build_object('sequence', s.seqrelid::int8,
        -- `serial` and identity: the sequence belongs to one column, which takes its default from it.
        'column', (
            SELECT a.attname FROM pg_depend d
            JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
            LEFT JOIN pg_attrdef g ON g.adrelid = a.attrelid AND g.adnum = a.attnum
            WHERE d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid AND d.refclassid = 'pg_class'::regclass
              AND (d.deptype = 'i' OR d.deptype = 'a' AND EXISTS (
                  SELECT FROM pg_depend u WHERE u.classid = 'pg_attrdef'::regclass AND u.objid = g.oid
                    AND u.refclassid = 'pg_class'::regclass AND u.refobjid = s.seqrelid))),
        'used_by', (
        SELECT jsonb_agg(DISTINCT t.tab::int8) FROM (
            SELECT d.refobjid AS tab FROM pg_depend d
            WHERE d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid AND d.refclassid = 'pg_class'::regclass
              AND d.deptype IN ('a', 'i')
            UNION
            SELECT g.adrelid FROM pg_depend d JOIN pg_attrdef g ON g.oid = d.objid
            WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = s.seqrelid
        ) t)))
    FROM pg_sequence s
),
-- Other things that roles own: types, publications, foreign servers, large objects. `initdb`'s role owns too much to list.
'owned', (
    SELECT jsonb_agg(jsonb_build_object('owner', d.refobjid::int8, 'object', pg_describe_object(d.classid, d.objid, d.objsubid)))
    FROM pg_shdepend d
    WHERE d.deptype = 'o' AND d.refclassid = 'pg_authid'::regclass
      AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND d.classid NOT IN ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_namespace'::regclass, 'pg_default_acl'::regclass)
),
'parameters', (
    SELECT jsonb_agg(jsonb_build_object('name', p.parname, 'acl', (
        SELECT jsonb_agg(jsonb_build_object('grantee', a.grantee::int8, 'privilege', a.privilege_type, 'grantable', a.is_grantable))
        FROM aclexplode(p.paracl) a)))
    FROM pg_parameter_acl p
),
-- What was granted on the server's own tables and functions after `initdb`.
'server_grants', (
    SELECT jsonb_agg(jsonb_build_object('object', s.what, 'grantee', a.grantee::int8, 'privilege', a.privilege_type))
    FROM (
        SELECT 'pg_class'::regclass AS class, c.oid, 0 AS sub, c.relname::text AS what, c.relacl AS acl,
               acldefault('r', c.relowner) AS initial
        FROM pg_class c WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.oid < 16384 AND c.relacl IS NOT NULL
        UNION ALL
        SELECT 'pg_class'::regclass, t.attrelid, t.attnum, format('%s (%s)', t.attrelid::regclass, t.attname), t.attacl, NULL
        FROM pg_attribute t WHERE t.attrelid < 16384 AND t.attacl IS NOT NULL
        UNION ALL
        SELECT 'pg_proc'::regclass, p.oid, 0, p.oid::regprocedure::text, p.proacl, acldefault('f', p.proowner)
        FROM pg_proc p WHERE p.oid < 16384 AND p.proacl IS NOT NULL
    ) s
    LEFT JOIN pg_init_privs i ON i.classoid = s.class AND i.objoid = s.oid AND i.objsubid = s.sub
    CROSS JOIN LATERAL (
        SELECT grantee, privilege_type FROM aclexplode(s.acl)
        EXCEPT SELECT grantee, privilege_type FROM aclexplode(coalesce(i.initprivs, s.initial))) a
    WHERE s.acl IS DISTINCT FROM coalesce(i.initprivs, s.initial)
),
-- Objects in the server's own schema that are neither the server's nor an extension's: names in the verifier would find
-- them first. And casts between the types that the verifier works with.
'planted', (
    SELECT jsonb_agg(x.what) FROM (
        SELECT p.oid::regprocedure::text AS what FROM pg_proc p WHERE p.oid >= 16384 AND p.pronamespace = 'pg_catalog'::regnamespace
            AND NOT EXISTS (SELECT FROM member e WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid)
        UNION ALL
        SELECT 'operator ' || o.oid::regoperator FROM pg_operator o WHERE o.oid >= 16384 AND o.oprnamespace = 'pg_catalog'::regnamespace
            AND NOT EXISTS (SELECT FROM member e WHERE e.classid = 'pg_operator'::regclass AND e.objid = o.oid)
        UNION ALL
        SELECT format('cast from %s to %s', k.castsource::regtype, k.casttarget::regtype) FROM pg_cast k
        WHERE k.oid >= 16384 AND (k.castsource, k.casttarget) IN
            (('text'::regtype, 'uuid'::regtype), ('uuid'::regtype, 'text'::regtype), ('text'::regtype, 'int8'::regtype))
        UNION ALL
        -- `CREATE OR REPLACE` of a function that the verifier or a policy calls. A test compares the list with what they call.
        SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
        WHERE p.oid < 16384 AND p.pronamespace = 'pg_catalog'::regnamespace AND l.lanname <> 'internal'
          -- Of one name with what the verifier calls, and written in SQL by the server itself.
          AND p.oid <> 'date_part(text,date)'::regprocedure AND p.proname = ANY
            ('{current_setting,split_part,sha256,encode,convert_to,left,right,current_database,now,extract,date_part,set_config,
                uuid_send,uuid_in,uuid_out,uuid_eq,texteq,texteqname,textne,textin,textout,byteacat,byteaeq,booleq,float8in,float8out,float8gt,
                timestamptz_gt}')
    ) x
),
-- The server's own functions that run before policies do. `initdb` writes all of them as transaction 1.
'made_leakproof', (
    SELECT jsonb_agg(p.oid::regprocedure::text) FROM pg_proc p
    WHERE p.oid < 16384 AND p.proleakproof AND p.xmin::text::int8 > 2
),
'slots', (
    SELECT jsonb_agg(jsonb_build_object('name', s.slot_name, 'plugin', s.plugin)) FROM pg_replication_slots s
    WHERE s.slot_type = 'logical' AND s.database = current_database()
),
'large_objects', (
    SELECT jsonb_agg(jsonb_build_object('owner', l.owner, 'acl', l.acl)) FROM (
        SELECT DISTINCT m.lomowner::int8 AS owner, (
            SELECT jsonb_agg(jsonb_build_object('grantee', a.grantee::int8, 'privilege', a.privilege_type, 'grantable', a.is_grantable))
            FROM aclexplode(m.lomacl) a) AS acl
        FROM pg_largeobject_metadata m) l
)
)::text AS document
