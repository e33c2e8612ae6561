// attack: B18
//~ E0277 TEN0009
use tenancy::prelude::*;
use tenancy::RequestedOrg;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, claim: RequestedOrg) {
    let _ = scope.from(invoices::table).filter(invoices::org_id.eq(claim));
}

fn main() {
    let _ = case;
}
