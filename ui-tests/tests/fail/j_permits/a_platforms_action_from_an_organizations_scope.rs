// attack: G30
//~ E0277 TEN0026
use tenancy::permit::PermitAuthority;
use tenancy::prelude::*;
use ui_tests::ledger::platform;

async fn case(scope: &OrgScope, permits: &PermitAuthority) {
    let _ = permits.require(scope, platform::SuspendTenant(tenancy::permit::Uuid::nil())).await;
}

fn main() {
    let _ = case;
}
