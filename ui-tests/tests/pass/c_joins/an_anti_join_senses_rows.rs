use tenancy::prelude::*;
use ui_tests::billing::{customers, invoices};

fn case(scope: &OrgScope) {
    let _ = scope.from(customers::table).left_join(scope.from(invoices::table)).filter(invoices::id.nullable().is_null()).count();
}

fn main() {
    let _ = case;
}
