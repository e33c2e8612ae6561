use tenancy::permit::PermitAuthority;
use tenancy::prelude::*;
use ui_tests::ledger::{invoice, invoices};

async fn case(scope: &OrgScope, permits: &PermitAuthority) {
    let permit = permits.require(scope, invoice::Delete(1)).await.unwrap();
    scope.enter_sync(|branded| {
        let _ = branded.delete(invoices::table);
    });
    let _ = permit;
}

fn main() {
    let _ = case;
}
