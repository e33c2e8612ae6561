//! ON CONFLICT: a conflict can only be met on rows of the organization, and an update carries the organization's
//! predicate whatever the conflict was met on.

use super::conflict_clause::{ConflictClause, ConflictNeed};
use super::insert::InsertInto;
use super::permitted::{Privileges, Unprivileged};
use super::target::{AndFilter, ChangesOf, Filter, Unfiltered, walk_changes};
use crate::isolation;
use crate::schema::{ColumnOf, TenantTable, Yes};
use crate::scope::ScopeKey;
use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BoolOrNullableBool, HasSqlType};
use std::marker::PhantomData;

/// ` ON CONFLICT (<target>) DO NOTHING`, or without a target.
#[derive(Debug, Clone, Copy, QueryId)]
pub struct DoNothing<Target>(Target);

/// ` ON CONFLICT (<target>) DO UPDATE SET <changes> WHERE "t"."org_id" = $n [AND (<filter>)]`.
#[derive(Debug, Clone, Copy)]
pub struct DoUpdate<Target, Changes, F = Unfiltered> {
    target: Target,
    changes: Changes,
    filter: F,
}

/// `(<columns>) [WHERE <the predicate of a partial index>]`.
#[derive(Debug, Clone, Copy)]
pub struct TargetColumns<Columns, Index> {
    index: Index,
    each_name: EachName,
    columns: PhantomData<fn() -> Columns>,
}

impl<Columns: 'static, Index: QueryId> QueryId for TargetColumns<Columns, Index> {
    type QueryId = TargetColumns<Columns, Index::QueryId>;
    const HAS_STATIC_QUERY_ID: bool = Index::HAS_STATIC_QUERY_ID;
}

impl<Target, C, F> QueryId for DoUpdate<Target, C, F> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

/// Columns that a conflict can be met on without meeting a row of another organization: they contain the organization
/// column, or are the table's primary key.
#[diagnostic::on_unimplemented(
    message = "a conflict on `{Self}` could be met on another organization's row of `{T}`",
    label = "this conflict target names no organization",
    note = "name the organization column in the target, as the unique index must: `.on_conflict((org_id, number))`",
    note = "the table's one-column primary key is accepted too; a constraint's name is not, since types cannot see its columns",
    note = "TEN0008: run `tenancy explain TEN0008`"
)]
pub trait ConflictTarget<T, How>: sealed::Target<T, How> {}

#[diagnostic::do_not_recommend]
impl<T, How, Target: sealed::Target<T, How>> ConflictTarget<T, How> for Target {}

/// One column: the organization's, or a one-column primary key.
#[derive(Debug)]
pub struct One(());
/// A tuple of columns.
#[derive(Debug)]
pub struct Many(());

/// At least one `Yes` in a list of answers.
#[doc(hidden)]
pub trait AnyYes {}
impl<Rest> AnyYes for (Yes, Rest) {}
impl<Rest: AnyYes> AnyYes for (crate::schema::No, Rest) {}

/// Visits the names of a target's columns.
type EachName = fn(&mut dyn FnMut(&str) -> QueryResult<()>) -> QueryResult<()>;

mod sealed {
    use super::{AnyYes, ColumnOf, Many, One, QueryResult, Yes};

    pub trait Target<T, How> {
        fn each_name(visit: &mut dyn FnMut(&str) -> QueryResult<()>) -> QueryResult<()>;
    }

    impl<T, C: ColumnOf<T, Anchors = Yes>> Target<T, One> for C {
        fn each_name(visit: &mut dyn FnMut(&str) -> QueryResult<()>) -> QueryResult<()> {
            visit(C::NAME)
        }
    }

    macro_rules! answers {
        ($T:ident;) => { () };
        ($T:ident; $first:ident $($rest:ident)*) => { (<$first as ColumnOf<$T>>::Anchors, answers!($T; $($rest)*)) };
    }

