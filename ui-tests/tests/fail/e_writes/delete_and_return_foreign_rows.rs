// attack: E23
//~ E0277 TEN0001
//~ E0277 NeedsOrgScope
//~ E0277 NeedsOrgScope
//~ E0277 NeedsOrgScope
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = (scope, diesel::delete(invoices::table.filter(invoices::id.eq(1))).returning(invoices::amount));
}

fn main() {
    let _ = case;
}
