// attack: C05
//~ E0277 TEN0001
//~ E0277 NeedsOrgScope
use tenancy::prelude::*;
use ui_tests::billing::{customers, invoices};

fn case(scope: &OrgScope) {
    let _ = scope.from(customers::table).inner_join(invoices::table.on(customers::id.eq(customers::id)));
}

fn main() {
    let _ = case;
}
