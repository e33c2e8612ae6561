use tenancy::permit::PermitAuthority;
use tenancy::prelude::*;
use ui_tests::ledger::invoice;

async fn case(scope: OrgScope, permits: &PermitAuthority) {
    let permit = permits.require(&scope, invoice::Delete(1)).await.unwrap();
    let _ = permit.action();
}

fn main() {
    let _ = case;
}
