//! Views, functions, triggers, rules, publications, extensions: ways of their own to an organization table and to the keys.

use super::Fault;

pub(super) const FAULTS: &[Fault] = &[
    (
        "a view that says security_invoker = false",
        "CREATE VIEW public.v WITH (security_invoker = false) AS SELECT * FROM public.invoices",
        "D01",
    ),
    (
        "a barrier is no invoker",
        "CREATE VIEW public.v WITH (security_barrier = true) AS SELECT * FROM public.invoices",
        "D01",
    ),
    (
        "a view in another schema, granted",
        "CREATE SCHEMA reports; CREATE VIEW reports.v AS SELECT cents FROM public.invoices; GRANT SELECT ON reports.v TO {app}",
        "D01",
    ),
    (
        "three views deep",
        "CREATE VIEW public.a WITH (security_invoker = true) AS SELECT * FROM billing.parties; CREATE VIEW public.b WITH (security_invoker = true) AS SELECT * FROM public.a; CREATE VIEW public.c AS SELECT * FROM public.b",
        "D01",
    ),
    (
        "a recursive view",
        "CREATE RECURSIVE VIEW public.r (id) AS SELECT id FROM public.invoices UNION SELECT id FROM r",
        "D01",
    ),
    (
        "a view with the table in a sub-select",
        "CREATE VIEW public.v AS SELECT code, (SELECT sum(cents) FROM public.invoices i WHERE i.currency = c.code) AS total FROM public.currencies c",
        "D01",
    ),
    (
        "a view that was made an invoker and back",
        "CREATE VIEW public.v WITH (security_invoker = true) AS SELECT * FROM public.texts; ALTER VIEW public.v RESET (security_invoker)",
        "D01",
    ),
    (
        "a materialised view over an invoker view",
        "CREATE VIEW public.v WITH (security_invoker = true) AS SELECT * FROM public.invoices; CREATE MATERIALIZED VIEW public.m AS SELECT count(*) FROM public.v",
        "D02",
    ),
    (
        "an empty materialised view",
        "CREATE MATERIALIZED VIEW public.m AS SELECT * FROM public.events_1 WITH NO DATA",
        "D02",
    ),
    ("a view of the keys", "CREATE VIEW public.k AS SELECT kid, ipad FROM tenancy.key", "C13"),
    (
        "a view of the statistics",
        "CREATE VIEW public.s AS SELECT starelid, stavalues1::text AS seen FROM pg_catalog.pg_statistic; GRANT SELECT ON public.s TO {app}",
        "D01",
    ),
    ("a view of the passwords", "CREATE VIEW public.p AS SELECT rolname, rolpassword FROM pg_catalog.pg_authid", "D01"),
    // Functions
    (
        "a definer in PL/pgSQL",
        "CREATE FUNCTION public.f() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN (SELECT sum(cents) FROM public.invoices); END'",
        "D03",
    ),
    (
        "a definer procedure",
        "CREATE PROCEDURE public.p() LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'DELETE FROM public.invoices'",
        "D03",
    ),
    (
        "a definer granted to the service alone",
        "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT 1'; REVOKE ALL ON FUNCTION public.f() FROM PUBLIC; GRANT EXECUTE ON FUNCTION public.f() TO {app}",
        "D03",
    ),
    (
        "a definer with a parsed body",
        "CREATE FUNCTION public.f() RETURNS bigint LANGUAGE sql SECURITY DEFINER BEGIN ATOMIC SELECT count(*) FROM public.invoices; END",
        "D03",
    ),
    (
        "a definer without a path",
        "CREATE FUNCTION billing.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
        "D03 D04",
    ),
    (
        "a definer whose path is the caller's",
        "CREATE FUNCTION billing.f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = \"$user\", public AS 'SELECT 1'",
        "D03 D04",
    ),
    (
        "an aggregate runs a definer",
        "CREATE FUNCTION public.step(bigint, text) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT $1 + (SELECT sum(cents) FROM public.invoices)::bigint'; REVOKE ALL ON FUNCTION public.step(bigint, text) FROM PUBLIC; CREATE AGGREGATE public.total(text) (SFUNC = public.step, STYPE = bigint)",
        "D03",
    ),
    (
        "an operator runs a definer",
        "CREATE FUNCTION public.f(text, text) RETURNS bool LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT EXISTS (SELECT FROM public.invoices WHERE note = $1)'; CREATE OPERATOR public.?? (leftarg = text, rightarg = text, function = public.f)",
        "D03",
    ),
    (
        "a cast runs a definer",
        "CREATE TYPE public.wrapped AS (note text); CREATE FUNCTION public.f(public.wrapped) RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT 1'; CREATE CAST (public.wrapped AS int) WITH FUNCTION public.f(public.wrapped)",
        "D03",
    ),
    (
        "a leakproof function",
        "CREATE FUNCTION public.f(text) RETURNS bool LANGUAGE plpgsql IMMUTABLE LEAKPROOF COST 0.01 AS 'BEGIN RAISE NOTICE ''%'', $1; RETURN true; END'",
        "D05",
    ),
    ("one of the server's own is made leakproof", "ALTER FUNCTION pg_catalog.textlike(text, text) LEAKPROOF", "D05"),
    (
        "the server's own code under another name",
        "CREATE FUNCTION public.slurp(text) RETURNS text LANGUAGE internal STRICT AS 'pg_read_file_all'",
        "D10",
    ),
    (
        "a function that acts for an organization",
        "CREATE FUNCTION public.f() RETURNS bigint LANGUAGE sql SET tenancy.scope = 'x' AS 'SELECT count(*) FROM public.invoices'",
        "C12",
    ),
    (
        "a function with row security off",
        "CREATE FUNCTION public.f() RETURNS bigint LANGUAGE sql SET row_security = off AS 'SELECT count(*) FROM public.invoices'",
        "C12",
    ),
    // Triggers and rules
    (
        "a definer trigger on a partition",
        "CREATE FUNCTION public.t() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER t BEFORE INSERT ON public.events_0 FOR EACH ROW EXECUTE FUNCTION public.t()",
        "D07",
    ),
    (
        "a definer trigger of the shared table",
        "CREATE FUNCTION public.t() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'BEGIN UPDATE public.invoices SET currency = NEW.code; RETURN NEW; END'; CREATE TRIGGER t AFTER UPDATE ON public.currencies FOR EACH ROW EXECUTE FUNCTION public.t()",
        "D07",
    ),
    (
        "a definer trigger of a view",
        "CREATE VIEW public.v AS SELECT 1 AS one; CREATE FUNCTION public.t() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'BEGIN DELETE FROM public.invoices; RETURN NEW; END'; CREATE TRIGGER t INSTEAD OF INSERT ON public.v FOR EACH ROW EXECUTE FUNCTION public.t()",
        "D07",
    ),
    (
        "a trigger tells everybody",
        "CREATE FUNCTION public.t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_notify(''rows'', NEW.note); RETURN NEW; END'; CREATE TRIGGER t AFTER INSERT ON public.invoices FOR EACH ROW EXECUTE FUNCTION public.t()",
        "D07",
    ),
    (
        "a trigger writes the whole row",
        "CREATE FUNCTION public.t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW := jsonb_populate_record(NEW, ''{}''); RETURN NEW; END'; CREATE TRIGGER t BEFORE INSERT ON public.invoices FOR EACH ROW EXECUTE FUNCTION public.t()",
        "A08",
    ),
    (
        "a trigger of a partition writes the organization",
        "CREATE FUNCTION public.t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF true THEN NULL; ELSE NEW.org_id = NULL; END IF; RETURN NEW; END'; CREATE TRIGGER t BEFORE INSERT ON public.events_1 FOR EACH ROW EXECUTE FUNCTION public.t()",
        "A08",
    ),
    (
        "a trigger selects into the organization",
        "CREATE FUNCTION public.t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN SELECT gen_random_uuid() INTO STRICT NEW.\"org_id\"; RETURN NEW; END'; CREATE TRIGGER t BEFORE UPDATE ON public.invoices FOR EACH ROW EXECUTE FUNCTION public.t()",
        "A08",
    ),
    (
        "a module writes the column that it is told",
        "CREATE EXTENSION insert_username SCHEMA public; CREATE TRIGGER t BEFORE INSERT ON public.texts FOR EACH ROW EXECUTE FUNCTION public.insert_username(org_id)",
        "A08",
    ),
    (
        "the trigger that copies keys",
        "CREATE TABLE public.spy (kid text); CREATE FUNCTION public.t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.spy VALUES (NEW.kid); RETURN NEW; END'; CREATE TRIGGER t AFTER INSERT ON tenancy.key FOR EACH ROW EXECUTE FUNCTION public.t()",
        "C13",
    ),
    ("a rule on an organization table", "CREATE RULE keep AS ON DELETE TO public.invoices DO INSTEAD NOTHING", "D06"),
    (
        "a rule of the shared table writes an organization table",
        "CREATE RULE spread AS ON INSERT TO public.currencies DO ALSO UPDATE public.invoices SET currency = NEW.code",
        "D06",
    ),
    (
        "a rule of a view writes an organization table",
        "CREATE VIEW public.v AS SELECT 1 AS one; CREATE RULE through AS ON INSERT TO public.v DO INSTEAD DELETE FROM billing.parties",
        "D01 D06",
    ),
    (
        "a rule reads the keys",
        "CREATE RULE peek AS ON INSERT TO public.currencies DO ALSO SELECT * FROM tenancy.key",
        "D06",
    ),
    (
        "an event trigger",
        "CREATE FUNCTION public.ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN EXECUTE ''ALTER TABLE public.invoices DISABLE ROW LEVEL SECURITY''; END'; CREATE EVENT TRIGGER ddl ON ddl_command_end EXECUTE FUNCTION public.ddl()",
        "D11",
    ),
    (
        "an event trigger whose function is the service's",
        "CREATE FUNCTION public.ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER ddl ON ddl_command_end EXECUTE FUNCTION public.ddl(); ALTER FUNCTION public.ddl() OWNER TO {app}",
        "C03 D11",
    ),
    // Out of the database
    (
        "published with a filter that is always true",
        "CREATE PUBLICATION out FOR TABLE public.invoices WHERE (true)",
        "D08",
    ),
    (
        "published with a filter of something else",
        "CREATE PUBLICATION out FOR TABLE public.invoices WHERE (id IS NOT NULL)",
        "D08",
    ),
    ("a partition is published", "CREATE PUBLICATION out FOR TABLE public.events_0", "D08"),
    ("some columns are published", "CREATE PUBLICATION out FOR TABLE public.invoices (org_id, id)", "D08"),
    ("the keys are published", "CREATE PUBLICATION out FOR TABLE tenancy.key", "C13"),
    ("the schema of the keys is published", "CREATE PUBLICATION out FOR TABLES IN SCHEMA tenancy", "C13"),
    ("file_fdw", "CREATE EXTENSION file_fdw SCHEMA public", "D10"),
    ("pages are looked into", "CREATE EXTENSION pageinspect SCHEMA public", "D10"),
    ("adminpack", "CREATE EXTENSION adminpack SCHEMA pg_catalog", "D10"),
    (
        "a subscription fills an organization table",
        "CREATE SUBSCRIPTION sub CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE); INSERT INTO pg_catalog.pg_subscription_rel SELECT oid, 'public.invoices'::regclass, 'r', NULL FROM pg_catalog.pg_subscription",
        "D12",
    ),
    (
        "a generated column calls a function that reads",
        "CREATE FUNCTION public.f(bigint) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN (SELECT max(note) FROM public.invoices); END'; ALTER TABLE public.invoices ADD COLUMN peek text GENERATED ALWAYS AS (public.f(cents)) STORED",
        "D13",
    ),
    (
        "a constraint of a partition calls a function that reads",
        "CREATE FUNCTION public.f(int) RETURNS bool LANGUAGE plpgsql AS 'BEGIN PERFORM 1 FROM public.invoices; RETURN true; END'; ALTER TABLE public.events_0 ADD CHECK (public.f(id))",
        "D13",
    ),
];
