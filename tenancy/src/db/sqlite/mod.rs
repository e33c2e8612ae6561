//! SQLite through diesel-async's wrapper of diesel's own connection.

pub(crate) mod driver;

/// A connection to SQLite that is lent to one organization.
pub type Conn<'s, B = crate::scope::Request> = super::OrgConn<'s, super::Sqlite, B>;
