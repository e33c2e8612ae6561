use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = scope.from(invoices::table).distinct_on(invoices::org_id);
}

fn main() {
    let _ = case;
}
