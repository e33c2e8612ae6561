// attack: E21
//~ E0277 NeedsOrgScope
//~ E0277 NeedsOrgScope
//~ E0277 NeedsOrgScope
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = (scope, diesel::delete(invoices::table));
}

fn main() {
    let _ = case;
}
