use tenancy::permit::{Permit, PermitAuthority};
use tenancy::prelude::*;
use ui_tests::ledger::invoice;

async fn case(scope: &'static OrgScope, permits: &PermitAuthority, kept: &mut Option<Permit<'static, invoice::Delete>>) {
    *kept = Some(permits.require(scope, invoice::Delete(1)).await.unwrap());
}

fn main() {
    let _ = case;
}
