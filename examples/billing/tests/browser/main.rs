//! The service in a real browser: Chromium takes the cookies, follows the forms under the policy, and shows light and dark.
//!
//! It needs `chromium` and `chromedriver` (Debian: `apt-get install chromium chromium-driver`) and fails without them.
//! `BILLING_SCREENSHOTS=docs/images`, an existing folder, keeps what it saw: the pictures in the documentation are made so.

mod accessible;
mod chromium;
mod roles;
mod sibling;

use billing::{Args, Running};
use chromium::Chromium;
use clap::Parser as _;
use std::path::PathBuf;
use std::time::Duration;
use thirtyfour::prelude::*;

async fn service() -> Running {
    let fixed = [
        "billing",
        "--listen",
        "127.0.0.1:0",
        "--dev-provider-listen",
        "127.0.0.1:0",
        "--internal-listen",
        "127.0.0.1:0",
    ];
    billing::start(Args::try_parse_from(fixed).expect("arguments")).await.expect("it starts")
}

async fn press(driver: &WebDriver, selector: &str) {
    let found = driver.query(By::Css(selector)).first().await;
    found.unwrap_or_else(|why| panic!("{selector}: {why}")).click().await.expect("a click");
}

/// The text of an element, once it is there.
async fn text(driver: &WebDriver, selector: &str) -> String {
    let found = driver.query(By::Css(selector)).first().await;
    found.unwrap_or_else(|why| panic!("{selector}: {why}")).text().await.expect("its text")
}

/// What a script sees.
async fn script(driver: &WebDriver, script: &str) -> String {
    let seen = driver.execute(script, Vec::new()).await.expect("an answer");
    seen.json().as_str().expect("text").to_owned()
}

/// Waits until the page at a path is there.
async fn at(driver: &WebDriver, service: &Running, path: &str) {
    let wanted = format!("{}{path}", service.url());
    for _ in 0..100 {
        if driver.current_url().await.is_ok_and(|at| at.as_str() == wanted) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("not at {wanted} but at {:?}", driver.current_url().await)
}

async fn keep(driver: &WebDriver, name: &str) {
    let picture = driver.screenshot_as_png().await.expect("a picture");
    assert!(picture.starts_with(b"\x89PNG") && picture.len() > 5_000, "{name}: {} bytes", picture.len());
    if let Some(folder) = std::env::var_os("BILLING_SCREENSHOTS") {
        // Cargo runs a test in its package's folder; the variable is meant from the workspace's.
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder);
        std::fs::write(folder.join(format!("billing-{name}.png")), picture).expect("the folder is there");
    }
}

