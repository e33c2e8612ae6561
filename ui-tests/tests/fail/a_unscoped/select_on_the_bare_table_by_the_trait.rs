// attack: A02
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = QueryDsl::select(invoices::table, invoices::id);
}

fn main() {
    let _ = case;
}
