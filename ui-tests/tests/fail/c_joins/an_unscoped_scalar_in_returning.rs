// attack: C16
//~ E0277 TEN0001
use tenancy::prelude::*;
use ui_tests::billing::{customers, invoices};

fn case(scope: &OrgScope) {
    let _ = scope.delete(customers::table).returning(invoices::table.select(invoices::amount).single_value());
}

fn main() {
    let _ = case;
}
