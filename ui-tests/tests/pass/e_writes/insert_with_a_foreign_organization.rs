use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, org: tenancy::OrgId) {
    let _ = (scope.insert_into(invoices::table).values((invoices::amount.eq(1),)), org);
}

fn main() {
    let _ = case;
}
