//! The traits that [`schema!`](crate::schema!) implements for a table and its columns.
//!
//! Nothing here confers authority: these traits hold names and types, and no function of theirs is given a scope's key. A
//! value of an organization table's type is made from a [`ScopedFrom`], which only a scope gives, and which is that table's rows and
//! nothing else (`ui-tests/tests/fail/hostile/`). Implementing one by hand is declaring a table by hand: what a second
//! `schema!` could do as well, and no more (`docs/limits.md`, rule S26 of the source audit).

mod global_table;
mod index;
mod manifest;
mod organization_column;
mod rendering;

pub use crate::isolation::{ScopedFrom, TableName, TenantTable};
pub use global_table::PlainFrom;
#[doc(hidden)]
pub use global_table::walk;
pub(crate) use global_table::walk_alias;
pub use index::{Groups, Never, No, SameColumn, Together, Yes};
pub use manifest::{DeclaredColumn, DeclaredJoin, DeclaredTable, Manifest, TableKind};
pub(crate) use organization_column::compares;
pub use organization_column::{ComparesWithOrganization, OrganizationIsSetByTheScope, WrittenByHand};
pub(crate) use rendering::walk_name;
#[doc(hidden)]
pub use rendering::{ColumnName, walk_column, walk_plain_column, walk_plain_star, walk_star};

use diesel::Table;
use diesel::query_source::QuerySource;

/// A table without an organization: a global or a platform table. Written by [`schema!`](crate::schema!). Its FROM clause is
/// its name.
pub trait PlainTable: Table + QuerySource<FromClause = PlainFrom<Self>> {
    /// The SQL schema, when the table is qualified.
    const SCHEMA: Option<&'static str>;
    /// The table's name in SQL.
    const NAME: &'static str;
    /// What a statement calls the table: its name, with the SQL schema in front when it is qualified, since two schemas
    /// may have a table of one name.
    const ALIAS: &'static str;
    /// Whether it is the platform's: then no organization's connection renders it, at whatever depth of a statement.
    const PLATFORM: bool;
}

/// A table of shared reference data, without an owner; plain diesel, and joinable with scoped tables.
pub trait GlobalTable: PlainTable {}

/// A table of the platform's own. No organization's scope reaches it.
pub trait PlatformTable: PlainTable {}

/// A column of table `T`, known by its place.
pub trait ColumnOf<T> {
    /// The place, as bits.
    type Index;
    /// `Yes` when a conflict target that contains this column can only meet rows that the statement may change: the
    /// organization column, and a primary key that is one column.
    type Anchors;
    /// The name in SQL.
    const NAME: &'static str;
}

/// A record type and the table that it is read from; written by this crate's `Identifiable` and `HasQuery` derives.
pub trait ScopedModel {
    /// The table.
    type Table: TenantTable;
}
