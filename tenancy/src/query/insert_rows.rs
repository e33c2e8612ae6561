//! The rows of an INSERT: diesel's own values, with the organization in front of each.

use super::assigned;
use crate::isolation;
use crate::schema::TenantTable;
use crate::scope::{ScopeError, ScopeKey};
use diesel::backend::Backend;
use diesel::backend::sql_dialect::default_keyword_for_insert::{DoesNotSupportDefaultKeyword, IsoSqlDefaultKeyword};
use diesel::insertable::InsertValues;
use diesel::query_builder::{AsQuery, AstPass, BatchInsert, QueryFragment, QueryId, ValuesClause};
use diesel::serialize::ToSql;
use diesel::sql_types::HasSqlType;
use diesel::{Insertable, QueryResult, Table};
use std::marker::PhantomData;

/// Rows that a scope can insert into `T`: everything that diesel's `Insertable` is for this table, or a scoped query.
#[diagnostic::on_unimplemented(
    message = "these values cannot be inserted into `{T}`",
    label = "no rows of this table",
    note = "leave the organization column out: the scope adds it to every row",
    note = "rows are a struct that derives `Insertable` for this table, a tuple of `column.eq(value)`, a `Vec`, slice or array of either, or a scoped query",
    note = "TEN0004: run `tenancy explain TEN0004`"
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
pub trait StampedRows<T> {
    type Rows;
    fn stamped(self) -> Self::Rows;
}

impl<V, T> StampedRows<T> for ValuesClause<V, T> {
    type Rows = Self;

    fn stamped(self) -> Self {
        self
    }
}

impl<V, T, Id, const STATIC: bool> StampedRows<T> for BatchInsert<Vec<ValuesClause<V, T>>, T, Id, STATIC> {
    type Rows = Batch<V, T, Id, STATIC>;

    fn stamped(self) -> Self::Rows {
        Batch::of(self.values)
    }
}

/// Many rows given as values.
pub struct Batch<V, T, Id, const STATIC: bool> {
    rows: Vec<ValuesClause<V, T>>,
    id: PhantomData<fn() -> Id>,
}

impl<V, T, Id, const STATIC: bool> Batch<V, T, Id, STATIC> {
    pub(super) fn of(rows: Vec<ValuesClause<V, T>>) -> Self {
        Self { rows, id: PhantomData }
    }
}

// Unlike diesel's, which takes an array's length for all that its text depends on: a boxed value has one type for many texts.
impl<V: QueryId, T: 'static, Id: 'static, const STATIC: bool> QueryId for Batch<V, T, Id, STATIC> {
    type QueryId = Batch<V::QueryId, T, Id, STATIC>;
    const HAS_STATIC_QUERY_ID: bool = STATIC && V::HAS_STATIC_QUERY_ID;
}

#[diagnostic::do_not_recommend]
impl<T, U: Insertable<T>> InsertRows<T, Given> for U
where
    U::Values: StampedRows<T>,
{
    type Rows = <U::Values as StampedRows<T>>::Rows;

    fn rows(self) -> Self::Rows {
        self.values().stamped()
    }
}

#[diagnostic::do_not_recommend]
impl<T, Q: AsQuery> InsertRows<T, Selected> for Q {
    type Rows = FromQuery<Q::Query, ()>;

    fn rows(self) -> Self::Rows {
        FromQuery { query: self.as_query(), each_name: |_| Ok(()), columns: PhantomData }
    }
}

/// Visits the names of a column list.
type EachName = fn(&mut dyn FnMut(&str) -> QueryResult<()>) -> QueryResult<()>;

/// `(org_id, <columns>) SELECT $1, rows.* FROM (<query>) AS rows`.
#[derive(Debug, Clone, Copy)]
pub struct FromQuery<Q, Columns> {
    pub(super) query: Q,
    pub(super) each_name: EachName,
    pub(super) columns: PhantomData<fn() -> Columns>,
}

