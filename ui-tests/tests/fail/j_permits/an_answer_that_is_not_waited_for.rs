// attack: J01
//~ E0308 Permit
use tenancy::OrgConn;
use tenancy::db::Sqlite;
use tenancy::permit::PermitAuthority;
use tenancy::prelude::*;
use ui_tests::ledger::{invoice, invoices};

async fn case(scope: &OrgScope, permits: &PermitAuthority, conn: &mut OrgConn<'_, Sqlite>) {
    let permit = permits.require(scope, invoice::Delete(1));
    let _ = scope.delete(invoices::table).permitted(permit).execute(conn).await;
}

fn main() {
    let _ = case;
}
