//! One statement's way to the server, with all that goes before and after it, in one flight.
//!
//! A message goes into the connection's queue when its future is polled for the first time, and the server works the
//! queue off in order. So the futures are polled once, one after the other, before any answer is awaited: the token and the
//! statement take one round trip, also with BEGIN and COMMIT around them. A statement that has no name yet carries its text
//! in the same message, so no COMMIT can overtake it (`tenancy/tests/armed/round_trips.rs`).
//!
//! A statement alone needs neither BEGIN nor COMMIT where the token is one request with it (`line/`): one request is one
//! transaction.

use super::answer::Answer;
use super::arming::Text;
use super::conn::{ALONE, ARM, Health, PgConn};
use super::error::{forgets_the_statement, is_outdated, may_be_a_type, translated};
use super::render::{How, Key, Rendered, Value, draws, prepare};
use super::wire::Wire;
use crate::db::driver::BoxFuture;
use crate::db::review::Verdict;
use crate::scope::{Facts, OrgId};
use diesel::QueryResult;
use diesel::result::Error::QueryBuilderError;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error, RowStream};

/// Something that was sent, and its answer.
pub(super) enum Sent<T> {
    Waiting(BoxFuture<'static, T>),
    Answered(Option<T>),
}

impl<T: Unpin> Sent<T> {
    /// Polls it once, which puts its message into the queue.
    pub(super) fn send(answer: BoxFuture<'static, T>) -> Self {
        let mut sent = Self::Waiting(answer);
        sent.is_answered();
        sent
    }

    /// Whether the answer is here, without waiting for it.
    fn is_answered(&mut self) -> bool {
        if let Self::Waiting(answer) = self
            && let Poll::Ready(answer) = answer.as_mut().poll(&mut Context::from_waker(Waker::noop()))
        {
            *self = Self::Answered(Some(answer));
        }
        matches!(self, Self::Answered(_))
    }
}

impl<T: Unpin> Future for Sent<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        match &mut *self {
            Self::Waiting(answer) => answer.as_mut().poll(cx),
            Self::Answered(answer) => answer.take().map_or(Poll::Pending, Poll::Ready),
        }
    }
}

/// SQL without values that goes before or after a statement.
pub(super) type Step = BoxFuture<'static, Result<(), Error>>;

/// Such a step. Never from user input.
pub(super) fn batch(client: &Arc<Client>, sql: impl Into<String>) -> Step {
    let (client, sql) = (Arc::clone(client), sql.into());
    Box::pin(async move { client.batch_execute(&sql).await })
}

/// How a token travels.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Goes {
    /// In one request with the statement behind it, at the begin of a transaction.
    WithStatement,
    /// At the begin of a transaction, in a request of its own.
    Alone,
    /// Inside a transaction, in a request of its own.
    Again,
}

impl PgConn {
    /// Tells wall two for whom the transaction is. The value is always a bind: in a statement's text every session of
    /// the same role could read it.
    fn arming(&self, text: Text, goes: Goes) -> QueryResult<Option<Step>> {
        let Some(arm) = &self.arm else { return Ok(None) };
        let Some(armed) = &self.armed else {
            return Err(QueryBuilderError("the connection is armed for no organization".into()));
        };
        let mut values = vec![(Value(Some(arm.value(armed, text)?.into_bytes())), Type::TEXT)];
        // Epochs are compared where a transaction begins.
        let again = goes == Goes::Again;
        if self.compares_epochs && !again {
            values.extend(standing(&armed.facts)?);
        }
        let (client, statement) = (Arc::clone(&self.client), self.arm_statement.clone());
        let joins = goes == Goes::WithStatement;
        if let Some(statement) = statement.filter(|_| joins) {
            let values = values.into_iter().map(|(value, _)| value).collect::<Vec<_>>();
            return Ok(Some(Box::pin(async move { client.execute_raw(&statement, values).await.map(drop) })));
        }
        let sql = format!("{}{}", if joins { "" } else { ALONE }, if again { ARM } else { self.arm_text });
        Ok(Some(Box::pin(async move {
            let values: Vec<_> =
                values.iter().map(|(value, kind)| (value as &(dyn ToSql + Sync), kind.clone())).collect();
            client.query_typed(&sql, &values).await.map(drop)
        })))
    }

