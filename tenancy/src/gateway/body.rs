//! A response's body that keeps its request alive.

use crate::scope::RequestGuard;
use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// Ends the request, and with it its scope, when the last frame was given out, at an error, or when the client went away
/// and the body is dropped.
pub(super) struct Guarded {
    body: Body,
    request: Option<Arc<RequestGuard>>,
}

impl Guarded {
    pub(super) fn new(body: Body, request: Arc<RequestGuard>) -> Self {
        Self { body, request: Some(request) }
    }
}

impl HttpBody for Guarded {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if !matches!(frame, Some(Ok(_))) {
            self.request = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
