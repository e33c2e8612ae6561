//! Cycles, chains, fans and operators.

use super::{A, B, Change, EngineError, MODEL, WriteError, both, context, plain, relationship, subject};
use crate::sql::{BuildError, CompileError, SqlEngine};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relationship_that_closes_a_cycle_is_refused() {
    for fixture in both(MODEL, plain).await {
        let chain: Vec<String> = (1..50).map(|at| format!("team:c{at}#member@team:c{}#member", at + 1)).collect();
        fixture.give(Some(A), &chain.iter().map(String::as_str).collect::<Vec<_>>()).await;
        fixture.give(None, &["team:above#member@team:1#member", "folder:1#parent@folder:2"]).await;
        fixture.give(Some(A), &["team:1#member@team:2#member"]).await;
        for (organization, text) in [
            (Some(A), "team:1#member@team:1#member"),
            (Some(A), "team:2#member@team:1#member"),
            (Some(A), "team:c50#member@team:c1#member"),
            (Some(A), "team:2#member@team:above#member"),
            (None, "team:2#member@team:above#member"),
            (Some(A), "folder:2#parent@folder:1"),
        ] {
            let refused = fixture.try_write(vec![Change::create(organization, relationship(text))]).await;
            assert!(matches!(refused, Err(WriteError::Cycle { .. })), "{}: {text}: {refused:?}", fixture.name());
        }
        // In another organization the same names are other teams.
        fixture.give(Some(B), &["team:2#member@team:1#member"]).await;
        // Both halves in one write.
        let both = ["team:x#member@team:y#member", "team:y#member@team:x#member"];
        let refused = fixture.try_write(both.map(|text| Change::touch(Some(A), relationship(text))).to_vec()).await;
        assert!(matches!(refused, Err(WriteError::Cycle { .. })), "{refused:?}");
        // What counts is what is left in the end.
        let turned = vec![
            Change::touch(Some(A), relationship("team:3#member@team:4#member")),
            Change::touch(Some(A), relationship("team:4#member@user:1")),
        ];
        let _ = fixture.try_write(turned).await.expect("no cycle");
        let reversed = vec![
            Change::touch(Some(A), relationship("team:4#member@team:3#member")),
            Change::delete(Some(A), relationship("team:3#member@team:4#member")),
        ];
        let _ = fixture.try_write(reversed).await.expect("no cycle remains");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cycle_that_was_stored_past_the_engine_ends_and_allows_nothing() {
    for fixture in both(MODEL, plain).await {
        for at in 0..50 {
            let text = format!("team:{at}#member@team:{}#member", (at + 1) % 50);
            fixture.smuggle(Some(A), &text, None).await;
        }
        fixture.smuggle(Some(A), "folder:1#parent@folder:1", None).await;
        fixture.give(Some(A), &["folder:1#viewer@team:7#member", "team:30#member@user:in"]).await;
        for _ in 0..2 {
            assert!(!fixture.allows(Some(A), "folder:1", "view", "user:out").await);
            assert!(fixture.allows(Some(A), "folder:1", "view", "user:in").await);
        }
        assert!(!fixture.allows(Some(A), "folder:2", "view", "user:in").await, "others keep working");
    }
}

/// SpiceDB and the reference evaluation end at 50 steps with an error. Here the deadline is the limit.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chain_of_two_hundred_is_followed_to_its_end() {
    for fixture in both(MODEL, plain).await {
        let mut chain: Vec<String> = (1..200).map(|at| format!("team:{at}#member@team:{}#member", at + 1)).collect();
        chain.push("team:200#member@user:last".to_owned());
        fixture.give(Some(A), &chain.iter().map(String::as_str).collect::<Vec<_>>()).await;
        assert!(fixture.allows(Some(A), "team:1", "member", "user:last").await);
        assert!(!fixture.allows(Some(A), "team:1", "member", "user:other").await);
        assert!(fixture.allows(Some(A), "team:1", "member", "team:200#member").await);
        let _ = fixture.take(Some(A), "team:100#member@team:101#member").await;
        assert!(!fixture.allows(Some(A), "team:1", "member", "user:last").await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fan_of_a_hundred_thousand_members_is_one_look() {
    for fixture in both(MODEL, plain).await {
        let numbers = if fixture.database.is_some() {
            "SELECT n FROM generate_series(1, 100000) AS s (n)"
        } else {
            "WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 100000) SELECT n FROM s"
        };
        fixture
            .sql(format!(
                "INSERT INTO permission_relationships ({}) \
                 SELECT NULL, 'team', 'big', 'member', 'user', 'u' || n, '', NULL, 0, 'sql' FROM ({numbers}) AS s",
                super::COLUMNS,
            ))
            .await;
        fixture.give(Some(A), &["folder:1#viewer@team:big#member"]).await;
        let mut asked = context(Some(A));
        asked.deadline = std::time::Instant::now() + Duration::from_secs(5);
        assert!(fixture.ask(asked, "folder:1", "view", "user:u77777").await.expect("an answer").allowed);
        assert!(!fixture.ask(asked, "folder:1", "view", "user:none").await.expect("an answer").allowed);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_arrows_need_one_object_and_every_object() {
    for fixture in both(MODEL, plain).await {
        fixture.give(Some(A), &["team:1#member@user:1", "team:2#member@user:2", "team:2#member@user:1"]).await;
        assert!(!fixture.allows(Some(A), "project:1", "publish", "user:1").await, "none of no teams");
        fixture.give(Some(A), &["project:1#reviewer@team:1"]).await;
        assert!(fixture.allows(Some(A), "project:1", "publish", "user:1").await);
        let before = fixture.epochs(A).await.0;
        fixture.give(Some(A), &["project:1#reviewer@team:2"]).await;
        assert_eq!(fixture.epochs(A).await.0, before + 1, "one more team takes away");
        assert!(fixture.allows(Some(A), "project:1", "publish", "user:1").await);
        assert!(!fixture.allows(Some(A), "project:1", "publish", "user:2").await);
        fixture.smuggle(Some(A), "project:1#reviewer@user:9", None).await;
        assert!(
            !fixture.allows(Some(A), "project:1", "publish", "user:1").await,
            "an object that is no team gives nothing"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exclusion_under_an_arrow_counts_for_each_parent() {
    for fixture in both(MODEL, plain).await {
        fixture
            .give(
                Some(A),
                &[
                    "folder:child#parent@folder:open",
                    "folder:child#parent@folder:shut",
                    "folder:open#viewer@user:1",
                    "folder:shut#viewer@user:1",
                    "folder:shut#viewer@user:2",
                    "folder:shut#locked@user:1",
                    "folder:shut#locked@user:2",
                    "folder:grandchild#parent@folder:child",
                ],
            )
            .await;
        assert!(fixture.allows(Some(A), "folder:grandchild", "view", "user:1").await, "by the open one");
        assert!(!fixture.allows(Some(A), "folder:grandchild", "view", "user:2").await);
        fixture.give(Some(A), &["folder:child#locked@user:1"]).await;
        assert!(!fixture.allows(Some(A), "folder:grandchild", "view", "user:1").await, "locked on the way");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operators_bind_as_in_spicedb_and_an_arrow_to_a_type_without_the_name_gives_nothing() {
    let text = "definition user {}
        definition group {
            relation member: user
        }
        definition crate {
            relation boss: user
            permission lead = boss
        }
        definition item {
            relation owner: user
            relation banned: user
            relation support: user
            relation holder: group | crate
            permission manage = owner - banned + support
            permission closed = (owner + support) - banned
            permission lead = holder->lead
            permission none = nil
        }
    ";
    for fixture in both(text, plain).await {
        fixture
            .give(
                Some(A),
                &[
                    "item:1#owner@user:1",
                    "item:1#banned@user:2",
                    "item:1#support@user:2",
                    "item:1#owner@user:2",
                    "item:1#holder@group:1",
                    "item:1#holder@crate:1",
                    "group:1#member@user:3",
                    "crate:1#boss@user:4",
                ],
            )
            .await;
        // `+` binds tighter than `-`: `owner - (banned + support)`.
        assert!(fixture.allows(Some(A), "item:1", "manage", "user:1").await);
        assert!(!fixture.allows(Some(A), "item:1", "manage", "user:2").await);
        assert!(!fixture.allows(Some(A), "item:1", "closed", "user:2").await);
        assert!(!fixture.allows(Some(A), "item:1", "lead", "user:3").await);
        assert!(fixture.allows(Some(A), "item:1", "lead", "user:4").await);
        assert!(!fixture.allows(Some(A), "item:1", "none", "user:1").await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_permission_that_needs_two_paths_at_once_is_refused_when_the_engine_is_built() {
    let head = "definition user {}
        definition node { relation parent: node
            relation viewer: user
            relation banned: user";
    let refused = async |permissions: &str| {
        let text = format!("{head}\n{permissions}\n}}");
        match SqlEngine::sqlite(":memory:", super::model(&text)).await {
            Err(BuildError::Compile(error)) => error,
            other => panic!("{text}: {other:?}"),
        }
    };
    let both =
        refused("permission view = viewer + (parent->view & parent->edit)\npermission edit = banned + parent->view")
            .await;
    assert!(matches!(both, CompileError::RecursiveIntersection { .. }), "{both:?}");
    let right = refused("permission view = viewer - parent->view").await;
    assert!(matches!(right, CompileError::RecursiveExclusion { .. }), "{right:?}");
    let all = refused("permission view = viewer + parent.all(view)").await;
    assert!(matches!(all, CompileError::RecursiveAll { .. }), "{all:?}");
    assert!(all.to_string().contains("node#view"), "{all}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_organization_leaves_no_relationships_and_a_list_is_never_cut() {
    for fixture in both(MODEL, plain).await {
        fixture.give(Some(A), &["folder:1#viewer@user:1", "folder:2#viewer@user:1", "folder:3#viewer@user:1"]).await;
        fixture.give(Some(B), &["folder:4#viewer@user:1"]).await;
        let list = async |limit| {
            fixture.engine.lookup_resources("folder", "view", &subject("user:1"), limit, &context(Some(A))).await
        };
        assert_eq!(list(3).await.expect("a list"), ["1", "2", "3"]);
        for limit in [0, 1, 2] {
            let refused = list(limit).await;
            assert!(matches!(refused, Err(EngineError::TooMany { limit: of }) if of == limit), "{refused:?}");
        }
        let before = fixture.epochs(A).await.0;
        let deleted = fixture.engine.delete_organization(A, "user:1", "closed").await.expect("deleted");
        assert_eq!(deleted.own, 3);
        assert_eq!(fixture.epochs(A).await.0, before + 1);
        assert!(list(9).await.expect("a list").is_empty());
        assert!(fixture.allows(Some(B), "folder:4", "view", "user:1").await);
    }
}
