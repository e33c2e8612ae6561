//! Policies, row-level security itself, and the verifier.

use super::Fault;

pub(super) const FAULTS: &[Fault] = &[
    // Policies
    (
        "deleted rows are shown to all",
        "ALTER POLICY tenancy ON public.invoices USING (org_id = (SELECT tenancy.org()) OR note = 'public')",
        "B05",
    ),
    (
        "a missing scope shows everything",
        "ALTER POLICY tenancy ON public.invoices USING (org_id = coalesce(nullif(current_setting('tenancy.org', true), '')::uuid, org_id))",
        "B05 B08",
    ),
    (
        "NULL lets through",
        "ALTER POLICY tenancy ON public.invoices USING ((tenancy.may_plan() AND (true, org_id) = (SELECT true, tenancy.org())) IS NOT FALSE)",
        "B05",
    ),
    (
        "a setting instead of the verifier",
        "ALTER POLICY tenancy ON public.invoices USING (org_id = (SELECT current_setting('app.org')::uuid))",
        "B05",
    ),
    ("not equal", "ALTER POLICY tenancy ON public.invoices USING (org_id <> (SELECT tenancy.org()))", "B05"),
    ("at least", "ALTER POLICY tenancy ON public.invoices USING (org_id >= (SELECT tenancy.org()))", "B05"),
    (
        "only the beginning of the organization",
        "ALTER POLICY tenancy ON public.invoices USING (left(org_id::text, 8) = left((SELECT tenancy.org())::text, 8))",
        "B05",
    ),
    (
        "another column than the organization",
        "ALTER POLICY tenancy ON public.invoices USING (id = (SELECT tenancy.org()))",
        "B05",
    ),
    (
        "a CASE that is true for one user",
        "ALTER POLICY tenancy ON public.invoices USING (CASE WHEN current_user = 'x' THEN true ELSE org_id = (SELECT tenancy.org()) END)",
        "B05",
    ),
    (
        "everything for members of a role",
        "ALTER POLICY tenancy ON public.invoices USING (org_id = (SELECT tenancy.org()) OR pg_has_role('{owner}', 'MEMBER'))",
        "B05",
    ),
    (
        "reading asks for write access",
        "ALTER POLICY tenancy ON public.invoices USING (tenancy.may_plan() AND (true, org_id) = (SELECT true, tenancy.org_rw()))",
        "B05",
    ),
    (
        "writing asks for nothing more than reading",
        "ALTER POLICY tenancy ON billing.parties WITH CHECK (company = (SELECT tenancy.org()))",
        "B05",
    ),
    (
        "a user's operator",
        "CREATE FUNCTION public.always(uuid, uuid) RETURNS bool LANGUAGE sql AS 'SELECT true'; CREATE OPERATOR public.=== (leftarg = uuid, rightarg = uuid, function = public.always); ALTER POLICY tenancy ON public.invoices USING (org_id OPERATOR(public.===) (SELECT tenancy.org()))",
        "B05",
    ),
    (
        "an operator with the right name",
        "CREATE FUNCTION public.always(uuid, uuid) RETURNS bool LANGUAGE sql STABLE PARALLEL SAFE AS 'SELECT true'; CREATE OPERATOR public.= (leftarg = uuid, rightarg = uuid, function = public.always); ALTER POLICY tenancy ON public.invoices USING (org_id OPERATOR(public.=) (SELECT tenancy.org()))",
        "B05 G02",
    ),
    (
        "a namesake of the verifier",
        "CREATE FUNCTION public.org() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS 'SELECT NULL::uuid'; ALTER POLICY tenancy ON public.invoices USING (org_id = (SELECT public.org()))",
        "B05",
    ),
    (
        "a wrapper of the verifier",
        "CREATE FUNCTION public.mine() RETURNS uuid LANGUAGE sql VOLATILE AS 'SELECT tenancy.org()'; ALTER POLICY tenancy ON public.invoices USING (org_id = (SELECT public.mine()))",
        "B05 B10",
    ),
    (
        "an immutable wrapper",
        "CREATE FUNCTION public.mine() RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT tenancy.org()'; ALTER POLICY tenancy ON public.blobs USING (org_id = uuid_send((SELECT public.mine())))",
        "B05 B09",
    ),
    (
        "a definer in the policy without a path",
        "CREATE FUNCTION public.mine() RETURNS uuid LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER AS 'BEGIN RETURN NULL; END'; REVOKE ALL ON FUNCTION public.mine() FROM PUBLIC; ALTER POLICY tenancy ON public.invoices USING (org_id = (SELECT public.mine()))",
        "B05 B11 D04",
    ),
    (
        "a table of members decides",
        "CREATE TABLE public.members (name text, o uuid); ALTER POLICY tenancy ON public.invoices USING (org_id IN (SELECT o FROM public.members WHERE name = current_user))",
        "B05 B12",
    ),
    (
        "a second policy for reading",
        "CREATE POLICY support ON public.invoices FOR SELECT TO {app} USING (note IS NOT NULL)",
        "B04 B05",
    ),
    (
        "a second policy for inserting",
        "CREATE POLICY imports ON public.invoices FOR INSERT TO {app} WITH CHECK (cents = 0)",
        "B04 B05",
    ),
    (
        "a second policy for updating",
        "CREATE POLICY repair ON public.invoices FOR UPDATE TO {app} USING (tenancy.may_plan() AND (true, org_id) = (SELECT true, tenancy.org())) WITH CHECK (cents > 0)",
        "B04 B05",
    ),
    (
        "a second policy for deleting",
        "CREATE POLICY purge ON public.invoices FOR DELETE TO {app} USING (cents = 0)",
        "B04 B05",
    ),
    (
        "a policy for a role that the service can take",
        "CREATE ROLE g_{db}; GRANT g_{db} TO {app}; CREATE POLICY wide ON public.invoices FOR SELECT TO g_{db} USING (cents IS NOT NULL)",
        "B04 B05 B06",
    ),
    (
        "a policy for a stranger",
        "CREATE ROLE g_{db}; CREATE POLICY wide ON public.invoices FOR SELECT TO g_{db} USING (cents > 0)",
        "B06",
    ),
    (
        "a stranger with a policy and a grant",
        "CREATE ROLE g_{db} LOGIN; GRANT SELECT ON public.invoices TO g_{db}; CREATE POLICY wide ON public.invoices FOR SELECT TO g_{db} USING (true)",
        "B06 B07 C10",
    ),
    (
        "the policy is for a stranger too",
        "CREATE ROLE g_{db}; ALTER POLICY tenancy ON public.invoices TO {app}, g_{db}",
        "B06",
    ),
    (
        "the policy is for a stranger instead",
        "CREATE ROLE g_{db}; ALTER POLICY tenancy ON public.invoices TO g_{db}",
        "B03 B06",
    ),
    (
        "the guard of DELETE is for a stranger",
        "CREATE ROLE g_{db}; ALTER POLICY tenancy_delete ON public.invoices TO g_{db}",
        "B05",
    ),
    (
        "the guard of DELETE asks for reading",
        "ALTER POLICY tenancy_delete ON public.invoices USING (tenancy.may_plan() AND (true, org_id) = (SELECT true, tenancy.org()))",
        "B05",
    ),
    (
        "the guard of DELETE is permissive",
        "DROP POLICY tenancy_delete ON public.invoices; CREATE POLICY tenancy_delete ON public.invoices FOR DELETE TO {app} USING (tenancy.may_plan() AND (true, org_id) = (SELECT true, tenancy.org_rw()))",
        "B04 B05",
    ),
    (
        "the policy is restrictive",
        "DROP POLICY tenancy ON public.invoices; CREATE POLICY tenancy ON public.invoices AS RESTRICTIVE TO {app} USING (tenancy.may_plan() AND (true, org_id) = (SELECT true, tenancy.org()))",
        "B03 B14",
    ),
    (
        "the policy is for reading only",
        "DROP POLICY tenancy ON public.invoices; CREATE POLICY tenancy ON public.invoices FOR SELECT TO {app} USING (tenancy.may_plan() AND (true, org_id) = (SELECT true, tenancy.org()))",
        "B03",
    ),
    (
        "split by command, one of them open",
        "DROP POLICY tenancy ON public.invoices; CREATE POLICY r ON public.invoices FOR SELECT TO {app} USING (tenancy.may_plan() AND (true, org_id) = (SELECT true, tenancy.org())); CREATE POLICY a ON public.invoices FOR INSERT TO {app} WITH CHECK (org_id IS NOT NULL); CREATE POLICY w ON public.invoices FOR UPDATE TO {app} USING (tenancy.may_plan() AND (true, org_id) = (SELECT true, tenancy.org())) WITH CHECK (tenancy.may_plan() AND (true, org_id) = (SELECT true, tenancy.org_rw())); CREATE POLICY d ON public.invoices FOR DELETE TO {app} USING (tenancy.may_plan() AND (true, org_id) = (SELECT true, tenancy.org_rw()))",
        "B05",
    ),
    (
        "split by command, an update checks what it reads",
        "DROP POLICY tenancy ON public.invoices; CREATE POLICY r ON public.invoices FOR SELECT TO {app} USING (tenancy.may_plan() AND (true, org_id) = (SELECT true, tenancy.org())); CREATE POLICY a ON public.invoices FOR INSERT TO {app} WITH CHECK (tenancy.may_plan() AND (true, org_id) = (SELECT true, tenancy.org_rw())); CREATE POLICY w ON public.invoices FOR UPDATE TO {app} USING (tenancy.may_plan() AND (true, org_id) = (SELECT true, tenancy.org())); CREATE POLICY d ON public.invoices FOR DELETE TO {app} USING (tenancy.may_plan() AND (true, org_id) = (SELECT true, tenancy.org_rw()))",
        "B05",
    ),
    ("true, however it is written", "ALTER POLICY tenancy ON public.invoices USING (NOT false)", "B05"),
    ("a comparison that always holds", "ALTER POLICY tenancy ON public.invoices USING (id = id)", "B05 B07"),
    (
        "a restrictive policy peeks",
        "CREATE FUNCTION public.peek(text) RETURNS bool LANGUAGE plpgsql STABLE PARALLEL SAFE COST 0.1 AS 'BEGIN RAISE NOTICE ''%'', $1; RETURN true; END'; CREATE POLICY peek ON public.invoices AS RESTRICTIVE TO {app} USING (public.peek(note))",
        "B05 G06",
    ),
    (
        "a policy for the owner of the wall",
        "CREATE POLICY wide ON public.invoices FOR SELECT TO {owner} USING (true)",
        "B06 B07",
    ),
    ("a policy on a partition", "CREATE POLICY more ON public.events_0 FOR SELECT TO {app} USING (id > 0)", "B05"),
    (
        "no policy is left",
        "DROP POLICY tenancy ON billing.parties; DROP POLICY tenancy_delete ON billing.parties",
        "B03 B05",
    ),
    // Row-level security
    (
        "off on every table",
        "ALTER TABLE public.invoices DISABLE ROW LEVEL SECURITY; ALTER TABLE billing.parties DISABLE ROW LEVEL SECURITY; ALTER TABLE public.blobs DISABLE ROW LEVEL SECURITY",
        "B01",
    ),
    ("off on a partitioned table only", "ALTER TABLE public.events DISABLE ROW LEVEL SECURITY", "B01"),
    ("off on a partition only", "ALTER TABLE public.events_0 DISABLE ROW LEVEL SECURITY", "E09"),
    ("not forced on a partition", "ALTER TABLE public.events_1 NO FORCE ROW LEVEL SECURITY", "E09"),
    (
        "a table comes back without its wall",
        "DROP TABLE public.texts; CREATE TABLE public.texts (org_id varchar(36) NOT NULL, id int NOT NULL, PRIMARY KEY (org_id, id)); GRANT SELECT, INSERT ON public.texts TO {app}",
        "B01 B02",
    ),
    (
        "a partition of a partition",
        "CREATE TABLE public.events_2 (org_id uuid NOT NULL, id int NOT NULL) PARTITION BY RANGE (id); CREATE TABLE public.events_2_a PARTITION OF public.events_2 DEFAULT; DROP TABLE public.events_1; ALTER TABLE public.events ATTACH PARTITION public.events_2 FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
        "E09",
    ),
    (
        "a foreign table hangs below",
        "CREATE EXTENSION file_fdw SCHEMA public; CREATE SERVER files FOREIGN DATA WRAPPER file_fdw; CREATE FOREIGN TABLE public.archive () INHERITS (public.invoices) SERVER files OPTIONS (filename '/dev/null')",
        "D10 E09",
    ),
    // The verifier
    (
        "its body believes the setting",
        "CREATE OR REPLACE FUNCTION tenancy.org_rw() RETURNS uuid LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN split_part(current_setting(''tenancy.scope''), ''|'', 1)::uuid; END'",
        "B13",
    ),
    (
        "written in SQL",
        "CREATE OR REPLACE FUNCTION tenancy.org() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT NULL::uuid'",
        "B13",
    ),
    ("LEAKPROOF", "ALTER FUNCTION tenancy.org() LEAKPROOF", "B13 D05"),
    ("with a setting of its own", "ALTER FUNCTION tenancy.org() SET tenancy.scope = 'x'", "B13"),
    (
        "with a path that begins elsewhere",
        "ALTER FUNCTION tenancy.org() SET search_path = billing, pg_catalog, pg_temp",
        "B13",
    ),
    ("with pg_temp first", "ALTER FUNCTION tenancy.org() SET search_path = pg_catalog", "B11 B13"),
    (
        "an overload with a default",
        "CREATE FUNCTION tenancy.org(text DEFAULT 'x') RETURNS uuid LANGUAGE sql STABLE AS 'SELECT NULL::uuid'",
        "B13",
    ),
    ("gone", "DROP FUNCTION tenancy.org() CASCADE", "B03 B13 B14"),
    (
        "renamed, with another in its place",
        "ALTER FUNCTION tenancy.org() RENAME TO org_old; CREATE FUNCTION tenancy.org() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS 'SELECT NULL::uuid'; GRANT EXECUTE ON FUNCTION tenancy.org() TO {app}",
        "B05 B13 D03 G04",
    ),
    (
        "a function that it calls has an overload",
        "CREATE FUNCTION pg_catalog.split_part(text, text, bigint) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1'",
        "B13 G03",
    ),
    (
        "a function that it calls is another",
        "CREATE OR REPLACE FUNCTION pg_catalog.sha256(bytea) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT $1'",
        "B13 G03",
    ),
    (
        "an operator that it uses has a sibling",
        "CREATE FUNCTION public.same(text, name) RETURNS bool LANGUAGE sql AS 'SELECT true'; CREATE OPERATOR pg_catalog.=== (leftarg = text, rightarg = name, function = public.same)",
        "B13 G03",
    ),
    (
        "a cast that it uses is another",
        "CREATE FUNCTION public.to_uuid(text) RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'; CREATE CAST (text AS uuid) WITH FUNCTION public.to_uuid(text)",
        "B13 G03",
    ),
    ("its keys are gone", "ALTER TABLE tenancy.key RENAME TO keys", "B13 G04"),
];
