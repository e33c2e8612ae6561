use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = scope.delete(invoices::table).filter(invoices::id.eq(1)).returning(invoices::amount);
}

fn main() {
    let _ = case;
}
