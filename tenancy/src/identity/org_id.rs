//! An organization's id: data that can be read, shown and stored, and that never becomes a scope.

use crate::sql_types::{Organization, OrganizationText};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use std::fmt;
use uuid::Uuid;

/// An organization's id, as rows carry it and clients may see it.
///
/// It is data. No function turns one into an [`OrgScope`](crate::OrgScope): a scope is minted from a verified grant.
/// Proof: `ui-tests/tests/fail/g_forging/an_organization_id_where_a_scope_is_due.rs`.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Debug,
    serde::Serialize,
    serde::Deserialize,
    AsExpression,
    FromSqlRow,
)]
#[diesel(sql_type = Organization)]
#[diesel(sql_type = OrganizationText)]
#[serde(transparent)]
pub struct OrgId(Uuid);

impl OrgId {
    /// Wraps the id of an organization, for instance one that a directory just created.
    pub const fn new(id: Uuid) -> Self {
        Self(id)
    }

    /// The plain UUID.
    pub const fn as_uuid(&self) -> &Uuid {
        &self.0
    }
}

impl fmt::Display for OrgId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Uuid> for OrgId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl std::str::FromStr for OrgId {
    type Err = uuid::Error;

    /// # Errors
    /// When the text is no UUID.
    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}

impl<ST, DB> FromSql<ST, DB> for OrgId
where
    DB: diesel::backend::Backend,
    ST: crate::sql_types::OrganizationType,
    Uuid: crate::sql_types::Stored<ST, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        <Uuid as crate::sql_types::Stored<ST, DB>>::read(bytes).map(Self)
    }
}

impl<ST, DB> diesel::serialize::ToSql<ST, DB> for OrgId
where
    DB: diesel::backend::Backend,
    ST: crate::sql_types::OrganizationType,
    Uuid: crate::sql_types::Stored<ST, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
        <Uuid as crate::sql_types::Stored<ST, DB>>::write(&self.0, out)
    }
}
