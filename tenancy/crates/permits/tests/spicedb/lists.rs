//! Lists of objects.

use crate::world::{A, B, PATIENCE, World, relationship, user};
use tenancy_permits::ObjectRef;
use tenancy_permits::spicedb::ListError;
use tenancy_permits::sql::Change;

async fn list(
    world: &World,
    organization: uuid::Uuid,
    of: (&str, &str),
    limit: usize,
) -> Result<Vec<String>, ListError> {
    let anna: ObjectRef = user("anna").parse().expect("a user");
    world.engine.lookup_resources(organization, of, &anna, limit, PATIENCE).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_list_has_all_of_its_organization_or_is_refused() {
    let world = World::on_sqlite().await;
    let anna = user("anna");
    for start in [0, 700] {
        let own = |id| Change::touch(Some(A), relationship(&format!("invoice:{:05}#author@{anna}", start + id)));
        let changes: Vec<Change> = (0..700).map(own).collect();
        let written = world.engine.write(&changes, "user:test", "a test").await;
        assert_eq!(written.expect("written").stored, 700);
    }
    world.give(Some(B), &[&format!("invoice:00001#author@{anna}"), &format!("invoice:b#author@{anna}")]).await;
    let expected: Vec<String> = (0..1_400).map(|id| format!("{id:05}")).collect();
    assert_eq!(list(&world, A, ("invoice", "own"), 1_400).await.expect("a list"), expected);
    assert!(world.front.calls("LookupResources") >= 2, "in pages");
    assert_eq!(list(&world, B, ("invoice", "own"), 2).await.expect("a list"), ["00001", "b"]);
    for (organization, limit) in [(A, 1_399), (A, 0), (B, 1)] {
        let refused = list(&world, organization, ("invoice", "own"), limit).await;
        assert!(matches!(refused, Err(ListError::TooMany { limit: found }) if found == limit), "{refused:?}");
    }
    let from_organization = list(&world, A, ("invoice", "delete"), 10).await;
    assert!(matches!(from_organization, Err(ListError::FromOrganization { .. })), "{from_organization:?}");
    let unknown = list(&world, A, ("invoice", "nothing"), 10).await;
    assert!(matches!(unknown, Err(ListError::UnknownPermission { .. })), "{unknown:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn lists_above_and_of_organizations_and_after_a_revocation() {
    for world in World::both().await {
        let anna = user("anna");
        world.give(None, &[&format!("tenant:7#admin@{anna}"), &format!("tenant:8#admin@{anna}")]).await;
        world.give(Some(A), &[&format!("organization:{A}#owner@{anna}"), &format!("group:1#member@{anna}")]).await;
        world.give(Some(B), &[&format!("organization:{B}#owner@{anna}"), &format!("group:2#member@{anna}")]).await;
        assert_eq!(list(&world, A, ("tenant", "administer"), 9).await.expect("a list"), ["7", "8"]);
        assert_eq!(list(&world, A, ("organization", "administer"), 9).await.expect("a list"), [A.to_string()]);
        assert_eq!(list(&world, A, ("group", "member"), 9).await.expect("a list"), ["1"]);
        assert_eq!(list(&world, B, ("group", "member"), 9).await.expect("a list"), ["2"]);
        world.revoke(Some(A), &format!("group:1#member@{anna}")).await;
        let before = world.front.calls("LookupResources");
        assert!(list(&world, A, ("group", "member"), 9).await.expect("a list").is_empty());
        assert_eq!(world.front.calls("LookupResources"), before, "the database answered");
        world.drain().await;
        assert!(list(&world, A, ("group", "member"), 9).await.expect("a list").is_empty());
        assert!(world.front.calls("LookupResources") > before);
    }
}
