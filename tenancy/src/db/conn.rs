//! A connection that is lent to one organization.

use super::Driver;
use super::bulk::SentChunk;
use super::driver::OURS;
use super::futures::{Execute, Rows};
use super::lent::Lent;
use super::pool::Lease;
use super::statement::{ReviewedStatement, Text, reads};
use super::transaction::Mark;
use crate::isolation::expecting;
use crate::scope::{Request, ScopeError, ScopeKey};
use diesel::QueryResult;
use diesel::query_builder::{Query, QueryFragment};
use diesel::result::Error::BrokenTransactionManager;
use std::fmt;
use std::sync::Arc;

/// A connection that runs statements of one scope, until the scope ends.
///
/// It is no diesel connection and does not lead to one: there is no `Deref`, `AsRef`, `Borrow` or `into_inner`, and
/// no raw SQL (`ui-tests/tests/fail/f_connection/`). Statements run on it through [`RunQueryDsl`](crate::RunQueryDsl).
///
/// A connection whose statement or transaction was cancelled half-way is closed when it is dropped, never given back
/// to the pool: the server then ends what was left open.
#[must_use]
pub struct OrgConn<'s, Db: Driver, B = Request> {
    /// `None` only while dropping.
    lease: Option<Lease<Db>>,
    lent: Lent<'s, B>,
    /// A statement was begun and its end was not seen.
    busy: bool,
    /// Never give the connection back.
    spoiled: bool,
    /// The transactions that are open, the innermost last.
    pub(super) open: Vec<Arc<Mark>>,
    /// What is known of the next statement's text.
    next: Text,
}

impl<'s, Db: Driver, B> OrgConn<'s, Db, B> {
    pub(super) fn lent(lease: Lease<Db>, lent: Lent<'s, B>) -> Self {
        Self { lease: Some(lease), lent, busy: false, spoiled: false, open: Vec::new(), next: Text::Rendered }
    }

    /// Whether a statement may run now; every statement, `BEGIN` and `COMMIT` asks.
    ///
    /// Not in a transaction that no future will end: what runs in it would be lost with it.
    pub(super) fn may_send(&mut self, ending: Option<&Arc<Mark>>) -> QueryResult<()> {
        self.spoiled |= self.busy;
        // The statement that it was said of has taken it; a BEGIN is not such a statement.
        self.next = Text::Rendered;
        let within = match (self.open.split_last(), ending) {
            (Some((innermost, outer)), Some(ending)) if Arc::ptr_eq(innermost, ending) => outer,
            (_, Some(_)) => return Err(BrokenTransactionManager),
            (_, None) => self.open.as_slice(),
        };
        if !within.iter().all(|mark| mark.is_inside()) {
            return Err(BrokenTransactionManager);
        }
        Ok(self.lent.life.check()?)
    }

    /// The connection, for the SQL of transactions.
    pub(super) fn raw(&mut self) -> QueryResult<&mut Db::Conn> {
        self.lease.as_deref_mut().ok_or(BrokenTransactionManager)
    }

    /// Whom it is lent to, the connection and the flag that is up while a statement runs.
    fn begin(&mut self) -> QueryResult<(Lent<'s, B>, &mut Db::Conn, &mut bool)> {
        self.may_send(None)?;
        self.busy = true;
        let conn = self.lease.as_deref_mut().ok_or(BrokenTransactionManager)?;
        Ok((self.lent, conn, &mut self.busy))
    }

