use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = QueryDsl::select(scope.from(invoices::table), invoices::id);
}

fn main() {
    let _ = case;
}
