// attack: J03
//~ E0382 permit
use tenancy::permit::DetachedPermit;
use tenancy::prelude::*;
use ui_tests::ledger::invoice;

async fn case(scope: &OrgScope, permit: DetachedPermit<invoice::Delete>) {
    let first = permit.attach(scope);
    let second = permit.attach(scope);
    let _ = (first.is_ok(), second.is_ok());
}

fn main() {
    let _ = case;
}
