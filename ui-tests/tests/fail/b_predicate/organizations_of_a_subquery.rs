// attack: B07
//~ E0277 TEN0001
//~ E0277 TEN0001
use tenancy::prelude::*;
use ui_tests::billing::{customers, invoices};

fn case(scope: &OrgScope) {
    let _ = invoices::table.filter(invoices::org_id.eq_any(customers::table.select(customers::org_id)));
}

fn main() {
    let _ = case;
}
