// attack: J09
//~ E0277 TEN0026
use tenancy::permit::PermitAuthority;
use tenancy::prelude::*;

async fn case(scope: &OrgScope, permits: &PermitAuthority) {
    let _ = permits.require(scope, "invoice#void").await;
}

fn main() {
    let _ = case;
}
