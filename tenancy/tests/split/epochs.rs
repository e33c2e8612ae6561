//! A grant from before a membership changed.

use crate::split::forge::{CREATE, LIST};
use crate::split::service::Known;
use crate::split::world::{ACME, Alone, BRAVO};
use std::collections::HashMap;
use tenancy::OrgId;
use tenancy::scope::Epochs;
use tenancy_service::RejectionReason;

fn known(epochs: &[(OrgId, u64, u64)]) -> Option<HashMap<OrgId, Epochs>> {
    Some(epochs.iter().map(|(id, org, sub)| (*id, Epochs { org: *org, sub: *sub })).collect())
}

/// 71: older than what the service's database knows, of either kind; the other organization is not touched.
#[tokio::test]
async fn an_older_epoch_is_refused() {
    let database = Known::default();
    let source = database.clone();
    let alone = Alone::with(|service| service.epochs(source)).await;
    let set = |epochs: &[(OrgId, u64, u64)]| *database.0.lock().unwrap() = known(epochs);
    set(&[(ACME, 0, 0), (BRAVO, 0, 0)]);
    let grant = alone.grant(ACME, &LIST);
    assert_eq!(alone.with_grant(&LIST, &grant).await.0, 200);
    for raised in [(ACME, 1, 0), (ACME, 0, 1)] {
        set(&[raised, (BRAVO, 0, 0)]);
        assert_eq!(alone.with_grant(&LIST, &grant).await.0, 401);
        assert_eq!(alone.with_grant(&CREATE, &alone.grant(ACME, &CREATE)).await.0, 401);
        assert_eq!(alone.names(BRAVO).await, "bravo-1");
    }
    // An organization that the database does not know, or no longer.
    set(&[(BRAVO, 0, 0)]);
    assert_eq!(alone.with_grant(&LIST, &grant).await.0, 401);
    assert_eq!(alone.refused(RejectionReason::GrantEpoch), 5);
    set(&[(ACME, 0, 0)]);
    assert_eq!(alone.names(ACME).await, "acme-1");
}

/// A database that does not answer is never a pass.
#[tokio::test]
async fn epochs_that_cannot_be_read_are_503() {
    let alone = Alone::with(|service| service.epochs(Known::default())).await;
    for org in [ACME, BRAVO] {
        assert_eq!(alone.with_grant(&LIST, &alone.grant(org, &LIST)).await, (503, "Service Unavailable".to_owned()));
    }
    assert_eq!(alone.refused(RejectionReason::Unavailable), 2);
}
