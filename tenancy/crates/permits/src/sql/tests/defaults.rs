//! What holds for a model without any setting, and how it is switched off.

use super::{A, Change, Fixture, MODEL, SqlEngine, WriteError, both, model, organization, plain, relationship};
use crate::sql::{BuildError, SqlEngineBuilder};
use uuid::Uuid;

async fn refused(fixture: &Fixture, organization: Option<Uuid>, text: &str) -> WriteError {
    let written = fixture.try_write(vec![Change::touch(organization, relationship(text))]).await;
    written.expect_err(&format!("{}: {text}", fixture.name()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tenants_and_platforms_are_above_organizations_by_default() {
    for fixture in both(MODEL, plain).await {
        for text in ["tenant:7#admin@user:thief", "platform:main#operator@user:thief"] {
            let error = refused(&fixture, Some(A), text).await;
            assert!(matches!(error, WriteError::AboveOrganizations { .. }), "{error:?}");
            // Stored past the engine, it has no effect.
            fixture.smuggle(Some(A), text, None).await;
        }
        fixture.give(Some(A), &[&format!("{}#tenant@tenant:7", organization(A))]).await;
        fixture.give(None, &["tenant:7#platform@platform:main"]).await;
        assert!(!fixture.allows(Some(A), "tenant:7", "administer", "user:thief").await);
        assert!(!fixture.allows(Some(A), "tenant:7", "suspend", "user:thief").await);
        assert!(!fixture.allows(Some(A), &organization(A), "view", "user:thief").await);
        fixture.give(None, &["tenant:7#admin@user:admin"]).await;
        assert!(fixture.allows(Some(A), &organization(A), "view", "user:admin").await);
        assert_eq!(fixture.take(Some(A), "tenant:7#admin@user:thief").await.deleted, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn types_above_organizations_are_added_to_the_default_and_taken_out_of_it() {
    let more = |builder: SqlEngineBuilder| builder.above_organizations("team").within_organizations("tenant");
    for fixture in both(MODEL, more).await {
        for text in ["team:1#member@user:1", "platform:main#operator@user:1"] {
            let error = refused(&fixture, Some(A), text).await;
            assert!(matches!(error, WriteError::AboveOrganizations { .. }), "{error:?}");
        }
        fixture.give(Some(A), &["tenant:7#admin@user:1"]).await;
        assert!(fixture.allows(Some(A), "tenant:7", "administer", "user:1").await, "of this organization");
    }
    let as_organization = |builder: SqlEngineBuilder| builder.organization_type("tenant");
    for fixture in both(MODEL, as_organization).await {
        fixture.give(Some(A), &[&format!("tenant:{A}#admin@user:1")]).await;
        let error = refused(&fixture, Some(A), "tenant:7#admin@user:1").await;
        assert!(matches!(error, WriteError::NotOwnOrganization { .. }), "{error:?}");
    }
    for (settings, setting) in [
        (SqlEngine::builder(model(MODEL)).within_organizations("nothing"), "within_organizations"),
        (
            SqlEngine::builder(model(MODEL)).above_organizations("team").within_organizations("team"),
            "within_organizations",
        ),
        (SqlEngine::builder(model(MODEL)).above_organizations("organization"), "above_organizations"),
        (SqlEngine::builder(model(MODEL)).without_last_holder("team", "member"), "without_last_holder"),
    ] {
        match settings.sqlite(":memory:").await {
            Err(BuildError::Setting { setting: found, .. }) => assert_eq!(found, setting),
            other => panic!("{setting}: {other:?}"),
        }
    }
}

/// Without an organization it would count for the object of that id in each of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_object_with_a_relation_to_its_organization_is_never_above_organizations() {
    for fixture in both(MODEL, plain).await {
        let error = refused(&fixture, None, "invoice:1#author@user:thief").await;
        assert!(matches!(error, WriteError::OrganizationRequired { .. }), "{error:?}");
        assert_eq!(
            error.to_string(),
            "objects of the type `invoice` belong to an organization; set the change's `organization`"
        );
        // What was stored past the engine can be deleted.
        fixture.smuggle(None, "invoice:1#author@user:thief", None).await;
        assert_eq!(fixture.take(None, "invoice:1#author@user:thief").await.deleted, 1);
        // A team has no such relation.
        fixture.give(None, &["team:1#member@user:1"]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_organization_keeps_an_owner_by_default() {
    let owner = || relationship(&format!("{}#owner@user:1", organization(A)));
    for fixture in both(MODEL, plain).await {
        fixture.give(Some(A), &[&owner().to_string()]).await;
        let refused = fixture.try_write(vec![Change::delete(Some(A), owner())]).await;
        assert!(matches!(refused, Err(WriteError::LastHolder { .. })), "{refused:?}");
        assert!(fixture.allows(Some(A), &organization(A), "pay", "user:1").await);
    }
    for fixture in both(MODEL, |builder| builder.without_last_holder("organization", "owner")).await {
        fixture.give(Some(A), &[&owner().to_string()]).await;
        assert_eq!(fixture.take(Some(A), &owner().to_string()).await.deleted, 1);
    }
    // The type of organizations has another name, and one whose owners are no users has no such rule.
    let company = "definition user {}
        definition service {}
        definition company {
            relation owner: user
        }
        definition organization {
            relation owner: service
        }";
    for fixture in both(company, |builder| builder.organization_type("company")).await {
        let owner = format!("company:{A}#owner@user:1");
        fixture.give(Some(A), &[&owner]).await;
        let refused = fixture.try_write(vec![Change::delete(Some(A), relationship(&owner))]).await;
        assert!(matches!(refused, Err(WriteError::LastHolder { .. })), "{refused:?}");
    }
    for fixture in both(company, plain).await {
        let owner = format!("{}#owner@service:1", organization(A));
        fixture.give(Some(A), &[&owner]).await;
        assert_eq!(fixture.take(Some(A), &owner).await.deleted, 1);
    }
}
