//! Services made of a few files each, one mistake at a time: (attack, the files that differ, the rules that fire).
//!
//! Without a mistake no rule fires; with one, those named and no other.

use crate::source::{SourceOptions, audit};
use crate::{Report, Severity};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, process};

/// A service without a mistake.
pub(super) const SOUND: &[(&str, &str)] = &[
    (
        "Cargo.toml",
        "[package]\nname = \"service\"\n[dependencies]\ntenancy = { version = \"0.1\", features = [\"postgres\"] }\n\
         diesel = \"2.3\"\n[dev-dependencies]\ntenancy-testkit = \"0.1\"\nsqlx = \"0.8\"\n",
    ),
    (
        "Cargo.lock",
        "[[package]]\nname = \"diesel-async\"\nversion = \"0.9.2\"\nsource = \"r\"\ndependencies = [\"tokio-postgres\"]\n\
         [[package]]\nname = \"tokio-postgres\"\nversion = \"0.7.18\"\n[[package]]\nname = \"tenancy\"\nversion = \"0.1.0\"\n",
    ),
    ("diesel.toml", "[print_schema]\nfile = \"src/schema.rs\"\n"),
    ("migrations/1/up.sql", "CREATE TABLE invoices (id uuid); CREATE INDEX ON invoices (id);"),
    (
        "src/schema.rs",
        "diesel::table! { invoices (id) { id -> Uuid, org_id -> Uuid, currency -> Text, } }\n\
         diesel::table! { billing.parties (id) { id -> Uuid, org_id -> Uuid, note -> Nullable<Text>, } }\n\
         diesel::table! { currencies (code) { code -> Text, } }\n\
         diesel::joinable!(invoices -> currencies (currency));\n",
    ),
    (
        "src/lib.rs",
        "#![forbid(unsafe_code)]\nmod schema_of { tenancy::schema! { file = \"src/schema.rs\"; global(currencies); } }\n\
         use tenancy::prelude::*;\n\
         pub async fn list(scope: &OrgScope) { let q = scope.from(invoices::table).union(other); q.sql(); }\n\
         #[cfg(test)] mod tests { fn t() { conn.begin_test_transaction(); diesel::sql_query(\"SELECT 1\"); unsafe {} } }\n\
         #[cfg(test)] mod more;\n",
    ),
    ("src/more.rs", "fn t() { unsafe { diesel::sql_query(\"SELECT 1\") } }"),
    ("tests/it.rs", "fn main() { diesel::sql_query(\"SELECT 1\"); }"),
    ("tools/operate/Cargo.toml", OPERATE),
    ("tools/operate/src/main.rs", "fn main() { diesel::sql_query(\"SELECT 1\"); PgConnection::establish(\"\"); }"),
    ("src/keys.rs", "impl LocalCheck for Keys { async fn check() { found.this_check(row.org, who) } }"),
];

/// A package that is marked as the platform's.
const OPERATE: &str = "[package]\nname = \"operate\"\n[package.metadata.tenancy]\naudit = \"platform\"\n\
    reason = \"migrates\"\n[dependencies]\ndiesel_migrations = \"2\"\n[lints.rust]\nunsafe_code = \"forbid\"\n";

/// Code that is put behind the sound `src/lib.rs`.
const fn code(attack: &'static str, text: &'static str, rules: &'static str) -> Case {
    Case { attack, file: "src/extra.rs", text, rules }
}

const fn file(attack: &'static str, file: &'static str, text: &'static str, rules: &'static str) -> Case {
    Case { attack, file, text, rules }
}

pub(super) struct Case {
    attack: &'static str,
    file: &'static str,
    text: &'static str,
    rules: &'static str,
}

