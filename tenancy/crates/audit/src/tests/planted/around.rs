//! What stands around the wall: owners, names, the server's own objects, extensions, the keys' table, code that others run.

use super::Fault;

pub(super) const FAULTS: &[Fault] = &[
    // Owners
    (
        "a shared table is a stranger's",
        "CREATE ROLE l_{db} LOGIN; ALTER TABLE public.currencies OWNER TO l_{db}",
        "G01",
    ),
    (
        "a platform table is a stranger's",
        "CREATE ROLE l_{db} LOGIN; ALTER TABLE public.operators OWNER TO l_{db}",
        "G01",
    ),
    (
        "a shared table belongs to a role that cannot log in",
        "CREATE ROLE g_{db}; ALTER TABLE public.currencies OWNER TO g_{db}",
        "G01",
    ),
    (
        "a domain of a column is a stranger's, in a schema of its own",
        "CREATE ROLE l_{db} LOGIN; CREATE SCHEMA kinds; CREATE DOMAIN kinds.note AS text; ALTER TABLE public.invoices ALTER note TYPE kinds.note; ALTER DOMAIN kinds.note OWNER TO l_{db}",
        "G01",
    ),
    (
        "an enum beside the tables is a stranger's",
        "CREATE ROLE l_{db} LOGIN; CREATE TYPE public.mood AS ENUM ('good'); ALTER TYPE public.mood OWNER TO l_{db}",
        "G01",
    ),
    (
        "a view beside the tables is a stranger's",
        "CREATE ROLE l_{db} LOGIN; CREATE VIEW public.codes WITH (security_invoker = true) AS SELECT code FROM public.currencies; ALTER VIEW public.codes OWNER TO l_{db}",
        "G01",
    ),
    (
        "a trigger's function is a stranger's, in a schema of its own",
        "CREATE ROLE l_{db} LOGIN; CREATE SCHEMA tools; CREATE FUNCTION tools.t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; ALTER FUNCTION tools.t() OWNER TO l_{db}; CREATE TRIGGER t BEFORE UPDATE ON public.invoices FOR EACH ROW EXECUTE FUNCTION tools.t()",
        "G01",
    ),
    (
        "a check's function is a stranger's",
        "CREATE ROLE l_{db} LOGIN; CREATE SCHEMA tools; CREATE FUNCTION tools.f(bigint) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT $1 > 0'; ALTER FUNCTION tools.f(bigint) OWNER TO l_{db}; ALTER TABLE public.invoices ADD CHECK (tools.f(cents)) ",
        "G01",
    ),
    (
        "a default's function is a stranger's",
        "CREATE ROLE l_{db} LOGIN; CREATE SCHEMA tools; CREATE FUNCTION tools.f() RETURNS text LANGUAGE sql AS 'SELECT ''x''::text'; ALTER FUNCTION tools.f() OWNER TO l_{db}; ALTER TABLE public.invoices ALTER note SET DEFAULT tools.f()",
        "G01",
    ),
    (
        "a sequence of an organization table is a stranger's",
        "CREATE ROLE l_{db} LOGIN; CREATE SEQUENCE billing.numbers; ALTER TABLE billing.parties ALTER id SET DEFAULT nextval('billing.numbers'); ALTER SEQUENCE billing.numbers OWNER TO l_{db}",
        "G01",
    ),
    ("a schema of tables is a stranger's", "CREATE ROLE l_{db} LOGIN; ALTER SCHEMA public OWNER TO l_{db}", "C14 G01"),
    (
        "an operator beside the tables is a stranger's",
        "CREATE ROLE l_{db} LOGIN; CREATE FUNCTION public.f(uuid, uuid) RETURNS bool LANGUAGE sql AS 'SELECT true'; CREATE OPERATOR public.=== (leftarg = uuid, rightarg = uuid, function = public.f); ALTER OPERATOR public.=== (uuid, uuid) OWNER TO l_{db}",
        "G01",
    ),
    // Who may make, and what names mean
    ("a login may make schemas", "CREATE ROLE l_{db} LOGIN; GRANT CREATE ON DATABASE {db} TO l_{db}", "C08"),
    ("a schema with the name of the service's role", "CREATE SCHEMA {app}; CREATE TABLE {app}.plans (id int)", "G02"),
    (
        "a stranger's schema with the name of the service's role answers for a shared table",
        "CREATE ROLE l_{db} LOGIN; CREATE SCHEMA {app} AUTHORIZATION l_{db}; CREATE VIEW {app}.currencies AS SELECT 'x'::text AS code; ALTER VIEW {app}.currencies OWNER TO l_{db}",
        "G01 G02",
    ),
    (
        "a path begins with a stranger's schema",
        "CREATE ROLE l_{db} LOGIN; CREATE SCHEMA fast AUTHORIZATION l_{db}; ALTER DATABASE {db} SET search_path = fast, public",
        "C12 G01 G02",
    ),
    (
        "everybody may create in a schema of the path",
        "CREATE SCHEMA fast; CREATE ROLE l_{db} LOGIN; GRANT CREATE ON SCHEMA fast TO l_{db}; ALTER ROLE {app} SET search_path = public, fast",
        "C12 G02",
    ),
    ("the path finds no table", "ALTER ROLE {app} SET search_path = billing", "C12 G02"),
    (
        "a superuser's path leads through a stranger's schema",
        "CREATE ROLE l_{db} LOGIN; CREATE SCHEMA fast AUTHORIZATION l_{db}; CREATE ROLE s_{db} SUPERUSER; ALTER ROLE s_{db} SET search_path = fast, public",
        "G02",
    ),
    (
        "a function has a name of the server's own and fits better",
        "CREATE FUNCTION public.lower(varchar) RETURNS text LANGUAGE sql AS 'SELECT $1::text'",
        "G02",
    ),
    (
        "an operator has a name of the server's own and fits better",
        "CREATE FUNCTION public.f(varchar, varchar) RETURNS bool LANGUAGE sql AS 'SELECT true'; CREATE OPERATOR public.= (leftarg = varchar, rightarg = varchar, function = public.f)",
        "G02",
    ),
    (
        "CREATE on the server's own schema",
        "CREATE ROLE l_{db} LOGIN; GRANT CREATE ON SCHEMA pg_catalog TO l_{db}",
        "C07",
    ),
    ("the service may create in the information schema", "GRANT CREATE ON SCHEMA information_schema TO {app}", "C07"),
    // Odd places
    (
        "a function in the information schema",
        "CREATE FUNCTION information_schema.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "G03",
    ),
    (
        "a view in the information schema",
        "CREATE VIEW information_schema.rows AS SELECT * FROM public.invoices; GRANT SELECT ON information_schema.rows TO PUBLIC",
        "G03",
    ),
    ("a domain among the server's own", "CREATE DOMAIN pg_catalog.money2 AS int", "G03"),
    (
        "what says the time of a token is another",
        "CREATE OR REPLACE FUNCTION pg_catalog.date_part(text, timestamptz) RETURNS float8 LANGUAGE sql STABLE STRICT PARALLEL SAFE AS 'SELECT 0::float8'",
        "B13 G03",
    ),
    (
        "what compares times is another",
        "CREATE OR REPLACE FUNCTION pg_catalog.timestamptz_gt(timestamptz, timestamptz) RETURNS bool LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'SELECT true'",
        "B13 D05 G03",
    ),
    (
        "a function of the server's own has another's code",
        "CREATE OR REPLACE FUNCTION pg_catalog.textne(text, text) RETURNS bool LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'texteq'",
        "D05 G03",
    ),
    (
        "what sets the costs of a plan is another",
        "CREATE OR REPLACE FUNCTION pg_catalog.set_config(setting_name text, new_value text, is_local bool) RETURNS text LANGUAGE sql AS 'SELECT $2'",
        "B13 G03",
    ),
    ("a cast of the server's own types", "CREATE CAST (text AS float8) WITH INOUT AS IMPLICIT", "G03"),
    (
        "an operator family of the server's own has one more",
        "CREATE FUNCTION public.f(uuid, text) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT true'; CREATE OPERATOR public.=== (leftarg = uuid, rightarg = text, function = public.f); ALTER OPERATOR FAMILY uuid_ops USING hash ADD OPERATOR 1 public.=== (uuid, text)",
        "G03",
    ),
    ("a language that is trusted", "CREATE TRUSTED LANGUAGE other HANDLER pg_catalog.plpgsql_call_handler", "D10"),
    ("the extension that tells of changes", "CREATE EXTENSION tcn SCHEMA public", "D10"),
    (
        "changes of an organization table are told to everybody",
        "CREATE EXTENSION tcn SCHEMA public; CREATE TRIGGER t AFTER UPDATE ON public.invoices FOR EACH ROW EXECUTE FUNCTION public.triggered_change_notification()",
        "D07 D10",
    ),
    (
        "a toast table is granted",
        "DO $$ BEGIN EXECUTE format('GRANT SELECT ON %s TO {app}', (SELECT reltoastrelid::regclass FROM pg_catalog.pg_class WHERE oid = 'public.invoices'::regclass)); END $$",
        "G03",
    ),
    ("a view of the server's own loses its barrier", "ALTER VIEW pg_catalog.pg_stats RESET (security_barrier)", "G03"),
    (
        "an index compares by an operator class of a user",
        "CREATE OPERATOR CLASS public.odd FOR TYPE int8 USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint8cmp(int8, int8); CREATE INDEX i ON public.invoices (org_id, cents public.odd)",
        "E11",
    ),
    // The wall's own
    ("the keys are not logged", "ALTER TABLE tenancy.key SET UNLOGGED", "G04"),
    ("two keys may bear one id", "ALTER TABLE tenancy.key DROP CONSTRAINT key_pkey", "G04"),
    (
        "the primary key of the keys is checked late",
        "ALTER TABLE tenancy.key DROP CONSTRAINT key_pkey, ADD CONSTRAINT key_pkey PRIMARY KEY (kid) DEFERRABLE",
        "G04",
    ),
    ("the verifier has another cost", "ALTER FUNCTION tenancy.may_plan() COST 1", "B13"),
    (
        "a support function may put something in the verifier's place",
        "ALTER FUNCTION tenancy.org() SUPPORT pg_catalog.generate_series_int4_support",
        "B13",
    ),
    ("the verifier is strict", "ALTER FUNCTION tenancy.org_rw() STRICT", "B13"),
    ("a check of the keys", "ALTER TABLE tenancy.key ADD CHECK (kid <> '')", "G04"),
    ("an index of the keys", "CREATE INDEX i ON tenancy.key (created_at)", "G04"),
    (
        "a check of the keys calls a function",
        "CREATE FUNCTION public.f(bytea) RETURNS bool LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RAISE LOG ''%'', $1; RETURN true; END'; ALTER TABLE tenancy.key ADD CHECK (public.f(ipad))",
        "G04",
    ),
    ("a column of the keys has a default", "ALTER TABLE tenancy.key ALTER not_after SET DEFAULT 'infinity'", "G04"),
    ("one more column of the keys", "ALTER TABLE tenancy.key ADD COLUMN extra text", "G04"),
    ("statistics of the keys", "CREATE STATISTICS tenancy.s ON kid, created_at FROM tenancy.key", "G04"),
    ("a table beside the keys", "CREATE TABLE tenancy.notes (id int)", "C13 G04"),
    (
        "a function beside the verifier",
        "CREATE FUNCTION tenancy.helper() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "G04",
    ),
    ("a type beside the keys", "CREATE TYPE tenancy.mood AS ENUM ('good')", "G04"),
    (
        "a definer of the keys' owner for another login",
        "CREATE ROLE l_{db} LOGIN; CREATE FUNCTION public.f() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT 1::bigint'; REVOKE ALL ON FUNCTION public.f() FROM PUBLIC; GRANT EXECUTE ON FUNCTION public.f() TO l_{db}; GRANT CREATE ON SCHEMA public TO {owner}; ALTER FUNCTION public.f() OWNER TO {owner}",
        "G04 G07",
    ),
    (
        "a copy of the keys under other names",
        "CREATE TABLE public.config AS SELECT kid AS name, ipad AS a, opad AS b FROM tenancy.key; CREATE FUNCTION public.f() RETURNS bytea LANGUAGE sql AS 'SELECT ipad FROM tenancy.key'",
        "G05",
    ),
    (
        "a function reads the token",
        "CREATE FUNCTION public.f() RETURNS text LANGUAGE sql AS 'SELECT current_setting(''tenancy.scope'')'",
        "G05",
    ),
    (
        "a default keeps the token",
        "ALTER TABLE public.invoices ALTER note SET DEFAULT current_setting('tenancy.scope', true)",
        "G05",
    ),
    ("the schema of the verifier is shut", "REVOKE USAGE ON SCHEMA tenancy FROM {app}", "G04"),
    ("the keys are shut to the verifier", "REVOKE SELECT ON tenancy.key FROM {owner}", "G04"),
    // Policies
    (
        "a restrictive policy calls an operator of a user",
        "CREATE FUNCTION public.f(text, text) RETURNS bool LANGUAGE plpgsql COST 0.1 AS 'BEGIN RAISE NOTICE ''%'', $1; RETURN true; END'; CREATE OPERATOR public.=== (leftarg = text, rightarg = text, function = public.f); CREATE POLICY p ON public.invoices AS RESTRICTIVE TO {app} USING (note OPERATOR(public.===) 'x')",
        "G06",
    ),
    (
        "a restrictive policy casts to a domain",
        "CREATE FUNCTION public.f(text) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RAISE NOTICE ''%'', $1; RETURN true; END'; CREATE DOMAIN public.told AS text CHECK (public.f(VALUE)); CREATE POLICY p ON public.invoices AS RESTRICTIVE TO {app} USING (note::public.told IS NOT NULL)",
        "G06",
    ),
    (
        "a restrictive policy casts text to a number, and the error tells it",
        "CREATE POLICY p ON public.invoices AS RESTRICTIVE TO {app} USING (note::int > 0)",
        "G06",
    ),
    (
        "a restrictive policy keeps a setting",
        "CREATE POLICY p ON public.invoices AS RESTRICTIVE TO {app} USING (set_config('told.note', note, false) IS NOT NULL)",
        "G06",
    ),
    (
        "a restrictive policy writes large objects",
        "CREATE POLICY p ON public.invoices AS RESTRICTIVE TO {app} USING (lo_from_bytea(0, convert_to(note, 'UTF8')) > 0)",
        "G06",
    ),
    (
        "the policy of a shared table calls a function",
        "CREATE FUNCTION public.f(text) RETURNS bool LANGUAGE sql AS 'SELECT true'; ALTER TABLE public.currencies ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON public.currencies USING (public.f(code))",
        "G06",
    ),
    // Other logins
    (
        "a definer for another login",
        "CREATE ROLE l_{db} LOGIN; CREATE FUNCTION public.f() RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT string_agg(note, '''') FROM public.invoices'; REVOKE ALL ON FUNCTION public.f() FROM PUBLIC; GRANT EXECUTE ON FUNCTION public.f() TO l_{db}",
        "G07",
    ),
    (
        "a view of a platform table for the service",
        "CREATE VIEW public.staff AS SELECT id FROM public.operators; GRANT SELECT ON public.staff TO {app}",
        "G07",
    ),
    (
        "a view of a platform table for another login",
        "CREATE ROLE l_{db} LOGIN; CREATE VIEW public.staff AS SELECT id FROM public.operators; GRANT SELECT ON public.staff TO l_{db}",
        "G07",
    ),
    (
        "a view of the subscriptions' passwords",
        "CREATE ROLE l_{db} LOGIN; CREATE VIEW public.subs AS SELECT subname, subconninfo FROM pg_catalog.pg_subscription; GRANT SELECT ON public.subs TO l_{db}",
        "G07",
    ),
    (
        "a view of an undeclared table for the service",
        "CREATE TABLE public.secrets (t text); CREATE VIEW public.s AS SELECT * FROM public.secrets; GRANT SELECT ON public.s TO {app}",
        "G07",
    ),
    ("passwords to another login", "CREATE ROLE l_{db} LOGIN; GRANT SELECT ON pg_catalog.pg_authid TO l_{db}", "G07"),
    (
        "files to another login",
        "CREATE ROLE l_{db} LOGIN; GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_file(text) TO l_{db}",
        "G07",
    ),
    (
        "catalogs may be written by another login",
        "CREATE ROLE l_{db} LOGIN; GRANT UPDATE ON pg_catalog.pg_class TO l_{db}",
        "G07",
    ),
    (
        "a platform table to another login",
        "CREATE ROLE l_{db} LOGIN; GRANT SELECT ON public.operators TO l_{db}",
        "C10",
    ),
    (
        "a shared table may be written by another login",
        "CREATE ROLE l_{db} LOGIN; GRANT UPDATE ON public.currencies TO l_{db}",
        "C10",
    ),
    ("the service looks at who locks which rows", "CREATE EXTENSION pgrowlocks SCHEMA public", "D10"),
    (
        "the service looks at the pages of tables",
        "CREATE EXTENSION pgstattuple SCHEMA public; GRANT EXECUTE ON FUNCTION public.pgstattuple(regclass) TO {app}",
        "D10",
    ),
    // Triggers, checks, computed values
    (
        "a trigger keeps a value in the session, which the next organization gets",
        "CREATE FUNCTION public.t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM set_config(''app.last'', NEW.note, false); RETURN NEW; END'; CREATE TRIGGER t BEFORE INSERT ON public.invoices FOR EACH ROW EXECUTE FUNCTION public.t()",
        "D07",
    ),
    (
        "a trigger writes large objects",
        "CREATE FUNCTION public.t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM lo_from_bytea(0, convert_to(NEW.note, ''UTF8'')); RETURN NEW; END'; CREATE TRIGGER t BEFORE INSERT ON public.invoices FOR EACH ROW EXECUTE FUNCTION public.t()",
        "D07",
    ),
    (
        "a trigger puts a value into a sequence",
        "CREATE FUNCTION public.t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM setval(''public.told'', NEW.cents); RETURN NEW; END'; CREATE TRIGGER t BEFORE INSERT ON public.invoices FOR EACH ROW EXECUTE FUNCTION public.t()",
        "D07",
    ),
    (
        "a trigger returns another record",
        "CREATE FUNCTION public.t() RETURNS trigger LANGUAGE plpgsql AS 'DECLARE r public.invoices; BEGIN r := NEW; r.org_id := gen_random_uuid(); RETURN r; END'; CREATE TRIGGER t BEFORE INSERT ON public.invoices FOR EACH ROW EXECUTE FUNCTION public.t()",
        "A08",
    ),
    (
        "a domain's check reads a table",
        "CREATE FUNCTION public.f(text) RETURNS bool LANGUAGE sql STABLE AS 'SELECT $1 IS NULL OR EXISTS (SELECT FROM public.currencies WHERE code = $1)'; CREATE DOMAIN public.known AS text CHECK (public.f(VALUE)); ALTER TABLE public.invoices ALTER note TYPE public.known",
        "D13",
    ),
    (
        "extended statistics call a function that reads",
        "CREATE FUNCTION public.f(bigint) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN (SELECT max(note) FROM public.invoices); END'; CREATE STATISTICS public.s ON cents, (public.f(cents)) FROM public.invoices",
        "D13",
    ),
    (
        "an index calls a function that calls one that reads",
        "CREATE FUNCTION public.inner_f(bigint) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN (SELECT max(code) FROM public.currencies); END'; CREATE FUNCTION public.outer_f(bigint) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN public.inner_f($1); END'; CREATE INDEX i ON public.invoices (org_id, public.outer_f(cents))",
        "D13",
    ),
    (
        "a check runs SQL by the server's own function",
        "ALTER TABLE public.invoices ADD CHECK (query_to_xml('SELECT 1', true, true, '') IS NOT NULL)",
        "D13",
    ),
    ("a rule of a shared table", "CREATE RULE r AS ON INSERT TO public.currencies DO ALSO NOTIFY rows", "D06"),
    (
        "an event trigger that opens the wall",
        "CREATE FUNCTION public.e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN EXECUTE ''ALTER TABLE public.invoices NO FORCE ROW LEVEL SECURITY''; END'; CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION public.e()",
        "D11",
    ),
    // Drift
    ("an enum becomes text", "ALTER TABLE public.invoices ALTER cents TYPE text", "A09"),
    (
        "a column that every insert has to fill",
        "ALTER TABLE public.texts ADD COLUMN extra int NOT NULL DEFAULT 1; ALTER TABLE public.texts ALTER extra DROP DEFAULT",
        "A09",
    ),
    (
        "the organization column is renamed",
        "ALTER TABLE public.invoices RENAME org_id TO tenant_id",
        "A06 A09 B05 E01 E02 E14",
    ),
    // Settings
    ("plans are logged", "ALTER ROLE {app} SET debug_print_plan = on", "F02"),
    ("parse trees are logged", "ALTER DATABASE {db} SET debug_print_parse = on", "F02"),
    ("rewritten trees are logged by the server", "SET LOCAL debug_print_rewritten = on", "F02"),
    ("`= NULL` finds rows", "ALTER ROLE {app} SET transform_null_equals = on", "C12"),
    ("the service set something for itself", "ALTER ROLE {app} SET vacuum_cost_delay = 1", "C12"),
];
