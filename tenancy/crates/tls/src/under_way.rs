//! The requests in flight on a connection, and whether each waits for its client or for the service.

use super::connection::{Connection, locked};
use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Instant;

/// A request in flight.
pub(super) struct Busy {
    connection: Arc<Connection>,
    stands: Mutex<Stands>,
}

/// What a request waits for.
#[derive(Clone, Copy, Default)]
struct Stands {
    /// The last of the request has arrived.
    whole: bool,
    /// The client has a piece of the answer to take.
    taking: bool,
}

impl Stands {
    fn is_ours(self) -> bool {
        self.whole && !self.taking
    }
}

fn moved(count: &AtomicUsize, before: bool, now: bool) {
    match (before, now) {
        (false, true) => drop(count.fetch_add(1, Ordering::SeqCst)),
        (true, false) => drop(count.fetch_sub(1, Ordering::SeqCst)),
        _ => {}
    }
}

impl Busy {
    pub(super) fn on(connection: &Arc<Connection>) -> Arc<Self> {
        connection.busy.fetch_add(1, Ordering::SeqCst);
        Arc::new(Self { connection: Arc::clone(connection), stands: Mutex::default() })
    }

    fn stands(&self, change: impl FnOnce(&mut Stands)) {
        let mut stands = locked(&self.stands);
        let before = *stands;
        change(&mut stands);
        if stands.taking && !before.taking {
            *locked(&self.connection.idle_since) = Instant::now();
        }
        moved(&self.connection.taking, before.taking, stands.taking);
        moved(&self.connection.ours, before.is_ours(), stands.is_ours());
    }

    /// The last of the request has arrived.
    fn is_whole(&self) {
        self.stands(|stands| stands.whole = true);
    }

    /// The client has something to take.
    fn gives(&self) {
        self.stands(|stands| stands.taking = true);
    }

    /// The client has taken what there was, and wants more.
    fn is_asked(&self) {
        self.stands(|stands| stands.taking = false);
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        *locked(&self.connection.idle_since) = Instant::now();
        self.stands(|stands| *stands = Stands::default());
        self.connection.busy.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A request's body, which says when it has arrived.
pub(super) struct Arriving {
    body: Body,
    busy: Arc<Busy>,
}

impl Arriving {
    pub(super) fn of(body: Body, busy: &Arc<Busy>) -> Body {
        if body.is_end_stream() {
            busy.is_whole();
            return body;
        }
        Body::new(Self { body, busy: Arc::clone(busy) })
    }
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(cx));
        if frame.is_none() || self.body.is_end_stream() {
            self.busy.is_whole();
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

/// An answer's body. Its connection is in use until it has ended; between two pieces, the client is waited for.
pub(super) struct Answering {
    body: Body,
    busy: Option<Arc<Busy>>,
}

impl Answering {
    pub(super) fn of(body: Body, busy: Arc<Busy>) -> Body {
        busy.gives();
        Body::new(Self { body, busy: Some(busy) })
    }
}

impl HttpBody for Answering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.busy.iter().for_each(|busy| busy.is_asked());
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(cx));
        match frame {
            Some(Ok(_)) => self.busy.iter().for_each(|busy| busy.gives()),
            _ => self.busy = None,
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
