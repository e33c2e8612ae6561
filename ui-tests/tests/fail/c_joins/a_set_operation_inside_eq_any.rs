// attack: C22
//~ E0277 TEN0001
//~ E0277 TEN0003
//~ E0271 NeedsOrgScope
//~ E0277 Unscoped
use tenancy::prelude::*;
use ui_tests::billing::{customers, invoices};

fn case(scope: &OrgScope) {
    let _ = scope.from(customers::table).filter(customers::id.eq_any(scope.from(invoices::table).select(invoices::id).union(invoices::table.select(invoices::id))));
}

fn main() {
    let _ = case;
}
