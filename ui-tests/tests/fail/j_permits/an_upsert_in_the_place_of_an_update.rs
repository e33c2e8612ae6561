// attack: J01
//~ E0277 TEN0025
use tenancy::OrgConn;
use tenancy::db::Sqlite;
use tenancy::permit::PermitAuthority;
use tenancy::prelude::*;
use ui_tests::ledger::invoices;

async fn case(scope: &OrgScope, permits: &PermitAuthority, conn: &mut OrgConn<'_, Sqlite>) {
    let row = (invoices::id.eq(1), invoices::status.eq("open"));
    let upsert = scope.insert_into(invoices::table).values(row).on_conflict(invoices::id).do_update();
    let _ = (permits, upsert.set(invoices::status.eq("void")).execute(conn).await);
}

fn main() {
    let _ = case;
}
