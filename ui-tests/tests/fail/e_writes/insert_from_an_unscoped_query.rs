// attack: E08
//~ E0277 TEN0001
//~ E0271 Expression
use tenancy::prelude::*;
use ui_tests::billing::{customers, invoices};

fn case(scope: &OrgScope) {
    let _ = scope.insert_into(customers::table).values(invoices::table.select(invoices::currency)).into_columns(customers::name);
}

fn main() {
    let _ = case;
}
