//! The review of a text that is new to a pool, against the server's own preparing of it.

use super::asynchronous::{filled, open, runtime};
use super::{Bench, scope};
use crate::list::{batches, statements};
use crate::schema::{ORGANIZATION, plain_pg, scoped as t};
use diesel::debug_query;
use diesel::dsl::{exists, sum};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use std::hint::black_box;
use tenancy::db::{Dialect, StatementReview};
use tenancy_testkit::TestKit;

macro_rules! pairs {
    (
        ($bench:ident, $runtime:ident, $kit:ident, $review:ident, $server:ident)
        $($name:literal $how:ident $row:tt |$s:ident| $scoped:expr, |$o:ident| $plain:expr;)*
    ) => {$({
        let $s = scope(&$kit);
        let rendered = debug_query::<DB, _>(&$scoped).to_string();
        let text = rendered.rsplit_once(" -- binds: ").expect("binds are shown").0.to_owned();
        let prepare = format!("PREPARE one AS {text}; DEALLOCATE one");
        let $o = ORGANIZATION;
        // The twin is not run here.
        black_box(&$plain);
        $bench.pair(
            $name,
            &mut || { black_box($review.read(black_box(&text)).expect("it is approved")); },
            &mut || { $runtime.block_on($server.batch_execute(&prepare)).expect("it is prepared"); },
        );
    })*};
}

#[expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "the server prepares without a scope")]
pub(super) fn postgres(bench: &mut dyn Bench) {
    use diesel::pg::Pg as DB;
    use plain_pg as p;
    let (runtime, kit, database) = (runtime(), TestKit::new(), filled());
    let review = StatementReview::new(Dialect::Postgres, &t::schema_manifest());
    let mut server: AsyncPgConnection = runtime.block_on(open(database.url(), "SELECT 1"));
    statements!(pairs!(bench, runtime, kit, review, server));
    batches!(pairs!(bench, runtime, kit, review, server));
}
