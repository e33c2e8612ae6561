//! An answer that goes on for long ends with its session.
//!
//! A stream of events holds a session for hours and asks nothing of the database: signing out would not reach it.

use crate::sessions::Sessions;
use crate::sessions::session::Session;
use crate::state::Inner;
use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::Sleep;

/// The session ended while its answer was being sent.
#[derive(Debug, thiserror::Error)]
#[error("the session has ended")]
struct Ended;

struct Followed {
    body: Body,
    session: Session,
    inner: Arc<Inner>,
    /// What is waited for beside the next piece, once one was waited for.
    next: Option<Waiting>,
    over: bool,
}

enum Waiting {
    /// The time to look.
    Time(Pin<Box<Sleep>>),
    /// Whether the session is alive.
    Look(Pin<Box<dyn Future<Output = bool> + Send>>),
}

/// A body that breaks off when its session has ended, at the latest after a scope's lifetime.
pub(crate) fn followed(body: Body, session: Session, inner: &Arc<Inner>) -> Body {
    if body.size_hint().exact().is_some() {
        // It is there already: nothing is waited for.
        return body;
    }
    Body::new(Followed { body, session, inner: Arc::clone(inner), next: None, over: false })
}

impl Followed {
    fn every(&self) -> Duration {
        self.inner.settings.grant
    }

    /// Whether the session has ended, as far as is known.
    fn has_ended(&mut self, cx: &mut Context<'_>) -> bool {
        loop {
            match &mut self.next {
                None => self.next = Some(Waiting::Time(Box::pin(tokio::time::sleep(self.every())))),
                Some(Waiting::Time(time)) => match time.as_mut().poll(cx) {
                    Poll::Pending => return false,
                    Poll::Ready(()) => {
                        let (sessions, session) = (Sessions::new(Arc::clone(&self.inner)), self.session.clone());
                        // A session that cannot be asked about counts as ended.
                        let look = async move { sessions.is_alive(&session).await };
                        self.next = Some(Waiting::Look(Box::pin(look)));
                    }
                },
                Some(Waiting::Look(look)) => match look.as_mut().poll(cx) {
                    Poll::Pending => return false,
                    Poll::Ready(true) => self.next = None,
                    Poll::Ready(false) => return true,
                },
            }
        }
    }
}

impl HttpBody for Followed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.over {
            return Poll::Ready(None);
        }
        // First, so that a stream which always has a piece ready is asked about as well.
        if self.has_ended(cx) {
            self.over = true;
            return Poll::Ready(Some(Err(axum::Error::new(Ended))));
        }
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.over || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
