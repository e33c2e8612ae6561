//! Diesel's prelude for code that works with scopes: `use tenancy::prelude::*;` instead of `use diesel::prelude::*;`.
//!
//! Everything is diesel's own, but for the names that need a scope:
//!
//! - [`RunQueryDsl`] runs on an [`OrgConn`](crate::OrgConn);
//! - [`JoinOnDsl`] adds the organization to an explicit ON clause;
//! - [`AliasGrouping`](crate::query::AliasGrouping) groups an alias by several columns;
//! - [`CombineDsl`] asks that both arms be of one scope;
//! - [`Identifiable`] and [`HasQuery`] derive for records of organization tables, whose type has no value without a scope.

pub use crate::query::{AliasGrouping as _, CombineDsl, HasQuery as _, JoinOnDsl, SaveChangesDsl as _};
pub use crate::{HasQuery, Identifiable, OrgScope, RunQueryDsl};
pub use diesel::associations::Identifiable as _;
pub use diesel::associations::{Associations, GroupedBy};
pub use diesel::deserialize::{Queryable, QueryableByName};
pub use diesel::expression::{
    AppearsOnTable, BoxableExpression, Expression, IntoSql, Selectable, SelectableExpression,
};
pub use diesel::expression_methods::*;
pub use diesel::insertable::Insertable;
pub use diesel::query_builder::{AsChangeset, DecoratableTarget};
pub use diesel::query_dsl::QueryDsl;
pub use diesel::query_source::{Column, JoinTo, QuerySource, Table};
pub use diesel::result::{
    ConnectionError, ConnectionResult, OptionalEmptyChangesetExtension, OptionalExtension, QueryResult,
};
pub use diesel::{SelectableHelper, allow_columns_to_appear_in_same_group_by_clause};
