// attack: C17
//~ E0277 TEN0001
//~ E0277 Unscoped
use tenancy::prelude::*;
use ui_tests::billing::{customers, invoices};

fn case(scope: &OrgScope) {
    let _ = scope.update(customers::table).set(customers::parent_id.eq(invoices::table.select(invoices::id).single_value()));
}

fn main() {
    let _ = case;
}
