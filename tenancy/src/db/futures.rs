//! The futures and the stream of running statements.
//!
//! They have names and mention no statement, so a handler that awaits them is `Send` whatever it asked for.

use super::Driver;
use super::driver::{BoxFuture, ResponseProgress};
use crate::isolation::Life;
use diesel::QueryResult;
use diesel::deserialize;
use diesel::result::Error;
use futures_core::Stream as _;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// A statement and its rows, as the driver hands them over.
pub struct Rows<'c, Db: Driver>(State<'c, Db>);

enum State<'c, Db: Driver> {
    Refused(Error),
    Sent { response: BoxFuture<'c, QueryResult<Db::Rows>>, busy: &'c mut bool, life: &'c Life },
    Reading { rows: Db::Rows, busy: &'c mut bool, life: &'c Life },
    Done,
}

impl<'c, Db: Driver> Rows<'c, Db> {
    pub(super) fn refused(error: Error) -> Self {
        Self(State::Refused(error))
    }

    pub(super) fn sent(response: BoxFuture<'c, QueryResult<Db::Rows>>, busy: &'c mut bool, life: &'c Life) -> Self {
        Self(State::Sent { response, busy, life })
    }

    /// Until the database responds.
    fn poll_response(&mut self, cx: &mut Context<'_>) -> Poll<QueryResult<()>> {
        match &mut self.0 {
            State::Sent { response, .. } => {
                let response = ready!(response.as_mut().poll(cx));
                let State::Sent { busy, life, .. } = std::mem::replace(&mut self.0, State::Done) else {
                    return Poll::Ready(Ok(()));
                };
                *busy = false;
                let rows = response?;
                *busy = !rows.is_complete();
                self.0 = State::Reading { rows, busy, life };
                Poll::Ready(Ok(()))
            }
            State::Refused(_) => match std::mem::replace(&mut self.0, State::Done) {
                State::Refused(error) => Poll::Ready(Err(error)),
                _ => Poll::Ready(Ok(())),
            },
            State::Reading { .. } | State::Done => Poll::Ready(Ok(())),
        }
    }

    fn poll_row(&mut self, cx: &mut Context<'_>) -> Poll<Option<QueryResult<Db::Row>>> {
        if let Err(error) = ready!(self.poll_response(cx)) {
            return Poll::Ready(Some(Err(error)));
        }
        match &mut self.0 {
            State::Reading { rows, busy, .. } => {
                let row = ready!(Pin::new(&mut *rows).poll_next(cx));
                **busy = !rows.is_complete();
                Poll::Ready(row)
            }
            _ => Poll::Ready(None),
        }
    }
}

/// Reads a row as a value.
pub(super) type Build<Db, U> = fn(&<Db as super::driver::Link>::Row) -> deserialize::Result<U>;

fn built<Db: Driver, U>(build: Build<Db, U>, row: QueryResult<Db::Row>) -> QueryResult<U> {
    build(&row?).map_err(Error::DeserializationError)
}

/// The future of [`load`](crate::RunQueryDsl::load) and [`get_results`](crate::RunQueryDsl::get_results).
#[must_use = "a statement runs when its future is awaited"]
pub struct Load<'c, Db: Driver, U> {
    rows: Rows<'c, Db>,
    build: Build<Db, U>,
    values: QueryResult<Vec<U>>,
}

impl<'c, Db: Driver, U> Load<'c, Db, U> {
    pub(super) fn new(rows: Rows<'c, Db>, build: Build<Db, U>) -> Self {
        Self { rows, build, values: Ok(Vec::new()) }
    }
}

// Nothing in it is pinned in place: the driver's future and stream are boxed.
impl<Db: Driver, U> Unpin for Load<'_, Db, U> {}

impl<Db: Driver, U> Future for Load<'_, Db, U> {
    type Output = QueryResult<Vec<U>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        // To the end also after an error: only then is the connection fit for the next statement.
        while let Some(row) = ready!(this.rows.poll_row(cx)) {
            if let Ok(values) = &mut this.values {
                match built::<Db, U>(this.build, row) {
                    Ok(value) => values.push(value),
                    Err(error) => this.values = Err(error),
                }
            }
        }
        Poll::Ready(std::mem::replace(&mut this.values, Ok(Vec::new())))
    }
}