    pub(super) fn load<'c, Q>(&'c mut self, query: Q) -> Rows<'c, Db>
    where
        Q: Query + QueryFragment<Db::Backend> + 'c,
        B: 'c,
    {
        let query = ReviewedStatement::of(query, &self.lent, std::mem::take(&mut self.next));
        match self.allows(&query).and_then(|()| self.begin()) {
            Ok((lent, conn, busy)) => Rows::sent(Db::load(conn, query), busy, lent.life),
            Err(error) => Rows::refused(error),
        }
    }

    pub(super) fn execute<'c, Q>(&'c mut self, query: Q) -> Execute<'c>
    where
        Q: QueryFragment<Db::Backend> + 'c,
        B: 'c,
    {
        let query = ReviewedStatement::of(query, &self.lent, std::mem::take(&mut self.next));
        match self.allows(&query).and_then(|()| self.begin()) {
            Ok((_, conn, busy)) => Execute::sent(Db::execute(conn, query), busy),
            Err(error) => Execute::refused(error),
        }
    }

    /// Inserts a chunk of rows.
    pub(super) fn insert_chunk<C: SentChunk<Db>>(&mut self, chunk: C) -> Execute<'_> {
        self.next = Text::Rendered;
        match self.writes().and_then(|()| self.begin()) {
            Ok((lent, conn, busy)) => Execute::sent(chunk.send(conn, lent.key.unbranded()), busy),
            Err(error) => Execute::refused(error),
        }
    }

    /// Refuses to write, for a scope that only reads. The database refuses it too, but later and in its own words.
    fn writes(&self) -> QueryResult<()> {
        if self.lent.read_only { Err(ScopeError::ReadOnly.into()) } else { Ok(()) }
    }

    /// Whether rows of `key`'s organization may be inserted here.
    pub(super) fn allows_rows(&self, key: ScopeKey<B>) -> QueryResult<()> {
        self.writes()?;
        expecting(&self.lent.key, || key.checked().map(drop))
    }

    /// Refuses a statement that is no reading, for a scope that only reads. A WITH that changes rows passes here, and is the
    /// database's to refuse.
    fn allows<Q: QueryFragment<Db::Backend>>(&self, query: &Q) -> QueryResult<()> {
        if self.lent.read_only && reads(&Db::text(query, OURS)?) { Ok(()) } else { self.writes() }
    }

    /// Renders each part of an insert; `put` puts the next part's rows in place.
    fn collect<Q, R>(&mut self, mut query: Q, others: Vec<R>, put: fn(&mut Q, R)) -> QueryResult<Vec<Db::Collected>>
    where
        Q: QueryFragment<Db::Backend>,
    {
        let text = std::mem::take(&mut self.next);
        self.writes()?;
        let conn = self.lease.as_deref().ok_or(BrokenTransactionManager)?;
        let mut parts = vec![Db::collect(conn, &ReviewedStatement::of(&query, &self.lent, text), OURS)?];
        for rows in others {
            put(&mut query, rows);
            parts.push(Db::collect(conn, &ReviewedStatement::of(&query, &self.lent, text), OURS)?);
        }
        Ok(parts)
    }

    /// Excuses the next statement from the review of its text, as far as the review **cannot read** it
    /// ([`Finding::Unreadable`](crate::scope::Finding)). What it can read and refuses stays refused.
    ///
    /// `reason` is for the reviewer and the log: what the statement is, and who has read that every table in it carries the
    /// organization. Nothing but the types of the statement keeps it inside the organization then, and wall two where it stands;
    /// search for this name in a review.
    ///
    /// An empty reason excuses nothing.
    pub fn next_statement_is_unreadable(&mut self, reason: &'static str) -> &mut Self {
        if !reason.trim().is_empty() {
            #[cfg(any(feature = "postgres", feature = "sqlite"))]
            tracing::info!(target: "tenancy::review", reason, "the next statement is excused from the review");
            self.next = Text::Excused;
        }
        self
    }

    /// The next statement is raw SQL.
    #[cfg(feature = "postgres")]
    pub(super) fn next_statement_is_raw(&mut self) {
        self.next = Text::Free;
    }

    pub(super) fn load_parts<Q, R>(&mut self, query: Q, others: Vec<R>, put: fn(&mut Q, R)) -> Rows<'_, Db>
    where
        Q: QueryFragment<Db::Backend>,
    {
        let begun = self.collect(query, others, put).and_then(|parts| Ok((parts, self.begin()?)));
        match begun {
            Ok((parts, (lent, conn, busy))) => Rows::sent(Db::load_all(conn, parts), busy, lent.life),
            Err(error) => Rows::refused(error),
        }
    }

    pub(super) fn execute_parts<Q, R>(&mut self, query: Q, others: Vec<R>, put: fn(&mut Q, R)) -> Execute<'_>
    where
        Q: QueryFragment<Db::Backend>,
    {
        let begun = self.collect(query, others, put).and_then(|parts| Ok((parts, self.begin()?)));
        match begun {
            Ok((parts, (_, conn, busy))) => Execute::sent(Db::execute_all(conn, parts), busy),
            Err(error) => Execute::refused(error),
        }
    }
}

impl<Db: Driver, B> Drop for OrgConn<'_, Db, B> {
    fn drop(&mut self) {
        let Some(mut lease) = self.lease.take() else { return };
        let read_only = Db::READ_ONLY_STAYS && self.lent.read_only;
        if self.busy || self.spoiled || !self.open.is_empty() || read_only || Db::is_broken(&mut lease) {
            Db::discard(Lease::<Db>::take(lease));
        } else {
            Db::clear_scope(&mut lease);
        }
    }
}

impl<Db: Driver, B> fmt::Debug for OrgConn<'_, Db, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OrgConn").finish_non_exhaustive()
    }
}
