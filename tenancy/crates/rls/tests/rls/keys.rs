//! Keys and tokens as the server sees them.

use crate::wall::{A, Wall};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tenancy::db::seal::{Access, SealKey, Sealer};
use tenancy_rls::keyring;

/// The other way round: what the server computes from the stored halves is what the sealer computes from the key.
#[tokio::test]
async fn the_server_makes_the_same_mac() {
    let wall = Wall::built().await;
    let token = wall.token(A, Access::ReadWrite);
    let (signed, mac) = token.rsplit_once('|').expect("it has a MAC");
    let sql = format!(
        "SELECT encode(sha256(opad || sha256(ipad || convert_to('{signed}', 'UTF8'))), 'hex') FROM tenancy.key"
    );
    assert_eq!(wall.db.psql(&sql), mac);
}

#[tokio::test]
async fn keys_are_listed_without_the_key() {
    let wall = Wall::built().await;
    let mut admin = wall.admin().await;
    let keys = keyring::list(&mut admin).await.expect("they are listed");
    assert_eq!((keys.len(), keys[0].kid.as_str(), keys[0].seconds_left), (1, wall.key.kid(), None));
    assert!(keyring::publish(&mut admin, &wall.key).await.is_err(), "an id is taken once");
    assert!(!keyring::retire(&mut admin, "unknown", Duration::ZERO).await.expect("it is asked"));
    assert_eq!(keyring::forget(&mut admin).await.expect("it is asked"), 0, "nothing is past its end");
    keyring::retire(&mut admin, wall.key.kid(), Duration::ZERO).await.expect("it is ended");
    // An end never moves back.
    keyring::retire(&mut admin, wall.key.kid(), Duration::from_secs(60)).await.expect("it is asked");
    assert_eq!(keyring::forget(&mut admin).await.expect("it is past its end"), 1);
}

/// A key with an infinite time, which only a hand-written statement sets, is listed.
#[tokio::test]
async fn keys_with_infinite_times_are_listed() {
    let wall = Wall::built().await;
    wall.db.psql(
        "INSERT INTO tenancy.key VALUES ('for ever', '', '', 'infinity', 'infinity'), ('never', '', '', '-infinity', '-infinity')",
    );
    let keys = keyring::list(&mut wall.admin().await).await.expect("they are listed");
    let left = |kid: &str| keys.iter().find(|key| key.kid == kid).expect("it is listed").seconds_left;
    assert_eq!((left("for ever"), left("never")), (None, Some(-1)));
}

/// Readers with the key of the moment, while it changes five times: none is ever refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rotation_refuses_no_request() {
    let wall = Arc::new(Wall::built().await);
    let current = Arc::new(std::sync::RwLock::new(Arc::new(Sealer::new(&wall.key))));
    let (stop, reads) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let mut readers = Vec::new();
    for _ in 0..4 {
        let (wall, current, stop, reads) = (wall.clone(), current.clone(), stop.clone(), reads.clone());
        readers.push(tokio::spawn(async move {
            let mut session = wall.session().await;
            while !stop.load(Ordering::Relaxed) {
                let sealer = current.read().expect("no reader panics").clone();
                let token = sealer.seal(A.parse().expect("a UUID"), Access::Read, &wall.name, Duration::from_secs(2));
                session.begin(token.expect("it is sealed").expose()).await;
                assert_eq!(session.ask("SELECT id FROM invoices").await, Ok("101".to_owned()));
                session.run("COMMIT").await.expect("it ends");
                reads.fetch_add(1, Ordering::Relaxed);
            }
        }));
    }
    let mut admin = wall.admin().await;
    for _ in 0..5 {
        let next = SealKey::generate().expect("there are random bytes");
        keyring::rotate(&mut admin, &next, Duration::from_secs(2)).await.expect("it rotates");
        tokio::time::sleep(Duration::from_millis(300)).await;
        *current.write().expect("no reader panics") = Arc::new(Sealer::new(&next));
        tokio::time::sleep(Duration::from_millis(300)).await;
        keyring::forget(&mut admin).await.expect("it is asked");
    }
    stop.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.await.expect("no request was refused");
    }
    assert!(reads.load(Ordering::Relaxed) > 20);
    tokio::time::sleep(Duration::from_secs(2)).await;
    keyring::forget(&mut admin).await.expect("it is asked");
    assert_eq!(keyring::list(&mut admin).await.expect("they are listed").len(), 1, "the old ones are gone");
}
