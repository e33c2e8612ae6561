//! `scope.insert_into(table).values(..)`: diesel's own values, with the organization column added from the scope.

use super::NeedsOrgScope;
use super::conflict_clause::{ConflictClause, ConflictNeed, NoConflictClause};
use super::insert_columns::InsertColumns;
use super::insert_rows::{FromQuery, InsertRows, OnlyTheOrganization, WalkRows};
use super::permitted::{Needs, Privileges, WithoutPermit};
use super::privileged_text::{check_conflict, check_rows};
use super::target::{NoReturning, Returning, ReturnsFrom, rendered, walk_returning};
use crate::schema::TenantTable;
use crate::scope::{OrgScope, Request, ScopeKey};
use crate::sql_types::Stored;
use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::query_builder::{AsQuery, AstPass, Query, QueryFragment, QueryId};
use std::marker::PhantomData;
use uuid::Uuid;

/// What rows can be inserted into: an organization table.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an organization table of your schema",
    label = "a scope inserts no rows into this",
    note = "global and platform tables are not written through a scope: write them in a migration, or in a program of the platform that has a connection and a database role of its own",
    note = "a table from plain `diesel::table!` is declared in `tenancy::schema!`",
    note = "TEN0007: run `tenancy explain TEN0007`"
)]
pub trait InsertTarget {
    #[doc(hidden)]
    type Table: TenantTable;
}

impl<T: TenantTable> InsertTarget for NeedsOrgScope<T> {
    type Table = T;
}

/// What the rows need, and what the part that updates needs. An INSERT has no permit.
type InsertNeeds<T, C> =
    (Needs<<T as Privileges>::Insert, WithoutPermit>, Needs<<C as ConflictNeed<T>>::Need, WithoutPermit>);

/// `scope.insert_into(table)`, before its values.
#[must_use = "an insert does nothing before it has values and is executed"]
pub struct IncompleteInsert<T, B = Request> {
    key: ScopeKey<B>,
    table: PhantomData<fn() -> T>,
}

/// An INSERT of rows of the scope's organization.
#[must_use = "a statement does nothing before it is executed"]
pub struct InsertInto<T, Rows, B = Request, Ret = NoReturning, Conflict = NoConflictClause> {
    pub(super) key: ScopeKey,
    pub(super) rows: Rows,
    pub(super) returning: Ret,
    pub(super) conflict: Conflict,
    pub(super) table: PhantomData<fn(B) -> (T, B)>,
}

impl<T, Rows: Clone, B, Ret: Clone, Conflict: Clone> Clone for InsertInto<T, Rows, B, Ret, Conflict> {
    fn clone(&self) -> Self {
        let (rows, returning, conflict) = (self.rows.clone(), self.returning.clone(), self.conflict.clone());
        Self { key: self.key, rows, returning, conflict, table: PhantomData }
    }
}

impl<T, Rows: Copy, B, Ret: Copy, Conflict: Copy> Copy for InsertInto<T, Rows, B, Ret, Conflict> {}

impl<B> OrgScope<B> {
    /// Starts an INSERT into `table`; the organization column is set from this scope.
    pub fn insert_into<Target: InsertTarget>(&self, _table: Target) -> IncompleteInsert<Target::Table, B> {
        IncompleteInsert { key: self.key(), table: PhantomData }
    }
}

impl<T: TenantTable, B> IncompleteInsert<T, B> {
    /// The rows to insert: whatever diesel's `values` takes for this table, or a scoped query followed by
    /// [`into_columns`](InsertInto::into_columns).
    pub fn values<V, How>(self, values: V) -> InsertInto<T, V::Rows, B>
    where
        V: InsertRows<T, How>,
    {
        self.statement(values.rows())
    }

    /// One row whose other columns have their defaults.
    pub fn default_values(self) -> InsertInto<T, OnlyTheOrganization, B> {
        self.statement(OnlyTheOrganization)
    }

    fn statement<R>(self, rows: R) -> InsertInto<T, R, B> {
        InsertInto {
            key: self.key.unbranded(),
            rows,
            returning: NoReturning,
            conflict: NoConflictClause,
            table: PhantomData,
        }
    }
}

impl<T: TenantTable, Q: Query, B, Ret, C> InsertInto<T, FromQuery<Q, ()>, B, Ret, C> {
    /// The columns that the query's selection fills, in its order.
    pub fn into_columns<Columns, How>(self, _columns: Columns) -> InsertInto<T, FromQuery<Q, Columns>, B, Ret, C>
    where
        Columns: InsertColumns<T, How> + diesel::Expression<SqlType = Q::SqlType>,
    {
        InsertInto {
            key: self.key,
            rows: FromQuery { query: self.rows.query, each_name: Columns::each_name, columns: PhantomData },
            returning: self.returning,
            conflict: self.conflict,
            table: PhantomData,
        }
    }
}

