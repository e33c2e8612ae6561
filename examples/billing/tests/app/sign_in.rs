//! Signing in goes through the provider, and says who it is and nothing more.

use crate::on_each_database;
use crate::world::World;

on_each_database!(one_organization_is_entered_at_once, of_two_none_is_chosen_silently, nobodys_member_is_told_so);

async fn one_organization_is_entered_at_once(world: World) {
    let mut browser = world.browser();
    let page = browser.get("/").await;
    assert!(page.status == 200 && page.text.contains("any visitor can sign in as any user"), "{}", page.text);
    // The wish to come back survives the sign-in.
    let page = browser.sign_in("ada", "/roll-up").await;
    assert_eq!((page.status, page.at.path()), (200, "/roll-up"));
    assert!(page.text.contains("Harbour Trading"), "{}", page.text);
    // Nothing is left of the sign-in's own cookie.
    assert!(browser.cookie("__Host-tenancy").is_some());
}

async fn of_two_none_is_chosen_silently(world: World) {
    let mut browser = world.browser();
    let page = browser.sign_in("cleo", "/").await;
    assert_eq!((page.status, page.at.path()), (200, "/organizations"));
    assert!(page.text.contains("Harbour Trading") && page.text.contains("Freewheel"), "{}", page.text);
    let page = browser.get("/invoices").await;
    assert!(page.status == 409 && page.text.contains("/organizations"), "{}", page.text);

    let before = browser.cookie("__Host-tenancy").expect("a session").to_owned();
    let page = browser.switch("harbour-trading").await;
    assert!(page.status == 200 && page.text.contains("Harbour Trading"), "{}", page.text);
    let harbour = page.invoices();
    assert_ne!(browser.cookie("__Host-tenancy"), Some(before.as_str()), "a new id at a switch");
    let page = browser.switch("freewheel").await;
    assert!(page.status == 200 && page.text.contains("Freewheel"), "{}", page.text);
    // The same numbers, other rows.
    assert!(page.text.contains("2026-0124") && page.text.contains("Velo Kontor"), "{}", page.text);
    assert!(page.invoices().iter().all(|id| !harbour.contains(id)));
}

