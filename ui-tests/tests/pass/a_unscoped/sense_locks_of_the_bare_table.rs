use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = scope.from(invoices::table).for_update().no_wait();
}

fn main() {
    let _ = case;
}
