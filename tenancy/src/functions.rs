//! Built-in functions of the databases that diesel has no name for and that are safe in every statement: each computes
//! something from its arguments, reads no table and runs no SQL.
//!
//! `clippy.toml` bans `define_sql_function!`, because a function can do all of that; these need no exception.
//!
//! ```
//! use tenancy::functions::{coalesce, lower};
//! use tenancy::prelude::*;
//! # tenancy::schema! { diesel::table! { parties (id) { id -> Integer, org_id -> Binary, name -> Text, note -> Nullable<Text>, } } }
//! # fn f(scope: &OrgScope) {
//! let named = scope.from(parties::table).filter(lower(parties::name).eq("ada"));
//! let notes = named.select(coalesce(parties::note, "-"));
//! # }
//! # fn main() {}
//! ```
#![allow(missing_docs, reason = "diesel's macro writes types beside the functions")]
#![allow(clippy::disallowed_types, reason = "the macro's expansion for SQLite names the connection")]

use diesel::expression::functions::declare_sql_function;
use diesel::sql_types::{BigInt, Double, Integer, Nullable, SingleValue, SqlType, Text};

/// Text, or text that may be NULL.
pub trait AnyText: SqlType + SingleValue {}
impl AnyText for Text {}
impl AnyText for Nullable<Text> {}

/// A point in time, with or without a zone, or one that may be NULL.
#[cfg(feature = "postgres")]
pub trait AnyTimestamp: SqlType + SingleValue {}
#[cfg(feature = "postgres")]
mod timestamps {
    use super::AnyTimestamp;
    use diesel::sql_types::{Nullable, Timestamp, Timestamptz};

    impl AnyTimestamp for Timestamp {}
    impl AnyTimestamp for Timestamptz {}
    impl AnyTimestamp for Nullable<Timestamp> {}
    impl AnyTimestamp for Nullable<Timestamptz> {}
}

/// A type of one value that is not NULL.
pub trait AnyValue: SqlType<IsNull = diesel::sql_types::is_nullable::NotNull> + SingleValue {}
impl<ST: SqlType<IsNull = diesel::sql_types::is_nullable::NotNull> + SingleValue> AnyValue for ST {}

// On PostgreSQL and on SQLite.
#[declare_sql_function]
extern "SQL" {
    /// `lower(text)`
    fn lower<ST: AnyText>(text: ST) -> ST;

    /// `upper(text)`
    fn upper<ST: AnyText>(text: ST) -> ST;

    /// `trim(text)`: without blanks at both ends.
    fn trim<ST: AnyText>(text: ST) -> ST;

    /// `replace(text, from, to)`
    fn replace<ST: AnyText>(text: ST, from: Text, to: Text) -> ST;

    /// `substr(text, start, count)`: `count` characters from the `start`th on, the first of which is 1.
    fn substr<ST: AnyText>(text: ST, start: Integer, count: Integer) -> ST;

    /// `coalesce(value, otherwise)`: the value, or the other where it is NULL.
    fn coalesce<ST: AnyValue>(value: Nullable<ST>, otherwise: ST) -> ST;

    /// `nullif(value, nothing)`: the value, or NULL where the two are equal.
    fn nullif<ST: AnyValue>(value: ST, nothing: ST) -> Nullable<ST>;

    /// `abs(number)` of an integer.
    #[sql_name = "abs"]
    fn abs_of_integer(number: Integer) -> Integer;

    /// `abs(number)` of a big integer.
    #[sql_name = "abs"]
    fn abs_of_big_integer(number: BigInt) -> BigInt;

    /// `abs(number)` of a number with a fraction.
    #[sql_name = "abs"]
    fn abs_of_double(number: Double) -> Double;
}

// On PostgreSQL alone.
#[cfg(feature = "postgres")]
#[declare_sql_function]
extern "SQL" {
    /// `date_trunc(field, source)`: the point in time without what is smaller than `field`, `'month'` say.
    fn date_trunc<ST: AnyTimestamp>(field: Text, source: ST) -> ST;

    /// `char_length(text)`
    #[sql_name = "char_length"]
    fn characters(text: Text) -> Integer;
}
