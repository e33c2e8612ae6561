// attack: C14
//~ E0277 TEN0001
//~ E0277 Unscoped
use tenancy::prelude::*;
use diesel::dsl::max;
use ui_tests::billing::{customers, invoices};

fn case(scope: &OrgScope) {
    let _ = scope.from(customers::table).filter(customers::id.nullable().eq(invoices::table.select(max(invoices::customer_id)).single_value()));
}

fn main() {
    let _ = case;
}
