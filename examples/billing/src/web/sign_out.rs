//! Signing out: our session first, which works without the provider, then the provider's.

use super::Accounts;
use super::failure::Failure;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use std::sync::Arc;
use tenancy::gateway::{EndSession, Session};

/// `POST /sign-out`.
pub(super) async fn here(State(accounts): State<Arc<Accounts>>, session: Session) -> Result<Response, Failure> {
    let id_token = accounts.gateway.sessions().id_token(&session).await?;
    let ended = accounts.gateway.sessions().end(&session).await?;
    Ok(leave(&accounts, id_token.as_ref(), ended))
}

/// `POST /sign-out/everywhere`.
pub(super) async fn everywhere(State(accounts): State<Arc<Accounts>>, session: Session) -> Result<Response, Failure> {
    let id_token = accounts.gateway.sessions().id_token(&session).await?;
    let ended = accounts.gateway.sessions().end_everywhere(&session).await?;
    Ok(leave(&accounts, id_token.as_ref(), ended))
}

fn leave(accounts: &Accounts, id_token: Option<&secrecy::SecretString>, ended: EndSession) -> Response {
    let at_provider = accounts.oidc.logout(id_token);
    let to = at_provider.as_ref().map_or("/", |to| to.location());
    (ended, Redirect::to(to)).into_response()
}
