use tenancy::prelude::*;
use ui_tests::billing::{customers, invoices};

fn case(scope: &OrgScope) {
    let _ = scope.from(customers::table).left_join(scope.from(invoices::table)).filter(customers::id.gt(0));
}

fn main() {
    let _ = case;
}
