//! I86, G32, G33: what a job is told of the member that queued it, when it runs.

use crate::gateway::world::{ACME, BRAVO, World, subject};
use tenancy::job::{Directory as _, Standing, StandingError};
use tenancy::scope::{Epochs, OrgId, Tier};
use tenancy_gateway::OrganizationState;
use uuid::Uuid;

on_both!(a_job_hears_how_its_member_stands_now);

async fn a_job_hears_how_its_member_stands_now(world: World) {
    let directory = world.gateway.directory("worker");
    let (alice, carol) = (subject("alice"), subject("carol"));
    let first = Standing { epochs: Epochs { org: 1, sub: 1 }, tier: Tier::Org };
    assert_eq!(directory.standing(ACME, &alice).await.unwrap(), first);
    directory.set_tier(&carol, BRAVO, Tier::Tenant).await.unwrap();
    let raised = Standing { epochs: Epochs { org: 1, sub: 2 }, tier: Tier::Tenant };
    assert_eq!(directory.standing(BRAVO, &carol).await.unwrap(), raised);

    let refused = async |org, subject: &_| directory.standing(org, subject).await.unwrap_err();
    assert!(matches!(refused(BRAVO, &alice).await, StandingError::NotAMember));
    assert!(matches!(refused(ACME, &subject("nobody")).await, StandingError::NotAMember));
    assert!(matches!(refused(OrgId::new(Uuid::from_u128(0x99)), &alice).await, StandingError::Suspended));
    // Staff have no standing for a job, also while they are inside.
    let _ = crate::gateway::staff::entered(&world, "acme", tenancy_gateway::AccessRequest::read_write("to mend")).await;
    assert!(matches!(refused(ACME, &subject("sam")).await, StandingError::NotAMember));
    directory.set_disabled(&carol, true).await.unwrap();
    assert!(matches!(refused(BRAVO, &carol).await, StandingError::NotAMember));
    directory.set_state(ACME, OrganizationState::Suspended).await.unwrap();
    assert!(matches!(refused(ACME, &alice).await, StandingError::Suspended));
    directory.set_state(ACME, OrganizationState::Active).await.unwrap();
    assert_eq!(directory.standing(ACME, &alice).await.unwrap().epochs, Epochs { org: 3, sub: 1 });
    directory.remove_member(&alice, ACME).await.unwrap();
    assert!(matches!(refused(ACME, &alice).await, StandingError::NotAMember));
    world.execute("ALTER TABLE gateway_memberships RENAME TO gone").await;
    assert!(matches!(refused(BRAVO, &subject("bob")).await, StandingError::Unavailable(_)));
}
