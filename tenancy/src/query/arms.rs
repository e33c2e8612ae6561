//! Diesel's set operations, taken apart into their arms.
//!
//! Diesel keeps the type of a set operation to itself. It names it in aliases, though: `dsl::Union<L, R>` is
//! `CombinationClause<Union, Distinct, <L as CombineDsl>::Query, <R as AsQuery>::Query>`. [`Arm`] is both of these for every
//! query, so `dsl::Union<Arm<L>, Arm<R>>` is the set operation of `L` and `R`, and no other type is.

use diesel::dsl;
use diesel::query_builder::{AsQuery, Query, SelectQuery};
use diesel::query_dsl::methods::{LimitDsl, OffsetDsl};
use diesel::query_dsl::positional_order_dsl::{IntoPositionalOrderExpr, PositionalOrderDsl, PositionalOrderExpr};
use std::convert::Infallible;
use std::marker::PhantomData;

/// Stands for an arm in the name of a set operation's type. It has no value.
#[derive(Debug)]
pub struct Arm<Q>(PhantomData<Q>, Infallible);

impl<Q: Query> AsQuery for Arm<Q> {
    type SqlType = Q::SqlType;
    type Query = Q;

    fn as_query(self) -> Q {
        match self.1 {}
    }
}

/// The same for what `positional_order_by` orders by.
#[derive(Debug)]
pub struct OrderedBy<E>(PhantomData<E>, Infallible);

impl<E: PositionalOrderExpr> IntoPositionalOrderExpr for OrderedBy<E> {
    type Output = E;

    fn into_positional_expr(self) -> E {
        match self.1 {}
    }
}

/// A set operation of diesel's, of `L` and `R`. `Form` tells the impls apart and is inferred.
pub trait SetOperation<L, R, Form> {}

/// The number of a combination of clauses, and what orders it.
#[derive(Debug)]
pub struct Form<E, const CLAUSES: u8>(PhantomData<E>);

type Ordered<Q, E> = <Q as PositionalOrderDsl<OrderedBy<E>>>::Output;
type Limited<Q> = <Q as LimitDsl>::Output;
type Offset<Q> = <Q as OffsetDsl>::Output;

macro_rules! set_operations {
    ($($name:ident $method:ident $forms:tt,)*) => {
        impl<Q: Query> diesel::CombineDsl for Arm<Q> {
            type Query = Q;

            $(
                fn $method<Rhs>(self, _: Rhs) -> dsl::$name<Self, Rhs>
                where
                    Rhs: AsQuery<SqlType = Q::SqlType>,
                {
                    match self.1 {}
                }
            )*
        }

        $(forms!($forms dsl::$name<Arm<L>, Arm<R>>);)*
    };
}

/// With and without ORDER BY, LIMIT and OFFSET.
macro_rules! forms {
    ([$f0:literal $f1:literal $f2:literal $f3:literal $f4:literal $f5:literal $f6:literal $f7:literal] $of:ty) => {
        forms!(@one () $f0 $of);
        forms!(@one () $f1 Limited<$of>);
        forms!(@one () $f2 Offset<$of>);
        forms!(@one () $f3 Offset<Limited<$of>>);
        forms!(@one E $f4 Ordered<$of, E>);
        forms!(@one E $f5 Limited<Ordered<$of, E>>);
        forms!(@one E $f6 Offset<Ordered<$of, E>>);
        forms!(@one E $f7 Offset<Limited<Ordered<$of, E>>>);
    };
    (@one () $form:literal $operation:ty) => {
        impl<L, R> SetOperation<L, R, Form<(), $form>> for $operation
        where
            L: Query + SelectQuery,
            R: Query + SelectQuery<SqlType = <L as SelectQuery>::SqlType>,
        {
        }
    };
    (@one E $form:literal $operation:ty) => {
        impl<L, R, E> SetOperation<L, R, Form<E, $form>> for $operation
        where
            L: Query + SelectQuery,
            R: Query + SelectQuery<SqlType = <L as SelectQuery>::SqlType>,
            E: PositionalOrderExpr,
        {
        }
    };
}

set_operations! {
    Union union [0 1 2 3 4 5 6 7],
    UnionAll union_all [8 9 10 11 12 13 14 15],
    Intersect intersect [16 17 18 19 20 21 22 23],
    IntersectAll intersect_all [24 25 26 27 28 29 30 31],
    Except except [32 33 34 35 36 37 38 39],
    ExceptAll except_all [40 41 42 43 44 45 46 47],
}
