use tenancy::prelude::*;
use ui_tests::billing::{customers, invoices};

fn case(scope: &OrgScope) {
    let _ = scope.from(customers::table).inner_join(scope.from(invoices::table).on(invoices::customer_id.eq(customers::id)));
}

fn main() {
    let _ = case;
}
