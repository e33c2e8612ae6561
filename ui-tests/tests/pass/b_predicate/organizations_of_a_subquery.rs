use tenancy::prelude::*;
use ui_tests::billing::{customers, invoices};

fn case(scope: &OrgScope) {
    let _ = scope.from(invoices::table).filter(invoices::org_id.eq_any(scope.from(customers::table).select(customers::org_id)));
}

fn main() {
    let _ = case;
}
