//! The derives' output compiles with diesel itself and does what diesel's own derives do.
//!
//! A module stands in for what the derives name in `tenancy`. This is not in the macro crate because that crate's tests
//! are built for the host, with a second diesel that the whole workspace's features do not fit.
#![allow(missing_docs)]
// `schema!` would need `tenancy` itself.
#![allow(clippy::disallowed_macros)]
#![cfg(feature = "postgres")]

use diesel::prelude::*;
use tenancy_macros::{HasQuery, Identifiable};

pub mod stand_in {
    pub mod schema {
        pub trait ScopedModel {
            type Table: diesel::Table;
        }
    }

    pub mod query {
        pub trait BelongsThroughAScope<Child> {}
    }

    /// A table to the type checker that no statement accepts.
    pub mod __private {
        use std::marker::PhantomData;

        pub use diesel;
        use diesel::expression::{ValidGrouping, is_aggregate};
        use diesel::query_builder::{AsQuery, Query};
        use diesel::{AppearsOnTable, Expression, QuerySource, SelectableExpression, Table};

        pub struct NoTableValue<T>(PhantomData<T>);

        impl<T> NoTableValue<T> {
            #[allow(clippy::new_without_default)]
            pub fn new() -> Self {
                Self(PhantomData)
            }
        }

        pub struct Unscoped<T>(PhantomData<T>);

        pub fn no_statement() -> ! {
            unreachable!("the methods that answer with it are never called")
        }

        /// A query and an expression that render as nothing, so that nothing runs them.
        pub struct Rejection;

        impl Query for Rejection {
            type SqlType = diesel::sql_types::Bool;
        }

        impl Expression for Rejection {
            type SqlType = diesel::sql_types::Bool;
        }

        impl<QS> AppearsOnTable<QS> for Rejection {}
        impl<QS> SelectableExpression<QS> for Rejection {}

        impl ValidGrouping<()> for Rejection {
            type IsAggregate = is_aggregate::Never;
        }

        impl<T> AsQuery for NoTableValue<T> {
            type SqlType = diesel::sql_types::Bool;
            type Query = Rejection;

            fn as_query(self) -> Rejection {
                Rejection
            }
        }

        impl<T> QuerySource for NoTableValue<T> {
            type FromClause = Rejection;
            type DefaultSelection = Rejection;

            fn from_clause(&self) -> Rejection {
                Rejection
            }

            fn default_selection(&self) -> Rejection {
                Rejection
            }
        }

        impl<T> Table for NoTableValue<T> {
            type PrimaryKey = Rejection;
            type AllColumns = Rejection;

            fn primary_key(&self) -> Rejection {
                Rejection
            }

            fn all_columns() -> Rejection {
                Rejection
            }
        }
    }
}

diesel::table! {
    customers (id) {
        id -> Int4,
        name -> Text,
    }
}

diesel::table! {
    invoices (id) {
        id -> Int4,
        customer_id -> Int4,
        #[sql_name = "type"]
        type_ -> Text,
        paid_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    invoice_lines (invoice_id, number) {
        invoice_id -> Int4,
        number -> Int2,
    }
}

diesel::joinable!(invoices -> customers (customer_id));
diesel::allow_tables_to_appear_in_same_query!(customers, invoices);

#[derive(HasQuery, Identifiable, Debug, PartialEq)]
#[diesel(check_for_backend(diesel::pg::Pg))]
#[tenancy(crate = crate::stand_in)]
struct Customer {
    id: i32,
    name: String,
}

// Both derives on one record, with diesel's own `Associations`: nothing clashes.
#[derive(HasQuery, Identifiable, Associations, Debug, PartialEq)]
#[diesel(table_name = invoices, belongs_to(Customer))]
#[diesel(check_for_backend(diesel::pg::Pg))]
#[tenancy(crate = crate::stand_in)]
struct Invoice<'a> {
    id: i32,
    customer_id: i32,
    #[diesel(column_name = type_)]
    kind: std::borrow::Cow<'a, str>,
    #[diesel(select_expression = invoices::paid_at.is_not_null())]
    paid: bool,
}

