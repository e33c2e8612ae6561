// attack: E10
//~ E0277 TEN0001
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = (scope, diesel::dsl::copy_from(invoices::table));
}

fn main() {
    let _ = case;
}
