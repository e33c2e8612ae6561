use tenancy::OrgConn;
use tenancy::db::Sqlite;
use tenancy::permit::{Denied, PermitAuthority};
use tenancy::prelude::*;
use ui_tests::ledger::{invoice, invoices};

async fn case(scope: &OrgScope, permits: &PermitAuthority, conn: &mut OrgConn<'_, Sqlite>) -> Result<(), Denied> {
    let permit = permits.require(scope, invoice::Delete(1)).await?;
    let _ = scope.delete(invoices::table).permitted(permit).execute(conn).await;
    Ok(())
}

fn main() {
    let _ = case;
}
