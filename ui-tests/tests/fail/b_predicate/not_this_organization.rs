// attack: B05
//~ E0277 TEN0001
use tenancy::prelude::*;
use diesel::dsl::not;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, org: tenancy::OrgId) {
    let _ = invoices::table.filter(not(invoices::org_id.eq(org)));
}

fn main() {
    let _ = case;
}
