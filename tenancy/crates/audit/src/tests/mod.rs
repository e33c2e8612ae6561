//! The rules against a live PostgreSQL: silent on what `rls apply` made, and one planted fault at a time.

mod extensions;
mod faults;
mod harmless;
mod live;
mod mutation;
mod pages;
use tenancy_test_support::pg;
mod planted;
mod pure;
mod quiet;
mod source;
mod source_planted;
mod source_schemas;

use super::catalog::{Catalog, Session};
use super::context::Context;
use super::{Finding, Options, Report, Severity, catalog_report};
use pg::Database;
use tenancy::__private::Encryption;
use tenancy::db::seal::SealKey;
use tenancy::schema::{DeclaredColumn, DeclaredJoin, DeclaredTable, Manifest, TableKind};
use tenancy_rls::{self as rls, keyring, live as wall};

/// As `schema!` would write it: (table, its columns with the organization first, the primary key).
const DECLARED: [(&str, &str, &str); 8] = [
    ("tenant invoices", "org_id Uuid, id Uuid, currency Text, cents BigInt, note Text?", "id"),
    ("tenant invoice_lines", "org_id Uuid, id Integer, invoice_id Uuid", "org_id, id"),
    ("tenant billing.parties", "company Uuid, id Integer, name Text", "company, id"),
    ("tenant blobs", "org_id Binary, id Integer", "org_id, id"),
    ("tenant texts", "org_id Text, id Integer", "org_id, id"),
    ("tenant events", "org_id Uuid, id Integer", "org_id, id"),
    ("global currencies", "code Text", "code"),
    ("platform operators", "id Integer", "id"),
];

fn manifest() -> Manifest {
    declare_all(&DECLARED, &["invoices currency currencies", "invoice_lines invoice_id invoices"])
}

/// Tables as in [`DECLARED`], and joins: `child column parent`.
fn declare_all(tables: &[(&str, &str, &str)], joins: &[&str]) -> Manifest {
    let tables = tables.iter().map(|(table, columns, key)| declare(table, columns, key)).collect();
    let join = |text: &&str| {
        let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
        let [child, column, parent] = words.try_into().expect("three names");
        DeclaredJoin { child, column, parent }
    };
    Manifest { module: String::new(), tables, joins: joins.iter().map(join).collect() }
}

fn declare(table: &str, columns: &str, key: &str) -> DeclaredTable {
    let (kind, place) = table.split_once(' ').expect("a kind and a name");
    let (schema, name) = place.split_once('.').map_or((None, place), |(schema, name)| (Some(schema.to_owned()), name));
    let columns: Vec<DeclaredColumn> = columns.split(", ").map(column).collect();
    let kind = match kind {
        "tenant" => TableKind::Tenant,
        "global" => TableKind::Global,
        _ => TableKind::Platform,
    };
    DeclaredTable {
        path: name.to_owned(),
        schema,
        name: name.to_owned(),
        kind,
        organization: (kind == TableKind::Tenant).then(|| columns[0].name.clone()),
        columns,
        primary_key: key.split(", ").map(str::to_owned).collect(),
    }
}

fn column(text: &str) -> DeclaredColumn {
    let (name, kind) = text.split_once(' ').expect("a name and a type");
    DeclaredColumn {
        path: name.to_owned(),
        name: name.to_owned(),
        sql_type: kind.trim_end_matches('?').to_owned(),
        nullable: kind.ends_with('?'),
        max_length: None,
    }
}

/// What a service's own migrations make, as the guide asks for it.
const TABLES: &str = r#"
    CREATE SCHEMA billing;
    CREATE TABLE currencies (code text PRIMARY KEY);
    CREATE TABLE operators (id int PRIMARY KEY);
    CREATE TABLE invoices (org_id uuid NOT NULL, id uuid NOT NULL, currency text NOT NULL REFERENCES currencies,
        cents bigint NOT NULL, note text, PRIMARY KEY (org_id, id));
    CREATE TABLE invoice_lines (org_id uuid NOT NULL, id int NOT NULL, invoice_id uuid NOT NULL,
        PRIMARY KEY (org_id, id), FOREIGN KEY (org_id, invoice_id) REFERENCES invoices (org_id, id) ON DELETE CASCADE);
    CREATE INDEX ON invoice_lines (org_id, invoice_id);
    CREATE TABLE billing.parties (company uuid NOT NULL, id int NOT NULL, name text NOT NULL, PRIMARY KEY (company, id));
    CREATE TABLE blobs (org_id bytea NOT NULL, id int NOT NULL, PRIMARY KEY (org_id, id));
    CREATE TABLE texts (org_id varchar(36) NOT NULL, id int NOT NULL, PRIMARY KEY (org_id, id));
    CREATE TABLE events (org_id uuid NOT NULL, id int NOT NULL, PRIMARY KEY (org_id, id)) PARTITION BY HASH (org_id);
    CREATE TABLE events_0 PARTITION OF events FOR VALUES WITH (MODULUS 2, REMAINDER 0);
    CREATE TABLE events_1 PARTITION OF events FOR VALUES WITH (MODULUS 2, REMAINDER 1);
    INSERT INTO currencies VALUES ('EUR');
    INSERT INTO invoices SELECT o, i, 'EUR', row_number() OVER (), NULL FROM
        (VALUES ('00000000-0000-7000-8000-00000000000a'::uuid, '00000000-0000-7000-8000-000000000001'::uuid),
                ('00000000-0000-7000-8000-00000000000b', '00000000-0000-7000-8000-000000000002')) v(o, i);
    INSERT INTO invoice_lines SELECT org_id, 1, id FROM invoices;
    INSERT INTO billing.parties SELECT org_id, 1, cents::text FROM invoices;
    INSERT INTO blobs SELECT uuid_send(org_id), 1 FROM invoices;
    INSERT INTO texts SELECT org_id, 1 FROM invoices;
    INSERT INTO events SELECT org_id, cents FROM invoices;
