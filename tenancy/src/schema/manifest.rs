//! A schema as data: what wall two is made from, and what the audit compares a live database with.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Everything that one [`schema!`](crate::schema!) declares. The macro writes `schema_manifest()` beside the tables.
///
/// It is plain data and grants nothing. A service prints it for the command line:
///
/// ```
/// tenancy::schema! {
///     global(currencies);
///     diesel::table! { invoices (id) { id -> Integer, org_id -> Binary, currency -> Text, note -> Nullable<Text>, } }
///     diesel::table! { currencies (code) { code -> Text, } }
///     diesel::joinable!(invoices -> currencies (currency));
/// }
/// fn main() {
///     let manifest = schema_manifest();
///     assert_eq!(manifest.tables[0].organization.as_deref(), Some("org_id"));
///     println!("{}", manifest.to_json());
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The module that `schema!` stands in: `my_service::schema`.
    #[serde(default)]
    pub module: String,
    /// The tables, in the order of the source.
    pub tables: Vec<DeclaredTable>,
    /// What the `joinable!`s say, in the order of the source.
    #[serde(default)]
    pub joins: Vec<DeclaredJoin>,
}

/// Who owns a table's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TableKind {
    /// One organization a row.
    Tenant,
    /// No organization: shared reference data.
    Global,
    /// The operator of the service.
    Platform,
}

/// One table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclaredTable {
    /// Its path in Rust, from [`Manifest::module`]: `invoices`, or `billing::invoices`.
    pub path: String,
    /// The SQL schema, when the table is qualified. Otherwise the connection's `search_path` decides, which is `public`
    /// unless it was changed by hand.
    #[serde(default)]
    pub schema: Option<String>,
    /// The name in SQL.
    pub name: String,
    /// Who owns its rows.
    pub kind: TableKind,
    /// The columns, in the order of the source.
    pub columns: Vec<DeclaredColumn>,
    /// The primary key's columns, by their names in SQL.
    pub primary_key: Vec<String>,
    /// The organization column, by its name in SQL; of organization tables only.
    #[serde(default)]
    pub organization: Option<String>,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclaredColumn {
    /// The name in Rust.
    pub path: String,
    /// The name in SQL.
    pub name: String,
    /// The type as diesel's `table!` has it, without the `Nullable<..>` around it: `Uuid`, `Array<Nullable<Text>>`.
    pub sql_type: String,
    /// Whether NULL is allowed.
    #[serde(default)]
    pub nullable: bool,
    /// `#[max_length = n]`.
    #[serde(default)]
    pub max_length: Option<u32>,
}

/// `joinable!(child -> parent (column))`: `column` of the child holds the parent's primary key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclaredJoin {
    /// The child's [`DeclaredTable::path`].
    pub child: String,
    /// The child's column, by its name in SQL.
    pub column: String,
    /// The parent's [`DeclaredTable::path`].
    pub parent: String,
}

impl Manifest {
    /// What `schema!` wrote down. `place` is the path of a module inside the one that the schema stands in.
    #[doc(hidden)]
    pub fn __declared(place: &str, json: &str) -> Self {
        #[allow(
            clippy::expect_used,
            reason = "the macro crate is pinned to this version, and its tests read this text"
        )]
        let declared = serde_json::from_str::<Self>(json).expect("`schema!` writes a manifest that this crate reads");
        let module = place.rsplit_once("::").map_or(place, |(module, _)| module);
        Self { module: module.to_owned(), ..declared }
    }

    /// The manifest as JSON, for the command line and for a file under version control.
    pub fn to_json(&self) -> String {
        // Strings, lists and numbers always have a JSON form.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Reads what [`to_json`](Self::to_json) wrote.
    ///
    /// # Errors
    /// When the text is not a manifest.
    pub fn from_json(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// The table of that path in Rust.
    pub fn table(&self, path: &str) -> Option<&DeclaredTable> {
        self.tables.iter().find(|table| table.path == path)
    }

    /// The tables whose rows belong to organizations.
    pub fn tenant_tables(&self) -> impl Iterator<Item = &DeclaredTable> {
        self.tables.iter().filter(|table| table.kind == TableKind::Tenant)
    }
}

impl DeclaredTable {
    /// The SQL schema, or `public`.
    pub fn schema_or_public(&self) -> &str {
        self.schema.as_deref().unwrap_or("public")
    }

    /// The column of that name in SQL.
    pub fn column(&self, name: &str) -> Option<&DeclaredColumn> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// `schema.name`, for people.
impl fmt::Display for DeclaredTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.schema_or_public(), self.name)
    }
}
