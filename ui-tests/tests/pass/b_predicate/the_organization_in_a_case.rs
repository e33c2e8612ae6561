use tenancy::prelude::*;
use diesel::dsl::case_when;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, org: tenancy::OrgId) {
    let _ = scope.from(invoices::table).select(case_when(invoices::org_id.eq(org), invoices::amount));
}

fn main() {
    let _ = case;
}
