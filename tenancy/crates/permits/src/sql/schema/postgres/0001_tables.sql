-- The tables of permissions on PostgreSQL.
--
-- Times are whole seconds since 1970, by the database's clock.

CREATE TABLE permission_relationships (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- The organization that the object belongs to. NULL: the object belongs to a level above organizations.
    -- Not `org_id`: the audit reports undeclared tables that have a column of that name.
    organization_id uuid CHECK (organization_id <> '00000000-0000-0000-0000-000000000000'),
    resource_type text COLLATE "C" NOT NULL,
    resource_id text COLLATE "C" NOT NULL,
    relation text COLLATE "C" NOT NULL,
    subject_type text COLLATE "C" NOT NULL,
    -- `*` for every object of the type.
    subject_id text COLLATE "C" NOT NULL,
    -- Empty for the object itself.
    subject_relation text COLLATE "C" NOT NULL DEFAULT '',
    -- From this second on the relationship has no effect. NULL: it never ends.
    expires_at bigint,
    written_at bigint NOT NULL,
    written_by text NOT NULL,
    CHECK (subject_id <> '*' OR subject_relation = '')
);
-- Ids are an organization's own, so that each organization has the same names to use. The nil UUID is the levels above.
CREATE UNIQUE INDEX permission_relationships_names ON permission_relationships (
    COALESCE(organization_id, CAST('00000000-0000-0000-0000-000000000000' AS uuid)),
    resource_type, resource_id, relation, subject_type, subject_id, subject_relation
);
-- In another collation, so that a statement names the index that it means. A check knows the object, and would otherwise be
-- planned to read everything that names the person.
CREATE INDEX permission_relationships_subject ON permission_relationships (
    subject_type COLLATE "POSIX", subject_id,
    COALESCE(organization_id, CAST('00000000-0000-0000-0000-000000000000' AS uuid)),
    subject_relation, resource_type, relation, resource_id
);

-- Raised when a permission of the organization may have been taken away. The nil UUID's row counts for everything above
-- organizations.
CREATE TABLE permission_epochs (
    org_id uuid PRIMARY KEY,
    epoch bigint NOT NULL
);
INSERT INTO permission_epochs (org_id, epoch) VALUES ('00000000-0000-0000-0000-000000000000', 0);

-- The service's role may write this table, as it may write every organization's. An epoch that went back would make
-- permits valid again.
CREATE FUNCTION permission_epochs_rise() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS
    'BEGIN
        IF TG_OP = ''TRUNCATE'' THEN
            RAISE EXCEPTION ''an epoch never goes back, and its row stays'';
        ELSIF TG_OP = ''INSERT'' THEN
            IF NEW.epoch NOT IN (0, 1) THEN
                RAISE EXCEPTION ''an epoch begins with 0 or 1'';
            END IF;
        ELSIF TG_OP = ''DELETE'' OR NEW.org_id <> OLD.org_id OR NEW.epoch < OLD.epoch THEN
            RAISE EXCEPTION ''an epoch never goes back, and its row stays'';
        ELSIF NEW.epoch > OLD.epoch + 1 THEN
            RAISE EXCEPTION ''an epoch rises by one at once, so that it does not come to its end'';
        END IF;
        RETURN NEW;
     END';
CREATE TRIGGER permission_epochs_rise BEFORE INSERT OR UPDATE OR DELETE ON permission_epochs
    FOR EACH ROW EXECUTE FUNCTION permission_epochs_rise();
CREATE TRIGGER permission_epochs_stay BEFORE TRUNCATE ON permission_epochs
    FOR EACH STATEMENT EXECUTE FUNCTION permission_epochs_rise();

-- Append-only: what was written, when, for which reason, and the name of the account. The one exception: once an
-- organization is deleted, its earlier lines may lose the texts that name people, and those of others their
-- relationship.
CREATE TABLE permission_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organization_id uuid,
    written_at bigint NOT NULL,
    written_by text NOT NULL,
    reason text NOT NULL,
    operation text NOT NULL,
    relationship text NOT NULL,
    expires_at bigint
);
CREATE INDEX permission_log_organization ON permission_log (organization_id, id);

CREATE INDEX permission_log_deletions ON permission_log (id) WHERE operation = 'delete organization';

CREATE FUNCTION permission_log_append_only() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS
    'BEGIN RAISE EXCEPTION ''permission_log is append-only''; END';
CREATE TRIGGER permission_log_append_only BEFORE DELETE OR TRUNCATE ON permission_log
    FOR EACH STATEMENT EXECUTE FUNCTION permission_log_append_only();

CREATE FUNCTION permission_log_erase() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS
    'DECLARE
        others boolean;
        own boolean;
     BEGIN
        EXECUTE format(
            ''SELECT count(*) > 0, coalesce(bool_or(organization_id = $2), false) FROM %I.%I
              WHERE operation = ''''delete organization'''' AND id > $1'',
            TG_TABLE_SCHEMA, TG_TABLE_NAME
        ) INTO others, own USING OLD.id, OLD.organization_id;
        IF NOT others OR (NOT own AND (NEW.written_by <> OLD.written_by OR NEW.reason <> OLD.reason))
            OR (NEW.id, NEW.organization_id, NEW.written_at, NEW.operation, NEW.expires_at)
                IS DISTINCT FROM (OLD.id, OLD.organization_id, OLD.written_at, OLD.operation, OLD.expires_at)
            OR NEW.written_by NOT IN (OLD.written_by, ''erased'')
            OR NEW.reason NOT IN (OLD.reason, ''erased'')
            OR NEW.relationship NOT IN (OLD.relationship, ''erased'')
        THEN
            RAISE EXCEPTION ''permission_log is append-only'';
        END IF;
        RETURN NEW;
     END';
CREATE TRIGGER permission_log_erase BEFORE UPDATE ON permission_log
    FOR EACH ROW EXECUTE FUNCTION permission_log_erase();

-- The models that this database has been used with. The newest is in force.
CREATE TABLE permission_model (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    fingerprint text NOT NULL,
    text text NOT NULL,
    since bigint NOT NULL
);
