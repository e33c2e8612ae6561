//! Signing out: our session first, which works without the provider, then the provider's.

use super::page_error::PageError;
use super::{Accounts, settings};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use std::sync::Arc;
use tenancy::scope::Subject;
use tenancy_gateway::oidc::{LogoutTokenError, ProviderLogout};
use tenancy_gateway::{EndSession, Rejection, Session};

/// `POST /sign-out`.
pub(super) async fn here(State(accounts): State<Arc<Accounts>>, session: Session) -> Result<Response, PageError> {
    let id_token = accounts.gateway.sessions().id_token(&session).await?;
    let ended = accounts.gateway.sessions().end(&session).await?;
    Ok(leave(&accounts, id_token.as_ref(), ended))
}

/// `POST /sign-out/everywhere`.
pub(super) async fn everywhere(State(accounts): State<Arc<Accounts>>, session: Session) -> Result<Response, PageError> {
    let id_token = accounts.gateway.sessions().id_token(&session).await?;
    let ended = settings::unless_stale(accounts.gateway.sessions().end_everywhere(&session).await)?;
    Ok(match ended {
        Some(ended) => leave(&accounts, id_token.as_ref(), ended),
        None => Redirect::to("/settings").into_response(),
    })
}

fn leave(accounts: &Accounts, id_token: Option<&secrecy::SecretString>, ended: EndSession) -> Response {
    let at_provider = accounts.oidc.logout(id_token);
    let to = at_provider.as_ref().map_or("/", |to| to.location());
    (ended, Redirect::to(to)).into_response()
}

/// How long a provider's word may be, in bytes.
pub(super) const BODY: usize = 16 * 1024;

/// `POST /sign-out/back-channel`: the provider says that a session of its own ended. No cookie has a say, and the answer does
/// not tell whether there was one of ours.
pub(super) async fn from_provider(State(accounts): State<Arc<Accounts>>, body: Bytes) -> Result<StatusCode, PageError> {
    let logout = match accounts.oidc.back_channel_logout(&body).await {
        Ok(logout) => logout,
        Err(LogoutTokenError::Busy) => return Ok(StatusCode::SERVICE_UNAVAILABLE),
        Err(why) => {
            tracing::info!(%why, "a provider's logout was refused");
            return Ok(StatusCode::BAD_REQUEST);
        }
    };
    if let Err(refused) = end(&accounts, &logout).await {
        // The provider may try once more, with the same token.
        accounts.oidc.logout_was_not_done(&logout);
        return Err(refused.into());
    }
    Ok(StatusCode::OK)
}

async fn end(accounts: &Accounts, logout: &ProviderLogout) -> Result<(), Rejection> {
    let sessions = accounts.gateway.sessions();
    match (&logout.session, &logout.subject) {
        (Some(session), _) => sessions.end_provider_session(&logout.issuer, session).await,
        (None, Some(id)) => sessions.end_subject(&Subject { issuer: logout.issuer.clone(), subject: id.clone() }).await,
        (None, None) => Ok(()),
    }
}
