//! `scope.insert_into(table).values(..)`: diesel's own values, with the organization column added from the scope.

use super::NeedsOrgScope;
use super::source::walk_table;
use super::target::{NoReturning, Returning, ReturnsFrom};
use super::upsert::{ConflictClause, NoConflictClause};
use crate::schema::TenantTable;
use crate::scope::{OrgScope, Request, ScopeKey};
use diesel::backend::Backend;
use diesel::backend::sql_dialect::default_keyword_for_insert::{DoesNotSupportDefaultKeyword, IsoSqlDefaultKeyword};
use diesel::insertable::InsertValues;
use diesel::query_builder::{AsQuery, AstPass, BatchInsert, Query, QueryFragment, QueryId, ValuesClause};
use diesel::query_source::Column;
use diesel::serialize::ToSql;
use diesel::sql_types::HasSqlType;
use diesel::{Insertable, QueryResult, Table};
use std::marker::PhantomData;

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

/// Rows that a scope can insert into `T`: everything that diesel's `Insertable` is for this table, or a scoped query.
#[diagnostic::on_unimplemented(
    message = "these values cannot be inserted into `{T}`",
    label = "no rows of this table",
    note = "leave the organization column out: the scope adds it to every row",
    note = "rows are a struct that derives `Insertable` for this table, a tuple of `column.eq(value)`, a `Vec`, slice or array of either, or a scoped query",
    note = "TEN0004: see docs/errors/TEN0004.md"
)]
pub trait InsertRows<T, How> {
    #[doc(hidden)]
    type Rows;
    #[doc(hidden)]
    fn rows(self) -> Self::Rows;
}

/// Rows given as values.
#[derive(Debug)]
pub struct Given(());
/// Rows given as a query.
#[derive(Debug)]
pub struct Selected(());

/// The value clauses of diesel's that the organization can be added to.
#[doc(hidden)]
pub trait StampedRows<T> {}
impl<V, T> StampedRows<T> for ValuesClause<V, T> {}
impl<V, T, Id, const STATIC: bool> StampedRows<T> for BatchInsert<Vec<ValuesClause<V, T>>, T, Id, STATIC> {}

#[diagnostic::do_not_recommend]
impl<T, U: Insertable<T>> InsertRows<T, Given> for U
where
    U::Values: StampedRows<T>,
{
    type Rows = U::Values;

    fn rows(self) -> U::Values {
        self.values()
    }
}

#[diagnostic::do_not_recommend]
impl<T, Q: Query> InsertRows<T, Selected> for Q {
    type Rows = FromQuery<Q, ()>;

    fn rows(self) -> Self::Rows {
        FromQuery { query: self, each_name: |_| Ok(()), columns: PhantomData }
    }
}

/// Visits the names of a column list.
type EachName = fn(&mut dyn FnMut(&str) -> QueryResult<()>) -> QueryResult<()>;

/// `(org_id, <columns>) SELECT $1, rows.* FROM (<query>) AS rows`.
#[derive(Debug, Clone, Copy)]
pub struct FromQuery<Q, Columns> {
    query: Q,
    each_name: EachName,
    columns: PhantomData<fn() -> Columns>,
}

impl<Q: QueryId, C: 'static> QueryId for FromQuery<Q, C> {
    type QueryId = FromQuery<Q::QueryId, C>;
    const HAS_STATIC_QUERY_ID: bool = Q::HAS_STATIC_QUERY_ID;
}

/// Every column left to its default.
#[derive(Debug, Clone, Copy, QueryId)]
pub struct OnlyTheOrganization;

