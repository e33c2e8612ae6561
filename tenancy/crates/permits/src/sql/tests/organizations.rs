//! Two organizations in one set of tables: what one stores has no effect on the other, and tells it nothing.

use super::{A, B, Change, Fixture, MODEL, WriteError, after, both, context, object, plain, relationship};
use crate::sql::Filter;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// The relationships of an organization, sorted.
async fn stored(fixture: &Fixture, organization: Option<Uuid>) -> Vec<String> {
    let found = fixture.engine.read(organization, &Filter::All, 100).await.expect("read");
    found.iter().map(|stored| stored.relationship.to_string()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_names_in_two_organizations_are_two_relationships() {
    for fixture in both(MODEL, plain).await {
        let text = "invoice:1#author@user:1";
        for organization in [A, B] {
            let written = fixture.try_write(vec![Change::create(Some(organization), relationship(text))]).await;
            assert_eq!(written.expect("not stored yet").stored, 1, "{}", fixture.name());
            assert!(fixture.allows(Some(organization), "invoice:1", "view", "user:1").await);
        }
        let again = fixture.try_write(vec![Change::create(Some(B), relationship(text))]).await;
        assert!(matches!(again, Err(WriteError::Exists { .. })), "{again:?}");
        fixture.give(Some(B), &[text]).await;
        assert_eq!(fixture.take(Some(A), text).await.deleted, 1);
        assert!(!fixture.allows(Some(A), "invoice:1", "view", "user:1").await);
        assert!(fixture.allows(Some(B), "invoice:1", "view", "user:1").await, "B's stays");
        assert_eq!(fixture.take(Some(A), text).await.not_found, 1);
        assert_eq!(fixture.take(Some(B), text).await.deleted, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_write_may_change_the_same_names_in_two_organizations_and_above() {
    for fixture in both(MODEL, plain).await {
        let names = relationship("folder:1#viewer@user:1");
        let everywhere = [Some(A), Some(B), None];
        let changes = everywhere.map(|of| Change::create(of, names.clone())).to_vec();
        assert_eq!(fixture.try_write(changes).await.expect("three relationships").stored, 3);
        for organization in everywhere {
            assert_eq!(stored(&fixture, organization).await, [names.to_string()]);
        }
        let twice = vec![Change::touch(Some(A), names.clone()), Change::delete(Some(A), names.clone())];
        let refused = fixture.try_write(twice).await;
        assert!(matches!(refused, Err(WriteError::Duplicate { .. })), "{refused:?}");
        // The one above counts in both.
        let gone = vec![Change::delete(Some(A), names.clone()), Change::delete(Some(B), names.clone())];
        assert_eq!(fixture.try_write(gone).await.expect("deleted").deleted, 2);
        assert!(fixture.allows(Some(A), "folder:1", "view", "user:1").await);
        assert_eq!(fixture.take(None, &names.to_string()).await.deleted, 1);
        assert!(!fixture.allows(Some(A), "folder:1", "view", "user:1").await);
    }
}

/// Each operation of B has the same outcome, whether A has a relationship of the same names or not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_error_and_no_count_tells_one_organization_of_another() {
    for fixture in both(MODEL, plain).await {
        let mut outcomes = Vec::new();
        for (folder, of_a) in [("folder:1", true), ("folder:2", false)] {
            let names = relationship(&format!("{folder}#viewer@user:1"));
            if of_a {
                fixture.give(Some(A), &[&names.to_string()]).await;
            }
            let mut outcome = Vec::new();
            for change in [Change::delete, Change::create, Change::create, Change::touch, Change::delete] {
                let before = fixture.epochs(B).await;
                let written = fixture.try_write(vec![change(Some(B), names.clone())]).await;
                let after = fixture.epochs(B).await;
                let text = format!("{written:?}").replace(folder, "folder");
                outcome.push((text, after.0 - before.0, after.1 - before.1));
            }
            outcomes.push(outcome);
        }
        assert_eq!(outcomes[0], outcomes[1], "{}", fixture.name());
        assert!(stored(&fixture, Some(B)).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expiry_in_one_organization_leaves_the_same_names_in_another_without() {
    for fixture in both(MODEL, plain).await {
        let text = "grant:1#holder@user:1";
        let mut ends = relationship(text);
        ends.expires_at = Some(after(60));
        let changes = vec![Change::touch(Some(A), relationship(text)), Change::touch(Some(B), ends)];
        let _ = fixture.try_write(changes).await.expect("written");
        let mut later = context(Some(A));
        later.now = after(120);
        assert!(fixture.allows_in(later, "grant:1", "holder", "user:1").await, "{}", fixture.name());
        later.organization = Some(B);
        assert!(!fixture.allows_in(later, "grant:1", "holder", "user:1").await);
    }
}

/// A hundred thousand other organizations store a parent for `folder:1`: reading them takes some 50 ms on either
/// database.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_that_each_organization_uses_cost_the_others_no_time() {
    for fixture in both(MODEL, plain).await {
        let insert = if fixture.database.is_some() {
            "SELECT gen_random_uuid(), 'folder', '1', 'parent', 'folder', '2', '', NULL, 0, 'sql' \
             FROM generate_series(1, 100000)"
        } else {
            "WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 100000) \
             SELECT randomblob(16), 'folder', '1', 'parent', 'folder', '2', '', NULL, 0, 'sql' FROM s"
        };
        fixture.sql(format!("INSERT INTO permission_relationships ({}) {insert}", super::COLUMNS)).await;
        fixture.sql("ANALYZE permission_relationships".to_owned()).await;
        fixture.give(Some(A), &["folder:1#parent@folder:2", "folder:2#viewer@user:1"]).await;
        let mut asked = context(Some(A));
        asked.deadline = Instant::now() + Duration::from_secs(4);
        for _ in 0..300 {
            assert!(fixture.ask(asked, "folder:1", "view", "user:1").await.expect("in time").allowed);
            assert!(!fixture.ask(asked, "folder:1", "view", "user:2").await.expect("in time").allowed);
        }
        let begun = Instant::now();
        for _ in 0..50 {
            fixture.give(Some(A), &["folder:1#parent@folder:2"]).await;
            let filter = Filter::Object(object("folder:1"));
            assert_eq!(fixture.engine.read(Some(A), &filter, 9).await.expect("read").len(), 1);
        }
        assert!(begun.elapsed() < Duration::from_secs(4), "{}: {:?}", fixture.name(), begun.elapsed());
    }
}
