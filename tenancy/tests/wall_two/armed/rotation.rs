//! The sealing key changes while requests run.

use crate::armed::world::{World, invoices};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tenancy::db::seal::SealKey;
use tenancy::prelude::*;
use tenancy_rls::keyring;

/// Publish, replace, retire, five times under load: no statement is refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_refuses_no_request() {
    let world = Arc::new(World::new().await);
    let sealer = world.wall.sealer();
    let db = tenancy::TenantDb::postgres(world.wall.app_url(), world.kit.authority());
    let db = db.schema(crate::armed::world::schema_manifest()).pool_size(4);
    let db = db.sealed(Arc::clone(&sealer)).expect("a database").build().expect("a pool");
    let (stop, reads) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let mut readers = Vec::new();
    for _ in 0..4 {
        let (world, db, stop, reads) = (world.clone(), db.clone(), stop.clone(), reads.clone());
        readers.push(tokio::spawn(async move {
            while !stop.as_ref().load(Ordering::Relaxed) {
                let a = world.a();
                let mut conn = db.scoped(&a).await.expect("a connection");
                let rows = a.from(invoices::table).count().get_result::<i64>(&mut conn).await;
                assert_eq!(rows, Ok(20));
                reads.fetch_add(1, Ordering::Relaxed);
            }
        }));
    }
    let mut admin = world.wall.admin().await;
    for _ in 0..5 {
        let next = SealKey::generate().expect("there are random bytes");
        // The old keys hold for long enough that every process has the new one; a token that began holds on.
        keyring::rotate(&mut admin, &next, Duration::from_secs(2)).await.expect("it rotates");
        tokio::time::sleep(Duration::from_millis(200)).await;
        sealer.replace(&next);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(keyring::forget(&mut admin).await, Ok(5), "the old keys were over while requests ran on");
    stop.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.await.expect("no request was refused");
    }
    assert!(reads.as_ref().load(Ordering::Relaxed) > 50);
}