/// The future of [`first`](crate::RunQueryDsl::first) and [`get_result`](crate::RunQueryDsl::get_result).
#[must_use = "a statement runs when its future is awaited"]
pub struct First<'c, Db: Driver, U> {
    rows: Rows<'c, Db>,
    build: Build<Db, U>,
    value: Option<QueryResult<U>>,
}

impl<'c, Db: Driver, U> First<'c, Db, U> {
    pub(super) fn new(rows: Rows<'c, Db>, build: Build<Db, U>) -> Self {
        Self { rows, build, value: None }
    }
}

impl<Db: Driver, U> Unpin for First<'_, Db, U> {}

impl<Db: Driver, U> Future for First<'_, Db, U> {
    type Output = QueryResult<U>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        while let Some(row) = ready!(this.rows.poll_row(cx)) {
            // An error behind the first row means that the statement was undone.
            if this.value.is_none() || row.is_err() {
                this.value = Some(built::<Db, U>(this.build, row));
            }
        }
        Poll::Ready(this.value.take().unwrap_or(Err(Error::NotFound)))
    }
}

/// The future of [`load_stream`](crate::RunQueryDsl::load_stream).
#[must_use = "a statement runs when its future is awaited"]
pub struct LoadStream<'c, Db: Driver, U>(Option<Stream<'c, Db, U>>);

impl<'c, Db: Driver, U> LoadStream<'c, Db, U> {
    pub(super) fn new(rows: Rows<'c, Db>, build: Build<Db, U>) -> Self {
        Self(Some(Stream { rows, build }))
    }
}

impl<Db: Driver, U> Unpin for LoadStream<'_, Db, U> {}

impl<'c, Db: Driver, U> Future for LoadStream<'c, Db, U> {
    type Output = QueryResult<Stream<'c, Db, U>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(stream) = &mut self.0 {
            ready!(stream.rows.poll_response(cx))?;
        }
        Poll::Ready(self.0.take().ok_or(Error::NotFound))
    }
}

/// Rows as they arrive. Each is handed over only while the scope lives: a stream does not outlast it.
#[must_use = "a stream does nothing until it is read"]
pub struct Stream<'c, Db: Driver, U> {
    rows: Rows<'c, Db>,
    build: Build<Db, U>,
}

impl<Db: Driver, U> Unpin for Stream<'_, Db, U> {}

impl<Db: Driver, U> futures_core::Stream for Stream<'_, Db, U> {
    type Item = QueryResult<U>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<QueryResult<U>>> {
        let row = ready!(self.rows.poll_row(cx));
        if let State::Reading { life, .. } = &self.rows.0
            && let Err(refusal) = life.check()
        {
            self.rows.0 = State::Done;
            return Poll::Ready(Some(Err(refusal.into())));
        }
        Poll::Ready(row.map(|row| built::<Db, U>(self.build, row)))
    }
}

/// The future of [`execute`](crate::RunQueryDsl::execute).
#[must_use = "a statement runs when its future is awaited"]
pub struct Execute<'c>(Result<(BoxFuture<'c, QueryResult<usize>>, &'c mut bool), Option<Error>>);

impl<'c> Execute<'c> {
    pub(super) fn refused(error: Error) -> Self {
        Self(Err(Some(error)))
    }

    pub(super) fn sent(response: BoxFuture<'c, QueryResult<usize>>, busy: &'c mut bool) -> Self {
        Self(Ok((response, busy)))
    }
}

impl Future for Execute<'_> {
    type Output = QueryResult<usize>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<QueryResult<usize>> {
        match &mut self.0 {
            Ok((response, busy)) => {
                let count = ready!(response.as_mut().poll(cx));
                **busy = false;
                Poll::Ready(count)
            }
            Err(error) => Poll::Ready(Err(error.take().unwrap_or(Error::NotFound))),
        }
    }
}
