// attack: J09
//~ E0277 TEN0026
use tenancy::permit::PermitAuthority;
use tenancy::prelude::*;
use ui_tests::ledger::tenant;

async fn case(scope: &OrgScope, permits: &PermitAuthority) {
    let _ = permits.list(scope, tenant::Rename).await;
}

fn main() {
    let _ = case;
}
