-- What has to reach SpiceDB, on PostgreSQL. Made once a service uses `SpiceDbEngine`.

-- A relationship that may differ in SpiceDB: it was changed here, and not there yet. The worker sends what is stored of
-- it then, and deletes the line.
CREATE TABLE permission_spicedb_outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- As in `permission_relationships`.
    organization_id uuid,
    resource_type text COLLATE "C" NOT NULL,
    resource_id text COLLATE "C" NOT NULL,
    relation text COLLATE "C" NOT NULL,
    subject_type text COLLATE "C" NOT NULL,
    subject_id text COLLATE "C" NOT NULL,
    subject_relation text COLLATE "C" NOT NULL,
    -- What happened. After an insert SpiceDB lacks a relationship; after anything else it may have one too many.
    operation text NOT NULL CHECK (operation IN ('insert', 'update', 'delete')),
    since bigint NOT NULL
);
-- Each check looks for lines of its organization and of the levels above that may take something away: first for what is
-- no insert, then for inserts of some relations. However many others wait, it does not read them.
CREATE INDEX permission_spicedb_outbox_taken ON permission_spicedb_outbox (
    COALESCE(organization_id, CAST('00000000-0000-0000-0000-000000000000' AS uuid))
) WHERE operation <> 'insert';
CREATE INDEX permission_spicedb_outbox_relation ON permission_spicedb_outbox (
    COALESCE(organization_id, CAST('00000000-0000-0000-0000-000000000000' AS uuid)), resource_type, relation
);

-- A trigger, so that no way to the table leaves SpiceDB out.
CREATE FUNCTION permission_spicedb_changed() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS
    'DECLARE
        line text := format(
            ''INSERT INTO %I.permission_spicedb_outbox (organization_id, resource_type, resource_id, relation,
                subject_type, subject_id, subject_relation, operation, since)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, floor(date_part(''''epoch'''', clock_timestamp()))::bigint)'',
            TG_TABLE_SCHEMA);
     BEGIN
        IF TG_OP <> ''INSERT'' THEN
            EXECUTE line USING OLD.organization_id, OLD.resource_type, OLD.resource_id, OLD.relation,
                OLD.subject_type, OLD.subject_id, OLD.subject_relation, lower(TG_OP);
        END IF;
        IF TG_OP <> ''DELETE'' THEN
            EXECUTE line USING NEW.organization_id, NEW.resource_type, NEW.resource_id, NEW.relation,
                NEW.subject_type, NEW.subject_id, NEW.subject_relation, lower(TG_OP);
        END IF;
        RETURN NULL;
     END';
CREATE TRIGGER permission_spicedb_inserted AFTER INSERT OR DELETE ON permission_relationships
    FOR EACH ROW EXECUTE FUNCTION permission_spicedb_changed();
CREATE TRIGGER permission_spicedb_updated AFTER UPDATE ON permission_relationships
    FOR EACH ROW WHEN (
        (OLD.organization_id, OLD.resource_type, OLD.resource_id, OLD.relation, OLD.subject_type, OLD.subject_id,
            OLD.subject_relation, OLD.expires_at)
        IS DISTINCT FROM
        (NEW.organization_id, NEW.resource_type, NEW.resource_id, NEW.relation, NEW.subject_type, NEW.subject_id,
            NEW.subject_relation, NEW.expires_at)
    ) EXECUTE FUNCTION permission_spicedb_changed();

-- It names no rows that could be sent.
CREATE FUNCTION permission_spicedb_no_truncate() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS
    'BEGIN RAISE EXCEPTION ''SpiceDB has a copy of permission_relationships: use DELETE, which reaches it''; END';
CREATE TRIGGER permission_spicedb_no_truncate BEFORE TRUNCATE ON permission_relationships
    FOR EACH STATEMENT EXECUTE FUNCTION permission_spicedb_no_truncate();

-- A line without names demands a comparison of both sides: SpiceDB may hold what was deleted before there was an outbox.
INSERT INTO permission_spicedb_outbox (organization_id, resource_type, resource_id, relation, subject_type, subject_id,
    subject_relation, operation, since)
VALUES (NULL, '', '', '', '', '', '', 'update', CAST(floor(date_part('epoch', clock_timestamp())) AS bigint));

-- What is stored already.
INSERT INTO permission_spicedb_outbox (organization_id, resource_type, resource_id, relation, subject_type, subject_id,
    subject_relation, operation, since)
SELECT organization_id, resource_type, resource_id, relation, subject_type, subject_id, subject_relation, 'update',
    CAST(floor(date_part('epoch', clock_timestamp())) AS bigint)
FROM permission_relationships ORDER BY id;
