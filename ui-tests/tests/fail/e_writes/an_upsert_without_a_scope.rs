// attack: E25
//~ E0277 TEN0001
//~ E0599 NeedsOrgScope
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = (scope, diesel::insert_into(invoices::table).values(invoices::amount.eq(1)).on_conflict(invoices::id).do_update());
}

fn main() {
    let _ = case;
}
