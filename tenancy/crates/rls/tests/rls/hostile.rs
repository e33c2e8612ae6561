//! A superuser runs each command on a database whose migrating role, which is none, wants to become one.

use crate::wall::{Wall, manifest};
use std::process::Command;
use tenancy::db::seal::SealKey;
use tenancy_audit::{Audit, Options as AuditOptions};
use tenancy_rls::{Plan, keyring, live};

/// The role, and what every trap calls: with a superuser's rights it makes that role one, also where nothing may be written.
struct Hostile {
    wall: Wall,
    role: String,
    /// In the server's own folder: a program that a superuser runs.
    mark: String,
}

/// Without a wall, or behind one.
#[derive(Clone, Copy, PartialEq)]
enum State {
    Bare,
    Built,
}

impl Hostile {
    async fn new(state: State) -> Hostile {
        let wall = Wall::bare();
        let role = format!("hostile_{}", wall.name);
        let mark = format!("mark_{}", wall.name);
        wall.db.psql(&format!(
            "CREATE ROLE {role} LOGIN CREATEROLE PASSWORD 'secret'; ALTER DATABASE {db} OWNER TO {role};
             DO $$ DECLARE t regclass; BEGIN
               FOR t IN SELECT oid FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace::regnamespace::text IN ('public', 'billing')
               LOOP EXECUTE format('ALTER TABLE %s OWNER TO {role}', t); END LOOP; END $$;
             ALTER SCHEMA billing OWNER TO {role}",
            db = wall.name
        ));
        let hostile = Hostile { wall, role, mark };
        if state == State::Built {
            let mut conn = live::connect(&hostile.url()).await.expect("the server answers");
            let plan = live::diff(&mut conn, &manifest(), &hostile.wall.options).await.expect("the catalogue is read");
            live::apply(&mut conn, &plan, |_| {}).await.unwrap_or_else(|why| panic!("{why:?}"));
            keyring::publish(&mut conn, &hostile.wall.key).await.expect("it acts for the owner");
        }
        hostile.plant(&format!(
            "CREATE SCHEMA trap;
             CREATE FUNCTION trap.spring() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
               IF (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname OPERATOR(pg_catalog.=) current_user) THEN
                 EXECUTE 'COPY (SELECT 1) TO PROGRAM ''cat > {mark}''';
               END IF;
               RETURN true;
             END $$;
             CREATE FUNCTION trap.number(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM trap.spring(); RETURN 1; END $$;
             CREATE FUNCTION trap.row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM trap.spring(); RETURN new; END $$;
             CREATE FUNCTION trap.bytes() RETURNS bytea LANGUAGE plpgsql AS $$ BEGIN PERFORM trap.spring(); RETURN ''; END $$;
             CREATE FUNCTION trap.same(name, name) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
               PERFORM trap.spring(); RETURN $1 OPERATOR(pg_catalog.=) $2; END $$;
             CREATE FUNCTION trap.same(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
               PERFORM trap.spring(); RETURN $1 OPERATOR(pg_catalog.=) $2; END $$;
             CREATE OPERATOR trap.= (LEFTARG = name, RIGHTARG = name, FUNCTION = trap.same);
             CREATE OPERATOR trap.= (LEFTARG = text, RIGHTARG = text, FUNCTION = trap.same);
             CREATE FUNCTION trap.current_database() RETURNS name LANGUAGE plpgsql AS $$ BEGIN
               PERFORM trap.spring(); RETURN pg_catalog.current_database(); END $$;
             CREATE FUNCTION trap.now() RETURNS timestamptz LANGUAGE plpgsql AS $$ BEGIN
               PERFORM trap.spring(); RETURN pg_catalog.now(); END $$;
             CREATE VIEW trap.pg_class AS SELECT * FROM pg_catalog.pg_class WHERE trap.spring();
             CREATE VIEW trap.pg_roles AS SELECT * FROM pg_catalog.pg_roles WHERE trap.spring();
             CREATE VIEW trap.key AS SELECT * FROM (VALUES (''::text, ''::bytea, ''::bytea, now(), now())) v (kid, ipad, opad, created_at, not_after)
               WHERE trap.spring()",
            mark = hostile.mark
        ));
        hostile
    }

    fn url(&self) -> String {
        self.wall.db.url_as(&self.role, "secret")
    }

    /// As the role that migrates, which acts for the wall's owner.
    fn plant(&self, sql: &str) {
        let mut psql = Command::new("psql");
        psql.arg(self.url()).args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql]);
        let output = psql.output().expect("psql runs");
        assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn owner(&self) -> String {
        format!("\"{}\"", self.wall.options.owner_role.replace('"', "\"\""))
    }

    /// The ways to put something in the place of the keys.
    fn key_traps(&self) -> [String; 7] {
        let owner = self.owner();
        let table = "CREATE TABLE tenancy.key (kid text PRIMARY KEY, ipad bytea NOT NULL, opad bytea NOT NULL, \
                     created_at timestamptz NOT NULL DEFAULT now(), not_after timestamptz)";
        let swap = |sql: String| {
            format!(
                "SET ROLE {owner}; DROP TABLE IF EXISTS tenancy.key; RESET ROLE; GRANT USAGE ON SCHEMA trap TO {owner}; GRANT SELECT ON trap.key TO {owner}; SET ROLE {owner}; {sql}"
            )
        };
        [
            swap("CREATE VIEW tenancy.key AS SELECT * FROM trap.key".to_owned()),
            swap(format!(
                "{table}; CREATE TRIGGER t BEFORE INSERT OR UPDATE ON tenancy.key FOR EACH ROW EXECUTE FUNCTION trap.row()"
            )),
            swap(format!("{table}; ALTER TABLE tenancy.key ALTER ipad SET DEFAULT trap.bytes()")),
            swap(format!("{table}; CREATE INDEX i ON tenancy.key ((trap.number(1)))")),
            swap(format!(
                "{table}; CREATE STATISTICS tenancy.s ON (trap.number(1) + length(kid)), kid FROM tenancy.key"
            )),
            swap(format!("{table}; CREATE RULE r AS ON INSERT TO tenancy.key DO ALSO SELECT trap.spring()")),
            swap(format!(
                "{table}; ALTER TABLE tenancy.key ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON tenancy.key USING (trap.spring())"
            )),
        ]
    }

    /// Whether the trap was sprung with a superuser's rights.
    fn won(&self) -> bool {
        // The look itself must not step into one.
        let seen = format!(
            "SELECT pg_catalog.count(*) FROM pg_catalog.pg_ls_dir('.') f WHERE f OPERATOR(pg_catalog.=) '{}'",
            self.mark
        );
        self.wall.db.psql(&seen) != "0"
    }

    async fn audited(&self) -> tenancy_audit::Report {
        let options = AuditOptions::new(self.wall.options.clone());
        let declared = manifest();
        let audit = Audit::new(self.wall.db.url(), &declared, &options).key(&self.wall.key);
        audit.run().await.unwrap_or_else(|why| panic!("{why}"))
    }
}

impl Drop for Hostile {
    fn drop(&mut self) {
        let (wall, role) = (&self.wall, &self.role);
        wall.end_sessions();
        wall.db.psql(&format!(
            "ALTER DATABASE {db} RESET ALL; ALTER DATABASE {db} OWNER TO CURRENT_USER; DROP SCHEMA trap CASCADE;
             REASSIGN OWNED BY {role} TO CURRENT_USER; REVOKE {role} FROM CURRENT_USER; DROP OWNED BY {role}; DROP ROLE {role}",
            db = wall.name
        ));
    }
}

/// The trap works: without it the tests below would show nothing.
#[tokio::test]
async fn a_superuser_who_reads_a_strangers_view_or_table_runs_its_code() {
    for trap in [
        "CREATE VIEW t AS SELECT 1 WHERE trap.spring()",
        "CREATE TABLE t (a int); CREATE INDEX ON t ((trap.number(1)))",
    ] {
        let hostile = Hostile::new(State::Bare).await;
        hostile.plant(trap);
        assert!(!hostile.won(), "a role that is none gains nothing");
        hostile.wall.db.psql("SELECT * FROM t");
        assert!(hostile.won(), "{trap}");
    }
}

// attack: H31
#[tokio::test]
async fn the_audit_reads_no_keys_through_a_strangers_code() {
    let hostile = Hostile::new(State::Built).await;
    assert!(!hostile.audited().await.not_run.iter().any(|rule| rule.rule == "C13"), "the wall as it was built");
    for trap in hostile.key_traps() {
        hostile.plant(&trap);
        let report = hostile.audited().await;
        assert!(!hostile.won(), "{trap}");
        let said =
            report.findings.iter().any(|finding| finding.rule.id == "C13" && finding.detail.contains("is not read"));
        assert!(said, "{trap}: {:?}", report.rule_ids());
        hostile.wall.db.psql("DO $$ BEGIN EXECUTE (SELECT 'DROP ' || CASE relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END || ' tenancy.key CASCADE' FROM pg_class WHERE oid = 'tenancy.key'::regclass); END $$");
    }
}

/// Indexes, statistics, casts, constraints of organization tables: E13 reads their rows, and so does the look for an
/// organization to act for.
// attack: H31
#[tokio::test]
async fn the_audit_reads_no_rows_through_a_strangers_code() {
    for trap in [
        "CREATE INDEX ON invoice_lines ((trap.number(1)))",
        "CREATE INDEX ON invoices (id) WHERE trap.number(1) = 1",
        "CREATE STATISTICS s ON (trap.number(1) + id), invoice_id FROM invoice_lines",
        "CREATE TYPE trap.mood AS ENUM ('00000000-0000-7000-8000-00000000000a');
         CREATE FUNCTION trap.said(trap.mood) RETURNS text LANGUAGE plpgsql AS $$ BEGIN PERFORM trap.spring(); RETURN '00000000-0000-7000-8000-00000000000a'; END $$;
         CREATE FUNCTION trap.meant(trap.mood) RETURNS uuid LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM trap.spring(); RETURN '00000000-0000-7000-8000-00000000000a'; END $$;
         CREATE CAST (trap.mood AS text) WITH FUNCTION trap.said(trap.mood) AS IMPLICIT;
         CREATE CAST (trap.mood AS uuid) WITH FUNCTION trap.meant(trap.mood) AS IMPLICIT;
         DROP TABLE invoice_lines;
         CREATE TABLE invoice_lines (org_id trap.mood NOT NULL, id int, invoice_id int NOT NULL, PRIMARY KEY (org_id, id));
         INSERT INTO invoice_lines VALUES ('00000000-0000-7000-8000-00000000000a', 1, 101)",
        "DROP TABLE invoice_lines; CREATE VIEW invoice_lines AS SELECT org_id, id, id AS invoice_id FROM invoices WHERE trap.spring()",
    ] {
        let hostile = Hostile::new(State::Bare).await;
        hostile.plant(trap);
        let report = hostile.audited().await;
        assert!(!hostile.won(), "{trap}");
        let said = report.not_run.iter().any(|rule| rule.rule == "E13") || report.rule_ids().contains(&"A01");
        assert!(said, "{trap}: {:?} {:?}", report.rule_ids(), report.not_run);
        // With the probes, which look for an organization first.
        hostile.wall.db.psql(&format!("CREATE ROLE \"{}\" LOGIN PASSWORD 'secret'", hostile.wall.options.app_role));
        let options = AuditOptions::new(hostile.wall.options.clone());
        let (declared, url) = (manifest(), hostile.wall.app_url());
        let audit = Audit::new(hostile.wall.db.url(), &declared, &options).app_url(&url);
        audit.run().await.unwrap_or_else(|why| panic!("{why}"));
        assert!(!hostile.won(), "{trap}: by the probes");
    }
}

// attack: H31
#[tokio::test]
async fn no_key_command_touches_a_strangers_code() {
    let hostile = Hostile::new(State::Built).await;
    for trap in hostile.key_traps() {
        hostile.plant(&trap);
        let mut conn = hostile.wall.admin().await;
        let key = SealKey::generate().expect("there are random bytes");
        let grace = std::time::Duration::from_secs(1);
        let refusals = [
            keyring::list(&mut conn).await.map(drop),
            keyring::publish(&mut conn, &key).await,
            keyring::rotate(&mut conn, &key, grace).await,
            keyring::retire(&mut conn, key.kid(), grace).await.map(drop),
            keyring::forget(&mut conn).await.map(drop),
        ];
        assert!(!hostile.won(), "{trap}");
        for refused in refusals {
            let why = refused.expect_err(&trap).to_string();
            assert!(why.contains("`tenancy.key` is not touched"), "{trap}: {why}");
        }
        hostile.wall.db.psql("DO $$ BEGIN EXECUTE (SELECT 'DROP ' || CASE relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END || ' tenancy.key CASCADE' FROM pg_class WHERE oid = 'tenancy.key'::regclass); END $$");
    }
}

/// Names in what a superuser sends must mean what they should, whatever the database's owner sets for its sessions.
// attack: H31
#[tokio::test]
async fn a_search_path_of_the_databases_owner_reaches_no_command() {
    let hostile = Hostile::new(State::Bare).await;
    hostile.plant(&format!("ALTER DATABASE {} SET search_path = trap, pg_catalog, public", hostile.wall.name));
    assert_eq!(hostile.wall.db.psql("SHOW search_path"), "trap, pg_catalog, public");
    let plan = hostile.wall.diff(&hostile.wall.options).await;
    assert!(!hostile.won(), "rls plan");
    // Also as a migration, which the command line of diesel or psql runs.
    hostile.wall.db.psql(&format!("BEGIN; {} ROLLBACK", plan.up_sql()));
    assert!(!hostile.won(), "the migration");
    hostile.wall.apply(&plan).await;
    assert!(!hostile.won(), "rls apply");
    assert_eq!(hostile.wall.db.psql("SELECT pg_catalog.pg_get_expr(adbin, adrelid) FROM pg_catalog.pg_attrdef WHERE adrelid OPERATOR(pg_catalog.=) 'tenancy.key'::pg_catalog.regclass"), "pg_catalog.now()");
    assert!(!hostile.won());
    let mut conn = hostile.wall.admin().await;
    keyring::rotate(&mut conn, &hostile.wall.key, std::time::Duration::from_secs(1)).await.expect("it is published");
    keyring::list(&mut conn).await.expect("they are listed");
    keyring::forget(&mut conn).await.expect("it is asked");
    assert!(!hostile.won(), "keys");
    hostile.audited().await;
    assert!(!hostile.won(), "audit");
    // What ends the test asks in this database by `psql`, and is no command of ours.
    hostile.wall.db.psql(&format!("ALTER DATABASE {} RESET search_path", hostile.wall.name));
}

// attack: H31
#[tokio::test]
async fn apply_and_plan_touch_no_strangers_code() {
    // In the place of the keys, before there is a wall.
    let hostile = Hostile::new(State::Bare).await;
    hostile.plant("CREATE SCHEMA tenancy; CREATE VIEW tenancy.key AS SELECT * FROM trap.key");
    let refused = live::diff(&mut hostile.wall.admin().await, &manifest(), &hostile.wall.options).await;
    let why = refused.expect_err("it is no table").to_string();
    assert!(why.contains("`tenancy.key` is not touched: it is no table"), "{why}");
    // Without a look before, as a migration that was written elsewhere.
    let whole = tenancy_rls::Plan::for_manifest(&manifest(), &hostile.wall.options).expect("the declaration holds");
    live::apply(&mut hostile.wall.admin().await, &whole, |_| {}).await.expect_err("it is not taken over");
    let ran = hostile.wall.db.try_psql(&format!("BEGIN; {} COMMIT", whole.up_sql()));
    assert!(ran.is_err_and(|why| why.contains("the schema tenancy is there already and belongs to")));
    assert!(!hostile.won());
    hostile.plant("DROP SCHEMA tenancy CASCADE");
    // The rows of a foreign key are looked at by a query over both tables.
    hostile.plant("CREATE INDEX ON invoice_lines ((trap.number(1))); CREATE INDEX ON invoices ((trap.number(1)))");
    let plan = hostile.wall.diff(&hostile.wall.options).await;
    let left = live::apply(&mut hostile.wall.admin().await, &plan, |_| {}).await.expect("the wall is built");
    assert!(!hostile.won(), "rls apply");
    let left = left.iter().find(|advice| advice.id.starts_with("foreign-key-validate")).expect("it was not looked at");
    assert!(left.reason.contains("calls a function of another role"), "{}", left.reason);
    // Whose tables they are may do it.
    hostile.wall.db.psql(&format!("GRANT {} TO {}", hostile.owner(), hostile.role));
    let mut conn = live::connect(&hostile.url()).await.expect("the server answers");
    let plan = live::diff(&mut conn, &manifest(), &hostile.wall.options).await.expect("the catalogue is read");
    assert!(!plan.is_whole(), "until then the check fails");
    live::apply(&mut conn, &plan, |_| {}).await.expect("it is validated");
    assert!(hostile.wall.diff(&hostile.wall.options).await.is_whole());
    assert!(!hostile.won());
}

/// A superuser made the event trigger; its function is a lesser role's.
// attack: H31
#[tokio::test]
async fn an_event_trigger_with_a_strangers_function_stops_plan_and_apply() {
    let hostile = Hostile::new(State::Bare).await;
    let plan = hostile.wall.diff(&hostile.wall.options).await;
    hostile.plant(
        "CREATE FUNCTION trap.event() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM trap.spring(); END $$",
    );
    hostile.wall.db.psql("CREATE EVENT TRIGGER watch ON ddl_command_start EXECUTE FUNCTION trap.event()");
    let planned = live::diff(&mut hostile.wall.admin().await, &manifest(), &hostile.wall.options).await;
    let applied = live::apply(&mut hostile.wall.admin().await, &plan, |_| {}).await;
    hostile.audited().await;
    let won = hostile.won();
    hostile.wall.db.psql("SET session_replication_role = replica; DROP EVENT TRIGGER watch");
    assert!(!won);
    for why in [planned.expect_err("plan").to_string(), applied.expect_err("apply").to_string()] {
        assert!(why.contains("`event trigger watch` is not touched"), "{why}");
    }
}

/// The same between two roles of which none is a superuser: the one that migrates is worth the keys.
// attack: H31
#[tokio::test]
async fn an_event_trigger_with_a_lesser_roles_function_stops_the_role_that_migrates() {
    let hostile = Hostile::new(State::Bare).await;
    let (db, lesser, migrator) = (&hostile.wall.db, format!("lesser_{}", hostile.wall.name), &hostile.role);
    db.psql(&format!(
        "CREATE ROLE {lesser}; CREATE SCHEMA lesser AUTHORIZATION {lesser};
         CREATE FUNCTION lesser.event() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
           IF current_user = '{migrator}' THEN EXECUTE 'GRANT USAGE ON SCHEMA trap TO {lesser}'; END IF; END $$;
         ALTER FUNCTION lesser.event() OWNER TO {lesser};
         CREATE EVENT TRIGGER watch_lesser ON ddl_command_end EXECUTE FUNCTION lesser.event()"
    ));
    let mut conn = live::connect(&hostile.url()).await.expect("the server answers");
    let planned = live::diff(&mut conn, &manifest(), &hostile.wall.options).await;
    let plan = Plan::for_manifest(&manifest(), &hostile.wall.options).expect("the declaration holds");
    let applied = live::apply(&mut conn, &plan, |_| {}).await;
    drop(conn);
    let won = db.psql(&format!("SELECT has_schema_privilege('{lesser}', 'trap', 'USAGE')"));
    // A role that may act for the role that migrates gains nothing by it.
    db.psql(&format!("GRANT {migrator} TO {lesser}"));
    let mut conn = live::connect(&hostile.url()).await.expect("the server answers");
    let member = live::diff(&mut conn, &manifest(), &hostile.wall.options).await;
    drop(conn);
    db.psql(&format!("DROP EVENT TRIGGER watch_lesser; DROP OWNED BY {lesser} CASCADE; DROP ROLE {lesser}"));
    assert_eq!(won, "f");
    for why in [planned.expect_err("plan").to_string(), applied.expect_err("apply").to_string()] {
        assert!(why.contains("`event trigger watch_lesser` is not touched"), "{why}");
    }
    assert!(member.is_ok(), "{member:?}");
}

/// `compare_epochs` reads the gateway's tables with the rights of the role that owns the keys.
// attack: H31
#[tokio::test]
async fn a_directory_that_is_no_table_is_not_read_by_the_walls_owner() {
    let hostile = Hostile::new(State::Built).await;
    hostile.plant(
        "CREATE TABLE gateway_organizations (id uuid, epoch bigint, state text);
         CREATE VIEW gateway_users AS SELECT ''::text AS issuer, ''::text AS subject, 1::bigint AS epoch, 0::bigint AS disabled WHERE trap.spring()",
    );
    let options = hostile.wall.options.clone().directory("public");
    let refused = live::diff(&mut hostile.wall.admin().await, &manifest(), &options).await;
    let why = refused.expect_err("it is a view").to_string();
    assert!(why.contains("`public.gateway_users` is not touched: it is no table"), "{why}");
    assert!(!hostile.won());
}

/// The wall takes a table from the service's role, and would take the role's functions along: the server runs those of a
/// trigger as the table's owner where a foreign key deletes a row, and that owner reads the keys.
// attack: H31
#[tokio::test]
async fn a_table_with_functions_of_the_services_role_is_not_taken_over() {
    let wall = Wall::bare();
    let app = format!("\"{}\"", wall.options.app_role);
    wall.db.psql(&format!(
        "CREATE ROLE {app} LOGIN; CREATE SCHEMA mine AUTHORIZATION {app};
         CREATE FUNCTION mine.spy() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN old; END';
         ALTER FUNCTION mine.spy() OWNER TO {app}; ALTER TABLE invoice_lines OWNER TO {app};
         CREATE TRIGGER spy BEFORE DELETE ON invoice_lines FOR EACH ROW EXECUTE FUNCTION mine.spy()"
    ));
    wall.build(&wall.options).await;
    let plan = wall.diff(&wall.options).await;
    let said = plan.advice.iter().find(|advice| advice.id == "owner public.invoice_lines").expect("it is said");
    assert!(said.lacking && said.reason.contains("mine.spy()"), "{}", said.reason);
    let owner = "SELECT relowner::regrole FROM pg_class WHERE oid = 'invoice_lines'::regclass";
    assert_eq!(wall.db.psql(owner), app);
    wall.db.psql("ALTER FUNCTION mine.spy() OWNER TO CURRENT_USER");
    wall.apply(&wall.diff(&wall.options).await).await;
    assert_ne!(wall.db.psql(owner), app);
    wall.db.psql("DROP SCHEMA mine CASCADE");
}
