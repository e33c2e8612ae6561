//! What a schema means, with the spans that errors and expansions point at.

use proc_macro2::{Span, TokenStream};
use syn::{Attribute, Ident, ItemMod, ItemUse, LitInt, Path};

/// A whole `tenancy::schema!` invocation.
pub(crate) struct Schema {
    /// The path of the `tenancy` crate, absolute (`::tenancy` unless `crate = path` says otherwise).
    pub(crate) krate: Path,
    /// Every `diesel::table!`, in source order.
    pub(crate) tables: Vec<Table>,
    /// Every `diesel::joinable!`.
    pub(crate) joins: Vec<Joinable>,
    /// Every pair that may share a query, once, in source order; no pair of a table with itself.
    pub(crate) pairs: Vec<(Ident, Ident)>,
    /// Items that are passed through unchanged: `pub mod sql_types { .. }`.
    pub(crate) passthrough: Vec<ItemMod>,
    /// Files whose change must rebuild the crate (`file = ".."`), as absolute paths.
    pub(crate) tracked_files: Vec<String>,
}

/// Who owns a table's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One organization a row; the default.
    Tenant,
    /// Shared reference data without an owner.
    Global,
    /// The operator's own.
    Platform,
}

/// One table.
pub(crate) struct Table {
    pub(crate) kind: Kind,
    /// Attributes and doc comments on the table, without `sql_name`.
    pub(crate) attrs: Vec<Attribute>,
    /// `use` lines inside the table; empty means `use diesel::sql_types::*`.
    pub(crate) imports: Vec<ItemUse>,
    /// The SQL schema, when the table is qualified.
    pub(crate) schema: Option<Ident>,
    /// The module's name.
    pub(crate) name: Ident,
    /// The name in SQL.
    pub(crate) sql_name: String,
    /// Primary key columns, at least one.
    pub(crate) primary_key: Vec<Ident>,
    pub(crate) columns: Vec<Column>,
    /// Index into `columns` of the organization column; `Some` exactly for tenant tables.
    pub(crate) org_column: Option<usize>,
    /// The table's declaration as it was written, for global and platform tables (diesel's own macro takes it).
    pub(crate) original: TokenStream,
}

/// One column.
pub(crate) struct Column {
    /// Attributes and doc comments, without `sql_name` and `max_length`.
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) name: Ident,
    pub(crate) sql_name: String,
    /// The SQL type as written.
    pub(crate) sql_type: syn::TypePath,
    pub(crate) max_length: Option<LitInt>,
}

/// `joinable!(child -> parent (foreign_key))`.
pub(crate) struct Joinable {
    pub(crate) child: Ident,
    pub(crate) parent: Ident,
    pub(crate) foreign_key: Ident,
    /// The whole declaration, for errors.
    pub(crate) span: Span,
}
