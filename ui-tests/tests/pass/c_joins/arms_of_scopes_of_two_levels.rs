use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    scope.enter_sync(|inner| {
        let _ = inner.from(invoices::table).select(invoices::id).union(inner.from(invoices::table).select(invoices::id));
    })
}

fn main() {
    let _ = case;
}
