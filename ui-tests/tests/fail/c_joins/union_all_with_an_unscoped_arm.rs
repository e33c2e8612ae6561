// attack: C19
//~ E0277 TEN0001
//~ E0277 TEN0003
//~ E0271 NeedsOrgScope
use tenancy::prelude::*;
use ui_tests::billing::{customers, invoices};

fn case(scope: &OrgScope) {
    let _ = scope.from(customers::table).select(customers::id).union_all(invoices::table.select(invoices::id));
}

fn main() {
    let _ = case;
}
