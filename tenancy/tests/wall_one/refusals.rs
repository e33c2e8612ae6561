//! Refusals at run time: each has its code, says what to do, and names no organization.
#![cfg(feature = "sqlite")]

use std::time::Duration;
use tenancy::prelude::*;
use tenancy::scope::RequestGuard;
use tenancy::{Error, OrgId, ScopeError};
use tenancy_testkit::TestKit;

tenancy::schema! {
    diesel::table! { invoices (id) { id -> Integer, org_id -> Binary, amount -> Integer, } }
}

const TABLE: &str = "CREATE TABLE invoices (id INTEGER PRIMARY KEY, org_id BLOB NOT NULL, amount INTEGER NOT NULL)";

fn org() -> OrgId {
    OrgId::new(uuid::Uuid::new_v4())
}

fn assert_says(refusal: ScopeError, code: &str, fix: &str, orgs: &[OrgId]) {
    let text = refusal.to_string();
    assert!(text.starts_with(code), "{text}");
    let page = format!("{}/errors/{code}.md", env!("CARGO_MANIFEST_DIR"));
    assert!(std::fs::read_to_string(&page).is_ok_and(|page| page.starts_with(&format!("# {code}: "))), "{page}");
    assert!(text.contains(fix), "{text}");
    let error = format!("{:?} {}", diesel::result::Error::from(refusal), diesel::result::Error::from(refusal));
    for org in orgs {
        assert!(!error.contains(&org.to_string()) && !text.contains(&org.to_string()), "{error}");
    }
}

/// A key without an organization exists where diesel's traits want a value that is thrown away. Who digs one out holds
/// something that is not rendered.
// attack: G13
#[tokio::test(flavor = "multi_thread")]
async fn a_source_without_an_organization_is_refused() {
    tenancy::alias! { const TWIN: Alias<twin> = invoices as twin; }
    let _ = TWIN;
    let kit = TestKit::new();
    let db = kit.sqlite(&[TABLE]).schema(schema_manifest()).build().await.expect("SQLite opens");
    let scope = kit.scope(org());
    let conn = &mut db.scoped(&scope).await.expect("a connection");
    let inert = diesel::query_source::Alias::<tenancy::query::Aliased<twin>>::default();
    let error = inert.count().get_result::<i64>(conn).await.expect_err("no organization");
    assert_eq!(ScopeError::in_error(&error), Some(ScopeError::NoOrganization));
    assert_says(ScopeError::NoOrganization, "TEN0201", "scope.from(", &[scope.org_id()]);
}

// attack: G28
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_of_another_request_is_refused() {
    let kit = TestKit::new();
    let db = kit.sqlite(&[TABLE]).schema(schema_manifest()).build().await.expect("SQLite opens");
    let (one, two) = (kit.scope(org()), kit.scope(org()));
    let conn = &mut db.scoped(&one).await.expect("a connection");
    let error = two.delete(invoices::table).execute(conn).await.expect_err("another scope");
    assert_eq!(ScopeError::in_error(&error), Some(ScopeError::OtherScope));
    assert_says(ScopeError::OtherScope, "TEN0202", "db.scoped(&scope)", &[one.org_id(), two.org_id()]);
}

// attack: G27
#[tokio::test(flavor = "multi_thread")]
async fn a_scope_that_ended_is_refused() {
    let kit = TestKit::new();
    let db = kit.sqlite(&[TABLE]).schema(schema_manifest()).build().await.expect("SQLite opens");
    let expired = kit.scope_for(org(), Duration::from_secs(1));
    tokio::time::sleep(Duration::from_secs(2)).await;
    let refused = db.scoped(&expired).await.map(drop);
    assert!(matches!(refused, Err(Error::Refused(ScopeError::Expired))), "{refused:?}");
    assert_says(ScopeError::Expired, "TEN0203", "ask the gateway", &[expired.org_id()]);

    let request = RequestGuard::new();
    let kept = kit.scope_within(org(), &request);
    drop(request);
    let refused = db.scoped(&kept).await.map(drop);
    assert!(matches!(refused, Err(Error::Refused(ScopeError::RequestEnded))), "{refused:?}");
    assert_says(ScopeError::RequestEnded, "TEN0204", "inside the request", &[kept.org_id()]);
}

