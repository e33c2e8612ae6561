// attack: C07
//~ E0277 NeedsOrgScope
use tenancy::prelude::*;
use ui_tests::billing::{currencies, customers, invoices};

fn case(scope: &OrgScope) {
    let _ = currencies::table.inner_join(scope.from(invoices::table).inner_join(customers::table));
}

fn main() {
    let _ = case;
}
