use tenancy::prelude::*;
use ui_tests::billing::{currencies, invoices};

fn case(scope: &OrgScope) {
    let _ = currencies::table.inner_join(scope.from(invoices::table)).select(currencies::code);
}

fn main() {
    let _ = case;
}
