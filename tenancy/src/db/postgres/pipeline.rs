//! Sends one statement, with all that goes before and after it, in one pipeline.
//!
//! A message goes into the connection's queue when its future is polled for the first time, and the server processes the
//! queue in order. So the futures are polled once, one after the other, before any response is awaited: the token and the
//! statement take one round trip, also with BEGIN and COMMIT around them. A statement that has no name yet carries its text
//! in the same message, so no COMMIT can overtake it (`tenancy/tests/wall_two/armed/round_trips.rs`).
//!
//! With `sync_elision` a statement alone needs neither BEGIN nor COMMIT: token and statement are one request, and one request is
//! one transaction.

use super::conn::PgConn;
use super::context_sql::{SEPARATE_REQUEST, SET_CONTEXT};
use super::error::{forgets_the_statement, is_outdated, may_be_a_type, translated};
use super::health::Health;
use super::inline_driver::InlineDriver;
use super::pipelined::{Pipelined, Step, batch};
use super::prepared_statements::{How, Key, Rendered, Value, draws, prepare};
use super::row_security::Text;
use super::row_stream::PgRowStream;
use crate::db::driver::BoxFuture;
use crate::db::review::Verdict;
use crate::isolation::Facts;
use crate::scope::{OrgId, ScopeError};
use diesel::QueryResult;
use diesel::result::Error::QueryBuilderError;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error, RowStream};

/// Where a token is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TokenPlace {
    /// At the begin of a transaction, directly before the statement. With `sync_elision` the two are one request.
    BeforeStatement,
    /// At the begin of a transaction, in a request of its own.
    Separate,
    /// Inside a transaction, in a request of its own.
    InTransaction,
}

impl PgConn {
    /// Sets the row security context. The value is always a bind: in a statement's text every session of the same role
    /// could read it.
    fn context(&self, text: Text, place: TokenPlace) -> QueryResult<Option<Step>> {
        let Some(row_security) = &self.row_security else { return Ok(None) };
        let Some(scope) = &self.scope else {
            return Err(QueryBuilderError("the connection has no organization".into()));
        };
        let mut values = vec![(Value(Some(row_security.context(scope, text)?.into_bytes())), Type::TEXT)];
        // Epochs are compared where a transaction begins.
        let begins = place != TokenPlace::InTransaction;
        if self.compares_epochs && begins {
            values.extend(epochs(&scope.facts)?);
        }
        let (client, statement) = (Arc::clone(&self.client), self.context_statement.clone());
        let directly = place == TokenPlace::BeforeStatement;
        if let Some(statement) = statement.filter(|_| directly) {
            let values = values.into_iter().map(|(value, _)| value).collect::<Vec<_>>();
            return Ok(Some(Box::pin(async move { client.execute_raw(&statement, values).await.map(drop) })));
        }
        let mark = if directly { "" } else { SEPARATE_REQUEST };
        let sql = format!("{mark}{}", if begins { self.context_sql } else { SET_CONTEXT });
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
            // The connection was another organization's, which alone may see what its inserts drew from sequences.
            steps.push(batch(&self.client, "DISCARD SEQUENCES"));
            self.drew = None;
        }
        let savepoints = self.transaction.take_pending();
        if self.transaction.must_begin(self.is_framed()) {
            // Savepoints come between the token and the statement: then the two cannot be one request.
            let place = if savepoints.is_some() { TokenPlace::Separate } else { TokenPlace::BeforeStatement };
            let context = self.context(text, place)?;
            if frame != Frame::SingleRequest {
                steps.push(batch(&self.client, if self.writes() { "BEGIN" } else { "BEGIN READ ONLY" }));
            }
            steps.extend(context);
            self.transaction.has_begun(text);
        }
        steps.extend(savepoints.map(|savepoints| batch(&self.client, savepoints)));
        Ok(steps)
    }

    /// Sets the context again, when the transaction began with a statement of fixed text and this one's is not. A savepoint
    /// that is rolled back takes the setting with it, so it goes before each such statement.
    fn context_again(&self, text: Text) -> QueryResult<Option<Step>> {
        if text == Text::Fixed || !self.transaction.began_with_fixed_text() {
            Ok(None)
        } else {
            self.context(text, TokenPlace::InTransaction)
        }
    }

    /// What goes after a statement that is a transaction of its own.
    fn closing(&mut self, frame: Frame) -> Vec<Step> {
        if frame == Frame::BeginCommit { self.ending("COMMIT") } else { Vec::new() }
    }

    fn organization(&self) -> Option<OrgId> {
        self.scope.as_ref().map(|scope| scope.facts.org)
    }

    fn writes(&self) -> bool {
        self.scope.as_ref().is_none_or(|scope| scope.write)
    }

    /// Whether a statement alone is a transaction of ours: it needs a row security context, or it only reads, which the
    /// server enforces without wall two as well.
    fn is_framed(&self) -> bool {
        self.row_security.is_some() || !self.writes()
    }

    /// What makes the next statement a transaction, if it is one of its own.
    fn frame(&self) -> Frame {
        if !self.is_framed() || self.transaction.is_open() {
            return Frame::Outer;
        }
        // Only BEGIN can say READ ONLY, and after raw SQL there is something to clean up before the end.
        if self.elides_sync && self.writes() && !self.raw { Frame::SingleRequest } else { Frame::BeginCommit }
    }
}

