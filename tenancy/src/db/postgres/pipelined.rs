//! A request in the connection's queue.

use crate::db::driver::BoxFuture;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use tokio_postgres::{Client, Error};

/// A request that was sent, and its response.
pub(super) enum Pipelined<T> {
    Pending(BoxFuture<'static, T>),
    Received(Option<T>),
}

impl<T: Unpin> Pipelined<T> {
    /// Polls the request once, which puts its message into the queue.
    pub(super) fn send(request: BoxFuture<'static, T>) -> Self {
        let mut sent = Self::Pending(request);
        sent.is_received();
        sent
    }

    /// Whether the response is here, without waiting for it.
    pub(super) fn is_received(&mut self) -> bool {
        if let Self::Pending(response) = self
            && let Poll::Ready(response) = response.as_mut().poll(&mut Context::from_waker(Waker::noop()))
        {
            *self = Self::Received(Some(response));
        }
        matches!(self, Self::Received(_))
    }
}

impl<T: Unpin> Future for Pipelined<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        match &mut *self {
            Self::Pending(response) => response.as_mut().poll(cx),
            Self::Received(response) => response.take().map_or(Poll::Pending, Poll::Ready),
        }
    }
}

/// SQL without values that goes before or after a statement.
pub(super) type Step = BoxFuture<'static, Result<(), Error>>;

/// Makes such a step. Never from user input.
pub(super) fn batch(client: &Arc<Client>, sql: impl Into<String>) -> Step {
    let (client, sql) = (Arc::clone(client), sql.into());
    Box::pin(async move { client.batch_execute(&sql).await })
}
