// attack: E24
//~ E0277 TEN0001
use tenancy::prelude::*;
use ui_tests::billing::{customers, invoices};

fn case(scope: &OrgScope) {
    let _ = scope.delete(customers::table).filter(customers::id.eq_any(invoices::table.select(invoices::customer_id)));
}

fn main() {
    let _ = case;
}
