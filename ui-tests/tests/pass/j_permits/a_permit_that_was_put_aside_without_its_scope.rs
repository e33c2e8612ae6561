use tenancy::permit::DetachedPermit;
use tenancy::prelude::*;
use ui_tests::ledger::{invoice, invoices};

async fn case(scope: &OrgScope, permit: DetachedPermit<invoice::Delete>) {
    let _ = scope.delete(invoices::table).permitted(permit.attach(scope).unwrap());
}

fn main() {
    let _ = case;
}
