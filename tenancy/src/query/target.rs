//! What writes share: the filter that sits behind the organization's, the returning clause, and the changes.

use super::assigned;
use super::permitted::Privileges;
use super::privileged_text::check_set;
use crate::schema::TenantTable;
use crate::scope::ScopeKey;
use crate::sql_types::Stored;
use diesel::backend::Backend;
use diesel::expression::{Expression, NonAggregate, SelectableExpression};
use diesel::query_builder::{AsChangeset, AstPass, QueryFragment, QueryId, ReturningClause};
use diesel::result::EmptyChangeset;
use diesel::{QueryResult, Table};
use std::any::TypeId;
use uuid::Uuid;

/// No RETURNING clause yet.
#[derive(Debug, Clone, Copy, QueryId)]
pub struct NoReturning;

/// `RETURNING <selection>`.
#[derive(Debug, Clone, Copy, QueryId)]
pub struct Returning<E>(pub(super) E);

/// What a write gives back.
#[doc(hidden)]
pub trait ReturnsFrom<T> {
    type SqlType;
}

impl<T, E: Expression + SelectableExpression<T> + NonAggregate> ReturnsFrom<T> for Returning<E> {
    type SqlType = E::SqlType;
}

impl<DB: Backend> QueryFragment<DB> for NoReturning {
    fn walk_ast<'b>(&'b self, _out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        Ok(())
    }
}

impl<DB: Backend, E: QueryFragment<DB>> QueryFragment<DB> for Returning<E>
where
    ReturningClause<E>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(" RETURNING ");
        self.0.walk_ast(out)
    }
}

/// Changes that can be made to rows of `T`.
///
/// Everything that diesel's `AsChangeset` is, for this table. The organization of a row is not among it.
/// Proof: `ui-tests/tests/fail/e_writes/`.
#[diagnostic::on_unimplemented(
    message = "these changes cannot be made to `{T}`",
    label = "no changeset of this table",
    note = "the organization of a row never changes: leave the organization column out, the scope decides it",
    note = "a changeset is a column set to a value, a tuple of them, or a struct that derives `AsChangeset` for this table",
    note = "TEN0005: run `tenancy explain TEN0005`"
)]
pub trait ChangesOf<T> {
    #[doc(hidden)]
    type Changeset;
    #[doc(hidden)]
    fn changes(self) -> Self::Changeset;
}

#[diagnostic::do_not_recommend]
impl<T, V: AsChangeset<Target = T>> ChangesOf<T> for V {
    type Changeset = V::Changeset;

    fn changes(self) -> V::Changeset {
        self.as_changeset()
    }
}

/// `SET <changes>`; refuses an empty changeset as diesel does, and one that names the organization column, whatever wrote it.
///
/// `permit` is the action of the statement's permit: privileged columns are set with theirs alone. That is asked each time, since the
/// text does not say which permit it is.
pub(super) fn walk_changes<'b, T, C, DB>(
    changes: &'b C,
    permit: Option<TypeId>,
    mut out: AstPass<'_, 'b, DB>,
) -> QueryResult<()>
where
    T: TenantTable + Privileges,
    DB: Backend<QueryBuilder: Default>,
    C: QueryFragment<DB>,
{
    if changes.is_noop(out.backend())? {
        return Err(diesel::result::Error::QueryBuilderError(Box::new(EmptyChangeset)));
    }
    if assigned::is_reading() {
        assigned::check(&rendered(changes, out.backend())?, T::ORGANIZATION)?;
    }
    if !T::COLUMNS.is_empty() {
        check_set::<T>(&rendered(changes, out.backend())?, permit)?;
    }
    out.push_sql(" SET ");
    changes.walk_ast(out)
}

/// A part of a statement as text, to be looked at.
pub(super) fn rendered<DB: Backend<QueryBuilder: Default>>(
    part: &impl QueryFragment<DB>,
    backend: &DB,
) -> QueryResult<String> {
    let mut text = DB::QueryBuilder::default();
    part.to_sql(&mut text, backend)?;
    Ok(diesel::query_builder::QueryBuilder::finish(text))
}

/// `RETURNING ..` of a write to `T`. SQLite does not know a written table's alias there, so that a table that has one, for
/// its schema, is left out; in a subquery the bare name could mean another table's column.
pub(super) fn walk_returning<'b, T, Ret, DB>(returning: &'b Ret, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
where
    T: TenantTable,
    Ret: QueryFragment<DB>,
    DB: Backend<QueryBuilder: Default>,
    Uuid: Stored<T::OrganizationType, DB>,
{
    if !T::TABLE.is_qualified() || <Uuid as Stored<T::OrganizationType, DB>>::RETURNING_KNOWS_ALIASES {
        return returning.walk_ast(out);
    }
    if rendered(returning, out.backend())?.contains("SELECT") {
        return Err(diesel::result::Error::QueryBuilderError(SUBQUERY.into()));
    }
    out.skip_from(true);
    returning.walk_ast(out.reborrow())?;
    out.skip_from(false);
    Ok(())
}

const SUBQUERY: &str = "on SQLite the RETURNING of a table in a named schema holds no subquery: ask for it in a statement of \
                        its own";

/// The caller's part of a write's WHERE.
#[doc(hidden)]
pub trait Filter {
    /// Whether there is anything to render.
    fn is_some(&self) -> bool;

    /// The filter, if there is anything to render.
    fn some(&self) -> Option<&Self> {
        self.is_some().then_some(self)
    }
}

