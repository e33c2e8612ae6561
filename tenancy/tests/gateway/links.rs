//! 7.1: which organization of a provider's is which of ours, as the directory keeps it.

use crate::gateway::world::{ACME, BRAVO, World};
use tenancy::OrgId;
use tenancy_gateway::oidc::{Candidate, ProviderOrganization};
use tenancy_gateway::{DirectoryError, OrganizationState};
use uuid::Uuid;

on_both!(
    a_link_is_of_one_issuer_and_changes_by_hand_alone,
    a_closed_organization_is_linked_to_nothing,
    a_link_waits_for_a_closure_that_is_being_written,
    links_are_written_down_or_not_made,
);

const ISSUER: &str = "https://id.test";

fn at(issuer: &str, id: &str) -> Candidate {
    Candidate::new(issuer, ProviderOrganization::parse(id).unwrap())
}

/// 48, 56: the same id, another issuer; spelling counts.
async fn a_link_is_of_one_issuer_and_changes_by_hand_alone(world: World) {
    let directory = world.gateway.directory("admin");
    let (one, two) = (at(ISSUER, "1"), at(ISSUER, "2"));
    directory.link_organization(&one, ACME).await.unwrap();
    directory.link_organization(&two, BRAVO).await.unwrap();
    let linked = async |which: &Candidate| directory.linked_organization(which).await.unwrap();
    assert_eq!((linked(&one).await, linked(&two).await), (Some(ACME), Some(BRAVO)));
    for issuer in ["https://other.test", "https://id.test/", "https://ID.test"] {
        assert_eq!(linked(&at(issuer, "1")).await, None, "{issuer}");
    }
    assert_eq!(linked(&at(ISSUER, "3")).await, None);
    // One at the provider is one of ours; another issuer's is another.
    for ours in [ACME, BRAVO] {
        assert!(matches!(directory.link_organization(&one, ours).await, Err(DirectoryError::Taken)));
    }
    directory.link_organization(&at("https://other.test", "1"), BRAVO).await.unwrap();
    assert_eq!((linked(&one).await, linked(&at("https://other.test", "1")).await), (Some(ACME), Some(BRAVO)));
    let unknown = directory.link_organization(&at(ISSUER, "4"), OrgId::new(Uuid::from_u128(0x99))).await;
    assert!(matches!(unknown, Err(DirectoryError::NothingToChange)));

    directory.unlink_organization(&one).await.unwrap();
    assert_eq!((linked(&one).await, linked(&two).await), (None, Some(BRAVO)));
    assert!(matches!(directory.unlink_organization(&one).await, Err(DirectoryError::NothingToChange)));
    directory.link_organization(&one, BRAVO).await.unwrap();
    assert_eq!(linked(&one).await, Some(BRAVO));
    let members = "gateway_memberships";
    assert_eq!(world.count(members).await, 4, "no link makes or ends a membership");
    let lines = world.audited().await;
    let said: Vec<_> = lines.iter().filter(|line| line.contains("linked")).map(String::as_str).collect();
    assert_eq!(
        said,
        [
            "organization linked:https://id.test 1",
            "organization linked:https://id.test 2",
            "organization linked:https://other.test 1",
            "organization unlinked:https://id.test 1",
            "organization linked:https://id.test 1",
        ]
    );
}

async fn a_closed_organization_is_linked_to_nothing(world: World) {
    let directory = world.gateway.directory("operator");
    let (one, two) = (at(ISSUER, "1"), at(ISSUER, "2"));
    directory.link_organization(&one, ACME).await.unwrap();
    directory.link_organization(&two, BRAVO).await.unwrap();
    directory.set_state(ACME, OrganizationState::Suspended).await.unwrap();
    assert_eq!(directory.linked_organization(&one).await.unwrap(), Some(ACME), "suspended is not gone");
    directory.set_state(ACME, OrganizationState::Closed).await.unwrap();
    assert_eq!(directory.linked_organization(&one).await.unwrap(), None);
    assert_eq!(directory.linked_organization(&two).await.unwrap(), Some(BRAVO));
    assert!(matches!(directory.link_organization(&one, ACME).await, Err(DirectoryError::NothingToChange)));
    // Whose it was at the provider may be somebody else's now, by hand.
    directory.link_organization(&one, BRAVO).await.unwrap();
}

/// A closure that another process has written and not yet committed. SQLite has one writer at a time anyway.
async fn a_link_waits_for_a_closure_that_is_being_written(world: World) {
    let close = format!("UPDATE gateway_organizations SET state = 'closed' WHERE id = '{ACME}'");
    let Some(open) = crate::gateway::outside::Open::after(&world.place, &close).await else { return };
    let directory = world.gateway.directory("admin");
    let link = tokio::spawn(async move { directory.link_organization(&at(ISSUER, "1"), ACME).await });
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert!(!link.is_finished());
    open.commit().await;
    assert!(matches!(link.await.unwrap(), Err(DirectoryError::NothingToChange)));
    assert_eq!(world.count("gateway_provider_organizations").await, 0);
}

/// 84.
async fn links_are_written_down_or_not_made(world: World) {
    let directory = world.gateway.directory("admin");
    let (one, two) = (at(ISSUER, "1"), at(ISSUER, "2"));
    directory.link_organization(&one, ACME).await.unwrap();
    world.execute("ALTER TABLE gateway_audit RENAME TO gone").await;
    assert!(directory.link_organization(&two, BRAVO).await.is_err());
    assert!(directory.unlink_organization(&one).await.is_err());
    world.execute("ALTER TABLE gone RENAME TO gateway_audit").await;
    assert_eq!(directory.linked_organization(&one).await.unwrap(), Some(ACME));
    assert_eq!(directory.linked_organization(&two).await.unwrap(), None);
}
