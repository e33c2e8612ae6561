//! What was written in one `schema!`.
use diesel_table_macro_syntax::TableDecl;
use proc_macro2::{Span, TokenStream};
use syn::{Ident, ItemMod, ItemUse};

use super::setting_values::Settings;
use super::table_ref::TableRef;
use crate::model::Module;

/// What an item of a schema may be; every error on an item ends with it.
pub(super) const ACCEPTED: &str = "a schema takes what `diesel print-schema` writes: `table!`, `joinable!`, \
    `allow_tables_to_appear_in_same_query!`, `mod sql_types { .. }`, a module for each SQL schema, and `use`";

/// Everything that one `schema!` says.
#[derive(Default)]
pub(crate) struct Input {
    pub(crate) settings: Settings,
    pub(crate) tables: Vec<RawTable>,
    pub(crate) joins: Vec<RawJoin>,
    pub(crate) allows: Vec<RawAllow>,
    pub(crate) modules: Vec<Module>,
    pub(crate) passthrough: Vec<ItemMod>,
    pub(crate) uses: Vec<ItemUse>,
    pub(crate) grouping: Vec<(Option<Ident>, TokenStream)>,
    pub(crate) tracked_files: Vec<String>,
    /// The first token of the tracked file, by which `file_spans` tells its tokens from the others.
    pub(crate) file_span: Option<Span>,
    /// Something could not be read. Then "no such table" may be an echo of that and is not reported.
    pub(crate) incomplete: bool,
}

/// One `table!`.
pub(crate) struct RawTable {
    pub(crate) module: Option<Ident>,
    pub(crate) decl: TableDecl,
}

/// One `joinable!`.
pub(crate) struct RawJoin {
    pub(crate) module: Option<Ident>,
    pub(crate) child: TableRef,
    pub(crate) parent: TableRef,
    pub(crate) foreign_key: Ident,
    pub(crate) span: Span,
}

/// One `allow_tables_to_appear_in_same_query!`.
pub(crate) struct RawAllow {
    pub(crate) module: Option<Ident>,
    pub(crate) tables: Vec<TableRef>,
}
