//! The store is away, sealed, or not what it says.

use crate::support::folder::{Folder, until};
use crate::support::openbao::Bao;
use crate::support::pg::free_port;
use crate::vault::{Store, VALUE, reference};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tenancy::db::follow_seal_key;
use tenancy::db::seal::{Access, SealError, SealKey, Sealer};
use tenancy_secrets::{Scheme, Secrets, SourceError, VaultAuth, VaultSource};

/// The server is stopped: the last key seals until the stated limit, then nothing does; it comes back and seals again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_value_is_used_until_the_limit_and_then_none() {
    let store = Store::new(&[]);
    let key = SealKey::generate().expect("there are random bytes");
    let put = |bao: &Bao| bao.run(&["kv", "put", "-mount=secret", "billing/seal", &format!("key={}", *key.expose())]);
    put(&store.bao);
    let limit = Duration::from_secs(3);
    let source = store.source().poll(Duration::from_millis(200)).outage_limit(limit);
    let secrets = Secrets::new().with(Scheme::Vault, source.connect().await.expect("it signs in"));
    let sealer = Arc::new(Sealer::suspended());
    let watched = follow_seal_key(&secrets, &reference("billing/seal#key"), Arc::clone(&sealer)).await.expect("a key");
    let seal = || {
        let org = tenancy::OrgId::new(uuid::Uuid::from_u128(0xA));
        sealer.seal(org, Access::Read, "shop", Duration::from_secs(9)).map(drop)
    };

    let (port, folder) = (store.bao.port(), &store.folder);
    let stopped = Instant::now();
    store.bao.stop();
    until("it is failing", || watched.is_failing()).await;
    loop {
        let in_use = watched.get().is_ok() && seal().is_ok();
        // The clock is read after the value, which may be asked for too late on a busy machine.
        if stopped.elapsed() >= limit {
            break;
        }
        assert!(in_use, "it is in use for {limit:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    until("the limit is over", || watched.get().is_err()).await;
    assert!(matches!(watched.get().expect_err("stale").fault(), SourceError::Stale(3..)));
    until("and nothing is sealed", || seal() == Err(SealError::Suspended)).await;

    // It comes back as another server, which does not know the old token: it signs in anew.
    let again = Store::on(Bao::start_at(port), &[]);
    let secret_id = std::fs::read_to_string(again.folder.path().join("secret-id")).expect("it is there");
    folder.write("secret-id", secret_id);
    put(&again.bao);
    until("it is read again", || watched.get().is_ok() && seal().is_ok()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sealed_store_is_told_apart() {
    let store = Store::new(&[]);
    let secrets = store.secrets().await;
    store.bao.run(&["operator", "seal"]);
    let refused = secrets.read(&reference("billing/db#password")).await.expect_err("it is sealed");
    assert_eq!(refused.fault(), &SourceError::Sealed);
    let refused = store.source().connect().await.expect_err("it is sealed");
    assert_eq!(refused.fault(), &SourceError::Sealed);
}

fn auth() -> VaultAuth {
    VaultAuth::app_role("app", "env:CARGO_PKG_NAME".parse().expect("a reference"))
}

#[tokio::test]
async fn an_address_that_nobody_answers_at() {
    let address = format!("http://127.0.0.1:{}", free_port().expect("a free port"));
    let refused = VaultSource::builder(&address, auth_by_file().0).connect().await.expect_err("nobody is there");
    assert_eq!(refused.fault(), &SourceError::Unreachable);
    assert!(refused.to_string().contains(&address), "{refused}");
}

fn auth_by_file() -> (VaultAuth, Folder) {
    let folder = Folder::new();
    let proof = folder.write("secret-id", VALUE);
    (VaultAuth::app_role("app", proof), folder)
}

/// Plain HTTP is for loopback, or needs a reason.
#[tokio::test]
async fn plain_http_needs_a_reason() {
    for address in [
        "http://vault.internal:8200",
        "http://10.0.0.1:8200",
        "http://127.0.0.1.evil.example",
        "ftp://127.0.0.1",
        "127.0.0.1:8200",
        "http://user:pw@127.0.0.1",
    ] {
        let refused = VaultSource::builder(address, auth()).connect().await.expect_err(address);
        assert!(matches!(refused.fault(), SourceError::Setup(_)), "{address}: {refused}");
    }
    // With a reason it is tried. 192.0.2.0/24 is nobody's.
    let source = VaultSource::builder("http://192.0.2.1:8200", auth_by_file().0);
    let source = source.plaintext_because("a test").timeout(Duration::from_millis(200));
    assert!(!matches!(source.connect().await.expect_err("nobody is there").fault(), SourceError::Setup(_)));
}

/// A store that sends us elsewhere does not get the token to go there with.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redirect_is_not_followed() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").expect("a port");
    let target = elsewhere.local_addr().expect("bound");
    let reached = Arc::new(AtomicBool::new(false));
    std::thread::spawn({
        let reached = Arc::clone(&reached);
        move || reached.store(elsewhere.accept().is_ok(), Ordering::Relaxed)
    });
    let liar = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", liar.local_addr().expect("bound"));
    std::thread::spawn(move || {
        for mut stream in liar.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let answer = format!("HTTP/1.1 307 Elsewhere\r\nLocation: http://{target}/\r\nContent-Length: 0\r\n\r\n");
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    let (auth, _folder) = auth_by_file();
    assert!(VaultSource::builder(&address, auth).connect().await.is_err());
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!reached.load(Ordering::Relaxed));
}

/// An answer that is no secret: its text is in no error.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nonsense_is_refused_and_not_shown() {
    let liar = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", liar.local_addr().expect("bound"));
    std::thread::spawn(move || {
        for mut stream in liar.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let body = format!("{{\"auth\": \"{VALUE}\"");
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            let _ = stream.write_all(format!("{head}{body}").as_bytes());
        }
    });
    let (auth, _folder) = auth_by_file();
    let refused = VaultSource::builder(&address, auth).connect().await.expect_err("nonsense");
    assert!(!format!("{refused} {refused:?}").contains(VALUE), "{refused:?}");
}
