// attack: E10
//~ E0277 NeedsOrgScope
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = (scope, diesel::dsl::copy_from(invoices::table));
}

fn main() {
    let _ = case;
}
