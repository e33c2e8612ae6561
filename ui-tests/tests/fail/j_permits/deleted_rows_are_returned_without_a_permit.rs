// attack: J01
//~ E0277 TEN0025
use tenancy::OrgConn;
use tenancy::db::Sqlite;
use tenancy::permit::PermitAuthority;
use tenancy::prelude::*;
use ui_tests::ledger::invoices;

async fn case(scope: &OrgScope, permits: &PermitAuthority, conn: &mut OrgConn<'_, Sqlite>) {
    let _ = (permits, scope.delete(invoices::table).returning(invoices::id).get_results::<i32>(conn).await);
}

fn main() {
    let _ = case;
}