    macro_rules! target {
        ($($first:ident $($rest:ident)*)?) => {
            $(
                impl<T, $first: ColumnOf<T>, $($rest: ColumnOf<T>),*> Target<T, Many> for ($first, $($rest,)*)
                where
                    answers!(T; $first $($rest)*): AnyYes,
                {
                    fn each_name(visit: &mut dyn FnMut(&str) -> QueryResult<()>) -> QueryResult<()> {
                        visit(<$first as ColumnOf<T>>::NAME)?;
                        $(visit(<$rest as ColumnOf<T>>::NAME)?;)*
                        Ok(())
                    }
                }
                target!($($rest)*);
            )?
        };
    }

    target!(C1 C2 C3 C4 C5 C6 C7 C8);
}

/// `.on_conflict(target)`, before what to do.
#[must_use = "say `.do_nothing()` or `.do_update().set(..)`"]
pub struct OnConflict<T, R, B, Ret, Target, Index = Unfiltered> {
    insert: InsertInto<T, R, B, Ret>,
    target: TargetColumns<Target, Index>,
}

/// `.do_update()`, before its changes.
#[must_use = "say `.set(..)`"]
pub struct IncompleteDoUpdate<T, R, B, Ret, Target, Index>(OnConflict<T, R, B, Ret, Target, Index>);

impl<T: TenantTable, R, B, Ret> InsertInto<T, R, B, Ret> {
    /// Leaves out rows that would meet any conflict.
    ///
    /// The number of rows inserted tells that a key is taken; a unique key that contains the organization column tells it
    /// of the own organization only (`docs/limits.md`).
    pub fn on_conflict_do_nothing(self) -> InsertInto<T, R, B, Ret, DoNothing<()>> {
        self.with_conflict(DoNothing(()))
    }

    /// What to do when a row meets a conflict on `target`: columns with the organization column among them, or the table's
    /// one-column primary key.
    pub fn on_conflict<Target, How>(self, _target: Target) -> OnConflict<T, R, B, Ret, Target>
    where
        Target: ConflictTarget<T, How>,
    {
        let each_name: EachName = <Target as sealed::Target<T, How>>::each_name;
        OnConflict { insert: self, target: TargetColumns { index: Unfiltered, each_name, columns: PhantomData } }
    }

    fn with_conflict<C>(self, conflict: C) -> InsertInto<T, R, B, Ret, C> {
        InsertInto { key: self.key, rows: self.rows, returning: self.returning, conflict, table: PhantomData }
    }
}

impl<T: TenantTable, R, B, Ret, Target, Index> OnConflict<T, R, B, Ret, Target, Index> {
    /// The predicate of a partial unique index, which the database needs in order to find that index.
    pub fn filter_target<P>(self, predicate: P) -> OnConflict<T, R, B, Ret, Target, Index::Output>
    where
        P: AppearsOnTable<T> + Expression<SqlType: BoolOrNullableBool>,
        Index: AndFilter<P>,
    {
        let TargetColumns { index, each_name, columns } = self.target;
        let target = TargetColumns { index: index.and_filter(predicate), each_name, columns };
        OnConflict { insert: self.insert, target }
    }

    /// Leaves the row out.
    pub fn do_nothing(self) -> InsertInto<T, R, B, Ret, DoNothing<TargetColumns<Target, Index>>> {
        self.insert.with_conflict(DoNothing(self.target))
    }

    /// Changes the row that is there, if it belongs to the organization.
    pub fn do_update(self) -> IncompleteDoUpdate<T, R, B, Ret, Target, Index> {
        IncompleteDoUpdate(self)
    }
}

type Updated<T, R, B, Ret, Target, Index, C> =
    InsertInto<T, R, B, Ret, DoUpdate<TargetColumns<Target, Index>, C, Unfiltered>>;