impl<Q: QueryId, C: 'static> QueryId for FromQuery<Q, C> {
    type QueryId = FromQuery<Q::QueryId, C>;
    const HAS_STATIC_QUERY_ID: bool = Q::HAS_STATIC_QUERY_ID;
}

/// Every column left to its default.
#[derive(Debug, Clone, Copy, QueryId)]
pub struct OnlyTheOrganization;

/// How the rows are written, the organization first.
#[doc(hidden)]
pub trait WalkRows<T, DB: Backend>: Sized {
    /// The rows of the first statement, and of the further ones where the database cannot take all in one.
    fn parts(self, _backend: &DB) -> QueryResult<(Self, Vec<Self>)> {
        Ok((self, Vec::new()))
    }

    fn walk_rows<'b>(&'b self, key: &'b ScopeKey, out: AstPass<'_, 'b, DB>) -> QueryResult<()>;
}

/// The columns of a row besides the organization, behind a comma. Rows of one statement have the same ones.
fn walk_columns<'b, T, V, DB>(values: &'b V, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
where
    T: TenantTable,
    V: InsertValues<DB, T>,
    DB: Backend<QueryBuilder: Default>,
{
    if values.is_noop(out.backend())? {
        return Ok(());
    }
    // A column is a type that any author may write.
    if assigned::is_reading() && assigned::lists(&column_names::<T, V, DB>(values, out.backend())?, T::ORGANIZATION) {
        return Err(ScopeError::OrganizationAssigned.into());
    }
    out.push_sql(", ");
    values.column_names(out)
}

/// The values of a row, behind a comma.
fn walk_values<'b, T, V, DB>(values: &'b V, only_organization: bool, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
where
    T: TenantTable,
    V: InsertValues<DB, T>,
    DB: Backend,
{
    if only_organization {
        return Ok(());
    }
    out.push_sql(", ");
    values.walk_ast(out)
}

impl<T, V, DB> WalkRows<T, DB> for ValuesClause<V, T>
where
    T: TenantTable,
    V: InsertValues<DB, T>,
    DB: Backend<QueryBuilder: Default> + HasSqlType<T::OrganizationType>,
    ScopeKey: ToSql<T::OrganizationType, DB>,
{
    fn walk_rows<'b>(&'b self, key: &'b ScopeKey, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let only_organization = self.values.is_noop(out.backend())?;
        let columns = |out: AstPass<'_, 'b, DB>| walk_columns::<T, V, DB>(&self.values, out);
        let row = |out: AstPass<'_, 'b, DB>| walk_values::<T, V, DB>(&self.values, only_organization, out);
        isolation::insert_values::<T, DB, _>(key, columns, [row], out)
    }
}

impl<T, DB> WalkRows<T, DB> for OnlyTheOrganization
where
    T: TenantTable,
    DB: Backend + HasSqlType<T::OrganizationType>,
    ScopeKey: ToSql<T::OrganizationType, DB>,
{
    fn walk_rows<'b>(&'b self, key: &'b ScopeKey, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        isolation::insert_values::<T, DB, _>(key, |_| Ok(()), [|_: AstPass<'_, 'b, DB>| Ok(())], out)
    }
}

