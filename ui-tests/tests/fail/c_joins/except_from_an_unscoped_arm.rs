// attack: C20
//~ E0277 TEN0001
use tenancy::prelude::*;
use ui_tests::billing::{customers, invoices};

fn case(scope: &OrgScope) {
    let _ = invoices::table.select(invoices::id).except(scope.from(customers::table).select(customers::id));
}

fn main() {
    let _ = case;
}
