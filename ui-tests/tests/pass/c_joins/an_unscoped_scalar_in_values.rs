use tenancy::prelude::*;
use ui_tests::billing::{customers, invoices};

fn case(scope: &OrgScope) {
    let _ = scope.insert_into(customers::table).values(customers::parent_id.eq(scope.from(invoices::table).select(invoices::id).single_value()));
}

fn main() {
    let _ = case;
}
