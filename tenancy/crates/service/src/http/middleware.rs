//! The tower side of both layers: a request goes on when it was admitted, and lives until its answer has ended.

use super::body::Guarded;
use axum::body::Body;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::Response;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tenancy::scope::RequestGuard;
use tracing::{Instrument as _, Span};

/// What a layer decides about a request. Its name is not public, so it is neither implemented nor called outside this crate.
pub trait Admit: Clone + Send + Sync + 'static {
    /// What of the request the answer has to know.
    type Kept: Send;

    /// The request as handlers may see it and the span that its work is logged in, or the refusal.
    fn admit(
        &self,
        request: Request,
        alive: &Arc<RequestGuard>,
    ) -> impl Future<Output = Result<(Request, Span, Self::Kept), Response>> + Send;

    /// The answer to a request whose handler panicked.
    fn panicked(&self) -> Response;

    /// A handler's answer as it is sent.
    fn answered(&self, response: Response, _kept: Self::Kept) -> Response {
        response
    }

    /// Completes the headers of every answer, refusals included.
    fn complete(&self, _headers: &mut HeaderMap) {}
}

/// The service that a layer makes of another.
#[derive(Clone)]
pub struct Admitting<L, S> {
    layer: L,
    service: S,
}

impl<L, S> Admitting<L, S> {
    /// The service of this layer around another.
    pub fn new(layer: L, service: S) -> Self {
        Self { layer, service }
    }
}

impl<L: Admit, S> tower_service::Service<Request> for Admitting<L, S>
where
    S: tower_service::Service<Request, Response = Response> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        // The service that was polled ready is the one to call.
        let next = self.service.clone();
        let mut service = std::mem::replace(&mut self.service, next);
        let layer = self.layer.clone();
        Box::pin(async move {
            // It lives until the response's body has ended. Only this future and the body own it.
            let alive = Arc::new(RequestGuard::new());
            let admitted = Caught(Box::pin(layer.admit(request, &alive))).await;
            let mut response = match admitted {
                Some(Ok((request, span, kept))) => {
                    let answer = async move { service.call(request).await };
                    match Caught(Box::pin(answer.instrument(span))).await {
                        Some(answer) => layer.answered(answer?, kept),
                        None => layer.panicked(),
                    }
                }
                Some(Err(refused)) => refused,
                None => layer.panicked(),
            };
            layer.complete(response.headers_mut());
            Ok(response.map(|body| Body::new(Guarded::new(body, alive))))
        })
    }
}

/// A handler's work, or what a layer decides. `None` when it panicked: the server would close the connection, with every other request on it, and the
/// client would hear nothing.
struct Caught<F>(Pin<Box<F>>);

impl<F: Future> Future for Caught<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<F::Output>> {
        // It is never polled again after a panic, and what it holds is dropped as in any other panic.
        match catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(cx))) {
            Ok(poll) => poll.map(Some),
            Err(_) => Poll::Ready(None),
        }
    }
}

impl<L: fmt::Debug, S> fmt::Debug for Admitting<L, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.layer.fmt(f)
    }
}
