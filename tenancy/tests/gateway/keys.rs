//! Session keys that are replaced while the process runs.

use crate::gateway::world::{Browser, World, key, signed_in};
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tenancy_gateway::{
    Gateway, GatewayBuilder, RejectionReason, Session, SessionKeyError, SessionKeys, VerifiedIdentity,
};
use tokio::task::JoinSet;

on_both!(
    no_session_is_lost_when_the_key_is_replaced,
    no_request_fails_while_keys_are_replaced,
    of_more_than_four_keys_the_oldest_are_forgotten,
    what_was_forgotten_ends_its_sessions_and_tokens,
    processes_that_know_the_next_key_take_each_others_sessions,
);

fn one(digit: char) -> SessionKeys {
    SessionKeys::new(key(digit))
}

fn unchanged(gateway: GatewayBuilder) -> GatewayBuilder {
    gateway
}

/// Alice's session under the first key, with a form that is open and a token of the provider's.
struct Begun {
    keys: SessionKeys,
    gateway: Gateway,
    session: Session,
    alice: Browser,
    form: String,
}

impl Begun {
    async fn on(world: &World) -> Self {
        let keys = one('1');
        let (gateway, router) = world.second_with(keys.clone(), unchanged).await;
        let signed = VerifiedIdentity { id_token: Some("token".into()), ..signed_in("alice") };
        let (session, cookie) = gateway.sessions().sign_in(&signed, None, None).await.unwrap();
        let mut alice = Browser { router, cookie: None };
        alice.take(&cookie);
        let form = alice.token().await;
        Self { keys, gateway, session, alice, form }
    }
}

/// 75: the id, a form that is open, the provider's tokens; and a row of before holds the new key's hash once its id is new.
async fn no_session_is_lost_when_the_key_is_replaced(world: World) {
    let Begun { keys, gateway, session, mut alice, form } = Begun::on(&world).await;
    keys.replace(&one('2'));
    alice.get("/invoices").await.is(200, "acme-1");
    alice.post_with("/plain", &format!("form_token={form}")).await.is(200, "changed");
    assert_eq!(gateway.sessions().id_token(&session).await.unwrap().unwrap().expose_secret(), "token");
    alice.post("/renew", "").await.is(200, "renewed");
    alice.get("/invoices").await.is(200, "acme-1");
    // The new id is under the new key alone.
    let mut elsewhere = Browser { router: world.second(one('2')).await.1, cookie: alice.cookie.clone() };
    elsewhere.get("/whoami").await.is(200, "alice");
    elsewhere.router = world.router.clone();
    elsewhere.get("/whoami").await.is(401, "Unauthorized");
    // The same again is no change, and loses nothing.
    keys.replace(&one('2'));
    keys.replace(&keys.clone());
    alice.get("/invoices").await.is(200, "acme-1");
}

