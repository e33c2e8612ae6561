//! The sealing key of wall two follows its secret while requests run.

use crate::support::folder::Folder;
use crate::support::walled::Walled;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tenancy::OrgId;
use tenancy::db::follow_seal_key;
use tenancy::db::seal::{SealKey, Sealer};
use tenancy::prelude::*;
use tenancy_rls::keyring;
use tenancy_secrets::{Secrets, SourceError};
use tenancy_testkit::TestKit;
use uuid::Uuid;

tenancy::schema! {
    diesel::table! {
        invoices (org_id, id) { org_id -> Uuid, id -> Integer, }
    }
}

const TABLES: &str = "
    CREATE TABLE invoices (org_id uuid NOT NULL, id int NOT NULL, PRIMARY KEY (org_id, id));
    INSERT INTO invoices SELECT ('00000000-0000-0000-0000-00000000000' || org)::uuid, id
      FROM unnest(ARRAY['a', 'b']) org, generate_series(1, 20) id;
";

const A: OrgId = OrgId::new(Uuid::from_u128(0xA));

/// As an operator does it, five times under load: publish the key to the database, then swap the volume. No statement is
/// refused, and the old keys are over while requests run on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_statement_is_refused_while_the_key_rotates() {
    let wall = Walled::built(schema_manifest(), &[TABLES]).await;
    let kit = Arc::new(TestKit::new());
    let volume = Folder::new();
    volume.swap(0, &[("seal", &wall.key.expose(), 0o440)]);

    let sealer = Arc::new(Sealer::suspended());
    let key = follow_seal_key(&Secrets::new(), &volume.reference("seal"), Arc::clone(&sealer)).await.expect("a key");
    let db = tenancy::TenantDb::postgres(wall.app_url(), kit.authority()).schema(schema_manifest()).pool_size(4);
    let db = db.sealed(sealer).expect("a database").build().expect("a pool");

    let (stop, reads) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let reader = || {
        let (kit, db, stop, reads) = (kit.clone(), db.clone(), stop.clone(), reads.clone());
        async move {
            while !stop.as_ref().load(Ordering::Relaxed) {
                let a = kit.scope(A);
                let mut conn = db.scoped(&a).await.expect("a connection");
                assert_eq!(a.from(invoices::table).count().get_result::<i64>(&mut conn).await, Ok(20));
                reads.as_ref().fetch_add(1, Ordering::Relaxed);
            }
        }
    };
    let readers: Vec<_> = (0..4).map(|_| tokio::spawn(reader())).collect();

    let mut admin = wall.admin().await;
    for generation in 1..=5 {
        let next = SealKey::generate().expect("there are random bytes");
        keyring::rotate(&mut admin, &next, Duration::from_secs(2)).await.expect("it rotates");
        volume.swap(generation, &[("seal", &next.expose(), 0o440)]);
        tokio::time::sleep(Duration::from_millis(400)).await;
        assert_eq!(key.get().expect("it is followed").kid(), next.kid());
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(keyring::forget(&mut admin).await, Ok(5), "the old keys were over while requests ran on");
    stop.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.await.expect("no statement was refused");
    }
    assert!(reads.as_ref().load(Ordering::Relaxed) > 50);
}

#[tokio::test]
async fn what_is_no_key_seals_nothing() {
    let folder = Folder::new();
    let sealer = Arc::new(Sealer::suspended());
    let reference = folder.write("seal", "tenancy1.k1.not-a-key-at-all");
    let refused = follow_seal_key(&Secrets::new(), &reference, Arc::clone(&sealer)).await.expect_err("no key");
    assert!(matches!(refused.fault(), SourceError::Unfit(_)), "{refused}");
    assert!(!format!("{refused:?}").contains("not-a-key"));
    let sealed = sealer.seal(A, tenancy::db::seal::Access::Read, "shop", Duration::from_secs(9));
    assert_eq!(sealed.map(drop), Err(tenancy::db::seal::SealError::Suspended));
}
