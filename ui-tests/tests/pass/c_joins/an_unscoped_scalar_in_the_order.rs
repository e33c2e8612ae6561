use tenancy::prelude::*;
use diesel::dsl::max;
use ui_tests::billing::{customers, invoices};

fn case(scope: &OrgScope) {
    let _ = scope.from(customers::table).order(scope.from(invoices::table).select(max(invoices::amount)).single_value());
}

fn main() {
    let _ = case;
}