"#;

/// A database as `rls apply` leaves it, with its roles.
pub(super) struct Built {
    db: Database,
    options: Options,
    key: SealKey,
}

impl Built {
    async fn new() -> Built {
        Built::at(rls::Level::Sealed, TABLES, &manifest()).await
    }

    async fn at(level: rls::Level, tables: &str, manifest: &Manifest) -> Built {
        let db = Database::create();
        db.psql(tables);
        let url = db.url().to_owned();
        Built::apply(db, level, manifest, &url).await
    }

    /// The same by a role without a superuser's rights, which owns the database and its tables.
    async fn by_migrator(level: rls::Level, tables: &str, manifest: &Manifest) -> Built {
        let db = Database::create();
        let name = db.url().rsplit('/').next().expect("a name").to_owned();
        db.psql(&format!(
            "CREATE ROLE migrator_{name} LOGIN CREATEROLE PASSWORD 'secret'; ALTER DATABASE {name} OWNER TO migrator_{name}; \
             SET ROLE migrator_{name}; {tables}"
        ));
        let url = db.url_as(&format!("migrator_{name}"), "secret");
        Built::apply(db, level, manifest, &url).await
    }

    async fn apply(db: Database, level: rls::Level, manifest: &Manifest, url: &str) -> Built {
        let name = db.url().rsplit('/').next().expect("a name").to_owned();
        let wall = rls::Options::new(format!("app_{name}")).owner_role(format!("owner_{name}")).level(level);
        let mut admin = wall::connect(url).await.expect("the server answers");
        let plan = wall::diff(&mut admin, manifest, &wall).await.expect("the catalogue is read");
        wall::apply(&mut admin, &plan, |_| {}).await.expect("it is applied");
        let key = SealKey::generate().expect("there are random bytes");
        if level == rls::Level::Sealed {
            keyring::publish(&mut admin, &key).await.expect("it is published");
        }
        db.psql(&format!("ALTER ROLE {} PASSWORD 'secret'", wall.app_role));
        Built { db, options: Options::new(wall), key }
    }

    fn app(&self) -> &str {
        &self.options.wall.app_role
    }

    fn app_url(&self) -> String {
        self.db.url_as(self.app(), "secret")
    }

    async fn admin(&self) -> Session {
        let mut session = Session::open(self.db.url(), &Encryption::default()).await.expect("the server answers");
        // Here it plants the faults as well.
        session.run("SET default_transaction_read_only = off").await.expect("it is its own");
        session
    }

    /// `{app}`, `{owner}` and `{db}` in SQL.
    fn fill(&self, sql: &str) -> String {
        let name = self.db.url().rsplit('/').next().expect("a name");
        sql.replace("{app}", self.app()).replace("{owner}", &self.options.wall.owner_role).replace("{db}", name)
    }

    /// What the rules say of the catalog after some SQL, which is rolled back.
    async fn after(&self, session: &mut Session, sql: &str, options: &Options) -> Report {
        self.planted(session, sql, options).await.unwrap_or_else(|why| {
            println!("NOT PLANTED: {why}\nin: {sql}");
            Report::default()
        })
    }

    async fn planted(
        &self,
        session: &mut Session,
        sql: &str,
        options: &Options,
    ) -> Result<Report, diesel::result::Error> {
        session.run("BEGIN").await.expect("it begins");
        if let Err(why) = session.run(&self.fill(sql)).await {
            session.run("ROLLBACK").await.expect("it is rolled back");
            return Err(why);
        }
        session.run("SET LOCAL search_path = pg_catalog").await.expect("it is set");
        let catalog = session.catalog().await.expect("it is read");
        session.run("ROLLBACK").await.expect("it is rolled back");
        Ok(judge(&catalog, options))
    }
}

impl Drop for Built {
    fn drop(&mut self) {
        // Roles are the server's: the first database that is dropped takes its own with it.
        self.db.psql(
            &self.fill(
                "REASSIGN OWNED BY {owner} TO owner; DROP OWNED BY {owner}, {app}; DROP ROLE {owner}, {app}; DO $$ BEGIN \
                 IF to_regrole('migrator_{db}') IS NOT NULL THEN REASSIGN OWNED BY migrator_{db} TO owner; \
                 ALTER DATABASE {db} OWNER TO owner; DROP OWNED BY migrator_{db}; DROP ROLE migrator_{db}; END IF; END $$",
            ),
        );
    }
}

/// What the rules say of a catalog as a session sees it, inside of its transaction.
async fn judged(session: &mut Session, options: &Options) -> Report {
    let catalog = session.catalog().await.expect("it is read");
    judge(&catalog, options)
}

fn judge(catalog: &Catalog, options: &Options) -> Report {
    let manifest = manifest();
    let mut report = catalog_report(&Context::new(&manifest, catalog, options));
    report.findings.retain(|finding| chosen(finding, options));
    report.sort();
    report
}

/// What the tests choose: not the server's release, and not the roles of tests that share the server.
fn chosen(finding: &Finding, options: &Options) -> bool {
    let database = options.wall.app_role.trim_start_matches("app_");
    let of_another = finding.object.starts_with("role ")
        && finding.object.contains("_tenancy_test_")
        && !finding.object.ends_with(database);
    finding.rule.id != "F01" && !of_another
}

fn told(report: &Report) -> String {
    report.findings.iter().map(|finding| format!("  {finding}\n")).collect()
}