/// How bright the page's ground is, from 0 to 765.
async fn brightness(driver: &WebDriver) -> u32 {
    let color = script(driver, "return getComputedStyle(document.body).backgroundColor").await;
    let color = color.trim_start_matches("rgb(").trim_end_matches(')');
    color.split(", ").map(|part| part.parse::<u32>().expect("a number")).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_signs_in_switches_and_signs_out() {
    let service = service().await;
    let chromium = Chromium::start().await;
    let driver = chromium.driver();
    driver.goto(service.url()).await.expect("the service");
    assert_eq!(text(driver, "h1").await, "billing");
    keep(driver, "sign-in").await;

    press(driver, "a.button").await;
    assert_eq!(text(driver, "h1").await, "Development identity provider");
    keep(driver, "provider").await;
    press(driver, "button[value=cleo]").await;
    at(driver, &service, "/organizations").await;
    press(driver, "button[value=harbour-trading]").await;
    at(driver, &service, "/invoices").await;
    // The cookie is the browser's and no script's, although the connection is plain: localhost is trusted.
    let cookie = driver.get_named_cookie("__Host-tenancy").await.expect("a session");
    assert_eq!((cookie.secure, cookie.path.as_deref()), (Some(true), Some("/")));
    assert_eq!(script(driver, "return document.cookie").await, "");

    let light = brightness(driver).await;
    keep(driver, "invoices-light").await;
    chromium.prefer("dark").await;
    let dark = brightness(driver).await;
    assert!(light > 600 && dark < 150, "light {light}, dark {dark}");
    keep(driver, "invoices-dark").await;

    driver.goto(&format!("{}/isolation", service.url())).await.expect("the page");
    assert!(text(driver, "mark").await.contains("org_id"));
    keep(driver, "isolation-dark").await;
    chromium.prefer("light").await;
    keep(driver, "isolation-light").await;

    press(driver, "a[href='/organizations']").await;
    press(driver, "button[value=freewheel]").await;
    at(driver, &service, "/invoices").await;
    let name = text(driver, ".organization").await;
    assert!(name.contains("Freewheel"), "{name}");

    // By the provider and back: the policy lets the form's redirects through.
    press(driver, ".leave button").await;
    at(driver, &service, "/").await;
    assert!(driver.get_named_cookie("__Host-tenancy").await.is_err());
    driver.goto(&format!("{}/invoices", service.url())).await.expect("the page");
    assert_eq!(text(driver, "h1").await, "Sign in");
    chromium.stop().await;
    service.stop().await;
}

/// A page on a sibling's name plants cookies; the service's is the host's own, and stays.
#[tokio::test(flavor = "multi_thread")]
async fn a_sibling_cannot_toss_a_session_in() {
    let service = service().await;
    let sibling = sibling::start().await;
    let chromium = Chromium::start().await;
    let driver = chromium.driver();
    driver.goto(&format!("{}/login", service.url())).await.expect("the provider");
    press(driver, "button[value=ada]").await;
    at(driver, &service, "/invoices").await;
    let own = driver.get_named_cookie("__Host-tenancy").await.expect("a session").value;

    driver.goto(&sibling).await.expect("the sibling");
    // It could set what it may: the test would show nothing if it set no cookie at all.
    assert_eq!(text(driver, "h1").await, "planted");
    let planted = script(driver, "return document.cookie").await;
    assert!(planted.contains("harmless=1") && !planted.contains("__Host-tenancy"), "{planted}");

    driver.goto(&format!("{}/settings", service.url())).await.expect("the page");
    assert_eq!(text(driver, "h1").await, "Settings");
    let cookies = driver.get_all_cookies().await.expect("cookies");
    let sessions: Vec<_> = cookies.iter().filter(|one| one.name.eq_ignore_ascii_case("__host-tenancy")).collect();
    assert!(sessions.len() == 1 && sessions[0].value == own, "{cookies:?}");
    chromium.stop().await;
    service.stop().await;
}

/// Whether the page that is shown can load this into itself, with the browser's cookies.
async fn loads(driver: &WebDriver, address: &str) -> String {
    let script = "const done = arguments[arguments.length - 1]; \
                  fetch(arguments[0], { mode: 'no-cors', credentials: 'include' }).then(() => done('loaded'), () => done('refused'))";
    let seen = driver.execute_async(script, vec![address.into()]).await.expect("an answer");
    seen.json().as_str().expect("text").to_owned()
}

/// How many requests were refused for coming from another site: with a session, or the reason would be another.
async fn refused(service: &Running) -> String {
    let metrics = service.internal().expect("they are served");
    let text = reqwest::get(format!("http://{metrics}/metrics")).await.expect("an answer").text().await.expect("text");
    let count =
        text.lines().find_map(|line| line.strip_prefix("tenancy_gateway_refusals_total{reason=\"cross_site\"} "));
    count.expect("it is counted").to_owned()
}

/// Another port of the same name is another origin, and the same site: the browser sends it the session's cookie.
#[tokio::test(flavor = "multi_thread")]
async fn another_origins_page_loads_nothing_of_a_session() {
    let service = service().await;
    let other = sibling::start().await.replace("evil.localhost", "localhost");
    let chromium = Chromium::start().await;
    let driver = chromium.driver();
    driver.goto(&format!("{}/login", service.url())).await.expect("the provider");
    press(driver, "button[value=ada]").await;
    at(driver, &service, "/invoices").await;

    driver.goto(&other).await.expect("the other origin");
    assert_eq!(loads(driver, &other).await, "loaded", "its own page");
    assert_eq!(refused(&service).await, "0");
    for (count, path) in ["/invoices", "/settings"].iter().enumerate() {
        assert_eq!(loads(driver, &format!("{}{path}", service.url())).await, "refused", "{path}");
        assert_eq!(refused(&service).await, (count + 1).to_string(), "{path}");
    }
    // Its link leads there.
    let link = format!("location.href = '{}/invoices'", service.url());
    driver.execute(link, Vec::new()).await.expect("it is followed");
    at(driver, &service, "/invoices").await;
    assert_eq!(refused(&service).await, "2");
    chromium.stop().await;
    service.stop().await;
}
