// attack: E09
//~ E0277 TEN0004
use tenancy::prelude::*;
use ui_tests::billing::{customers, invoices};

fn case(scope: &OrgScope) {
    let _ = scope.insert_into(customers::table).values(scope.from(invoices::table).select((invoices::org_id, invoices::currency))).into_columns((customers::org_id, customers::name));
}

fn main() {
    let _ = case;
}
