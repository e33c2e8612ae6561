use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = scope.update(invoices::table).filter(invoices::id.eq(1)).or_filter(invoices::amount.gt(0));
}

fn main() {
    let _ = case;
}
