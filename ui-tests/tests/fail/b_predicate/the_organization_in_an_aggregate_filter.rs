// attack: B15
//~ E0277 TEN0001
use tenancy::prelude::*;
use diesel::dsl::sum;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, org: tenancy::OrgId) {
    let _ = invoices::table.select(sum(invoices::amount).aggregate_filter(invoices::org_id.eq(org)));
}

fn main() {
    let _ = case;
}
