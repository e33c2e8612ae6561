// attack: E11
//~ E0277 NeedsOrgScope
//~ E0277 NeedsOrgScope
//~ E0277 NeedsOrgScope
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = (scope, diesel::update(invoices::table).set(invoices::amount.eq(1)));
}

fn main() {
    let _ = case;
}
