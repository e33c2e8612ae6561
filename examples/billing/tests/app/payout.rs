//! The payout account is changed by an owner of the organization, with a fresh proof.

use crate::browser::{Browser, Page};
use crate::liar::{Liar, now};
use crate::on_each_database;
use crate::other_provider::{service_with, sign_in, sign_in_again};
use crate::world::World;
use serde_json::Value;

on_each_database!(
    an_owner_changes_the_account_of_the_own_organization,
    an_accountant_and_a_viewer_see_the_account_and_do_not_change_it,
    a_role_that_is_revoked_in_between_changes_nothing,
);

const HARBOUR: &str = "NL91 ABNA 0417 1643 00";
const FREEWHEEL: &str = "BE68 5390 0754 7034";
const NEW: &str = "DE89 3704 0044 0532 0130 00";

async fn change(browser: &mut Browser, iban: &str) -> Page {
    browser.post("/invoices", "/payout", &[("iban", iban)]).await
}

async fn an_owner_changes_the_account_of_the_own_organization(world: World) {
    let (mut ada, mut bo) = (world.signed_in("ada").await, world.signed_in("bo").await);
    for (browser, own, other) in [(&mut ada, HARBOUR, FREEWHEEL), (&mut bo, FREEWHEEL, HARBOUR)] {
        let page = browser.get("/payout").await;
        assert!(page.status == 200 && page.text.contains(own) && !page.text.contains(other), "{}", page.text);
    }
    let page = change(&mut ada, "DE88 3704 0044 0532 0130 00").await;
    assert!(page.status == 422 && page.text.contains("Write an IBAN"), "{}", page.text);
    let page = change(&mut ada, "de89370400440532013000").await;
    assert_eq!((page.status, page.at.path()), (200, "/payout"), "{}", page.text);
    assert!(page.text.contains(NEW) && !page.text.contains(HARBOUR), "{}", page.text);
    assert!(bo.get("/payout").await.text.contains(FREEWHEEL), "another organization's stays");
    assert_eq!(ada.post_as_is("/payout", &[("iban", HARBOUR)]).await.status, 403, "without the session's token");
}

async fn an_accountant_and_a_viewer_see_the_account_and_do_not_change_it(world: World) {
    let (mut cleo, mut eve) = (world.acting("cleo", "harbour-trading").await, world.signed_in("eve").await);
    for browser in [&mut cleo, &mut eve] {
        let page = browser.get("/payout").await;
        assert!(page.status == 200 && page.text.contains(HARBOUR), "{}", page.text);
        assert!(!page.text.contains("New IBAN") && page.text.contains("An owner of the organization"), "{}", page.text);
        let page = change(browser, NEW).await;
        assert!(page.status == 403 && page.text.contains("You do not have permission"), "{}", page.text);
    }
    assert!(world.signed_in("ada").await.get("/payout").await.text.contains(HARBOUR));
}

async fn a_role_that_is_revoked_in_between_changes_nothing(world: World) {
    let (mut ada, mut cleo) = (world.signed_in("ada").await, world.acting("cleo", "harbour-trading").await);
    ada.post("/invoices", "/members/grant", &[("subject", "cleo"), ("role", "owner")]).await;
    let open = cleo.get("/payout").await;
    assert!(open.text.contains("New IBAN"), "{}", open.text);
    let token = open.field("form_token");
    let list = ada.get("/members").await.text;
    let id =
        list.split("data-label=\"Person\">cleo").nth(1).and_then(|row| row.split("name=\"person\" value=\"").nth(1));
    let id = id.expect("a form").split('"').next().expect("its end").to_owned();
    let page = ada.post("/invoices", "/members/revoke", &[("person", &id), ("role", "owner")]).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let late = cleo.post_as_is("/payout", &[("form_token", &token), ("iban", NEW)]).await;
    assert_eq!(late.status, 403, "{}", late.text);
    assert!(ada.get("/payout").await.text.contains(HARBOUR));
}

/// The permit alone is not enough: a browser that was left open changes nothing before its user has proved again who it is.
#[tokio::test(flavor = "multi_thread")]
async fn an_old_proof_does_not_change_the_account() {
    let provider = Liar::start().await;
    let world = service_with(&provider, &["--add-owner", "alice@freewheel"]).await;
    let old = |claims: &mut Value| claims["auth_time"] = (now() - 3600).into();
    let (mut alice, _) = sign_in(&world, &provider, old).await;
    let page = alice.get("/payout").await;
    assert!(page.text.contains("/settings/prove?to=/payout") && !page.text.contains("New IBAN"), "{}", page.text);
    let page = change(&mut alice, NEW).await;
    assert!(page.status == 403 && page.text.contains("You signed in a while ago."), "{}", page.text);
    assert!(alice.get("/payout").await.text.contains(FREEWHEEL));
    let page = sign_in_again(&mut alice, "/settings/prove?to=/payout", &provider, |_| ()).await;
    assert_eq!((page.status, page.at.path()), (200, "/payout"), "{}", page.text);
    let page = change(&mut alice, NEW).await;
    assert!(page.status == 200 && page.text.contains(NEW), "{}", page.text);
    // A member without a role sees neither page.
    let (mut bob, _) = sign_in(&world, &provider, |claims| claims["sub"] = "bob".into()).await;
    assert_eq!(bob.get("/payout").await.status, 409, "no member");
}

/// A path of another site is not gone to after the proof.
#[tokio::test(flavor = "multi_thread")]
async fn a_proof_leads_back_to_a_page_of_this_service() {
    let provider = Liar::start().await;
    let world = service_with(&provider, &[]).await;
    let (mut alice, _) = sign_in(&world, &provider, |_| ()).await;
    for to in ["https://evil.example", "//evil.example", "/\\evil.example"] {
        let page = sign_in_again(&mut alice, &format!("/settings/prove?to={to}"), &provider, |_| ()).await;
        assert!(page.status == 200 && page.at.as_str().starts_with(world.url()), "{to}: {}", page.at);
    }
    assert_eq!(alice.get("/payout").await.status, 403, "a member without a role");
    assert_eq!(alice.get("/members").await.status, 403, "a member without a role");
}
