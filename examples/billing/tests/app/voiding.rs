//! An invoice is made void with a permit: by an owner or an accountant of its own organization, and by no other person.

use crate::browser::{Browser, Page};
use crate::on_each_database;
use crate::pg::Database;
use crate::split::Two;
use crate::starting::Prepared;
use crate::world::{World, args};
use billing::start;
use std::time::{Duration, Instant};

on_each_database!(
    an_owner_and_an_accountant_make_invoices_void,
    a_viewer_is_refused_and_sees_no_button,
    another_organizations_invoice_is_not_found,
    a_form_without_its_token_makes_nothing_void,
);

/// The path of the organization's latest invoice.
async fn latest(browser: &mut Browser) -> String {
    format!("/invoices/{}", browser.get("/invoices").await.invoices()[0])
}

async fn an_owner_and_an_accountant_make_invoices_void(world: World) {
    let invoiced = |text: &str| text.matches("data-label=\"Month\"").count();
    for (subject, organization) in [("ada", None), ("cleo", Some("harbour-trading"))] {
        let mut browser = world.signed_in(subject).await;
        if let Some(organization) = organization {
            browser.switch(organization).await;
        }
        let before = browser.get("/roll-up").await.text;
        let ids = browser.get("/invoices").await.invoices();
        let own = format!("/invoices/{}", if subject == "ada" { ids[0] } else { ids[1] });
        let page = browser.get(&own).await;
        assert!(page.text.contains("Make void"), "{}", page.text);
        let page = browser.post(&own, &format!("{own}/void"), &[]).await;
        assert_eq!((page.status, page.at.path()), (200, own.as_str()), "{}", page.text);
        assert!(page.text.contains("<dd>void</dd>"), "{}", page.text);
        assert!(!page.text.contains("Make void") && !page.text.contains("Mark as paid"), "{}", page.text);
        // It is not owed: it cannot be paid, and no total has it.
        assert_eq!(browser.post("/invoices", &format!("{own}/pay"), &[]).await.status, 404);
        let after = browser.get("/roll-up").await.text;
        assert!(invoiced(&after) > 0 && after != before, "{after}");
        // Pressed twice, in two tabs: it is void.
        let page = browser.post("/invoices", &format!("{own}/void"), &[]).await;
        assert!(page.status == 200 && page.text.contains("<dd>void</dd>"), "{}", page.text);
    }
}

async fn a_viewer_is_refused_and_sees_no_button(world: World) {
    let mut eve = world.signed_in("eve").await;
    let own = latest(&mut eve).await;
    assert!(!eve.get(&own).await.text.contains("Make void"));
    let page = eve.post("/invoices", &format!("{own}/void"), &[]).await;
    assert_eq!(page.status, 403, "{}", page.text);
    assert!(page.text.contains("You do not have permission to do this. Nothing was changed."), "{}", page.text);
    assert!(page.text.contains("<span>eve</span>") && !page.text.contains("018f2d4e"), "{}", page.text);
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    assert!(!eve.get(&own).await.text.contains("<dd>void</dd>"));
    // Whether an invoice exists is not told: an absent one, and another organization's, are answered with the same page.
    let foreign = latest(&mut world.signed_in("bo").await).await;
    for other in ["/invoices/999999", &foreign] {
        let refused = eve.post("/invoices", &format!("{other}/void"), &[]).await;
        assert_eq!((refused.status, refused.text.len()), (403, page.text.len()), "{other}");
    }
}

async fn another_organizations_invoice_is_not_found(world: World) {
    let mut ada = world.signed_in("ada").await;
    let mut bo = world.signed_in("bo").await;
    let of_harbour = latest(&mut ada).await;
    for path in [of_harbour.as_str(), "/invoices/999999", "/invoices/0", "/invoices/01", "/invoices/x"] {
        let page = bo.post("/invoices", &format!("{path}/void"), &[]).await;
        assert_eq!(page.status, 404, "{path}: {}", page.text);
    }
    // A member of both has the role of the organization that the session acts for, and reaches its rows alone.
    let mut cleo = world.acting("cleo", "freewheel").await;
    assert_eq!(cleo.post("/invoices", &format!("{of_harbour}/void"), &[]).await.status, 404);
    let page = ada.get(&of_harbour).await;
    assert!(page.status == 200 && !page.text.contains("<dd>void</dd>"), "{}", page.text);
}

async fn a_form_without_its_token_makes_nothing_void(world: World) {
    let mut ada = world.signed_in("ada").await;
    let own = latest(&mut ada).await;
    let token = world.signed_in("cleo").await.get("/organizations").await.field("form_token");
    for fields in [&[][..], &[("form_token", "")], &[("form_token", token.as_str())]] {
        let page = ada.post_as_is(&format!("{own}/void"), fields).await;
        assert!(page.status == 403 || page.status == 409, "{}: {}", page.status, page.text);
    }
    assert!(!ada.get(&own).await.text.contains("<dd>void</dd>"));
}

