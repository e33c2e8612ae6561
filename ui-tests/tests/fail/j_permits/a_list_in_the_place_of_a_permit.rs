// attack: J02
//~ E0308 PermittedList
use tenancy::permit::PermitAuthority;
use tenancy::prelude::*;
use ui_tests::ledger::{invoice, invoices};

async fn case(scope: &OrgScope, permits: &PermitAuthority) {
    let list = permits.list(scope, invoice::Delete).await.unwrap();
    let _ = scope.delete(invoices::table).permitted(list);
}

fn main() {
    let _ = case;
}