impl<B> OrgScope<B> {
    /// Starts an INSERT into `table`; the organization column is set from this scope.
    pub fn insert_into<T: TenantTable>(&self, _table: NeedsOrgScope<T>) -> IncompleteInsert<T, B> {
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

/// How the rows are written, the organization first.
#[doc(hidden)]
pub trait WalkRows<T, DB: Backend> {
    /// No rows at all: the statement becomes one that does nothing.
    fn is_empty(&self) -> bool {
        false
    }

    fn walk_rows<'b>(&'b self, key: &'b ScopeKey, out: AstPass<'_, 'b, DB>) -> QueryResult<()>;
}

fn bind_organization<'b, T, DB>(key: &'b ScopeKey, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
where
    T: TenantTable,
    DB: Backend + HasSqlType<T::OrganizationType>,
    ScopeKey: ToSql<T::OrganizationType, DB>,
{
    key.checked()?;
    out.push_bind_param::<T::OrganizationType, _>(key)
}

fn walk_row<'b, T, V, DB>(key: &'b ScopeKey, values: &'b V, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
where
    T: TenantTable,
    V: InsertValues<DB, T>,
    DB: Backend + HasSqlType<T::OrganizationType>,
    ScopeKey: ToSql<T::OrganizationType, DB>,
{
    out.push_sql("(");
    bind_organization::<T, DB>(key, out.reborrow())?;
    if !values.is_noop(out.backend())? {
        out.push_sql(", ");
        values.walk_ast(out.reborrow())?;
    }
    out.push_sql(")");
    Ok(())
}

fn walk_row_with_columns<'b, T, V, DB>(
    key: &'b ScopeKey,
    values: &'b V,
    mut out: AstPass<'_, 'b, DB>,
) -> QueryResult<()>
where
    T: TenantTable,
    V: InsertValues<DB, T>,
    DB: Backend + HasSqlType<T::OrganizationType>,
    ScopeKey: ToSql<T::OrganizationType, DB>,
{
    out.push_sql("(");
    out.push_identifier(T::ORGANIZATION)?;
    if !values.is_noop(out.backend())? {
        out.push_sql(", ");
        values.column_names(out.reborrow())?;
    }
    out.push_sql(") VALUES ");
    walk_row::<T, V, DB>(key, values, out)
}

impl<T, V, DB> WalkRows<T, DB> for ValuesClause<V, T>
where
    T: TenantTable,
    V: InsertValues<DB, T>,
    DB: Backend + HasSqlType<T::OrganizationType>,
    ScopeKey: ToSql<T::OrganizationType, DB>,
{
    fn walk_rows<'b>(&'b self, key: &'b ScopeKey, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        walk_row_with_columns::<T, V, DB>(key, &self.values, out)
    }
}

impl<T, DB> WalkRows<T, DB> for OnlyTheOrganization
where
    T: TenantTable,
    DB: Backend + HasSqlType<T::OrganizationType>,
    ScopeKey: ToSql<T::OrganizationType, DB>,
{
    fn walk_rows<'b>(&'b self, key: &'b ScopeKey, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("(");
        out.push_identifier(T::ORGANIZATION)?;
        out.push_sql(") VALUES (");
        bind_organization::<T, DB>(key, out.reborrow())?;
        out.push_sql(")");
        Ok(())
    }
}

impl<T, V, Id, DB, const STATIC: bool> WalkRows<T, DB> for BatchInsert<Vec<ValuesClause<V, T>>, T, Id, STATIC>
where
    T: TenantTable,
    V: InsertValues<DB, T>,
    DB: Backend + HasSqlType<T::OrganizationType>,
    DB::InsertWithDefaultKeyword: SameColumns<T, V, DB>,
    ScopeKey: ToSql<T::OrganizationType, DB>,
{
    fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    fn walk_rows<'b>(&'b self, key: &'b ScopeKey, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        if !STATIC {
            out.unsafe_to_cache_prepared();
        }
        let Some((first, rest)) = self.values.split_first() else { return Ok(()) };
        walk_row_with_columns::<T, V, DB>(key, &first.values, out.reborrow())?;
        for row in rest {
            <DB::InsertWithDefaultKeyword>::check(&first.values, &row.values, out.backend())?;
            out.push_sql(", ");
            walk_row::<T, V, DB>(key, &row.values, out.reborrow())?;
        }
        Ok(())
    }
}

/// Whether two rows can share one column list. SQLite has no `DEFAULT` keyword, so there a row that leaves a column out
/// cannot stand beside one that does not.
#[doc(hidden)]
pub trait SameColumns<T, V, DB: Backend> {
    fn check(first: &V, other: &V, backend: &DB) -> QueryResult<()>;
}

impl<T, V, DB: Backend> SameColumns<T, V, DB> for IsoSqlDefaultKeyword {
    fn check(_first: &V, _other: &V, _backend: &DB) -> QueryResult<()> {
        Ok(())
    }
}

impl<T: Table, V, DB> SameColumns<T, V, DB> for DoesNotSupportDefaultKeyword
where
    DB: Backend<QueryBuilder: Default>,
    V: InsertValues<DB, T>,
{
    fn check(first: &V, other: &V, backend: &DB) -> QueryResult<()> {
        if column_names::<T, V, DB>(first, backend)? == column_names::<T, V, DB>(other, backend)? {
            return Ok(());
        }
        let message = "rows of one insert leave different columns out, and this database has no DEFAULT keyword: \
                       insert them in groups that name the same columns";
        Err(diesel::result::Error::QueryBuilderError(message.into()))
    }
}

