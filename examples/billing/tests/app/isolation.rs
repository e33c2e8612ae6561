//! The page that shows what keeps organizations apart says the truth.

use crate::on_each_database;
use crate::world::World;
use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use std::collections::HashSet;
use std::sync::Mutex;

on_each_database!(every_statement_shown_carries_the_organization, a_hostile_attempt_shows_its_refusal);

/// What the drivers of this process were given.
static SENT: Mutex<Option<HashSet<String>>> = Mutex::new(None);

struct Listening;

impl Instrumentation for Listening {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let text = query.to_string();
            let sql = text.rsplit_once(" -- binds: ").map_or(text.as_str(), |(sql, _)| sql).to_owned();
            SENT.lock().unwrap().get_or_insert_default().insert(sql);
        }
    }
}

/// The statements of the page: their text and their binds, as `debug_query` wrote them.
fn statements(page: &str) -> Vec<(String, String)> {
    let plain = |text: &str| {
        let text = text.replace("<mark>", "").replace("</mark>", "");
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
    };
    let items = page.split("<code class=\"sql\">").skip(1);
    items
        .map(|item| {
            let (sql, rest) = item.split_once("</code>").unwrap();
            let binds = rest.split("values: ").nth(1).unwrap().split("</small>").next().unwrap();
            (plain(sql), plain(binds))
        })
        .collect()
}

async fn every_statement_shown_carries_the_organization(world: World) {
    let mut browser = world.signed_in("ada").await;
    let customer = crate::pages::customer_of(&browser.get("/invoices").await.text, "Hotel Astoria");
    let new = [
        ("customer", customer.as_str()),
        ("number", "9-1"),
        ("period", "2026-11"),
        ("amount", "1"),
        ("currency", "EUR"),
    ];
    let own = browser.post("/invoices", "/invoices", &new).await.at.path().to_owned();
    browser.post(&own, &format!("{own}/pay"), &[]).await;
    // Those with a permit read the organization's epoch too.
    browser.post(&own, &format!("{own}/void"), &[]).await;
    browser.post("/payout", "/payout", &[("iban", "DE89370400440532013000")]).await;
    let mut seen = statements(&browser.get("/isolation").await.text);
    browser.post("/customers", "/customers", &[("name", "New")]).await;
    browser.get("/invoices?q=a&before=900").await;
    browser.get("/roll-up").await;
    let page = browser.get("/isolation").await;
    assert!(page.text.contains("<mark>"), "{}", page.text);
    seen.extend(statements(&page.text));
    assert!(seen.len() >= 20, "{}", seen.len());
    for begin in ["SELECT", "INSERT", "UPDATE"] {
        assert!(seen.iter().any(|(sql, _)| sql.starts_with(begin)), "{begin} in {seen:#?}");
    }
    let tables = [("letterheads", "org_id"), ("customers", "org_id"), ("invoices", "org_id"), ("payouts", "org_id")];
    assert_eq!(seen.iter().filter(|(sql, _)| sql.contains("permission_epochs")).count(), 2, "{seen:#?}");
    for (sql, binds) in &seen {
        let found = crate::sql::check(&format!("{sql} -- binds: {binds}"), &tables)
            .unwrap_or_else(|why| panic!("{why}: {sql}"));
        assert!(found > 0, "{sql}");
        // The page shows where the organization stands, never which one it is.
        assert!(!binds.contains("018f2d4e"), "{binds}");
    }
    // Somebody else's page has none of them.
    let other = world.signed_in("bo").await.get("/isolation").await;
    let others = statements(&other.text);
    // The page after the sign-in asks three times, this one once.
    assert_eq!(others.len(), 4, "{others:?}");
}

/// The page does not show what the service meant to ask, but what the driver was given.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_is_what_was_sent() {
    set_default_instrumentation(|| Some(Box::new(Listening))).unwrap();
    for world in [World::on_sqlite().await, World::on_both_walls().await] {
        let mut browser = world.signed_in("ada").await;
        browser.get("/customers").await;
        browser.get("/roll-up").await;
        let shown = statements(&browser.get("/isolation").await.text);
        assert!(shown.len() >= 5);
        let sent = SENT.lock().unwrap().clone().unwrap_or_default();
        for (sql, _) in shown {
            assert!(sent.contains(&sql), "never sent: {sql}");
        }
    }
}

async fn a_hostile_attempt_shows_its_refusal(world: World) {
    let foreign = world.signed_in("bo").await.get("/invoices").await.invoices()[0];
    let mut browser = world.signed_in("ada").await;
    let page = browser.get(&format!("/isolation?invoice={foreign}")).await;
    assert!(
        page.text.contains("404 Not Found.") && page.text.contains(&format!("no invoice {foreign}")),
        "{}",
        page.text
    );
    let absent = browser.get("/isolation?invoice=999999").await;
    // One answer, but for the id that was asked for and the session's fresh tokens.
    let answer = |text: &str, id: &str| {
        text.split("role=\"status\">").nth(1).unwrap().split("</p>").next().unwrap().replace(id, "")
    };
    assert_eq!(answer(&page.text, &foreign.to_string()), answer(&absent.text, "999999"));

    let claim = async |browser: &mut crate::browser::Browser, name: &str| {
        let page = browser.post("/isolation", "/isolation/claim", &[("organization", name)]).await;
        (page.status, page.text)
    };
    let refused = claim(&mut browser, "freewheel").await;
    assert!(
        refused.0 == 404 && refused.1.contains("no member of that organization, or there is none"),
        "{}",
        refused.1
    );
    assert_eq!(refused, claim(&mut browser, "no-such-organization").await);
    assert_eq!(refused, claim(&mut browser, "018f2d4e-7a10-7c3b-9d55-3f6a1c0e8b02").await);
    assert!(browser.get("/invoices").await.text.contains("Harbour Trading"));
    let (status, text) = claim(&mut browser, "harbour-trading").await;
    assert!(status == 200 && text.contains("Your last statements"), "{text}");
}
