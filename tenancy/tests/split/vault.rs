//! A root that lies in a real OpenBao: a transit key of type `ed25519`, which signs statements and never leaves the store.

use crate::split::forge::{LIST, payload};
use crate::split::world::{ACME, START, TestClock, time};
use crate::support::folder::Folder;
use crate::support::openbao::Bao;
use std::time::Duration;
use tenancy_gateway::split::{SigningError, SigningKeys, VaultEndorser};
use tenancy_secrets::{VaultAuth, VaultSource};
use tenancy_service::{KeyRing, StatementError};

/// A store with a transit key and a role that may sign with it.
struct Store {
    bao: Bao,
    folder: Folder,
    role: String,
}

impl Store {
    fn new() -> Self {
        let (bao, folder) = (Bao::start(), Folder::new());
        bao.run(&["secrets", "enable", "transit"]);
        bao.run(&["write", "-f", "transit/keys/root", "type=ed25519"]);
        bao.run(&["write", "-f", "transit/keys/other", "type=rsa-2048"]);
        let rules = "path \"transit/keys/*\" { capabilities = [\"read\"] }\n\
                     path \"transit/sign/root\" { capabilities = [\"update\"] }\n";
        let file = std::env::temp_dir().join(format!("tenancy-transit-{}", uuid::Uuid::new_v4()));
        std::fs::write(&file, rules).unwrap();
        bao.run(&["policy", "write", "gateway", file.to_str().unwrap()]);
        std::fs::remove_file(file).unwrap();
        let (role, secret) = bao.app_role(&["token_policies=gateway"]);
        folder.write("secret-id", secret);
        Self { bao, folder, role }
    }

    async fn source(&self) -> VaultSource {
        let auth = VaultAuth::app_role(&self.role, self.folder.reference("secret-id"));
        let builder = VaultSource::builder(self.bao.address(), auth).timeout(Duration::from_secs(5));
        builder.connect().await.unwrap()
    }

    async fn endorser(&self) -> VaultEndorser {
        VaultEndorser::connect(self.source().await, "transit", "root").await.unwrap()
    }
}

/// 75, 76, 77: services take what it signs; a rotated root is another root; without the store everything ends in its time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transit_key_endorses_and_turns_and_goes_away() {
    let (store, clock) = (Store::new(), TestClock::new());
    let first = store.endorser().await;
    let old = first.public_key();
    let keys = SigningKeys::builder("gateway", ["billing"], first, [old.clone()]).clock(clock.clone());
    let keys = keys.build().await.unwrap();
    let ring = KeyRing::new("gateway", "billing", [old.clone()]);
    assert_eq!(ring.accept(&keys.statement().unwrap(), time(START)), Ok(()));

    // The root turns: the endorser goes on with its version, a new one has the next.
    store.bao.run(&["write", "-f", "transit/keys/root/rotate"]);
    clock.advance(400);
    keys.rotate().await.unwrap();
    assert_eq!(ring.accept(&keys.statement().unwrap(), time(START + 400)), Ok(()));
    let second = store.endorser().await;
    let new = second.public_key();
    assert_ne!(old.to_string(), new.to_string());
    let turned = SigningKeys::builder("gateway", ["billing"], second, [new.clone()]).clock(clock.clone());
    let turned = turned.build().await.unwrap();
    let both = KeyRing::new("gateway", "billing", [old, new]);
    for keys in [&keys, &turned] {
        assert_eq!(both.accept(&keys.statement().unwrap(), time(START + 400)), Ok(()));
    }
    assert!(matches!(ring.accept(&turned.statement().unwrap(), time(START + 400)), Err(StatementError::Token(_))));

    // The store takes the old version back: nothing is signed with it any more, and what was signed ends in its time.
    store.bao.run(&["write", "transit/keys/root/config", "min_encryption_version=2"]);
    clock.advance(400);
    let before = keys.statement().unwrap();
    assert!(matches!(keys.rotate().await, Err(SigningError::Endorse(_))));
    assert_eq!(keys.statement().unwrap(), before);
    turned.rotate().await.unwrap();
    assert_eq!(ring.accept(&before, time(START + 1300)), Err(StatementError::Expired));

    // The store goes away.
    let statement = turned.statement().unwrap();
    store.bao.stop();
    clock.advance(400);
    assert!(matches!(turned.rotate().await, Err(SigningError::Endorse(_))));
    assert_eq!(turned.statement().unwrap(), statement);
    assert!(turned.is_ready());
    clock.advance(500);
    assert!(!turned.is_ready());
}

/// 77: keys that are not Ed25519, not there, or not ours to sign with.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transit_key_that_cannot_endorse_is_refused() {
    let store = Store::new();
    for key in ["other", "nothing"] {
        assert!(VaultEndorser::connect(store.source().await, "transit", key).await.is_err(), "{key}");
    }
    store.bao.run(&["write", "-f", "transit/keys/foreign", "type=ed25519"]);
    let foreign = VaultEndorser::connect(store.source().await, "transit", "foreign").await.unwrap();
    let root = foreign.public_key();
    let keys = SigningKeys::builder("gateway", ["billing"], foreign, [root]).build().await;
    let failure = keys.unwrap_err();
    assert!(matches!(failure, SigningError::Endorse(_)));
    // What is printed holds no grant and no key.
    let printed = format!("{failure:?} {failure}");
    assert!(!printed.contains(&payload(ACME, START)["jti"].to_string()) && !printed.contains(LIST.host), "{printed}");
}
