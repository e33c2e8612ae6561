// attack: E26
//~ E0277 TEN0022
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope, org: tenancy::OrgId) {
    let _ = scope.insert_into(invoices::table).values(invoices::amount.eq(1)).on_conflict(invoices::id).do_update().set(invoices::org_id.eq(org));
}

fn main() {
    let _ = case;
}