/// The parameters of `tenancy.standing`, in binary: `tenancy/crates/rls/src/plan/standing.rs`.
fn epochs(facts: &Facts) -> QueryResult<[(Value, Type); 5]> {
    let epoch = |epoch: u64| i64::try_from(epoch).map_err(|error| QueryBuilderError(Box::new(error)));
    let text = |text: &str| (Value(Some(text.as_bytes().to_vec())), Type::TEXT);
    let number = |number: i64| (Value(Some(number.to_be_bytes().to_vec())), Type::INT8);
    Ok([
        (Value(Some(facts.org.as_uuid().as_bytes().to_vec())), Type::UUID),
        number(epoch(facts.epochs.org)?),
        text(&facts.subject.issuer),
        text(&facts.subject.subject),
        number(epoch(facts.epochs.sub)?),
    ])
}

/// What makes a statement a transaction.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Frame {
    /// The transaction that is open, or, without row security, the server's own.
    Outer,
    /// BEGIN and COMMIT.
    BeginCommit,
    /// The request itself, which the token is part of.
    SingleRequest,
}

type Rows = Pin<Box<RowStream>>;

fn query(client: &Arc<Client>, how: &How, values: Vec<Value>) -> BoxFuture<'static, Result<Rows, Error>> {
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

/// Asks for a name in the same pipeline, and keeps it when it arrives, in the background.
fn name(conn: &mut PgConn, key: Key, sql: String, types: Vec<Type>, verdict: Option<Arc<Verdict>>) {
    let (prepared, draws) = (conn.prepared.clone(), draws(&sql));
    let request = prepare(Arc::clone(&conn.client), sql, types.clone());
    let named = Box::pin(async move {
        if let Ok(statement) = request.await {
            prepared.keep(key, &types, (statement, draws), verdict);
        }
    });
    if let Pipelined::Pending(named) = Pipelined::send(named) {
        conn.driver.in_background(named);
    }
}

/// Sends a statement and waits until the server begins to respond.
pub(super) async fn execute(conn: &mut PgConn, statement: Rendered) -> QueryResult<PgRowStream> {
    let Rendered { how, values, announced, until } = statement;
    let outcome = match may_be_sent(conn, until) {
        Ok(()) => send(conn, how, values).await,
        Err(refusal) => Err(refusal.into()),
    };
    conn.conclude(announced, outcome.as_ref().err());
    outcome
}

/// A statement is rendered when it is called for, and sent when it is awaited: its scope and its permit may have ended meanwhile.
fn may_be_sent(conn: &PgConn, until: Option<Instant>) -> Result<(), ScopeError> {
    if let Some(scope) = &conn.scope {
        scope.life.check()?;
    }
    if until.is_some_and(|end| end <= Instant::now()) { Err(ScopeError::PermitExpired) } else { Ok(()) }
}

