// attack: C11
//~ E0277 TEN0001
use tenancy::prelude::*;
use diesel::dsl::exists;
use ui_tests::billing::{customers, invoices};

fn case(scope: &OrgScope) {
    let _ = scope.from(customers::table).filter(exists(invoices::table.filter(invoices::customer_id.eq(customers::id))));
}

fn main() {
    let _ = case;
}