#[derive(Identifiable, PartialEq)]
#[diesel(table_name = crate::invoice_lines, primary_key(invoice_id, number))]
#[tenancy(crate = crate::stand_in)]
struct Line(#[diesel(column_name = invoice_id)] i32, #[diesel(column_name = number, serialize_as = i16)] Number);

#[derive(HasQuery)]
#[diesel(table_name = invoices, check_for_backend(diesel::pg::Pg))]
#[tenancy(crate = crate::stand_in)]
#[allow(dead_code)]
struct InvoiceOf {
    #[diesel(embed)]
    customer: Customer,
    id: i32,
}

/// The derives name everything by absolute paths.
#[no_implicit_prelude]
#[allow(dead_code)]
mod without_prelude {
    #[derive(::tenancy_macros::HasQuery, ::tenancy_macros::Identifiable)]
    #[diesel(table_name = super::customers, check_for_backend(::diesel::pg::Pg))]
    #[tenancy(crate = crate::stand_in)]
    struct Customer {
        id: i32,
        name: ::std::string::String,
    }
}

#[derive(Clone, Copy, PartialEq)]
struct Number(i16);

impl From<Number> for i16 {
    fn from(number: Number) -> Self {
        number.0
    }
}

fn invoice(id: i32, customer_id: i32) -> Invoice<'static> {
    Invoice { id, customer_id, kind: "credit".into(), paid: false }
}

#[test]
fn ids_are_diesels() {
    assert_eq!(*(&Customer { id: 7, name: String::new() }).id(), 7);
    assert_eq!((&Line(7, Number(2))).id(), (&7, 2));
}

#[test]
fn children_are_grouped_by_their_parents() {
    let parents = [Customer { id: 1, name: "A".into() }, Customer { id: 2, name: "B".into() }];
    let grouped = vec![invoice(10, 2), invoice(11, 1), invoice(12, 2)].grouped_by(&parents);
    assert_eq!(grouped, [vec![invoice(11, 1)], vec![invoice(10, 2), invoice(12, 2)]]);
}

#[test]
fn selections_are_diesels() {
    let query = invoices::table.select(Invoice::as_select());
    let sql = diesel::debug_query::<diesel::pg::Pg, _>(&query).to_string();
    let wanted =
        r#"SELECT "invoices"."id", "invoices"."customer_id", "invoices"."type", ("invoices"."paid_at" IS NOT NULL)"#;
    assert!(sql.starts_with(wanted), "{sql}");
}

#[test]
fn embedded_records_are_selected_with_their_own_columns() {
    let query = invoices::table.inner_join(customers::table).select(InvoiceOf::as_select());
    let sql = diesel::debug_query::<diesel::pg::Pg, _>(&query).to_string();
    let wanted = r#"SELECT "customers"."id", "customers"."name", "invoices"."id""#;
    assert!(sql.starts_with(wanted), "{sql}");
}

#[test]
fn records_name_their_table() {
    fn table_of<M: stand_in::schema::ScopedModel<Table = T>, T>(_: T) {}
    table_of::<Customer, _>(customers::table);
    table_of::<Invoice<'_>, _>(invoices::table);
}

/// Does not compile if the type implements the trait: then two impls of `Refutes` fit and `A` is ambiguous.
macro_rules! assert_not_impl {
    ($ty:ty: $bound:path) => {
        const _: fn() = || {
            struct Implements;
            trait Refutes<A> {
                fn it() {}
            }
            impl<T: ?Sized> Refutes<()> for T {}
            impl<T: ?Sized + $bound> Refutes<Implements> for T {}
            let _ = <$ty as Refutes<_>>::it;
        };
    };
}

// The table behind a record accepts no statement.
assert_not_impl!(Invoice<'static>: diesel::BelongingToDsl<&'static Customer>);
assert_not_impl!(Invoice<'static>: diesel::BelongingToDsl<&'static [Customer]>);
assert_not_impl!(&'static Customer: diesel::query_builder::IntoUpdateTarget);
assert_not_impl!(stand_in::__private::NoTableValue<customers::table>: diesel::query_builder::IntoUpdateTarget);
assert_not_impl!(stand_in::__private::NoTableValue<customers::table>: diesel::query_dsl::methods::FindDsl<i32>);
assert_not_impl!(Customer: diesel::HasQuery<diesel::pg::Pg>);
