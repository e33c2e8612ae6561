//! An entry of support access that holds.

use crate::session::session_row::Cells;
use std::time::SystemTime;
use tenancy::scope::{Epochs, OrgId, RequestedOrg};
use tenancy_service::__private::sql::{StoreError, Value};
use uuid::Uuid;

/// An entry that held when the session was looked up, for a page to show. Only that look-up makes one
/// (`ui-tests/tests/fail/g_forging/an_entry_made_by_hand.rs`), and it opens nothing by itself.
#[derive(Debug, Clone)]
pub struct ActiveAccess {
    id: Uuid,
    org: OrgId,
    slug: String,
    writes: bool,
    until: SystemTime,
    epochs: Epochs,
}

impl ActiveAccess {
    pub(crate) fn read(row: Vec<Value>) -> Result<Self, StoreError> {
        let mut row = Cells::new(row);
        let (id, org, slug) = (row.id()?, OrgId::new(row.id()?), row.text()?);
        let (writes, until) = (row.int()? == 1, row.time()?);
        Ok(Self { id, org, slug, writes, until, epochs: Epochs { org: row.count()?, sub: row.count()? } })
    }

    /// Names the entry, in [`Actor`](tenancy::scope::Actor) and in the audit log.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// The organization.
    pub fn org(&self) -> OrgId {
        self.org
    }

    /// Whether it is to change something as well.
    pub fn writes(&self) -> bool {
        self.writes
    }

    /// When it ends at the latest.
    pub fn until(&self) -> SystemTime {
        self.until
    }

    pub(crate) fn epochs(&self) -> Epochs {
        self.epochs
    }

    /// Whether a client that says this means the organization, by id or slug.
    pub(crate) fn is_meant(&self, wish: &RequestedOrg) -> bool {
        wish.names(self.org) || wish.as_str() == self.slug
    }
}
