use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = scope.insert_into(invoices::table).values(invoices::amount.eq(1)).on_conflict(invoices::id).do_update().set(invoices::amount.eq(2)).returning(invoices::amount);
}

fn main() {
    let _ = case;
}
