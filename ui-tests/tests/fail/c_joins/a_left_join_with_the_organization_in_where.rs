// attack: C03
//~ E0277 TEN0001
//~ E0277 NamesNoOrganization
//~ E0599 NamesNoOrganization
use tenancy::prelude::*;
use ui_tests::billing::{customers, invoices};

fn case(scope: &OrgScope) {
    let _ = scope.from(customers::table).left_join(invoices::table).filter(customers::id.gt(0));
}

fn main() {
    let _ = case;
}
