// attack: B08
//~ E0277 TEN0001
use tenancy::prelude::*;
use ui_tests::billing::invoices;

fn case(scope: &OrgScope) {
    let _ = invoices::table.filter(invoices::org_id.eq(invoices::org_id));
}

fn main() {
    let _ = case;
}