/// Requests, forms, sign-ins and new ids of two organizations, while the key changes three times.
async fn no_request_fails_while_keys_are_replaced(world: World) {
    let keys = one('1');
    let (gateway, router) =
        world.second_with(keys.clone(), |gateway| gateway.cache_sessions(Duration::from_secs(2))).await;
    let (over, served) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let mut tasks = JoinSet::new();
    for number in 0..8 {
        let (name, rows) = [("alice", "acme-1"), ("bob", "bravo-1")][number % 2];
        let (sessions, router, over, served) = (gateway.sessions(), router.clone(), over.clone(), served.clone());
        tasks.spawn(async move {
            let mut browser = Browser { router, cookie: None };
            browser.take(&sessions.sign_in(&signed_in(name), None, None).await.unwrap().1);
            while !over.load(Ordering::SeqCst) {
                browser.get("/invoices").await.is(200, rows);
                browser.post("/plain", "").await.is(200, "changed");
                if number >= 4 {
                    browser.post("/renew", "").await.is(200, "renewed");
                }
                browser.take(&sessions.sign_in(&signed_in(name), None, None).await.unwrap().1);
                served.fetch_add(1, Ordering::SeqCst);
            }
        });
    }
    for digit in ['2', '3', '4'] {
        let before = served.load(Ordering::SeqCst);
        while served.load(Ordering::SeqCst) < before + 16 {
            assert!(tasks.try_join_next().is_none(), "a request failed");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        keys.replace(&one(digit));
    }
    let before = served.load(Ordering::SeqCst);
    while served.load(Ordering::SeqCst) < before + 16 {
        assert!(tasks.try_join_next().is_none(), "a request failed");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    over.store(true, Ordering::SeqCst);
    tasks.join_all().await;
    for reason in RejectionReason::ALL {
        assert_eq!(gateway.refused(*reason), 0, "{}", reason.name());
    }
}

/// Twice within a session's life loses nothing; the fifth key takes the place of the first.
async fn of_more_than_four_keys_the_oldest_are_forgotten(world: World) {
    let keys = one('1');
    let (_, router) = world.second_with(keys.clone(), unchanged).await;
    let mut alice = Browser { router, cookie: world.browser("alice").await.cookie };
    let form = alice.token().await;
    for digit in ['2', '3', '4'] {
        keys.replace(&one(digit));
        alice.get("/whoami").await.is(200, "alice");
        alice.post_with("/plain", &format!("form_token={form}")).await.is(200, "changed");
    }
    let mut second = alice.copy();
    second.post("/renew", "").await.is(200, "renewed");
    keys.replace(&one('5'));
    alice.get("/whoami").await.is(401, "Unauthorized");
    second.get("/whoami").await.is(200, "alice");
}

/// A key that became known to others: its sessions, forms and sealed tokens are worth nothing from then on.
async fn what_was_forgotten_ends_its_sessions_and_tokens(world: World) {
    let Begun { keys, gateway, session, mut alice, form } = Begun::on(&world).await;
    keys.replace(&one('2'));
    let mut bob = Browser { router: alice.router.clone(), cookie: None };
    bob.take(&gateway.sessions().sign_in(&signed_in("bob"), None, None).await.unwrap().1);
    keys.forget_previous();
    alice.get("/whoami").await.is(401, "Unauthorized");
    assert!(gateway.sessions().id_token(&session).await.unwrap().is_none());
    bob.post_with("/plain", &format!("form_token={form}")).await.is(403, "Forbidden");
    bob.get("/invoices").await.is(200, "bravo-1");
}

/// As a deployment rotates: first all learn the key, then one after the other uses it.
async fn processes_that_know_the_next_key_take_each_others_sessions(world: World) {
    let (first, second) = (one('1'), one('1'));
    let (one_gateway, one_router) = world.second_with(first.clone(), unchanged).await;
    let (_, other_router) = world.second_with(second.clone(), unchanged).await;
    let turn = || SessionKeys::new(key('2')).previous(key('1'));
    // Without that step: an id of the new key is unknown to whoever has not heard of it.
    let (_, stranger) = world.second(one('1')).await;
    for keys in [&first, &second] {
        keys.replace(&SessionKeys::new(key('1')).previous(key('2')));
    }
    first.replace(&turn());
    let (_, cookie) = one_gateway.sessions().sign_in(&signed_in("alice"), None, None).await.unwrap();
    let mut alice = Browser { router: other_router, cookie: None };
    alice.take(&cookie);
    alice.get("/whoami").await.is(200, "alice");
    let mut left_out = Browser { router: stranger, cookie: alice.cookie.clone() };
    left_out.get("/whoami").await.is(401, "Unauthorized");
    second.replace(&turn());
    alice.post("/renew", "").await.is(200, "renewed");
    alice.router = one_router;
    alice.get("/whoami").await.is(200, "alice");
}

#[test]
fn keys_are_lines() {
    let lines = |text: &str| SessionKeys::from_lines(&SecretString::from(text));
    let digits = |digit: char| digit.to_string().repeat(64);
    for good in
        [digits('1'), format!("{}\n{}\n", digits('1'), digits('2')), ['1', '2', '3', '4'].map(digits).join("\r\n")]
    {
        assert!(lines(&good).is_ok(), "{good}");
    }
    for bad in [String::new(), "\n".to_owned(), format!("{}\n\n", digits('1')), format!("{}\nx", digits('1'))] {
        assert_eq!(lines(&bad).unwrap_err(), SessionKeyError::Text, "{bad}");
    }
    assert_eq!(lines(&['1', '2', '3', '4', '5'].map(digits).join("\n")).unwrap_err(), SessionKeyError::Count);
    assert!(!format!("{:?}", one('7')).contains("77"));
}
