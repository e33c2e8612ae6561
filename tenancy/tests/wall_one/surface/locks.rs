//! Lock clauses; PostgreSQL only. SQLite has none and diesel does not write them for it.

use super::stage;
use crate::surface::billing::{customers, invoices};
use diesel::result::Error as DieselError;
use tenancy::prelude::*;

// attack: A14
#[tokio::test(flavor = "multi_thread")]
async fn a_lock_holds_own_rows_only() {
    let t = stage().await;
    let mut conn = t.conn().await;
    conn.transaction(async |conn| {
        let locked = t.a.from(customers::table).order(customers::id).select(customers::id).for_update();
        assert_eq!(load!(conn, "for_update", locked => i32), [1, 2, 3]);
        // The locks are real: another connection of A passes them by.
        let free = t.a.from(customers::table).select(customers::id).for_update().skip_locked();
        assert_eq!(load!(&mut t.conn().await, "skip_locked", free => i32), [0; 0]);
        let busy = held!("no_wait", t.a.from(customers::table).select(customers::id).for_update().no_wait());
        assert!(busy.load::<i32>(&mut t.conn().await).await.is_err());
        // And B's rows, which have the same keys, are free.
        let of_b = t.b.from(customers::table).order(customers::id).select(customers::id).for_update().no_wait();
        assert_eq!(of_b.load::<i32>(&mut t.conn_b().await).await, Ok(vec![1, 2, 3, 4]));
        Ok::<_, DieselError>(())
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_strength() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let ids = || t.a.from(invoices::table).find(11).select(invoices::id);
    assert_eq!(load!(conn, "for_no_key_update", ids().for_no_key_update() => i32), [11]);
    assert_eq!(load!(conn, "for_share", ids().for_share() => i32), [11]);
    assert_eq!(load!(conn, "for_key_share", ids().for_key_share() => i32), [11]);
    let joined = t.a.from(invoices::table).inner_join(t.a.from(customers::table)).select(customers::id).for_update();
    assert_eq!(load!(conn, "join for_update", joined.order(invoices::id) => i32), [1, 1, 2]);
}
