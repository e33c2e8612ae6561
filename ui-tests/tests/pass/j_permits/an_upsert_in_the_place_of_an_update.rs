use tenancy::OrgConn;
use tenancy::db::Sqlite;
use tenancy::permit::PermitAuthority;
use tenancy::prelude::*;
use ui_tests::ledger::invoices;

async fn case(scope: &OrgScope, permits: &PermitAuthority, conn: &mut OrgConn<'_, Sqlite>) {
    let row = (invoices::id.eq(1), invoices::status.eq("open"));
    let insert = scope.insert_into(invoices::table).values(row).on_conflict(invoices::id).do_nothing();
    let _ = (permits, insert.execute(conn).await);
}

fn main() {
    let _ = case;
}