/// I85: what staff entered to read, they do not change; the other organization's rows neither.
// attack: G40
#[tokio::test(flavor = "multi_thread")]
async fn a_write_of_a_scope_that_only_reads_is_refused() {
    let kit = TestKit::new();
    let db = kit.sqlite(&[TABLE]).schema(schema_manifest()).build().await.expect("SQLite opens");
    let (org, other) = (org(), org());
    for org in [org, other] {
        let member = kit.scope(org);
        let conn = &mut db.scoped(&member).await.expect("a connection");
        member.insert_into(invoices::table).values(invoices::amount.eq(7)).execute(conn).await.expect("a row");
    }
    let reads = kit.staff_scope(org, false);
    assert!(reads.is_read_only() && reads.actor().is_some_and(|actor| actor.staff.subject == "sam"));
    let conn = &mut db.scoped(&reads).await.expect("a connection");
    let amount = invoices::amount.eq(9);
    let batch = vec![(Some(invoices::id.eq(70)), amount), (None, amount)];
    let refused = [
        reads.insert_into(invoices::table).values(amount).execute(conn).await.map(drop),
        reads.insert_into(invoices::table).values(batch).execute(conn).await.map(drop),
        reads.insert_into(invoices::table).values(amount).returning(invoices::id).load::<i32>(conn).await.map(drop),
        reads.insert_many(invoices::table, [amount]).execute(conn).await.map(drop),
        reads.update(invoices::table).set(amount).execute(conn).await.map(drop),
        reads.delete(invoices::table).execute(conn).await.map(drop),
        conn.transaction(async |conn| reads.delete(invoices::table).execute(conn).await).await.map(drop),
    ];
    for (at, refused) in refused.into_iter().enumerate() {
        assert_eq!(ScopeError::in_error(&refused.expect_err("a write")), Some(ScopeError::ReadOnly), "{at}");
    }
    assert_says(ScopeError::ReadOnly, "TEN0209", "entered this organization to read", &[org, other]);
    let amounts = reads.from(invoices::table).select(invoices::amount);
    let both = amounts.union_all(amounts.filter(invoices::id.gt(0)));
    assert_eq!(both.load::<i32>(conn).await, Ok(vec![7, 7]));
    let writes = kit.staff_scope(other, true);
    let conn = &mut db.scoped(&writes).await.expect("a connection");
    assert_eq!(writes.update(invoices::table).set(amount).execute(conn).await, Ok(1));
}

// attack: G31
#[tokio::test(flavor = "multi_thread")]
async fn a_scope_of_another_authority_is_refused() {
    let (kit, other) = (TestKit::new(), TestKit::new());
    let db = kit.sqlite(&[TABLE]).schema(schema_manifest()).build().await.expect("SQLite opens");
    let foreign = other.scope(org());
    let refused = db.scoped(&foreign).await.map(drop);
    assert!(matches!(refused, Err(Error::Refused(ScopeError::OtherAuthority))), "{refused:?}");
    assert_says(ScopeError::OtherAuthority, "TEN0205", "trusts", &[foreign.org_id()]);
}

/// The finding says what is wrong, and neither it nor the error shows a name, a value or the text.
// attack: B24
#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "raw SQL inside a statement is the attack")]
async fn a_text_that_was_not_approved_is_refused() {
    let kit = TestKit::new();
    let db = kit.sqlite(&[TABLE]).schema(schema_manifest()).build().await.expect("SQLite opens");
    let (one, two) = (kit.scope(org()), kit.scope(org()));
    let conn = &mut db.scoped(&one).await.expect("a connection");
    let everybody = diesel::dsl::sql::<diesel::sql_types::Bool>("(SELECT count(*) FROM invoices) > 7");
    let error =
        one.from(invoices::table).filter(everybody).count().get_result::<i64>(conn).await.expect_err("unscoped");
    let refusal = ScopeError::in_error(&error).expect("a refusal");
    assert_says(refusal, "TEN0210", "organization table", &[one.org_id(), two.org_id()]);
    assert!(!format!("{error:?} {error}").contains("SELECT") && !error.to_string().contains("invoices"), "{error}");
}
