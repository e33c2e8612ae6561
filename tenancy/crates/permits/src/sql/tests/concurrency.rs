//! Two writers at once, on PostgreSQL.

use super::{A, Change, Fixture, MODEL, SqlEngine, WriteError, both, model, organization, relationship};

/// Two engines with connections of their own on one database.
async fn two() -> (Fixture, SqlEngine) {
    let [_, fixture] = both(MODEL, |builder| builder.last_holder("organization", "owner")).await;
    let url = fixture.database.as_ref().expect("PostgreSQL").url();
    let other = SqlEngine::builder(model(MODEL)).last_holder("organization", "owner").postgres(url);
    (fixture, other.expect("an engine"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_owners_who_remove_each_other_one_stays() {
    let (fixture, other) = two().await;
    let owner = |name: &str| relationship(&format!("{}#owner@user:{name}", organization(A)));
    for round in 0..20 {
        let both = ["1", "2"].map(|name| Change::touch(Some(A), owner(name)));
        let _ = fixture.try_write(both.to_vec()).await.expect("written");
        let (remove_1, remove_2) = ([Change::delete(Some(A), owner("1"))], [Change::delete(Some(A), owner("2"))]);
        let (one, two) = tokio::join!(
            fixture.engine.write(&remove_2, "user:1", "removes the other"),
            other.write(&remove_1, "user:2", "removes the other"),
        );
        let outcomes = [one.is_ok(), two.is_ok()];
        assert_eq!(outcomes.iter().filter(|ok| **ok).count(), 1, "round {round}: {one:?} {two:?}");
        for refused in [one, two] {
            assert!(matches!(refused, Ok(_) | Err(WriteError::LastHolder { .. })), "{refused:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_writers_cannot_close_a_cycle_together() {
    let (fixture, other) = two().await;
    for round in 0..20 {
        // One of them writes for the organization, the other one above it in each second round.
        let above = if round % 2 == 0 { Some(A) } else { None };
        let there = relationship(&format!("team:a{round}#member@team:b{round}#member"));
        let back = relationship(&format!("team:b{round}#member@team:a{round}#member"));
        let (there, back) = ([Change::touch(Some(A), there)], [Change::touch(above, back)]);
        let (one, two) =
            tokio::join!(fixture.engine.write(&there, "user:1", "there"), other.write(&back, "user:2", "and back"),);
        assert_ne!(one.is_ok(), two.is_ok(), "round {round}: {one:?} {two:?}");
        for refused in [one, two] {
            assert!(matches!(refused, Ok(_) | Err(WriteError::Cycle { .. })), "{refused:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_next_check_sees_a_revocation() {
    let (fixture, other) = two().await;
    for _ in 0..20 {
        fixture.give(Some(A), &["folder:1#viewer@user:1"]).await;
        assert!(fixture.allows(Some(A), "folder:1", "view", "user:1").await);
        let before = fixture.epochs(A).await.0;
        let revoke = [Change::delete(Some(A), relationship("folder:1#viewer@user:1"))];
        assert_eq!(other.write(&revoke, "user:2", "revoked").await.expect("written").deleted, 1);
        assert!(!fixture.allows(Some(A), "folder:1", "view", "user:1").await);
        assert_eq!(fixture.epochs(A).await.0, before + 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_write_that_is_dropped_half_way_leaves_nothing() {
    let (fixture, other) = two().await;
    for milliseconds in 0..20 {
        let changes: Vec<Change> = (0..200)
            .map(|id| Change::touch(Some(A), relationship(&format!("folder:d{milliseconds}-{id}#viewer@user:1"))))
            .collect();
        let patience = std::time::Duration::from_millis(milliseconds);
        let dropped = tokio::time::timeout(patience, fixture.engine.write(&changes, "user:1", "dropped")).await;
        let first = other.read(Some(A), &super::super::Filter::All, 1_000_000).await.expect("read");
        let stored = first
            .iter()
            .filter(|stored| stored.relationship.resource.id().starts_with(&format!("d{milliseconds}-")))
            .count();
        let expected: &[usize] = if dropped.is_ok() { &[200] } else { &[0, 200] };
        assert!(expected.contains(&stored), "{stored}");
    }
}

/// A handler's future is `Send`, whatever the lifetimes of what it borrows.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writes_run_in_tasks_that_move_between_threads() {
    async fn both(engine: &SqlEngine) -> (bool, bool) {
        let change = [Change::touch(Some(A), relationship("folder:1#viewer@user:1"))];
        let written = engine.write(&change, "user:1", "in a task").await;
        (written.is_ok(), engine.delete_organization(A, "user:1", "in a task").await.is_ok())
    }
    fn boxed(engine: &SqlEngine) -> Box<dyn Future<Output = (bool, bool)> + Send + '_> {
        Box::new(both(engine))
    }
    let (fixture, _) = two().await;
    assert_eq!(Box::into_pin(boxed(&fixture.engine)).await, (true, true));
}
