// attack: J03
//~ E0597 scope
use tenancy::permit::PermitAuthority;
use tenancy::prelude::*;
use ui_tests::ledger::invoice;

async fn case(scope: OrgScope, permits: &PermitAuthority) {
    let list = {
        let scope = scope;
        permits.list(&scope, invoice::Delete).await.unwrap()
    };
    let _ = format!("{list:?}");
}

fn main() {
    let _ = case;
}
