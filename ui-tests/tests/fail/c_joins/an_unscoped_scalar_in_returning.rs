// attack: C16
//~ E0277 TEN0001
//~ E0277 TEN0001
//~ E0277 NeedsOrgScope
//~ E0277 NeedsOrgScope
use tenancy::prelude::*;
use ui_tests::billing::{customers, invoices};

fn case(scope: &OrgScope) {
    let _ = scope.delete(customers::table).returning(invoices::table.select(invoices::amount).single_value());
}

fn main() {
    let _ = case;
}
