//! Signing in goes through the provider, and says who it is and nothing more.

use crate::on_each_database;
use crate::world::World;

on_each_database!(one_organization_is_entered_at_once, of_two_none_is_chosen_silently, nobodys_member_is_told_so);

async fn one_organization_is_entered_at_once(world: World) {
    let mut browser = world.browser();
    let page = browser.get("/").await;
    assert!(page.status == 200 && page.text.contains("anybody may be anybody"), "{}", page.text);
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
    assert!(page.text.contains("harbour-trading") && page.text.contains("freewheel"), "{}", page.text);
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
    assert!(!page.text.contains("freewheel"), "{}", page.text);
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
    // It is used up, for its own browser too.
    assert_eq!(attacker.follow(reqwest::Method::GET, callback, None).await.status, 403);
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
