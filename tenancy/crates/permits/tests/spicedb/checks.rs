//! Answers of the real SpiceDB, through gRPC.

use crate::world::{A, B, World, person, question, user};
use tenancy::permit::{Answer, EngineError, PermissionEngine};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn roles_of_every_level_are_answered() {
    for world in World::both().await {
        let [anna, bob, eve, operator] = ["anna", "bob", "eve", "operator"].map(user);
        world.give(None, &[&format!("team:1#member@{bob}"), "tenant:7#admin@team:1#member"]).await;
        world.give(None, &["tenant:7#platform@platform:main", &format!("platform:main#operator@{operator}")]).await;
        let own = |organization, rest: &str| format!("organization:{organization}#{rest}");
        world.give(Some(A), &[&own(A, &format!("owner@{anna}")), &own(A, "tenant@tenant:7")]).await;
        world.give(Some(A), &[&own(A, &format!("owner@{eve}")), &own(A, &format!("banned@{eve}"))]).await;
        world.give(Some(B), &[&own(B, &format!("owner@{eve}"))]).await;

        let a = A.to_string();
        for (name, allowed) in [("anna", true), ("bob", true), ("eve", false), ("operator", false)] {
            assert_eq!(world.allows(A, ("invoice", "1"), "delete", name).await, allowed, "{name}");
            assert_eq!(world.allows(A, ("organization", &a), "administer", name).await, allowed, "{name}");
        }
        assert!(world.allows(B, ("invoice", "1"), "delete", "eve").await);
        assert!(!world.allows(B, ("invoice", "1"), "delete", "anna").await);
        assert!(world.allows(A, ("tenant", "7"), "administer", "bob").await);
        assert!(world.allows(A, ("platform", "main"), "operate", "operator").await);
        assert!(world.front.calls("CheckPermission") > 0, "SpiceDB answered");
        assert_eq!(world.engine.counts().by_database, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_relationship_of_an_organization_counts_in_another() {
    for world in World::both().await {
        let [anna, bob] = ["anna", "bob"].map(user);
        // The same names in both.
        world.give(Some(A), &[&format!("invoice:1#author@{anna}"), "folder:1#viewer@group:1#member"]).await;
        world.give(Some(A), &[&format!("group:1#member@{anna}"), "invoice:2#folder@folder:1"]).await;
        world.give(Some(B), &[&format!("invoice:1#author@{bob}"), "folder:1#viewer@group:1#member"]).await;
        world.give(Some(B), &[&format!("group:1#member@{bob}"), "invoice:2#folder@folder:1"]).await;
        for (organization, own, other) in [(A, "anna", "bob"), (B, "bob", "anna")] {
            for (object, permission) in
                [(("invoice", "1"), "own"), (("folder", "1"), "view"), (("invoice", "2"), "view")]
            {
                assert!(world.allows(organization, object, permission, own).await, "{object:?}");
                assert!(!world.allows(organization, object, permission, other).await, "{object:?}");
            }
        }
        // An id that spells another organization's object is an object of this one.
        assert!(!world.allows(B, ("invoice", &format!("{A}/1")), "own", "anna").await);
        assert!(!world.allows(A, ("organization", &B.to_string()), "administer", "bob").await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_organization_that_another_one_names_gives_nothing() {
    for world in World::both().await {
        let anna = user("anna");
        world.give(Some(A), &[&format!("organization:{A}#owner@{anna}")]).await;
        world.give(Some(B), &[&format!("folder:1#organization@organization:{A}"), "invoice:1#folder@folder:1"]).await;
        assert!(world.allows(A, ("invoice", "1"), "view", "anna").await);
        assert!(!world.allows(B, ("invoice", "1"), "view", "anna").await);
        assert!(!world.allows(B, ("organization", &A.to_string()), "administer", "anna").await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_objects_take_one_request_and_keep_their_order() {
    let world = World::on_sqlite().await;
    let anna = user("anna");
    world.give(Some(A), &[&format!("invoice:2#author@{anna}"), &format!("invoice:4#author@{anna}")]).await;
    world.give(Some(B), &[&format!("invoice:1#author@{anna}")]).await;
    let (subject, ids) = (person("anna"), ["1", "2", "3", "4", "2"]);
    let questions = ids.map(|id| question(A, ("invoice", id), "own", &subject));
    let decisions = world.engine.check_each(&questions).await.expect("answers");
    let yes: Vec<bool> = decisions.iter().map(|decision| decision.answer == Answer::Yes).collect();
    assert_eq!(yes, [false, true, false, true, true]);
    assert_eq!((world.front.calls("CheckBulkPermissions"), world.front.calls("CheckPermission")), (1, 0));
    // All of them follow from the organization: one question.
    let questions = ids.map(|id| question(A, ("invoice", id), "delete", &subject));
    world.engine.check_each(&questions).await.expect("answers");
    assert_eq!((world.front.calls("CheckBulkPermissions"), world.front.calls("CheckPermission")), (1, 1));
    let mixed = [question(A, ("invoice", "1"), "own", &subject), question(B, ("invoice", "1"), "own", &subject)];
    let refused = world.engine.check_each(&mixed).await;
    assert!(matches!(refused, Err(EngineError::Malformed(_))), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn names_that_the_model_lacks_and_ids_that_no_object_has_are_errors() {
    let world = World::on_sqlite().await;
    for (object, permission) in [(("invoice", "1"), "nothing"), (("nothing", "1"), "view")] {
        let unknown = world.decide(A, object, permission, "anna").await;
        assert!(matches!(unknown, Err(EngineError::Model(_))), "{unknown:?}");
    }
    for id in ["", "a b", "a:b", "a#b", "*", "ä", &"1".repeat(1_025), &"1".repeat(1_024)] {
        let refused = world.decide(A, ("invoice", id), "own", "anna").await;
        assert!(matches!(refused, Err(EngineError::InvalidId)), "{id}: {refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn relationships_that_lead_too_far_are_an_error() {
    let world = World::on_sqlite().await;
    let anna = user("anna");
    let mut chain: Vec<String> = (0..60).map(|at| format!("group:{at}#member@group:{}#member", at + 1)).collect();
    chain.extend([format!("group:60#member@{anna}"), "folder:1#viewer@group:0#member".to_owned()]);
    world.give(Some(A), &chain.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let answer = world.decide(A, ("folder", "1"), "view", "anna").await;
    assert!(matches!(answer, Err(EngineError::TooDeep)), "{answer:?}");
}
