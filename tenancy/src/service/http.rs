//! Key statements from the gateways themselves, over HTTP.

use super::keys::{StatementSource, StatementsUnavailable};
use crate::edge::BoxFuture;
use axum::body::{Body, Bytes};
use axum::http::{StatusCode, Uri};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use std::fmt;
use std::time::Duration;
use tokio::task::JoinSet;

/// The longest answer, in bytes.
const LONGEST: usize = 16 * 1024;
/// How long a gateway may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// Asks each gateway process for its statement, at a path that only services reach.
///
/// Plain HTTP is enough: whoever changes, withholds or repeats an answer can only make it be refused or end in time.
pub struct HttpStatements {
    client: Client<HttpConnector, Empty<Bytes>>,
    gateways: Vec<Uri>,
}

/// The address of a gateway's statement is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a gateway's key statement is at `http://host[:port]/path`, and there is at least one")]
pub struct HttpStatementsError(());

impl HttpStatements {
    /// Asks at these addresses, for instance `http://gateway-0:9090/keys`: one for each gateway process.
    ///
    /// # Errors
    /// When there is none, or one is no `http://` address.
    pub fn at<T: AsRef<str>>(gateways: impl IntoIterator<Item = T>) -> Result<Self, HttpStatementsError> {
        let parse = |text: T| {
            let uri: Uri = text.as_ref().parse().map_err(|_| HttpStatementsError(()))?;
            let plain = uri.scheme_str() == Some("http") && uri.authority().is_some();
            if plain { Ok(uri) } else { Err(HttpStatementsError(())) }
        };
        let gateways: Vec<Uri> = gateways.into_iter().map(parse).collect::<Result<_, _>>()?;
        if gateways.is_empty() {
            return Err(HttpStatementsError(()));
        }
        let client = Client::builder(TokioExecutor::new()).build_http();
        Ok(Self { client, gateways })
    }

    async fn ask_all(&self) -> Result<Vec<String>, StatementsUnavailable> {
        let mut answers = JoinSet::new();
        for gateway in &self.gateways {
            answers.spawn(tokio::time::timeout(PATIENCE, ask(self.client.clone(), gateway.clone())));
        }
        let (mut statements, mut last) = (Vec::new(), None);
        while let Some(answer) = answers.join_next().await {
            match answer {
                Ok(Ok(Ok(statement))) => statements.push(statement),
                Ok(Ok(Err(failure))) => last = Some(failure),
                Ok(Err(late)) => last = Some(StatementsUnavailable::new(late)),
                Err(ended) => last = Some(StatementsUnavailable::new(ended)),
            }
        }
        match last {
            Some(failure) if statements.is_empty() => Err(failure),
            _ => Ok(statements),
        }
    }
}

async fn ask(client: Client<HttpConnector, Empty<Bytes>>, gateway: Uri) -> Result<String, StatementsUnavailable> {
    let answer = client.get(gateway).await.map_err(StatementsUnavailable::new)?;
    if answer.status() != StatusCode::OK {
        return Err(StatementsUnavailable::new(format!("a gateway answered {}", answer.status())));
    }
    let body = Limited::new(Body::new(answer.into_body()), LONGEST).collect().await;
    let text = String::from_utf8(body.map_err(StatementsUnavailable::new)?.to_bytes().into());
    text.map_err(StatementsUnavailable::new)
}

impl StatementSource for HttpStatements {
    fn statements(&self) -> BoxFuture<'_, Result<Vec<String>, StatementsUnavailable>> {
        Box::pin(self.ask_all())
    }
}

impl fmt::Debug for HttpStatements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpStatements").field("gateways", &self.gateways).finish_non_exhaustive()
    }
}
