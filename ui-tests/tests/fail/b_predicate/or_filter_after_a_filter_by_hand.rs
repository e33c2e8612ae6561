// attack: B01
//~ E0277 TEN0001
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = invoices::table.filter(invoices::amount.gt(5)).or_filter(invoices::amount.lt(1));
}

fn main() {
    let _ = case;
}
