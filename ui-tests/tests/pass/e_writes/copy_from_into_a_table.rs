use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = scope.insert_into(invoices::table);
}

fn main() {
    let _ = case;
}
