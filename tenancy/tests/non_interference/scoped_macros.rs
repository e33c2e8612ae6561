//! How the shapes read and write through `tenancy`.

macro_rules! from {
    ($side:expr, $table:expr) => {
        $side.scope.from($table)
    };
}
macro_rules! insert_into {
    ($side:expr, $table:expr) => {
        $side.scope.insert_into($table)
    };
}
macro_rules! update {
    ($side:expr, $table:expr) => {
        $side.scope.update($table)
    };
}
macro_rules! delete {
    ($side:expr, $table:expr) => {
        $side.scope.delete($table)
    };
}
/// A unique key of the table, which in the database of many contains the organization.
macro_rules! key {
    ($table:ident, $column:ident) => {
        ($table::org_id, $table::$column)
    };
    ($table:ident, $first:ident, $second:ident) => {
        ($table::org_id, $table::$first, $table::$second)
    };
}
macro_rules! alias {
    ($($tokens:tt)*) => {
        tenancy::alias!($($tokens)*)
    };
}
/// Inserts several rows in one statement, and gives them back.
macro_rules! batch {
    ($side:expr, $table:expr, $rows:expr, |$statement:ident| $finished:expr => $row:ty) => {{
        let $statement = $side.scope.insert_into($table).values($rows);
        bag!($side, $finished => $row)
    }};
}
/// A filter that is given in two calls where the side has both.
macro_rules! either {
    ($statement:expr, $left:expr, $right:expr) => {
        $statement.filter($left).or_filter($right)
    };
}
macro_rules! filter_conflict {
    ($statement:expr, $filter:expr) => {
        $statement.filter($filter)
    };
}
