//! Round trips, counted by a proxy that delays the server's answers. With the default pipeline and with `sync_elision`.

use crate::armed::support::proxy::Proxy;
use crate::armed::support::walled::wall_two;
use crate::armed::world::{A, Db, SEEN, Seen, World, invoices, new};
use diesel::result::Error as DieselError;
use std::time::Duration;
use tenancy::OrgConn;
use tenancy::prelude::*;

/// Long enough for a client to send all that it sends before it sees an answer.
const DELAY: Duration = Duration::from_millis(25);

/// A connection through the proxy that has never run a statement; opening it is not counted.
macro_rules! through {
    ($world:ident, $proxy:ident, $conn:ident, $scope:ident) => {
        let $proxy = Proxy::to(&$world.wall.app_url(), DELAY).await;
        let db = $world.db_at(&$proxy.url(&$world.wall.app_url())).build().expect("a pool");
        let $scope = $world.a();
        let mut $conn = db.scoped(&$scope).await.expect("a connection");
        $proxy.trips();
    };
}

async fn read(scope: &OrgScope, conn: &mut OrgConn<'_, Db>) {
    let query = scope.from(invoices::table).filter(invoices::id.eq(3)).select(invoices::number);
    assert_eq!(query.first::<String>(conn).await.as_deref(), Ok("a-3"));
}

async fn write(scope: &OrgScope, conn: &mut OrgConn<'_, Db>, cents: i64) {
    let update = scope.update(invoices::table).filter(invoices::id.eq(3)).set(invoices::cents.eq(cents));
    assert_eq!(update.execute(conn).await, Ok(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_or_a_write_takes_one_also_the_first_time() {
    for world in World::with_each_pipeline().await {
        through!(world, proxy, conn, a);
        for time in ["first", "second", "third"] {
            read(&a, &mut conn).await;
            assert_eq!(proxy.trips(), 1, "{time} read");
            write(&a, &mut conn, 5).await;
            assert_eq!(proxy.trips(), 1, "{time} write");
            let seen = conn.raw_sql(wall_two(), SEEN, "a test").get_result::<Seen>().await.expect("a row");
            assert_eq!((seen.organizations, proxy.trips()), (1, 1), "{time} raw SQL");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_of_n_statements_takes_n_and_one() {
    for world in World::with_each_pipeline().await {
        through!(world, proxy, conn, a);
        for statements in [1, 2, 5] {
            for time in ["first", "second"] {
                conn.transaction(async |conn| {
                    for cents in 0..statements {
                        write(&a, conn, cents).await;
                    }
                    Ok::<_, DieselError>(())
                })
                .await
                .expect("it commits");
                assert_eq!(proxy.trips(), statements as usize + 1, "{time}, {statements} statements");
            }
        }
    }
}

/// Savepoints cost nothing: they travel with the statement behind them.
#[tokio::test(flavor = "multi_thread")]
async fn savepoints_take_none_of_their_own() {
    for world in World::with_each_pipeline().await {
        through!(world, proxy, conn, a);
        conn.transaction(async |conn| {
            conn.transaction(async |conn| {
                write(&a, conn, 1).await;
                conn.transaction(async |_| Err::<(), _>(DieselError::NotFound)).await.expect_err("rolled back");
                Ok::<_, DieselError>(())
            })
            .await?;
            let lost = conn.transaction(async |conn| {
                write(&a, conn, 2).await;
                Err::<(), _>(DieselError::NotFound)
            });
            assert_eq!(lost.await, Err(DieselError::NotFound));
            read(&a, conn).await;
            Ok::<_, DieselError>(())
        })
        .await
        .expect("it commits");
        assert_eq!(proxy.trips(), 3 + 1);
        let cents = world.wall.db.psql(&format!("SELECT cents FROM invoices WHERE org_id = '{A}' AND id = 3"));
        assert_eq!(cents, "1", "the inner one is kept, the lost one is not");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_without_a_statement_takes_none() {
    for world in World::with_each_pipeline().await {
        through!(world, proxy, conn, a);
        conn.transaction(async |_| Ok::<_, DieselError>(())).await.expect("nothing to commit");
        conn.transaction(async |_| Err::<(), _>(DieselError::NotFound)).await.expect_err("nothing to roll back");
        assert_eq!(proxy.trips(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_unsealed_level_and_unnamed_statements_take_one_too() {
    for world in World::with_each_pipeline().await {
        let proxy = Proxy::to(&world.wall.app_url(), DELAY).await;
        let url = proxy.url(&world.wall.app_url());
        let db = world.db_at(&url).unnamed_statements().build().expect("a pool");
        let a = world.a();
        let mut conn = db.scoped(&a).await.expect("a connection");
        proxy.trips();
        for time in ["first", "second"] {
            read(&a, &mut conn).await;
            assert_eq!(proxy.trips(), 1, "{time} read");
            a.insert_into(invoices::table)
                .values(new(if time == "first" { 51 } else { 52 }))
                .execute(&mut conn)
                .await
                .expect("one row");
            assert_eq!(proxy.trips(), 1, "{time} insert");
        }
        drop(conn);
        world.wall.build(&world.wall.options.clone().level(tenancy_rls::Level::Unsealed)).await;
        let db =
            tenancy::TenantDb::postgres(&url, world.kit.authority()).schema(crate::armed::world::schema_manifest());
        let db = world.pipelined(db.pool_size(1).unsealed()).build().expect("a pool");
        let mut conn = db.scoped(&a).await.expect("a connection");
        proxy.trips();
        read(&a, &mut conn).await;
        assert_eq!(proxy.trips(), 1, "unsealed");
    }
}
