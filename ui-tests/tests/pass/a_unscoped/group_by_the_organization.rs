use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = scope.from(invoices::table).group_by(invoices::org_id).select(invoices::org_id);
}

fn main() {
    let _ = case;
}
