//! A raw diesel connection to SQLite in memory, for both sides.

use super::{Bench, scope};
use crate::list::{batches, statements};
use crate::schema::{self, ORGANIZATION_BYTES, plain_sqlite as p, scoped as t};
use diesel::connection::SimpleConnection;
use diesel::dsl::{exists, sum};
use diesel::prelude::*;
use diesel::sqlite::Sqlite as DB;
use diesel::upsert::excluded;
use std::hint::black_box;
use tenancy_testkit::TestKit;

macro_rules! run {
    (load $row:tt, $statement:expr, $conn:ident) => {
        black_box(black_box($statement).load::<$row>(&mut $conn).expect("rows"))
    };
    (execute $row:tt, $statement:expr, $conn:ident) => {
        black_box(black_box($statement).execute(&mut $conn).expect("a count"))
    };
}

macro_rules! pairs {
    (
        ($bench:ident, $ours:ident, $theirs:ident)
        $($name:literal $how:ident $row:tt |$s:ident| $scoped:expr, |$o:ident| $plain:expr;)*
    ) => {{
        let kit = TestKit::new();
        $({
            let $s = scope(&kit);
            let $o = black_box(ORGANIZATION_BYTES.as_slice());
            $bench.pair(
                $name,
                &mut || { run!($how $row, $scoped, $ours); },
                &mut || { run!($how $row, $plain, $theirs); },
            );
        })*
    }};
}

#[expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "both sides run on a connection without a scope"
)]
fn open() -> SqliteConnection {
    let mut conn = SqliteConnection::establish(":memory:").expect("a database in memory");
    conn.batch_execute(&schema::ddl(false)).expect("tables and rows");
    conn
}

pub(super) fn sqlite(bench: &mut dyn Bench) {
    let (mut ours, mut theirs) = (open(), open());
    statements!(pairs!(bench, ours, theirs));
    batches!(pairs!(bench, ours, theirs));
}
