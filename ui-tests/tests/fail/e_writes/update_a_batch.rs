// attack: E20
//~ E0277 TEN0005
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = scope.update(invoices::table).set(vec![invoices::amount.eq(1), invoices::amount.eq(2)]);
}

fn main() {
    let _ = case;
}