    /// What goes before the next statement.
    fn opening(&mut self, frame: Frame, text: Text) -> QueryResult<Vec<Step>> {
        let mut steps = Vec::new();
        if self.drew.is_some() && self.drew != self.organization() {
            // The connection was another organization's: what its inserts drew is not this one's to see.
            steps.push(batch(&self.client, "DISCARD SEQUENCES"));
            self.drew = None;
        }
        let savepoints = self.transaction.take_pending();
        if self.transaction.must_begin(self.is_framed()) {
            // Savepoints come between the token and the statement: then the two cannot be one request.
            let armed = self.arming(text, if savepoints.is_some() { Goes::Alone } else { Goes::WithStatement })?;
            if frame != Frame::Request {
                steps.push(batch(&self.client, if self.writes() { "BEGIN" } else { "BEGIN READ ONLY" }));
            }
            steps.extend(armed);
            self.transaction.has_begun(text);
        }
        steps.extend(savepoints.map(|savepoints| batch(&self.client, savepoints)));
        Ok(steps)
    }

    /// What tells wall two again, when the transaction began with a statement of fixed text and this one's is not. A savepoint
    /// that is rolled back takes the setting with it, so it goes before each such statement.
    fn rearming(&self, text: Text) -> QueryResult<Option<Step>> {
        if text == Text::Fixed || !self.transaction.began_with_fixed_text() {
            Ok(None)
        } else {
            self.arming(text, Goes::Again)
        }
    }

    /// What goes after a statement that is a transaction of its own.
    fn closing(&mut self, frame: Frame) -> Vec<Step> {
        if frame == Frame::Commands { self.ending("COMMIT") } else { Vec::new() }
    }

    fn organization(&self) -> Option<OrgId> {
        self.armed.as_ref().map(|armed| armed.facts.org)
    }

    fn writes(&self) -> bool {
        self.armed.as_ref().is_none_or(|armed| armed.write)
    }

    /// Whether a statement alone is a transaction of ours: there is a wall to tell, or it only reads, which is told to the
    /// server without a wall as well.
    fn is_framed(&self) -> bool {
        self.arm.is_some() || !self.writes()
    }

    /// What makes the next statement a transaction, if it is one of its own.
    fn frame(&self) -> Frame {
        if !self.is_framed() || self.transaction.is_open() {
            return Frame::Outer;
        }
        // Only BEGIN can say READ ONLY, and after raw SQL there is something to clean up before the end.
        if self.joins && self.writes() && !self.raw { Frame::Request } else { Frame::Commands }
    }
}

/// The parameters of `tenancy.standing`, in binary: `rls/plan/standing.rs`.
fn standing(facts: &Facts) -> QueryResult<[(Value, Type); 5]> {
    let epoch = |epoch: u64| i64::try_from(epoch).map_err(|error| QueryBuilderError(Box::new(error)));
    let text = |text: &str| (Value(Some(text.as_bytes().to_vec())), Type::TEXT);
    let number = |number: i64| (Value(Some(number.to_be_bytes().to_vec())), Type::INT8);
    Ok([
        (Value(Some(facts.org.as_uuid().as_bytes().to_vec())), Type::UUID),
        number(epoch(facts.epochs.org)?),
        text(&facts.subject.op),
        text(&facts.subject.id),
        number(epoch(facts.epochs.sub)?),
    ])
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Frame {
    /// The transaction that is open, or, where nothing is armed, the server's own.
    Outer,
    /// BEGIN and COMMIT.
    Commands,
    /// Its request, which the token is part of.
    Request,
}

type Rows = Pin<Box<RowStream>>;

fn asked(client: &Arc<Client>, how: &How, values: Vec<Value>) -> BoxFuture<'static, Result<Rows, Error>> {
    let client = Arc::clone(client);
    match how {
        How::Named { statement, .. } => {
            let statement = statement.clone();
            Box::pin(async move { client.query_raw(&statement, values).await.map(Box::pin) })
        }
        How::Text { sql, types, .. } => {
            let (sql, values) = (sql.clone(), values.into_iter().zip(types.clone()).collect::<Vec<_>>());
            Box::pin(async move { client.query_typed_raw(&sql, values).await.map(Box::pin) })
        }
    }
}

