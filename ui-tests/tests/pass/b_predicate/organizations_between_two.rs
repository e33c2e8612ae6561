use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, org: tenancy::OrgId) {
    let _ = scope.from(invoices::table).filter(invoices::org_id.between(org, org));
}

fn main() {
    let _ = case;
}
