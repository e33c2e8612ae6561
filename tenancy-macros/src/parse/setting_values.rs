//! The settings of a `schema!`, as they were read.
use syn::{Ident, LitStr, Path};

use super::privileged::RawPrivileges;
use super::table_ref::TableRef;

/// What the settings say.
#[derive(Default)]
pub(crate) struct Settings {
    pub(crate) krate: Option<Path>,
    pub(crate) file: Option<LitStr>,
    /// The organization column's name in every table; `org_id` when it is not set.
    pub(crate) organization: Option<Ident>,
    /// The organization column's name in single tables.
    pub(crate) overrides: Vec<(TableRef, Ident)>,
    pub(crate) global: Vec<TableRef>,
    pub(crate) platform: Vec<TableRef>,
    /// What needs permits, one for each `privileged(..)`.
    pub(crate) privileged: Vec<RawPrivileges>,
    /// Which settings were seen, by the name they have in `KNOWN`.
    pub(super) seen: Vec<&'static str>,
}
