// attack: C07
//~ E0277 TEN0001
//~ E0277 NamesNoOrganization
//~ E0277 NamesNoOrganization
//~ E0277 NamesNoOrganization
//~ E0277 NamesNoOrganization
//~ E0277 NamesNoOrganization
//~ E0277 NamesNoOrganization
use tenancy::prelude::*;
use ui_tests::billing::{currencies, customers, invoices};

fn case(scope: &OrgScope) {
    let _ = currencies::table.inner_join(scope.from(invoices::table).inner_join(customers::table));
}

fn main() {
    let _ = case;
}
