//! What a handler that works for an organization needs: the scope, the session, and where statements are noted.

use crate::statements::Statements;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use tenancy::OrgScope;
use tenancy::gateway::{Refused, Session};

/// A request's scope with its session. The gateway's layer made both.
pub(crate) struct Desk {
    pub(crate) scope: OrgScope,
    pub(crate) session: Session,
    pub(crate) statements: Statements,
}

impl<S: Send + Sync> FromRequestParts<S> for Desk
where
    Statements: FromRef<S>,
{
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let session = Session::from_request_parts(parts, state).await?;
        let scope = OrgScope::from_request_parts(parts, state).await?;
        Ok(Self { scope, session, statements: Statements::from_ref(state) })
    }
}
