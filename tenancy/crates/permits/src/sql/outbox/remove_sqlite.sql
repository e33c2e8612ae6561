-- Takes the outbox of SpiceDB away, on SQLite.

DROP TRIGGER IF EXISTS permission_spicedb_inserted;
DROP TRIGGER IF EXISTS permission_spicedb_deleted;
DROP TRIGGER IF EXISTS permission_spicedb_updated;
DROP TABLE IF EXISTS permission_spicedb_outbox;
DROP TABLE IF EXISTS permission_spicedb_migrations;
