//! `scope.insert_many(table, rows)`: many rows, in chunks, all or none.

use super::conflict_clause::NoConflictClause;
use super::insert::{InsertInto, InsertTarget};
use super::insert_rows::{Batch, InsertRows};
use super::permitted::{Granted, Needs, Privileges, WithoutPermit};
use super::target::NoReturning;
use crate::schema::TenantTable;
use crate::scope::{OrgScope, Request, ScopeKey};
use diesel::query_builder::ValuesClause;
use std::marker::PhantomData;
use std::num::NonZeroUsize;

/// Rows a chunk, unless [`InsertMany::chunk_size`] says otherwise.
const CHUNK: NonZeroUsize = NonZeroUsize::new(5_000).expect("it is not zero");

/// How far an [`InsertMany`] has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Rows that the database has taken, in the transaction that is not committed yet.
    pub rows: usize,
    /// The chunks that they came in.
    pub chunks: usize,
}

/// Many rows to insert: `.execute(&mut conn)` of [`OrgScope::insert_many`].
#[must_use = "nothing is inserted before `.execute(&mut conn)` is awaited"]
pub struct InsertMany<T, Rows, Tell, B = Request> {
    pub(crate) key: ScopeKey<B>,
    pub(crate) rows: Rows,
    pub(crate) tell: Tell,
    pub(crate) chunk: NonZeroUsize,
    table: PhantomData<fn() -> T>,
}

/// An insert of many rows that tells no progress.
type Quiet<T, Rows, B> = InsertMany<T, Rows, fn(Progress), B>;

impl<B> OrgScope<B> {
    /// Inserts many rows into `table` in one transaction, chunk by chunk; the organization column is set from this scope.
    ///
    /// `rows` is anything that gives records deriving `Insertable` for this table, or tuples; it is read chunk by chunk, so
    /// it may be longer than fits into memory. On PostgreSQL a chunk is one `INSERT … SELECT … FROM unnest(…)`, an array a
    /// column, whatever its number of rows: COPY is refused under row-level security. Rows that leave different columns to
    /// their defaults go in statements of their own, so ids that the database counts need not follow the rows' order.
    pub fn insert_many<Target, I, How>(&self, _table: Target, rows: I) -> Quiet<Target::Table, I::IntoIter, B>
    where
        Target: InsertTarget<Table: Privileges>,
        Needs<<Target::Table as Privileges>::Insert, WithoutPermit>: Granted,
        I: IntoIterator<Item: InsertRows<Target::Table, How>>,
    {
        let tell: fn(Progress) = |_| ();
        InsertMany { key: self.key(), rows: rows.into_iter(), tell, chunk: CHUNK, table: PhantomData }
    }
}

impl<T, Rows, Tell, B> InsertMany<T, Rows, Tell, B> {
    /// The most rows that go in one statement; 5,000 unless set, fewer where the database has a limit of its own.
    pub fn chunk_size(mut self, rows: NonZeroUsize) -> Self {
        self.chunk = rows;
        self
    }

    /// Calls `tell` after every chunk.
    pub fn on_progress<F: FnMut(Progress)>(self, tell: F) -> InsertMany<T, Rows, F, B> {
        InsertMany { key: self.key, rows: self.rows, tell, chunk: self.chunk, table: PhantomData }
    }
}

/// The rows of one chunk.
pub struct Chunk<V, T> {
    pub(crate) key: ScopeKey,
    pub(crate) rows: Vec<ValuesClause<V, T>>,
}

/// A chunk as an ordinary INSERT.
pub(crate) type InsertChunk<T, V> = InsertInto<T, Batch<V, T, (), false>, Request, NoReturning, NoConflictClause>;

impl<V, T: TenantTable> Chunk<V, T> {
    #[cfg_attr(
        not(any(feature = "postgres", feature = "sqlite")),
        expect(dead_code, reason = "without a driver no statement is sent")
    )]
    pub(crate) fn insert(self) -> InsertChunk<T, V> {
        let rows = Batch::of(self.rows);
        InsertInto { key: self.key, rows, returning: NoReturning, conflict: NoConflictClause, table: PhantomData }
    }
}
