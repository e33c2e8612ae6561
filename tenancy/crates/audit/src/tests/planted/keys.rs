//! Tables beside the declaration, the organization column, keys, foreign keys, indexes, partitions, copies.

use super::Fault;

pub(super) const FAULTS: &[Fault] = &[
    // Tables
    ("a copy of an organization table", "CREATE TABLE public.invoices_backup AS TABLE public.invoices", "A02"),
    (
        "a copy in another schema",
        "CREATE SCHEMA old; CREATE TABLE old.invoices (LIKE public.invoices INCLUDING ALL)",
        "A02",
    ),
    ("the column is written otherwise", "CREATE TABLE public.drafts (\"Org_Id\" uuid, id int)", "A02"),
    ("the other name of the organization", "CREATE TABLE public.notes (company uuid, id int)", "A02"),
    ("an unlogged table", "CREATE UNLOGGED TABLE public.cache (org_id uuid, value jsonb)", "A02"),
    (
        "a table that refers to an organization table",
        "CREATE TABLE public.scans (o uuid, i uuid, FOREIGN KEY (o, i) REFERENCES public.invoices (org_id, id))",
        "A02",
    ),
    ("the shared table gets owners", "ALTER TABLE public.currencies ADD COLUMN company uuid", "A02"),
    (
        "an organization table moves to another schema",
        "CREATE SCHEMA old; ALTER TABLE public.texts SET SCHEMA old",
        "A01 A02 A03",
    ),
    ("an organization table is renamed", "ALTER TABLE public.blobs RENAME TO blobs_old", "A01 A02 A03"),
    (
        "an undeclared table with a grant",
        "CREATE TABLE public.queue (payload jsonb); GRANT INSERT, SELECT ON public.queue TO {app}",
        "A03",
    ),
    (
        "a foreign table with a grant",
        "CREATE EXTENSION file_fdw SCHEMA public; CREATE SERVER files FOREIGN DATA WRAPPER file_fdw; CREATE FOREIGN TABLE public.passwd (line text) SERVER files OPTIONS (filename '/etc/passwd'); GRANT SELECT ON public.passwd TO {app}",
        "A03 D10",
    ),
    ("a copy of the keys", "CREATE TABLE public.saved AS TABLE tenancy.key", "C13"),
    (
        "the keys are read through a parent",
        "CREATE TABLE public.p (kid text, ipad bytea, opad bytea); ALTER TABLE tenancy.key INHERIT public.p; GRANT SELECT ON public.p TO {app}",
        "A03 C13",
    ),
    (
        "an organization table is read through a parent",
        "CREATE TABLE public.amounts (cents bigint NOT NULL); ALTER TABLE public.invoices INHERIT public.amounts",
        "E09",
    ),
    (
        "the parent is granted",
        "CREATE TABLE public.amounts (cents bigint NOT NULL); ALTER TABLE public.invoices INHERIT public.amounts; GRANT SELECT ON public.amounts TO {app}",
        "A03 E08 E09",
    ),
    (
        "an organization table becomes a partition of another",
        "CREATE TABLE public.all_texts (org_id varchar(36) NOT NULL, id int NOT NULL) PARTITION BY RANGE (id); ALTER TABLE public.all_texts ATTACH PARTITION public.texts DEFAULT",
        "A02 E09",
    ),
    // The organization column
    (
        "the default is a new organization",
        "ALTER TABLE public.invoices ALTER org_id SET DEFAULT gen_random_uuid()",
        "A05",
    ),
    ("the default is the verifier", "ALTER TABLE billing.parties ALTER company SET DEFAULT tenancy.org()", "A05"),
    (
        "a partition has a default",
        "ALTER TABLE public.events_0 ALTER org_id SET DEFAULT '00000000-0000-7000-8000-00000000000a'",
        "A05",
    ),
    (
        "a text that holds two organizations equal",
        "CREATE COLLATION public.loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false); DROP POLICY tenancy ON public.texts; DROP POLICY tenancy_delete ON public.texts; ALTER TABLE public.texts ALTER org_id TYPE varchar(36) COLLATE public.loose; CREATE POLICY tenancy ON public.texts TO {app} USING (tenancy.may_plan() AND (true, org_id) = (SELECT true, tenancy.org()::text)) WITH CHECK (tenancy.may_plan() AND (true, org_id) = (SELECT true, tenancy.org_rw()::text)); CREATE POLICY tenancy_delete ON public.texts AS RESTRICTIVE FOR DELETE TO {app} USING (tenancy.may_plan() AND (true, org_id) = (SELECT true, tenancy.org_rw()::text))",
        "A06",
    ),
    (
        "a domain with a default",
        "CREATE DOMAIN public.org AS uuid DEFAULT '00000000-0000-7000-8000-00000000000a'; CREATE TABLE public.x (org_id public.org NOT NULL, id int NOT NULL, PRIMARY KEY (org_id, id)); DROP TABLE public.blobs; ALTER TABLE public.x RENAME TO blobs; ALTER TABLE public.blobs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        "A06",
    ),
    (
        "the organization is an identity",
        "DROP TABLE public.blobs; CREATE TABLE public.blobs (org_id bigint GENERATED ALWAYS AS IDENTITY, id int NOT NULL, PRIMARY KEY (org_id, id)); ALTER TABLE public.blobs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        "A06 A08",
    ),
    (
        "the organization is computed",
        "DROP TABLE public.texts; CREATE TABLE public.texts (id int NOT NULL, org_id varchar(36) NOT NULL GENERATED ALWAYS AS (chr(65 + id % 2)) STORED, PRIMARY KEY (org_id, id)); ALTER TABLE public.texts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        "A08",
    ),
    ("the organization is gone", "ALTER TABLE public.texts DROP COLUMN org_id CASCADE", "A06 A09 B03 B05"),
    // Columns
    (
        "a declared column has another type",
        "ALTER TABLE billing.parties ALTER name TYPE bytea USING name::bytea",
        "A09",
    ),
    (
        "another primary key",
        "ALTER TABLE billing.parties DROP CONSTRAINT parties_pkey, ADD PRIMARY KEY (company, name)",
        "A09",
    ),
    (
        "no key at all",
        "ALTER TABLE public.blobs DROP CONSTRAINT blobs_pkey; CREATE INDEX i ON public.blobs (org_id)",
        "A09",
    ),
    // Unique keys
    ("the organization is only included", "CREATE UNIQUE INDEX i ON public.invoices (cents) INCLUDE (org_id)", "E01"),
    ("a partial unique index", "CREATE UNIQUE INDEX i ON public.invoices (note) WHERE note <> ''", "E01"),
    (
        "the organization inside an expression",
        "CREATE UNIQUE INDEX i ON public.invoices ((org_id::text || note))",
        "E01",
    ),
    ("a unique constraint", "ALTER TABLE billing.parties ADD UNIQUE (name)", "E01"),
    (
        "a deferred unique constraint",
        "ALTER TABLE billing.parties ADD UNIQUE (name) DEFERRABLE INITIALLY DEFERRED",
        "E01",
    ),
    ("a unique index of a partition", "CREATE UNIQUE INDEX i ON public.events_1 (id)", "E01"),
    (
        "the primary key is the id alone",
        "ALTER TABLE public.invoices DROP CONSTRAINT invoices_pkey CASCADE, ADD PRIMARY KEY (id)",
        "E01 E02 E04 E14",
    ),
    (
        "an exclusion that wants other organizations",
        "CREATE EXTENSION btree_gist SCHEMA public; ALTER TABLE public.events_0 ADD EXCLUDE USING gist (id public.gist_int4_ops WITH =, org_id public.gist_uuid_ops WITH <>)",
        "E01",
    ),
    // Foreign keys
    (
        "the composite foreign key is gone",
        "ALTER TABLE public.invoice_lines DROP CONSTRAINT invoice_lines_org_id_invoice_id_fkey",
        "E02",
    ),
    (
        "a single key in its place",
        "CREATE UNIQUE INDEX i ON public.invoices (id); ALTER TABLE public.invoice_lines DROP CONSTRAINT invoice_lines_org_id_invoice_id_fkey, ADD FOREIGN KEY (invoice_id) REFERENCES public.invoices (id) ON DELETE CASCADE",
        "E01 E02 E14",
    ),
    (
        "it was made again without validation",
        "ALTER TABLE public.invoice_lines DROP CONSTRAINT invoice_lines_org_id_invoice_id_fkey, ADD FOREIGN KEY (org_id, invoice_id) REFERENCES public.invoices (org_id, id) NOT VALID",
        "E11",
    ),
    (
        "the columns cross",
        "ALTER TABLE public.invoice_lines DROP CONSTRAINT invoice_lines_org_id_invoice_id_fkey, ADD FOREIGN KEY (invoice_id, org_id) REFERENCES public.invoices (org_id, id) NOT VALID",
        "E02 E11",
    ),
    (
        "two columns without the organization",
        "ALTER TABLE billing.parties ADD COLUMN a uuid, ADD COLUMN b uuid, ADD FOREIGN KEY (a, b) REFERENCES public.invoices (org_id, id)",
        "E02",
    ),
    (
        "to a partition",
        "CREATE UNIQUE INDEX i ON public.events_0 (id); ALTER TABLE public.texts ADD FOREIGN KEY (id) REFERENCES public.events_0 (id) NOT VALID",
        "E01 E02 E11",
    ),
    (
        "from a partition",
        "CREATE UNIQUE INDEX i ON public.invoices (cents); ALTER TABLE public.events_0 ADD FOREIGN KEY (id) REFERENCES public.invoices (cents) NOT VALID",
        "E01 E02 E11",
    ),
    (
        "to itself",
        "CREATE UNIQUE INDEX i ON public.invoices (id); ALTER TABLE public.invoices ADD COLUMN parent uuid REFERENCES public.invoices (id)",
        "E01 E02 E14",
    ),
    (
        "the shared table refers to an organization table",
        "ALTER TABLE public.currencies ADD COLUMN a uuid, ADD COLUMN b uuid, ADD FOREIGN KEY (a, b) REFERENCES public.invoices (org_id, id) ON DELETE CASCADE",
        "E12",
    ),
    (
        "deleting sets the organization to its default",
        "ALTER TABLE public.invoice_lines DROP CONSTRAINT invoice_lines_org_id_invoice_id_fkey, ADD FOREIGN KEY (org_id, invoice_id) REFERENCES public.invoices (org_id, id) ON DELETE SET DEFAULT",
        "E03",
    ),
    (
        "changing sets the organization to NULL",
        "ALTER TABLE public.invoice_lines DROP CONSTRAINT invoice_lines_org_id_invoice_id_fkey, ADD FOREIGN KEY (org_id, invoice_id) REFERENCES public.invoices (org_id, id) ON UPDATE SET NULL",
        "E03",
    ),
    (
        "deleting sets the organization alone",
        "ALTER TABLE public.invoice_lines DROP CONSTRAINT invoice_lines_org_id_invoice_id_fkey, ADD FOREIGN KEY (org_id, invoice_id) REFERENCES public.invoices (org_id, id) ON DELETE SET NULL (org_id)",
        "E03",
    ),
    (
        "foreign keys fire for replicas only",
        "DO $$ DECLARE t name; BEGIN FOR t IN SELECT tgname FROM pg_catalog.pg_trigger WHERE tgisinternal AND tgrelid = 'public.invoice_lines'::regclass LOOP EXECUTE format('ALTER TABLE public.invoice_lines ENABLE REPLICA TRIGGER %I', t); END LOOP; END $$",
        "E11",
    ),
    ("the parent's side is switched off", "ALTER TABLE public.invoices DISABLE TRIGGER ALL", "E11"),
    (
        "a child allows no organization",
        "ALTER TABLE public.invoice_lines DROP CONSTRAINT invoice_lines_pkey; ALTER TABLE public.invoice_lines ALTER org_id DROP NOT NULL",
        "A04 A09",
    ),
    // Indexes
    (
        "only a partial index is left",
        "ALTER TABLE public.blobs DROP CONSTRAINT blobs_pkey; CREATE UNIQUE INDEX i ON public.blobs (org_id, id) WHERE id > 5",
        "A09 E04",
    ),
    (
        "the organization comes second",
        "ALTER TABLE public.blobs DROP CONSTRAINT blobs_pkey, ADD PRIMARY KEY (id, org_id)",
        "E04 E14",
    ),
    (
        "the index is invalid",
        "UPDATE pg_catalog.pg_index SET indisvalid = false WHERE indexrelid = 'billing.parties_pkey'::regclass",
        "E04 E11",
    ),
    (
        "the foreign key's index is gone",
        "DROP INDEX public.invoice_lines_org_id_invoice_id_idx; CREATE INDEX i ON public.invoice_lines (invoice_id)",
        "E06 E14",
    ),
    (
        "trigrams",
        "CREATE EXTENSION pg_trgm SCHEMA public; CREATE INDEX i ON public.invoices USING gin (note public.gin_trgm_ops)",
        "E05 E14",
    ),
    // Partitions
    (
        "a partition with rows is attached",
        "CREATE TABLE public.events_2 (org_id uuid NOT NULL, id int NOT NULL); ALTER TABLE public.events DETACH PARTITION public.events_1; DROP TABLE public.events_1; ALTER TABLE public.events ATTACH PARTITION public.events_2 FOR VALUES WITH (MODULUS 2, REMAINDER 1); GRANT SELECT ON public.events_2 TO {app}",
        "E08 E09",
    ),
    ("a partition is detached and left", "ALTER TABLE public.events DETACH PARTITION public.events_1", "A02"),
    (
        "a child by inheritance, granted to everybody",
        "CREATE TABLE public.old_invoices () INHERITS (public.invoices); GRANT SELECT ON public.old_invoices TO PUBLIC",
        "C05 E08 E09",
    ),
];
