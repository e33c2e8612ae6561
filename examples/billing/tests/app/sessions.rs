//! Sessions end when they are told to, everywhere.

use crate::on_each_database;
use crate::world::World;

on_each_database!(signing_out_ends_this_session, signing_out_everywhere_ends_all, one_is_ended_from_the_list);

async fn signing_out_ends_this_session(world: World) {
    let mut browser = world.signed_in("ada").await;
    let mut thief = browser.copy();
    let mut elsewhere = world.signed_in("ada").await;
    // By the provider's logout and back.
    let page = browser.post("/settings", "/sign-out", &[]).await;
    assert_eq!((page.status, page.at.path()), (200, "/"));
    assert!(browser.cookie("__Host-tenancy").is_none());
    let page = thief.get("/invoices").await;
    assert!(page.status == 401 && page.text.contains("/login?to=%2Finvoices"), "{}", page.text);
    assert_eq!(elsewhere.get("/invoices").await.status, 200);
}

async fn signing_out_everywhere_ends_all(world: World) {
    let mut browser = world.signed_in("ada").await;
    let mut elsewhere = world.signed_in("ada").await;
    let mut other = world.signed_in("bo").await;
    let page = elsewhere.get("/settings").await;
    assert_eq!(page.text.matches(">Testfox").count(), 2, "{}", page.text);
    let page = browser.post("/settings", "/sign-out/everywhere", &[]).await;
    assert_eq!((page.status, page.at.path()), (200, "/"));
    assert_eq!(elsewhere.get("/invoices").await.status, 401);
    assert_eq!(other.get("/invoices").await.status, 200, "somebody else's goes on");
}

async fn one_is_ended_from_the_list(world: World) {
    let mut browser = world.signed_in("ada").await;
    let mut elsewhere = world.signed_in("ada").await;
    let mut other = world.signed_in("bo").await;
    let handle = browser.get("/settings").await.field("session");
    // Another user's post with the handle ends nothing.
    other.post("/settings", "/settings/end", &[("session", &handle)]).await;
    assert_eq!(elsewhere.get("/invoices").await.status, 200);
    let page = browser.post("/settings", "/settings/end", &[("session", &handle)]).await;
    assert!(page.status == 200 && !page.text.contains("name=\"session\""), "{}", page.text);
    assert_eq!(elsewhere.get("/invoices").await.status, 401);
}
