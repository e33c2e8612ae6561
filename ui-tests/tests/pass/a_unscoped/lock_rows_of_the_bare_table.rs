use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = scope.from(invoices::table).for_update().skip_locked();
}

fn main() {
    let _ = case;
}
