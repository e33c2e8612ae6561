//! How the shapes run what they built, on either side.

macro_rules! load {
    ($side:expr, $query:expr => $row:ty, $how:ident) => {{
        let query = $query;
        $side.says::<Backend, _>(&query);
        crate::side::$how(query.load::<$row>(&mut $side.conn).await)
    }};
}
/// Runs a query that asks for no order.
macro_rules! bag {
    ($side:expr, $query:expr => $row:ty) => {
        load!($side, $query => $row, bag)
    };
}
/// Runs a query whose order leaves no choice.
macro_rules! ordered {
    ($side:expr, $query:expr => $row:ty) => {
        load!($side, $query => $row, ordered)
    };
}
/// Runs a write and counts the rows that it touched.
macro_rules! counted {
    ($side:expr, $statement:expr) => {{
        let statement = $statement;
        $side.says::<Backend, _>(&statement);
        crate::side::counted(statement.execute(&mut $side.conn).await)
    }};
}