impl<T: TenantTable, R, B, C> InsertInto<T, R, B, NoReturning, C> {
    /// Gives back columns of the inserted rows.
    pub fn returning<E>(self, selection: E) -> InsertInto<T, R, B, Returning<E>, C>
    where
        Returning<E>: ReturnsFrom<T>,
    {
        InsertInto {
            key: self.key,
            rows: self.rows,
            returning: Returning(selection),
            conflict: self.conflict,
            table: PhantomData,
        }
    }
}

/// The rows of an INSERT, to be looked at.
struct RowsOf<'a, T, R>(&'a R, &'a ScopeKey, PhantomData<T>);

impl<T, R: WalkRows<T, DB>, DB: Backend> QueryFragment<DB> for RowsOf<'_, T, R> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_rows(self.1, out)
    }
}

/// The conflict clause of an INSERT, to be looked at.
struct ConflictOf<'a, T, C>(&'a C, &'a ScopeKey, PhantomData<T>);

impl<T, C: ConflictClause<T, DB>, DB: Backend> QueryFragment<DB> for ConflictOf<'_, T, C> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_conflict(self.1, out)
    }
}

impl<T, R, B, Ret, C, DB> QueryFragment<DB> for InsertInto<T, R, B, Ret, C>
where
    T: TenantTable + Privileges,
    R: WalkRows<T, DB>,
    Ret: QueryFragment<DB>,
    C: ConflictClause<T, DB>,
    DB: Backend<QueryBuilder: Default>,
    Uuid: Stored<T::OrganizationType, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        // What the caller writes in a value must not become a clause that changes rows without their permit.
        if !T::COLUMNS.is_empty() {
            check_rows(&rendered(&RowsOf(&self.rows, &self.key, PhantomData::<T>), out.backend())?)?;
            check_conflict(&rendered(&ConflictOf(&self.conflict, &self.key, PhantomData::<T>), out.backend())?)?;
        }
        self.rows.walk_rows(&self.key, out.reborrow())?;
        self.conflict.walk_conflict(&self.key, out.reborrow())?;
        walk_returning::<T, Ret, DB>(&self.returning, out)
    }
}

impl<T, R, B, Ret, C> InsertInto<T, R, B, Ret, C> {
    /// The statement, or the several that this database needs for it: the first, and the rows of the others.
    pub(crate) fn parts<DB: Backend>(self, backend: &DB) -> QueryResult<(Self, Vec<R>)>
    where
        R: WalkRows<T, DB>,
    {
        let Self { key, rows, returning, conflict, table } = self;
        let (rows, others) = rows.parts(backend)?;
        Ok((Self { key, rows, returning, conflict, table }, others))
    }

    /// Puts other rows in the place of these.
    pub(crate) fn replace_rows(&mut self, rows: R) {
        self.rows = rows;
    }
}

impl<T: 'static, R: QueryId, B, Ret: QueryId, C: QueryId> QueryId for InsertInto<T, R, B, Ret, C> {
    type QueryId = InsertInto<T, R::QueryId, Request, Ret::QueryId, C::QueryId>;
    const HAS_STATIC_QUERY_ID: bool = R::HAS_STATIC_QUERY_ID && Ret::HAS_STATIC_QUERY_ID && C::HAS_STATIC_QUERY_ID;
}

impl<T, R, B, E, C> Query for InsertInto<T, R, B, Returning<E>, C>
where
    Returning<E>: ReturnsFrom<T>,
{
    type SqlType = <Returning<E> as ReturnsFrom<T>>::SqlType;
}

impl<T: TenantTable, R, B, C> AsQuery for InsertInto<T, R, B, NoReturning, C>
where
    Returning<T::AllColumns>: ReturnsFrom<T>,
{
    type SqlType = <Returning<T::AllColumns> as ReturnsFrom<T>>::SqlType;
    type Query = InsertInto<T, R, B, Returning<T::AllColumns>, C>;

    fn as_query(self) -> Self::Query {
        self.returning(T::all_columns())
    }
}

impl<T, R, B, Ret, C, Conn> diesel::RunQueryDsl<Conn> for InsertInto<T, R, B, Ret, C> {}
impl<T: Privileges, R, B, Ret, C: ConflictNeed<T>>
    crate::isolation::sealed::Statement<B, super::ByRows<InsertNeeds<T, C>>> for InsertInto<T, R, B, Ret, C>
{
}
