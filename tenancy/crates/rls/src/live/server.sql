-- $1: the names of the two roles; $2: the names of the schemas; both JSON lists.
WITH role AS (
    SELECT r.oid, r.rolname, o.ordinality = 1 AS app
      FROM json_array_elements_text($1::json) WITH ORDINALITY o(name, ordinality)
      JOIN pg_roles r ON r.rolname = o.name
)
SELECT json_build_object(
    'roles', (SELECT coalesce(json_agg(json_build_object(
        'name', r.rolname,
        'unlimited', r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication
        )), '[]') FROM pg_roles r WHERE r.oid IN (SELECT oid FROM role)),
    'schemas', (SELECT coalesce(json_agg(json_build_object(
        'name', n.nspname,
        'owner', pg_get_userbyid(n.nspowner),
        'acl', (SELECT coalesce(json_agg(json_build_object(
            'grantee', CASE WHEN a.grantee = 0 THEN '' ELSE pg_get_userbyid(a.grantee) END,
            'privilege', a.privilege_type, 'grantable', a.is_grantable)), '[]')
            FROM aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a)
        )), '[]') FROM pg_namespace n
        WHERE n.nspname = 'tenancy' OR n.nspname IN (SELECT json_array_elements_text($2::json))),
    'database', (SELECT coalesce(json_agg(json_build_object(
        'grantee', CASE WHEN a.grantee = 0 THEN '' ELSE pg_get_userbyid(a.grantee) END,
        'privilege', a.privilege_type, 'grantable', a.is_grantable)), '[]')
        FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
        WHERE d.datname = current_database()),
    'functions', (SELECT coalesce(json_agg(json_build_object(
        'name', p.proname, 'source', p.prosrc, 'owner', pg_get_userbyid(p.proowner), 'language', l.lanname,
        'returns', format_type(p.prorettype, NULL), 'definer', p.prosecdef, 'volatility', p.provolatile::text,
        'parallel', p.proparallel::text, 'leakproof', p.proleakproof, 'config', coalesce(to_json(p.proconfig), '[]'),
        'plain', p.procost = 100 AND p.prosupport = 0 AND NOT p.proisstrict AND NOT p.proretset,
        'acl', (SELECT coalesce(json_agg(json_build_object(
            'grantee', CASE WHEN a.grantee = 0 THEN '' ELSE pg_get_userbyid(a.grantee) END,
            'privilege', a.privilege_type, 'grantable', a.is_grantable)), '[]')
            FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a)
        )), '[]') FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
        WHERE p.pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'tenancy') AND (p.pronargs = 0
            OR p.proname = 'standing' AND oidvectortypes(p.proargtypes) = 'uuid, bigint, text, text, bigint')),
    -- What the role may have set for itself, for good.
    'app_settings', (SELECT coalesce(json_agg(DISTINCT split_part(c.setting, '=', 1)), '[]')
        FROM pg_db_role_setting s, unnest(s.setconfig) c(setting)
        WHERE s.setrole = (SELECT oid FROM role WHERE app)
          AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))),
    'app_signals', coalesce((SELECT has_function_privilege(oid, 'pg_terminate_backend(integer, bigint)', 'EXECUTE')
        OR has_function_privilege(oid, 'pg_cancel_backend(integer)', 'EXECUTE') FROM role WHERE app), true),
    'acts_for_owner', coalesce((SELECT pg_has_role(oid, CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END)
        FROM role WHERE NOT app), false),
    'app_reaches_owner', coalesce((SELECT pg_has_role(a.oid, o.oid, 'MEMBER') FROM role a, role o
        WHERE a.app AND NOT o.app AND NOT (SELECT rolsuper FROM pg_roles WHERE oid = a.oid)), false)
)::text AS json
