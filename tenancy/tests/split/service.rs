//! The service under test: invoices of two organizations, which knows grants and no sessions.

use super::board::Board;
use super::world::{ACME, BRAVO, TestClock};
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tenancy::db::Sqlite;
use tenancy::prelude::*;
use tenancy::scope::{Epochs, PublicKey, Subject};
use tenancy::{OrgId, OrgScope, TenantDb};
use tenancy_service::KeyRing;
use tenancy_service::{BoxFuture, CurrentEpochs, CurrentEpochsError, Service, ServiceBuilder, ServiceKeys};
use tenancy_test_support::seconds;

tenancy::schema! {
    diesel::table! { invoices (id) { id -> Integer, org_id -> Text, name -> Text, } }
}

/// The epochs that hold, as the service's database would know them.
#[derive(Clone, Default)]
pub(crate) struct Known(pub(crate) Arc<Mutex<Option<HashMap<OrgId, Epochs>>>>);

impl CurrentEpochs for Known {
    fn epochs<'a>(&'a self, org: OrgId, _: &'a Subject) -> BoxFuture<'a, Result<Option<Epochs>, CurrentEpochsError>> {
        let known = self.0.lock().unwrap();
        let answer = known.as_ref().map(|known| known.get(&org).copied());
        Box::pin(std::future::ready(answer.ok_or_else(|| CurrentEpochsError::new("down"))))
    }
}

/// The service of a process, its router and what it asks.
pub(crate) struct Behind {
    pub(crate) service: Service,
    pub(crate) keys: ServiceKeys,
    pub(crate) board: Board,
    pub(crate) router: Router,
}

impl Behind {
    pub(crate) async fn new(audience: &str, root: PublicKey, clock: &Arc<TestClock>) -> Self {
        Self::with(audience, root, clock, |service| service).await
    }

    pub(crate) async fn with(
        audience: &str,
        root: PublicKey,
        clock: &Arc<TestClock>,
        settings: impl FnOnce(ServiceBuilder) -> ServiceBuilder,
    ) -> Self {
        let board = Board::default();
        let keys = ServiceKeys::new(KeyRing::new("gateway", audience, [root]), board.clone());
        let service = settings(Service::builder(keys.clone()).clock(clock.clone()).longest_body(64 * 1024)).build();
        let router = router(&service).await;
        Self { service, keys, board, router }
    }
}

type Here = State<TenantDb<Sqlite>>;

async fn list(State(db): Here, scope: OrgScope) -> Result<String, StatusCode> {
    let mut conn = db.scoped(&scope).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let names = scope.from(invoices::table).select(invoices::name).order(invoices::id).load(&mut conn).await;
    let names: Vec<String> = names.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(names.join(","))
}

async fn create(State(db): Here, scope: OrgScope, name: String) -> Result<&'static str, StatusCode> {
    let mut conn = db.scoped(&scope).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let insert = scope.insert_into(invoices::table).values(invoices::name.eq(name)).execute(&mut conn).await;
    insert.map(|_| "created").map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

/// The organization, and how long the body was that was read meanwhile.
async fn upload(scope: OrgScope, request: Request) -> Result<String, StatusCode> {
    let body = to_bytes(request.into_body(), 1024 * 1024).await.map_err(|_| StatusCode::BAD_REQUEST)?;
    Ok(format!("{} {}", named(scope.org_id()), body.len()))
}

/// What the handler sees of the request.
async fn echo(scope: OrgScope, headers: HeaderMap) -> String {
    let mut lines: Vec<String> = headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
    lines.sort();
    format!("{}\n{}", named(scope.org_id()), lines.join("\n"))
}

async fn twice(_: OrgScope, again: Result<OrgScope, tenancy::scope::ScopeRejection>) -> StatusCode {
    again.map(|_| StatusCode::OK).unwrap_or_else(|refused| refused.status())
}

/// What needs a proof of five minutes, of the second level.
async fn proof(scope: OrgScope) -> (StatusCode, String) {
    let fits = scope.assurance() == "aal2" && scope.authenticated_within(Duration::from_secs(300));
    let status = if fits { StatusCode::OK } else { StatusCode::FORBIDDEN };
    (status, format!("{} {:?} {}", named(scope.org_id()), scope.assurance(), seconds(scope.authenticated_at())))
}

/// A service that tries to plant a session.
async fn planter(_: OrgScope) -> ([(&'static str, &'static str); 2], &'static str) {
    ([("set-cookie", "__Host-tenancy=AAAA; Path=/; Secure"), ("tenancy-grant", "x")], "planted")
}

async fn slow(_: OrgScope) -> &'static str {
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    "late"
}

pub(crate) fn named(org: OrgId) -> &'static str {
    match org {
        ACME => "acme",
        BRAVO => "bravo",
        _ => "another",
    }
}

async fn router(service: &Service) -> Router {
    let table = "CREATE TABLE invoices (id INTEGER PRIMARY KEY, org_id TEXT NOT NULL, name TEXT NOT NULL)";
    let row = |org: OrgId| format!("INSERT INTO invoices (org_id, name) VALUES ('{org}', '{}-1')", named(org));
    let (acme, bravo) = (row(ACME), row(BRAVO));
    let db = TenantDb::sqlite(":memory:", service.authority()).schema(schema_manifest());
    let db = db.migrations(&[table, &acme, &bravo]).build().await.unwrap();
    let whole = Router::new()
        .route("/invoices", get(list).post(create).put(create).patch(create).delete(create))
        .route("/o/{org}/invoices", get(list))
        .route("/echo", get(echo).post(echo))
        .route("/proof", get(proof))
        .route("/twice", get(twice))
        .route("/plant", get(planter))
        .route("/slow", get(slow))
        .route("/public/{*rest}", get(list))
        .layer(service.layer());
    let streamed = Router::new().route("/upload", post(upload)).layer(service.streamed_layer());
    whole.merge(streamed).with_state(db)
}
