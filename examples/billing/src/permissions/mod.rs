//! What members may do: the model, the authority that issues permits, and the engine that keeps roles.

mod open;
mod person;
mod roles;
mod switched_off;

use std::time::Duration;
use switched_off::SwitchedOff;
use tenancy::OrgScope;
use tenancy::permit::{Action, AskedInOrganization, PermitAuthority};
use tenancy_permits::sql::SqlEngine;

pub(crate) use open::{engine_on_postgres, over_postgres, over_sqlite};
pub(crate) use person::{id_beside, shown};
pub(crate) use roles::{Holder, Role, RoleError};
pub(crate) use tenancy_permits::sql::WriteError;

/// The actions of `permissions.zed`.
pub(crate) mod actions {
    tenancy::permissions! {
        file = "permissions.zed";
        ids(invoice = i32);
    }
}

/// How long an answer may take. SQLite has one writer at a time, and a request that writes may wait for another one.
const PATIENCE: Duration = Duration::from_secs(2);

/// Permits, and the roles that they come from.
#[derive(Clone)]
pub(crate) struct Permissions {
    authority: PermitAuthority,
    /// `None`: no database of roles was named, so every privileged action is refused.
    engine: Option<SqlEngine>,
}

impl Permissions {
    /// Permits from the roles of this engine.
    pub(crate) fn of(engine: SqlEngine) -> Self {
        let authority = PermitAuthority::new(engine.clone()).engine_timeout(PATIENCE);
        Self { authority, engine: Some(engine) }
    }

    /// No permit for any action: each one is answered as unavailable.
    pub(crate) fn switched_off() -> Self {
        Self { authority: PermitAuthority::new(SwitchedOff), engine: None }
    }

    /// The authority that the books trust.
    pub(crate) fn authority(&self) -> &PermitAuthority {
        &self.authority
    }

    /// Whether a page shows the button of an action. Nothing is decided by it: the action asks for a permit of its own.
    pub(crate) async fn shows<A>(&self, scope: &OrgScope, action: A) -> bool
    where
        A: Action<Level: AskedInOrganization>,
    {
        self.authority.require(scope, action).await.is_ok()
    }
}
