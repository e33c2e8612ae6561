//! Every page at the width of a telephone and of a desk, light and dark, under an accessibility checker (axe-core, from npm).

use crate::chromium::Chromium;
use crate::{at, press, script, service};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use thirtyfour::extensions::cdp::ChromeDevTools;
use thirtyfour::prelude::*;

/// What is not asked for: nothing.
const ASK: &str = "const done = arguments[arguments.length - 1]; \
                   axe.run(document, { resultTypes: ['violations'] }).then( \
                   found => done(JSON.stringify(found.violations.map(one => \
                   one.id + ' (' + one.impact + '): ' + one.nodes.map(node => node.html).join(' | ')))), \
                   error => done(JSON.stringify(['it did not run: ' + error])))";

/// The checker's text, as the lock file names it.
pub(crate) fn axe() -> String {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/axe");
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("axe");
    fs::create_dir_all(&folder).expect("a folder");
    let lock = fs::read(source.join("package-lock.json")).expect("the lock file");
    let stamp = folder.join("installed-lock");
    if fs::read(&stamp).ok().as_ref() != Some(&lock) {
        for file in ["package.json", "package-lock.json"] {
            fs::copy(source.join(file), folder.join(file)).expect("copied");
        }
        let mut npm = Command::new("npm");
        npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&folder);
        let missing = "axe-core comes from npm: `apt-get install nodejs npm`, and, once, a package registry";
        let output = npm.output().unwrap_or_else(|why| panic!("{missing} ({why})"));
        assert!(output.status.success(), "{missing}: {}", String::from_utf8_lossy(&output.stderr));
        fs::write(&stamp, lock).expect("written");
    }
    fs::read_to_string(folder.join("node_modules/axe-core/axe.min.js")).expect("the checker")
}

/// Gives the window this width, as a telephone has it and not as a window's frame allows.
async fn width(driver: &WebDriver, width: u32) {
    let screen = json!({ "width": width, "height": 844, "deviceScaleFactor": 1, "mobile": false });
    let tools = ChromeDevTools::new(driver.handle.clone());
    tools.execute_cdp_with_params("Emulation.setDeviceMetricsOverride", screen).await.expect("Chromium can pretend");
}

pub(crate) async fn violations(driver: &WebDriver, axe: &str) -> Vec<String> {
    // In the page, but not of it: the policy lets no script of a page run.
    driver.execute(axe, Vec::<Value>::new()).await.expect("it loads");
    let found = driver.execute_async(ASK, Vec::<Value>::new()).await.expect("an answer");
    serde_json::from_str(found.json().as_str().expect("text")).expect("a list")
}

/// Nothing is cut off or has to be pushed to the side to be read.
async fn fits(driver: &WebDriver, what: &str, found: &mut Vec<String>) {
    let wide = "const wide = [...document.querySelectorAll('body, main, .wide, table, form, header')] \
                .filter(one => one.scrollWidth > one.clientWidth + 1 || one.getBoundingClientRect().right > innerWidth + 1); \
                return wide.map(one => one.outerHTML.slice(0, 80)).join('\\n')";
    let seen = script(driver, wide).await;
    if !seen.is_empty() {
        found.push(format!("{what} is too wide: {seen}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_for_everybody_at_every_width() {
    let (service, axe) = (service().await, axe());
    let chromium = Chromium::start().await;
    let driver = chromium.driver();
    let url = service.url().to_owned();
    let mut found = Vec::new();
    let look = async |found: &mut Vec<String>, what: &str| {
        for pixels in [390, 1280] {
            width(driver, pixels).await;
            fits(driver, &format!("{what} at {pixels}"), found).await;
            for scheme in ["light", "dark"] {
                chromium.prefer(scheme).await;
                let wrong = violations(driver, &axe).await;
                found.extend(wrong.into_iter().map(|one| format!("{what}, {pixels}, {scheme}: {one}")));
            }
        }
    };
    for path in ["/", "/invoices", "/no/such/page"] {
        driver.goto(&format!("{url}{path}")).await.expect("a page");
        look(&mut found, &format!("a stranger at {path}")).await;
    }
    driver.goto(&format!("{url}/login")).await.expect("the provider");
    look(&mut found, "the provider").await;
    press(driver, "button[value=cleo]").await;
    at(driver, &service, "/organizations").await;
    look(&mut found, "the organizations").await;
    press(driver, "button[value=harbour-trading]").await;
    at(driver, &service, "/invoices").await;
    for path in
        ["/invoices", "/customers", "/roll-up", "/payout", "/members", "/isolation", "/settings", "/invoices?q=none"]
    {
        driver.goto(&format!("{url}{path}")).await.expect("a page");
        look(&mut found, path).await;
    }

    // What is wrong with a form stands beside it, and the field that it is about says so.
    driver.goto(&format!("{url}/customers")).await.expect("a page");
    let field = driver.find(By::Id("name")).await.expect("a field");
    field.send_keys("Lindqvist & Sons").await.expect("typed");
    press(driver, "form.fields button").await;
    let about = "const field = document.activeElement; \
                 const text = document.getElementById(field.getAttribute('aria-describedby')); \
                 const far = field.getBoundingClientRect().top - text.getBoundingClientRect().top; \
                 return [field.id, field.getAttribute('aria-invalid'), text.innerText, far > 0 && far < 200].join(', ')";
    crate::text(driver, "[aria-invalid]").await;
    assert_eq!(script(driver, about).await, "name, true, There is a customer of that name., true");
    look(&mut found, "a form that was wrong").await;
    assert!(found.is_empty(), "{}", found.join("\n"));

    // The menu is one row, and the State of an invoice is to be seen.
    driver.goto(&format!("{url}/invoices")).await.expect("a page");
    width(driver, 390).await;
    // What is in one row has one middle, whatever its height.
    let rows = "const middle = one => { const box = one.getBoundingClientRect(); return Math.round((box.top + box.bottom) / 32); }; \
                return String(new Set([...document.querySelectorAll('header > *')].map(middle)).size)";
    assert!(["1", "2"].contains(&script(driver, rows).await.as_str()), "the header");
    let state = "const cell = document.querySelector('tbody td:last-child').getBoundingClientRect(); \
                 return String(cell.width > 20 && cell.right <= innerWidth)";
    assert_eq!(script(driver, state).await, "true");
    chromium.stop().await;
    service.stop().await;
}