/// The column list of one row, as SQL.
pub(crate) fn column_names<T, V, DB>(values: &V, backend: &DB) -> QueryResult<String>
where
    T: Table,
    DB: Backend<QueryBuilder: Default>,
    V: InsertValues<DB, T>,
{
    struct Names<'a, T, V>(&'a V, PhantomData<T>);
    impl<T: Table, V: InsertValues<DB, T>, DB: Backend> QueryFragment<DB> for Names<'_, T, V> {
        fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
            self.0.column_names(out)
        }
    }
    let mut sql = DB::QueryBuilder::default();
    Names::<T, V>(values, PhantomData).to_sql(&mut sql, backend)?;
    Ok(diesel::query_builder::QueryBuilder::finish(sql))
}

impl<T, Q, Columns, DB> WalkRows<T, DB> for FromQuery<Q, Columns>
where
    T: TenantTable,
    Q: QueryFragment<DB>,
    DB: Backend + HasSqlType<T::OrganizationType>,
    ScopeKey: ToSql<T::OrganizationType, DB>,
{
    fn walk_rows<'b>(&'b self, key: &'b ScopeKey, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("(");
        out.push_identifier(T::ORGANIZATION)?;
        (self.each_name)(&mut |name| {
            out.push_sql(", ");
            out.push_identifier(name)
        })?;
        out.push_sql(") SELECT ");
        bind_organization::<T, DB>(key, out.reborrow())?;
        out.push_sql(", rows.* FROM (");
        self.query.walk_ast(out.reborrow())?;
        // The condition keeps SQLite from reading a following ON CONFLICT as the ON of a join.
        out.push_sql(") AS rows WHERE 1 = 1");
        Ok(())
    }
}

/// A column of `T`, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of columns of `{T}` that a scope can fill",
    note = "leave the organization column out: the scope adds it",
    note = "TEN0004: see docs/errors/TEN0004.md"
)]
pub trait InsertColumns<T, How> {
    #[doc(hidden)]
    fn each_name(visit: &mut dyn FnMut(&str) -> QueryResult<()>) -> QueryResult<()>;
}

/// One column.
#[derive(Debug)]
pub struct One(());
/// A tuple of columns.
#[derive(Debug)]
pub struct Many(());

impl<T, C: Column<Table = T>> InsertColumns<T, One> for C {
    fn each_name(visit: &mut dyn FnMut(&str) -> QueryResult<()>) -> QueryResult<()> {
        visit(C::NAME)
    }
}

macro_rules! insert_columns {
    ($($first:ident $($rest:ident)*)?) => {
        $(
            impl<T, $first: Column<Table = T>, $($rest: Column<Table = T>),*> InsertColumns<T, Many> for ($first, $($rest,)*) {
                fn each_name(visit: &mut dyn FnMut(&str) -> QueryResult<()>) -> QueryResult<()> {
                    visit($first::NAME)?;
                    $(visit($rest::NAME)?;)*
                    Ok(())
                }
            }
            insert_columns!($($rest)*);
        )?
    };
}

insert_columns!(C1 C2 C3 C4 C5 C6 C7 C8 C9 C10 C11 C12 C13 C14 C15 C16);

impl<T, R, B, Ret, C, DB> QueryFragment<DB> for InsertInto<T, R, B, Ret, C>
where
    T: TenantTable,
    R: WalkRows<T, DB>,
    Ret: QueryFragment<DB>,
    C: ConflictClause<T, DB>,
    DB: Backend,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        if self.rows.is_empty() {
            out.push_sql("SELECT 1 FROM ");
            walk_table::<T, DB>(out.reborrow())?;
            out.push_sql(" WHERE 1 = 0");
            return Ok(());
        }
        out.push_sql("INSERT INTO ");
        walk_table::<T, DB>(out.reborrow())?;
        out.push_sql(" ");
        self.rows.walk_rows(&self.key, out.reborrow())?;
        self.conflict.walk_conflict(&self.key, out.reborrow())?;
        self.returning.walk_ast(out)
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
impl<T, R, B, Ret, C> super::statement::sealed::Statement<B, super::ByType> for InsertInto<T, R, B, Ret, C> {}
