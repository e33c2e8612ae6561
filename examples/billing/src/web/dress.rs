//! Refusals as pages, and the policy that every page carries.

use super::{login_cookie, page, sign_in};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use tenancy_gateway::oidc::ReturnTo;
use tenancy_gateway::{Rejection, RejectionReason, Typed};

/// What every page is dressed with.
#[derive(Clone)]
pub(crate) struct Dress {
    pub(crate) policy: HeaderValue,
    /// Where browsers reach the service.
    pub(crate) url: String,
}

/// What a page may tell of a refusal. Of organizations it tells what the status does.
struct Told {
    status: StatusCode,
    reason: Option<RejectionReason>,
    typed: Option<Typed>,
    /// A path that may be gone back to.
    back: Option<ReturnTo>,
}

/// Gives every response the policy, and those that only hold a status a page.
pub(super) async fn dress(State(dress): State<Dress>, request: Request, next: Next) -> Response {
    // Only a path that the sign-in would take is linked to.
    let path = request.uri().path_and_query().map(|path| path.as_str());
    let back = path.and_then(|path| ReturnTo::parse(path).ok());
    let (reads, cookies) = (request.method() == Method::GET, login_cookie::none(request.headers()));
    let mut response = next.run(request).await;
    let is_page =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let status = response.status();
    if !is_page && (status.is_client_error() || status.is_server_error()) {
        let reason = response.extensions().get::<Rejection>().map(Rejection::reason);
        let typed = response.extensions_mut().remove::<Typed>();
        // A form's own address may answer nothing but forms; what was typed was typed at the page before it.
        let back = back.filter(|_| reads || typed.is_some());
        let told = Told { status, reason, typed, back };
        response = with_page(response, page::outside(title(&told), refusal(&told, &dress.url)));
        if reason == Some(RejectionReason::Cookies) {
            forget(response.headers_mut(), &cookies);
        }
    }
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, dress.policy);
    response
}

/// The refusal's own headers stay: it may take a cookie away.
fn with_page(response: Response, page: Markup) -> Response {
    let mut page = page.into_response();
    let kind = page.headers_mut().remove(header::CONTENT_TYPE);
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    if let Some(kind) = kind {
        parts.headers.insert(header::CONTENT_TYPE, kind);
    }
    Response::from_parts(parts, page.into_body())
}

/// Takes the cookies of begun sign-ins away, and never the session's.
fn forget(headers: &mut HeaderMap, cookies: &[String]) {
    for cookie in cookies.iter().filter_map(|cookie| HeaderValue::from_str(cookie).ok()) {
        headers.append(header::SET_COOKIE, cookie);
    }
}

fn title(told: &Told) -> &'static str {
    match (told.status, told.reason) {
        (_, Some(RejectionReason::Host)) => "Another address",
        (_, Some(RejectionReason::Cookies)) => "Too many cookies",
        (_, Some(RejectionReason::OldForm | RejectionReason::Changed | RejectionReason::OtherOrganization)) => {
            "Changed in another tab"
        }
        (StatusCode::UNAUTHORIZED, _) => "Sign in",
        (StatusCode::NOT_FOUND, _) => "Not found",
        (StatusCode::CONFLICT, _) => "Choose an organization",
        (StatusCode::FORBIDDEN, _) => "Rejection",
        (StatusCode::SERVICE_UNAVAILABLE, _) => "Not available",
        (status, _) => status.canonical_reason().unwrap_or("Rejection"),
    }
}

fn link(href: &str, text: &str) -> Markup {
    html! { p { a.button href=(href) { (text) } } }
}

fn refusal(told: &Told, url: &str) -> Markup {
    html! { h1 { (title(told)) } (by_reason(told, url).unwrap_or_else(|| by_status(told))) }
}

/// What a person can do about it, where the status does not say.
fn by_reason(told: &Told, url: &str) -> Option<Markup> {
    Some(match told.reason? {
        RejectionReason::Host => html! {
            p { "This service is at " a href=(url) { (url) } ", and answers under no other name or number." }
            (link(url, "Go there"))
        },
        RejectionReason::Cookies => html! {
            p { "Your browser sent more cookies than this service reads. Those of sign-ins that were begun are taken away now, \
                 and you stay signed in: load the page again. If that does not help, clear this site's cookies in your \
                 browser's settings." }
            (link("/", "Try again"))
        },
        RejectionReason::OldForm => old_form(told),
        RejectionReason::Changed | RejectionReason::OtherOrganization => html! {
            p { "You switched or signed in again in another tab. Nothing was changed: load the page again." }
            (link("/", "To the start"))
        },
        RejectionReason::StaleProof => html! {
            p { "Prove again who you are first." }
            (link("/settings", "To the settings"))
        },
        _ => return None,
    })
}

/// What was typed, to be copied from: for which organization it was meant is unknown here.
fn old_form(told: &Told) -> Markup {
    let back = told.back.as_ref().map_or("/", ReturnTo::as_str);
    html! {
        p { "The form was open while you switched, signed in again or proved who you are in another tab. Nothing was changed. \
             Load its page again, see for which organization you act now, and send it once more." }
        @if let Some(typed) = &told.typed {
            h2 { "What you typed" }
            dl { @for (name, value) in typed.fields() { dt { (name) } dd { (value) } } }
        }
        (link(back, "Load the page again"))
    }
}

fn by_status(told: &Told) -> Markup {
    match told.status {
        StatusCode::UNAUTHORIZED => html! {
            p { "You are not signed in, or not any more." }
            (link(&sign_in::login(&told.back.clone().unwrap_or_default(), false), "Sign in"))
        },
        StatusCode::NOT_FOUND => html! {
            p { "There is no such page here, or it is not one that you may see." }
            (link("/", "To the start"))
        },
        StatusCode::CONFLICT => html! {
            p { "This page belongs to an organization, and you act for none at the moment. Choose one, or see what an \
                 administrator needs to make you a member." }
            (link("/organizations", "Your organizations"))
        },
        StatusCode::FORBIDDEN => html! {
            p { "The request was refused. A form that was open while you signed out is out of date: go back, load the page \
                 again and send it once more." }
            (link("/", "To the start"))
        },
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT => html! {
            p { "The service cannot answer at the moment." }
            (link("/", "Try again"))
        },
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT => html! {
            p { "What was sent is too long, or did not arrive in time. Nothing was changed." }
            (link("/", "To the start"))
        },
        status if status.is_server_error() => html! {
            p { "Something went wrong here. It is written down; try again, and tell an administrator if it stays." }
            (link("/", "To the start"))
        },
        _ => html! {
            p { "The request was not understood." }
            (link("/", "To the start"))
        },
    }
}
