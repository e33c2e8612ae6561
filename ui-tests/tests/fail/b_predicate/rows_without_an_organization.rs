// attack: B10
//~ E0277 TEN0001
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = invoices::table.filter(invoices::memo.is_null().or(invoices::amount.gt(0)));
}

fn main() {
    let _ = case;
}
