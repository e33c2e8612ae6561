-- The tables of permissions on SQLite.
--
-- Times are whole seconds since 1970, by the database's clock.

CREATE TABLE permission_relationships (
    id INTEGER PRIMARY KEY,
    -- The organization that the object belongs to. NULL: the object belongs to a level above organizations.
    -- Not `org_id`: the audit reports undeclared tables that have a column of that name.
    organization_id BLOB
        CHECK (length(organization_id) = 16 AND organization_id <> x'00000000000000000000000000000000'),
    resource_type TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    relation TEXT NOT NULL,
    subject_type TEXT NOT NULL,
    -- `*` for every object of the type.
    subject_id TEXT NOT NULL,
    -- Empty for the object itself.
    subject_relation TEXT NOT NULL DEFAULT '',
    -- From this second on the relationship has no effect. NULL: it never ends.
    expires_at INTEGER,
    written_at INTEGER NOT NULL,
    written_by TEXT NOT NULL,
    CHECK (subject_id <> '*' OR subject_relation = '')
);
-- Ids are an organization's own, so that each organization has the same names to use. The nil UUID is the levels above.
CREATE UNIQUE INDEX permission_relationships_names ON permission_relationships (
    COALESCE(organization_id, x'00000000000000000000000000000000'),
    resource_type, resource_id, relation, subject_type, subject_id, subject_relation
);
CREATE INDEX permission_relationships_subject ON permission_relationships (
    subject_type, subject_id,
    COALESCE(organization_id, x'00000000000000000000000000000000'),
    subject_relation, resource_type, relation, resource_id
);

-- Raised when a permission of the organization may have been taken away. The nil UUID's row counts for everything above
-- organizations.
CREATE TABLE permission_epochs (
    org_id BLOB NOT NULL PRIMARY KEY,
    epoch INTEGER NOT NULL
);
INSERT INTO permission_epochs (org_id, epoch) VALUES (x'00000000000000000000000000000000', 0);

-- An epoch that went back would make permits valid again.
CREATE TRIGGER permission_epochs_rise BEFORE UPDATE ON permission_epochs
    WHEN NEW.org_id <> OLD.org_id OR NEW.epoch < OLD.epoch
    BEGIN SELECT RAISE(ABORT, 'an epoch never goes back, and its row stays'); END;
CREATE TRIGGER permission_epochs_rise_by_one BEFORE UPDATE ON permission_epochs
    WHEN typeof(NEW.epoch) <> 'integer' OR NEW.epoch > OLD.epoch + 1
    BEGIN SELECT RAISE(ABORT, 'an epoch rises by one at once, so that it does not come to its end'); END;
CREATE TRIGGER permission_epochs_begin BEFORE INSERT ON permission_epochs WHEN NEW.epoch NOT IN (0, 1)
    BEGIN SELECT RAISE(ABORT, 'an epoch begins with 0 or 1'); END;
CREATE TRIGGER permission_epochs_stay BEFORE DELETE ON permission_epochs
    BEGIN SELECT RAISE(ABORT, 'an epoch never goes back, and its row stays'); END;

-- Append-only: what was written, when, for which reason, and the name of the account. The one exception: once an
-- organization is deleted, its earlier lines may lose the texts that name people, and those of others their
-- relationship.
CREATE TABLE permission_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    organization_id BLOB,
    written_at INTEGER NOT NULL,
    written_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    operation TEXT NOT NULL,
    relationship TEXT NOT NULL,
    expires_at INTEGER
);
CREATE INDEX permission_log_organization ON permission_log (organization_id, id);

CREATE INDEX permission_log_deletions ON permission_log (id) WHERE operation = 'delete organization';

CREATE TRIGGER permission_log_erase BEFORE UPDATE ON permission_log
    WHEN NOT EXISTS (SELECT 1 FROM permission_log WHERE operation = 'delete organization' AND id > OLD.id)
        OR ((NEW.written_by, NEW.reason) IS NOT (OLD.written_by, OLD.reason) AND NOT EXISTS (
            SELECT 1 FROM permission_log
            WHERE operation = 'delete organization' AND id > OLD.id AND organization_id = OLD.organization_id
        ))
        OR (NEW.id, NEW.organization_id, NEW.written_at, NEW.operation, NEW.expires_at)
            IS NOT (OLD.id, OLD.organization_id, OLD.written_at, OLD.operation, OLD.expires_at)
        OR NEW.written_by NOT IN (OLD.written_by, 'erased')
        OR NEW.reason NOT IN (OLD.reason, 'erased')
        OR NEW.relationship NOT IN (OLD.relationship, 'erased')
    BEGIN SELECT RAISE(ABORT, 'permission_log is append-only'); END;
CREATE TRIGGER permission_log_delete BEFORE DELETE ON permission_log
    BEGIN SELECT RAISE(ABORT, 'permission_log is append-only'); END;

-- The models that this database has been used with. The newest is in force.
CREATE TABLE permission_model (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    fingerprint TEXT NOT NULL,
    text TEXT NOT NULL,
    since INTEGER NOT NULL
);
