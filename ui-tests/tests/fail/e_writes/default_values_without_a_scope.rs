// attack: E06
//~ E0277 TEN0001
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = (scope, invoices::table.default_values());
}

fn main() {
    let _ = case;
}
