// attack: none, an ordinary mistake
//~ E0277 TEN0001
//~ E0277 NamesNoOrganization
//~ E0599 NamesNoOrganization
use tenancy::prelude::*;
use ui_tests::billing::{currencies, invoices};

fn case(scope: &OrgScope) {
    let _ = (scope, currencies::table.inner_join(invoices::table).select(currencies::code));
}

fn main() {
    let _ = case;
}
