//! Faults, each planted on a correct database and taken back: (what is planted, the rules that must see it).
//!
//! The rules named are all that fire: one more would be a false alarm.

/// SQL, and the ids of the rules that fire.
pub(super) const FAULTS: &[(&str, &str)] = &[
    // A
    ("DROP TABLE public.texts", "A01"),
    ("DROP TABLE public.currencies CASCADE; CREATE VIEW public.currencies AS SELECT 'EUR'::text AS code", "A01"),
    ("CREATE TABLE public.secrets (org_id uuid NOT NULL)", "A02"),
    ("ALTER TABLE public.currencies ADD COLUMN org_id uuid", "A02"),
    ("CREATE TABLE public.flags (name text); GRANT SELECT ON public.flags TO {app}", "A03"),
    ("CREATE TABLE public.flags (name text); GRANT SELECT (name) ON public.flags TO PUBLIC", "A03"),
    (
        "ALTER TABLE public.texts DROP CONSTRAINT texts_pkey; ALTER TABLE public.texts ALTER org_id DROP NOT NULL; \
      CREATE UNIQUE INDEX ON public.texts (org_id, id)",
        "A04",
    ),
    ("ALTER TABLE public.invoices ALTER org_id SET DEFAULT '00000000-0000-7000-8000-00000000000a'", "A05"),
    ("ALTER TABLE public.invoices ALTER org_id SET DEFAULT current_setting('tenancy.org', true)::uuid", "A05"),
    (
        "DROP POLICY tenancy ON public.blobs; DROP POLICY tenancy_delete ON public.blobs; \
      ALTER TABLE public.blobs ALTER org_id TYPE text USING encode(org_id, 'hex')",
        "A06 B03 B05",
    ),
    ("GRANT UPDATE (org_id) ON public.invoices TO {app}", "A07"),
    ("GRANT UPDATE ON public.invoices TO {app}", "A07"),
    (
        "CREATE FUNCTION public.stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.org_id := NULL; RETURN NEW; END'; \
      CREATE TRIGGER stamp BEFORE INSERT ON public.invoices FOR EACH ROW EXECUTE FUNCTION public.stamp()",
        "A08",
    ),
    ("ALTER TABLE public.invoices DROP COLUMN note", "A09"),
    ("ALTER TABLE public.invoices ALTER cents TYPE int", "A09"),
    ("ALTER TABLE public.invoices ALTER cents DROP NOT NULL", "A09"),
    // B
    ("ALTER TABLE public.invoices DISABLE ROW LEVEL SECURITY", "B01"),
    ("ALTER TABLE public.invoices NO FORCE ROW LEVEL SECURITY", "B02"),
    ("DROP POLICY tenancy ON public.invoices", "B03 B14"),
    (
        "ALTER TABLE public.invoices DISABLE ROW LEVEL SECURITY; ALTER TABLE public.invoices NO FORCE ROW LEVEL SECURITY; \
      DROP POLICY tenancy ON public.invoices; DROP POLICY tenancy_delete ON public.invoices",
        "B01 B02 B05",
    ),
    ("CREATE POLICY more ON public.invoices FOR SELECT TO {app} USING (cents > 0)", "B04 B05"),
    ("CREATE POLICY more ON public.invoices USING (true)", "B04 B05 B06 B07"),
    ("ALTER POLICY tenancy ON public.invoices WITH CHECK (org_id = (SELECT tenancy.org()))", "B05"),
    // As earlier releases wrote it, and each half of the new form.
    (
        "ALTER POLICY tenancy ON public.invoices USING (org_id = (SELECT tenancy.org())) WITH CHECK (org_id = (SELECT tenancy.org_rw()))",
        "B05",
    ),
    ("ALTER POLICY tenancy ON public.invoices USING ((true, org_id) = (SELECT true, tenancy.org()))", "B05"),
    ("ALTER POLICY tenancy ON public.invoices USING (tenancy.may_plan() AND org_id = (SELECT tenancy.org()))", "B05"),
    ("ALTER FUNCTION tenancy.may_plan() STABLE", "B13"),
    ("ALTER FUNCTION tenancy.may_plan() SECURITY INVOKER", "B13"),
    ("ALTER POLICY tenancy ON public.invoices USING (org_id = (SELECT tenancy.org()) OR note IS NULL)", "B05"),
    ("DROP POLICY tenancy_delete ON public.invoices", "B05"),
    ("ALTER POLICY tenancy ON public.invoices TO PUBLIC", "B06"),
    ("ALTER POLICY tenancy ON public.invoices WITH CHECK (true)", "B05 B07"),
    ("ALTER POLICY tenancy ON public.invoices USING (org_id = (SELECT tenancy.org()) OR 1 = 1)", "B05 B07"),
    ("ALTER POLICY tenancy ON public.invoices USING (org_id = tenancy.org())", "B05 B08"),
    (
        "CREATE FUNCTION public.mine() RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT NULL::uuid'; \
      ALTER POLICY tenancy ON public.invoices USING (org_id = (SELECT public.mine()))",
        "B05 B09",
    ),
    ("ALTER FUNCTION tenancy.org() IMMUTABLE", "B09 B13"),
    ("ALTER FUNCTION tenancy.org() VOLATILE", "B10 B13"),
    ("ALTER FUNCTION tenancy.org_rw() PARALLEL UNSAFE", "B10 B13"),
    ("ALTER FUNCTION tenancy.org() RESET search_path", "B11 B13 D04"),
    ("ALTER FUNCTION tenancy.org() SET search_path = public, pg_catalog", "B11 B13"),
    ("ALTER POLICY tenancy ON public.invoices USING (EXISTS (SELECT FROM public.operators))", "B05 B12"),
    (
        "CREATE OR REPLACE FUNCTION tenancy.org() RETURNS uuid LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER \
      SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN current_setting(''tenancy.scope'')::uuid; END'",
        "B13",
    ),
    ("GRANT EXECUTE ON FUNCTION tenancy.org() TO PUBLIC", "B13"),
    ("ALTER FUNCTION tenancy.org() OWNER TO owner", "B13"),
    ("CREATE POLICY none ON public.invoices AS RESTRICTIVE TO {app} USING (false)", "B14"),
    ("DROP TABLE tenancy.key", "B13"),
    ("ALTER FUNCTION tenancy.org() SECURITY INVOKER", "B13"),
    ("CREATE POLICY open ON public.events_0 TO {app} USING (true)", "B05 B07"),
    // C
    ("ALTER ROLE {owner} LOGIN", "C14"),
    ("ALTER ROLE {owner} BYPASSRLS", "C14"),
    ("ALTER ROLE {app} BYPASSRLS", "C01"),
    ("ALTER ROLE {app} SUPERUSER", "C01"),
    ("ALTER ROLE {app} CREATEROLE", "C01"),
    ("GRANT pg_read_all_data TO {app}", "C02"),
    ("CREATE ROLE middle_{db} BYPASSRLS; GRANT middle_{db} TO {app}", "C02"),
    (
        "CREATE ROLE far_{db} BYPASSRLS; CREATE ROLE near_{db} NOINHERIT; GRANT far_{db} TO near_{db}; \
      GRANT near_{db} TO {app}",
        "C02",
    ),
    ("ALTER TABLE public.invoices OWNER TO {app}", "A07 C03"),
    ("GRANT {owner} TO {app}", "C03 C07"),
    ("ALTER DATABASE {db} OWNER TO {app}", "C03 C08"),
    ("GRANT TRUNCATE ON public.invoices TO {app}", "C04"),
    ("GRANT TRIGGER, REFERENCES ON billing.parties TO {app}", "C04"),
    ("GRANT REFERENCES (id) ON public.invoices TO {app}", "C04"),
    ("GRANT SELECT ON public.invoices TO PUBLIC", "C05"),
    ("GRANT SELECT (cents) ON public.invoices TO PUBLIC", "C05"),
    ("GRANT SELECT ON public.invoices TO {app} WITH GRANT OPTION", "C06"),
    ("GRANT CREATE ON SCHEMA public TO {app}", "C07"),
    ("GRANT CREATE ON SCHEMA billing TO PUBLIC", "C07"),
    ("GRANT TEMPORARY ON DATABASE {db} TO PUBLIC", "C08"),
    ("GRANT CREATE ON DATABASE {db} TO {app}", "C08"),
    ("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {app}", "C09"),
    ("CREATE ROLE report_{db}; GRANT SELECT ON public.invoices TO report_{db}", "C10"),
    ("GRANT pg_monitor TO {app}", "C11"),
    ("GRANT pg_signal_backend TO {app}", "C11"),
    ("ALTER ROLE {app} SET search_path = public, billing", "C12"),
    ("ALTER DATABASE {db} SET tenancy.scope = 'x'", "C12"),
    ("ALTER ROLE {app} SET row_security = off", "C12"),
    ("GRANT SELECT ON tenancy.key TO {app}", "C13"),
    ("GRANT SELECT (kid) ON tenancy.key TO PUBLIC", "C13"),
    ("CREATE ROLE backup_{db} LOGIN BYPASSRLS", "C14"),
    ("CREATE ROLE migrate_{db} LOGIN; ALTER TABLE public.invoices OWNER TO migrate_{db}", "C14 G01"),
    // D
    ("CREATE VIEW public.totals AS SELECT sum(cents) FROM public.invoices", "D01"),
    (
        "CREATE VIEW public.inner_v WITH (security_invoker = true) AS SELECT * FROM public.invoices; \
      CREATE VIEW public.outer_v AS SELECT * FROM public.inner_v",
        "D01",
    ),
    ("CREATE VIEW public.part AS SELECT * FROM public.events_0", "D01"),
    ("CREATE MATERIALIZED VIEW public.totals AS SELECT sum(cents) FROM public.invoices", "D02"),
    (
        "CREATE FUNCTION public.peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp \
      AS 'SELECT count(*) FROM public.invoices'",
        "D03",
    ),
    (
        "CREATE FUNCTION public.peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::bigint'; \
      REVOKE EXECUTE ON FUNCTION public.peek() FROM PUBLIC",
        "D04",
    ),
    ("CREATE FUNCTION public.leak(text) RETURNS bool LANGUAGE sql LEAKPROOF AS 'SELECT true'", "D05"),
    ("CREATE RULE log AS ON UPDATE TO public.invoices DO ALSO NOTIFY invoices", "D06"),
    (
        "CREATE FUNCTION public.after() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp \
      AS 'BEGIN RETURN NULL; END'; CREATE TRIGGER after AFTER INSERT ON public.invoices FOR EACH ROW EXECUTE FUNCTION \
      public.after()",
        "D07",
    ),
    ("CREATE PUBLICATION out FOR TABLE public.invoices", "D08"),
    ("CREATE PUBLICATION out FOR TABLES IN SCHEMA billing", "D08"),
    ("CREATE PUBLICATION out FOR ALL TABLES", "D09"),
    ("CREATE EXTENSION dblink SCHEMA public", "D10"),
    (
        "CREATE FUNCTION public.ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE ROLE weak_{db} SUPERUSER; \
      CREATE EVENT TRIGGER ddl ON ddl_command_end EXECUTE FUNCTION public.ddl(); \
      ALTER EVENT TRIGGER ddl OWNER TO weak_{db}; ALTER ROLE weak_{db} NOSUPERUSER",
        "D11",
    ),
    ("CREATE SUBSCRIPTION sub CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE)", "D12"),
    (
        "CREATE FUNCTION public.known(text) RETURNS bool LANGUAGE sql STABLE AS 'SELECT EXISTS (SELECT FROM \
      public.currencies WHERE code = $1)'; ALTER TABLE public.invoices ADD CHECK (public.known(currency))",
        "D13",
    ),
    (
        "ALTER TABLE public.invoices ADD COLUMN upper_case text; CREATE FUNCTION public.priced(bigint) RETURNS text LANGUAGE \
      plpgsql IMMUTABLE AS 'BEGIN RETURN (SELECT min(code) FROM public.currencies); END'; CREATE INDEX priced ON \
      public.invoices (org_id, public.priced(cents))",
        "D13",
    ),
    // E
    ("CREATE UNIQUE INDEX numbers ON public.invoices (cents)", "E01"),
    (
        "ALTER TABLE public.invoice_lines DROP CONSTRAINT invoice_lines_pkey, ADD PRIMARY KEY (id, invoice_id)",
        "A09 E01 E14",
    ),
    ("CREATE UNIQUE INDEX lowered ON billing.parties (lower(name))", "E01"),
    (
        "CREATE EXTENSION btree_gist SCHEMA public; ALTER TABLE public.events_0 ADD EXCLUDE USING gist (id public.gist_int4_ops WITH =)",
        "E01",
    ),
    (
        "CREATE UNIQUE INDEX ids ON public.invoices (id); ALTER TABLE public.invoice_lines ADD CONSTRAINT single FOREIGN KEY \
      (invoice_id) REFERENCES public.invoices (id)",
        "E01 E02 E14",
    ),
    (
        "ALTER TABLE public.invoice_lines ADD CONSTRAINT crossed FOREIGN KEY (invoice_id, org_id) REFERENCES public.invoices \
      (org_id, id) NOT VALID",
        "E02 E11",
    ),
    (
        "ALTER TABLE public.invoice_lines ADD CONSTRAINT nulled FOREIGN KEY (org_id, invoice_id) REFERENCES public.invoices \
      (org_id, id) ON DELETE SET NULL",
        "E03",
    ),
    ("ALTER TABLE billing.parties DROP CONSTRAINT parties_pkey, ADD PRIMARY KEY (id, company)", "E04 E14"),
    ("CREATE INDEX dated ON public.invoices (cents) INCLUDE (org_id)", "E14"),
    ("CREATE UNIQUE INDEX dated ON public.invoices (cents, org_id)", "E14"),
    ("CREATE INDEX dated ON public.events_0 (id) WHERE id > 1", "E14"),
    (
        "ALTER TABLE public.texts DROP CONSTRAINT texts_pkey; CREATE INDEX ON public.texts (org_id) WHERE id > 0",
        "A09 E04",
    ),
    (
        "ALTER TABLE public.invoices ADD COLUMN tags jsonb; CREATE INDEX tags ON public.invoices USING gin (tags)",
        "E05 E14",
    ),
    ("DROP INDEX public.invoice_lines_org_id_invoice_id_idx", "E06"),
    (
        "CREATE SEQUENCE public.numbers OWNED BY public.invoices.cents; GRANT USAGE ON SEQUENCE public.numbers TO {app}",
        "E07",
    ),
    (
        "CREATE SEQUENCE public.numbers; ALTER TABLE public.texts ALTER id SET DEFAULT nextval('public.numbers'); \
      GRANT SELECT ON SEQUENCE public.numbers TO {app}",
        "E07",
    ),
    ("GRANT SELECT ON public.events_0 TO {app}", "E08"),
    (
        "CREATE TABLE public.events_2 (org_id uuid NOT NULL, id int NOT NULL); ALTER TABLE public.events DETACH PARTITION \
      public.events_1; DROP TABLE public.events_1; ALTER TABLE public.events ATTACH PARTITION public.events_2 FOR VALUES \
      WITH (MODULUS 2, REMAINDER 1)",
        "E09",
    ),
    ("CREATE TABLE public.old_invoices () INHERITS (public.invoices)", "E09"),
    (
        "DROP TABLE public.events; CREATE TABLE public.events (org_id uuid NOT NULL, id int NOT NULL, UNIQUE (org_id, id)) \
      PARTITION BY RANGE (id)",
        "B01 B02 E10",
    ),
    ("ALTER TABLE public.invoices ADD CONSTRAINT positive CHECK (cents > 0) NOT VALID", "E11"),
    (
        "ALTER TABLE public.currencies ADD COLUMN o uuid, ADD COLUMN i uuid, ADD FOREIGN KEY (o, i) REFERENCES \
      public.invoices (org_id, id)",
        "E12",
    ),
    ("ALTER TABLE public.invoice_lines DISABLE TRIGGER ALL", "E11"),
    (
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'public.invoice_lines_org_id_invoice_id_idx'::regclass",
        "E06 E11",
    ),
    // F
    ("ALTER DATABASE {db} SET log_statement = 'all'", "F02"),
    ("SET LOCAL row_security = off", "F02"),
    ("SET LOCAL session_replication_role = replica", "F02"),
    ("SET LOCAL log_statement = 'all'", "F02"),
    ("SET LOCAL log_min_duration_statement = 100", "F02"),
    ("SET LOCAL log_parameter_max_length_on_error = -1", "F02"),
    ("ALTER ROLE {app} SET log_statement = 'all'", "F02"),
];

/// Lines of `docs/attacks.md` that say [L] and concern the database, with the rules that see them.
pub(super) const LINES: &[(&str, &str)] = &[
    ("A24", "A04"),
    ("A25", "E08 E09"),
    ("E31", "E02"),
    ("E32", "E02"),
    ("E33", "E03"),
    ("E34", "E03"),
    ("E35", "E01"),
    ("E36", "E01"),
    ("E37", "D07"),
    // In the source: `source.rs` has its case.
    ("E43", "S10"),
    ("H01", "B01"),
    ("H02", "B02"),
    ("H03", "C01 C02"),
    ("H04", "B05 B07"),
    ("H05", "B04"),
    ("H06", "D01"),
    ("H07", "D02"),
    ("H08", "D03 D04"),
    ("H09", "C04"),
    ("H14", "B09"),
    ("H15", "C09"),
    ("H16", "A06"),
    ("H18", "F01"),
    ("H21", "D08 D09"),
    ("H22", "D10"),
    ("H24", "B05 B13"),
    // Only while it lasts: the audit sees the moment.
    ("H25", "B01 B03"),
    ("H26", "E09"),
    ("H30", "E14"),
    ("K08", "A05"),
];
