// attack: E28
//~ E0277 TEN0008
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = scope.insert_into(invoices::table).values(invoices::amount.eq(1)).on_conflict(invoices::amount).do_update();
}

fn main() {
    let _ = case;
}
