//! Refusals as pages, and the policy that every page carries.

use super::{page, sign_in};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use tenancy::gateway::oidc::ReturnTo;

/// Gives every response the policy, and those that only hold a status a page.
pub(super) async fn dress(State(policy): State<HeaderValue>, request: Request, next: Next) -> Response {
    let reads = request.method() == Method::GET;
    // Only a path that the sign-in would take is linked to.
    let path = request.uri().path_and_query().map(|path| path.as_str()).filter(|_| reads);
    let back = path.and_then(|path| ReturnTo::parse(path).ok());
    let mut response = next.run(request).await;
    let is_page =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let status = response.status();
    if !is_page && (status.is_client_error() || status.is_server_error()) {
        let mut page = (status, page::outside(title(status), refusal(status, back.as_ref()))).into_response();
        // The refusal's own headers stay: it may take a cookie away.
        let kind = page.headers_mut().remove(header::CONTENT_TYPE);
        let (mut parts, _) = response.into_parts();
        parts.headers.remove(header::CONTENT_LENGTH);
        if let Some(kind) = kind {
            parts.headers.insert(header::CONTENT_TYPE, kind);
        }
        response = Response::from_parts(parts, page.into_body());
    }
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

fn title(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "Sign in",
        StatusCode::NOT_FOUND => "Not found",
        StatusCode::CONFLICT => "Choose an organization",
        StatusCode::FORBIDDEN => "Refused",
        StatusCode::SERVICE_UNAVAILABLE => "Not available",
        _ => status.canonical_reason().unwrap_or("Refused"),
    }
}

/// By the status alone, but for the link back.
fn refusal(status: StatusCode, back: Option<&ReturnTo>) -> Markup {
    let link = |href: &str, text: &str| html! { p { a.button href=(href) { (text) } } };
    html! {
        h1 { (title(status)) }
        @match status {
            StatusCode::UNAUTHORIZED => {
                p { "You are not signed in, or not any more." }
                (link(&sign_in::login(&back.cloned().unwrap_or_default(), false), "Sign in"))
            }
            StatusCode::NOT_FOUND => {
                p { "There is no such page in your organization." }
                (link("/", "To the start"))
            }
            StatusCode::CONFLICT => {
                p { "This page belongs to an organization, and you have not chosen yet for which one you act." }
                (link("/organizations", "Choose an organization"))
            }
            StatusCode::FORBIDDEN => {
                p { "The request was refused. A form that was open while you switched or signed out is out of date: \
                     go back, load the page again and send it once more." }
                (link("/", "To the start"))
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                p { "The service cannot answer at the moment. Nothing was changed." }
                (link("/", "Try again"))
            }
            _ => {
                p { "The request was not understood." }
                (link("/", "To the start"))
            }
        }
    }
}
