//! What the audit knows besides the declaration.

use tenancy_rls::{self as rls, Level, Target};

/// How the wall was built, and what is known and accepted. Start from [`Options::new`] with the options of the wall.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// As given to [`rls::Plan`].
    pub wall: rls::Options,
    /// Roles that may hold grants on organization tables beside the service's: reporting, support (C10).
    pub readers: Vec<String>,
    /// Login roles that may go round the wall, or own tables: who migrates, who backs up (C14).
    pub administrators: Vec<String>,
    /// SECURITY DEFINER functions that were reviewed, as `schema.name` (D03, D07).
    pub definers: Vec<String>,
    /// Tables that are known and need no declaration, as `schema.name` (A02, A03). diesel's own list of migrations is
    /// always known.
    pub ignored_tables: Vec<String>,
    /// Whether the service's role is expected to hold UPDATE on single columns, without the organization (A07).
    pub column_grants: bool,
    /// What PgBouncer's `SHOW VERSION` says, when there is a PgBouncer before the server (F08).
    pub pgbouncer: Option<String>,
    /// Rules that are not run, by id. They are reported as not run.
    pub disabled: Vec<String>,
}

impl Options {
    /// For a wall that was built with these options.
    pub fn new(wall: rls::Options) -> Self {
        Self {
            wall,
            readers: Vec::new(),
            administrators: Vec::new(),
            definers: Vec::new(),
            ignored_tables: Vec::new(),
            column_grants: true,
            pgbouncer: None,
            disabled: Vec::new(),
        }
    }

    pub(super) fn sealed(&self) -> bool {
        self.wall.level == Level::Sealed
    }

    /// Whether a policy holds its verifier in a sub-select.
    pub(super) fn wraps(&self) -> bool {
        self.wall.target == Target::Postgres
    }
}
