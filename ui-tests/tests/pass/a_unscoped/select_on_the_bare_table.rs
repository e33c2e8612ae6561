use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = scope.from(invoices::table).select(invoices::id);
}

fn main() {
    let _ = case;
}
