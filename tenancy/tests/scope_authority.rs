//! Which authority a database trusts: attacks G17, G31 and G41. The test kit is a crate like any other, so what it
//! cannot do, no dependency can.

use tenancy::db::{PoolError, Sqlite};
use tenancy::scope::{Authority, GrantError, GrantSigner, RequestContext, RequestGuard};
use tenancy::{Error, OrgId, Refusal, TenantDb};
use tenancy_testkit::{CONTEXT, TestKit, grant};

fn org() -> OrgId {
    "018f2d4e-0000-7000-8000-00000000000a".parse().unwrap()
}

async fn database(authority: &Authority) -> TenantDb<Sqlite> {
    TenantDb::sqlite(":memory:", authority)
        .without_statement_review("no statement runs")
        .pool_size(1)
        .build()
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_production_database_refuses_the_kits_scopes() {
    let gateway = GrantSigner::generate("production").unwrap();
    let production = Authority::new("production", "billing", [gateway.public_key()]);
    let kit = TestKit::new();
    let scope = kit.scope(org());
    let refused = database(&production).await.scoped(&scope).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::OtherAuthority))));
    // And the production authority admits nothing that the kit signed.
    let token = GrantSigner::generate("production").unwrap().sign(&grant(org()), &CONTEXT).unwrap();
    assert_eq!(production.admit(&token, &CONTEXT, &RequestGuard::new()).unwrap_err(), GrantError::UnknownKey);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_authority_with_the_same_keys_is_another_authority() {
    let gateway = GrantSigner::generate("gateway").unwrap();
    let make = || Authority::new("gateway", "kit", [gateway.public_key()]);
    let (trusted, rogue) = (make(), make());
    let db = database(&trusted).await;
    let request = RequestGuard::new();
    let token = gateway.sign(&grant(org()), &CONTEXT).unwrap();
    let scope = trusted.admit(&token, &CONTEXT, &request).unwrap();
    assert!(db.scoped(&scope).await.is_ok());
    let scope = rogue.admit(&token, &CONTEXT, &request).unwrap();
    assert!(matches!(db.scoped(&scope).await, Err(Error::Refused(Refusal::OtherAuthority))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scope_that_is_kept_does_not_outlive_its_request() {
    let mut kit = TestKit::new();
    let db = kit.sqlite(&[]).without_statement_review("no statement runs").build().await.unwrap();
    // Attacks G19 and G24: a request's scope can be stashed, and is then worth nothing.
    static STASH: std::sync::Mutex<Option<tenancy::OrgScope>> = std::sync::Mutex::new(None);
    *STASH.lock().unwrap() = Some(kit.scope(org()));
    kit.end_request();
    let stashed = STASH.lock().unwrap().take().unwrap();
    assert!(matches!(db.scoped(&stashed).await, Err(Error::Refused(Refusal::RequestEnded))));
    assert!(db.scoped(&kit.scope(org())).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branded_scope_ends_with_the_scope_that_it_entered_from() {
    let kit = TestKit::new();
    let db = kit.sqlite(&[]).without_statement_review("no statement runs").build().await.unwrap();
    let request = RequestGuard::new();
    let scope = kit.scope_within(org(), &request);
    let refused = scope
        .enter(async |scope| {
            assert_eq!(scope.org_id(), org());
            assert!(db.scoped(&scope).await.is_ok());
            drop(request);
            matches!(db.scoped(&scope).await, Err(Error::Refused(Refusal::RequestEnded)))
        })
        .await;
    assert!(refused);
}

#[test]
fn a_grant_is_for_one_request() {
    let gateway = GrantSigner::generate("gateway").unwrap();
    let authority = Authority::new("gateway", "kit", [gateway.public_key()]);
    let token = gateway.sign(&grant(org()), &CONTEXT).unwrap();
    let request = RequestGuard::new();
    assert!(authority.admit(&token, &CONTEXT, &request).is_ok());
    let other = RequestContext { path_and_query: "/?org=other", ..CONTEXT };
    assert_eq!(authority.admit(&token, &other, &request).unwrap_err(), GrantError::Signature);
}

#[test]
fn errors_name_no_organization() {
    let errors = [
        Error::Refused(Refusal::OtherAuthority).to_string(),
        Error::Pool(PoolError::Busy).to_string(),
        Error::from(diesel::result::Error::NotFound).to_string(),
        GrantError::Signature.to_string(),
    ];
    for error in errors {
        assert!(!error.contains("018f2d4e") && !error.to_uppercase().contains("SELECT"), "{error}");
    }
    // A refusal on its way through diesel's error type is still a refusal.
    let through = Error::from(diesel::result::Error::from(Refusal::OtherScope));
    assert!(matches!(through, Error::Refused(Refusal::OtherScope)));
}
