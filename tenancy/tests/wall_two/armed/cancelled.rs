//! Whoever stops waiting, at whatever answer of the server: the next borrower never meets the context.

use crate::armed::support::folder::until;
use crate::armed::support::proxy::Proxy;
use crate::armed::support::walled::wall_two;
use crate::armed::world::{B, Db, SEEN, Seen, World, invoices, new};
use diesel::result::Error as DieselError;
use std::time::Duration;
use tenancy::prelude::*;
use tenancy::{OrgConn, TenantDb};

const SOON: Duration = Duration::from_millis(40);

/// Runs `$work` on a connection for A whose server falls silent after 0, 1, 2 … messages, and gives up. Then B borrows.
macro_rules! cancelled_at_each_answer {
    ($name:ident, $work:expr) => {
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            for world in World::with_each_pipeline().await {
                let proxy = Proxy::to(&world.wall.app_url(), Duration::ZERO).await;
                let db = world.db_at(&proxy.url(&world.wall.app_url())).build().expect("a pool");
                let (a, b) = (world.a(), world.b());
                let before = world.rows_of(B);
                for point in 0.. {
                    // Warmed up, every other time: named and unnamed statements have different answers.
                    let session = session(&db, &a).await;
                    if point % 2 == 1 {
                        let _: Result<(), DieselError> = run(&db, &a, $work).await;
                    }
                    proxy.hold_after(point);
                    let given_up = tokio::time::timeout(SOON, run(&db, &a, $work)).await.is_err();
                    proxy.release();
                    let seen = look(&db, &b).await;
                    assert_eq!((seen.rows, seen.organizations), (20, 1), "at answer {point}");
                    assert_eq!(world.rows_of(B), before);
                    if !given_up {
                        assert!(point > 4, "the server sent only {point} messages");
                        break;
                    }
                    assert_ne!(seen.session, session, "the connection went on after answer {point}");
                }
            }
        }
    };
}

async fn run<W>(db: &TenantDb<Db>, scope: &OrgScope, work: W) -> Result<(), DieselError>
where
    W: AsyncFnOnce(&OrgScope, &mut OrgConn<'_, Db>) -> Result<(), DieselError>,
{
    let mut conn = db.scoped(scope).await.expect("a connection");
    work(scope, &mut conn).await
}

async fn look(db: &TenantDb<Db>, scope: &OrgScope) -> Seen {
    let mut conn = db.scoped(scope).await.expect("a connection");
    conn.raw_sql(wall_two(), SEEN, "a look").get_result().await.expect("a row")
}

async fn session(db: &TenantDb<Db>, scope: &OrgScope) -> i32 {
    look(db, scope).await.session
}

cancelled_at_each_answer!(a_read, async |a: &OrgScope, conn: &mut OrgConn<'_, Db>| {
    a.from(invoices::table).select(invoices::number).load::<String>(conn).await.map(drop)
});

cancelled_at_each_answer!(a_write, async |a: &OrgScope, conn: &mut OrgConn<'_, Db>| {
    a.update(invoices::table).set(invoices::cents.eq(1)).execute(conn).await.map(drop)
});

cancelled_at_each_answer!(a_transaction, async |a: &OrgScope, conn: &mut OrgConn<'_, Db>| {
    conn.transaction(async |conn| {
        a.from(invoices::table).count().get_result::<i64>(conn).await?;
        conn.transaction(async |conn| a.update(invoices::table).set(invoices::cents.eq(2)).execute(conn).await).await?;
        Ok(())
    })
    .await
});

cancelled_at_each_answer!(a_transaction_that_rolls_back, async |a: &OrgScope, conn: &mut OrgConn<'_, Db>| {
    let rolled_back = conn.transaction(async |conn| {
        a.insert_into(invoices::table).values(new(77)).execute(conn).await?;
        Err::<(), _>(DieselError::NotFound)
    });
    rolled_back.await.or(Ok(()))
});

cancelled_at_each_answer!(a_statement_that_fails, async |a: &OrgScope, conn: &mut OrgConn<'_, Db>| {
    let failed = a.insert_into(invoices::table).values(new(1)).execute(conn).await;
    assert!(failed.is_err(), "the key is taken");
    Ok(())
});

cancelled_at_each_answer!(raw_sql, async |_: &OrgScope, conn: &mut OrgConn<'_, Db>| {
    conn.raw_sql(wall_two(), "SELECT set_config('work_mem', '1MB', false)", "a test").execute().await.map(drop)
});

/// The server stops what nobody waits for any more: it looks each second whether its client is there, and the client is gone.
#[tokio::test(flavor = "multi_thread")]
async fn the_server_stops_what_nobody_waits_for() {
    let world = World::new().await;
    let (db, a) = (world.db(), world.a());
    let asleep = || {
        world.wall.db.psql(
            "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)' AND state = 'active' \
             AND datname = current_database()",
        )
    };
    let mut conn = db.scoped(&a).await.expect("a connection");
    let sleeping = conn.raw_sql(wall_two(), "SELECT pg_sleep(600)", "a test").execute();
    assert!(tokio::time::timeout(Duration::from_millis(500), sleeping).await.is_err());
    until("it began", || asleep() == "1").await;
    drop(conn);
    until("it was stopped", || asleep() == "0").await;
}
