// attack: E14
//~ E0277 TEN0022
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, org: tenancy::OrgId) {
    let _ = scope.update(invoices::table).set(invoices::org_id.eq(org));
}

fn main() {
    let _ = case;
}
