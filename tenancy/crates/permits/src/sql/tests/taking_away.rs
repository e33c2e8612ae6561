//! Writes on behalf of a person that take permissions away, or give them back by a deletion.

use super::{A, Change, Fixture, WriteError, Written, after, both, object, organization, plain, relationship};

const MODEL: &str = "
    use expiration
    definition user {}
    definition team {
        relation organization: organization
        relation manager: user
        relation member: user | team#member
        permission manage_members = manager
    }
    definition organization {
        relation owner: user
        relation banned: user | team#member | user with expiration
        permission ban = owner - banned
        permission close = owner - banned
    }
    definition document {
        relation organization: organization
        relation reader: user
        relation clerk: user
        relation locked: user | user:*
        relation reviewer: team
        permission manage_lockeds = clerk
        permission manage_reviewers = clerk
        permission view = reader - locked
        permission publish = reviewer.all(member)
        permission sign = reader - reviewer.all(member)
    }
";

async fn writes(fixture: &Fixture, actor: &str, change: Change) -> Result<Written, WriteError> {
    fixture.engine.write_as(&object(actor), &[change], "a test").await
}

async fn stores(fixture: &Fixture, actor: &str, text: &str) -> Result<Written, WriteError> {
    writes(fixture, actor, Change::touch(Some(A), relationship(text))).await
}

async fn deletes(fixture: &Fixture, actor: &str, text: &str) -> Result<Written, WriteError> {
    writes(fixture, actor, Change::delete(Some(A), relationship(text))).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_team_bans_and_unbans_nobody_past_the_guard_of_the_ban() {
    // Without the arrow to members, which only members may give.
    let text = MODEL.split("definition document").next().expect("the rest");
    for fixture in both(text, plain).await {
        let o = organization(A);
        let stored = [
            format!("{o}#owner@user:owner"),
            format!("{o}#owner@user:mallory"),
            format!("{o}#banned@team:blocked#member"),
            "team:blocked#member@team:inner#member".to_owned(),
            "team:inner#member@user:mallory".to_owned(),
            "team:blocked#manager@user:mallory".to_owned(),
            "team:inner#manager@user:mallory".to_owned(),
            "team:blocked#manager@user:owner".to_owned(),
        ];
        fixture.give(Some(A), &stored.each_ref().map(String::as_str)).await;
        let banned = stores(&fixture, "user:mallory", "team:blocked#member@user:owner").await;
        assert!(matches!(banned, Err(WriteError::NotPermitted { .. })), "{}: {banned:?}", fixture.name());
        let unbanned = deletes(&fixture, "user:mallory", "team:blocked#member@team:inner#member").await;
        assert!(matches!(unbanned, Err(WriteError::NotPermitted { .. })), "{}: {unbanned:?}", fixture.name());
        assert!(!fixture.allows(Some(A), &o, "close", "user:mallory").await);
        assert!(fixture.allows(Some(A), &o, "close", "user:owner").await);
        // Who has the guard, and what the ban takes, may.
        assert!(stores(&fixture, "user:owner", "team:blocked#member@user:rude").await.is_ok());
        assert!(deletes(&fixture, "user:owner", "team:blocked#member@team:inner#member").await.is_ok());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deletion_gives_nothing_that_the_person_does_not_have() {
    for fixture in both(MODEL, plain).await {
        let stored = [
            "document:1#clerk@user:clerk",
            "document:1#reader@user:clerk",
            "document:1#locked@user:*",
            "document:1#reviewer@team:x",
            "document:1#reviewer@team:y",
            "team:x#member@user:clerk",
            "team:x#member@user:bob",
        ];
        fixture.give(Some(A), &stored).await;
        for text in ["document:1#locked@user:*", "document:1#reviewer@team:y"] {
            let deleted = deletes(&fixture, "user:clerk", text).await;
            assert!(matches!(deleted, Err(WriteError::NotHeld { .. })), "{} {text}: {deleted:?}", fixture.name());
        }
        assert!(!fixture.allows(Some(A), "document:1", "publish", "user:bob").await);
        assert!(!fixture.allows(Some(A), "document:1", "view", "user:clerk").await);
    }
}

/// One team more makes a subtracted `.all` false.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edge_of_a_subtracted_all_is_stored_by_those_who_have_what_it_gives() {
    for fixture in both(MODEL, plain).await {
        let stored = [
            "document:1#clerk@user:clerk",
            "document:1#reader@user:carl",
            "document:1#reviewer@team:r",
            "team:r#member@user:carl",
        ];
        fixture.give(Some(A), &stored).await;
        let given = stores(&fixture, "user:clerk", "document:1#reviewer@team:none").await;
        assert!(matches!(given, Err(WriteError::NotHeld { .. })), "{}: {given:?}", fixture.name());
        assert!(!fixture.allows(Some(A), "document:1", "sign", "user:carl").await);
    }
}

/// A ban with an end may end before the one that is stored.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ban_is_given_an_end_by_those_who_may_lift_it() {
    let text = MODEL.replace("permission ban = owner - banned", "relation guard: user\n        permission ban = guard");
    for fixture in both(&text, plain).await {
        let o = organization(A);
        let stored = [format!("{o}#guard@user:guard"), format!("{o}#owner@user:x"), format!("{o}#banned@user:x")];
        fixture.give(Some(A), &stored.each_ref().map(String::as_str)).await;
        let mut short = relationship(&stored[2]);
        short.expires_at = Some(after(60));
        let ended = writes(&fixture, "user:guard", Change::touch(Some(A), short)).await;
        assert!(matches!(ended, Err(WriteError::NotHeld { .. })), "{}: {ended:?}", fixture.name());
        assert!(stores(&fixture, "user:guard", &format!("{o}#banned@user:other")).await.is_ok(), "{}", fixture.name());
    }
}

/// A document lets in who is in no team of those that it locks out.
const LOCKED_OUT: &str = "
    definition user {}
    definition team {
        relation organization: organization
        relation manager: user
        relation member: user
        permission manage_members = manager
        permission active = member
    }
    definition organization {
        relation owner: user
    }
    definition document {
        relation organization: organization
        relation reader: user
        relation locked_out: team
        permission view = reader - locked_out->active
    }
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deletion_that_gives_over_an_arrow_needs_a_guard_that_is_named() {
    let guarded = |builder: crate::sql::SqlEngineBuilder| builder.guard("team", "member", "manage_members");
    for (is_named, fixtures) in [(false, both(LOCKED_OUT, plain).await), (true, both(LOCKED_OUT, guarded).await)] {
        for fixture in fixtures {
            let stored = [
                "document:1#reader@user:mallory",
                "document:1#locked_out@team:t",
                "team:t#member@user:mallory",
                "team:t#member@user:other",
                "team:t#manager@user:manager",
            ];
            fixture.give(Some(A), &stored).await;
            let left = deletes(&fixture, "user:mallory", "team:t#member@user:mallory").await;
            assert!(matches!(left, Err(WriteError::OwnRelationship { .. })), "{}: {left:?}", fixture.name());
            let taken = deletes(&fixture, "user:manager", "team:t#member@user:mallory").await;
            let refused = matches!(taken, Err(WriteError::GivesOverArrow { .. }));
            assert_eq!((refused, taken.is_ok()), (!is_named, is_named), "{}: {taken:?}", fixture.name());
            assert_eq!(fixture.allows(Some(A), "document:1", "view", "user:mallory").await, is_named);
        }
    }
}
