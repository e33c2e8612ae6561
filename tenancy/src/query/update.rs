//! `scope.update(table).filter(..).set(..)`: our own statement, since diesel's would let `or_filter` loosen the predicate.

use super::permitted::sealed::PermitState;
use super::permitted::{Guarded, Needs, ObjectOf, Permitted, PrivilegedTable, Privileges, WithoutPermit};
use super::target::{
    AndFilter, BoxedWhere, ChangesOf, Filter, NoReturning, OrFilter, Returning, ReturnsFrom, Unfiltered,
    primary_key_of, walk_changes, walk_returning,
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

/// Nothing to set yet.
#[derive(Debug, Clone, Copy)]
pub struct NotSet;

/// An UPDATE of rows of the scope's organization.
#[must_use = "a statement does nothing before it is executed"]
pub struct Update<T, B = Request, F = Unfiltered, C = NotSet, Ret = NoReturning, P = WithoutPermit> {
    key: ScopeKey,
    rows: Guarded<P, F>,
    changes: C,
    returning: Ret,
    table: PhantomData<fn(B) -> (T, B)>,
}

/// `SET <changes>`.
#[derive(Debug, Clone, Copy)]
pub struct Set<C>(C);

// A statement with a permit is neither: one permit, one statement.
impl<T, B, F: Clone, C: Clone, Ret: Clone> Clone for Update<T, B, F, C, Ret> {
    fn clone(&self) -> Self {
        Self {
            key: self.key,
            rows: self.rows.clone(),
            changes: self.changes.clone(),
            returning: self.returning.clone(),
            table: PhantomData,
        }
    }
}

impl<T, B, F: Copy, C: Copy, Ret: Copy> Copy for Update<T, B, F, C, Ret> {}

impl<B> OrgScope<B> {
    /// Starts an UPDATE of a table, or of one record of it. Of a table without a filter: of every row of the organization.
    pub fn update<Target: WriteTarget>(&self, target: Target) -> Update<Target::Table, B, Target::Filter> {
        Update {
            key: self.key().unbranded(),
            rows: Guarded { permit: WithoutPermit, filter: target.filter() },
            changes: NotSet,
            returning: NoReturning,
            table: PhantomData,
        }
    }
}

impl<T: PrivilegedTable, B, F, C, Ret> Update<T, B, F, C, Ret> {
    /// Consumes a permit. Its object becomes a part of the WHERE, and so does the organization's authorization epoch: when a
    /// permission was revoked after the check, no row is changed.
    pub fn permitted<A>(self, permit: Permit<'_, A, B>) -> Update<T, B, F, C, Ret, Permitted<'_, A, T>>
    where
        A: Action<Object: ObjectOf<T>>,
    {
        Update {
            key: self.key,
            rows: Guarded { permit: Permitted::of(permit), filter: self.rows.filter },
            changes: self.changes,
            returning: self.returning,
            table: PhantomData,
        }
    }
}

impl<T: TenantTable, B, F, C, Ret, P> Update<T, B, F, C, Ret, P> {
    fn with_filter<G>(self, filter: impl FnOnce(F) -> G) -> Update<T, B, G, C, Ret, P> {
        Update {
            key: self.key,
            rows: Guarded { permit: self.rows.permit, filter: filter(self.rows.filter) },
            changes: self.changes,
            returning: self.returning,
            table: PhantomData,
        }
    }

    /// Only rows for which `predicate` holds too.
    pub fn filter<Predicate>(self, predicate: Predicate) -> Update<T, B, F::Output, C, Ret, P>
    where
        Predicate: AppearsOnTable<T> + Expression<SqlType: BoolOrNullableBool>,
        F: AndFilter<Predicate>,
    {
        self.with_filter(|filter| filter.and_filter(predicate))
    }

    /// Also rows for which `predicate` holds: rows of the organization, whatever it says.
    pub fn or_filter<Predicate>(self, predicate: Predicate) -> Update<T, B, F::Output, C, Ret, P>
    where
        Predicate: AppearsOnTable<T> + Expression<SqlType: BoolOrNullableBool>,
        F: OrFilter<Predicate>,
    {
        self.with_filter(|filter| filter.or_filter(predicate))
    }

    /// Only the row with this primary key.
    pub fn find<Id>(self, id: Id) -> Update<T, B, F::Output, C, Ret, P>
    where
        T: TenantTable<Scoped<Request> = T>,
        T::PrimaryKey: EqAll<Id>,
        F: AndFilter<<T::PrimaryKey as EqAll<Id>>::Output>,
    {
        self.with_filter(|filter| filter.and_filter(primary_key_of::<T>().eq_all(id)))
    }

    /// Forgets the filter's type, so that filters can be added in a loop.
    pub fn into_boxed<'a, DB>(self) -> Update<T, B, BoxedWhere<'a, DB>, C, Ret, P>
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

impl<T: TenantTable, B, F, Ret, P> Update<T, B, F, NotSet, Ret, P> {
    /// The changes: a column set to a value, a tuple of them, or a record that derives `AsChangeset`.
    pub fn set<V: ChangesOf<T>>(self, changes: V) -> Update<T, B, F, Set<V::Changeset>, Ret, P> {
        Update {
            key: self.key,
            rows: self.rows,
            changes: Set(changes.changes()),
            returning: self.returning,
            table: PhantomData,
        }
    }
}

impl<T: TenantTable, B, F, C, P> Update<T, B, F, C, NoReturning, P> {
    /// Gives back columns of the changed rows.
    pub fn returning<E>(self, selection: E) -> Update<T, B, F, C, Returning<E>, P>
    where
        Returning<E>: ReturnsFrom<T>,
    {
        Update {
            key: self.key,
            rows: self.rows,
            changes: self.changes,
            returning: Returning(selection),
            table: PhantomData,
        }
    }
}

impl<T, B, F, C, Ret, P, DB> QueryFragment<DB> for Update<T, B, F, Set<C>, Ret, P>
where
    T: TenantTable + Privileges,
    F: Filter + QueryFragment<DB>,
    P: PermitState + QueryFragment<DB>,
    C: QueryFragment<DB>,
    Ret: QueryFragment<DB>,
    DB: Backend<QueryBuilder: Default> + HasSqlType<T::OrganizationType>,
    Uuid: Stored<T::OrganizationType, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        // As in diesel: the set clause depends on the values, so a type does not tell the text.
        out.unsafe_to_cache_prepared();
        let changes = |out: AstPass<'_, 'b, DB>| walk_changes::<T, C, DB>(&self.changes.0, P::action(), out);
        isolation::update::<T, DB>(&self.key, changes, self.rows.some(), out.reborrow())?;
        walk_returning::<T, Ret, DB>(&self.returning, out)
    }
}

impl<T, B, F, C, Ret, P> QueryId for Update<T, B, F, C, Ret, P> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T, B, F, C, E, P> Query for Update<T, B, F, Set<C>, Returning<E>, P>
where
    Returning<E>: ReturnsFrom<T>,
{
    type SqlType = <Returning<E> as ReturnsFrom<T>>::SqlType;
}

impl<T: TenantTable, B, F, C, P> AsQuery for Update<T, B, F, Set<C>, NoReturning, P>
where
    Returning<T::AllColumns>: ReturnsFrom<T>,
{
    type SqlType = <Returning<T::AllColumns> as ReturnsFrom<T>>::SqlType;
    type Query = Update<T, B, F, Set<C>, Returning<T::AllColumns>, P>;

    fn as_query(self) -> Self::Query {
        self.returning(T::all_columns())
    }
}

impl<T, B, F, C, Ret, P, Conn> diesel::RunQueryDsl<Conn> for Update<T, B, F, Set<C>, Ret, P> {}
impl<T: Privileges, B, F, C, Ret, P> crate::isolation::sealed::Statement<B, super::ByPermit<Needs<T::Update, P>>>
    for Update<T, B, F, Set<C>, Ret, P>
{
}
