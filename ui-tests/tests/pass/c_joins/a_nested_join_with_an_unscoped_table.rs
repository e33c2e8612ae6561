use tenancy::prelude::*;
use ui_tests::billing::{currencies, customers, invoices};

fn case(scope: &OrgScope) {
    let _ = currencies::table.inner_join(scope.from(invoices::table).inner_join(scope.from(customers::table)));
}

fn main() {
    let _ = case;
}
