-- Why `tenancy.key` is not the table that `rls apply` made, as far as code may run when it is used; no row: it is not there.
SELECT CASE
    WHEN c.relkind <> 'r' THEN 'it is no table'
    WHEN EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid OR i.inhparent = c.oid) THEN 'it is a child or a parent of another table'
    WHEN EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid) THEN 'it has a trigger, or a foreign key leads to it'
    WHEN EXISTS (SELECT FROM pg_rewrite r WHERE r.ev_class = c.oid) THEN 'it has a rule'
    WHEN c.relrowsecurity OR EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid) THEN 'it has row-level security'
    WHEN (SELECT string_agg(format('%s %s %s', a.attname, a.atttypid, a.attgenerated), ',' ORDER BY a.attnum)
          FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
        IS DISTINCT FROM 'kid 25 ,ipad 17 ,opad 17 ,created_at 1184 ,not_after 1184 ' THEN 'its columns are others'
    WHEN EXISTS (SELECT FROM pg_attrdef d JOIN pg_depend e ON e.classid = 'pg_attrdef'::regclass AND e.objid = d.oid
          WHERE d.adrelid = c.oid AND e.refclassid <> 'pg_class'::regclass) THEN 'a default of it is not the server''s own'
    WHEN EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype NOT IN ('p', 'n'))
        THEN 'it has a constraint beside its key'
    WHEN EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL))
        THEN 'an index of it has an expression'
    WHEN EXISTS (SELECT FROM pg_statistic_ext s WHERE s.stxrelid = c.oid) THEN 'it has statistics of its own'
    END
FROM pg_class c WHERE c.relname = 'key' AND c.relnamespace = to_regnamespace('tenancy')
