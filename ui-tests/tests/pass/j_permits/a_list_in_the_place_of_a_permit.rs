use tenancy::permit::PermitAuthority;
use tenancy::prelude::*;
use ui_tests::ledger::{invoice, invoices};

async fn case(scope: &OrgScope, permits: &PermitAuthority) {
    let list = permits.list(scope, invoice::Delete).await.unwrap();
    let permit = permits.require(scope, invoice::Delete(1)).await.unwrap();
    let _ = scope.delete(invoices::table).filter(list.contains(invoices::id)).permitted(permit);
}

fn main() {
    let _ = case;
}
