//! An HTTP client over whatever connects.

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use futures_core::future::BoxFuture;
use hyper_util::client::legacy::connect::Connect;
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::TokioExecutor;
use std::sync::Arc;

/// A client, without the type of what it connects with.
pub trait Sends: Send + Sync {
    /// Sends a request; the answer.
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>>;
}

impl<C: Connect + Clone + Send + Sync + 'static> Sends for Client<C, Body> {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        let answer = self.request(request);
        Box::pin(async move { answer.await.map(|answer| answer.map(Body::new)) })
    }
}

/// It sends what was not written at all again; anything else would use a grant twice.
pub fn over<C: Connect + Clone + Send + Sync + 'static>(connector: C) -> Arc<dyn Sends> {
    Arc::new(Client::builder(TokioExecutor::new()).build::<C, Body>(connector))
}
