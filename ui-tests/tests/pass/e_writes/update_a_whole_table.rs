use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = scope.update(invoices::table).set(invoices::amount.eq(1));
}

fn main() {
    let _ = case;
}
