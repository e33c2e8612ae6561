// attack: none, an ordinary mistake
//~ E0277 TEN0001
//~ E0277 NeedsOrgScope
use tenancy::prelude::*;
use ui_tests::billing::{customers, invoices};

fn case(scope: &OrgScope) {
    let _ = scope.from(customers::table).inner_join(invoices::table.on(invoices::customer_id.eq(customers::id)));
}

fn main() {
    let _ = case;
}
