//! The rows of a statement, up to the end of its transaction.

use super::error::translated;
use super::health::Health;
use super::inline_driver::InlineDriver;
use super::pipelined::Pipelined;
use super::row::{PgRow, oids};
use crate::db::driver::ResponseProgress;
use diesel::QueryResult;
use futures_core::Stream;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::num::NonZeroU32;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio_postgres::{Error, RowStream};

type Closing = VecDeque<Pipelined<Result<(), Error>>>;

/// The rows, then the response to what ends the transaction: the last row is not the end of the stream.
pub struct PgRowStream {
    driver: InlineDriver,
    reader: Reader,
}

struct Reader {
    rows: Pin<Box<RowStream>>,
    oids: Option<Arc<[NonZeroU32]>>,
    state: State,
    closing: Closing,
    health: Arc<Health>,
}

enum State {
    /// Rows may follow.
    Rows,
    /// No more rows follow; the statement's own error, if it failed.
    Closing(Option<Error>),
    /// The server has completed the statement and its transaction.
    Complete,
}

impl PgRowStream {
    pub(super) fn new(
        rows: Pin<Box<RowStream>>,
        closing: Vec<Pipelined<Result<(), Error>>>,
        health: Arc<Health>,
        driver: InlineDriver,
    ) -> Self {
        Self { driver, reader: Reader { rows, oids: None, state: State::Rows, closing: closing.into(), health } }
    }

    /// Reads to the end; returns how many rows the statement affected.
    pub(super) async fn count(mut self) -> QueryResult<usize> {
        while let Some(row) = poll_fn(|cx| Pin::new(&mut self).poll_next(cx)).await {
            row?;
        }
        let affected = self.reader.rows.rows_affected().unwrap_or_default();
        usize::try_from(affected).map_err(|error| diesel::result::Error::DeserializationError(Box::new(error)))
    }
}

impl Reader {
    fn poll_rows(&mut self, cx: &mut Context<'_>) -> Poll<Option<PgRow>> {
        match ready!(self.rows.as_mut().poll_next(cx)) {
            Some(Ok(row)) => {
                let oids = self.oids.get_or_insert_with(|| oids(&row));
                Poll::Ready(Some(PgRow::new(row, Arc::clone(oids))))
            }
            Some(Err(error)) => {
                self.health.fail();
                self.state = State::Closing(Some(error));
                Poll::Ready(None)
            }
            None => {
                self.state = State::Closing(None);
                Poll::Ready(None)
            }
        }
    }

    /// Waits for the responses to all that was sent behind the statement.
    fn poll_closing(&mut self, cx: &mut Context<'_>, failed: Option<Error>) -> Poll<Option<QueryResult<PgRow>>> {
        let mut failed = failed;
        while let Some(step) = self.closing.front_mut() {
            let Poll::Ready(ended) = Pin::new(step).poll(cx) else {
                self.state = State::Closing(failed);
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
        self.state = State::Complete;
        self.health.response_pending(false);
        Poll::Ready(failed.map(|error| Err(translated(error))))
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<QueryResult<PgRow>>> {
        if matches!(self.state, State::Rows)
            && let Some(row) = ready!(self.poll_rows(cx))
        {
            return Poll::Ready(Some(Ok(row)));
        }
        match std::mem::replace(&mut self.state, State::Complete) {
            State::Closing(failed) => self.poll_closing(cx, failed),
            State::Rows | State::Complete => Poll::Ready(None),
        }
    }
}

impl Stream for PgRowStream {
    type Item = QueryResult<PgRow>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self { driver, reader } = &mut *self;
        driver.poll_response(cx, |cx| reader.poll_next(cx))
    }
}

impl ResponseProgress for PgRowStream {
    fn is_complete(&self) -> bool {
        matches!(self.reader.state, State::Complete)
    }
}
