use tenancy::prelude::*;
use ui_tests::billing::{customers, invoices};

fn case(scope: &OrgScope) {
    let _ = scope.from(customers::table).select(customers::id).union_all(scope.from(invoices::table).select(invoices::id));
}

fn main() {
    let _ = case;
}
