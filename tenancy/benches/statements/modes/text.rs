//! Without a database: building a statement, and what diesel asks of it.

use super::{Bench, scope};
use crate::list::{batches, statements};
use crate::schema::{ORGANIZATION, ORGANIZATION_BYTES, plain_pg, plain_sqlite, scoped as t};
use diesel::backend::Backend;
use diesel::dsl::{exists, sum};
use diesel::pg::{Pg, PgMetadataLookup, PgQueryBuilder, PgTypeMetadata};
use diesel::prelude::*;
use diesel::query_builder::bind_collector::RawBytesBindCollector;
use diesel::query_builder::{QueryBuilder, QueryFragment, QueryId};
use diesel::sqlite::Sqlite;
use diesel::sqlite::query_builder::SqliteQueryBuilder;
use diesel::upsert::excluded;
use std::hint::black_box;
use tenancy_testkit::TestKit;

macro_rules! pairs {
    (
        ($bench:ident, $organization:expr, $prepare:path)
        $($name:literal $how:ident $row:tt |$s:ident| $scoped:expr, |$o:ident| $plain:expr;)*
    ) => {{
        let kit = TestKit::new();
        $({
            let $s = scope(&kit);
            let $o = black_box($organization);
            $bench.pair($name, &mut || $prepare(black_box($scoped)), &mut || $prepare(black_box($plain)));
        })*
    }};
}

fn bind_sqlite<Q: QueryFragment<Sqlite> + QueryId>(query: Q) {
    let mut binds = <Sqlite as Backend>::BindCollector::default();
    black_box(Q::query_id());
    black_box(query.is_safe_to_cache_prepared(&Sqlite).expect("an answer"));
    query.collect_binds(&mut binds, &mut (), &Sqlite).expect("binds");
    black_box(binds);
}

fn render_sqlite<Q: QueryFragment<Sqlite> + QueryId>(query: Q) {
    let mut text = SqliteQueryBuilder::new();
    query.to_sql(&mut text, &Sqlite).expect("text");
    black_box(text.finish());
    bind_sqlite(query);
}

struct BuiltInTypesOnly;

impl PgMetadataLookup for BuiltInTypesOnly {
    fn lookup_type(&mut self, type_name: &str, _schema: Option<&str>) -> PgTypeMetadata {
        panic!("{type_name} is not built in")
    }
}

fn render_pg<Q: QueryFragment<Pg> + QueryId>(query: Q) {
    let mut text = PgQueryBuilder::new();
    query.to_sql(&mut text, &Pg).expect("text");
    black_box(text.finish());
    black_box(Q::query_id());
    black_box(query.is_safe_to_cache_prepared(&Pg).expect("an answer"));
    let mut binds = RawBytesBindCollector::<Pg>::new();
    query.collect_binds(&mut binds, &mut BuiltInTypesOnly, &Pg).expect("binds");
    black_box(binds);
}

pub(super) fn cached(bench: &mut dyn Bench) {
    use Sqlite as DB;
    use plain_sqlite as p;
    statements!(pairs!(bench, ORGANIZATION_BYTES.as_slice(), bind_sqlite));
}

pub(super) fn rendered(bench: &mut dyn Bench) {
    use Sqlite as DB;
    use plain_sqlite as p;
    statements!(pairs!(bench, ORGANIZATION_BYTES.as_slice(), render_sqlite));
}

pub(super) fn rendered_pg(bench: &mut dyn Bench) {
    use Pg as DB;
    use plain_pg as p;
    statements!(pairs!(bench, ORGANIZATION, render_pg));
    batches!(pairs!(bench, ORGANIZATION, render_pg));
}
