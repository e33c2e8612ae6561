//! The pages.

mod agent;
mod customers;
mod denied;
mod dress;
mod forms;
mod invoices;
mod isolation;
mod login_cookie;
mod members;
mod organizations;
mod page;
mod page_error;
mod payout;
mod roll_up;
mod settings;
mod sign_in;
mod sign_out;
mod void;

use crate::desk;
use crate::ledger::Ledger;
use crate::permissions::Permissions;
use crate::ready::Needs;
use crate::statements::Statements;
use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef};
use axum::http::{StatusCode, header};
use axum::middleware;
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, get, post};
pub(crate) use dress::Dress;
use std::sync::Arc;
use tenancy_gateway::Gateway;
use tenancy_gateway::oidc::{Logins, OidcClient};
use tenancy_gateway::split::Forward;

/// What sign-in, switching and settings need. Code that holds the gateway may sign in any user, so other pages do not hold it.
pub(crate) struct Accounts {
    pub(crate) gateway: Gateway,
    pub(crate) oidc: OidcClient,
    pub(crate) logins: Logins,
    /// Whether people sign in at the provider for development.
    pub(crate) development: bool,
}

/// What the pages of an organization need.
#[derive(Clone)]
pub(crate) struct Books {
    pub(crate) ledger: Ledger,
    pub(crate) permissions: Permissions,
    pub(crate) statements: Statements,
}

impl FromRef<Books> for Statements {
    fn from_ref(books: &Books) -> Self {
        books.statements.clone()
    }
}

/// An organization's pages, which know no session: they are here or behind the gateway in another process.
fn of_organization() -> [(&'static str, MethodRouter<Books>); 11] {
    [
        ("/customers", get(customers::list).post(customers::create)),
        ("/invoices", get(invoices::list).post(invoices::create)),
        ("/invoices/{id}", get(invoices::show)),
        ("/invoices/{id}/pay", post(invoices::pay)),
        ("/invoices/{id}/void", post(void::make)),
        ("/roll-up", get(roll_up::show)),
        ("/payout", get(payout::show).post(payout::change)),
        ("/members", get(members::show)),
        ("/members/grant", post(members::grant)),
        ("/members/revoke", post(members::revoke)),
        ("/isolation", get(isolation::show)),
    ]
}

/// These pages, answered here. They need a layer that knows for which organization.
pub(crate) fn pages(books: Books) -> Router {
    let router = of_organization().into_iter().fold(Router::new(), |router, (path, page)| router.route(path, page));
    router.with_state(books)
}

/// The same pages, answered by a service.
pub(crate) fn forwarded(service: &Forward) -> Router {
    let paths = of_organization().into_iter();
    paths.fold(Router::new(), |router, (path, _)| router.route_service(path, service.clone()))
}

/// All routes, each under one of the gateway's layers. `of_organization` are the organization's pages or lead to them.
pub(crate) fn router(accounts: Arc<Accounts>, of_organization: Router, dress: Dress) -> Router {
    let gateway = accounts.gateway.clone();
    let of_user = Router::new()
        .route("/organizations", get(organizations::list))
        .route("/organizations/switch", post(organizations::switch))
        .route("/isolation/claim", post(isolation::claim))
        .route("/settings", get(settings::show))
        .route("/settings/end", post(settings::end))
        .route("/settings/prove", get(sign_in::prove))
        .route("/sign-out", post(sign_out::here))
        .route("/sign-out/everywhere", post(sign_out::everywhere))
        .with_state(Arc::clone(&accounts));
    let open = Router::new()
        .route("/", get(sign_in::home))
        .route("/login", get(sign_in::begin))
        .route("/login/callback", get(sign_in::finish))
        .route("/sign-out/back-channel", post(sign_out::from_provider).layer(DefaultBodyLimit::max(sign_out::BODY)))
        .route("/style.css", get(style))
        .fallback(async || page_error::PageError::NotFound)
        .with_state(accounts);
    of_organization
        .layer(middleware::from_fn(desk::tell))
        .merge(of_user)
        .layer(gateway.layer())
        .merge(open.layer(gateway.open_layer()))
        // Outermost, because it dresses the gateway's own refusals. It reads a status, a reason, and a path that it only links to.
        .layer(middleware::from_fn_with_state(dress, dress::dress))
}

/// Probes and counters, for a listener that browsers cannot reach. A probe's answer is its status: what is missing is for the log.
pub(crate) fn internal(needs: Needs, counters: impl Fn() -> String + Clone + Send + Sync + 'static) -> Router {
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    let pools = needs.clone();
    let ready = async move || if needs.are_met().await { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    Router::new()
        .route("/live", get(StatusCode::OK))
        .route("/ready", get(ready))
        .route("/metrics", get(async move || (kind, counters() + &pools.pools())))
}

/// The style sheet, of this service and of the development provider.
pub(crate) async fn style() -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=600")];
    (headers, include_str!("style.css"))
}
