//! The pages do what they are for.

use crate::on_each_database;
use crate::world::World;

on_each_database!(
    invoices_are_listed_in_pages_and_searched,
    an_invoice_is_written_and_paid,
    what_is_typed_wrongly_is_said,
    customers_are_added,
    the_roll_up_adds_up,
);

async fn invoices_are_listed_in_pages_and_searched(world: World) {
    let mut browser = world.signed_in("ada").await;
    let (mut path, mut seen) = ("/invoices".to_owned(), Vec::new());
    for _ in 0..3 {
        let page = browser.get(&path).await;
        assert_eq!(page.status, 200);
        seen.extend(page.invoices());
        let Some(at) = page.text.find("\" rel=\"next\"") else { break };
        path = page.text[..at].rsplit("href=\"").next().unwrap().replace("&amp;", "&");
    }
    let mut unique = seen.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!((seen.len(), unique.len()), (24, 24), "every invoice once");
    let found = browser.get("/invoices?q=0103").await;
    assert_eq!(found.invoices().len(), 1, "{}", found.text);
    // Eight of the 24 are this customer's; capitals do not matter.
    assert_eq!(browser.get("/invoices?q=lindqvist").await.invoices().len(), 8);
    // A sign of LIKE is a letter.
    assert!(browser.get("/invoices?q=%25").await.text.contains("There are none."));
    assert!(browser.get("/invoices?q=_").await.text.contains("There are none."));
    // What nobody types is an error of the request's, and none of the database's.
    for q in ["%00", "a%00b", "a%0Ab", &"x".repeat(81), &"x".repeat(65_000), &"%25".repeat(100)] {
        assert_eq!(browser.get(&format!("/invoices?q={q}")).await.status, 400, "{}", &q[..q.len().min(20)]);
    }
    assert_eq!(browser.get(&format!("/invoices?q={}", "x".repeat(80))).await.status, 200);
}

async fn an_invoice_is_written_and_paid(world: World) {
    let mut browser = world.signed_in("ada").await;
    let customer = customer_of(&browser.get("/invoices").await.text, "Hotel Astoria");
    let fields = [
        ("customer", customer.as_str()),
        ("number", "2026-<b>9</b>"),
        ("period", "2026-11"),
        ("amount", "1234.5"),
        ("currency", "EUR"),
        // Nobody reads it.
        ("org_id", "018f2d4e-7a10-7c3b-9d55-3f6a1c0e8b02"),
    ];
    let page = browser.post("/invoices", "/invoices", &fields).await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.text.contains("2026-&lt;b&gt;9&lt;/b&gt;") && page.text.contains("Hotel Astoria"), "{}", page.text);
    assert!(page.text.contains("1\u{202f}234.50 EUR") && page.text.contains("Mark as paid"), "{}", page.text);
    let own = page.at.path().to_owned();
    let page = browser.post(&own, &format!("{own}/pay"), &[]).await;
    assert!(page.text.contains("<dd>paid</dd>") && !page.text.contains("Mark as paid"), "{}", page.text);
    // It is Harbour's, whatever the form said.
    let mut other = world.signed_in("bo").await;
    assert_eq!(other.get(&own).await.status, 404);
    assert!(!other.get("/invoices").await.text.contains("2026-&lt;b&gt;"));
}

async fn what_is_typed_wrongly_is_said(world: World) {
    let mut browser = world.signed_in("ada").await;
    let customer = customer_of(&browser.get("/invoices").await.text, "Hotel Astoria");
    let right =
        [("customer", customer.as_str()), ("number", "7"), ("period", "2026-11"), ("amount", "1"), ("currency", "EUR")];
    let wrong = [
        (1, "2026-0101", "There is an invoice of that number."),
        (2, "11/2026", "Write the month"),
        (3, "a lot", "Write the amount"),
        (4, "USD", "Choose a currency."),
    ];
    for (at, value, said) in wrong {
        let mut fields = right;
        fields[at].1 = value;
        let page = browser.post("/invoices", "/invoices", &fields).await;
        assert!(page.status == 422 && page.text.contains(said), "{value}: {}", page.text);
    }
}

async fn customers_are_added(world: World) {
    let mut browser = world.signed_in("ada").await;
    let page = browser.post("/customers", "/customers", &[("name", "Port Authority")]).await;
    assert!(page.status == 200 && page.text.contains("Port Authority"), "{}", page.text);
    let page = browser.post("/customers", "/customers", &[("name", "Port Authority")]).await;
    assert!(page.status == 422 && page.text.contains("There is a customer of that name."), "{}", page.text);
    let mut other = world.signed_in("bo").await;
    assert!(!other.get("/customers").await.text.contains("Port Authority"));
    // The name is free there.
    let page = other.post("/customers", "/customers", &[("name", "Port Authority")]).await;
    assert_eq!(page.status, 200, "{}", page.text);
}

async fn the_roll_up_adds_up(world: World) {
    let cells = |text: &str| -> Vec<i64> {
        let rows = text.split("<tr>").filter(|row| row.contains("data-label=\"Month\">2026-"));
        let invoiced =
            |row: &str| row.split("data-label=\"Invoiced\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
        let cents = |amount: String| amount.replace(['\u{202f}', '.'], "").parse::<i64>().unwrap();
        rows.map(|row| cents(invoiced(row))).collect()
    };
    let harbour = cells(&world.signed_in("ada").await.get("/roll-up").await.text);
    let freewheel = cells(&world.signed_in("bo").await.get("/roll-up").await.text);
    // 24 invoices, each 73.10 more than the one before, from 125.00 and from 10,125.00 on.
    let sum: i64 = (0..24).map(|row| 12_500 + row * 7_310).sum();
    assert_eq!(harbour.iter().sum::<i64>(), sum);
    assert_eq!(freewheel.iter().sum::<i64>(), sum + 24 * 1_000_000);
}

/// The value of a customer's option.
pub(crate) fn customer_of(text: &str, name: &str) -> String {
    let at = text.find(&format!(">{name}</option>")).unwrap_or_else(|| panic!("no {name} in {text}"));
    text[..at].rsplit("value=\"").next().unwrap().split('"').next().unwrap().to_owned()
}
