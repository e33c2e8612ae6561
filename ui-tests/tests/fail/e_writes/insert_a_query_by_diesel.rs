// attack: E09
//~ E0277 TEN0001
use tenancy::prelude::*;
use ui_tests::billing::{customers, invoices};

fn case(scope: &OrgScope) {
    let _ = scope.from(invoices::table).select(invoices::currency).insert_into(customers::table);
}

fn main() {
    let _ = case;
}
