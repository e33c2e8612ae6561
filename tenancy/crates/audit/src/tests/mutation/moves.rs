//! Random changes of a walled database: each is made of random parts, and many of them open nothing.

use fastrand::Rng;

/// `{l}` is an undeclared login, `{g}` a group of its own; the harness makes both.
const ROLES: &[&str] = &["{app}", "{l}", "{g}", "PUBLIC"];
const TENANT: &[&str] =
    &["public.invoices", "public.invoice_lines", "billing.parties", "public.blobs", "public.texts", "public.events"];
const ALL: &[&str] = &[
    "public.invoices",
    "billing.parties",
    "public.texts",
    "public.events",
    "public.events_0",
    "public.currencies",
    "public.operators",
    "tenancy.key",
];
const SCHEMAS: &[&str] = &["public", "billing", "other", "information_schema", "pg_catalog", "tenancy"];

pub(super) struct Dice(pub(super) Rng);

impl Dice {
    fn one(&mut self, of: &[&'static str]) -> &'static str {
        of[self.0.usize(..of.len())]
    }

    fn maybe(&mut self, text: &'static str) -> &'static str {
        if self.0.bool() { text } else { "" }
    }

    fn role(&mut self) -> &'static str {
        self.one(&["{app}", "{l}", "{l}", "{g}"])
    }
}

type Move = (&'static str, fn(&mut Dice) -> String);

/// A family's name, and one change of it.
pub(super) const MOVES: &[Move] = &[
    ("grants of tables", |d| {
        let what = d.one(&["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "ALL", "TRIGGER", "REFERENCES"]);
        format!("GRANT {what} ON {} TO {}{}", d.one(ALL), d.one(ROLES), "")
    }),
    ("grants of a column", |d| {
        let (table, column) = match d.0.usize(..4) {
            0 => ("public.invoices", "note"),
            1 => ("billing.parties", "name"),
            2 => ("tenancy.key", "ipad"),
            _ => ("public.operators", "id"),
        };
        format!("GRANT {} ({column}) ON {table} TO {}", d.one(&["SELECT", "UPDATE"]), d.one(ROLES))
    }),
    ("owners of tables", |d| format!("ALTER TABLE {} OWNER TO {}", d.one(ALL), d.role())),
    ("owners of schemas", |d| {
        format!("ALTER SCHEMA {} OWNER TO {}", d.one(&["public", "billing", "tenancy"]), d.role())
    }),
    ("owner of the database", |d| format!("ALTER DATABASE {{db}} OWNER TO {}", d.role())),
    ("owners of functions", |d| {
        let (place, owner) = (d.one(&["public", "other"]), d.role());
        let trigger =
            d.maybe("; CREATE TRIGGER t BEFORE INSERT ON public.invoices FOR EACH ROW EXECUTE FUNCTION {place}.t()");
        format!(
            "CREATE FUNCTION {place}.t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; ALTER FUNCTION {place}.t() \
             OWNER TO {owner}{}",
            trigger.replace("{place}", place)
        )
    }),
    ("owners of types", |d| {
        let (place, owner) = (d.one(&["public", "billing"]), d.role());
        format!(
            "CREATE DOMAIN {place}.kind AS text; ALTER TABLE public.invoices ALTER note TYPE {place}.kind; ALTER DOMAIN \
             {place}.kind OWNER TO {owner}"
        )
    }),
    ("row-level security", |d| {
        let what = d.one(&["DISABLE ROW LEVEL SECURITY", "NO FORCE ROW LEVEL SECURITY"]);
        format!("ALTER TABLE {} {what}{}", d.one(TENANT), d.maybe("; GRANT SELECT ON public.events_1 TO {app}"))
    }),
    ("policies", |d| {
        let to = d.one(&["{app}", "PUBLIC", "{l}"]);
        let holds = d.one(&["true", "id IS NOT NULL", "1 = 1", "org_id IS NOT NULL", "current_user = current_user"]);
        let grant = d.maybe("; GRANT SELECT ON public.invoices TO {l}");
        format!(
            "CREATE POLICY p ON {} FOR {} TO {to} USING ({holds}){grant}",
            d.one(&["public.invoices", "public.texts", "public.events_0"]),
            d.one(&["SELECT", "ALL"])
        )
    }),
    ("altered policies", |d| {
        let table = d.one(&["public.invoices", "public.events"]);
        let holds = d.one(&["true", "org_id IS NOT NULL", "org_id = org_id", "tenancy.org() IS NOT NULL", "false"]);
        format!("ALTER POLICY {} ON {table} {} ({holds})", "tenancy", d.one(&["USING", "WITH CHECK"]))
    }),
    ("restrictive policies", |d| {
        let holds = d.one(&[
            "set_config('told.note', concat(current_setting('told.note', true), note), false) IS NOT NULL",
            "note::int > 0",
            "note <> 'x'",
            "public.tells(note)",
            "cents > 0",
        ]);
        format!(
            "CREATE FUNCTION public.tells(text) RETURNS bool LANGUAGE plpgsql COST 0.1 AS 'BEGIN PERFORM set_config(''told.note'', \
             concat(current_setting(''told.note'', true), $1), false); RETURN true; END'; CREATE POLICY a ON public.invoices AS \
             RESTRICTIVE TO {{app}} USING ({holds})"
        )
    }),
    ("views", |d| {
        let (place, table, role) =
            (d.one(&["public", "billing", "other", "information_schema"]), d.one(ALL), d.one(ROLES));
        let options = d.one(&["", "WITH (security_invoker = true)", "WITH (security_barrier = true)"]);
        let kind = if options.is_empty() { d.one(&["VIEW", "MATERIALIZED VIEW"]) } else { "VIEW" };
        format!(
            "CREATE {kind} {place}.v {options} AS SELECT * FROM {table}; GRANT USAGE ON SCHEMA {place} TO {role}; GRANT SELECT ON {place}.v TO {role}"
        )
    }),
    ("functions", |d| {
        let (place, role) = (d.one(SCHEMAS), d.one(ROLES));
        let body = d.one(&[
            "SELECT string_agg(note, '''') FROM public.invoices",
            "SELECT string_agg(i::text, '''') FROM billing.parties i",
            "SELECT string_agg(encode(ipad, ''hex''), '''') FROM tenancy.key",
            "SELECT string_agg(id::text, '''') FROM public.operators",
            "SELECT ''nothing''::text",
            "SELECT string_agg(rolpassword, '''') FROM pg_catalog.pg_authid",
        ]);
        let security = d.one(&["SECURITY DEFINER", "SECURITY DEFINER", "SECURITY INVOKER"]);
        let revoke = d.maybe("REVOKE ALL ON FUNCTION {place}.f() FROM PUBLIC; ").replace("{place}", place);
        let owner = d
            .maybe("GRANT CREATE ON SCHEMA {place} TO {owner}; ALTER FUNCTION {place}.f() OWNER TO {owner}; ")
            .replace("{place}", place);
        let hide = d
            .maybe("CREATE EXTENSION citext SCHEMA public; ALTER EXTENSION citext ADD FUNCTION {place}.f(); ")
            .replace("{place}", place);
        format!(
            "CREATE FUNCTION {place}.f() RETURNS text LANGUAGE sql {security} SET search_path = pg_catalog, pg_temp AS '{body}'; {owner}\
             {revoke}{hide}GRANT USAGE ON SCHEMA {place} TO {role}; GRANT EXECUTE ON FUNCTION {place}.f() TO {role}"
        )
    }),
    ("powers", |d| {
        let what = d.one(&["SUPERUSER", "BYPASSRLS", "CREATEROLE", "CREATEDB", "REPLICATION", "CONNECTION LIMIT 5"]);
        format!("ALTER ROLE {} {what}", d.one(&["{app}", "{l}", "{g}", "{owner}"]))
    }),
    ("memberships", |d| {
        let of = d.one(&[
            "{owner}",
            "{app}",
            "pg_read_all_data",
            "pg_write_all_data",
            "pg_monitor",
            "pg_read_server_files",
            "{g}",
        ]);
        let to = d.one(&["{l}", "{app}"]);
        let chain = d.maybe("; GRANT pg_read_all_data TO {g}; GRANT {g} TO {l}");
        format!("GRANT {of} TO {to}{chain}")
    }),
    ("who may create", |d| {
        let role = d.one(ROLES);
        match d.0.usize(..4) {
            0 => format!("GRANT CREATE ON DATABASE {{db}} TO {role}"),
            1 => format!("GRANT TEMPORARY ON DATABASE {{db}} TO {role}"),
            _ => format!("GRANT USAGE, CREATE ON SCHEMA {} TO {role}", d.one(SCHEMAS)),
        }
    }),
    ("the verifier", |d| match d.0.usize(..3) {
        0 => format!(
            "ALTER FUNCTION tenancy.{} {}",
            d.one(&["org()", "org_rw()"]),
            d.one(&["IMMUTABLE", "LEAKPROOF", "SECURITY INVOKER", "RESET ALL", "COST 5"])
        ),
        1 => "ALTER FUNCTION tenancy.org() RENAME TO org_old; ALTER FUNCTION tenancy.org_rw() RENAME TO org".to_owned(),
        _ => format!("ALTER FUNCTION tenancy.{} OWNER TO {}", d.one(&["org()", "org_rw()"]), d.role()),
    }),
    ("the server's own functions", |d| {
        d.one(&[
            "CREATE OR REPLACE FUNCTION pg_catalog.date_part(text, timestamptz) RETURNS float8 LANGUAGE sql STABLE STRICT PARALLEL SAFE AS 'SELECT 0::float8'",
            "CREATE OR REPLACE FUNCTION pg_catalog.uuid_eq(uuid, uuid) RETURNS bool LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'uuid_ge'",
            "CREATE OR REPLACE FUNCTION pg_catalog.float8gt(float8, float8) RETURNS bool LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'float8ne'",
            "CREATE OR REPLACE FUNCTION pg_catalog.textlike(text, text) RETURNS bool LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textnlike'",
            "REVOKE EXECUTE ON FUNCTION pg_catalog.pg_sleep(float8) FROM PUBLIC",
            "GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_file(text) TO {l}",
            "GRANT SELECT ON pg_catalog.pg_authid TO {l}",
            "GRANT SELECT ON pg_catalog.pg_statistic TO {app}",
        ])
        .to_owned()
    }),
    ("triggers", |d| {
        let body = d.one(&[
            "BEGIN NEW.org_id := ''00000000-0000-7000-8000-00000000000b''; RETURN NEW; END",
            "DECLARE r public.invoices; BEGIN r := NEW; r.org_id := ''00000000-0000-7000-8000-00000000000b''; RETURN r; END",
            "BEGIN NEW.note := ''seen''; RETURN NEW; END",
            "BEGIN DELETE FROM public.texts; RETURN NEW; END",
            "BEGIN SELECT ''00000000-0000-7000-8000-00000000000b'' INTO NEW.org_id; RETURN NEW; END",
        ]);
        let security = d.one(&["SECURITY DEFINER SET search_path = pg_catalog, pg_temp", ""]);
        format!(
            "CREATE FUNCTION public.t() RETURNS trigger LANGUAGE plpgsql {security} AS '{body}'; CREATE TRIGGER t BEFORE INSERT ON \
             public.invoices FOR EACH ROW EXECUTE FUNCTION public.t()"
        )
    }),
    ("rules", |d| {
        let action = d.one(&["DELETE FROM public.texts", "NOTIFY rows", "UPDATE public.blobs SET id = id + 10"]);
        format!(
            "CREATE RULE r AS ON INSERT TO {} DO ALSO {action}",
            d.one(&["public.invoices", "public.currencies", "billing.parties"])
        )
    }),
    ("names", |d| {
        let owner = d.one(&["{l}", "owner"]);
        let (place, table) = (d.one(&["{app}", "other"]), d.one(&["invoices", "currencies", "plans"]));
        format!(
            "CREATE SCHEMA IF NOT EXISTS {place}; ALTER SCHEMA {place} OWNER TO {owner}; CREATE TABLE {place}.{table} (id int); GRANT ALL ON {place}.{table} TO {{app}}; GRANT USAGE ON SCHEMA {place} TO {{app}}"
        )
    }),
    ("copies", |d| {
        let (place, table, role) = (d.one(&["public", "other"]), d.one(ALL), d.one(ROLES));
        format!(
            "CREATE TABLE {place}.copy AS TABLE {table}; GRANT USAGE ON SCHEMA {place} TO {role}; GRANT SELECT ON {place}.copy TO {role}"
        )
    }),
    ("default privileges", |d| {
        let role = d.one(ROLES);
        format!(
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {role}; CREATE TABLE public.later AS TABLE public.invoices"
        )
    }),
    ("inheritance", |d| {
        let (parent, role) = (d.one(&["public.invoices", "public.texts"]), d.one(ROLES));
        format!(
            "CREATE TABLE public.old () INHERITS ({parent}); INSERT INTO public.old SELECT * FROM {parent}; GRANT SELECT ON public.old TO {role}"
        )
    }),
    ("the keys", |d| {
        let holds = d.one(&[
            "CREATE INDEX i ON tenancy.key (created_at)",
            "CREATE TABLE other.config AS SELECT kid AS a, ipad AS b, opad AS c FROM tenancy.key; GRANT USAGE ON SCHEMA other TO {l}; GRANT SELECT ON other.config TO {l}",
            "CREATE TABLE other.seen (what bytea); GRANT USAGE ON SCHEMA other TO PUBLIC; GRANT SELECT ON other.seen TO PUBLIC; INSERT INTO other.seen SELECT opad FROM tenancy.key",
            "GRANT USAGE ON SCHEMA tenancy TO {l}; GRANT SELECT ON tenancy.key TO {l}",
            "CREATE RULE r AS ON INSERT TO tenancy.key DO ALSO NOTIFY keys",
        ]);
        holds.to_owned()
    }),
    ("harmless", |d| {
        d.one(&[
            "CREATE INDEX i ON public.invoices (org_id, note)",
            "COMMENT ON TABLE public.invoices IS 'x'",
            "ALTER TABLE public.invoices SET (fillfactor = 80)",
            "CREATE TABLE other.log (id int)",
            "ALTER ROLE {app} SET statement_timeout = '5s'",
            "GRANT pg_monitor TO {l}",
            "CREATE STATISTICS public.s ON cents, note FROM public.invoices",
        ])
        .to_owned()
    }),
];
