//! Session keys that follow their secret.

use crate::folder::{Folder, until};
use crate::gateway::world::{Browser, World, signed_in};
use tenancy_gateway::{SessionKey, SessionKeys, follow_session_keys};
use tenancy_secrets::{Secrets, SourceError};

on_both!(a_secret_that_changes_replaces_the_keys,);

/// Keys as `openssl rand -hex 32` writes them.
const KEYS: [&str; 3] = [
    "5d0f7a3be1c94e02a6b88f6f1d2c43975e0a97d4c3b1482fa96d0b7e58cf1234",
    "0b6e41d2f5a84c9e93d7c05a1e7fb2648d3f9c0a7b52e6814af0d9c86b3e5712",
    "c47a90e3d18b4f56b2e07d93f4a1685c0de7b39a5f264c81e8f30b9d27a6c154",
];

/// A mounted secret, as Kubernetes swaps it.
async fn a_secret_that_changes_replaces_the_keys(world: World) {
    let folder = Folder::new();
    let text = |keys: &[usize]| keys.iter().map(|at| format!("{}\n", KEYS[*at])).collect::<String>();
    folder.swap(0, &[("session", &text(&[0]), 0o440)]);
    let (keys, watched) = follow_session_keys(&Secrets::new(), &folder.reference("session")).await.unwrap();
    let (gateway, router) = world.second_with(keys, |gateway| gateway).await;
    let sign_in = async |name: &str| {
        let mut browser = Browser { router: router.clone(), cookie: None };
        browser.take(&gateway.sessions().sign_in(&signed_in(name), None, None).await.unwrap().1);
        browser
    };
    let mut alice = sign_in("alice").await;
    for (generation, keys) in [&[0, 1][..], &[1, 0], &[1], &[2]].into_iter().enumerate() {
        folder.swap(generation as u32 + 1, &[("session", &text(keys), 0o440)]);
        until("the keys are read", || watched.changes() == generation as u64 + 1).await;
        alice.get("/invoices").await.is(200, "acme-1");
        // New ids are under the first key of the secret.
        let mut bob = sign_in("bob").await;
        bob.router = world.second(SessionKeys::new(SessionKey::from_hex(&KEYS[keys[0]].into()).unwrap())).await.1;
        bob.get("/invoices").await.is(200, "bravo-1");
    }
    // What is no key changes nothing, and is told.
    folder.swap(9, &[("session", "not a session key at all", 0o440)]);
    until("it is noticed", || watched.is_failing()).await;
    alice.get("/invoices").await.is(200, "acme-1");
    assert!(!format!("{watched:?}").contains(&KEYS[2][..8]), "{watched:?}");
}

#[tokio::test]
async fn a_gateway_does_not_start_with_what_are_no_keys() {
    let folder = Folder::new();
    let reference = folder.write("session", format!("{}\n{}", KEYS[0], "no-key-at-all"));
    let refused = follow_session_keys(&Secrets::new(), &reference).await.unwrap_err();
    assert!(matches!(refused.fault(), SourceError::Unfit(_)), "{refused}");
    assert!(!format!("{refused:?} {refused}").contains("no-key"));
}
