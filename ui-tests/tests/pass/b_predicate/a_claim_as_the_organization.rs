use tenancy::prelude::*;
use tenancy::RequestedOrg;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, claim: RequestedOrg) {
    let _ = (scope.from(invoices::table), claim);
}

fn main() {
    let _ = case;
}
