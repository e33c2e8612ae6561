use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = scope.from(invoices::table).filter(invoices::memo.is_null().or(invoices::amount.gt(0)));
}

fn main() {
    let _ = case;
}
