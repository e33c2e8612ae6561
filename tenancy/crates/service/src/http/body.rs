//! Bodies: a response's that keeps its request alive, a request's that is read whole.

use crate::http::rejection::RejectionReason;
use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tenancy::scope::RequestGuard;

/// Ends the request, and with it its scope, when the last frame was given out, at an error, or when the client went away
/// and the body is dropped.
pub struct Guarded {
    body: Body,
    request: Option<Arc<RequestGuard>>,
}

impl Guarded {
    /// A body that keeps this request alive.
    pub fn new(body: Body, request: Arc<RequestGuard>) -> Self {
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

/// A request's whole body, of at most `longest` bytes and within `time`. Trailers are dropped.
pub async fn whole(body: Body, longest: usize, time: Duration) -> Result<Bytes, RejectionReason> {
    use http_body_util::{BodyExt as _, LengthLimitError, Limited};
    // What is announced need not be waited for.
    if body.size_hint().lower() > longest as u64 {
        return Err(RejectionReason::BodySize);
    }
    match tokio::time::timeout(time, Limited::new(body, longest).collect()).await {
        Ok(Ok(read)) => Ok(read.to_bytes()),
        Ok(Err(failure)) if failure.is::<LengthLimitError>() => Err(RejectionReason::BodySize),
        Ok(Err(_)) | Err(_) => Err(RejectionReason::BodyRead),
    }
}
