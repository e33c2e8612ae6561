//! The service under test: invoices of two organizations behind a gateway.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tenancy::db::{Postgres, Sqlite};
use tenancy::prelude::*;
use tenancy::{OrgScope, RequestedOrg, TenantDb};
use tenancy_gateway::{AccessRecord, AccessRequest, Gateway, Rejection, Session};
use tenancy_test_support::seconds;
use uuid::Uuid;

tenancy::schema! {
    diesel::table! { invoices (id) { id -> Integer, org_id -> Text, name -> Text, } }
}

/// The tables of the service; the key's type counts up by itself.
pub(crate) fn tables(key: &str) -> String {
    format!("CREATE TABLE invoices (id {key} PRIMARY KEY, org_id TEXT NOT NULL, name TEXT NOT NULL)")
}

#[derive(serde::Deserialize)]
pub(crate) struct Said {
    #[serde(default)]
    org: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    handle: String,
}

/// A scope that a handler kept, against all advice.
pub(crate) type Stash = Arc<Mutex<Option<OrgScope>>>;

struct App<Db: tenancy::db::Driver> {
    db: TenantDb<Db>,
    gateway: Gateway,
    stash: Stash,
}

impl<Db: tenancy::db::Driver> Clone for App<Db> {
    fn clone(&self) -> Self {
        Self { db: self.db.clone(), gateway: self.gateway.clone(), stash: Arc::clone(&self.stash) }
    }
}

/// The handlers that run statements, for one database: diesel's statements are not generic over it.
macro_rules! statements {
    ($module:ident, $driver:ty) => {
        pub(crate) mod $module {
            use super::*;

            type Here = State<App<$driver>>;

            async fn names(db: &TenantDb<$driver>, scope: &OrgScope) -> Result<String, StatusCode> {
                let mut conn = db.scoped(scope).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
                let names: Vec<String> = scope
                    .from(invoices::table)
                    .select(invoices::name)
                    .order(invoices::id)
                    .load(&mut conn)
                    .await
                    .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
                Ok(names.join(","))
            }

            async fn list(State(app): Here, scope: OrgScope) -> Result<String, StatusCode> {
                names(&app.db, &scope).await
            }

            async fn add(State(app): Here, scope: OrgScope, Form(said): Form<Said>) -> Result<String, StatusCode> {
                let mut conn = app.db.scoped(&scope).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
                scope
                    .insert_into(invoices::table)
                    .values(invoices::name.eq(said.name))
                    .execute(&mut conn)
                    .await
                    .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
                Ok("added".to_owned())
            }

            /// The rows are asked for while the body is being sent.
            async fn stream(State(app): Here, scope: OrgScope) -> Body {
                let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Bytes, std::io::Error>>(1);
                tokio::spawn(async move {
                    for _ in 0..2 {
                        let line = match names(&app.db, &scope).await {
                            Ok(names) => format!("{names}\n"),
                            Err(status) => format!("{status}\n"),
                        };
                        if sender.send(Ok(line.into())).await.is_err() {
                            break;
                        }
                    }
                    *app.stash.lock().unwrap() = Some(scope);
                });
                Body::new(Lines(receiver))
            }

            /// Keeps its scope for later.
            async fn keep(State(app): Here, scope: OrgScope) -> &'static str {
                *app.stash.lock().unwrap() = Some(scope);
                "kept"
            }

            async fn use_kept(State(app): Here) -> Result<String, StatusCode> {
                let kept = app.stash.lock().unwrap().take().ok_or(StatusCode::NOT_FOUND)?;
                names(&app.db, &kept).await
            }

            pub(crate) fn router(db: TenantDb<$driver>, gateway: &Gateway) -> Router {
                let app = App { db, gateway: gateway.clone(), stash: Stash::default() };
                let inside = Router::new()
                    .route("/invoices", get(list).post(add))
                    .route("/o/{org}/invoices", get(list).post(add))
                    .route("/stream", get(stream))
                    .route("/keep", get(keep))
                    .route("/proof", get(proof).post(proof))
                    .route("/twice", get(async |_: OrgScope, _: OrgScope| "two scopes"))
                    .route("/whoami", get(async |session: Session| session.subject().subject.clone()))
                    .route("/form", get(async |session: Session| session.form_token()))
                    .route("/plain", get(async || "a page").post(async || "changed").put(async || "changed"))
                    .route("/seen", get(seen).post(seen))
                    .route("/switch", post(switch::<$driver>).get(async || "a page about switching"))
                    .route("/enter", post(enter::<$driver>))
                    .route("/leave", post(leave::<$driver>))
                    .route("/actor", get(actor))
                    .route("/visits", get(visits::<$driver>))
                    .route("/o/{org}/visits", get(visits::<$driver>))
                    .route("/renew", post(renew::<$driver>))
                    .route("/sign-out", post(sign_out::<$driver>))
                    .route("/sign-out-everywhere", post(sign_out_everywhere::<$driver>))
                    .route("/sessions", get(list_sessions::<$driver>).post(end_one::<$driver>))
                    .route("/expects", post(expects));
                let open = Router::new()
                    .route("/hello", get(hello).post(hello))
                    .route("/open-invoices", get(list))
                    .route("/use-kept", get(use_kept))
                    .fallback(async || (StatusCode::NOT_FOUND, "no such page"));
                let bare = Router::new().route("/bare", get(list)).route("/bare-session", get(hello));
                inside.layer(gateway.layer()).merge(open.layer(gateway.open_layer())).merge(bare).with_state(app)
            }
        }
    };
}

