//! Which worker may write to SpiceDB.
//!
//! SpiceDB holds one relationship of the adapter's own type, `tenancy_sync:lease#holder@tenancy_sync:<random>`. Each write
//! demands that it is still the writer's, and taking it over replaces it in the same way. A write may reach SpiceDB late:
//! its worker gave up on it, or was stopped for a while. Once another writer has begun, such a write changes nothing. It
//! would bring back what was revoked since.

use super::client::{Of, Precondition, Update};
use super::engine::Inner;
use super::error::{SpiceDbError, SyncError};
use super::schema::{OWN_RELATION, OWN_TYPE};
use crate::{ObjectRef, Relationship, SubjectRef};
use std::time::Instant;
use uuid::Uuid;

/// The one object of the adapter's own type.
const OBJECT: &str = "lease";

/// How often another writer may be faster.
const TRIES: usize = 5;

/// The right to write. No two are equal.
#[derive(Debug, Clone)]
pub(super) struct Lease(Relationship);

impl Lease {
    /// Takes the right to write from whichever writer has it. A SpiceDB in which no writer had it is empty or another one:
    /// that demands a comparison first.
    pub(super) async fn take(inner: &Inner, deadline: Instant) -> Result<Self, SyncError> {
        let client = &inner.client;
        let object = own(OBJECT)?;
        let lease = Relationship {
            resource: object.clone(),
            relation: OWN_RELATION.to_owned(),
            subject: SubjectRef::Object(own(&Uuid::new_v4().to_string())?),
            expires_at: None,
        };
        let mut tries = 1;
        loop {
            let held = client.relationships(&Of { kind: OWN_TYPE, id: Some(OBJECT) }, (100, None), deadline).await?;
            let held = held.items.into_iter().map(|stored| stored.relationship);
            let mut updates = vec![Update { touch: true, relationship: lease.clone() }];
            let mut conditions = Vec::new();
            for holder in held {
                conditions.push(Precondition::Exists(holder.clone()));
                updates.push(Update { touch: false, relationship: holder });
            }
            if conditions.is_empty() {
                inner.sql.demand_comparison(&inner.texts).await?;
                conditions.push(Precondition::None(object.clone(), OWN_RELATION.to_owned()));
            }
            match client.write(&updates, &conditions, deadline).await {
                Ok(()) => return Ok(Self(lease)),
                Err(SpiceDbError::Precondition { .. }) if tries < TRIES => tries += 1,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// What a write demands.
    pub(super) fn condition(&self) -> Precondition {
        Precondition::Exists(self.0.clone())
    }
}

fn own(id: &str) -> Result<ObjectRef, SpiceDbError> {
    ObjectRef::new(OWN_TYPE, id).map_err(|_| SpiceDbError::Malformed("the lease's id"))
}
