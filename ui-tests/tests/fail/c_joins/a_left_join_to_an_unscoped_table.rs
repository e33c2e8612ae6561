// attack: C02
//~ E0277 TEN0001
//~ E0277 NamesNoOrganization
use tenancy::prelude::*;
use ui_tests::billing::{customers, invoices};

fn case(scope: &OrgScope) {
    let _ = scope.from(customers::table).left_join(invoices::table);
}

fn main() {
    let _ = case;
}
