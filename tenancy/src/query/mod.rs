//! Query sources and statements, one file a statement kind.

mod alias;
mod delete;
mod insert;
mod join;
mod no_table;
mod source;
pub(crate) mod statement;
mod target;
mod unscoped;
mod update;
mod upsert;
mod write_target;

pub use alias::{AliasTarget, AliasUnder};
pub use delete::DeleteFrom;
pub use insert::{IncompleteInsert, InsertInto};
pub use join::{
    AliasedOrganization, JoinOnDsl, JoinSide, MapsOrganization, MapsOrganizationOf, NoOrganization,
    OnAndSameOrganization, OnClauseOf, OnInOrganization,
};
pub use no_table::NoTableValue;
pub use source::{Scopable, ScopeTarget, ScopedFrom};
pub use statement::{Anywhere, ByArms, BySource, ByType, LeafSource, Scoped, ScopedSource, ScopedStatement};
pub use unscoped::{NamesAnOrganization, NeedsOrgScope};
pub use target::{ChangesOf, NoReturning, Returning};
pub use update::Update;
pub use write_target::{StandsFor, WriteTarget};
pub use upsert::{OnConflict, ConflictTarget, DoUpdate};
