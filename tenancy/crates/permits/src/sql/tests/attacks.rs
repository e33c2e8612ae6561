//! Role confusion, wildcards, expiry and input: each test is an attack of the catalogue.

use super::{
    A, B, Change, Context, EngineError, Fixture, MODEL, WriteError, after, both, context, organization, plain,
};
use super::{relationship, seconds_now, subject};
use crate::{ObjectRef, RelationshipError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use uuid::Uuid;

/// A tenant with an organization and an invoice, an owner, a viewer, a tenant's administrator and an operator.
async fn company(fixture: &Fixture) {
    let a = organization(A);
    fixture.give(None, &["tenant:7#platform@platform:main", "platform:main#operator@user:operator"]).await;
    fixture.give(None, &["tenant:7#admin@user:admin", "tenant:8#admin@user:other-admin"]).await;
    let of_a = [
        format!("{a}#tenant@tenant:7"),
        format!("{a}#owner@user:owner"),
        format!("{a}#viewer@user:viewer"),
        format!("invoice:1#organization@{a}"),
    ];
    fixture.give(Some(A), &of_a.each_ref().map(String::as_str)).await;
    fixture.give(Some(B), &[&format!("{}#owner@user:viewer", organization(B))]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_role_has_its_own_permissions_and_no_others() {
    for fixture in both(MODEL, plain).await {
        company(&fixture).await;
        let asked = [
            ("invoice:1", "delete", "user:owner", true),
            ("invoice:1", "payout", "user:owner", true),
            // An owner asks for an action of the tenant.
            ("tenant:7", "administer", "user:owner", false),
            ("tenant:7", "suspend", "user:owner", false),
            // A tenant's administrator changes the payout account.
            ("invoice:1", "delete", "user:admin", true),
            ("invoice:1", "payout", "user:admin", false),
            ("invoice:1", "delete", "user:other-admin", false),
            // An operator of the platform deletes an invoice.
            ("tenant:7", "suspend", "user:operator", true),
            ("invoice:1", "delete", "user:operator", false),
            ("invoice:1", "view", "user:operator", false),
            // The owner of B is a viewer of A.
            ("invoice:1", "view", "user:viewer", true),
            ("invoice:1", "delete", "user:viewer", false),
            // Absent and forbidden look alike.
            ("invoice:2", "view", "user:owner", false),
        ];
        for (resource, permission, of, expected) in asked {
            let allowed = fixture.allows(Some(A), resource, permission, of).await;
            assert_eq!(allowed, expected, "{}: {resource}#{permission}@{of}", fixture.name());
        }
        // For another organization, and above all of them, the same relationships do not count.
        assert!(!fixture.allows(Some(B), "invoice:1", "delete", "user:owner").await);
        assert!(!fixture.allows(None, "invoice:1", "delete", "user:owner").await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn relationships_of_another_organization_never_count_whatever_their_ids_say() {
    for fixture in both(MODEL, plain).await {
        company(&fixture).await;
        // B's writer names the invoice and the tenant of A.
        fixture.give(Some(B), &["invoice:1#author@user:thief", "team:1#member@user:thief"]).await;
        fixture.smuggle(Some(B), "tenant:7#admin@user:thief", None).await;
        fixture.give(Some(A), &[&format!("{}#owner@team:1#member", organization(A))]).await;
        for permission in ["view", "delete", "payout"] {
            assert!(!fixture.allows(Some(A), "invoice:1", permission, "user:thief").await);
        }
        assert_eq!(fixture.take(Some(A), "invoice:1#author@user:thief").await.not_found, 1, "not A's to delete");
        // An organization's own object belongs to itself.
        let of_a = relationship(&format!("{}#owner@user:thief", organization(A)));
        for organization in [Some(B), None] {
            let refused = fixture.try_write(vec![Change::touch(organization, of_a.clone())]).await;
            assert!(matches!(refused, Err(WriteError::NotOwnOrganization { .. })), "{refused:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn equal_ids_of_different_types_are_different_objects() {
    for fixture in both(MODEL, plain).await {
        fixture.give(None, &["tenant:7#admin@user:7"]).await;
        fixture.give(Some(A), &["team:7#member@user:8", "folder:7#viewer@team:7#member"]).await;
        assert!(fixture.allows(Some(A), "folder:7", "view", "user:8").await);
        assert!(!fixture.allows(Some(A), "folder:7", "view", "user:7").await);
        assert!(!fixture.allows(Some(A), "folder:7", "view", "service:8").await);
        assert!(!fixture.allows(Some(A), "folder:7", "view", "team:7").await, "the team is not its members");
        assert!(fixture.allows(Some(A), "folder:7", "view", "team:7#member").await);
        assert!(!fixture.allows(Some(A), "team:7", "member", "user:7").await);
        assert!(!fixture.allows(Some(A), &organization(A), "administer", "user:7").await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_whose_subject_has_the_wrong_type_has_no_effect_when_it_is_stored_past_the_engine() {
    for fixture in both(MODEL, plain).await {
        company(&fixture).await;
        let a = organization(A);
        for text in
            ["owner@tenant:8", "owner@user:*", "owner@tenant:8#admin", "tenant@organization:x", "tenant@user:admin"]
        {
            fixture.smuggle(Some(A), &format!("{a}#{text}"), None).await;
        }
        fixture.smuggle(Some(A), &format!("{a}#administer@user:thief"), None).await;
        for of in ["user:other-admin", "user:none", "user:thief", "tenant:8", "service:1"] {
            assert!(!fixture.allows(Some(A), "invoice:1", "delete", of).await, "{}: {of}", fixture.name());
        }
        // What the model does not allow can be deleted.
        assert_eq!(fixture.take(Some(A), &format!("{a}#administer@user:thief")).await.deleted, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_banned_user_is_not_readmitted_by_a_team_the_tenant_or_a_wildcard() {
    for fixture in both(MODEL, plain).await {
        company(&fixture).await;
        let a = organization(A);
        let roles = [
            "team:in#member@user:banned".to_owned(),
            format!("{a}#owner@team:in#member"),
            format!("{a}#viewer@user:*"),
            "team:out#member@user:banned".to_owned(),
            "team:out#member@user:admin".to_owned(),
        ];
        fixture.give(Some(A), &roles.each_ref().map(String::as_str)).await;
        assert!(fixture.allows(Some(A), "invoice:1", "delete", "user:banned").await);
        let before = fixture.epochs(A).await;
        fixture.give(Some(A), &[&format!("{a}#banned@team:out#member")]).await;
        assert_eq!(fixture.epochs(A).await, (before.0 + 1, before.1), "one more exclusion takes away");
        for (permission, of) in
            [("delete", "user:banned"), ("view", "user:banned"), ("delete", "user:admin"), ("view", "user:admin")]
        {
            assert!(!fixture.allows(Some(A), "invoice:1", permission, of).await, "{of}");
        }
        assert!(fixture.allows(Some(A), "invoice:1", "view", "user:anyone").await, "the wildcard admits others");
        assert!(!fixture.allows(Some(A), "invoice:1", "view", "service:1").await, "`user:*` means users");
        // Nested membership counts for the exclusion as well, and later members too.
        let before = fixture.epochs(A).await;
        fixture.give(Some(A), &["team:out#member@team:more#member", "team:more#member@user:late"]).await;
        assert!(fixture.epochs(A).await.0 > before.0, "a member more of an excluded team takes away");
        assert!(!fixture.allows(Some(A), "invoice:1", "view", "user:late").await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wildcards_are_no_subjects_of_questions_and_of_no_role_that_writes() {
    for fixture in both(MODEL, plain).await {
        let a = organization(A);
        for text in [format!("{a}#owner@user:*"), "tenant:7#admin@user:*".to_owned(), format!("{a}#viewer@service:*")] {
            let organization = text.starts_with("organization").then_some(A);
            let refused = fixture.try_write(vec![Change::touch(organization, relationship(&text))]).await;
            assert!(
                matches!(refused, Err(WriteError::Relationship(RelationshipError::SubjectNotAllowed { .. }))),
                "{refused:?}"
            );
        }
        let refused = fixture.ask(context(Some(A)), &a, "view", "user:*").await;
        assert!(matches!(refused, Err(EngineError::WildcardSubject { .. })), "{refused:?}");
        assert!(ObjectRef::new("user", "*").is_err());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grant_ends_at_its_second_and_must_say_when() {
    for fixture in both(MODEL, plain).await {
        let a = organization(A);
        let support = format!("{a}#support@user:help");
        let refused = fixture.try_write(vec![Change::touch(Some(A), relationship(&support))]).await;
        assert!(
            matches!(refused, Err(WriteError::Relationship(RelationshipError::ExpiryRequired { .. }))),
            "{refused:?}"
        );
        let mut viewer = relationship(&format!("{a}#viewer@user:help"));
        viewer.expires_at = Some(after(60));
        let refused = fixture.try_write(vec![Change::touch(Some(A), viewer)]).await;
        assert!(
            matches!(refused, Err(WriteError::Relationship(RelationshipError::ExpiryNotAllowed { .. }))),
            "{refused:?}"
        );
        let mut past = relationship(&support);
        for at in [SystemTime::now(), after(0) - Duration::from_secs(9), UNIX_EPOCH - Duration::from_secs(9)] {
            past.expires_at = Some(at);
            let refused = fixture.try_write(vec![Change::touch(Some(A), past.clone())]).await;
            assert!(matches!(refused, Err(WriteError::Expired { .. })), "{refused:?}");
        }
        // Stored past the engine without an expiry, it has no effect.
        fixture.smuggle(Some(A), &support, None).await;
        assert!(!fixture.allows(Some(A), &a, "view", "user:help").await);
        assert_eq!(fixture.take(Some(A), &support).await.deleted, 1);
        let end = seconds_now() + 60;
        let mut grant = relationship(&support);
        grant.expires_at = Some(UNIX_EPOCH + Duration::from_secs(end));
        let _ = fixture.try_write(vec![Change::create(Some(A), grant)]).await.expect("written");
        let at = |seconds| Context { now: UNIX_EPOCH + Duration::from_secs(seconds), ..context(Some(A)) };
        assert!(fixture.allows_in(at(end - 1), &a, "view", "user:help").await);
        assert!(!fixture.allows_in(at(end), &a, "view", "user:help").await);
        assert!(!fixture.allows_in(at(end + 1), &a, "view", "user:help").await);
        let early = Context { now: UNIX_EPOCH - Duration::from_secs(1), ..context(Some(A)) };
        assert!(matches!(fixture.ask(early, &a, "view", "user:help").await, Err(EngineError::Clock)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_implied_organization_is_taken_as_given_and_stored_edges_are_ignored() {
    for fixture in both(MODEL, plain).await {
        company(&fixture).await;
        // Invoice 2 is in no relationship; invoice 3 says that it is another organization's.
        fixture.give(Some(A), &[&format!("invoice:3#organization@{}", organization(B))]).await;
        fixture.give(Some(B), &[&format!("{}#viewer@user:b", organization(B))]).await;
        let of_a = context(Some(A)).implying_organization();
        for invoice in ["invoice:2", "invoice:3"] {
            assert!(!fixture.allows(Some(A), invoice, "delete", "user:owner").await);
            assert!(fixture.allows_in(of_a, invoice, "delete", "user:owner").await);
            assert!(!fixture.allows_in(of_a, invoice, "delete", "user:viewer").await);
            assert!(!fixture.allows_in(of_a, invoice, "view", "user:b").await);
            assert!(fixture.allows_in(of_a, invoice, "organization", &organization(A)).await);
            assert!(!fixture.allows_in(of_a, invoice, "organization", &organization(B)).await);
        }
        // The owner of B asks with B's scope about A's invoice: the kernel finds no row of it in B. Without it B's
        // roles decide.
        let of_b = context(Some(B)).implying_organization();
        assert!(!fixture.allows_in(of_b, "invoice:1", "delete", "user:owner").await);
        let nowhere = context(None).implying_organization();
        let refused = fixture.ask(nowhere, "invoice:2", "view", "user:owner").await;
        assert!(matches!(refused, Err(EngineError::NoOrganization)), "{refused:?}");
        let nil = fixture.ask(context(Some(Uuid::nil())), "invoice:2", "view", "user:owner").await;
        assert!(matches!(nil, Err(EngineError::NilOrganization)), "{nil:?}");
        let listed = fixture.engine.lookup_resources("invoice", "view", &subject("user:owner"), 9, &of_a).await;
        assert!(matches!(listed, Err(EngineError::ImpliedList { .. })), "{listed:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_that_look_alike_or_hold_separators_are_themselves() {
    for text in ["a#b", "a@b", "a:b", "a b", "a\0b", "\u{430}", "", "a'b", "a\"b", "a\\b"] {
        assert!(ObjectRef::new("invoice", text).is_err(), "{text:?}");
    }
    let longest = "x".repeat(1_024);
    assert!(ObjectRef::new("invoice", "x".repeat(1_025)).is_err());
    for fixture in both(MODEL, plain).await {
        let long = format!("folder:{longest}#viewer@user:{longest}");
        fixture.give(Some(A), &["folder:Ab#viewer@user:Cd", "folder:a/b|c_d-e=f+g#viewer@user:x", &long]).await;
        assert!(fixture.allows(Some(A), "folder:Ab", "view", "user:Cd").await);
        for (resource, of) in [("folder:ab", "user:Cd"), ("folder:Ab", "user:cd"), ("folder:AB", "user:CD")] {
            assert!(!fixture.allows(Some(A), resource, "view", of).await);
        }
        assert!(fixture.allows(Some(A), "folder:a/b|c_d-e=f+g", "view", "user:x").await);
        assert!(fixture.allows(Some(A), &format!("folder:{longest}"), "view", &format!("user:{longest}")).await);
        let many = ["a/b|c_d-e=f+g", "Ab", &longest].map(|id| ObjectRef::new("folder", id).expect("an id"));
        let answers = fixture.engine.check_many(&many, "view", &subject("user:x"), &context(Some(A))).await;
        let answers: Vec<bool> = answers.expect("answers").iter().map(|answer| answer.allowed).collect();
        assert_eq!(answers, [true, false, false]);
    }
}
