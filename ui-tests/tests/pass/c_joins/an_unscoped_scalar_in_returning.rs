use tenancy::prelude::*;
use ui_tests::billing::{customers, invoices};

fn case(scope: &OrgScope) {
    let _ = scope.delete(customers::table).returning(scope.from(invoices::table).select(invoices::amount).single_value());
}

fn main() {
    let _ = case;
}
