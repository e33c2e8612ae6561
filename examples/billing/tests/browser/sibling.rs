//! A page of somebody else's, on a name beside the service's.

use axum::Router;
use axum::http::header::{CONTENT_TYPE, SET_COOKIE};
use axum::response::AppendHeaders;
use axum::routing::get;

/// Cookies that would be the service's if a browser took them: for its domain, under another spelling, without the prefix's
/// conditions.
const PLANTED: [&str; 4] = [
    "__Host-tenancy=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA; Domain=localhost; Path=/; Secure",
    "__host-tenancy=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA; Domain=localhost; Path=/; Secure",
    "__Host-tenancy=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA; Path=/invoices; Secure",
    "harmless=1; Path=/",
];

/// Its address: Chromium leads every name under `localhost` to this machine.
pub(crate) async fn start() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let page = async || {
        let cookies = AppendHeaders(PLANTED.map(|cookie| (SET_COOKIE, cookie)));
        (cookies, [(CONTENT_TYPE, "text/html")], "<h1>planted</h1>")
    };
    let router = Router::new().route("/", get(page));
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://evil.localhost:{port}/")
}
