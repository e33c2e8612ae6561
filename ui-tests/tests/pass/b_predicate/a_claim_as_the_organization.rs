use tenancy::prelude::*;
use tenancy::Claim;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, claim: Claim) {
    let _ = (scope.from(invoices::table), claim);
}

fn main() {
    let _ = case;
}
