//! The crates that are compiled: the same schema, written once for both macros.
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// What is generated.
pub(crate) struct Shape {
    pub(crate) tables: usize,
    /// Features of `tenancy`; diesel's follow from them, for both sides.
    pub(crate) features: String,
}

/// One crate.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Case {
    pub(crate) content: Content,
    pub(crate) side: Side,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Content {
    /// Nothing: what a crate costs that names the library.
    Empty,
    /// Tables that never meet.
    Tables,
    /// Tables, a foreign key each, and one list of tables that may share a query.
    Schema,
    /// The same with a query of each table.
    Queries,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    Diesel,
    Tenancy,
}

impl Content {
    pub(crate) const ALL: [Self; 4] = [Self::Empty, Self::Tables, Self::Schema, Self::Queries];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Tables => "tables",
            Self::Schema => "schema",
            Self::Queries => "queries",
        }
    }
}

impl Case {
    /// Both sides of a content stand next to each other, so that a slow minute hits both.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let sides = [Side::Diesel, Side::Tenancy];
        Content::ALL.into_iter().flat_map(move |content| sides.map(|side| Self { content, side }))
    }

    pub(crate) fn package(self) -> String {
        let side = match self.side {
            Side::Diesel => "diesel",
            Side::Tenancy => "tenancy",
        };
        format!("{}-{side}", self.content.name())
    }
}

/// A workspace of its own, with the lock file of this one.
pub(crate) fn workspace(folder: &Path, shape: &Shape) {
    let tenancy = env!("CARGO_MANIFEST_DIR");
    let members = Case::all().map(|case| format!("{:?}", case.package())).collect::<Vec<_>>().join(", ");
    write(&folder.join("Cargo.toml"), &format!("[workspace]\nresolver = \"3\"\nmembers = [{members}]\n"));
    let lock = Path::new(tenancy).join("../Cargo.lock");
    fs::copy(&lock, folder.join("Cargo.lock")).expect("the lock file can be copied");
    let features = shape.features.split(',').map(|feature| format!("{feature:?}")).collect::<Vec<_>>().join(", ");
    for case in Case::all() {
        let package = folder.join(case.package());
        let manifest = format!(
            "[package]\nname = \"{}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
             tenancy = {{ path = {tenancy:?}, features = [{features}] }}\n\
             diesel = {{ version = \"=2.3.14\", default-features = false }}\n",
            case.package()
        );
        write(&package.join("Cargo.toml"), &manifest);
        write(&package.join("src/lib.rs"), &source(case, shape));
    }
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the target folder can be written");
    fs::write(path, text).expect("the target folder can be written");
}

fn source(case: Case, shape: &Shape) -> String {
    if case.content == Content::Empty {
        return "pub use diesel::prelude::*;\n".to_owned();
    }
    let mut items = (0..shape.tables).map(table).collect::<String>();
    if case.content != Content::Tables {
        for child in 1..shape.tables {
            writeln!(items, "diesel::joinable!(t{child} -> t{} (parent_id));", child - 1).expect("a string takes it");
        }
        let names = (0..shape.tables).map(|table| format!("t{table}")).collect::<Vec<_>>().join(", ");
        writeln!(items, "diesel::allow_tables_to_appear_in_same_query!({names},);").expect("a string takes it");
    }
    let mut text = match case.side {
        Side::Diesel => items,
        Side::Tenancy => format!("tenancy::schema! {{\n{items}}}\n"),
    };
    if case.content == Content::Queries {
        text += &queries(case.side, shape);
    }
    text
}

/// Ten columns of mixed types; numbers bring operators, so their share matters.
fn table(number: usize) -> String {
    let amount = ["Integer", "BigInt", "SmallInt", "Double"][number % 4];
    let moment = ["Timestamp", "Date", "Nullable<Timestamp>", "Time"][number % 4];
    format!(
        "diesel::table! {{
    t{number} (id) {{
        id -> BigInt,
        org_id -> Binary,
        parent_id -> BigInt,
        name -> Text,
        note -> Nullable<Text>,
        amount -> {amount},
        rate -> Nullable<Double>,
        active -> Bool,
        moment -> {moment},
        payload -> Nullable<Binary>,
    }}
}}
"
    )
}

/// A query of each table, checked as a connection checks it. Diesel's filters by the organization by hand.
fn queries(side: Side, shape: &Shape) -> String {
    let mut text = String::from(
        "use diesel::prelude::*;
use diesel::query_builder::{Query, QueryFragment, QueryId};
fn runs<Q: Query + QueryFragment<diesel::sqlite::Sqlite> + QueryId>(_query: Q) {}
",
    );
    for number in 0..shape.tables {
        let table = format!("t{number}");
        let (argument, start) = match side {
            Side::Diesel => ("org: &[u8]", format!("{table}::table.filter({table}::org_id.eq(org))")),
            Side::Tenancy => ("org: &tenancy::OrgScope", format!("org.from({table}::table)")),
        };
        writeln!(
            text,
            "pub fn q{number}({argument}) {{
    runs({start}.filter({table}::name.eq(\"x\")).select(({table}::id, {table}::note)));
}}"
        )
        .expect("a string takes it");
    }
    text
}
