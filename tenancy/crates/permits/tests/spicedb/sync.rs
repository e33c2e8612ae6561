//! The copy: what changes in the database reaches SpiceDB, and nothing is allowed meanwhile that is not.

use crate::front::{Front, KEY, Script};
use crate::world::{A, B, PATIENCE, World, model, person, question, relationship, settings, user};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tenancy::permit::{Answer, EngineError, PermissionEngine};
use tenancy_permits::spicedb::SpiceDbEngine;
use tenancy_permits::sql::{Change, SqlEngine};
use tokio::sync::Notify;
use tonic::Status;

/// Waits for something that another task does.
pub(crate) async fn until(what: &str, mut done: impl AsyncFnMut() -> bool) {
    let waited = tokio::time::timeout(PATIENCE, async {
        while !done().await {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("{what} did not happen"));
}

fn seconds_now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs();
    i64::try_from(since).expect("a small number")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_revocation_before_the_check_counts_whether_spicedb_knows_or_not() {
    for world in World::both().await {
        let text = format!("invoice:1#author@{}", user("anna"));
        world.give(Some(A), &[&text]).await;
        world.give(Some(B), &[&text]).await;
        assert!(world.allows(A, ("invoice", "1"), "own", "anna").await);
        world.revoke(Some(A), &text).await;
        let asked = world.front.calls("CheckPermission");
        assert!(!world.allows(A, ("invoice", "1"), "own", "anna").await, "SpiceDB does not know");
        assert_eq!((world.front.calls("CheckPermission"), world.engine.counts().by_database), (asked, 1));
        // The other organization is not behind.
        assert!(world.allows(B, ("invoice", "1"), "own", "anna").await);
        assert_eq!(world.front.calls("CheckPermission"), asked + 1);
        world.drain().await;
        assert!(!world.allows(A, ("invoice", "1"), "own", "anna").await, "SpiceDB knows");
        assert_eq!((world.front.calls("CheckPermission"), world.engine.counts().by_database), (asked + 2, 1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_revocation_after_the_epoch_was_read_leaves_an_old_epoch_in_the_answer() {
    for world in World::both().await {
        let text = format!("invoice:1#author@{}", user("anna"));
        world.give(Some(A), &[&text]).await;
        world.give(Some(B), &[&text]).await;
        let holds = Arc::new(Notify::new());
        let holding = Arc::clone(&holds);
        world.front.decide(move |method, _| match method {
            "CheckPermission" => Script::Hold(Arc::clone(&holding)),
            _ => Script::Forward,
        });
        let engine = world.engine.clone();
        let check = tokio::spawn(async move {
            let subject = person("anna");
            engine.check(question(A, ("invoice", "1"), "own", &subject)).await
        });
        until("the question", async || world.front.calls("CheckPermission") > 0).await;
        world.revoke(Some(A), &text).await;
        holds.notify_one();
        let old = check.await.expect("the task").expect("an answer");
        world.front.forward();
        world.drain().await;
        let new = world.decide(A, ("invoice", "1"), "own", "anna").await.expect("an answer");
        assert_eq!((old.answer, new.answer), (Answer::Yes, Answer::No));
        assert!(new.epoch > old.epoch, "the statement compares them: {old:?} {new:?}");
        assert!(world.allows(B, ("invoice", "1"), "own", "anna").await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_ban_and_an_earlier_expiry_are_revocations_and_a_grant_is_none() {
    for world in World::both().await {
        let [anna, bob] = ["anna", "bob"].map(user);
        world.give(Some(A), &[&format!("organization:{A}#owner@{anna}")]).await;
        world.give(Some(B), &[&format!("organization:{B}#owner@{anna}")]).await;
        let by_database = || world.engine.counts().by_database;
        world.store(Some(A), &[&format!("organization:{A}#owner@{bob}")]).await;
        assert!(!world.allows(A, ("invoice", "1"), "delete", "bob").await, "SpiceDB does not know");
        assert_eq!(by_database(), 0);
        world.store(Some(A), &[&format!("organization:{A}#banned@{anna}")]).await;
        assert!(!world.allows(A, ("invoice", "1"), "delete", "anna").await);
        assert!(world.allows(B, ("invoice", "1"), "delete", "anna").await);
        assert_eq!(by_database(), 1);
        world.drain().await;
        assert!(world.allows(A, ("invoice", "1"), "delete", "bob").await);
        assert!(!world.allows(A, ("invoice", "1"), "delete", "anna").await);
        assert_eq!(by_database(), 1);

        let support = |seconds| {
            let mut support = relationship(&format!("organization:{A}#support@{}", user("eve")));
            support.expires_at = Some(SystemTime::now() + Duration::from_secs(seconds));
            [Change::touch(Some(A), support)]
        };
        let _ = world.engine.write(&support(3_600), "user:test", "support").await.expect("written");
        world.drain().await;
        assert!(world.allows(A, ("organization", &A.to_string()), "view", "eve").await);
        let stored = world.in_spicedb().await;
        let expires = stored.get(&format!("organization:{A}#support@{}", user("eve"))).copied().flatten();
        let left = expires.expect("an expiry") - seconds_now();
        assert!((3_000..=3_600).contains(&left), "{left}");
        let _ = world.engine.write(&support(5), "user:test", "shorter").await.expect("written");
        until("the expiry", async || !world.allows(A, ("organization", &A.to_string()), "view", "eve").await).await;
        assert!(by_database() > 1);
        world.drain().await;
        assert!(!world.allows(A, ("organization", &A.to_string()), "view", "eve").await);
        assert_eq!(world.sync.reconcile().await.expect("compared"), Default::default());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_revocation_above_organizations_counts_in_each() {
    for world in World::both().await {
        let admin = format!("tenant:7#admin@{}", user("anna"));
        world.give(None, &[&admin]).await;
        for organization in [A, B] {
            world.give(Some(organization), &[&format!("organization:{organization}#tenant@tenant:7")]).await;
            assert!(world.allows(organization, ("invoice", "1"), "delete", "anna").await);
        }
        world.revoke(None, &admin).await;
        for organization in [A, B] {
            assert!(!world.allows(organization, ("invoice", "1"), "delete", "anna").await);
        }
        assert_eq!(world.engine.counts().by_database, 2);
        world.drain().await;
        for organization in [A, B] {
            assert!(!world.allows(organization, ("invoice", "1"), "delete", "anna").await);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_erased_organization_is_erased_in_spicedb() {
    for world in World::both().await {
        let anna = user("anna");
        for organization in [A, B] {
            let own = format!("organization:{organization}#owner@{anna}");
            world.give(Some(organization), &[&own, &format!("invoice:1#author@{anna}")]).await;
        }
        world.give(Some(B), &[&format!("folder:1#organization@organization:{A}")]).await;
        let _ = world.engine.delete_organization(A, "user:test", "the customer left").await.expect("deleted");
        assert!(!world.allows(A, ("invoice", "1"), "own", "anna").await);
        world.drain().await;
        let left: Vec<String> = world.in_spicedb().await.into_keys().collect();
        assert_eq!(left, [format!("invoice:{B}/1#author@{anna}"), format!("organization:{B}#owner@{anna}")]);
        assert!(!world.allows(A, ("invoice", "1"), "own", "anna").await);
        assert!(world.allows(B, ("invoice", "1"), "own", "anna").await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_change_past_the_engine_reaches_spicedb() {
    let world = World::on_postgres().await;
    let text = format!("invoice:1#author@{}", user("anna"));
    for organization in [A, B] {
        let change = [Change::touch(Some(organization), relationship(&text))];
        let _ = world.engine.sql().write(&change, "user:test", "another process").await.expect("written");
    }
    world.drain().await;
    let database = world.database.as_ref().expect("PostgreSQL");
    let mine = format!("WHERE organization_id = '{A}'");
    // The same again is no change.
    database.psql(&format!("UPDATE permission_relationships SET written_by = 'sql' {mine}"));
    assert_eq!(world.sync.lag().await.expect("a number").waiting, 0);
    database.psql(&format!("UPDATE permission_relationships SET resource_id = '2' {mine}"));
    assert_eq!(world.sync.lag().await.expect("a number").waiting, 2);
    assert!(!world.allows(A, ("invoice", "1"), "own", "anna").await);
    world.drain().await;
    assert!(world.allows(A, ("invoice", "2"), "own", "anna").await);
    database.psql(&format!("DELETE FROM permission_relationships {mine}"));
    assert!(!world.allows(A, ("invoice", "2"), "own", "anna").await);
    world.drain().await;
    assert!(!world.allows(A, ("invoice", "2"), "own", "anna").await);
    assert!(world.allows(B, ("invoice", "1"), "own", "anna").await);
    assert!(database.try_psql("TRUNCATE permission_relationships").is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_spicedb_cannot_hold_is_answered_by_the_database() {
    let world = World::on_postgres().await;
    let database = world.database.as_ref().expect("PostgreSQL");
    let anna = user("anna").replace("user:", "");
    for (relation, of) in [("viewer", &anna), ("locked", &user("bob").replace("user:", ""))] {
        // Of no organization, so that it counts in each: the engine writes no such relationship.
        database.psql(&format!(
            "INSERT INTO permission_relationships (resource_type, resource_id, relation, subject_type, subject_id, \
             written_at, written_by) VALUES ('folder', '1', '{relation}', 'user', '{of}', 0, 'sql')"
        ));
    }
    let synced = world.sync.drain().await.expect("the rest");
    assert_eq!((synced.sent, synced.left), (0, 2));
    for organization in [A, B] {
        assert!(world.allows(organization, ("folder", "1"), "view", "anna").await);
    }
    assert_eq!(world.engine.counts().by_database, 2, "`locked` takes away");
    database.psql("DELETE FROM permission_relationships");
    world.drain().await;
    assert!(!world.allows(A, ("folder", "1"), "view", "anna").await);
    assert_eq!(world.engine.counts().by_database, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_write_whose_reply_is_lost_is_done_once() {
    for world in World::both().await {
        let text = format!("invoice:1#author@{}", user("anna"));
        world.store(Some(A), &[&text]).await;
        world.store(Some(B), &[&text]).await;
        world.front.decide(|method, _| match method {
            "WriteRelationships" => Script::Lose(Status::unavailable("cut")),
            _ => Script::Forward,
        });
        assert!(world.sync.drain().await.is_err());
        let lost = world.sync.drain().await;
        assert!(lost.is_err(), "{lost:?}");
        assert_eq!(world.sync.lag().await.expect("a number").waiting, 2);
        world.front.forward();
        world.drain().await;
        assert_eq!(world.in_spicedb().await.len(), 2);
        assert_eq!(world.sync.reconcile().await.expect("compared"), Default::default());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_late_write_of_another_worker_brings_nothing_back() {
    for world in World::both().await {
        let text = format!("invoice:1#author@{}", user("anna"));
        // The first worker has the right to write.
        world.give(Some(B), &[&text]).await;
        world.store(Some(A), &[&text]).await;
        let (late, calls) = (Arc::new(Notify::new()), AtomicUsize::new(0));
        let waits = Arc::clone(&late);
        world.front.decide(move |method, _| match method {
            "WriteRelationships" if calls.fetch_add(1, Ordering::Relaxed) == 0 => Script::Delay(Arc::clone(&waits)),
            _ => Script::Forward,
        });
        let first = world.sync.clone();
        let before = world.front.calls("WriteRelationships");
        let first = tokio::spawn(async move { first.drain().await });
        until("the write", async || world.front.calls("WriteRelationships") > before).await;
        world.revoke(Some(A), &text).await;
        let second = world.engine.sync();
        second.drain().await.expect("the second worker");
        assert_eq!(second.lag().await.expect("a number").waiting, 0);
        assert!(!world.allows(A, ("invoice", "1"), "own", "anna").await);
        late.notify_one();
        first.await.expect("the task").expect("the first worker begins again");
        assert!(!world.allows(A, ("invoice", "1"), "own", "anna").await, "SpiceDB refused the late write");
        assert_eq!(world.engine.counts().by_database, 0);
        assert_eq!(world.in_spicedb().await.len(), 1, "of the other organization");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_comparison_repairs_every_difference() {
    for world in World::both().await {
        let [anna, bob] = ["anna", "bob"].map(user);
        for organization in [A, B] {
            let own = format!("organization:{organization}#owner@{anna}");
            world.give(Some(organization), &[&own, &format!("invoice:1#author@{anna}")]).await;
        }
        world.give(None, &[&format!("tenant:7#admin@{anna}")]).await;
        let mut support = relationship(&format!("organization:{A}#support@{bob}"));
        support.expires_at = Some(SystemTime::now() + Duration::from_secs(3_600));
        let _ = world.engine.write(&[Change::touch(Some(A), support)], "user:test", "x").await.expect("written");
        world.drain().await;
        assert_eq!(world.sync.reconcile().await.expect("compared"), Default::default());
        let right = world.in_spicedb().await;

        world.meddle(true, &format!("invoice:{B}/1#author@{bob}"), None).await;
        world.meddle(true, &format!("tenant:7#admin@{bob}"), None).await;
        // Ids that the engine writes nowhere.
        world.meddle(true, &format!("invoice:1#author@{bob}"), None).await;
        world.meddle(true, &format!("folder:{A}/1#viewer@group:{B}/1#member"), None).await;
        world.meddle(true, &format!("organization:{A}/{A}#owner@{bob}"), None).await;
        world.meddle(false, &format!("invoice:{A}/1#author@{anna}"), None).await;
        world.meddle(true, &format!("organization:{A}#support@{bob}"), Some(seconds_now() + 9_000)).await;
        let found = world.sync.reconcile().await.expect("compared");
        assert_eq!((found.extra, found.missing, found.different), (5, 1, 1), "{}", world.name());
        assert_eq!(world.in_spicedb().await, right);
        assert_eq!(world.sync.reconcile().await.expect("compared"), Default::default());
        assert_eq!(world.sync.lag().await.expect("a number").waiting, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_empty_spicedb_is_filled_and_the_database_answers_until_then() {
    for mut world in World::both().await {
        let anna = user("anna");
        for organization in [A, B] {
            let own = |relation: &str, of: &str| format!("organization:{organization}#{relation}@{of}");
            world.give(Some(organization), &[&own("owner", &anna), &own("owner", &user("eve"))]).await;
        }
        world.give(Some(A), &[&format!("organization:{A}#banned@{}", user("eve"))]).await;
        let before: BTreeMap<_, _> = world.in_spicedb().await;
        let front = Front::of_library().await;
        let builder = SpiceDbEngine::builder(world.engine.sql().clone(), front.address(), SecretString::from(KEY));
        world.engine = builder.timeout(PATIENCE).build().expect("an engine");
        (world.sync, world.front) = (world.engine.sync(), front);
        world.engine.write_schema().await.expect("the schema");
        world.engine.verify().await.expect("verified");
        // The worker finds it empty, and stops half-way.
        let writes = AtomicUsize::new(0);
        world.front.decide(move |method, _| match method {
            "WriteRelationships" if writes.fetch_add(1, Ordering::Relaxed) > 0 => {
                Script::Fail(Status::unavailable("x"))
            }
            _ => Script::Forward,
        });
        world.sync.drain().await.map(drop).expect("nothing is to be sent");
        assert!(world.allows(A, ("invoice", "1"), "delete", "anna").await, "it found an empty SpiceDB");
        assert!(world.sync.reconcile().await.is_err());
        for (organization, name, allowed) in [(A, "anna", true), (A, "eve", false), (B, "eve", true)] {
            assert_eq!(world.allows(organization, ("invoice", "1"), "delete", name).await, allowed);
        }
        assert_eq!(world.engine.counts().by_database, 4);
        world.front.forward();
        let found = world.sync.reconcile().await.expect("all");
        assert_eq!((found.extra, found.different), (0, 0));
        assert_eq!(world.in_spicedb().await, before);
        for (organization, name, allowed) in [(A, "anna", true), (A, "eve", false), (B, "eve", true)] {
            assert_eq!(world.allows(organization, ("invoice", "1"), "delete", name).await, allowed);
        }
        assert_eq!(world.engine.counts().by_database, 4);
        // Of a SpiceDB that was restored nothing shows it.
        world.meddle(true, &format!("organization:{A}#owner@{}", user("bob")), None).await;
        world.front.decide(|method, _| match method {
            "ReadRelationships" => Script::Fail(Status::unavailable("x")),
            _ => Script::Forward,
        });
        assert!(world.sync.resync().await.is_err());
        assert!(!world.allows(A, ("invoice", "1"), "delete", "bob").await, "the database answers");
        world.front.forward();
        assert_eq!(world.sync.resync().await.expect("compared").extra, 1);
        assert!(!world.allows(A, ("invoice", "1"), "delete", "bob").await);
        assert_eq!((world.engine.counts().by_database, world.sync.lag().await.expect("a number").waiting), (5, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_worker_sends_what_its_engine_writes_at_once() {
    let world = World::on_postgres().await;
    let worker = world.sync.clone();
    let worker = tokio::spawn(async move { worker.run(Duration::from_secs(3_600)).await });
    for (organization, name) in [(A, "anna"), (B, "bob")] {
        world.store(Some(organization), &[&format!("invoice:1#author@{}", user(name))]).await;
        until("the grant", async || world.allows(organization, ("invoice", "1"), "own", name).await).await;
    }
    assert!(!world.allows(A, ("invoice", "1"), "own", "bob").await);
    let lag = world.sync.lag();
    assert!(lag.await.is_ok());
    worker.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_worker_notices_another_model() {
    let world = World::on_sqlite().await;
    for organization in [A, B] {
        world.give(Some(organization), &[&format!("invoice:1#author@{}", user("anna"))]).await;
    }
    let worker = world.sync.clone();
    let worker = tokio::spawn(async move { worker.run(Duration::from_millis(5)).await });
    let checked = world.front.calls("ReadSchema");
    until("a look", async || world.front.calls("ReadSchema") > checked + 1).await;
    assert!(world.allows(A, ("invoice", "1"), "own", "anna").await);
    // No answer is not another model.
    world.front.decide(|method, _| match method {
        "ReadSchema" => Script::Fail(Status::unavailable("x")),
        _ => Script::Forward,
    });
    let checked = world.front.calls("ReadSchema");
    until("a look", async || world.front.calls("ReadSchema") > checked + 1).await;
    assert!(world.allows(B, ("invoice", "1"), "own", "anna").await);
    world.front.forward();
    let text = crate::world::MODEL.replace("permission own = author", "permission own = author + folder->view");
    let sql = settings(SqlEngine::builder(model(&text))).sqlite(":memory:").await.expect("an engine");
    let other = SpiceDbEngine::builder(sql, world.front.address(), SecretString::from(KEY)).build();
    other.expect("an engine").write_schema().await.expect("another schema");
    for organization in [A, B] {
        until("the denial", async || {
            let answer = world.decide(organization, ("invoice", "1"), "own", "anna").await;
            matches!(answer, Err(EngineError::Model(_)))
        })
        .await;
    }
    worker.abort();
}
