//! The rows that answer a statement, up to the end of its transaction.

use super::conn::Health;
use super::error::translated;
use super::flight::Sent;
use super::row::{PgRow, oids};
use super::wire::Wire;
use crate::db::driver::Answered;
use diesel::QueryResult;
use futures_core::Stream;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::num::NonZeroU32;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio_postgres::{Error, RowStream};

type Ending = VecDeque<Sent<Result<(), Error>>>;

/// The rows, then the answer to what ends the transaction: the last row is not the end of the stream.
pub struct Answer {
    wire: Wire,
    reading: Reading,
}

struct Reading {
    rows: Pin<Box<RowStream>>,
    oids: Option<Arc<[NonZeroU32]>>,
    state: State,
    closing: Ending,
    health: Arc<Health>,
}

enum State {
    /// Rows may come.
    Rows,
    /// No more do; the statement's own error, if it failed.
    Ending(Option<Error>),
    /// The server is through with the statement and with its transaction.
    Settled,
}

impl Answer {
    pub(super) fn new(
        rows: Pin<Box<RowStream>>,
        closing: Vec<Sent<Result<(), Error>>>,
        health: Arc<Health>,
        wire: Wire,
    ) -> Self {
        Self { wire, reading: Reading { rows, oids: None, state: State::Rows, closing: closing.into(), health } }
    }

    /// Reads to the end; how many rows the statement touched.
    pub(super) async fn count(mut self) -> QueryResult<usize> {
        while let Some(row) = poll_fn(|cx| Pin::new(&mut self).poll_next(cx)).await {
            row?;
        }
        let touched = self.reading.rows.rows_affected().unwrap_or_default();
        usize::try_from(touched).map_err(|error| diesel::result::Error::DeserializationError(Box::new(error)))
    }
}

impl Reading {
    fn poll_rows(&mut self, cx: &mut Context<'_>) -> Poll<Option<PgRow>> {
        match ready!(self.rows.as_mut().poll_next(cx)) {
            Some(Ok(row)) => {
                let oids = self.oids.get_or_insert_with(|| oids(&row));
                Poll::Ready(Some(PgRow::new(row, Arc::clone(oids))))
            }
            Some(Err(error)) => {
                self.health.fail();
                self.state = State::Ending(Some(error));
                Poll::Ready(None)
            }
            None => {
                self.state = State::Ending(None);
                Poll::Ready(None)
            }
        }
    }

    /// Waits for the answers to all that was sent behind the statement.
    fn poll_ending(&mut self, cx: &mut Context<'_>, failed: Option<Error>) -> Poll<Option<QueryResult<PgRow>>> {
        let mut failed = failed;
        while let Some(step) = self.closing.front_mut() {
            let Poll::Ready(ended) = Pin::new(step).poll(cx) else {
                self.state = State::Ending(failed);
                return Poll::Pending;
            };
            self.closing.pop_front();
            // A failed statement makes the clean-up before its COMMIT fail as well; the COMMIT itself then rolls back.
            if let Err(error) = ended
                && (failed.is_none() || self.closing.is_empty())
            {
                self.health.give_up();
                failed.get_or_insert(error);
            }
        }
        self.state = State::Settled;
        self.health.is_asking(false);
        Poll::Ready(failed.map(|error| Err(translated(error))))
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<QueryResult<PgRow>>> {
        if matches!(self.state, State::Rows)
            && let Some(row) = ready!(self.poll_rows(cx))
        {
            return Poll::Ready(Some(Ok(row)));
        }
        match std::mem::replace(&mut self.state, State::Settled) {
            State::Ending(failed) => self.poll_ending(cx, failed),
            State::Rows | State::Settled => Poll::Ready(None),
        }
    }
}

impl Stream for Answer {
    type Item = QueryResult<PgRow>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self { wire, reading } = &mut *self;
        wire.poll_answered(cx, |cx| reading.poll_next(cx))
    }
}

impl Answered for Answer {
    fn is_settled(&self) -> bool {
        matches!(self.reading.state, State::Settled)
    }
}
