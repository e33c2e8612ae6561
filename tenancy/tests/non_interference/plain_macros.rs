//! How the shapes read and write through plain diesel.

macro_rules! from {
    ($side:expr, $table:expr) => {
        $table
    };
}
macro_rules! insert_into {
    ($side:expr, $table:expr) => {
        diesel::insert_into($table)
    };
}
macro_rules! update {
    ($side:expr, $table:expr) => {
        diesel::update($table)
    };
}
macro_rules! delete {
    ($side:expr, $table:expr) => {
        diesel::delete($table)
    };
}
macro_rules! key {
    ($table:ident, $column:ident) => {
        $table::$column
    };
    ($table:ident, $first:ident, $second:ident) => {
        ($table::$first, $table::$second)
    };
}
macro_rules! alias {
    ($($tokens:tt)*) => {
        diesel::alias!($($tokens)*)
    };
}
macro_rules! either {
    ($statement:expr, $left:expr, $right:expr) => {
        $statement.filter($left.or($right))
    };
}
macro_rules! filter_conflict {
    ($statement:expr, $filter:expr) => {
        diesel::query_dsl::methods::FilterDsl::filter($statement, $filter)
    };
}
