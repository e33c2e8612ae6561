//! The local door as a layer: what a router gives its handlers, and what it does not.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use axum::routing::get;
use http_body_util::BodyExt as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tenancy::db::{Sqlite, TenantDb};
use tenancy::prelude::*;
use tenancy::scope::{FoundBy, LocalCheck, LocalDecision, LocalDoor, RequestGuard, Subject, Tier};
use tenancy::{OrgId, OrgScope, ScopeError};
use tenancy_service::LocalLayer;
use tower::ServiceExt as _;
use uuid::Uuid;

tenancy::schema! {
    diesel::table! { notes (org_id, id) { org_id -> Binary, id -> Integer, body -> Text, } }
}

const TABLE: &str =
    "CREATE TABLE notes (org_id blob NOT NULL, id int NOT NULL, body text NOT NULL, PRIMARY KEY (org_id, id))";
const A: OrgId = OrgId::new(Uuid::from_u128(0xA));
const B: OrgId = OrgId::new(Uuid::from_u128(0xB));

/// Two keys, of two organizations, and one whose decision no authority accepts.
struct Keys;

impl LocalCheck for Keys {
    type Shown = Parts;
    type Error = StatusCode;

    async fn check(&self, shown: &Parts, found: FoundBy) -> Result<LocalDecision, StatusCode> {
        let key = shown.headers.get("authorization").and_then(|key| key.to_str().ok());
        let (org, tier) = match key {
            Some("key-a") => (A, Tier::Org),
            Some("key-b") => (B, Tier::Org),
            Some("key-staff") => (A, Tier::Platform),
            Some("key-panic") => panic!("the check's fault"),
            _ => return Err(StatusCode::UNAUTHORIZED),
        };
        let subject = Subject { issuer: "api key".to_owned(), subject: key.unwrap_or_default().to_owned() };
        Ok(found.this_check(org, subject).tier(tier))
    }
}

#[derive(Clone)]
struct App {
    db: TenantDb<Sqlite>,
    handled: Arc<AtomicUsize>,
    kept: Arc<Mutex<Option<OrgScope>>>,
}

async fn bodies(State(app): State<App>, scope: OrgScope) -> String {
    app.handled.fetch_add(1, Ordering::Relaxed);
    let mut conn = app.db.scoped(&scope).await.expect("a connection");
    let found: Vec<String> = scope.from(notes::table).select(notes::body).load(&mut conn).await.expect("rows");
    found.join(",")
}

/// A handler that keeps its scope beyond its response.
async fn kept(State(app): State<App>, scope: OrgScope) -> &'static str {
    *app.kept.lock().expect("no panic") = Some(scope);
    "one"
}

async fn app() -> (App, Router) {
    let door = Arc::new(LocalDoor::new("shop", Keys).expect("randomness"));
    let db = TenantDb::sqlite(":memory:", door.authority()).schema(schema_manifest()).migrations(&[TABLE]);
    let app = App { db: db.build().await.expect("it opens"), handled: Arc::default(), kept: Arc::default() };
    let router = Router::new()
        .route("/notes", get(bodies))
        .route("/kept", get(kept))
        .route("/twice", get(async |_: OrgScope, _: OrgScope| "never"))
        .route("/panic", get(async |_: OrgScope| -> &'static str { panic!("a handler's fault") }))
        .layer(LocalLayer::new(door))
        .with_state(app.clone());
    (app, router)
}

/// A request, which may claim an organization in every way that a client has.
async fn asked(router: &Router, path: &str, key: Option<&str>, claimed: Option<OrgId>) -> Response {
    let org = claimed.map(|org| org.to_string()).unwrap_or_default();
    let mut request = Request::get(format!("{path}?org={org}&org_id={org}"));
    if let Some(key) = key {
        request = request.header("authorization", key);
    }
    if claimed.is_some() {
        for name in ["x-organization", "x-org-id", "tenancy-grant"] {
            request = request.header(name, &org);
        }
        request = request.header("cookie", format!("org={org}"));
    }
    router.clone().oneshot(request.body(Body::empty()).expect("a request")).await.expect("a response")
}

async fn text(response: Response) -> String {
    let bytes = response.into_body().collect().await.expect("a body").to_bytes();
    String::from_utf8(bytes.to_vec()).expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_has_the_scope_of_the_key_whatever_the_client_says() {
    let (app, router) = app().await;
    for (key, org, other) in [("key-a", A, B), ("key-b", B, A)] {
        let response = asked(&router, "/kept", Some(key), Some(other)).await;
        assert_eq!(response.status(), StatusCode::OK);
        let scope = app.kept.lock().expect("no panic").take().expect("the handler's scope");
        assert_eq!((scope.org_id(), scope.subject().subject.as_str()), (org, key));
        let mut conn = app.db.scoped(&scope).await.expect("while the response runs");
        let row = (notes::id.eq(1), notes::body.eq(format!("of {key}")));
        assert_eq!(scope.insert_into(notes::table).values(row).execute(&mut conn).await, Ok(1));
        drop(conn);
        // The response ends, and the scope that the handler kept ends with it.
        assert_eq!(text(response).await, "one");
        assert_eq!(scope.check(), Err(ScopeError::RequestEnded));
        assert!(app.db.scoped(&scope).await.is_err());
    }
    for (key, other) in [("key-a", B), ("key-b", A)] {
        let response = asked(&router, "/notes", Some(key), Some(other)).await;
        assert_eq!(text(response).await, format!("of {key}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_check_refuses_reaches_no_handler() {
    let (app, router) = app().await;
    for key in [None, Some(""), Some("key-c"), Some("KEY-A")] {
        assert_eq!(asked(&router, "/notes", key, Some(A)).await.status(), StatusCode::UNAUTHORIZED, "{key:?}");
    }
    // The platform's staff do not come in here: the decision is refused, and the response does not say why.
    let staff = asked(&router, "/notes", Some("key-staff"), None).await;
    assert_eq!((staff.status(), text(staff).await.as_str()), (StatusCode::INTERNAL_SERVER_ERROR, ""));
    assert_eq!(AtomicUsize::load(&app.handled, Ordering::Relaxed), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scope_is_given_once_and_a_panic_is_a_response() {
    let (_, router) = app().await;
    for (path, key) in [("/twice", "key-a"), ("/panic", "key-a"), ("/notes", "key-panic")] {
        let response = asked(&router, path, Some(key), None).await;
        assert_eq!(
            (response.status(), text(response).await.as_str()),
            (StatusCode::INTERNAL_SERVER_ERROR, ""),
            "{path}"
        );
    }
}

/// Another door of the same check opens nothing of this one's database.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_door_opens_nothing_here() {
    let (app, _) = app().await;
    let (other, request) = (LocalDoor::new("shop", Keys).expect("randomness"), RequestGuard::new());
    let mut parts = Request::new(()).into_parts().0;
    parts.headers.insert("authorization", "key-a".parse().expect("a header"));
    let foreign = other.admit(&parts, &request).await.expect("a scope of the other door");
    assert!(app.db.scoped(&foreign).await.is_err());
}
