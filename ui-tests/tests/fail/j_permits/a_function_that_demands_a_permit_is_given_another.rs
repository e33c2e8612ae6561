// attack: J02
//~ E0308 Permit
use tenancy::permit::{Permit, PermitAuthority};
use tenancy::prelude::*;
use ui_tests::ledger::invoice;

fn archive(permit: Permit<'_, invoice::Delete>) {
    let _ = permit.action();
}

async fn case(scope: &OrgScope, permits: &PermitAuthority) {
    let permit = permits.require(scope, invoice::Void(1)).await.unwrap();
    archive(permit);
}

fn main() {
    let _ = case;
}