statements!(on_sqlite, Sqlite);
statements!(on_postgres, Postgres);

async fn hello(session: Option<Session>) -> String {
    session.map_or("hello stranger".to_owned(), |session| format!("hello {}", session.subject().subject))
}

/// How strong and how old the proof is, as far as a scope tells: what needs one of five minutes is refused.
async fn proof(scope: OrgScope) -> (StatusCode, String) {
    let status =
        if scope.authenticated_within(Duration::from_secs(300)) { StatusCode::OK } else { StatusCode::FORBIDDEN };
    (status, format!("{} {}", scope.assurance(), seconds(scope.authenticated_at())))
}

/// What a handler sees of the request's headers.
async fn seen(headers: HeaderMap) -> String {
    headers.iter().map(|(name, value)| format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes()))).collect()
}

async fn switch<Db: tenancy::db::Driver>(
    State(app): State<App<Db>>,
    session: Session,
    Form(said): Form<Said>,
) -> Result<Response, Rejection> {
    let (_, cookie) = app.gateway.sessions().switch(&session, &RequestedOrg::new(said.org)).await?;
    Ok((cookie, "switched").into_response())
}

async fn enter<Db: tenancy::db::Driver>(
    State(app): State<App<Db>>,
    session: Session,
    Form(said): Form<Said>,
) -> Result<Response, Rejection> {
    let (_, cookie) = app
        .gateway
        .sessions()
        .enter(&session, &RequestedOrg::new(said.org), AccessRequest::read_only(said.name))
        .await?;
    Ok((cookie, "entered").into_response())
}

async fn leave<Db: tenancy::db::Driver>(State(app): State<App<Db>>, session: Session) -> Result<Response, Rejection> {
    Ok((app.gateway.sessions().leave(&session).await?.1, "left").into_response())
}

/// Who acts, as far as a scope tells.
async fn actor(scope: OrgScope) -> String {
    let tier = format!("{:?}", scope.tier()).to_lowercase();
    match scope.actor() {
        Some(actor) => {
            assert_eq!(actor.writes, !scope.is_read_only());
            format!("{} {tier} {}", actor.staff.subject, if actor.writes { "writes" } else { "reads" })
        }
        None => format!("{} {tier}", scope.subject().subject),
    }
}

async fn visits<Db: tenancy::db::Driver>(State(app): State<App<Db>>, scope: OrgScope) -> Result<String, Rejection> {
    let line = |visit: AccessRecord| {
        let AccessRecord { staff, reason, ticket, writes, entered_at, until, ended_at, approved_by, .. } = visit;
        let how = if writes { "writes" } else { "reads" };
        let end = match ended_at {
            Some(at) => format!("left after {} s", at.duration_since(entered_at).unwrap().as_secs()),
            None => format!("{} s", until.duration_since(entered_at).unwrap().as_secs()),
        };
        let with = approved_by.map(|other| format!(", with {}", other.subject)).unwrap_or_default();
        format!("{}: {reason} ({}), {how}, {end}{with}\n", staff.subject, ticket.unwrap_or_default())
    };
    Ok(app.gateway.entries(&scope).await?.into_iter().map(line).collect())
}

async fn renew<Db: tenancy::db::Driver>(State(app): State<App<Db>>, session: Session) -> Result<Response, Rejection> {
    let (_, cookie) = app.gateway.sessions().renew(&session).await?;
    Ok((cookie, "renewed").into_response())
}

async fn sign_out<Db: tenancy::db::Driver>(
    State(app): State<App<Db>>,
    session: Session,
) -> Result<Response, Rejection> {
    Ok((app.gateway.sessions().end(&session).await?, "signed out").into_response())
}

async fn sign_out_everywhere<Db: tenancy::db::Driver>(
    State(app): State<App<Db>>,
    session: Session,
) -> Result<Response, Rejection> {
    Ok((app.gateway.sessions().end_everywhere(&session).await?, "signed out").into_response())
}

async fn list_sessions<Db: tenancy::db::Driver>(
    State(app): State<App<Db>>,
    session: Session,
) -> Result<String, Rejection> {
    let own = app.gateway.sessions().list(&session).await?;
    Ok(own.iter().map(|one| format!("{} {} {:?}\n", one.handle, one.current, one.agent)).collect())
}

async fn end_one<Db: tenancy::db::Driver>(
    State(app): State<App<Db>>,
    session: Session,
    Form(said): Form<Said>,
) -> Result<&'static str, Rejection> {
    app.gateway.sessions().end_own(&session, said.handle.parse::<Uuid>().unwrap_or_default()).await?;
    Ok("ended")
}

async fn expects(session: Session, Form(said): Form<Said>) -> Result<&'static str, Rejection> {
    session.expects(&RequestedOrg::new(said.org))?;
    Ok("as expected")
}

/// A body of lines that come one by one.
struct Lines(tokio::sync::mpsc::Receiver<Result<Bytes, std::io::Error>>);

impl axum::body::HttpBody for Lines {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, std::io::Error>>> {
        self.0.poll_recv(cx).map(|line| line.map(|line| line.map(http_body::Frame::data)))
    }
}
