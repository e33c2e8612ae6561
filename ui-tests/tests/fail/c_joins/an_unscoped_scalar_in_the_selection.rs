// attack: C13
//~ E0277 TEN0001
use tenancy::prelude::*;
use diesel::dsl::max;
use ui_tests::billing::{customers, invoices};

fn case(scope: &OrgScope) {
    let _ = scope.from(customers::table).select(invoices::table.select(max(invoices::amount)).single_value());
}

fn main() {
    let _ = case;
}
