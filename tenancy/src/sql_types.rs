//! The SQL type of an organization column.
//!
//! A type of its own, so that a `Uuid`, a string or a client's claim cannot be compared with the column: only an
//! [`OrgId`](crate::OrgId) can (`ui-tests/tests/fail/b_predicate/`).

use diesel::backend::Backend;
use diesel::query_builder::QueryId;
use diesel::sql_types::SqlType;

/// An organization column declared as `Uuid` (PostgreSQL `uuid`) or `Binary` (SQLite, 16 bytes).
#[derive(Debug, Clone, Copy, Default, QueryId, SqlType)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951))]
#[diesel(sqlite_type(name = "Binary"))]
pub struct Organization;

/// An organization column declared as `Text`: the UUID in its hyphenated, lower-case form.
#[derive(Debug, Clone, Copy, Default, QueryId, SqlType)]
#[diesel(postgres_type(oid = 25, array_oid = 1009))]
#[diesel(sqlite_type(name = "Text"))]
pub struct OrganizationText;

/// The types that an organization column can have.
pub trait OrganizationType: SqlType + diesel::sql_types::SingleValue + sealed::Sealed {}
impl OrganizationType for Organization {}
impl OrganizationType for OrganizationText {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Organization {}
    impl Sealed for super::OrganizationText {}
}

/// How a backend stores an organization's UUID.
pub trait Stored<ST, DB: Backend> {
    /// What the backend puts on both sides of a name; `None` when it is not known.
    const QUOTE: Option<&'static str> = None;
    /// Whether a RETURNING clause knows the alias of the table that is written.
    const RETURNING_KNOWS_ALIASES: bool = true;
    /// Whether a row that is read can be locked. SQLite has one writer at a time instead.
    const LOCKS_ROWS: bool = true;

    /// Reads it.
    ///
    /// # Errors
    /// When the stored value is no UUID.
    fn read(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self>
    where
        Self: Sized;
    /// Writes it.
    ///
    /// # Errors
    /// As diesel's own types.
    fn write<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result;
}

#[cfg(feature = "postgres")]
mod pg {
    use super::{Organization, OrganizationText, Stored};
    use diesel::deserialize::{self, FromSql};
    use diesel::pg::{Pg, PgValue};
    use diesel::serialize::{self, Output, ToSql};
    use diesel::sql_types::{Text, Uuid as SqlUuid};
    use std::io::Write;
    use uuid::Uuid;

    impl Stored<Organization, Pg> for Uuid {
        const QUOTE: Option<&'static str> = Some("\"");

        fn read(bytes: PgValue<'_>) -> deserialize::Result<Self> {
            <Uuid as FromSql<SqlUuid, Pg>>::from_sql(bytes)
        }

        fn write<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            <Uuid as ToSql<SqlUuid, Pg>>::to_sql(self, out)
        }
    }

    impl Stored<OrganizationText, Pg> for Uuid {
        const QUOTE: Option<&'static str> = Some("\"");

        fn read(bytes: PgValue<'_>) -> deserialize::Result<Self> {
            Ok(<String as FromSql<Text, Pg>>::from_sql(bytes)?.parse()?)
        }

        fn write<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            write!(out, "{}", self.as_hyphenated())?;
            Ok(serialize::IsNull::No)
        }
    }
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use super::{Organization, OrganizationText, Stored};
    use diesel::deserialize::{self, FromSql};
    use diesel::serialize::{self, IsNull, Output};
    use diesel::sql_types::{Binary, Text};
    use diesel::sqlite::{Sqlite, SqliteValue};
    use uuid::Uuid;

    impl Stored<Organization, Sqlite> for Uuid {
        const QUOTE: Option<&'static str> = Some("`");
        const RETURNING_KNOWS_ALIASES: bool = false;
        const LOCKS_ROWS: bool = false;

        fn read(bytes: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
            Ok(Uuid::from_slice(&<Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(bytes)?)?)
        }

        fn write<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
            out.set_value(self.as_bytes().as_slice());
            Ok(IsNull::No)
        }
    }

    impl Stored<OrganizationText, Sqlite> for Uuid {
        const QUOTE: Option<&'static str> = Some("`");
        const RETURNING_KNOWS_ALIASES: bool = false;
        const LOCKS_ROWS: bool = false;

        fn read(bytes: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
            Ok(<String as FromSql<Text, Sqlite>>::from_sql(bytes)?.parse()?)
        }

        fn write<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
            out.set_value(self.as_hyphenated().to_string());
            Ok(IsNull::No)
        }
    }
}
