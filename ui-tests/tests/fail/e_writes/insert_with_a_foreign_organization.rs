// attack: E02 E07
//~ E0277 TEN0004
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, org: tenancy::OrgId) {
    let _ = scope.insert_into(invoices::table).values((invoices::org_id.eq(org), invoices::amount.eq(1)));
}

fn main() {
    let _ = case;
}
