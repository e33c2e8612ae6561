// attack: J16
//~ E0308 Permitted
use tenancy::OrgConn;
use tenancy::db::Sqlite;
use tenancy::permit::PermitAuthority;
use tenancy::prelude::*;
use ui_tests::ledger::{invoice, invoices};

async fn case(scope: &OrgScope, permits: &PermitAuthority, conn: &mut OrgConn<'_, Sqlite>) {
    let delete = scope.delete(invoices::table);
    let delete = if scope.is_read_only() {
        delete
    } else {
        delete.permitted(permits.require(scope, invoice::Delete(1)).await.unwrap())
    };
    let _ = delete.execute(conn).await;
}

fn main() {
    let _ = case;
}
