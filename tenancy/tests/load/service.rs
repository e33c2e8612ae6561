//! The service under load: a ledger behind both walls, asked in the gateway's process and in one of its own.

use crate::schema::ledger;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use tenancy::db::{Postgres, TenantDb};
use tenancy::prelude::*;
use tenancy::{OrgId, OrgScope};
use tenancy_gateway::GatewayLayer;
use tenancy_secrets::Watched;
use tenancy_service::Service;
use tenancy_test_support::walled::wall_two;
use uuid::Uuid;

/// What a process serves with: its database, and a secret that it follows.
#[derive(Clone)]
pub(crate) struct Served {
    pub(crate) db: TenantDb<Postgres>,
    pub(crate) number: Watched<u64>,
}

/// How many requests came with a grant of each key.
#[derive(Clone, Default)]
pub(crate) struct Signers(Arc<Mutex<BTreeMap<String, u64>>>);

impl Signers {
    pub(crate) fn seen(&self) -> BTreeMap<String, u64> {
        self.0.lock().expect("not poisoned").clone()
    }
}

/// The routes of the ledger in the gateway's own process.
pub(crate) fn beside(served: Served, layer: GatewayLayer) -> Router {
    Router::new().route("/own/ledger", get(list).post(add)).layer(layer).with_state(served)
}

/// The same behind a service's layer.
pub(crate) fn behind(served: Served, service: &Service, signers: Signers) -> Router {
    let routes = Router::new().route("/ledger", get(list).post(add)).layer(service.layer());
    routes.layer(from_fn_with_state(signers, note)).with_state(served)
}

/// Notes which key signed, as the grant itself says: the layer behind says whether that is true.
async fn note(State(signers): State<Signers>, request: Request, next: Next) -> Response {
    let grant = request.headers().get("tenancy-grant").and_then(|grant| grant.to_str().ok());
    if let Some((_, key)) = grant.and_then(|grant| grant.rsplit_once('.')) {
        *signers.0.lock().expect("not poisoned").entry(key.to_owned()).or_default() += 1;
    }
    next.run(request).await
}

#[derive(diesel::QueryableByName)]
struct Row {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    org_id: Uuid,
    #[diesel(sql_type = diesel::sql_types::Text)]
    owner: String,
}

const ALONE: &str = "SELECT org_id, owner FROM ledger ORDER BY id DESC LIMIT 10";

/// Why there are no rows. Without a connection nothing was done, and the answer says so.
struct Failed(Response);

impl From<tenancy::Error> for Failed {
    fn from(error: tenancy::Error) -> Self {
        Self(match error {
            tenancy::Error::Pool(_) => (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")]).into_response(),
            error => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
        })
    }
}

impl From<diesel::result::Error> for Failed {
    fn from(error: diesel::result::Error) -> Self {
        Self::from(tenancy::Error::from(error))
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        self.0
    }
}

#[expect(clippy::result_large_err, reason = "a test's handler answers with it")]
fn number(served: &Served) -> Result<u64, Failed> {
    let number = served.number.get().map(|number| *number);
    number.map_err(|error| Failed((StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response()))
}

/// The secret's number, then rows: ten as both walls show them, and ten as wall two shows them alone.
async fn list(State(served): State<Served>, scope: OrgScope) -> Result<String, Failed> {
    let mut conn = served.db.scoped(&scope).await?;
    let rows = scope.from(ledger::table).select((ledger::org_id, ledger::owner)).order(ledger::id).limit(10);
    let rows: Vec<(OrgId, String)> = rows.load(&mut conn).await?;
    let alone: Vec<Row> = conn.raw_sql(wall_two(), ALONE, "wall two alone").load().await?;
    let mut text = number(&served)?.to_string();
    let rows = rows.into_iter().map(|(org, owner)| (*org.as_uuid(), owner));
    for (org, owner) in rows.chain(alone.into_iter().map(|row| (row.org_id, row.owner))) {
        write!(text, "\n{org} {owner}").expect("a text takes it");
    }
    Ok(text)
}

/// Writes a row for the owner whom the client names; whose row it is, is the scope's to say.
async fn add(State(served): State<Served>, scope: OrgScope, owner: String) -> Result<String, Failed> {
    let mut conn = served.db.scoped(&scope).await?;
    let row = (ledger::id.eq(Uuid::new_v4()), ledger::owner.eq(owner));
    scope.insert_into(ledger::table).values(row).execute(&mut conn).await?;
    Ok(number(&served)?.to_string())
}
