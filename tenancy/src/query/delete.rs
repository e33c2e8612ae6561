//! `scope.delete(table).filter(..)`: our own statement, for the reason that `update.rs` gives.

use super::permitted::sealed::PermitState;
use super::permitted::{Guarded, Needs, ObjectOf, Permitted, PrivilegedTable, Privileges, WithoutPermit};
use super::target::{
    AndFilter, BoxedWhere, Filter, NoReturning, OrFilter, Returning, ReturnsFrom, Unfiltered, primary_key_of,
    walk_returning,
};
use super::write_target::WriteTarget;
use crate::isolation;
use crate::permit::{Action, Permit};
use crate::schema::TenantTable;
use crate::scope::{OrgScope, Request, ScopeKey};
use crate::sql_types::Stored;
use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression};
use diesel::query_builder::{AsQuery, AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BoolOrNullableBool, HasSqlType};
use diesel::{EqAll, QueryResult};
use std::marker::PhantomData;
use uuid::Uuid;

/// A DELETE of rows of the scope's organization.
#[must_use = "a statement does nothing before it is executed"]
pub struct DeleteFrom<T, B = Request, F = Unfiltered, Ret = NoReturning, P = WithoutPermit> {
    key: ScopeKey,
    rows: Guarded<P, F>,
    returning: Ret,
    table: PhantomData<fn(B) -> (T, B)>,
}

// A statement with a permit is neither: one permit, one statement.
impl<T, B, F: Clone, Ret: Clone> Clone for DeleteFrom<T, B, F, Ret> {
    fn clone(&self) -> Self {
        Self { key: self.key, rows: self.rows.clone(), returning: self.returning.clone(), table: PhantomData }
    }
}

impl<T, B, F: Copy, Ret: Copy> Copy for DeleteFrom<T, B, F, Ret> {}

impl<B> OrgScope<B> {
    /// Starts a DELETE from a table, or of one record of it. From a table without a filter: of every row of the organization.
    pub fn delete<Target: WriteTarget>(&self, target: Target) -> DeleteFrom<Target::Table, B, Target::Filter> {
        let rows = Guarded { permit: WithoutPermit, filter: target.filter() };
        DeleteFrom { key: self.key().unbranded(), rows, returning: NoReturning, table: PhantomData }
    }
}

impl<T: PrivilegedTable, B, F, Ret> DeleteFrom<T, B, F, Ret> {
    /// Consumes a permit. Its object becomes a part of the WHERE, and so does the organization's authorization epoch: when a
    /// permission was revoked after the check, no row is deleted.
    pub fn permitted<A>(self, permit: Permit<'_, A, B>) -> DeleteFrom<T, B, F, Ret, Permitted<'_, A, T>>
    where
        A: Action<Object: ObjectOf<T>>,
    {
        let rows = Guarded { permit: Permitted::of(permit), filter: self.rows.filter };
        DeleteFrom { key: self.key, rows, returning: self.returning, table: PhantomData }
    }
}

impl<T: TenantTable, B, F, Ret, P> DeleteFrom<T, B, F, Ret, P> {
    fn with_filter<G>(self, filter: impl FnOnce(F) -> G) -> DeleteFrom<T, B, G, Ret, P> {
        let rows = Guarded { permit: self.rows.permit, filter: filter(self.rows.filter) };
        DeleteFrom { key: self.key, rows, returning: self.returning, table: PhantomData }
    }

    /// Only rows for which `predicate` holds too.
    pub fn filter<Predicate>(self, predicate: Predicate) -> DeleteFrom<T, B, F::Output, Ret, P>
    where
        Predicate: AppearsOnTable<T> + Expression<SqlType: BoolOrNullableBool>,
        F: AndFilter<Predicate>,
    {
        self.with_filter(|filter| filter.and_filter(predicate))
    }

