-- Takes the outbox of SpiceDB away, on PostgreSQL.

DROP TRIGGER IF EXISTS permission_spicedb_inserted ON permission_relationships;
DROP TRIGGER IF EXISTS permission_spicedb_updated ON permission_relationships;
DROP TRIGGER IF EXISTS permission_spicedb_no_truncate ON permission_relationships;
DROP FUNCTION IF EXISTS permission_spicedb_changed();
DROP FUNCTION IF EXISTS permission_spicedb_no_truncate();
DROP TABLE IF EXISTS permission_spicedb_outbox;
DROP TABLE IF EXISTS permission_spicedb_migrations;