/// Every row of the organization.
#[derive(Debug, Clone, Copy, QueryId)]
pub struct Unfiltered;

/// One predicate.
#[derive(Debug, Clone, Copy, QueryId)]
pub struct Where<P>(pub(super) P);

/// `(<left>) AND (<right>)`.
#[derive(Debug, Clone, Copy, QueryId)]
pub struct AndWhere<L, R>(pub(super) L, pub(super) R);

/// `(<left>) OR (<right>)`: inside the parentheses that follow the organization's predicate.
#[derive(Debug, Clone, Copy, QueryId)]
pub struct OrWhere<L, R>(pub(super) L, pub(super) R);

/// A predicate whose type is forgotten.
pub struct BoxedWhere<'a, DB>(pub(super) Option<Box<dyn QueryFragment<DB> + Send + 'a>>);

/// A filter to which a predicate can be added; a boxed one stays boxed, as in diesel.
#[doc(hidden)]
pub trait AndFilter<P>: Filter + Sized {
    type Output: Filter;
    fn and_filter(self, predicate: P) -> Self::Output;
}

/// The same for OR.
#[doc(hidden)]
pub trait OrFilter<P>: Filter + Sized {
    type Output: Filter;
    fn or_filter(self, predicate: P) -> Self::Output;
}

macro_rules! grows {
    ($($name:ident $(<$first:ident $(, $second:ident)?>)?),*) => {
        $(
            impl<P $(, $first $(: Filter, $second)?)?> AndFilter<P> for $name $(<$first $(, $second)?>)? {
                type Output = AndWhere<Self, Where<P>>;

                fn and_filter(self, predicate: P) -> Self::Output {
                    AndWhere(self, Where(predicate))
                }
            }

            impl<P $(, $first $(: Filter, $second)?)?> OrFilter<P> for $name $(<$first $(, $second)?>)? {
                type Output = OrWhere<Self, Where<P>>;

                fn or_filter(self, predicate: P) -> Self::Output {
                    OrWhere(self, Where(predicate))
                }
            }
        )*
    };
}

grows!(Unfiltered, Where<Q>, AndWhere<L, R>, OrWhere<L, R>);

impl<'a, DB, P> AndFilter<P> for BoxedWhere<'a, DB>
where
    DB: Backend + 'a,
    P: QueryFragment<DB> + Send + 'a,
{
    type Output = Self;

    fn and_filter(self, predicate: P) -> Self {
        BoxedWhere(Some(Box::new(AndWhere(self, Where(predicate)))))
    }
}

impl<'a, DB, P> OrFilter<P> for BoxedWhere<'a, DB>
where
    DB: Backend + 'a,
    P: QueryFragment<DB> + Send + 'a,
{
    type Output = Self;

    fn or_filter(self, predicate: P) -> Self {
        BoxedWhere(Some(Box::new(OrWhere(self, Where(predicate)))))
    }
}

impl Filter for Unfiltered {
    fn is_some(&self) -> bool {
        false
    }
}

impl<DB> QueryId for BoxedWhere<'_, DB> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<P> Filter for Where<P> {
    fn is_some(&self) -> bool {
        true
    }
}

impl<L: Filter, R> Filter for AndWhere<L, R> {
    fn is_some(&self) -> bool {
        true
    }
}

impl<L: Filter, R> Filter for OrWhere<L, R> {
    fn is_some(&self) -> bool {
        true
    }
}

impl<DB> Filter for BoxedWhere<'_, DB> {
    fn is_some(&self) -> bool {
        self.0.is_some()
    }
}

impl<DB: Backend> QueryFragment<DB> for Unfiltered {
    fn walk_ast<'b>(&'b self, _out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        Ok(())
    }
}

impl<DB: Backend, P: QueryFragment<DB>> QueryFragment<DB> for Where<P> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }
}

fn walk_pair<'b, DB: Backend>(
    left: (&'b impl QueryFragment<DB>, bool),
    operator: &str,
    right: &'b impl QueryFragment<DB>,
    mut out: AstPass<'_, 'b, DB>,
) -> QueryResult<()> {
    if left.1 {
        out.push_sql("(");
        left.0.walk_ast(out.reborrow())?;
        out.push_sql(operator);
        right.walk_ast(out.reborrow())?;
        out.push_sql(")");
        Ok(())
    } else {
        right.walk_ast(out)
    }
}

impl<DB: Backend, L: QueryFragment<DB> + Filter, R: QueryFragment<DB>> QueryFragment<DB> for AndWhere<L, R> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        walk_pair((&self.0, self.0.is_some()), ") AND (", &self.1, out)
    }
}

impl<DB: Backend, L: QueryFragment<DB> + Filter, R: QueryFragment<DB>> QueryFragment<DB> for OrWhere<L, R> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        walk_pair((&self.0, self.0.is_some()), ") OR (", &self.1, out)
    }
}

impl<DB: Backend> QueryFragment<DB> for BoxedWhere<'_, DB> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        match &self.0 {
            Some(filter) => filter.walk_ast(out),
            None => Ok(()),
        }
    }
}

/// The key columns of `T`, which are values that carry nothing.
pub(super) fn primary_key_of<T: TenantTable<Scoped<crate::scope::Request> = T>>() -> <T as Table>::PrimaryKey {
    T::__scoped(super::ScopedFrom::<T>::of(ScopeKey::inert())).primary_key()
}
