//! A service's own authentication: the scope is that of the check's finding, with the guarantees of every other scope.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};
use tenancy::db::{Sqlite, TenantDb};
use tenancy::prelude::*;
use tenancy::scope::{
    Authority, Epochs, FoundBy, Grant, GrantError, GrantSigner, LocalCheck, LocalDecision, LocalDoor, LocalError,
    RequestGuard, Subject, Tier,
};
use tenancy::{OrgId, ScopeError};
use tenancy_testkit::{CONTEXT, grant};
use uuid::Uuid;

tenancy::schema! {
    diesel::table! { notes (org_id, id) { org_id -> Binary, id -> Integer, body -> Text, } }
}

const TABLE: &str =
    "CREATE TABLE notes (org_id blob NOT NULL, id int NOT NULL, body text NOT NULL, PRIMARY KEY (org_id, id))";

const A: OrgId = OrgId::new(Uuid::from_u128(0xA));
const B: OrgId = OrgId::new(Uuid::from_u128(0xB));

/// Two keys, of two organizations.
#[derive(Default)]
struct Keys {
    tier: Option<Tier>,
    longer: usize,
    asked: AtomicUsize,
}

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("unknown key")]
struct Unknown;

impl LocalCheck for Keys {
    type Shown = str;
    type Error = Unknown;

    async fn check(&self, key: &str, found: FoundBy) -> Result<LocalDecision, Unknown> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let org = match key {
            "key of A" => A,
            "key of B" => B,
            _ => return Err(Unknown),
        };
        let id = format!("{key}{}", "x".repeat(self.longer));
        let decision = found.this_check(org, Subject { issuer: "api key".to_owned(), subject: id }).session("k-7");
        let decision = decision.epochs(Epochs { org: 3, sub: 4 }).tier(self.tier.unwrap_or(Tier::Org));
        Ok(decision.authenticated("key", SystemTime::now()))
    }
}

async fn db(authority: &Authority, url: &str) -> TenantDb<Sqlite> {
    let db = TenantDb::sqlite(url, authority).schema(schema_manifest()).migrations(&[]);
    db.build().await.expect("it opens")
}

async fn shop(authority: &Authority) -> TenantDb<Sqlite> {
    let db = TenantDb::sqlite(":memory:", authority).schema(schema_manifest()).migrations(&[TABLE]);
    db.build().await.expect("it opens")
}

async fn bodies(db: &TenantDb<Sqlite>, scope: &OrgScope) -> Vec<String> {
    let mut conn = db.scoped(scope).await.expect("a connection");
    scope.from(notes::table).select(notes::body).load(&mut conn).await.expect("rows")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_acts_for_the_organization_that_the_check_found() {
    let door = LocalDoor::new("shop", Keys::default()).expect("randomness");
    let db = shop(door.authority()).await;
    for (key, org) in [("key of A", A), ("key of B", B)] {
        let request = RequestGuard::new();
        let scope = door.admit(key, &request).await.expect("a scope");
        assert_eq!((scope.org_id(), scope.subject().subject.as_str(), scope.session()), (org, key, "k-7"));
        assert_eq!((scope.epochs(), scope.tier(), scope.actor()), (Epochs { org: 3, sub: 4 }, Tier::Org, None));
        assert!(scope.authenticated_within(Duration::from_secs(60)) && scope.assurance() == "key");
        let mut conn = db.scoped(&scope).await.expect("a connection");
        let row = (notes::id.eq(1), notes::body.eq(key));
        scope.insert_into(notes::table).values(row).execute(&mut conn).await.expect("a row");
        drop(conn);
        assert_eq!(bodies(&db, &scope).await, [key]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_check_does_not_know_gets_no_scope() {
    let door = LocalDoor::new("shop", Keys::default()).expect("randomness");
    let request = RequestGuard::new();
    let refused = door.admit("key of nobody", &request).await;
    assert!(matches!(refused, Err(LocalError::Check(Unknown))), "{refused:?}");
    let refused = door.admit(&A.to_string(), &request).await;
    assert!(matches!(refused, Err(LocalError::Check(Unknown))), "an organization is not a key: {refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_local_scope_ends_with_its_request() {
    let door = LocalDoor::new("shop", Keys::default()).expect("randomness");
    let db = shop(door.authority()).await;
    let request = RequestGuard::new();
    let scope = door.admit("key of A", &request).await.expect("a scope");
    assert_eq!(scope.check(), Ok(()));
    drop(request);
    assert_eq!(scope.check(), Err(ScopeError::RequestEnded));
    let refused = db.scoped(&scope).await.map(drop).expect_err("refused");
    assert!(matches!(refused, tenancy::Error::Refused(ScopeError::RequestEnded)), "{refused:?}");
}

/// Making a door is no way into a database: it is of the authority that it was made with.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_door_opens_nothing_of_the_first() {
    let door = LocalDoor::new("shop", Keys::default()).expect("randomness");
    let other = LocalDoor::new("shop", Keys::default()).expect("randomness");
    let db = shop(door.authority()).await;
    let request = RequestGuard::new();
    let scope = other.admit("key of A", &request).await.expect("a scope of its own");
    let refused = db.scoped(&scope).await.map(drop).expect_err("refused");
    assert!(matches!(refused, tenancy::Error::Refused(ScopeError::OtherAuthority)), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_of_the_platform_do_not_come_in_here() {
    let keys = Keys { tier: Some(Tier::Platform), ..Keys::default() };
    let authority = Authority::new("shop", "shop", []).admit_staff();
    let door = LocalDoor::beside(authority, keys).expect("randomness");
    let refused = door.admit("key of A", &RequestGuard::new()).await;
    assert!(matches!(refused, Err(LocalError::Refused(GrantError::Tier))), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_that_is_too_long_is_refused() {
    let keys = Keys { longer: 3000, ..Keys::default() };
    let door = LocalDoor::new("shop", keys).expect("randomness");
    let refused = door.admit("key of A", &RequestGuard::new()).await;
    assert!(matches!(refused, Err(LocalError::Refused(GrantError::TooLong))), "{refused:?}");
}

/// Sessions come through a gateway and API keys through the door: one authority, one database.
#[tokio::test(flavor = "multi_thread")]
async fn a_door_stands_beside_a_gateways_grants() {
    let signer = GrantSigner::generate("gateway").expect("randomness");
    let keys = Arc::new(Keys::default());
    let authority = Authority::new("gateway", "shop", [signer.public_key()]);
    let door = LocalDoor::beside(authority, Arc::clone(&keys)).expect("randomness");
    let url = format!("file:/local-{}?vfs=memdb", Uuid::new_v4());
    let first = TenantDb::sqlite(&*url, door.authority()).schema(schema_manifest()).migrations(&[TABLE]);
    let _first = first.build().await.expect("it opens");
    let db = db(door.authority(), &url).await;
    let request = RequestGuard::new();
    let granted = Grant { audience: "shop".to_owned(), lifetime: Duration::from_secs(30), ..grant(B) };
    let token = signer.sign(&granted, &CONTEXT).expect("it is signed");
    let session = door.authority().admit(&token, &CONTEXT, &request).expect("it is admitted");
    let key = door.admit("key of B", &request).await.expect("a scope");
    assert_eq!(AtomicUsize::load(&keys.asked, Ordering::Relaxed), 1, "a grant is not the check's");
    let mut conn = db.scoped(&session).await.expect("a connection");
    let row = (notes::id.eq(1), notes::body.eq("by a session"));
    session.insert_into(notes::table).values(row).execute(&mut conn).await.expect("a row");
    drop(conn);
    assert_eq!(bodies(&db, &key).await, ["by a session"]);
}
