//! What is refused at run time, before anything is sent: another scope anywhere in a statement, a scope that ended.

use super::stage;
use crate::surface::billing::{customers, invoices, new_invoice, payments};
use crate::surface::stage::refusal;
use diesel::dsl::{exists, max};
use std::time::Duration;
use tenancy::prelude::*;
use tenancy::{Error, ScopeError};
use tenancy_testkit::TestKit;

const OTHER: Option<ScopeError> = Some(ScopeError::OtherScope);

// attack: C23
// attack: D14
// attack: G28
#[tokio::test(flavor = "multi_thread")]
async fn a_read_of_another_scope_at_any_depth() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    // A statement that somebody kept from another request is one of another scope.
    assert_eq!(refusal(t.b.from(customers::table).count().get_result::<i64>(conn).await), OTHER);
    let mixed = t.a.from(invoices::table).inner_join(t.b.from(customers::table)).count();
    assert_eq!(refusal(mixed.get_result::<i64>(conn).await), OTHER);
    let left = t.a.from(customers::table).left_join(t.b.from(invoices::table)).count();
    assert_eq!(refusal(left.get_result::<i64>(conn).await), OTHER);
    let ids = || t.b.from(invoices::table).select(invoices::customer_id);
    let member = t.a.from(customers::table).filter(customers::id.eq_any(ids())).count();
    assert_eq!(refusal(member.get_result::<i64>(conn).await), OTHER);
    let boxed = t.a.from(customers::table).into_boxed().filter(exists(ids())).select(customers::id);
    assert_eq!(refusal(boxed.load::<i32>(conn).await), OTHER);
    let scalar = t.a.from(customers::table).select(ids().select(max(invoices::id)).single_value());
    assert_eq!(refusal(scalar.load::<Option<i32>>(conn).await), OTHER);
    let ordered = t.a.from(customers::table).order(ids().single_value()).select(customers::id);
    assert_eq!(refusal(ordered.load::<i32>(conn).await), OTHER);
    for arms in [(&t.a, &t.b), (&t.b, &t.a)] {
        let arm = |scope: &tenancy::OrgScope| scope.from(customers::table).select(customers::id);
        assert_eq!(refusal(arm(arms.0).union(arm(arms.1)).load::<i32>(conn).await), OTHER);
        assert_eq!(refusal(arm(arms.0).except(arm(arms.1)).load::<i32>(conn).await), OTHER);
        assert_eq!(refusal(arm(arms.0).intersect(arm(arms.1)).load::<i32>(conn).await), OTHER);
    }
    let alias = t.b.from(tenancy::alias!(customers as c));
    assert_eq!(refusal(t.a.from(invoices::table).inner_join(alias).count().get_result::<i64>(conn).await), OTHER);
    // The connection lives on.
    assert_eq!(t.a.from(customers::table).count().get_result::<i64>(conn).await, Ok(3));
}

// attack: D08
#[tokio::test(flavor = "multi_thread")]
async fn a_write_of_another_scope_at_any_depth() {
    let t = stage().await;
    let (foreign, conn) = (t.foreign(), &mut t.conn().await);
    assert_eq!(refusal(t.b.delete(payments::table).execute(conn).await), OTHER);
    assert_eq!(refusal(t.b.update(payments::table).set(payments::amount.eq(0)).execute(conn).await), OTHER);
    assert_eq!(refusal(t.b.insert_into(invoices::table).values(new_invoice(90, 1, 90, 1)).execute(conn).await), OTHER);
    assert_eq!(refusal(t.b.insert_into(invoices::table).default_values().execute(conn).await), OTHER);
    let value = || t.b.from(invoices::table).select(max(invoices::amount)).single_value().assume_not_null();
    assert_eq!(refusal(t.a.update(payments::table).set(payments::amount.eq(value())).execute(conn).await), OTHER);
    assert_eq!(refusal(t.a.delete(payments::table).filter(payments::amount.eq(value())).execute(conn).await), OTHER);
    let source = t.b.from(customers::table).select((customers::id + 10, customers::name));
    let copy = t.a.insert_into(customers::table).values(source).into_columns((customers::id, customers::name));
    assert_eq!(refusal(copy.execute(conn).await), OTHER);
    let insert = t.a.insert_into(payments::table).values((
        payments::id.eq(1),
        payments::invoice_id.eq(1),
        payments::amount.eq(1),
    ));
    let upsert = insert.on_conflict((payments::org_id, payments::id)).do_update().set(payments::amount.eq(value()));
    assert_eq!(refusal(upsert.execute(conn).await), OTHER);
    let total =
        t.a.from(payments::table).select(diesel::dsl::sum(payments::amount)).get_result::<Option<i64>>(conn).await;
    assert_eq!(total, Ok(Some(200)));
    assert_eq!(t.foreign(), foreign);
}

// attack: G27
#[tokio::test(flavor = "multi_thread")]
async fn a_scope_that_ended() {
    let mut t = stage().await;
    // Whether the scope lived long enough to be used once: on a busy machine a short life may not be.
    let ended = async |life: Duration| {
        let short = t.kit.scope_for(t.a.org_id(), life);
        let Ok(mut conn) = t.db.scoped(&short).await else { return false };
        let count = || short.from(customers::table).count();
        let Ok(used) = count().get_result::<i64>(&mut conn).await else { return false };
        assert_eq!(used, 3);
        tokio::time::sleep(life + Duration::from_millis(100)).await;
        assert_eq!(refusal(count().get_result::<i64>(&mut conn).await), Some(ScopeError::Expired));
        assert_eq!(refusal(short.delete(payments::table).execute(&mut conn).await), Some(ScopeError::Expired));
        assert!(matches!(t.db.scoped(&short).await, Err(Error::Refused(ScopeError::Expired))));
        true
    };
    let lives = [2, 8, 30].map(Duration::from_secs);
    assert!(ended(lives[0]).await || ended(lives[1]).await || ended(lives[2]).await);
    t.kit.end_request();
    assert!(matches!(t.db.scoped(&t.a).await, Err(Error::Refused(ScopeError::RequestEnded))));
}

// attack: G31
#[tokio::test(flavor = "multi_thread")]
async fn a_scope_of_another_authority() {
    let t = stage().await;
    let same_organization = TestKit::new().scope(t.a.org_id());
    assert!(matches!(t.db.scoped(&same_organization).await, Err(Error::Refused(ScopeError::OtherAuthority))));
}
