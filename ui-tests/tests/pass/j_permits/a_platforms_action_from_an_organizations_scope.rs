use tenancy::permit::PermitAuthority;
use tenancy::prelude::*;
use ui_tests::ledger::organization;

async fn case(scope: &OrgScope, permits: &PermitAuthority) {
    let _ = permits.require(scope, organization::ChangePayout).await;
}

fn main() {
    let _ = case;
}
