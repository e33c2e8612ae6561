//! Text inside scoped statements: what wall one cannot read, wall two judges, here without the review of texts before it
//! (`tenancy/tests/wall_one/surface/second_opinion.rs` has that).

#![expect(clippy::disallowed_methods, reason = "raw SQL inside a statement is the attack")]

use crate::armed::support::walled::wall_two;
use crate::armed::world::{A, B, SEEN, Seen, World, invoices};
use diesel::dsl::sql;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::Error as DieselError;
use diesel::sql_types::{BigInt, Bool, Text};
use tenancy::prelude::*;

/// Closes the parenthesis that wall one opened, and opens another.
const ESCAPE: &str = "1 = 1) OR (1 = 1";

// attack: B12
#[tokio::test(flavor = "multi_thread")]
async fn a_fragment_that_closes_the_parenthesis_reaches_no_other_organization() {
    let world = World::new().await;
    let (db, a, before) = (world.db_without_review(), world.a(), world.rows_of(B));
    let mut conn = db.scoped(&a).await.expect("a connection");
    // A read has no parenthesis to close: its predicate sits in FROM.
    let read = a.from(invoices::table).filter(sql::<Bool>("1 = 1 OR 2 = 2")).count().get_result::<i64>(&mut conn).await;
    assert_eq!(read, Ok(20));
    let update = a.update(invoices::table).filter(sql::<Bool>(ESCAPE)).set(invoices::cents.eq(1));
    assert_eq!(update.execute(&mut conn).await, Ok(20));
    assert_eq!(a.delete(invoices::table).filter(sql::<Bool>(ESCAPE)).execute(&mut conn).await, Ok(20));
    assert_eq!((world.rows_of(A), world.rows_of(B)), (String::new(), before));
}

/// The same as a type of the service's own.
#[derive(QueryId, Clone, Copy)]
struct Escape;

impl Expression for Escape {
    type SqlType = Bool;
}
impl<QS> AppearsOnTable<QS> for Escape {}
impl<QS> SelectableExpression<QS> for Escape {}
impl<G> ValidGrouping<G> for Escape {
    type IsAggregate = is_aggregate::Never;
}
impl QueryFragment<Pg> for Escape {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> diesel::QueryResult<()> {
        out.push_sql(ESCAPE);
        Ok(())
    }
}

// attack: B13
#[tokio::test(flavor = "multi_thread")]
async fn nor_does_a_hand_written_one() {
    let world = World::new().await;
    let (db, a, before) = (world.db_without_review(), world.a(), world.rows_of(B));
    let mut conn = db.scoped(&a).await.expect("a connection");
    assert!(a.from(invoices::table).filter(Escape).count().get_result::<i64>(&mut conn).await.is_err(), "no SQL");
    assert_eq!(a.delete(invoices::table).filter(Escape).execute(&mut conn).await, Ok(20));
    assert_eq!((world.rows_of(A), world.rows_of(B)), (String::new(), before));
}

// attack: F02, F03
#[tokio::test(flavor = "multi_thread")]
async fn a_subquery_in_a_fragment_sees_the_own_rows() {
    let world = World::new().await;
    let (db, a) = (world.db_without_review(), world.a());
    let mut conn = db.scoped(&a).await.expect("a connection");
    let everything = "(SELECT string_agg(DISTINCT left(number, 1), '') FROM invoices)";
    let selected = a.from(invoices::table).select(sql::<Text>(everything)).first::<String>(&mut conn).await;
    assert_eq!(selected.as_deref(), Ok("a"));
    let oracle = "(SELECT count(*) FROM invoices WHERE number LIKE 'b%')";
    let ordered =
        a.from(invoices::table).order(sql::<BigInt>(oracle)).select(invoices::id).load::<i32>(&mut conn).await;
    assert_eq!(ordered.map(|rows| rows.len()), Ok(20));
    let found = a.from(invoices::table).filter(sql::<Bool>(&format!("{oracle} > 0"))).count();
    assert_eq!(found.get_result::<i64>(&mut conn).await, Ok(0), "no oracle");
}

// attack: E41
#[tokio::test(flavor = "multi_thread")]
async fn merge_neither_reads_nor_changes_another_organization() {
    let world = World::new().await;
    let (db, a, before) = (world.db(), world.a(), world.rows_of(B));
    let mut conn = db.scoped(&a).await.expect("a connection");
    let merge = "MERGE INTO invoices t USING (SELECT id, number FROM invoices) s ON t.id = s.id \
                 WHEN MATCHED THEN UPDATE SET number = 'm' || s.number";
    assert_eq!(conn.raw_sql(wall_two(), merge, "the attack").execute().await, Ok(20));
    let plant = format!(
        "MERGE INTO invoices t USING (VALUES (99)) s (id) ON t.id = s.id AND t.org_id = '{B}' \
                         WHEN NOT MATCHED THEN INSERT (org_id, id, number) VALUES ('{B}', 99, 'planted')"
    );
    let refused = conn.raw_sql(wall_two(), &plant, "the attack").execute().await;
    assert!(
        matches!(&refused, Err(DieselError::DatabaseError(_, why)) if why.message().contains("row-level security"))
    );
    assert_eq!(world.rows_of(B), before);
}

/// What the server keeps beside the rows: statistics, other sessions' statements.
// attack: H19
#[tokio::test(flavor = "multi_thread")]
async fn statistics_and_other_sessions_tell_nothing() {
    let world = World::new().await;
    world.wall.db.psql("ANALYZE invoices");
    let (db, a) = (world.db(), world.a());
    let mut conn = db.scoped(&a).await.expect("a connection");
    let look = |what: &str| format!("SELECT count(*) AS rows, 0::bigint AS organizations, 0 AS session FROM {what}");
    let others =
        "pg_stat_activity WHERE query <> '<insufficient privilege>' AND query <> '' AND usename <> current_user";
    for hidden in ["pg_stats WHERE tablename = 'invoices'", others] {
        let seen: Seen = conn.raw_sql(wall_two(), &look(hidden), "the attack").get_result().await.expect("a number");
        assert_eq!(seen.rows, 0, "{hidden}");
    }
    for denied in ["pg_statistic", "tenancy.key", "pg_authid"] {
        let refused =
            conn.raw_sql(wall_two(), &look(denied), "the attack").get_result::<Seen>().await.map(|seen| seen.rows);
        assert!(
            matches!(&refused, Err(DieselError::DatabaseError(_, why)) if why.message().contains("permission denied")),
            "{denied}"
        );
    }
}

/// An error of the database quotes keys and text; what a client may be shown does not.
// attack: H23
#[tokio::test(flavor = "multi_thread")]
async fn an_error_shows_no_values() {
    let world = World::new().await;
    let (db, a) = (world.db(), world.a());
    let mut conn = db.scoped(&a).await.expect("a connection");
    let taken = (invoices::id.eq(500), invoices::number.eq("a-7"));
    let error = a.insert_into(invoices::table).values(taken).execute(&mut conn).await.expect_err("the number is taken");
    let shown = tenancy::Error::from(error).to_string();
    assert_eq!(shown, "the database reported an error");
    let seen: Seen = conn.raw_sql(wall_two(), SEEN, "a look").get_result().await.expect("a row");
    assert_eq!(seen.rows, 20);
}
