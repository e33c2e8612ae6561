//! Mistakes in a service's source as others would make them, and ordinary code that is none: (what, the files that
//! differ from the sound service, every rule that must fire and no other).

use super::source::{Folder, SOUND};
use super::told;
use crate::source::{SourceOptions, audit};
use std::path::Path;

type Mistake = (&'static str, &'static [(&'static str, &'static str)], &'static str);

const MAIN: &str = "src/extra.rs";

const MISTAKES: &[Mistake] = &[
    // Tables
    (
        "the macro under another name",
        &[(MAIN, "use diesel::table as t; t! { invoices (id) { id -> Uuid, } }")],
        "S01 S04",
    ),
    (
        "the other name comes from another file",
        &[
            ("src/names.rs", "pub use diesel::{table as declare};"),
            (MAIN, "use crate::names::declare; declare! { invoices (id) { id -> Uuid, } }"),
        ],
        "S01 S04",
    ),
    ("the macro is handed to a macro", &[(MAIN, "shadow!(diesel::table, invoices);")], "S04"),
    (
        "the name as a raw string",
        &[(MAIN, "diesel::table! { #[sql_name = r\"invoices\"] mine (id) { id -> Uuid, } }")],
        "S01 S04",
    ),
    ("another case", &[(MAIN, "diesel::table! { #[sql_name = \"INVOICES\"] mine (id) { id -> Uuid, } }")], "S01 S04"),
    ("inside of a function", &[(MAIN, "fn f() { diesel::table! { invoices (id) { id -> Uuid, } } }")], "S01 S04"),
    (
        "inside of another macro",
        &[(MAIN, "lazy! { mod m { diesel::table! { invoices (id) { id -> Uuid, } } } }")],
        "S01 S04",
    ),
    ("without a primary key", &[(MAIN, "diesel::table! { invoices { id -> Uuid, } }")], "S01 S04"),
    (
        "a second schema! calls it global",
        &[(MAIN, "tenancy::schema! { global(invoices); diesel::table! { invoices (id) { id -> Uuid, } } }")],
        "S01",
    ),
    (
        "a table in a submodule of a program",
        &[
            ("src/bin/tool/main.rs", "#![forbid(unsafe_code)] mod t; fn main() {}"),
            ("src/bin/tool/t.rs", "diesel::table! { invoices (id) { id -> Uuid, } }"),
        ],
        "S01 S04",
    ),
    (
        "a table in the build script",
        &[("build.rs", "diesel::table! { invoices (id) { id -> Uuid, } } fn main() {}")],
        "S01 S04",
    ),
    (
        "a file outside of src",
        &[
            ("Cargo.toml", "[package]\nname = \"service\"\n[[bin]]\nname = \"x\"\npath = \"tools/x/main.rs\"\n"),
            ("tools/x/main.rs", "#![forbid(unsafe_code)] mod y; fn main() {}"),
            ("tools/x/y.rs", "diesel::table! { invoices (id) { id -> Uuid, } }"),
        ],
        "S01 S04",
    ),
    (
        "tables by text",
        &[("Cargo.toml", "[package]\nname = \"service\"\n[dependencies]\ndiesel-dynamic-schema = \"0.2\"\n")],
        "S13",
    ),
    ("an unclassified table", &[(MAIN, "diesel::table! { settings (id) { id -> Integer, org_id -> Uuid, } }")], "S04"),
    (
        "an organization that may be missing",
        &[(MAIN, "tenancy::schema! { diesel::table! { notes (id) { id -> Uuid, org_id -> Nullable<Uuid>, } } }")],
        "S08",
    ),
    (
        "a global table with organizations under another name",
        &[(
            MAIN,
            "tenancy::schema! { organization(rates = company); global(rates); diesel::table! { rates (id) { id -> Uuid, company -> Uuid, } } }",
        )],
        "S05",
    ),
    // Raw SQL
    ("renamed", &[(MAIN, "use diesel::sql_query as ask; fn f() { ask(\"SELECT 1\") }")], "S13"),
    ("by a glob", &[(MAIN, "use diesel::*; fn f() { sql_query(\"SELECT 1\") }")], "S13"),
    (
        "by a glob in another file",
        &[
            ("src/names.rs", "pub use diesel::dsl::*;"),
            (MAIN, "use crate::names::*; fn f() { q.filter(sql(\"true\")) }"),
        ],
        "S13",
    ),
    ("in a macro of one's own", &[(MAIN, "macro_rules! ask { ($e:expr) => { ::diesel::sql_query($e) } }")], "S13"),
    ("with a raw name", &[(MAIN, "fn f() { diesel::r#sql_query(\"SELECT 1\") }")], "S13"),
    ("dsl under another name", &[(MAIN, "use diesel::dsl as d; fn f() { q.filter(d::sql::<Bool>(\"true\")) }")], "S13"),
    (
        "dsl under another name, without a type",
        &[(MAIN, "use diesel::dsl as d; fn f() { q.order(d::sql(\"1\")) }")],
        "S13",
    ),
    ("the type of a raw fragment", &[(MAIN, "type F = diesel::expression::SqlLiteral<Bool>;")], "S13"),
    ("COPY", &[(MAIN, "fn f() { diesel::copy_from(invoices::table).from_raw_data(x, |w| Ok(())) }")], "S13"),
    (
        "a batch",
        &[(MAIN, "use diesel_async::SimpleAsyncConnection; async fn f(c: &mut C) { c.batch_execute(\"x\").await }")],
        "S13 S14",
    ),
    // Fragments, functions, operators
    (
        "a fragment in a macro's body",
        &[(MAIN, "macro_rules! f { ($t:ty) => { impl<DB: Backend> QueryFragment<DB> for $t { } } }")],
        "S10",
    ),
    (
        "a fragment with nested generics",
        &[(MAIN, "impl<'a, T> diesel::query_builder::QueryFragment<Pg, Vec<Option<T>>> for Mine<'a, T> {}")],
        "S10",
    ),
    (
        "the trait under another name",
        &[(MAIN, "use diesel::query_builder::QueryFragment as Part; impl<DB> Part<DB> for Mine {}")],
        "S10",
    ),
    ("a query of one's own", &[(MAIN, "impl diesel::query_builder::Query for Mine { type SqlType = Text; }")], "S10"),
    ("a function by the older macro", &[(MAIN, "diesel::no_arg_sql_function!(peek, diesel::sql_types::Text);")], "S11"),
    (
        "a function by the attribute",
        &[(MAIN, "#[diesel::declare_sql_function] extern \"SQL\" { fn peek() -> Text; }")],
        "S11",
    ),
    ("an operator", &[(MAIN, "use diesel::infix_operator as op; op!(Leaks, \" ~~ \");")], "S12"),
    // Other ways to the database
    (
        "a driver under another name",
        &[(
            "Cargo.toml",
            "[package]\nname = \"service\"\n[dependencies]\nfast = { package = \"tokio-postgres\", version = \"0.7\" }\n",
        )],
        "S15",
    ),
    (
        "a driver for one target",
        &[(
            "Cargo.toml",
            "[package]\nname = \"service\"\n[target.x86_64-unknown-linux-gnu.dependencies]\nrusqlite = \"0.31\"\n",
        )],
        "S15",
    ),
    (
        "an optional driver",
        &[(
            "Cargo.toml",
            "[package]\nname = \"service\"\n[dependencies]\nsqlx = { version = \"0.8\", optional = true }\n",
        )],
        "S15",
    ),
    (
        "a driver as a table of its own",
        &[("Cargo.toml", "[package]\nname = \"service\"\n[dependencies.sea-orm]\nversion = \"1\"\n")],
        "S15",
    ),
    (
        "a driver below diesel",
        &[("Cargo.toml", "[package]\nname = \"service\"\n[dependencies]\npq-sys = \"0.7\"\n")],
        "S15",
    ),
    (
        "a pool below the driver",
        &[(
            "Cargo.lock",
            "[[package]]\nname = \"deadpool-postgres\"\nversion = \"0.14.0\"\nsource = \"r\"\ndependencies = [\"tokio-postgres\"]\n",
        )],
        "S15",
    ),
    (
        "a pool of diesel-async",
        &[(MAIN, "use diesel_async::pooled_connection::bb8::Pool; struct State { pool: Pool<C> }")],
        "S14",
    ),
    (
        "a pool of diesel",
        &[(MAIN, "struct State { pool: diesel::r2d2::Pool<diesel::r2d2::ConnectionManager<C>> }")],
        "S14",
    ),
    (
        "a connection of any sort",
        &[(MAIN, "async fn f<C: diesel_async::AsyncConnection>() { C::establish(url).await }")],
        "S14",
    ),
    ("a wrapper", &[(MAIN, "type C = diesel_async::sync_connection_wrapper::SyncConnectionWrapper<x>;")], "S14"),
    ("a program", &[(MAIN, "fn f() { std::process::Command::new(\"psql\").arg(\"-c\"); }")], "S14"),
    (
        "migrations by another package",
        &[("Cargo.toml", "[package]\nname = \"service\"\n[dependencies]\nrefinery = \"0.8\"\n")],
        "S16",
    ),
    (
        "migrations at the start",
        &[(MAIN, "pub const M: diesel_migrations::EmbeddedMigrations = diesel_migrations::embed_migrations!(\"m\");")],
        "S16",
    ),
    ("a test transaction", &[(MAIN, "async fn f(c: &mut C) { c.begin_test_transaction().await }")], "S17"),
    // Unsafe
    ("an unsafe trait", &[(MAIN, "unsafe trait T {}")], "S18"),
    ("an attribute", &[(MAIN, "#[unsafe(no_mangle)] fn f() {}")], "S18"),
    ("machine code", &[(MAIN, "core::arch::global_asm!(\"nop\");")], "S18"),
    ("in a macro", &[(MAIN, "macro_rules! m { () => { unsafe { core::mem::zeroed() } } }")], "S18"),
    ("forbidden in a comment", &[("src/main.rs", "// #![forbid(unsafe_code)]\nfn main() {}")], "S19"),
    (
        "forbidden under a condition",
        &[("src/main.rs", "#![cfg_attr(not(debug_assertions), forbid(unsafe_code))] fn main() {}")],
        "S19",
    ),
    ("denied only", &[("src/main.rs", "#![deny(unsafe_code)] fn main() {}")], "S19"),
    (
        "switched off for the whole build",
        &[(".cargo/config.toml", "[build]\nrustflags = [\"--cap-lints\", \"allow\"]\n")],
        "S19",
    ),
    // Tenancy itself
    ("hidden parts under another name", &[(MAIN, "use tenancy as t; fn f() { t::__private::seal() }")], "S20"),
    ("hidden parts by a group", &[(MAIN, "use tenancy::{prelude::*, __private::{seal}};")], "S20"),
    ("hidden parts of a package", &[(MAIN, "use tenancy_rls::{Plan, __private as hidden};")], "S20"),
    (
        "a package of tenancy that is patched",
        &[(
            "Cargo.toml",
            "[package]\nname = \"service\"\n[patch.crates-io]\ntenancy-rls = { git = \"https://example.org\" }\n",
        )],
        "S23",
    ),
    (
        "two versions of a package of tenancy",
        &[(
            "Cargo.lock",
            "[[package]]\nname = \"tenancy-rls\"\nversion = \"0.1.0\"\n[[package]]\nname = \"tenancy-rls\"\nversion = \"0.2.0\"\n",
        )],
        "S24",
    ),
    (
        "the test kit under another name",
        &[(
            "Cargo.toml",
            "[package]\nname = \"service\"\n[dependencies]\nkit = { package = \"tenancy-testkit\", version = \"0.1\" }\n",
        )],
        "S21",
    ),
    (
        "the test kit for one target",
        &[(
            "Cargo.toml",
            "[package]\nname = \"service\"\n[target.'cfg(unix)'.dependencies]\ntenancy-testkit = \"0.1\"\n",
        )],
        "S21",
    ),
    (
        "the test kit by the workspace",
        &[(
            "Cargo.toml",
            "[package]\nname = \"service\"\n[workspace.dependencies]\nkit = { package = \"tenancy-testkit\", version = \"0.1\" }\n[dependencies]\nkit.workspace = true\n",
        )],
        "S21",
    ),
    ("the test kit in code", &[(MAIN, "use tenancy_testkit::TestAuthority;")], "S21"),
    (
        "the signer by a feature of one's own",
        &[(
            "Cargo.toml",
            "[package]\nname = \"service\"\n[features]\ndefault = [\"tenancy/signing\"]\n[dependencies]\ntenancy = \"0.1\"\n",
        )],
        "S21",
    ),
    (
        "a condition on the build",
        &[(MAIN, "impl State { fn f(&self) -> OrgScope { if cfg!(feature = \"mock\") { return fake(); } real() } }")],
        "S22",
    ),
    (
        "a patch in cargo's configuration",
        &[(".cargo/config.toml", "[patch.crates-io]\ntenancy = { path = \"../fork\" }\n")],
        "S23",
    ),
    ("a path in cargo's configuration", &[(".cargo/config.toml", "paths = [\"vendor/tenancy\"]\n")], "S23"),
    (
        "a patch of another registry",
        &[(
            "Cargo.toml",
            "[package]\nname = \"service\"\n[patch.\"https://example.com/index\"]\nt = { package = \"tenancy-macros\", git = \"https://x\" }\n",
        )],
        "S23",
    ),
    (
        "two versions of the macros",
        &[(
            "Cargo.lock",
            "[[package]]\nname = \"tenancy-macros\"\nversion = \"0.1.0\"\n[[package]]\nname = \"tenancy-macros\"\nversion = \"0.2.0\"\n",
        )],
        "S24",
    ),
    (
        "a view that a migration makes",
        &[("migrations/2/up.sql", "CREATE OR REPLACE VIEW Invoices AS SELECT 1;")],
        "S03",
    ),
    (
        "a table of the server's own",
        &[(MAIN, "diesel::table! { information_schema.tables (id) { id -> Text, } }")],
        "S02 S04",
    ),
];

/// Ordinary code, beside the sound service.
const ORDINARY: &[&str] = &[
    "use tenancy::prelude::*; #[derive(Queryable, Selectable)] #[diesel(table_name = crate::schema::invoices)] struct Invoice { id: Uuid } \
     pub async fn list(scope: &OrgScope, conn: &mut OrgConn) -> QueryResult<Vec<Invoice>> { \
     scope.from(invoices::table).filter(invoices::currency.eq(\"EUR\")).select(Invoice::as_select()).load(conn).await }",
    "fn sql(text: &str) -> String { text.to_owned() } fn f() { let s = sql(\"not diesel's\"); }",
    "fn f(canvas: &mut Image) { canvas.copy_from(&other, 0, 0); session.establish(); a.union(&b); }",
    "use redis::aio::ConnectionManager; struct State { redis: ConnectionManager }",
    "fn f() { let t = table!([\"a\", \"b\"]); let v = view! { <p>{text}</p> }; let w = view! { cx, <p/> }; }",
    "macro_rules! m { () => { $crate::__private::go() } } mod __private { pub fn go() {} } fn f() { crate::__private::go() }",
    "#[tokio::test(flavor = \"multi_thread\")] async fn t() { diesel::sql_query(\"SELECT 1\"); }",
    "#[cfg(all(unix, test))] mod tests { fn t() { unsafe {} } }",
    "fn f<T: QueryFragment<Pg>>(t: T) where T: QueryId { } fn g(x: impl Fn(Query) -> bool) {}",
    "use diesel::query_builder::QueryFragment as _; use diesel::result::Error as DieselError;",
    "/// `diesel::sql_query` is not used here; nor is `unsafe`.\nfn f() { let text = \"diesel::sql_query unsafe { }\"; }",
    "struct Query { text: String } impl Query { fn new() -> Self { todo!() } } impl Default for Query { fn default() -> Self { Self::new() } }",
    "trait Column { fn title(&self) -> String; } struct Name; impl Column for Name { fn title(&self) -> String { String::new() } }",
    "#[cfg(feature = \"metrics\")] fn count() {} #[cfg(debug_assertions)] fn log() {}",
];

pub(super) fn with(files: &[(&str, &str)]) -> Folder {
    let same = SOUND.iter().filter(|(name, _)| !files.iter().any(|(other, _)| other == name)).copied();
    Folder::with(&same.chain(files.iter().copied()).collect::<Vec<_>>())
}

#[test]
fn what_others_would_write_is_found() {
    let mut wrong = String::new();
    for (what, files, expected) in MISTAKES {
        let report = with(files).audit();
        let found = report.rule_ids().join(" ");
        if found != *expected {
            wrong += &format!("{what}\n  expected {expected}, found {found}\n{}", told(&report));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    println!("{} mistakes found", MISTAKES.len());
}

#[test]
fn ordinary_code_raises_no_alarm() {
    let mut wrong = String::new();
    for text in ORDINARY {
        let report = with(&[(MAIN, text)]).audit();
        if !report.findings.is_empty() {
            wrong += &format!("{text}\n{}", told(&report));
        }
    }
    let whole_file = with(&[("src/it.rs", "#![cfg(test)]\nfn t() { unsafe { diesel::sql_query(\"\") } }")]).audit();
    let named = [(MAIN, "#[cfg(test)] #[path = \"odd.rs\"] mod tests;"), ("src/odd.rs", "fn t() { unsafe {} }")];
    let several = with(&[("src/main.rs", "#![forbid(missing_docs, unsafe_code)]\nfn main() {}")]).audit();
    for report in [whole_file, with(&named).audit(), several] {
        wrong += &told(&report);
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// A member of a workspace that is looked at by itself: what the workspace says counts.
#[test]
fn a_member_knows_its_workspace() {
    let sound = [
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"a\"]\n[workspace.dependencies]\nstore = { package = \"sqlx\", version = \"0.8\" }\n[workspace.lints.rust]\nunsafe_code = \"forbid\"\n",
        ),
        (
            "Cargo.lock",
            "[[package]]\nname = \"tenancy\"\nversion = \"0.1.0\"\n[[package]]\nname = \"tenancy\"\nversion = \"0.2.0\"\n",
        ),
        (
            "a/Cargo.toml",
            "[package]\nname = \"a\"\n[dependencies]\nstore.workspace = true\n[lints]\nworkspace = true\n",
        ),
        ("a/src/main.rs", "fn main() {}"),
    ];
    let folder = Folder::with(&sound);
    let report = audit(&folder.path().join("a"), &SourceOptions::default()).expect("the folder is read");
    assert_eq!(report.rule_ids(), ["S15", "S24"], "{}", told(&report));
    assert!(report.findings.iter().any(|finding| finding.object == "../Cargo.lock: tenancy"), "{}", told(&report));
}

/// The README's program is a gateway and a service in one process, makes its own tables, and stands in the workspace of
/// tenancy itself: all three are true of it, and nothing else is said.
#[test]
fn the_quickstart_raises_what_it_says_of_itself() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../examples/quickstart");
    let report = audit(&root, &SourceOptions::default()).expect("the folder is read");
    assert_eq!(report.rule_ids(), ["S16", "S21", "S23"], "{}", told(&report));
}
