// attack: E23
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = (scope, diesel::delete(invoices::table.filter(invoices::id.eq(1))).returning(invoices::amount));
}

fn main() {
    let _ = case;
}
