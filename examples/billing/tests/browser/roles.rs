//! Roles in a real browser: an owner gives and revokes them, a person with one makes an invoice void and changes the payout account, and
//! a person without reads why not.

use crate::accessible::{axe, violations};
use crate::chromium::Chromium;
use crate::{at, press, script, service, text};
use billing::Running;
use std::time::Duration;
use thirtyfour::prelude::*;

/// Signs in at the development provider, in place of the person of before.
async fn sign_in(driver: &WebDriver, service: &Running, subject: &str) {
    driver.delete_all_cookies().await.expect("they are gone");
    driver.goto(&format!("{}/login", service.url())).await.expect("the provider");
    press(driver, &format!("button[value={subject}]")).await;
    at(driver, service, "/invoices").await;
}

/// The button of a name, as a screen reader says it.
async fn button(driver: &WebDriver, name: &str) -> Option<WebElement> {
    for found in driver.find_all(By::Css("main button")).await.unwrap_or_default() {
        // One of the page of before is there no more.
        let content = found.prop("textContent").await.ok().flatten().unwrap_or_default();
        if content.split_whitespace().collect::<Vec<_>>().join(" ") == name {
            return Some(found);
        }
    }
    None
}

/// Waits until the button is there, or is there no more: the page of before may have the path of the next one.
async fn has_button(driver: &WebDriver, name: &str, expected: bool) {
    for _ in 0..100 {
        if button(driver, name).await.is_some() == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the button {name} is there: {}", !expected)
}

async fn press_named(driver: &WebDriver, name: &str) {
    let found = button(driver, name).await.unwrap_or_else(|| panic!("no button {name}"));
    found.click().await.expect("a click");
}

async fn open(driver: &WebDriver, service: &Running, path: &str) {
    driver.goto(&format!("{}{path}", service.url())).await.expect("a page");
}

/// The path of the latest invoice.
async fn latest(driver: &WebDriver, service: &Running) -> String {
    open(driver, service, "/invoices").await;
    script(driver, "return document.querySelector('tbody a').getAttribute('href')").await
}

async fn is_accessible(driver: &WebDriver, axe: &str, what: &str) {
    let found = violations(driver, axe).await;
    assert!(found.is_empty(), "{what}: {}", found.join("\n"));
}

/// Presses the button of a page that was open while the role was revoked: the form is posted as the page had it.
async fn post_without_the_button(driver: &WebDriver, path: &str) {
    let script = format!(
        "const form = document.createElement('form'); form.method = 'post'; form.action = '{path}/void'; \
         form.append(document.querySelector('[name=form_token]').cloneNode()); document.body.append(form); form.submit();"
    );
    driver.execute(script, Vec::new()).await.expect("it is sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_shows_a_button_and_its_end_takes_it_away() {
    let (service, axe) = (service().await, axe());
    let chromium = Chromium::start().await;
    let driver = chromium.driver();

    sign_in(driver, &service, "eve").await;
    let own = latest(driver, &service).await;
    open(driver, &service, &own).await;
    assert!(button(driver, "Make void").await.is_none(), "a viewer");
    post_without_the_button(driver, &own).await;
    at(driver, &service, &format!("{own}/void")).await;
    assert_eq!(text(driver, "h1").await, "Not permitted");
    is_accessible(driver, &axe, "a refusal").await;

    sign_in(driver, &service, "ada").await;
    open(driver, &service, "/members").await;
    driver.find(By::Id("subject")).await.expect("a field").send_keys("eve").await.expect("typed");
    driver.find(By::Css("#role option[value=accountant]")).await.expect("a role").click().await.expect("chosen");
    press_named(driver, "Give role").await;
    at(driver, &service, "/members").await;
    has_button(driver, "Revoke the role accountant of eve", true).await;
    // The last owner stays, and reads why.
    press_named(driver, "Give up the role owner of ada").await;
    assert!(text(driver, "[role=alert]").await.contains("An organization keeps at least one owner."));
    is_accessible(driver, &axe, "the last owner").await;

    sign_in(driver, &service, "eve").await;
    open(driver, &service, &own).await;
    press_named(driver, "Make void").await;
    at(driver, &service, &own).await;
    has_button(driver, "Make void", false).await;
    assert!(text(driver, "dl").await.contains("void") && button(driver, "Mark as paid").await.is_none());
    is_accessible(driver, &axe, "a void invoice").await;

    sign_in(driver, &service, "ada").await;
    open(driver, &service, "/members").await;
    press_named(driver, "Revoke the role accountant of eve").await;
    at(driver, &service, "/members").await;
    has_button(driver, "Revoke the role accountant of eve", false).await;
    has_button(driver, "Revoke the role viewer of eve", true).await;
    chromium.stop().await;
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_changes_the_payout_account() {
    let (service, axe) = (service().await, axe());
    let chromium = Chromium::start().await;
    let driver = chromium.driver();
    sign_in(driver, &service, "eve").await;
    open(driver, &service, "/payout").await;
    assert!(text(driver, "dl").await.contains("NL91 ABNA 0417 1643 00"));
    assert!(button(driver, "Change account").await.is_none(), "a viewer");
    is_accessible(driver, &axe, "the account, for a viewer").await;

    sign_in(driver, &service, "ada").await;
    open(driver, &service, "/payout").await;
    for (typed, read) in [("DE88370400440532013000", "Write an IBAN"), ("DE89370400440532013000", "")] {
        let field = driver.find(By::Id("iban")).await.expect("a field");
        field.clear().await.expect("empty");
        field.send_keys(typed).await.expect("typed");
        press_named(driver, "Change account").await;
        if !read.is_empty() {
            assert!(text(driver, "[role=alert]").await.contains(read));
            is_accessible(driver, &axe, "a wrong account").await;
        }
    }
    // The page of before has the path too.
    let shown = "return document.querySelector('dl')?.innerText ?? ''";
    for _ in 0..50 {
        if script(driver, shown).await.contains("DE89 3704 0044 0532 0130 00") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(script(driver, shown).await.contains("DE89 3704 0044 0532 0130 00"));
    chromium.stop().await;
    service.stop().await;
}