async fn nobodys_member_is_told_so(world: World) {
    let mut browser = world.browser();
    let page = browser.sign_in("dag", "/").await;
    assert_eq!((page.status, page.at.path()), (200, "/organizations"));
    assert!(page.text.contains("a member of no organization yet"), "{}", page.text);
    assert!(page.text.contains("<code>dag</code>") && page.text.contains("/for-development"), "{}", page.text);
    assert!(!page.text.contains("Freewheel"), "{}", page.text);
    for path in ["/invoices", "/customers", "/roll-up", "/isolation", "/invoices/1"] {
        assert_eq!(browser.get(path).await.status, 409, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_of_another_browser_signs_nobody_in() {
    let world = World::on_sqlite().await;
    let (mut attacker, mut victim) = (world.browser(), world.browser());
    let page = attacker.get("/login").await;
    // The attacker stops before the callback and hands its address to the victim.
    let fields = crate::browser::form(&[("request", &page.field("request")), ("user", "bo")]);
    let at = format!("{}/authorize", world.service.provider().unwrap()).parse().unwrap();
    let answer = attacker.one(reqwest::Method::POST, at, Some(fields)).await;
    let callback: reqwest::Url = answer.header("location").parse().unwrap();
    let page = victim.follow(reqwest::Method::GET, callback.clone(), None).await;
    assert_eq!(page.status, 403);
    assert!(victim.cookie("__Host-tenancy").is_none());
    // Who began it is signed in as who they are, once.
    assert_eq!(attacker.follow(reqwest::Method::GET, callback.clone(), None).await.status, 200);
    let mut stolen = world.browser();
    assert_eq!(stolen.follow(reqwest::Method::GET, callback, None).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cancels_is_not_signed_in() {
    let world = World::on_sqlite().await;
    let mut browser = world.browser();
    let page = browser.sign_in("", "/").await;
    assert!(page.status == 403 && page.text.contains("did not succeed"), "{}", page.text);
    assert!(browser.cookie("__Host-tenancy").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_leads_to_this_site_alone() {
    let world = World::on_sqlite().await;
    let page = world.browser().sign_in("ada", "https://evil.example/").await;
    assert_eq!((page.status, page.at.host_str(), page.at.path()), (200, Some("localhost"), "/invoices"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_there_before_is_dead_after() {
    let world = World::on_sqlite().await;
    let mut browser = world.signed_in("ada").await;
    let mut old = browser.copy();
    assert_eq!(old.get("/invoices").await.status, 200);
    browser.sign_in("bo", "/").await;
    assert_eq!(old.get("/invoices").await.status, 401);
}

/// Where the provider sent a browser back to, before it goes there.
async fn callback(browser: &mut crate::browser::Browser, provider: &str, subject: &str, from: &str) -> reqwest::Url {
    let page = browser.get(from).await;
    let fields = crate::browser::form(&[("request", &page.field("request")), ("user", subject)]);
    let at = format!("{provider}/authorize").parse().unwrap();
    browser.one(reqwest::Method::POST, at, Some(fields)).await.header("location").parse().unwrap()
}

/// Reloaded, gone back to: who is signed in goes on with the work, and nobody else is let in.
#[tokio::test(flavor = "multi_thread")]
async fn a_used_callback_leads_to_the_work() {
    let world = World::on_sqlite().await;
    let mut ada = world.browser();
    let at = callback(&mut ada, world.service.provider().unwrap(), "ada", "/login").await;
    assert_eq!(ada.follow(reqwest::Method::GET, at.clone(), None).await.status, 200);
    let session = ada.cookie("__Host-tenancy").unwrap().to_owned();
    for _ in 0..2 {
        let page = ada.follow(reqwest::Method::GET, at.clone(), None).await;
        assert_eq!((page.status, page.at.path()), (200, "/invoices"));
    }
    assert_eq!(ada.cookie("__Host-tenancy"), Some(session.as_str()), "the same session");
    let page = world.browser().follow(reqwest::Method::GET, at.clone(), None).await;
    assert!(page.status == 403 && page.text.contains("did not succeed"), "{}", page.text);
    // Somebody else who is signed in stays who they are.
    let mut bo = world.signed_in("bo").await;
    let page = bo.follow(reqwest::Method::GET, at, None).await;
    assert!(page.text.contains("Freewheel"), "{}", page.text);
}

/// What a sign-in is for lies in its seal. An address that looks like a step-up's makes none: who signs in has a new session.
#[tokio::test(flavor = "multi_thread")]
async fn an_address_makes_no_step_up() {
    let world = World::on_sqlite().await;
    let handle = async |browser: &mut crate::browser::Browser| browser.get("/settings").await.field("session");
    let mut ada = world.signed_in("ada").await;
    let mut other = world.signed_in("ada").await;
    // Of the two each lists the other's.
    let mut before = handle(&mut other).await;
    for to in ["/settings?proved", "/settings%3Fproved", "/settings"] {
        let page = ada.sign_in("ada", to).await;
        assert_eq!((page.status, page.at.path()), (200, "/settings"), "{to}");
        let now = handle(&mut other).await;
        assert_ne!(now, before, "{to}: a new session");
        before = now;
    }
    // A step-up is for the session that began it: after another sign-in in that browser it is unknown.
    let at = callback(&mut ada, world.service.provider().unwrap(), "ada", "/settings/prove").await;
    ada.sign_in("bo", "/").await;
    let page = ada.follow(reqwest::Method::GET, at, None).await;
    assert!(page.text.contains("Freewheel"), "{}", page.text);
}

/// Beginning a sign-in keeps nothing on the server.
#[tokio::test(flavor = "multi_thread")]
async fn strangers_who_begin_sign_ins_are_in_nobodys_way() {
    let world = World::on_both_walls().await;
    let mut ada = world.browser();
    let page = ada.get("/login").await;
    for _ in 0..50 {
        let mut stranger = world.browser();
        let begun = stranger.one(reqwest::Method::GET, stranger.address("/login"), None).await;
        assert_eq!(begun.status, 303);
    }
    assert_eq!(world.psql("SELECT count(*) FROM gateway_logins"), "0");
    assert_eq!(ada.choose(&page, "ada").await.status, 200);
    assert_eq!(world.psql("SELECT count(*) FROM gateway_logins"), "1");
}
