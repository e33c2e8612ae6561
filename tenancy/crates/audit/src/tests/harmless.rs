//! Changes that break nothing: none is worse than low.

use super::{Built, told};
use crate::Severity;

const CHANGES: &[&str] = &[
    // Indexes, keys, statistics
    "CREATE INDEX ON public.invoices (org_id, cents)",
    "CREATE INDEX ON public.invoices (org_id, lower(note))",
    "CREATE INDEX ON public.invoices (org_id) WHERE cents > 0",
    "CREATE INDEX ON public.invoices USING brin (org_id)",
    "CREATE INDEX ON public.invoices (org_id) INCLUDE (note)",
    "CREATE UNIQUE INDEX ON billing.parties (company, name)",
    "CREATE INDEX ON public.currencies (lower(code))",
    "CREATE STATISTICS public.s ON cents, note FROM public.invoices",
    "CREATE STATISTICS public.s ON (cents / 100), note FROM public.invoices",
    "ALTER TABLE public.invoices ALTER cents SET STATISTICS 500",
    "ALTER TABLE public.invoices ALTER note SET STORAGE EXTERNAL",
    "ALTER TABLE public.invoices CLUSTER ON invoices_pkey",
    "ALTER TABLE public.invoices REPLICA IDENTITY FULL",
    "ALTER TABLE public.invoices SET (autovacuum_vacuum_scale_factor = 0.01, fillfactor = 80)",
    "ALTER TABLE public.invoices ADD CONSTRAINT positive CHECK (cents > 0)",
    "ALTER TABLE public.invoices ADD CONSTRAINT positive CHECK (cents > 0) NOT VALID; ALTER TABLE public.invoices VALIDATE CONSTRAINT positive",
    "ALTER TABLE public.invoices ADD CHECK (substring(note FROM 1 FOR 2) IS DISTINCT FROM 'xx')",
    // Comments, columns, types
    "COMMENT ON TABLE public.invoices IS 'what customers owe'; COMMENT ON COLUMN public.invoices.cents IS 'cents'",
    "COMMENT ON SCHEMA public IS 'ours'; COMMENT ON DATABASE {db} IS 'ours'; COMMENT ON ROLE {app} IS 'the service'",
    "ALTER TABLE public.invoices ADD COLUMN paid_at timestamptz",
    "ALTER TABLE public.invoices ADD COLUMN paid bool NOT NULL DEFAULT false",
    "ALTER TABLE public.invoices ADD COLUMN euros bigint GENERATED ALWAYS AS (cents / 100) STORED",
    "ALTER TABLE public.invoices ALTER note SET DEFAULT 'none'",
    "ALTER TABLE public.invoices ALTER note TYPE varchar(500)",
    "CREATE TYPE public.mood AS ENUM ('good', 'bad'); ALTER TABLE public.invoices ADD COLUMN mood public.mood",
    "CREATE DOMAIN public.amount AS numeric(12, 2) CHECK (VALUE >= 0); ALTER TABLE public.invoices ADD COLUMN amount public.amount",
    "CREATE DOMAIN public.iban AS text CHECK (VALUE ~ '^[A-Z]{2}[0-9]{2}'); ALTER TABLE public.invoices ADD COLUMN iban public.iban",
    "CREATE TYPE public.address AS (street text, town text); ALTER TABLE billing.parties ADD COLUMN address public.address",
    "CREATE TYPE public.span AS RANGE (subtype = float8); ALTER TABLE public.invoices ADD COLUMN span public.span",
    "CREATE COLLATION public.german (provider = icu, locale = 'de')",
    "INSERT INTO public.currencies VALUES ('USD')",
    // Tables, schemas and roles of others
    "CREATE ROLE l_{db} LOGIN; CREATE SCHEMA other AUTHORIZATION l_{db}; CREATE TABLE other.t (id int); ALTER TABLE other.t OWNER TO l_{db}",
    "CREATE ROLE l_{db} LOGIN; CREATE SCHEMA other AUTHORIZATION l_{db}; CREATE FUNCTION other.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; ALTER FUNCTION other.f() OWNER TO l_{db}",
    "CREATE ROLE l_{db} LOGIN; CREATE SCHEMA other; GRANT USAGE, CREATE ON SCHEMA other TO l_{db}",
    "CREATE SCHEMA other; CREATE TABLE other.log (id bigserial PRIMARY KEY, at timestamptz, what text)",
    "CREATE TABLE public.scratch (id int, what text)",
    "CREATE ROLE m_{db} LOGIN; GRANT pg_monitor TO m_{db}; GRANT CONNECT ON DATABASE {db} TO m_{db}",
    "CREATE ROLE m_{db} LOGIN; GRANT pg_read_all_stats, pg_read_all_settings TO m_{db}",
    "CREATE ROLE m_{db} LOGIN; GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_waldir() TO m_{db}",
    "CREATE ROLE m_{db} LOGIN; GRANT pg_signal_backend TO m_{db}",
    "CREATE ROLE r_{db} LOGIN; GRANT USAGE ON SCHEMA public TO r_{db}; GRANT SELECT ON public.currencies TO r_{db}",
    "CREATE ROLE g_{db}; CREATE ROLE l_{db} LOGIN; GRANT g_{db} TO l_{db}",
    "CREATE ROLE g_{db}; GRANT g_{db} TO {app}",
    "REVOKE EXECUTE ON FUNCTION pg_catalog.pg_sleep(float8) FROM PUBLIC",
    "REVOKE CONNECT ON DATABASE {db} FROM PUBLIC; GRANT CONNECT ON DATABASE {db} TO {app}",
    // Settings
    "ALTER ROLE {app} SET statement_timeout = '30s'; ALTER ROLE {app} SET lock_timeout = '5s'",
    "ALTER ROLE {app} SET timezone = 'UTC'; ALTER DATABASE {db} SET timezone = 'UTC'",
    "ALTER ROLE {app} SET idle_in_transaction_session_timeout = '60s'; ALTER ROLE {app} CONNECTION LIMIT 50",
    "ALTER DATABASE {db} SET work_mem = '16MB'; ALTER ROLE {app} SET random_page_cost = 1.1",
    "ALTER ROLE {app} SET search_path = public",
    "ALTER DATABASE {db} SET search_path = \"$user\", public",
    "ALTER ROLE {app} SET application_name = 'shop'",
    // Extensions
    "CREATE EXTENSION citext SCHEMA public",
    "CREATE EXTENSION pg_stat_statements SCHEMA public",
    "CREATE EXTENSION pgcrypto SCHEMA public",
    "CREATE EXTENSION pg_trgm SCHEMA public",
    "CREATE EXTENSION hstore; CREATE EXTENSION unaccent; CREATE EXTENSION btree_gin; CREATE EXTENSION btree_gist",
    "CREATE EXTENSION \"uuid-ossp\"; CREATE EXTENSION ltree; CREATE EXTENSION intarray; CREATE EXTENSION fuzzystrmatch",
    "CREATE EXTENSION citext SCHEMA public; ALTER TABLE public.invoices ALTER note TYPE public.citext",
    // Views, functions, triggers
    "CREATE VIEW public.v WITH (security_invoker = true) AS SELECT * FROM public.invoices; GRANT SELECT ON public.v TO {app}",
    "CREATE VIEW public.codes AS SELECT code FROM public.currencies; GRANT SELECT ON public.codes TO {app}",
    "CREATE MATERIALIZED VIEW public.codes AS SELECT code FROM public.currencies; GRANT SELECT ON public.codes TO {app}",
    "CREATE FUNCTION public.euros(bigint) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT $1 / 100.0'",
    "CREATE FUNCTION public.f() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM public.invoices'",
    "CREATE FUNCTION public.round(float8, int) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT round($1::numeric, $2)'",
    "CREATE FUNCTION public.clean() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.note := trim(NEW.note); RETURN NEW; END'; \
     CREATE TRIGGER clean BEFORE INSERT OR UPDATE ON public.invoices FOR EACH ROW EXECUTE FUNCTION public.clean()",
    "CREATE FUNCTION public.keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF OLD.cents > 0 THEN RETURN NULL; END IF; \
     RETURN COALESCE(NEW, OLD); END'; CREATE TRIGGER keep BEFORE DELETE ON public.invoices FOR EACH ROW EXECUTE FUNCTION public.keep()",
    "CREATE FUNCTION public.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM set_config(''app.note'', NEW.note, true); \
     RETURN NEW; END'; CREATE TRIGGER note BEFORE INSERT ON public.invoices FOR EACH ROW EXECUTE FUNCTION public.note()",
    "CREATE EXTENSION pgstattuple SCHEMA public",
    "CREATE TRIGGER same BEFORE UPDATE ON public.invoices FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    // Policies that narrow
    "CREATE POLICY live ON public.invoices AS RESTRICTIVE TO {app} USING (note IS DISTINCT FROM 'deleted')",
    "CREATE POLICY live ON public.invoices AS RESTRICTIVE TO {app} USING (cents >= 0 AND note <> 'x')",
    "CREATE POLICY one ON public.invoices AS RESTRICTIVE TO {app} USING (currency = current_setting('app.currency', true))",
    // Partitions as they should be, publications of shared tables
    "CREATE TABLE public.events_2 (LIKE public.events_1 INCLUDING ALL); ALTER TABLE public.events_2 ENABLE ROW LEVEL SECURITY, \
     FORCE ROW LEVEL SECURITY; DROP TABLE public.events_1; ALTER TABLE public.events ATTACH PARTITION public.events_2 FOR VALUES \
     WITH (MODULUS 2, REMAINDER 1)",
    "CREATE PUBLICATION codes FOR TABLE public.currencies",
    "ALTER TABLE public.invoice_lines ADD COLUMN event_id int, ADD FOREIGN KEY (org_id, event_id) REFERENCES public.events (org_id, id); \
     CREATE INDEX ON public.invoice_lines (org_id, event_id)",
];

#[tokio::test]
async fn changes_that_break_nothing_are_not_reported() {
    let built = Built::new().await;
    let mut session = built.admin().await;
    let mut wrong = String::new();
    for sql in CHANGES {
        let report = built.planted(&mut session, sql, &built.options).await;
        match report {
            Ok(report) if report.fails_on(Severity::Medium) => wrong += &format!("{sql}\n{}", told(&report)),
            Ok(_) => {}
            Err(why) => wrong += &format!("{sql}\n  not planted: {why}\n"),
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(CHANGES.len() >= 48, "{}", CHANGES.len());
}