/// Without `--permissions-database` PostgreSQL's service starts, and permits nothing.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_database_of_roles_nothing_is_permitted() {
    let database = Database::create();
    Prepared::on(&database).await;
    let service = start(args(&["--database", database.url(), "--gateway-database", database.url()])).await;
    let world = World::of(service.expect("it starts"));
    let mut ada = world.signed_in("ada").await;
    let own = latest(&mut ada).await;
    assert!(!ada.get(&own).await.text.contains("Make void"));
    let page = ada.post("/invoices", &format!("{own}/void"), &[]).await;
    assert_eq!((page.status, page.header("retry-after")), (503, "1"), "{}", page.text);
    assert!(page.text.contains("Permissions cannot be checked at the moment"), "{}", page.text);
    assert_eq!(database.psql("SELECT count(*) FROM invoices WHERE void"), "0");
    drop(world);
    crate::world::drop_roles(&database);
}

/// The tables of another model, or none at all, stop the start.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_without_the_tables_of_roles_is_refused() {
    let database = Database::create();
    let more = ["--database", database.url(), "--gateway-database", database.url()];
    let more = [&more[..], &["--permissions-database", database.url()]].concat();
    start(args(&["--setup-postgres", database.url()])).await.expect("it starts").stop().await;
    start(args(&more)).await.expect("it starts").stop().await;
    database.psql("INSERT INTO permission_model (fingerprint, text, since) VALUES ('other', '', 0)");
    let refused = start(args(&more)).await.err().expect("refused");
    assert!(refused.exit_code() == 4 && refused.to_string().contains("--permissions-database"), "{refused}");
    let sqlite = start(args(&["--permissions-database", database.url()])).await.err().expect("refused");
    assert!(sqlite.exit_code() == 2 && sqlite.to_string().contains("for PostgreSQL"), "{sqlite}");
    crate::world::drop_roles(&database);
}

/// The service's own page comes through the gateway's process.
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_a_page_in_two_processes_too() {
    let two = Two::on_sqlite().await;
    let mut ada = two.signed_in("ada").await;
    let own = latest(&mut ada).await;
    let page = ada.post("/invoices", &format!("{own}/void"), &[]).await;
    // The service knows no provider, so it has given no person a role.
    assert!(page.status == 403 && page.text.contains("You do not have permission to do this."), "{}", page.text);
}

/// Runs `sql` in a transaction that ends while the invoice's form is under way: after the check, and before the statement has the
/// epoch's row. Returns the answer to the form.
fn posted_meanwhile(world: &World, browser: &mut Browser, path: &str, token: &str, sql: &str) -> Page {
    let raised = "UPDATE permission_epochs SET epoch = epoch + 1 WHERE org_id = '018f2d4e-7a10-7c3b-9d55-3f6a1c0e8b01'";
    let sql = format!("BEGIN; {raised}; {sql}; SELECT pg_sleep(2); COMMIT");
    let runtime = tokio::runtime::Handle::current();
    tokio::task::block_in_place(|| {
        std::thread::scope(|threads| {
            threads.spawn(|| world.psql(&sql));
            std::thread::sleep(Duration::from_millis(700));
            let begun = Instant::now();
            let page = runtime.block_on(browser.post_as_is(&format!("{path}/void"), &[("form_token", token)]));
            assert!(begun.elapsed() > Duration::from_millis(500), "the statement did not wait for the revocation");
            page
        })
    })
}

/// A role of another person was revoked between the check and the statement: the permit is asked for once more.
#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_of_another_person_in_between_is_asked_about_again() {
    let world = World::on_both_walls().await;
    let mut cleo = world.acting("cleo", "harbour-trading").await;
    let own = latest(&mut cleo).await;
    let token = cleo.get(&own).await.field("form_token");
    let other = "DELETE FROM permission_relationships WHERE relation = 'viewer'";
    let page = posted_meanwhile(&world, &mut cleo, &own, &token, other);
    assert!(page.status == 200 && page.text.contains("<dd>void</dd>"), "{}", page.text);
}

/// The person's own role was: nothing is changed, although the check had said yes.
#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_of_the_own_role_in_between_changes_nothing() {
    let world = World::on_both_walls().await;
    let mut cleo = world.acting("cleo", "harbour-trading").await;
    let own = latest(&mut cleo).await;
    let token = cleo.get(&own).await.field("form_token");
    let role = "DELETE FROM permission_relationships WHERE relation = 'accountant'";
    let page = posted_meanwhile(&world, &mut cleo, &own, &token, role);
    assert_eq!(page.status, 403, "{}", page.text);
    assert_eq!(world.psql("SELECT count(*) FROM invoices WHERE void"), "0");
}
