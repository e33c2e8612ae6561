//! Query sources and statements, one file a statement kind.

mod alias;
mod arms;
mod assigned;
mod brand;
mod combine;
mod delete;
mod insert;
mod insert_columns;
mod insert_many;
mod insert_rows;
mod join;
mod model;
mod no_table;
pub(crate) mod plain;
mod source;
pub(crate) mod statement;
mod target;
mod text;
mod unscoped;
mod update;
mod upsert;
mod write_target;

pub use alias::{AliasName, Aliased, Beside};
#[cfg(feature = "postgres")]
pub(crate) use assigned::lists;
pub(crate) use brand::Admits;
pub use brand::{Agrees, Anywhere, BrandOf, LeafSource, OfBrand, SourceBrand};
pub use combine::CombineDsl;
pub use delete::DeleteFrom;
pub use insert::{IncompleteInsert, InsertInto};
pub use insert_columns::InsertColumns;
pub(crate) use insert_many::Chunk;
pub use insert_many::{InsertMany, Progress};
pub use insert_rows::InsertRows;
pub(crate) use insert_rows::WalkRows;
#[cfg(feature = "postgres")]
pub(crate) use insert_rows::bind_organization;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub(crate) use insert_rows::column_names;
pub use join::{
    AliasedOrganization, JoinOnDsl, JoinSide, MapsOrganization, MapsOrganizationOf, NoOrganization,
    OnAndSameOrganization, OnClauseOf, OnInOrganization,
};
pub use model::Parents;
pub use no_table::{BelongsThroughAScope, NoTableValue};
pub use plain::PlainFrom;
#[cfg(feature = "postgres")]
pub(crate) use source::walk_table;
pub use source::{AsAlias, AsTable, Scopable, ScopeTarget, ScopedFrom};
pub use statement::{ByArms, ByRows, BySource, ByType, ScopedSource, ScopedStatement};
pub use target::{ChangesOf, NoReturning, Returning};
pub use unscoped::{NamesAnOrganization, NeedsOrgScope};
pub use update::Update;
pub use upsert::{ConflictTarget, DoUpdate, OnConflict};
pub use write_target::{StandsFor, WriteTarget};
