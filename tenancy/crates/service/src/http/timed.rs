//! A request's body that has to be there in time.
//!
//! A deadline for the whole of it and not for each piece: a client that sends a byte now and then would have for ever.

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::Sleep;

/// The body took longer than it may.
#[derive(Debug, thiserror::Error)]
#[error("the body was not there in time")]
struct Late;

struct Timed {
    body: Body,
    until: Pin<Box<Sleep>>,
    over: bool,
}

/// The same body, which breaks off when it is not whole within `time` from now.
pub fn timed(body: Body, time: Duration) -> Body {
    if body.is_end_stream() {
        return body;
    }
    Body::new(Timed { body, until: Box::pin(tokio::time::sleep(time)), over: false })
}

impl HttpBody for Timed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.over {
            return Poll::Ready(None);
        }
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        // What is there late is late as well: a client that always has a byte ready would never be asked.
        match self.until.as_mut().poll(cx) {
            Poll::Ready(()) if !matches!(frame, Poll::Ready(None)) => {
                self.over = true;
                Poll::Ready(Some(Err(axum::Error::new(Late))))
            }
            _ => frame,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.over || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
