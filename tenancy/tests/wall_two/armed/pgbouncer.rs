//! Through PgBouncer in transaction mode: sessions share server connections, and change them between transactions.

use crate::armed::support::pooler::PgBouncer;
use crate::armed::support::walled::wall_two;
use crate::armed::world::{A, B, Db, SEEN, Seen, World, invoices, new};
use diesel::result::Error as DieselError;
use std::sync::Arc;
use tenancy::TenantDb;
use tenancy::prelude::*;

fn db(world: &World, pooler: &PgBouncer, clients: usize) -> TenantDb<Db> {
    let db = TenantDb::postgres(pooler.url(&world.wall.app_url()), world.kit.authority());
    let db = db.schema(crate::armed::world::schema_manifest()).pool_size(clients);
    let db = db.sealed(world.wall.sealer()).expect("the URL names a database");
    world.pipelined(db.unnamed_statements()).build().expect("a pool")
}

// attack: H13
#[tokio::test(flavor = "multi_thread")]
async fn many_clients_on_few_server_connections_each_see_their_own() {
    for world in World::with_each_pipeline().await {
        let world = Arc::new(world);
        let pooler = PgBouncer::start(&world.wall.app_url(), 2);
        let db = db(&world, &pooler, 8);
        let mut clients = Vec::new();
        for number in 0..8 {
            let (world, db) = (world.clone(), db.clone());
            clients.push(tokio::spawn(async move {
                let (own, prefix) = if number % 2 == 0 { (A, "a-") } else { (B, "b-") };
                for round in 0..25 {
                    let scope = world.kit.scope(own);
                    let mut conn = db.scoped(&scope).await.expect("a connection");
                    let numbers = scope.from(invoices::table).select(invoices::number).filter(invoices::id.le(20));
                    let numbers = numbers.load::<String>(&mut conn).await.expect("rows");
                    assert!(numbers.len() == 20 && numbers.iter().all(|name| name.starts_with(prefix)), "{numbers:?}");
                    let seen: Seen = conn.raw_sql(wall_two(), SEEN, "a test").get_result().await.expect("a row");
                    assert_eq!(seen.organizations, 1);
                    let id = 1000 + number * 100 + round;
                    conn.transaction(async |conn| {
                        scope.insert_into(invoices::table).values(new(id)).execute(conn).await?;
                        scope.delete(invoices::table).filter(invoices::id.eq(id)).execute(conn).await?;
                        Ok::<_, DieselError>(())
                    })
                    .await
                    .expect("it commits");
                }
            }));
        }
        for client in clients {
            client.await.expect("every client saw its own rows only");
        }
    }
}

/// A client that is given up inside its transaction: the server connection goes to somebody else, and the pooler lives on.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_gives_up_leaves_nothing_to_the_next() {
    for world in World::with_each_pipeline().await {
        let pooler = PgBouncer::start(&world.wall.app_url(), 1);
        let db = db(&world, &pooler, 1);
        let (a, b) = (world.a(), world.b());
        for _ in 0..10 {
            let mut conn = db.scoped(&a).await.expect("a connection");
            let work = conn.transaction(async |conn| {
                a.insert_into(invoices::table).values(new(600)).execute(conn).await?;
                std::future::pending::<()>().await;
                Ok::<_, DieselError>(())
            });
            assert!(tokio::time::timeout(std::time::Duration::from_millis(80), work).await.is_err());
            drop(conn);
            let mut conn = db.scoped(&b).await.expect("a connection");
            let seen: Seen = conn.raw_sql(wall_two(), SEEN, "a look").get_result().await.expect("a row");
            assert_eq!((seen.rows, seen.organizations), (20, 1));
        }
        assert!(!world.rows_of(A).contains("new-600"), "what was given up was rolled back");
    }
}
