// attack: B04
//~ E0277 TEN0001
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, org: tenancy::OrgId) {
    let _ = invoices::table.filter(invoices::org_id.eq(org).or(invoices::amount.gt(0)));
}

fn main() {
    let _ = case;
}
