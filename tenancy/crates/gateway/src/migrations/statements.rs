//! What is asked about the tables, and how a migration is recorded.
//!
//! The catalog is read while `search_path` is `pg_catalog` alone (`place.rs`). What is asked in another schema calls functions with their schema,
//! and its operators have the types that PostgreSQL declares (`tests/hostile_code.rs`).

tenancy_service::__statements! {
    /// The schemas that unqualified names reach, in order. Without an operator, and with the schema of each type: `search_path` is not ours yet.
    SchemasOnPostgres {} -> [Text] =
        "SELECT CAST(s.name AS pg_catalog.text) FROM pg_catalog.unnest(pg_catalog.current_schemas(false)) AS s (name)";

    /// The role of the session and the one that it acts as, where the settings of the database make it act as another: its owner made them.
    RoleOfDatabaseOnPostgres {} -> [Text, Text] =
        "SELECT CAST(SESSION_USER AS text), CAST(CURRENT_USER AS text) WHERE SESSION_USER <> CURRENT_USER AND EXISTS (\
         SELECT 1 FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase \
         CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) AS g (setting) WHERE s.setrole = CAST(0 AS oid) \
         AND d.datname = pg_catalog.current_database() AND pg_catalog.starts_with(g.setting, 'role='))";

    /// Sets `search_path` until the transaction ends.
    SetPathOnPostgres { path: Text } -> [Text] = "SELECT pg_catalog.set_config('search_path', :path, true)";

    /// The owner of a schema, whether it may drop what the role makes there without being trusted, and the current role. Trusted are the role itself,
    /// superusers and the owner of the database.
    SchemaOwnerOnPostgres { schema: Text } -> [Text, Int, Text] =
        "SELECT CAST(o.rolname AS text), CAST(CASE WHEN o.rolname = CURRENT_USER OR o.rolsuper OR o.rolname = 'pg_database_owner' \
         OR o.oid = (SELECT d.datdba FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()) \
         THEN 1 ELSE 0 END AS bigint), CAST(CURRENT_USER AS text) \
         FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_roles o ON o.oid = n.nspowner WHERE n.nspname = CAST(:schema AS name)";

    /// The relations of a schema with names of the gateway's. Of each: name, kind, the table that it belongs to, owner. Then: whether the role
    /// owns it, the current role, what no migration adds, and whether our trigger keeps its rows.
    RelationsOnPostgres { schema: Text } -> [Text, Text, Text, Text, Int, Text, Text, Int] =
        "WITH ours (oid, tgrelid, tgenabled) AS (SELECT t.oid, t.tgrelid, t.tgenabled FROM pg_catalog.pg_trigger t \
         JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid \
         WHERE p.proname = 'gateway_audit_append_only' AND p.pronamespace = c.relnamespace AND p.proowner = c.relowner \
         AND NOT p.prosecdef AND c.relname IN ('gateway_audit', 'gateway_entries', 'gateway_entry_approvals', 'gateway_entry_ends') \
         AND t.tgname = CAST(pg_catalog.concat(c.relname, '_append_only') AS name) AND t.tgtype = CAST(58 AS smallint) \
         AND t.tgqual IS NULL AND t.tgnargs = CAST(0 AS smallint) AND CAST(t.tgattr AS text) = '') \
         SELECT CAST(c.relname AS text), CAST(c.relkind AS text), COALESCE(CAST(h.relname AS text), ''), \
         CAST(o.rolname AS text), CAST(CASE WHEN o.rolname = CURRENT_USER THEN 1 ELSE 0 END AS bigint), CAST(CURRENT_USER AS text), \
         CASE WHEN c.relkind <> 'r' THEN '' \
         WHEN EXISTS (SELECT 1 FROM pg_catalog.pg_rewrite w WHERE w.ev_class = c.oid) THEN 'a rule' \
         WHEN c.relrowsecurity OR c.relforcerowsecurity \
         OR EXISTS (SELECT 1 FROM pg_catalog.pg_policy l WHERE l.polrelid = c.oid) THEN 'row-level security' \
         WHEN c.relispartition OR c.reloftype <> CAST(0 AS oid) OR EXISTS (SELECT 1 FROM pg_catalog.pg_inherits s \
         WHERE s.inhrelid = c.oid OR s.inhparent = c.oid) THEN 'a parent, a child or a type' \
         WHEN c.relpersistence <> 'p' THEN 'rows that a restart loses (unlogged, temporary)' \
         ELSE COALESCE((SELECT pg_catalog.concat('the trigger `', pg_catalog.min(CAST(t.tgname AS text)), '`') \
         FROM pg_catalog.pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.oid NOT IN (SELECT ours.oid FROM ours) \
         HAVING pg_catalog.count(*) <> CAST(0 AS bigint)), \
         (SELECT pg_catalog.concat('a foreign key of another role''s table `', pg_catalog.min(CAST(f.relname AS text)), '`') \
         FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class f ON f.oid = k.conrelid WHERE k.confrelid = c.oid \
         AND k.contype = 'f' AND f.relowner <> c.relowner HAVING pg_catalog.count(*) <> CAST(0 AS bigint)), '') END, \
         CAST(CASE WHEN c.oid IN (SELECT ours.tgrelid FROM ours WHERE ours.tgenabled IN ('O', 'A')) THEN 1 ELSE 0 END AS bigint) \
         FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         JOIN pg_catalog.pg_roles o ON o.oid = c.relowner \
         LEFT JOIN pg_catalog.pg_index x ON x.indexrelid = c.oid \
         LEFT JOIN pg_catalog.pg_depend d ON d.objid = c.oid AND d.classid = c.tableoid \
         AND d.refclassid = c.tableoid AND c.relkind = 'S' AND d.deptype IN ('a', 'i') \
         LEFT JOIN pg_catalog.pg_class h ON h.oid = COALESCE(x.indrelid, d.refobjid) AND h.relnamespace = c.relnamespace \
         WHERE pg_catalog.starts_with(CAST(c.relname AS text), 'gateway_') \
         AND n.nspname = CAST(:schema AS name) ORDER BY c.relname";

    /// What stands in the place of a table on SQLite, or changes what a statement does: kind, name, table.
    RelationsOnSqlite {} -> [Text, Text, Text] =
        "SELECT m.type, m.name, m.tbl_name FROM sqlite_master m \
         WHERE m.type = 'view' AND m.name LIKE 'gateway\\_%' ESCAPE '\\' OR m.type = 'trigger' \
         AND m.tbl_name LIKE 'gateway\\_%' ESCAPE '\\' AND m.name NOT LIKE 'gateway\\_%' ESCAPE '\\' ORDER BY m.name";

    /// The columns of the gateway's tables: table, column, type, whether it is NOT NULL, whether the role may read the table.
    ColumnsOnPostgres { schema: Text } -> [Text, Text, Text, Int, Int] =
        "SELECT CAST(c.relname AS text), CAST(a.attname AS text), pg_catalog.format_type(a.atttypid, a.atttypmod), \
         CAST(CASE WHEN a.attnotnull THEN 1 ELSE 0 END AS bigint), \
         CAST(CASE WHEN pg_catalog.has_table_privilege(c.oid, 'SELECT') THEN 1 ELSE 0 END AS bigint) \
         FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid \
         WHERE pg_catalog.starts_with(CAST(c.relname AS text), 'gateway_') AND c.relkind = 'r' \
         AND c.relnamespace = (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname = CAST(:schema AS name)) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum";

    /// The same on SQLite, where every connection may read every table.
    ColumnsOnSqlite {} -> [Text, Text, Text, Int, Int] =
        "SELECT m.name, c.name, c.type, c.\"notnull\", 1 FROM sqlite_master m JOIN pragma_table_info(m.name) c \
         WHERE m.type = 'table' AND m.name LIKE 'gateway\\_%' ESCAPE '\\' ORDER BY m.name, c.cid";

    /// The constraints, defaults and indexes of the gateway's tables: table, kind, definition.
    ShapeOnPostgres { schema: Text } -> [Text, Text, Text] =
        "WITH tables (oid, name) AS (SELECT c.oid, CAST(c.relname AS text) FROM pg_catalog.pg_class c \
         WHERE pg_catalog.starts_with(CAST(c.relname AS text), 'gateway_') AND c.relkind = 'r' \
         AND c.relnamespace = (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname = CAST(:schema AS name))) \
         SELECT t.name, 'constraint', pg_catalog.pg_get_constraintdef(k.oid) FROM tables t \
         JOIN pg_catalog.pg_constraint k ON k.conrelid = t.oid AND k.contype <> 'n' \
         UNION ALL SELECT t.name, 'default', pg_catalog.concat(CAST(a.attname AS text), ' ', CAST(a.attidentity AS text), \
         CAST(a.attgenerated AS text), pg_catalog.pg_get_expr(d.adbin, d.adrelid)) FROM tables t \
         JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped \
         LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum \
         WHERE d.oid IS NOT NULL OR a.attidentity <> '' \
         UNION ALL SELECT t.name, CASE WHEN i.indisunique THEN 'unique index' ELSE 'index' END, \
         pg_catalog.concat(pg_catalog.pg_get_indexdef(i.indexrelid, 0, true), CASE WHEN i.indisvalid THEN '' ELSE ' INVALID' END) \
         FROM tables t JOIN pg_catalog.pg_index i ON i.indrelid = t.oid \
         WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = t.oid) \
         ORDER BY 1, 2, 3";

    /// Takes the lock under which the tables are migrated, if it is free. It ends with the transaction. The number means nothing: it stays the same in all releases.
    TakeTurnOnPostgres {} -> [Int] =
        "SELECT CAST(CASE WHEN pg_catalog.pg_try_advisory_xact_lock(CAST(29099062630543737 AS bigint)) THEN 1 ELSE 0 END AS bigint)";

    /// The session that holds the lock: the number of its process, and its role.
    FindTurnOnPostgres {} -> [Int, Text] =
        "SELECT CAST(l.pid AS bigint), COALESCE(CAST(a.usename AS text), '') FROM pg_catalog.pg_locks l \
         LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid \
         WHERE l.locktype = 'advisory' AND l.granted AND l.classid = CAST(6775153 AS oid) AND l.objid = CAST(2070147449 AS oid) \
         AND l.database = (SELECT b.oid FROM pg_catalog.pg_database b WHERE b.datname = pg_catalog.current_database()) LIMIT 1";

    ListMigrations {} -> [Int, Text, Text] =
        "SELECT version, name, checksum FROM gateway_migrations ORDER BY version";

    /// Records a migration, unless more or fewer are recorded than when its runner looked.
    RecordMigration { version: Int, name: Text, checksum: Text, now: Int, before: Int } =
        "INSERT INTO gateway_migrations (version, name, checksum, applied_at) SELECT :version, :name, :checksum, :now \
         WHERE (SELECT count(*) FROM gateway_migrations) = :before";
}
