// attack: J09
//~ E0425 customer
use tenancy::permit::PermitAuthority;
use tenancy::prelude::*;
use ui_tests::ledger::customer;

async fn case(scope: &OrgScope, permits: &PermitAuthority) {
    let _ = permits.require(scope, customer::Void(1)).await;
}

fn main() {
    let _ = case;
}