async fn send(conn: &mut PgConn, how: How, values: Vec<Value>) -> QueryResult<PgRowStream> {
    let (frame, text) = (conn.frame(), how.text());
    let context_again = conn.context_again(text)?;
    let steps = conn.opening(frame, text)?;
    let joined = conn.elides_sync && !steps.is_empty();
    if how.draws() {
        conn.drew = conn.organization();
    }
    conn.health.response_pending(true);
    let mut opening: Vec<_> = steps.into_iter().map(Pipelined::send).collect();
    let context_again = context_again.map(Pipelined::send);
    let rows = Pipelined::send(query(&conn.client, &how, values));
    // An error before the token's response does not come from the server: the statement was not sent, and the token waits for it
    // in vain.
    let unsent =
        joined && matches!(rows, Pipelined::Received(Some(Err(_)))) && !opening.iter_mut().all(Pipelined::is_received);
    if unsent {
        conn.health.give_up();
        opening.clear();
    }
    let closing: Vec<_> = conn.closing(frame).into_iter().map(Pipelined::send).collect();
    if let How::Text { sql, types, key: Some(key), verdict } = how {
        name(conn, key, sql, types, verdict);
    }
    // From here on responses are awaited. A caller that stops waiting takes the connection out of the pool.
    let (health, driver) = (Arc::clone(&conn.health), conn.driver.clone());
    let opened = received(opening, &driver).await;
    let set_again = received(context_again, &driver).await;
    let rows = driver.response(rows).await;
    // In a transaction that has failed the statement is refused as well, and says so itself.
    let opened = if rows.is_ok() { opened.and(set_again) } else { opened };
    match (opened, rows) {
        (Err(error), _) => Err(unopened(error, frame, closing, &health, &driver).await),
        (Ok(()), Ok(rows)) => Ok(PgRowStream::new(rows, closing, health, driver)),
        (Ok(()), Err(error)) => Err(refused(error, closing, &health, &driver).await),
    }
}

/// Waits for the responses to steps; returns the first error.
async fn received(
    steps: impl IntoIterator<Item = Pipelined<Result<(), Error>>>,
    driver: &InlineDriver,
) -> Result<(), Error> {
    let mut done = Ok(());
    for step in steps {
        done = done.and(driver.response(step).await);
    }
    done
}

/// The server refused what goes before the statement. The connection is closed, except where the epochs differ and the server
/// has said that the transaction is over.
async fn unopened(
    error: Error,
    frame: Frame,
    closing: Vec<Pipelined<Result<(), Error>>>,
    health: &Health,
    driver: &InlineDriver,
) -> diesel::result::Error {
    health.fail();
    let is_over = match frame {
        _ if !is_outdated(&error) => false,
        Frame::Outer => false,
        // The server has skipped the statement and ended the transaction: its last response was awaited.
        Frame::SingleRequest => true,
        // It has skipped the statement too, and COMMIT rolls back.
        Frame::BeginCommit => last(closing, driver).await.is_ok(),
    };
    if is_over {
        health.response_pending(false);
    } else {
        health.give_up();
    }
    translated(error)
}

/// Waits for the responses to all steps; returns the last one, the response to COMMIT. After an error the steps before it fail too.
async fn last(steps: Vec<Pipelined<Result<(), Error>>>, driver: &InlineDriver) -> Result<(), Error> {
    let mut ended = Ok(());
    for step in steps {
        ended = driver.response(step).await;
    }
    ended
}

/// The server refused the statement; the COMMIT behind it ends the transaction all the same.
async fn refused(
    error: Error,
    closing: Vec<Pipelined<Result<(), Error>>>,
    health: &Health,
    driver: &InlineDriver,
) -> diesel::result::Error {
    health.fail();
    if forgets_the_statement(&error) {
        health.give_up();
    }
    if may_be_a_type(&error) {
        health.doubt_types();
    }
    if last(closing, driver).await.is_err() {
        health.give_up();
    }
    health.response_pending(false);
    translated(error)
}
