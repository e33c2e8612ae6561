//! Queries that start from a record's type: children of records, and the rows of a model.

use super::ScopedFrom;
use crate::schema::{ScopedModel, TenantTable};
use crate::scope::OrgScope;
use diesel::associations::{BelongsTo, Identifiable};
use diesel::dsl::{AsSelect, Eq, EqAny, Filter, Select};
use diesel::expression::array_comparison::AsInExpression;
use diesel::expression::{AsExpression, Expression, Selectable};
use diesel::query_builder::Query;
use diesel::query_dsl::methods::{FilterDsl, SelectDsl};
use diesel::query_source::Column;
use diesel::sql_types::SqlType;
use diesel::{ExpressionMethods, SelectableHelper};
use std::marker::PhantomData;

/// Which children are asked for: the rows of `Table` for which `Predicate` holds.
#[doc(hidden)]
pub trait Children {
    type Table: TenantTable;
    type Predicate;
}

/// The children of one parent.
#[derive(Debug)]
pub struct OfOne<Table, Predicate>(PhantomData<(Table, Predicate)>);
/// The children of several parents.
#[derive(Debug)]
pub struct OfMany<Table, Predicate>(PhantomData<(Table, Predicate)>);

impl<T: TenantTable, P> Children for OfOne<T, P> {
    type Table = T;
    type Predicate = P;
}

impl<T: TenantTable, P> Children for OfMany<T, P> {
    type Table = T;
    type Predicate = P;
}

/// Whose children are asked for: a reference to a record, or to a slice or a `Vec` of records. `Which` is inferred.
#[diagnostic::on_unimplemented(
    message = "`{Child}` does not belong to `{Self}`",
    label = "no parents of this record",
    note = "parents are given by reference: `&user`, `&[User]`, `&Vec<User>`",
    note = "the parent derives `tenancy::Identifiable`, the child `Associations` with `#[diesel(belongs_to(Parent))]`"
)]
pub trait Parents<Child, Which: Children> {
    #[doc(hidden)]
    fn predicate(self) -> Which::Predicate;
}

type ForeignKey<Child, Parent> = <Child as BelongsTo<Parent>>::ForeignKeyColumn;
type TableOf<Child, Parent> = <ForeignKey<Child, Parent> as Column>::Table;
type Id<R> = <R as Identifiable>::Id;

type IsOne<'a, Child, Parent> = OfOne<TableOf<Child, Parent>, Eq<ForeignKey<Child, Parent>, Id<&'a Parent>>>;
type IsAny<'a, Child, Parent> = OfMany<TableOf<Child, Parent>, EqAny<ForeignKey<Child, Parent>, Vec<Id<&'a Parent>>>>;

impl<'a, Parent, Child> Parents<Child, IsOne<'a, Child, Parent>> for &'a Parent
where
    Child: BelongsTo<Parent>,
    ForeignKey<Child, Parent>: Column<Table: TenantTable> + ExpressionMethods + Expression<SqlType: SqlType>,
    &'a Parent: Identifiable,
    Id<&'a Parent>: AsExpression<<ForeignKey<Child, Parent> as Expression>::SqlType>,
{
    fn predicate(self) -> Eq<ForeignKey<Child, Parent>, Id<&'a Parent>> {
        Child::foreign_key_column().eq(self.id())
    }
}

impl<'a, Parent, Child> Parents<Child, IsAny<'a, Child, Parent>> for &'a [Parent]
where
    Child: BelongsTo<Parent>,
    ForeignKey<Child, Parent>: Column<Table: TenantTable> + ExpressionMethods + Expression<SqlType: SqlType>,
    &'a Parent: Identifiable,
    Vec<Id<&'a Parent>>: AsInExpression<<ForeignKey<Child, Parent> as Expression>::SqlType>,
{
    fn predicate(self) -> EqAny<ForeignKey<Child, Parent>, Vec<Id<&'a Parent>>> {
        Child::foreign_key_column().eq_any(self.iter().map(Identifiable::id).collect::<Vec<_>>())
    }
}

impl<'a, Parent, Child> Parents<Child, IsAny<'a, Child, Parent>> for &'a Vec<Parent>
where
    Child: BelongsTo<Parent>,
    ForeignKey<Child, Parent>: Column<Table: TenantTable> + ExpressionMethods + Expression<SqlType: SqlType>,
    &'a Parent: Identifiable,
    Vec<Id<&'a Parent>>: AsInExpression<<ForeignKey<Child, Parent> as Expression>::SqlType>,
{
    fn predicate(self) -> EqAny<ForeignKey<Child, Parent>, Vec<Id<&'a Parent>>> {
        Child::foreign_key_column().eq_any(self.iter().map(Identifiable::id).collect::<Vec<_>>())
    }
}

impl<B> OrgScope<B> {
    /// The children of one record or of several, as a query: `scope.belonging_to::<Post, _>(&user)`.
    ///
    /// The twin of diesel's `Post::belonging_to(&user)`. Diesel's own [`grouped_by`](diesel::GroupedBy) sorts the children
    /// by parent.
    pub fn belonging_to<Child, Which: Children>(
        &self,
        parents: impl Parents<Child, Which>,
    ) -> Filter<<Which::Table as TenantTable>::Scoped<B>, Which::Predicate>
    where
        <Which::Table as TenantTable>::Scoped<B>: FilterDsl<Which::Predicate>,
    {
        FilterDsl::filter(Which::Table::__scoped(ScopedFrom::of(self.key())), parents.predicate())
    }

    /// The rows of a model, with the model's own selection: `scope.query::<Invoice, _>()`.
    ///
    /// The twin of diesel's `Invoice::query()`, for records that derive [`HasQuery`](crate::HasQuery). The second parameter
    /// is the backend, which is inferred.
    pub fn query<M, DB>(&self) -> Select<<M::Table as TenantTable>::Scoped<B>, AsSelect<M, DB>>
    where
        DB: diesel::backend::Backend,
        M: ScopedModel + Selectable<DB>,
        AsSelect<M, DB>: Expression,
        <M::Table as TenantTable>::Scoped<B>: SelectDsl<AsSelect<M, DB>, Output: Query>,
    {
        SelectDsl::select(M::Table::__scoped(ScopedFrom::of(self.key())), M::as_select())
    }
}
