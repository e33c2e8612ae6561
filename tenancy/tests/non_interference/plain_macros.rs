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
/// Inserts several rows one after the other, all or none: on SQLite diesel has no batch that gives rows back.
macro_rules! batch {
    ($side:expr, $table:expr, $rows:expr, |$statement:ident| $finished:expr => $row:ty) => {{
        let mut all = Ok(Vec::new());
        diesel_async::SimpleAsyncConnection::batch_execute(&mut $side.conn, "BEGIN").await.expect("BEGIN");
        for row in $rows {
            let $statement = diesel::insert_into($table).values(row);
            let one = $finished.load::<$row>(&mut $side.conn).await;
            all = all.and_then(|mut rows: Vec<$row>| {
                rows.extend(one?);
                Ok(rows)
            });
            if all.is_err() {
                break;
            }
        }
        let end = if all.is_ok() { "COMMIT" } else { "ROLLBACK" };
        diesel_async::SimpleAsyncConnection::batch_execute(&mut $side.conn, end).await.expect(end);
        crate::side::bag(all)
    }};
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
