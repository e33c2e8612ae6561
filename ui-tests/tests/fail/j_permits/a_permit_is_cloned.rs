// attack: J03
//~ E0599 Permit
use tenancy::permit::PermitAuthority;
use tenancy::prelude::*;
use ui_tests::ledger::invoice;

async fn case(scope: &OrgScope, permits: &PermitAuthority) {
    let permit = permits.require(scope, invoice::Delete(1)).await.unwrap();
    let _ = permit.clone();
}

fn main() {
    let _ = case;
}
