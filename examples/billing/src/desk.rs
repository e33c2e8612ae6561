//! What a handler that works for an organization needs: the scope, who looks at the page, and where statements are noted.

use crate::statements::Statements;
use axum::extract::{FromRef, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tenancy::OrgScope;
use tenancy_gateway::{Rejection, Session};

/// Under this name the gateway's side tells a page the token for its forms, in this process or in another.
const FORM_TOKEN: HeaderName = HeaderName::from_static("x-form-token");

/// A request's scope, from the gateway's layer or a service's, and who looks at the page.
pub(crate) struct Desk {
    pub(crate) scope: OrgScope,
    pub(crate) visitor: Visitor,
    pub(crate) statements: Statements,
}

/// What a page shows of the user who looks at it. Nothing is decided by it.
pub(crate) struct Visitor {
    pub(crate) name: String,
    /// For forms. Made up or left out, it makes a form that the gateway refuses.
    pub(crate) form_token: String,
}

impl Visitor {
    /// # Errors
    /// When no form token can be made.
    pub(crate) fn of(session: &Session) -> Result<Self, Rejection> {
        Ok(Self { name: session.subject().subject.clone(), form_token: session.form_token()? })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Desk
where
    Statements: FromRef<S>,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let form_token =
            parts.headers.get(FORM_TOKEN).and_then(|token| token.to_str().ok()).unwrap_or_default().to_owned();
        let scope = OrgScope::from_request_parts(parts, state).await?;
        let visitor = Visitor { name: scope.subject().subject.clone(), form_token };
        Ok(Self { scope, visitor, statements: Statements::from_ref(state) })
    }
}

/// Gives an organization's page the token for its forms, in place of whatever the browser sent under that name. Under the
/// gateway's layer: the page itself may be in a process that knows no session.
pub(crate) async fn tell(session: Session, mut request: Request, next: Next) -> Result<Response, Rejection> {
    // URL-safe base64 is a header's value.
    if let Ok(token) = HeaderValue::from_str(&session.form_token()?) {
        request.headers_mut().insert(FORM_TOKEN, token);
    }
    Ok(next.run(request).await)
}