    /// Also rows for which `predicate` holds: rows of the organization, whatever it says.
    pub fn or_filter<Predicate>(self, predicate: Predicate) -> DeleteFrom<T, B, F::Output, Ret, P>
    where
        Predicate: AppearsOnTable<T> + Expression<SqlType: BoolOrNullableBool>,
        F: OrFilter<Predicate>,
    {
        self.with_filter(|filter| filter.or_filter(predicate))
    }

    /// Only the row with this primary key.
    pub fn find<Id>(self, id: Id) -> DeleteFrom<T, B, F::Output, Ret, P>
    where
        T: TenantTable<Scoped<Request> = T>,
        T::PrimaryKey: EqAll<Id>,
        F: AndFilter<<T::PrimaryKey as EqAll<Id>>::Output>,
    {
        self.with_filter(|filter| filter.and_filter(primary_key_of::<T>().eq_all(id)))
    }

    /// Forgets the filter's type, so that filters can be added in a loop.
    pub fn into_boxed<'a, DB>(self) -> DeleteFrom<T, B, BoxedWhere<'a, DB>, Ret, P>
    where
        DB: Backend,
        F: Filter + QueryFragment<DB> + Send + 'a,
    {
        self.with_filter(|filter| {
            let some = filter.is_some();
            BoxedWhere(some.then(|| Box::new(filter) as Box<dyn QueryFragment<DB> + Send + 'a>))
        })
    }
}

impl<T: TenantTable, B, F, P> DeleteFrom<T, B, F, NoReturning, P> {
    /// Gives back columns of the deleted rows.
    pub fn returning<E>(self, selection: E) -> DeleteFrom<T, B, F, Returning<E>, P>
    where
        Returning<E>: ReturnsFrom<T>,
    {
        DeleteFrom { key: self.key, rows: self.rows, returning: Returning(selection), table: PhantomData }
    }
}

impl<T, B, F, Ret, P, DB> QueryFragment<DB> for DeleteFrom<T, B, F, Ret, P>
where
    T: TenantTable,
    F: Filter + QueryFragment<DB>,
    P: PermitState + QueryFragment<DB>,
    Ret: QueryFragment<DB>,
    DB: Backend<QueryBuilder: Default> + HasSqlType<T::OrganizationType>,
    Uuid: Stored<T::OrganizationType, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        isolation::delete::<T, DB>(&self.key, self.rows.some(), out.reborrow())?;
        walk_returning::<T, Ret, DB>(&self.returning, out)
    }
}

impl<T: 'static, B, F: QueryId, Ret: QueryId, P: QueryId> QueryId for DeleteFrom<T, B, F, Ret, P> {
    type QueryId = DeleteFrom<T, Request, F::QueryId, Ret::QueryId, P::QueryId>;
    const HAS_STATIC_QUERY_ID: bool = F::HAS_STATIC_QUERY_ID && Ret::HAS_STATIC_QUERY_ID && P::HAS_STATIC_QUERY_ID;
}

impl<T, B, F, E, P> Query for DeleteFrom<T, B, F, Returning<E>, P>
where
    Returning<E>: ReturnsFrom<T>,
{
    type SqlType = <Returning<E> as ReturnsFrom<T>>::SqlType;
}

impl<T: TenantTable, B, F, P> AsQuery for DeleteFrom<T, B, F, NoReturning, P>
where
    Returning<T::AllColumns>: ReturnsFrom<T>,
{
    type SqlType = <Returning<T::AllColumns> as ReturnsFrom<T>>::SqlType;
    type Query = DeleteFrom<T, B, F, Returning<T::AllColumns>, P>;

    fn as_query(self) -> Self::Query {
        self.returning(T::all_columns())
    }
}

impl<T, B, F, Ret, P, Conn> diesel::RunQueryDsl<Conn> for DeleteFrom<T, B, F, Ret, P> {}
impl<T: Privileges, B, F, Ret, P> crate::isolation::sealed::Statement<B, super::ByPermit<Needs<T::Delete, P>>>
    for DeleteFrom<T, B, F, Ret, P>
{
}
