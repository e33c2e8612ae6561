// attack: J02
//~ E0277 TEN0025
use tenancy::OrgConn;
use tenancy::db::Sqlite;
use tenancy::permit::PermitAuthority;
use tenancy::prelude::*;
use ui_tests::ledger::{customer, invoices};

async fn case(scope: &OrgScope, permits: &PermitAuthority, conn: &mut OrgConn<'_, Sqlite>) {
    let permit = permits.require(scope, customer::Delete(1)).await.unwrap();
    let _ = scope.delete(invoices::table).permitted(permit).execute(conn).await;
}

fn main() {
    let _ = case;
}
