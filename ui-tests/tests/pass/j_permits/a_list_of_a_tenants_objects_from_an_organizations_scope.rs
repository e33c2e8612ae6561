use tenancy::permit::PermitAuthority;
use tenancy::prelude::*;
use ui_tests::ledger::invoice;

async fn case(scope: &OrgScope, permits: &PermitAuthority) {
    let _ = permits.list(scope, invoice::Delete).await;
}

fn main() {
    let _ = case;
}
