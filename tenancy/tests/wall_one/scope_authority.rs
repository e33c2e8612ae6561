//! Which authority a database trusts: attacks G17, G31 and G41. The test kit is a crate like any other, so what it
//! cannot do, no dependency can.

use axum::extract::FromRequestParts as _;
use axum::http::{Request, StatusCode, request::Parts};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tenancy::__private::{ScopeFuture, ScopeSource, provide_scope};
use tenancy::db::{PoolError, Sqlite};
use tenancy::scope::{
    Authority, GrantError, GrantSigner, NoReplayGuard, OrgScope, RequestContext, RequestGuard, TrustedKey,
};
use tenancy::{Error, OrgId, ScopeError, TenantDb};
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
    assert!(matches!(refused, Err(Error::Refused(ScopeError::OtherAuthority))));
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
    assert!(matches!(db.scoped(&scope).await, Err(Error::Refused(ScopeError::OtherAuthority))));
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
    assert!(matches!(db.scoped(&stashed).await, Err(Error::Refused(ScopeError::RequestEnded))));
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
            matches!(db.scoped(&scope).await, Err(Error::Refused(ScopeError::RequestEnded)))
        })
        .await;
    assert!(refused);
}

/// Attack G31 by who names all that is public and all that is hidden: keys of one's own verify nothing for another's
/// authority, neither what they signed nor a genuine grant at a time of one's choice.
#[tokio::test(flavor = "multi_thread")]
async fn keys_of_ones_own_verify_nothing_for_anothers_authority() {
    let (gateway, rogue) = (GrantSigner::generate("gateway").unwrap(), GrantSigner::generate("gateway").unwrap());
    let (trusted, keys) = Authority::rotating("gateway", "kit");
    keys.replace([TrustedKey::always(gateway.public_key())]);
    let db = database(&trusted).await;
    let (own, own_keys) = Authority::rotating("gateway", "kit");
    own_keys.replace([rogue.public_key(), gateway.public_key()].map(TrustedKey::always));

    let now = SystemTime::now();
    let token = rogue.sign(&grant(org()), &CONTEXT).unwrap();
    let refused = own_keys.verify(&trusted, &token, &CONTEXT, now, &NoReplayGuard).unwrap_err();
    assert_eq!(refused, GrantError::UnknownKey);
    let hour_ago = now - Duration::from_secs(3600);
    let expired = gateway.sign_at(&grant(org()), &CONTEXT, hour_ago).unwrap();
    assert_eq!(trusted.admit(&expired, &CONTEXT, &RequestGuard::new()).unwrap_err(), GrantError::Expired);
    assert!(keys.verify(&trusted, &expired, &CONTEXT, hour_ago, &NoReplayGuard).is_ok());
    let refused = own_keys.verify(&trusted, &expired, &CONTEXT, hour_ago, &NoReplayGuard).unwrap_err();
    assert_eq!(refused, GrantError::UnknownKey);

    // What they verify for their own authority runs nothing.
    let request = RequestGuard::new();
    let verified = own_keys.verify(&own, &token, &CONTEXT, now, &NoReplayGuard).unwrap();
    let scope = verified.scope(&request, now);
    assert!(matches!(db.scoped(&scope).await, Err(Error::Refused(ScopeError::OtherAuthority))));
}

/// An authority holds no key but those that its handle gives it, from then on.
#[test]
fn keys_come_and_go_with_their_handle() {
    let gateway = GrantSigner::generate("gateway").unwrap();
    let (authority, keys) = Authority::rotating("gateway", "kit");
    let admit = || {
        let token = gateway.sign(&grant(org()), &CONTEXT).unwrap();
        authority.admit(&token, &CONTEXT, &RequestGuard::new()).map(drop)
    };
    assert_eq!(admit(), Err(GrantError::UnknownKey));
    keys.replace([TrustedKey::always(gateway.public_key())]);
    assert_eq!(admit(), Ok(()));
    keys.replace([TrustedKey { key: gateway.public_key(), from: UNIX_EPOCH, until: Some(UNIX_EPOCH) }]);
    assert_eq!(admit(), Err(GrantError::KeyTime));
    keys.replace([]);
    assert_eq!(admit(), Err(GrantError::UnknownKey));
}

/// A layer of one's own, for the extractor.
struct Planted(Mutex<Option<OrgScope>>);

impl ScopeSource for Planted {
    fn scope<'a>(&'a self, _: &'a mut Parts) -> ScopeFuture<'a> {
        let scope = self.0.lock().unwrap().take();
        Box::pin(async { scope.ok_or_else(axum::response::Response::default) })
    }
}

async fn extracted(source: Option<Planted>) -> Result<OrgScope, StatusCode> {
    let (mut parts, ()) = Request::new(()).into_parts();
    if let Some(source) = source {
        provide_scope(&mut parts.extensions, Arc::new(source));
    }
    OrgScope::from_request_parts(&mut parts, &()).await.map_err(|rejection| rejection.status())
}

/// Attack G43 by who leaves a source of scopes of its own in a request: it hands on what it has, and nothing becomes a scope
/// by that. Another authority's stays another's, and one of another request ends with that one.
#[tokio::test(flavor = "multi_thread")]
async fn a_source_of_ones_own_gives_out_no_more_than_it_has() {
    let gateway = GrantSigner::generate("gateway").unwrap();
    let make = || Authority::new("gateway", "kit", [gateway.public_key()]);
    let (trusted, rogue) = (make(), make());
    let db = database(&trusted).await;
    let token = gateway.sign(&grant(org()), &CONTEXT).unwrap();
    let planted = |scope| Some(Planted(Mutex::new(Some(scope))));

    let request = RequestGuard::new();
    let scope = extracted(planted(rogue.admit(&token, &CONTEXT, &request).unwrap())).await.unwrap();
    assert!(matches!(db.scoped(&scope).await, Err(Error::Refused(ScopeError::OtherAuthority))));
    let scope = extracted(planted(trusted.admit(&token, &CONTEXT, &request).unwrap())).await.unwrap();
    drop(request);
    assert!(matches!(db.scoped(&scope).await, Err(Error::Refused(ScopeError::RequestEnded))));
    assert_eq!(extracted(None).await.unwrap_err(), StatusCode::INTERNAL_SERVER_ERROR);
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
        Error::Refused(ScopeError::OtherAuthority).to_string(),
        Error::Pool(PoolError::Busy).to_string(),
        Error::from(diesel::result::Error::NotFound).to_string(),
        GrantError::Signature.to_string(),
    ];
    for error in errors {
        assert!(!error.contains("018f2d4e") && !error.to_uppercase().contains("SELECT"), "{error}");
    }
    // A refusal on its way through diesel's error type is still a refusal.
    let through = Error::from(diesel::result::Error::from(ScopeError::OtherScope));
    assert!(matches!(through, Error::Refused(ScopeError::OtherScope)));
}