/// Every [L] line of the families A, F and G of `docs/attacks.md`, some of B and C, and the rest of the rules.
const CASES: &[Case] = &[
    code("A16", "diesel::table! { #[sql_name = \"invoices\"] shadow (id) { id -> Uuid, } }", "S01 S04"),
    // By the way that tenancy's re-export leads.
    code("A16", "tenancy::diesel::table! { #[sql_name = \"invoices\"] shadow (id) { id -> Uuid, } }", "S01 S04"),
    code(
        "A16",
        "use tenancy::diesel as d; d::table! { #[sql_name = \"invoices\"] shadow (id) { id -> Uuid, } }",
        "S01 S04",
    ),
    code("F01", "use tenancy::diesel::sql_query as q;", "S13"),
    code("F03", "use tenancy::diesel::dsl::sql; fn f() { sql(\"true\") }", "S13"),
    code("A17", "diesel::table! { public.invoices (id) { id -> Uuid, } }", "S01 S04"),
    code("A17", "macro_rules! m { () => { table! { public.invoices (id) { id -> Uuid, } } } }", "S01 S04"),
    code("A20", "diesel::table! { other.invoices (id) { id -> Uuid, } }", "S04"),
    code("A18", "diesel::table! { pg_catalog.pg_class (oid) { oid -> Oid, } }", "S02 S04"),
    code("A18", "diesel::table! { pg_stat_activity (pid) { pid -> Integer, } }", "S02 S04"),
    code("A19", "diesel::view! { totals { sum -> BigInt, } }", "S03"),
    file("A19", "migrations/2/up.sql", "CREATE OR REPLACE VIEW billing.parties AS SELECT 1", "S03"),
    file("A19", "migrations/2/up.sql", "create materialized view if not exists \"currencies\" as select 1", "S03"),
    code("A20", "diesel::table! { flags (id) { id -> Integer, } }", "S04"),
    file(
        "A21",
        "src/schema.rs",
        "diesel::table! { invoices (id) { id -> Uuid, org_id -> Uuid, } } \
         diesel::table! { currencies (code) { code -> Text, org_id -> Uuid, } }",
        "S05",
    ),
    file(
        "A22",
        "src/schema.rs",
        "diesel::table! { invoices (id) { id -> Uuid, org_id -> Uuid, } } \
         diesel::table! { currencies (code) { code -> Text, invoice_id -> Uuid, } } \
         diesel::joinable!(currencies -> invoices (invoice_id));",
        "S06",
    ),
    file(
        "A23",
        "src/lib.rs",
        "#![forbid(unsafe_code)] #[cfg(test)] mod more; mod schema; tenancy::schema! { diesel::table! { notes (id) { id -> Uuid, org_id -> Uuid, } } }",
        "S04 S07",
    ),
    file(
        "A24",
        "src/schema.rs",
        "diesel::table! { invoices (id) { id -> Uuid, org_id -> diesel::sql_types::Nullable<Uuid>, } }",
        "S08",
    ),
    file(
        "A25",
        "migrations/2/up.sql",
        "CREATE TABLE IF NOT EXISTS billing.parties PARTITION OF all_parties DEFAULT;",
        "S09",
    ),
    file("A25", "migrations/2/up.sql", "CREATE TABLE invoices (more int) INHERITS (documents);", "S09"),
    code("B12", "fn f() { q.filter(diesel::dsl::sql::<Bool>(\"true) OR (true\")) }", "S13"),
    code("B12", "use diesel::dsl::{count, sql}; fn f() { sql(\"true\") }", "S13"),
    code("B13", "impl<DB: Backend> QueryFragment<DB> for Mine { fn walk_ast(&self) {} }", "S10"),
    code("C25", "impl diesel::query_builder::Query for With { type SqlType = Text; }", "S10"),
    code("F01", "use diesel::sql_query as q;", "S13"),
    code("F02", "fn f() { q.select(diesel::dsl::sql::<Text>(\"secret\")) }", "S13"),
    code(
        "F03",
        "use diesel::dsl::*; fn f() { q.order(sql::<Text>(\"(SELECT 1)\")).having(sql::<Bool>(\"true\")) }",
        "S13",
    ),
    code("F04", "async fn f(c: &mut C) { c.batch_execute(\"DELETE FROM invoices\").await }", "S13"),
    code(
        "F06",
        "impl QueryId for Mine { type QueryId = (); } impl diesel::query_builder::QueryFragment<Pg> for Mine {}",
        "S10",
    ),
    code("F07", "diesel::define_sql_function! { fn peek() -> BigInt; }", "S11"),
    code("F08", "diesel::infix_operator!(Leaks, \" <<< \");", "S12"),
    code("F08", "diesel::postfix_operator!(Runs, \" IS NULL; DELETE FROM invoices\");", "S12"),
    code("F08", "diesel::prefix_operator!(Runs, \"(SELECT query_to_xml(\");", "S12"),
    code("F08", "diesel::__diesel_infix_operator!(name = Runs, operator = \" <<< \");", "S12"),
    code("F07", "#[diesel::prelude::declare_sql_function] extern \"SQL\" { fn query_to_xml(q: Text) -> Text; }", "S11"),
    code("F31", "impl KnownCastSqlTypeName<Pg> for Mine { const SQL_TYPE_NAME: &'static str = \"int) \"; }", "S10"),
    code("E43", "impl AsChangeset for Mine { type Target = invoices::table; }", "S10"),
    // Diesel writes the name of a column that is set, and asks its own fragment for nothing.
    code(
        "E43",
        "impl diesel::Column for Owner { type Table = invoices::table; const NAME: &'static str = \"org_id\"; }",
        "S10",
    ),
    code("G12", "impl tenancy::schema::GlobalTable for Mine {}", "S26"),
    code("G12", "impl<B> tenancy::query::LeafSource for Mine<B> { type Under = OfBrand<B>; }", "S26"),
    code("G12", "use tenancy::schema::TenantTable as T; impl T for Mine {}", "S26"),
    code("F12", "fn handler(pool: Pool<AsyncDieselConnectionManager<C>>) { pool.get(); }", "S14"),
    code("F13", "async fn f() { diesel_async::AsyncPgConnection::establish(&env(\"DATABASE_URL\")).await }", "S14"),
    file(
        "F18",
        "Cargo.toml",
        "[package]\nname = \"service\"\n[dependencies]\npg = { package = \"tokio-postgres\", version = \"0.7\" }\n",
        "S15",
    ),
    file(
        "F18",
        "Cargo.toml",
        "[package]\nname = \"service\"\n[target.'cfg(unix)'.dependencies]\nsqlx = \"0.8\"\n",
        "S15",
    ),
    file("F18", "Cargo.lock", "[[package]]\nname = \"sqlx-core\"\nversion = \"0.8.0\"\nsource = \"r\"\n", "S15"),
    file(
        "F18",
        "Cargo.lock",
        "[[package]]\nname = \"wrapper\"\nversion = \"1.0.0\"\nsource = \"r\"\ndependencies = [\"tokio-postgres 0.7.18\"]\n",
        "S15",
    ),
    code("F27", "const M: EmbeddedMigrations = diesel_migrations::embed_migrations!();", "S16"),
    code("F27", "async fn f() { tenancy::db::unscoped_sql::run_unscoped_sql::<Postgres>(url, &[]).await }", "S16"),
    file("F27", "Cargo.toml", "[package]\nname = \"service\"\n[dependencies]\ndiesel_migrations = \"2.3\"\n", "S16"),
    code("F28", "fn f() { conn.begin_test_transaction(); }", "S17"),
    code("G08", "fn f() -> OrgScope { unsafe { std::mem::transmute(0u128) } }", "S18"),
    code("G09", "fn f() -> OrgScope { unsafe { std::mem::zeroed() } }", "S18"),
    code("G10", "fn f(s: &OrgScope) { vec![unsafe { std::ptr::read(s) }]; }", "S18"),
    code("G11", "union Pun { a: u128, b: Id }", "S18"),
    code("G08", "#![allow(unsafe_code)]", "S18"),
    file("G08", "src/bin/tool.rs", "fn main() {}", "S19"),
    code("G13", "fn f() { tenancy::__private::walk_column(out, \"\", \"\") }", "S20"),
    code("G13", "use tenancy::{OrgScope, __private as hidden};", "S20"),
    file(
        "G15",
        "Cargo.toml",
        "[package]\nname = \"service\"\n[dependencies]\ntenancy = { version = \"0.1\", features = [\"signing\"] }\n",
        "S21",
    ),
    file(
        "G15",
        "Cargo.toml",
        "[package]\nname = \"service\"\n[dependencies]\ntenancy.workspace = true\n[workspace.dependencies]\n\
         tenancy = { version = \"0.1\", features = [\"signing\"] }\n",
        "S21",
    ),
    file("G41", "Cargo.toml", "[package]\nname = \"service\"\n[dependencies]\ntenancy-testkit = \"0.1\"\n", "S21"),
    code("G16", "#[cfg(debug_assertions)] fn mint(a: &Authority) -> OrgScope { a.admit(claim) }", "S22"),
    code("G16", "fn mint(a: &Authority) { if cfg!(debug_assertions) { a.admit(everything) } }", "S22"),
    code("G16", "#[cfg(feature = \"dev-login\")] mod dev { use tenancy::Authority; }", "S22"),
    file(
        "G17",
        "Cargo.toml",
        "[package]\nname = \"service\"\n[dependencies]\ntenancy = \"0.1\"\n[patch.crates-io]\ntenancy = { git = \"https://x\" }\n",
        "S23",
    ),
    file(
        "G17",
        "Cargo.toml",
        "[package]\nname = \"service\"\n[dependencies]\ntenancy = { path = \"vendor/tenancy\" }\n",
        "S23",
    ),
    code("G17", "mod t { include!(\"../vendor/tenancy/src/scope/mod.rs\"); }", "S23"),
    file(
        "G18",
        "Cargo.lock",
        "[[package]]\nname = \"tenancy\"\nversion = \"0.1.0\"\n[[package]]\nname = \"tenancy\"\nversion = \"0.2.0\"\n",
        "S24",
    ),
    code("G49", "fn f(found: FoundBy) { found.this_check(claimed, who) }", "S28"),
    file(
        "-",
        "Cargo.toml",
        "[package]\nname = \"service\"\n[dependencies]\ntenancy = \"0.1\"\noperate = { path = \"tools/operate\" }\n",
        "S27",
    ),
    file(
        "-",
        "tools/operate/Cargo.toml",
        "[package]\nname = \"operate\"\n[package.metadata.tenancy]\naudit = \"platform\"\n[lints.rust]\nunsafe_code = \"forbid\"\n",
        "S13 S14 S25",
    ),
    code("G35", "unsafe impl Send for Holder {}", "S18"),
    code("-", "fn f( {", "S25"),
    file("-", "Cargo.lock", "[[package", "S25"),
];

pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn with(files: &[(&str, &str)]) -> Folder {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("tenancy-audit-{}-{}", process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = Folder(env::temp_dir().join(name));
        for (name, text) in files {
            let path = folder.0.join(name);
            fs::create_dir_all(path.parent().expect("it is in a folder")).expect("the folder is made");
            fs::write(path, text).expect("the file is written");
        }
        folder
    }

    pub(super) fn path(&self) -> &std::path::Path {
        &self.0
    }

    pub(super) fn audit(&self) -> Report {
        audit(&self.0, &SourceOptions::default()).expect("the folder is read")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn case(case: &Case) -> Folder {
    let differs = [(case.file, case.text)];
    let same = SOUND.iter().filter(|(name, _)| *name != case.file).copied();
    Folder::with(&same.chain(differs).collect::<Vec<_>>())
}

#[test]
fn a_sound_service_has_no_finding() {
    let report = Folder::with(SOUND).audit();
    assert!(report.findings.is_empty(), "{}", super::told(&report));
    assert_eq!(report.ran.len(), 28);
    let accepted: Vec<_> = report.accepted.iter().map(|accepted| accepted.finding.rule.id).collect();
    assert_eq!(accepted, ["S13", "S14", "S14", "S16"], "what the mark accepts is still reported");
    assert!(report.accepted.iter().all(|accepted| accepted.reason == "migrates"));
}

/// A mark accepts what its kind of package does, and nothing else.
#[test]
fn a_mark_does_not_accept_everything() {
    let with = |manifest: &str, code: &str| {
        let mut files: Vec<_> = SOUND.iter().filter(|(name, _)| !name.starts_with("tools/")).copied().collect();
        files.push(("tools/operate/Cargo.toml", manifest));
        files.push(("tools/operate/src/main.rs", code));
        Folder::with(&files).audit()
    };
    let code = "fn main() { unsafe {} tenancy::__private::seal(); conn.test_transaction(); diesel::sql_query(\"\"); }";
    assert_eq!(with(OPERATE, code).rule_ids(), ["S17", "S18", "S20"]);
    let tests = OPERATE.replace("platform", "tests");
    assert_eq!(with(&tests, code).rule_ids(), ["S18", "S20"]);
}

#[test]
fn every_mistake_is_found_and_nothing_else() {
    let mut wrong = String::new();
    for planted in CASES {
        let report = case(planted).audit();
        if report.rule_ids().join(" ") != planted.rules {
            wrong += &format!(
                "{} {}\n  expected {}, found\n{}",
                planted.attack,
                planted.text,
                planted.rules,
                super::told(&report)
            );
        }
        let least = if planted.attack == "-" { Severity::Low } else { Severity::Medium };
        if !report.fails_on(least) {
            wrong += &format!("{} {}: would pass\n", planted.attack, planted.text);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The lines of `docs/attacks.md` that say [L], of the families that the source pass is for.
#[test]
fn every_line_of_the_families_a_f_and_g_has_a_case() {
    let list = fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../docs/attacks.md"))
        .expect("it is read");
    let lines = list.lines().filter_map(|line| line.strip_prefix("- ")).filter_map(|line| line.split_once(" ["));
    let wanted = lines.filter(|(code, rest)| {
        let walls = rest.split(']').next().unwrap_or_default();
        code.starts_with(['A', 'F', 'G']) && walls.split(' ').any(|wall| wall == "L")
    });
    let missing: Vec<&str> =
        wanted.map(|(code, _)| code).filter(|code| !CASES.iter().any(|case| case.attack == *code)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_source_rule_has_a_case() {
    let ids = crate::rules().map(|rule| rule.id).filter(|id| id.starts_with('S'));
    let missing: Vec<_> =
        ids.filter(|id| !CASES.iter().any(|case| case.rules.split(' ').any(|rule| rule == *id))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn what_is_excluded_is_not_read() {
    let mut files = SOUND.to_vec();
    files.push((
        "tools/migrate/Cargo.toml",
        "[package]\nname = \"migrate\"\n[dependencies]\ndiesel_migrations = \"2\"\n",
    ));
    files.push(("tools/migrate/src/main.rs", "fn main() { unsafe {} }"));
    let folder = Folder::with(&files);
    assert_eq!(folder.audit().rule_ids(), ["S16", "S18", "S19"]);
    let options = SourceOptions { exclude: vec![PathBuf::from("tools/migrate")] };
    let report = audit(&folder.0, &options).expect("the folder is read");
    assert!(report.findings.is_empty(), "{}", super::told(&report));
    assert!(audit(&folder.0.join("migrations"), &options).is_err(), "it holds no package");
}
