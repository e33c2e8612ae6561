//! Key statements from the gateways themselves, over HTTP or TLS.

use super::key_source::{StatementSource, StatementSourceError};
use crate::http::client::{self, Sends};
use axum::body::Body;
use axum::extract::Request;
use axum::http::{StatusCode, Uri};
use futures_core::future::BoxFuture;
use http_body_util::{BodyExt as _, Limited};
use hyper_util::client::legacy::connect::{Connect, HttpConnector};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// The longest answer, in bytes.
const LONGEST: usize = 16 * 1024;
/// How long a gateway may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// Asks each gateway process for its statement, at a path that only services reach.
///
/// Plain HTTP is enough: an attacker who changes, withholds or repeats an answer can only make it be refused or end in time.
pub struct HttpStatements {
    client: Arc<dyn Sends>,
    gateways: Vec<Uri>,
}

/// The addresses of the gateways' key statements cannot be used: one is malformed, or the list is empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a gateway's key statement is at `http[s]://host[:port]/path`, and there is at least one")]
pub struct HttpStatementsError(());

impl HttpStatements {
    /// Asks at these addresses, for instance `http://gateway-0:9090/keys`: one for each gateway process.
    ///
    /// # Errors
    /// When the list is empty, or holds an address that does not begin with `http://`.
    pub fn at<T: AsRef<str>>(gateways: impl IntoIterator<Item = T>) -> Result<Self, HttpStatementsError> {
        Ok(Self { gateways: addresses(gateways, "http")?, client: client::over(HttpConnector::new()) })
    }

    /// Asks at `https://` addresses through `connector`, for instance hyper-rustls's with the gateways' authority for its
    /// only root and this service's certificate.
    ///
    /// # Errors
    /// When there is none, or one is no `https://` address.
    pub fn over_tls<C, T>(connector: C, gateways: impl IntoIterator<Item = T>) -> Result<Self, HttpStatementsError>
    where
        C: Connect + Clone + Send + Sync + 'static,
        T: AsRef<str>,
    {
        Ok(Self { gateways: addresses(gateways, "https")?, client: client::over(connector) })
    }

    async fn ask_all(&self) -> Result<Vec<String>, StatementSourceError> {
        let mut answers = JoinSet::new();
        for gateway in &self.gateways {
            answers.spawn(tokio::time::timeout(PATIENCE, ask(Arc::clone(&self.client), gateway.clone())));
        }
        let (mut statements, mut last) = (Vec::new(), None);
        while let Some(answer) = answers.join_next().await {
            match answer {
                Ok(Ok(Ok(statement))) => statements.push(statement),
                Ok(Ok(Err(failure))) => last = Some(failure),
                Ok(Err(late)) => last = Some(StatementSourceError::new(late)),
                Err(ended) => last = Some(StatementSourceError::new(ended)),
            }
        }
        match last {
            Some(failure) if statements.is_empty() => Err(failure),
            _ => Ok(statements),
        }
    }
}

fn addresses<T: AsRef<str>>(
    gateways: impl IntoIterator<Item = T>,
    scheme: &str,
) -> Result<Vec<Uri>, HttpStatementsError> {
    let parse = |text: T| {
        let uri: Uri = text.as_ref().parse().map_err(|_| HttpStatementsError(()))?;
        let fits = uri.scheme_str() == Some(scheme) && uri.authority().is_some();
        if fits { Ok(uri) } else { Err(HttpStatementsError(())) }
    };
    let gateways: Vec<Uri> = gateways.into_iter().map(parse).collect::<Result<_, _>>()?;
    if gateways.is_empty() { Err(HttpStatementsError(())) } else { Ok(gateways) }
}

async fn ask(client: Arc<dyn Sends>, gateway: Uri) -> Result<String, StatementSourceError> {
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = gateway;
    let answer = client.send(request).await.map_err(StatementSourceError::new)?;
    if answer.status() != StatusCode::OK {
        return Err(StatementSourceError::new(format!("a gateway answered {}", answer.status())));
    }
    let body = Limited::new(answer.into_body(), LONGEST).collect().await;
    let text = String::from_utf8(body.map_err(StatementSourceError::new)?.to_bytes().into());
    text.map_err(StatementSourceError::new)
}

impl StatementSource for HttpStatements {
    fn statements(&self) -> BoxFuture<'_, Result<Vec<String>, StatementSourceError>> {
        Box::pin(self.ask_all())
    }
}

impl fmt::Debug for HttpStatements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpStatements").field("gateways", &self.gateways).finish_non_exhaustive()
    }
}