impl<T: TenantTable, R, B, Ret, Target, Index> IncompleteDoUpdate<T, R, B, Ret, Target, Index> {
    /// The changes; `diesel::upsert::excluded(column)` is the value that was to be inserted.
    pub fn set<V: ChangesOf<T>>(self, changes: V) -> Updated<T, R, B, Ret, Target, Index, V::Changeset> {
        let OnConflict { insert, target } = self.0;
        insert.with_conflict(DoUpdate { target, changes: changes.changes(), filter: Unfiltered })
    }
}

impl<T: TenantTable, R, B, Ret, Target, C, F> InsertInto<T, R, B, Ret, DoUpdate<Target, C, F>> {
    /// Changes only rows for which `predicate` holds too.
    pub fn filter<P>(self, predicate: P) -> InsertInto<T, R, B, Ret, DoUpdate<Target, C, F::Output>>
    where
        P: AppearsOnTable<T> + Expression<SqlType: BoolOrNullableBool>,
        F: AndFilter<P>,
    {
        let DoUpdate { target, changes, filter } = self.conflict;
        let conflict = DoUpdate { target, changes, filter: filter.and_filter(predicate) };
        InsertInto { key: self.key, rows: self.rows, returning: self.returning, conflict, table: PhantomData }
    }
}

impl<T, DB: Backend, Target: WalkTarget<T, DB>> ConflictClause<T, DB> for DoNothing<Target> {
    fn walk_conflict<'b>(&'b self, _key: &'b ScopeKey, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(" ON CONFLICT");
        self.0.walk_target(out.reborrow())?;
        out.push_sql(" DO NOTHING");
        Ok(())
    }
}

impl<T, DB, Target, C, F> ConflictClause<T, DB> for DoUpdate<Target, C, F>
where
    T: TenantTable + Privileges,
    Target: WalkTarget<T, DB>,
    C: QueryFragment<DB>,
    F: Filter + QueryFragment<DB>,
    DB: Backend<QueryBuilder: Default> + HasSqlType<T::OrganizationType>,
    ScopeKey: ToSql<T::OrganizationType, DB>,
{
    fn walk_conflict<'b>(&'b self, key: &'b ScopeKey, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        out.push_sql(" ON CONFLICT");
        self.target.walk_target(out.reborrow())?;
        // As in diesel: no changes are no update.
        if self.changes.is_noop(out.backend())? {
            out.push_sql(" DO NOTHING");
            return Ok(());
        }
        let changes = |out: AstPass<'_, 'b, DB>| walk_changes::<T, C, DB>(&self.changes, None, out);
        isolation::do_update::<T, DB>(key, changes, self.filter.some(), out)
    }
}

impl<T, Target> ConflictNeed<T> for DoNothing<Target> {
    type Need = Unprivileged;
}

/// What changes a row needs the permit of an UPDATE, which an INSERT has no place for.
impl<T: Privileges, Target, C, F> ConflictNeed<T> for DoUpdate<Target, C, F> {
    type Need = T::Update;
}

/// How a conflict target is written.
#[doc(hidden)]
pub trait WalkTarget<T, DB: Backend> {
    fn walk_target<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()>;
}

impl<T, DB: Backend> WalkTarget<T, DB> for () {
    fn walk_target<'b>(&'b self, _out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        Ok(())
    }
}

impl<T, DB, Columns, Index> WalkTarget<T, DB> for TargetColumns<Columns, Index>
where
    DB: Backend,
    Index: Filter + QueryFragment<DB>,
{
    fn walk_target<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(" (");
        let mut first = true;
        (self.each_name)(&mut |name| {
            if !std::mem::take(&mut first) {
                out.push_sql(", ");
            }
            out.push_identifier(name)
        })?;
        out.push_sql(")");
        if self.index.is_some() {
            out.push_sql(" WHERE (");
            self.index.walk_ast(out.reborrow())?;
            out.push_sql(")");
        }
        Ok(())
    }
}