impl<T, V, Id, DB, const STATIC: bool> WalkRows<T, DB> for Batch<V, T, Id, STATIC>
where
    T: TenantTable,
    V: InsertValues<DB, T>,
    DB: Backend<QueryBuilder: Default> + HasSqlType<T::OrganizationType>,
    DB::InsertWithDefaultKeyword: SharedColumns<T, V, DB>,
    ScopeKey: ToSql<T::OrganizationType, DB>,
{
    fn parts(mut self, backend: &DB) -> QueryResult<(Self, Vec<Self>)> {
        let Some(groups) = <DB::InsertWithDefaultKeyword>::groups(&self.rows, backend)? else {
            return Ok((self, Vec::new()));
        };
        let mut others = Vec::with_capacity(groups.len());
        // From the end, so that no row moves twice.
        for size in groups.into_iter().skip(1).rev() {
            let rows = self.rows.split_off(self.rows.len() - size);
            others.push(Batch { rows, id: PhantomData });
        }
        others.reverse();
        Ok((self, others))
    }

    fn walk_rows<'b>(&'b self, key: &'b ScopeKey, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        if !STATIC {
            out.unsafe_to_cache_prepared();
        }
        // A scoped connection has sent these in parts; another way here must not write one row's values under another's
        // names.
        if <DB::InsertWithDefaultKeyword>::groups(&self.rows, out.backend())?.is_some() {
            return Err(diesel::result::Error::QueryBuilderError(UNEVEN.into()));
        }
        let Some(first) = self.rows.first() else {
            // No rows, which count none.
            let selected = |mut out: AstPass<'_, 'b, DB>| {
                out.push_sql(" WHERE 1 = 0");
                Ok(())
            };
            return isolation::insert_selected::<T, DB>(key, |_| Ok(()), selected, out);
        };
        let only_organization = first.values.is_noop(out.backend())?;
        let columns = |out: AstPass<'_, 'b, DB>| walk_columns::<T, V, DB>(&first.values, out);
        let rows = self
            .rows
            .iter()
            .map(|row| move |out: AstPass<'_, 'b, DB>| walk_values::<T, V, DB>(&row.values, only_organization, out));
        isolation::insert_values::<T, DB, _>(key, columns, rows, out)
    }
}

const UNEVEN: &str = "rows of one insert leave different columns out, and this database has no DEFAULT keyword: run it on \
                      a scoped connection, which sends them in groups";

/// Which rows of a batch can share one column list. SQLite has no `DEFAULT` keyword, so there a row that leaves a column
/// out cannot stand beside one that does not.
#[doc(hidden)]
pub trait SharedColumns<T, V, DB: Backend> {
    /// The sizes of the groups, when there is more than one.
    fn groups(rows: &[ValuesClause<V, T>], backend: &DB) -> QueryResult<Option<Vec<usize>>>;
}

impl<T, V, DB: Backend> SharedColumns<T, V, DB> for IsoSqlDefaultKeyword {
    fn groups(_rows: &[ValuesClause<V, T>], _backend: &DB) -> QueryResult<Option<Vec<usize>>> {
        Ok(None)
    }
}

impl<T: Table, V, DB> SharedColumns<T, V, DB> for DoesNotSupportDefaultKeyword
where
    DB: Backend<QueryBuilder: Default>,
    V: InsertValues<DB, T> + QueryId,
{
    fn groups(rows: &[ValuesClause<V, T>], backend: &DB) -> QueryResult<Option<Vec<usize>>> {
        // Diesel gives a static id only to values that name every column of their type.
        if V::HAS_STATIC_QUERY_ID {
            return Ok(None);
        }
        let mut groups = Vec::new();
        let mut last = None;
        for row in rows {
            let names = Some(column_names::<T, V, DB>(&row.values, backend)?);
            match groups.last_mut() {
                Some(size) if last == names => *size += 1,
                _ => groups.push(1),
            }
            last = names;
        }
        Ok((groups.len() > 1).then_some(groups))
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
    fn walk_rows<'b>(&'b self, key: &'b ScopeKey, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let columns = |mut out: AstPass<'_, 'b, DB>| {
            (self.each_name)(&mut |name| {
                if name.eq_ignore_ascii_case(T::ORGANIZATION) {
                    return Err(ScopeError::OrganizationAssigned.into());
                }
                out.push_sql(", ");
                out.push_identifier(name)
            })
        };
        let selected = |mut out: AstPass<'_, 'b, DB>| {
            out.push_sql(", rows.* FROM (");
            self.query.walk_ast(out.reborrow())?;
            // The condition keeps SQLite from reading a following ON CONFLICT as the ON of a join.
            out.push_sql(") AS rows WHERE 1 = 1");
            Ok(())
        };
        isolation::insert_selected::<T, DB>(key, columns, selected, out)
    }
}
