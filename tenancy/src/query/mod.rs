//! Query sources and statements, one file a statement kind.

mod alias;
mod aliased_organization;
mod arms;
mod asked_of_a_record;
mod assigned;
mod brand;
mod combine;
mod conflict_clause;
mod delete;
mod grouping;
mod in_list;
mod insert;
mod insert_columns;
mod insert_many;
mod insert_rows;
mod join;
mod model;
mod no_table;
mod permitted;
mod platform_source;
mod privileged_text;
mod source;
mod statement;
mod target;
mod unscoped;
mod unscoped_as_diesel;
mod unscoped_methods;
mod update;
mod upsert;
mod write_target;

pub use crate::isolation::{ScopedFrom, ScopedSource, ScopedStatement};
pub use alias::{AliasName, Aliased, Beside};
pub use aliased_organization::{AliasedOrganization, MapsOrganization, MapsOrganizationOf};
pub use asked_of_a_record::{HasQuery, QueriesThroughAScope, SaveChangesDsl, SavesThroughAScope};
#[cfg(feature = "postgres")]
pub(crate) use assigned::lists;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub(crate) use assigned::reading;
pub(crate) use brand::Admits;
pub use brand::{Agrees, Anywhere, BrandOf, LeafSource, OfBrand, OfThePlatform, SourceBrand};
pub use combine::CombineDsl;
pub use delete::DeleteFrom;
pub use grouping::{AliasGrouping, Grouping};
pub use in_list::InList;
pub use insert::{IncompleteInsert, InsertInto, InsertTarget};
pub use insert_columns::InsertColumns;
pub(crate) use insert_many::Chunk;
pub use insert_many::{InsertMany, Progress};
pub use insert_rows::InsertRows;
pub(crate) use insert_rows::WalkRows;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub(crate) use insert_rows::column_names;
pub use join::{JoinOnDsl, JoinSide, NoOrganization, OnAndSameOrganization, OnClauseOf, OnInOrganization};
pub use model::Parents;
pub use no_table::{BelongsThroughAScope, NoTableValue};
pub use permitted::{
    Granted, Guarded, Needs, ObjectOf, PermitFor, Permitted, PrivilegedColumn, PrivilegedTable, Privileges,
    Unprivileged, WithoutPermit, WrittenByTheEngine, is_action_on, no_action,
};
pub use platform_source::WithoutOrganizations;
pub use source::{AsAlias, AsTable, Scopable, ScopeTarget};
pub use statement::{ByArms, ByPermit, ByRows, BySource, ByType};
pub use target::{ChangesOf, NoReturning, Returning};
pub use unscoped::{AStatement, NamesAnOrganization, NeedsOrgScope, Unscoped};
pub use update::Update;
pub use upsert::{ConflictTarget, DoUpdate, OnConflict};
pub use write_target::{StandsFor, WriteTarget};
