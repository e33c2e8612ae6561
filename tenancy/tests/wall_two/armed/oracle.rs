//! Questions about other organizations' rows, asked inside a request: by raw SQL, and by text inside a scoped statement.

#![expect(clippy::disallowed_methods, reason = "raw SQL inside a statement is the attack")]

use crate::armed::support::walled::wall_two;
use crate::armed::world::{Db, SEEN, Seen, World, invoices};
use diesel::dsl::sql;
use diesel::result::Error as DieselError;
use diesel::sql_types::{BigInt, Bool, Text};
use tenancy::prelude::*;

type Conn<'a> = tenancy::OrgConn<'a, Db>;

/// True for each of A's rows. On one of B's, which begin with `b`, it divides by zero.
const SHOWS: &str = "(NOT (number >= 'b') OR (SELECT 1 / (random() * 0)::int > 1))";

fn raw() -> String {
    SEEN.replace("FROM invoices", &format!("FROM invoices WHERE {SHOWS}"))
}

async fn asks(a: &OrgScope, conn: &mut Conn<'_>) -> [QueryResult<i64>; 2] {
    let by_raw_sql = conn.raw_sql(wall_two(), &raw(), "the attack").get_result::<Seen>().await.map(|seen| seen.rows);
    let by_fragment = a.from(invoices::table).filter(sql::<Bool>(SHOWS)).count().get_result::<i64>(conn).await;
    [by_raw_sql, by_fragment]
}

/// Wherever the text stands in a transaction, no condition runs on another organization's row before that row is left out.
// attack: H12, H29
#[tokio::test(flavor = "multi_thread")]
async fn a_chosen_text_is_evaluated_on_no_other_organizations_row() {
    let world = World::new().await;
    let (db, a) = (world.db(), world.a());
    let mut conn = db.scoped(&a).await.expect("a connection");
    assert_eq!(asks(&a, &mut conn).await, [Ok(20), Ok(20)], "alone");
    let in_transaction = conn.transaction(async |conn| {
        // The transaction begins with a statement of fixed text, whose token a chosen text must not run under.
        let fixed = a.from(invoices::table).count().get_result::<i64>(conn).await?;
        assert_eq!((fixed, asks(&a, conn).await), (20, [Ok(20), Ok(20)]), "behind a fixed text");
        let rolled_back = conn.transaction(async |conn| {
            assert_eq!(asks(&a, conn).await, [Ok(20), Ok(20)], "inside a savepoint");
            Err::<(), _>(DieselError::RollbackTransaction)
        });
        assert!(rolled_back.await.is_err());
        // What the savepoint had set is gone.
        assert_eq!(asks(&a, conn).await, [Ok(20), Ok(20)], "behind a savepoint");
        Ok::<_, DieselError>(())
    });
    in_transaction.await.expect("it is committed");
    drop(conn);
    let mut reads = db.scoped_read_only(wall_two(), &a).await.expect("a connection");
    assert_eq!(asks(&a, &mut reads).await, [Ok(20), Ok(20)], "reading only");
}

#[derive(diesel::QueryableByName)]
struct Said {
    #[diesel(sql_type = Text)]
    said: String,
}

/// One SELECT that takes the scope away, or the planner's settings, and asks a statement of its own.
// attack: H12, H27
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_inside_a_statement_is_answered_nothing() {
    let world = World::new().await;
    let (db, a) = (world.db(), world.a());
    for before in [
        "set_config('tenancy.scope', '', true)",
        "set_config('tenancy.scope', 'x|rw', true)",
        "set_config('cpu_operator_cost', '1', true) || set_config('enable_indexscan', 'off', true)",
    ] {
        let mut answers = Vec::new();
        for value in ["b-7", "b-99"] {
            let inner = format!(
                "SELECT 1 FROM invoices WHERE number = ANY (''{{{value}}}'') AND (cents IS NULL OR (SELECT 1 / (random() * 0)::int > 1))"
            );
            let outer = format!("SELECT {before} || query_to_xml('{inner}', true, false, '')::text AS said");
            let mut conn = db.scoped(&a).await.expect("a connection");
            let said = conn.raw_sql(wall_two(), &outer, "the attack").get_result::<Said>().await;
            answers.push(match said {
                Ok(said) => said.said,
                Err(DieselError::DatabaseError(_, why)) => why.message().to_owned(),
                Err(other) => panic!("{other}"),
            });
        }
        assert_eq!(answers[0], answers[1], "{before}");
    }
}

#[derive(diesel::QueryableByName)]
struct Plans {
    #[diesel(sql_type = BigInt)]
    generic: i64,
}

/// A statement of fixed text is planned once: what a chosen text is planned with would plan it each time.
#[tokio::test(flavor = "multi_thread")]
async fn a_fixed_text_keeps_its_plan() {
    let world = World::new().await;
    let (db, a) = (world.db(), world.a());
    let mut conn = db.scoped(&a).await.expect("a connection");
    for id in 1..=12 {
        let number = a
            .from(invoices::table)
            .filter(invoices::id.eq(id))
            .select(invoices::number)
            .first::<String>(&mut conn)
            .await;
        assert_eq!(number, Ok(format!("a-{id}")));
    }
    let plans = "SELECT coalesce(max(generic_plans), 0) AS generic FROM pg_prepared_statements WHERE statement LIKE '%\"number\"%'";
    let plans = conn.raw_sql(wall_two(), plans, "a look").get_result::<Plans>().await.expect("a row");
    assert!(plans.generic > 0, "each execution was planned");
}
