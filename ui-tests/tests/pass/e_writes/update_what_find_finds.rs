use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = scope.update(invoices::table).find(7);
}

fn main() {
    let _ = case;
}
