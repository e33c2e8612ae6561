//! `Permitted<..>` as an argument: who reaches the handler, and what the others are told.

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRef, Request};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::post;
use std::sync::Arc;
use std::time::Duration;
use tenancy::__private::{ScopeFuture, ScopeSource, provide_scope};
use tenancy::OrgId;
use tenancy::permit::{Denied, PermitAuthority, subject_id};
use tenancy_permission_model::Model;
use tenancy_permits::sql::{Change, SqlEngine};
use tenancy_permits::{Permitted, Relationship};
use tenancy_testkit::TestKit;
use tower::ServiceExt as _;
use uuid::Uuid;

mod actions {
    tenancy::permissions! { file = "guide/permissions.zed"; ids(invoice = i32); }
}
use actions::{invoice, organization};

const A: Uuid = Uuid::from_u128(0xA);
const B: Uuid = Uuid::from_u128(0xB);

#[derive(Clone)]
struct State {
    kit: Arc<TestKit>,
    permits: PermitAuthority,
}

impl FromRef<State> for PermitAuthority {
    fn from_ref(state: &State) -> Self {
        state.permits.clone()
    }
}

/// Gives each request the scope of the organization that its header names.
struct Source(Arc<TestKit>, OrgId);

impl ScopeSource for Source {
    fn scope<'a>(&'a self, _: &'a mut axum::http::request::Parts) -> ScopeFuture<'a> {
        let scope = self.0.scope(self.1);
        Box::pin(async move { Ok(scope) })
    }
}

async fn scoped(
    axum::extract::State(state): axum::extract::State<State>,
    mut request: Request,
    next: Next,
) -> Response {
    let organization = match request.headers().get("organization").map(|value| value.as_bytes()) {
        Some(b"a") => A,
        Some(b"b") => B,
        _ => return next.run(request).await,
    };
    provide_scope(request.extensions_mut(), Arc::new(Source(state.kit, OrgId::new(organization))));
    next.run(request).await
}

async fn void(Permitted { scope, permit }: Permitted<invoice::Void>) -> Result<String, Denied> {
    let permit = permit.attach(&scope)?;
    Ok(format!("void {}", permit.action().0))
}

async fn payout(Permitted { scope, permit }: Permitted<organization::ChangePayout>) -> Result<String, Denied> {
    let permit = permit.attach(&scope)?;
    Ok(format!("{:?}", permit.action()))
}

async fn app() -> (Router, SqlEngine) {
    let model = Model::parse(actions::PERMISSION_MODEL).expect("a model");
    let engine = SqlEngine::sqlite(":memory:", model).await.expect("an engine");
    engine.migrate().await.expect("the tables");
    let permits = PermitAuthority::new(engine.clone()).engine_timeout(Duration::from_secs(20));
    let state = State { kit: Arc::new(TestKit::new()), permits };
    let router = Router::new()
        .route("/invoices/{id}/void", post(void))
        .route("/named/{invoice}/void", post(void))
        .route("/customers/{id}/invoices/{invoice}/void", post(void))
        .route("/other/{number}/void", post(void))
        .route("/payout", post(payout))
        .layer(from_fn_with_state(state.clone(), scoped))
        .with_state(state);
    (router, engine)
}

async fn asked(app: &Router, organization: &str, path: &str) -> (u16, String) {
    let request = Request::post(path).header("organization", organization).body(Body::empty()).expect("a request");
    let response = app.clone().oneshot(request).await.expect("an answer");
    let status = response.status().as_u16();
    let body = axum::body::to_bytes(response.into_body(), 1_000).await.expect("a body");
    (status, String::from_utf8(body.to_vec()).expect("a text"))
}

/// The subject of the test kit's scopes.
fn person() -> String {
    subject_id(TestKit::new().scope(OrgId::new(A)).subject())
}

async fn give(engine: &SqlEngine, organization: Uuid, relation: &str) {
    let relationship: Relationship =
        format!("organization:{organization}#{relation}@user:{}", person()).parse().expect("a relationship");
    let _ = engine.write(&[Change::create(Some(organization), relationship)], "test", "a test").await.expect("written");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_is_reached_with_a_permit_alone() {
    let (app, engine) = app().await;
    give(&engine, A, "accountant").await;
    assert_eq!(asked(&app, "a", "/invoices/7/void").await, (200, "void 7".to_owned()));
    assert_eq!(asked(&app, "a", "/named/8/void").await, (200, "void 8".to_owned()));
    assert_eq!(asked(&app, "a", "/customers/5/invoices/9/void").await, (200, "void 9".to_owned()));
    let refused = (403, "you do not have permission to do this\n".to_owned());
    // Not an owner; another organization; no key; a second text of a key.
    assert_eq!(asked(&app, "a", "/payout").await, refused);
    assert_eq!(asked(&app, "b", "/invoices/7/void").await, refused);
    for id in ["x", "07", "%2B7", "7%20", "99999999999", "7%2F..", "7,8", "%FF"] {
        assert_eq!(asked(&app, "a", &format!("/invoices/{id}/void")).await, refused, "{id}");
    }
    give(&engine, A, "owner").await;
    assert_eq!(asked(&app, "a", "/payout").await, (200, "ChangePayout".to_owned()));
    give(&engine, A, "banned").await;
    assert_eq!(asked(&app, "a", "/payout").await, refused, "the next request asks again");
    assert_eq!(asked(&app, "a", "/invoices/7/void").await, refused);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_that_is_set_up_wrongly_reaches_no_handler() {
    let (app, engine) = app().await;
    give(&engine, A, "owner").await;
    assert_eq!(asked(&app, "a", "/other/7/void").await, (500, "the route is set up wrongly\n".to_owned()));
    assert_eq!(asked(&app, "nothing", "/payout").await.0, 500, "no layer");
}

/// Two permits of one request's kind, for two scopes.
#[tokio::test(flavor = "multi_thread")]
async fn a_permit_is_attached_to_its_own_scope_alone() {
    let (_, engine) = app().await;
    give(&engine, A, "owner").await;
    let permits = PermitAuthority::new(engine).engine_timeout(Duration::from_secs(20));
    let kit = TestKit::new();
    let (scope, other) = (kit.scope(OrgId::new(A)), kit.scope(OrgId::new(A)));
    let permit = permits.require(&scope, invoice::Void(7)).await.expect("permitted").detach();
    let refused = permit.attach(&other).expect_err("another scope");
    assert!(refused.to_string().starts_with("TEN0214"), "{refused}");
    let permit = permits.require(&scope, invoice::Void(7)).await.expect("permitted").detach();
    assert_eq!(permit.attach(&scope).map(|permit| permit.action().0), Ok(7));
    let brief = permits.clone().permit_life(Duration::ZERO);
    let permit = brief.require(&scope, invoice::Void(7)).await.expect("permitted").detach();
    let refused = permit.attach(&scope).expect_err("too late");
    assert!(refused.to_string().starts_with("TEN0215"), "{refused}");
    let request = tenancy::scope::RequestGuard::new();
    let scope = kit.scope_within(OrgId::new(A), &request);
    let permit = permits.require(&scope, invoice::Void(7)).await.expect("permitted").detach();
    drop(request);
    assert!(permit.attach(&scope).is_err());
}