/// Asks for a name in the same flight, and keeps it when it comes. Nobody waits for it.
fn name(conn: &mut PgConn, key: Key, sql: String, types: Vec<Type>, verdict: Option<Arc<Verdict>>) {
    let (prepared, draws) = (conn.prepared.clone(), draws(&sql));
    let asked = prepare(Arc::clone(&conn.client), sql, types.clone());
    let named = Box::pin(async move {
        if let Ok(statement) = asked.await {
            prepared.keep(key, &types, (statement, draws), verdict);
        }
    });
    if let Sent::Waiting(named) = Sent::send(named) {
        conn.wire.set_aside(named);
    }
}

/// Sends a statement and waits until the server begins to answer it.
pub(super) async fn fly(conn: &mut PgConn, statement: Rendered) -> QueryResult<Answer> {
    let Rendered { how, values, announced } = statement;
    let outcome = send(conn, how, values).await;
    conn.conclude(announced, outcome.as_ref().err());
    outcome
}

async fn send(conn: &mut PgConn, how: How, values: Vec<Value>) -> QueryResult<Answer> {
    let (frame, text) = (conn.frame(), how.text());
    let rearming = conn.rearming(text)?;
    let steps = conn.opening(frame, text)?;
    let joined = conn.joins && !steps.is_empty();
    if how.draws() {
        conn.drew = conn.organization();
    }
    conn.health.is_asking(true);
    let mut opening = Vec::new();
    for step in steps {
        opening.push(Sent::send(step));
    }
    let rearming = rearming.map(Sent::send);
    let rows = Sent::send(asked(&conn.client, &how, values));
    // An error before the token's answer is none of the server's: the statement was not sent, and the token waits for it in vain.
    let unsent = joined && matches!(rows, Sent::Answered(Some(Err(_)))) && !opening.iter_mut().all(Sent::is_answered);
    if unsent {
        conn.health.give_up();
        opening.clear();
    }
    let mut closing = Vec::new();
    for step in conn.closing(frame) {
        closing.push(Sent::send(step));
    }
    if let How::Text { sql, types, key: Some(key), verdict } = how {
        name(conn, key, sql, types, verdict);
    }
    // From here on answers are awaited. Whoever stops waiting takes the connection out of the pool.
    let (health, wire) = (Arc::clone(&conn.health), conn.wire.clone());
    let opened = answered(opening, &wire).await;
    let rearmed = answered(rearming, &wire).await;
    let rows = wire.answered(rows).await;
    // In a transaction that has failed the statement is refused as well, and says so itself.
    let opened = if rows.is_ok() { opened.and(rearmed) } else { opened };
    if let Err(error) = opened {
        return Err(unopened(error, frame, &health));
    }
    match rows {
        Ok(rows) => Ok(Answer::new(rows, closing, health, wire)),
        Err(error) => Err(refused(error, closing, &health, &wire).await),
    }
}

/// Waits for the answers to steps; the first refusal of theirs.
async fn answered(steps: impl IntoIterator<Item = Sent<Result<(), Error>>>, wire: &Wire) -> Result<(), Error> {
    let mut done = Ok(());
    for step in steps {
        done = done.and(wire.answered(step).await);
    }
    done
}

/// The server refused what goes before the statement.
fn unopened(error: Error, frame: Frame, health: &Health) -> diesel::result::Error {
    health.fail();
    if frame == Frame::Request && is_outdated(&error) {
        // It has skipped the statement and ended the transaction: its last answer was awaited.
        health.is_asking(false);
    } else {
        health.give_up();
    }
    translated(error)
}

/// The server refused the statement; the COMMIT behind it ends the transaction all the same.
async fn refused(
    error: Error,
    closing: Vec<Sent<Result<(), Error>>>,
    health: &Health,
    wire: &Wire,
) -> diesel::result::Error {
    health.fail();
    if forgets_the_statement(&error) {
        health.give_up();
    }
    if may_be_a_type(&error) {
        health.doubt_types();
    }
    let mut ended = Ok(());
    for step in closing {
        ended = wire.answered(step).await;
    }
    if ended.is_err() {
        health.give_up();
    }
    health.is_asking(false);
    translated(error)
}
