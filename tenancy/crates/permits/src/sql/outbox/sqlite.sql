-- What has to reach SpiceDB, on SQLite. Made once a service uses `SpiceDbEngine`.

-- A relationship that may differ in SpiceDB: it was changed here, and not there yet. The worker sends what is stored of
-- it then, and deletes the line.
CREATE TABLE permission_spicedb_outbox (
    -- Never used again: the worker deletes by id what it has sent.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- As in `permission_relationships`.
    organization_id BLOB,
    resource_type TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    relation TEXT NOT NULL,
    subject_type TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    subject_relation TEXT NOT NULL,
    -- What happened. After an insert SpiceDB lacks a relationship; after anything else it may have one too many.
    operation TEXT NOT NULL CHECK (operation IN ('insert', 'update', 'delete')),
    since INTEGER NOT NULL
);
-- Each check looks for lines of its organization and of the levels above that may take something away: first for what is
-- no insert, then for inserts of some relations. However many others wait, it does not read them.
CREATE INDEX permission_spicedb_outbox_taken ON permission_spicedb_outbox (
    COALESCE(organization_id, x'00000000000000000000000000000000')
) WHERE operation <> 'insert';
CREATE INDEX permission_spicedb_outbox_relation ON permission_spicedb_outbox (
    COALESCE(organization_id, x'00000000000000000000000000000000'), resource_type, relation
);

-- Triggers, so that no way to the table leaves SpiceDB out.
CREATE TRIGGER permission_spicedb_inserted AFTER INSERT ON permission_relationships BEGIN
    INSERT INTO permission_spicedb_outbox (organization_id, resource_type, resource_id, relation, subject_type,
        subject_id, subject_relation, operation, since)
    VALUES (NEW.organization_id, NEW.resource_type, NEW.resource_id, NEW.relation, NEW.subject_type, NEW.subject_id,
        NEW.subject_relation, 'insert', CAST(strftime('%s', 'now') AS INTEGER));
END;
CREATE TRIGGER permission_spicedb_deleted AFTER DELETE ON permission_relationships BEGIN
    INSERT INTO permission_spicedb_outbox (organization_id, resource_type, resource_id, relation, subject_type,
        subject_id, subject_relation, operation, since)
    VALUES (OLD.organization_id, OLD.resource_type, OLD.resource_id, OLD.relation, OLD.subject_type, OLD.subject_id,
        OLD.subject_relation, 'delete', CAST(strftime('%s', 'now') AS INTEGER));
END;
CREATE TRIGGER permission_spicedb_updated AFTER UPDATE ON permission_relationships
WHEN OLD.organization_id IS NOT NEW.organization_id OR OLD.resource_type <> NEW.resource_type
    OR OLD.resource_id <> NEW.resource_id OR OLD.relation <> NEW.relation OR OLD.subject_type <> NEW.subject_type
    OR OLD.subject_id <> NEW.subject_id OR OLD.subject_relation <> NEW.subject_relation
    OR OLD.expires_at IS NOT NEW.expires_at
BEGIN
    INSERT INTO permission_spicedb_outbox (organization_id, resource_type, resource_id, relation, subject_type,
        subject_id, subject_relation, operation, since)
    VALUES (OLD.organization_id, OLD.resource_type, OLD.resource_id, OLD.relation, OLD.subject_type, OLD.subject_id,
        OLD.subject_relation, 'update', CAST(strftime('%s', 'now') AS INTEGER)),
        (NEW.organization_id, NEW.resource_type, NEW.resource_id, NEW.relation, NEW.subject_type, NEW.subject_id,
        NEW.subject_relation, 'update', CAST(strftime('%s', 'now') AS INTEGER));
END;

-- A line without names demands a comparison of both sides: SpiceDB may hold what was deleted before there was an outbox.
INSERT INTO permission_spicedb_outbox (organization_id, resource_type, resource_id, relation, subject_type, subject_id,
    subject_relation, operation, since)
VALUES (NULL, '', '', '', '', '', '', 'update', CAST(strftime('%s', 'now') AS INTEGER));

-- What is stored already.
INSERT INTO permission_spicedb_outbox (organization_id, resource_type, resource_id, relation, subject_type, subject_id,
    subject_relation, operation, since)
SELECT organization_id, resource_type, resource_id, relation, subject_type, subject_id, subject_relation, 'update',
    CAST(strftime('%s', 'now') AS INTEGER)
FROM permission_relationships ORDER BY id;
