// attack: J02
//~ E0308 Brand
use tenancy::permit::PermitAuthority;
use tenancy::prelude::*;
use ui_tests::ledger::{invoice, invoices};

async fn case(scope: &OrgScope, permits: &PermitAuthority) {
    let permit = permits.require(scope, invoice::Delete(1)).await.unwrap();
    scope.enter_sync(|branded| {
        let _ = branded.delete(invoices::table).permitted(permit);
    });
}

fn main() {
    let _ = case;
}
